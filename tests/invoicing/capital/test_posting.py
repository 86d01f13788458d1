"""What the register of shares writes into the books, to the cent, in the same transaction."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import ZERO
from invoicing.capital.rules import ASSOCIATES, CAPITAL, Moved, lines_of
from invoicing.ledger.models import Entry, EntryLine, Period
from invoicing.ledger.services import lock_period
from members.people.models import Person
from members.shares.enums import ConversionOrigin, MovementKind, PaymentMeans
from members.shares.models import ShareClass, ShareMovement
from members.shares.services import (
    Subscription,
    cancel_shares,
    convert_into_shares,
    pay_shares,
    refund_shares,
    subscribe,
    transfer_shares,
)
from tests.invoicing.factories import open_books
from tests.members.factories import clerk, make_admission, make_person, make_share_class, make_subscriptions

ADMITTED, DAY = date(2025, 6, 14), date(2026, 3, 2)
amounts = st.decimals(min_value=1, max_value=99999, places=2)


def common(**changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """What every act takes."""
    return {"on": DAY, "today": DAY, "decision": "CA du 02/03/2026", "by": clerk()} | changes


@pytest.fixture
def people(db: None) -> list[Person]:
    """Three associates, and open books from 2024 on."""
    open_books()
    found = [make_person("Alix", "Hue"), make_person("Bao", "Le"), make_person("Cleo", "Roux")]
    for person in found:
        make_admission(person, ADMITTED)
    return found


@pytest.fixture
def shares(people: list[Person]) -> ShareClass:
    """Twenty euros; the three hold ten each, of which 100 euros are paid."""
    found = make_share_class()
    make_subscriptions(found, dict.fromkeys(people, 10), on=ADMITTED, paid="100.00")
    return found


def written(movement: ShareMovement) -> list[tuple[str, str, str, Decimal]]:
    """Journal, account, member and signed amount of the lines that the movement posted."""
    lines = EntryLine.objects.filter(
        entry__source_type="members.sharemovement", entry__source_id=movement.pk
    ).select_related("entry__journal", "account", "auxiliary")
    return sorted(
        (
            line.entry.journal.code,
            line.account.number,
            line.auxiliary.label if line.auxiliary else "",
            line.debit - line.credit,
        )
        for line in lines
    )


def test_what_is_subscribed_and_paid_at_once(people: list[Person], shares: ShareClass) -> None:
    """Capital against the associate's account, and the bank in its own journal, with the register's number."""
    (movement,) = subscribe(
        share_class=shares, subscriptions=[Subscription(people[0], 5, Decimal("40.00"))], **common()
    )
    assert written(movement) == [
        ("BQ", "4561", str(people[0]), Decimal("-40.00")),
        ("BQ", "512", "", Decimal("40.00")),
        ("OD", "1013", "", Decimal("-100.00")),
        ("OD", "4561", str(people[0]), Decimal("100.00")),
    ]
    vouchers = Entry.objects.filter(source_id=movement.pk, source_type="members.sharemovement")
    assert set(vouchers.values_list("voucher_number", "entry_on")) == {("PS00004", DAY)}


Act = Callable[[list[Person], ShareClass], ShareMovement]
ACTS: dict[str, tuple[Act, list[tuple[str, str, int, str]]]] = {
    "instalment at the bank": (
        lambda people, shares: pay_shares(person=people[0], share_class=shares, paid=Decimal("30.00"), **common()),
        [("BQ", "4561", 0, "-30.00"), ("BQ", "512", -1, "30.00")],
    ),
    "instalment kept from pay": (
        lambda people, shares: pay_shares(
            person=people[0], share_class=shares, paid=Decimal("30.00"), means=PaymentMeans.PAY, **common()
        ),
        [("OD", "421", 0, "30.00"), ("OD", "4561", 0, "-30.00")],
    ),
    "ristourne": (
        lambda people, shares: convert_into_shares(
            person=people[1], share_class=shares, quantity=2, origin=ConversionOrigin.PATRONAGE, **common()
        ),
        [
            ("OD", "1013", -1, "-40.00"),
            ("OD", "4561", 1, "-40.00"),
            ("OD", "4561", 1, "40.00"),
            ("OD", "457", 1, "40.00"),
        ],
    ),
    "refund, half of it never paid": (
        lambda people, shares: refund_shares(person=people[2], share_class=shares, quantity=4, **common()),
        [("OD", "1013", -1, "80.00"), ("OD", "4561", 2, "-80.00")],
    ),
    "cancellation: what was paid stays": (
        lambda people, shares: cancel_shares(person=people[2], share_class=shares, quantity=4, **common()),
        [
            ("OD", "10684", -1, "-40.00"),
            ("OD", "1013", -1, "80.00"),
            ("OD", "4561", 2, "-80.00"),
            ("OD", "4561", 2, "40.00"),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ACTS)
def test_each_act(people: list[Person], shares: ShareClass, name: str) -> None:
    """Account by account, on the account of the right member."""
    act, expected = ACTS[name]
    lines = [(journal, account, str(people[who]) if who >= 0 else "", Decimal(amount)) for journal, account, who, amount in expected]  # noqa: E501  # fmt: skip
    assert written(act(people, shares)) == sorted(lines)


def test_a_transfer_moves_what_remains_to_be_paid(people: list[Person], shares: ShareClass) -> None:
    """From one associate's account to the other's; the capital is the same."""
    given, received = transfer_shares(giver=people[0], receiver=people[1], share_class=shares, quantity=4, **common())
    assert written(given) == [("OD", "1013", "", Decimal("40.00")), ("OD", "4561", str(people[0]), Decimal("-40.00"))]
    assert written(received) == [
        ("OD", "1013", "", Decimal("-40.00")),
        ("OD", "4561", str(people[1]), Decimal("40.00")),
    ]


def test_nothing_is_posted_before_the_books(db: None) -> None:
    """The balances taken over hold it."""
    founders = [make_person("Alix", "Hue"), make_person("Bao", "Le")]
    for person in founders:
        make_admission(person, ADMITTED)
    shares = make_share_class()
    make_subscriptions(shares, dict.fromkeys(founders, 10), on=ADMITTED)
    assert not Entry.objects.exists()


def test_a_locked_month_refuses_the_movement_too(people: list[Person], shares: ShareClass) -> None:
    """Neither the line of the register nor its entry is written."""
    lock_period(period=Period.objects.get(starts_on=date(2026, 3, 1)), by=clerk())
    before = (ShareMovement.objects.count(), Entry.objects.count())
    with pytest.raises(RefusalError, match=r"verrouillé"):
        pay_shares(person=people[0], share_class=shares, paid=Decimal("30.00"), **common())
    assert (ShareMovement.objects.count(), Entry.objects.count()) == before


def test_check_books_proves_it(people: list[Person], shares: ShareClass, capsys: pytest.CaptureFixture[str]) -> None:
    """Every movement has its capital in the books."""
    refund_shares(person=people[2], share_class=shares, quantity=4, **common())
    call_command("check_books")
    assert "oui  Chaque mouvement de parts a son écriture de capital" in capsys.readouterr().out


@given(taken=amounts, paid=amounts, kind=st.sampled_from(list(MovementKind)), means=st.sampled_from(list(PaymentMeans)))
def test_entries_balance_and_settle(taken: Decimal, paid: Decimal, kind: MovementKind, means: PaymentMeans) -> None:
    """Every journal balances; 4561 holds what is taken less what is paid; 1013 moves by what is taken."""
    value, money = (ZERO, paid) if kind == MovementKind.PAYMENT else (taken, min(taken, paid))
    gives = kind in {MovementKind.REFUND, MovementKind.CANCELLATION}
    sign = -1 if gives else 1
    pays = kind in {MovementKind.SUBSCRIPTION, MovementKind.PAYMENT}
    origin = ConversionOrigin.WORK if kind == MovementKind.CONVERSION else ""
    moved = Moved(kind, sign * value, sign * money, means if pays else "", origin)
    by_journal = lines_of(moved, auxiliary_id=1)
    assert all(sum((line.debit - line.credit for line in lines), ZERO) == 0 for lines in by_journal.values())
    balance = {
        account: sum(
            (line.debit - line.credit for line in chain.from_iterable(by_journal.values()) if line.account == account),
            ZERO,
        )
        for account in (ASSOCIATES, CAPITAL)
    }
    stays_owed = kind == MovementKind.REFUND
    assert balance[ASSOCIATES] == (-value if stays_owed else sign * (value - money))
    assert balance[CAPITAL] == -sign * (value - money if kind == MovementKind.TRANSFER else value)
