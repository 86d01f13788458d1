"""The books hold: balanced, numbered, immutable, closed, and their monthly balances are exact."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cae_backoffice.core.access import Role
from cae_backoffice.core.errors import RefusalError
from invoicing.ledger.enums import AuxiliaryKind, JournalCode, PeriodState
from invoicing.ledger.models import Entry, EntryLine, FiscalYear, Period
from invoicing.ledger.queries import balance_of, balances_apart, open_items, trial_balance
from invoicing.ledger.rules import EntryDraft, LineDraft, next_letter
from invoicing.ledger.services import (
    change_draft_entry,
    close_fiscal_year,
    delete_draft_entry,
    load_chart_of_accounts,
    lock_period,
    match_lines,
    open_fiscal_year,
    post_draft_entry,
    post_entry,
    reverse_entry,
    save_auxiliary,
    unlock_period,
    unmatch,
    validate_entries,
)
from members.people.models import User
from tests.members.factories import make_user

pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 10)
ADD_A_LINE = """
    INSERT INTO invoicing_entryline (entry_id, position, entry_on, account_id, label, debit, credit)
    SELECT entry_id, 9, entry_on, account_id, label, debit, credit FROM invoicing_entryline LIMIT 1
"""


@pytest.fixture
def accountant() -> User:
    return make_user(Role.ACCOUNTANT)


@pytest.fixture
def year(accountant: User) -> FiscalYear:
    load_chart_of_accounts()
    return open_fiscal_year(starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31), by=accountant)


def bank_entry(amount: str = "100.00", on: date = MARCH, credit: str = "") -> EntryDraft:
    """Money in the bank against a sale, unbalanced when `credit` says otherwise."""
    return EntryDraft(
        journal=JournalCode.BANK,
        entry_on=on,
        voucher_number="R1",
        voucher_on=on,
        label="Vente au comptant",
        lines=(
            LineDraft("512", debit=Decimal(amount)),
            LineDraft("706", credit=Decimal(credit or amount)),
        ),
    )


def check_deferred() -> None:
    """Run the deferred triggers now, as a commit would."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def execute(sql: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_posted_entry_is_validated_and_numbered_without_gap(year: FiscalYear, accountant: User) -> None:
    entries = [post_entry(entry=bank_entry(), by=accountant) for _ in range(3)]
    check_deferred()
    assert [entry.number for entry in entries] == [1, 2, 3]
    assert [(b.number, b.balance) for b in trial_balance(starts_on=MARCH, ends_on=MARCH)] == [
        ("512", Decimal("300.00")),
        ("706", Decimal("-300.00")),
    ]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (bank_entry(credit="99.99"), "L’écriture n’est pas équilibrée\u00a0: le débit dépasse de 0,01\u00a0€."),
        (bank_entry(on=date(2030, 1, 1)), "Aucun exercice ne contient le 01/01/2030."),
    ],
)
def test_what_cannot_be_posted_is_refused_with_the_reason(
    year: FiscalYear, accountant: User, entry: EntryDraft, reason: str
) -> None:
    with pytest.raises(RefusalError) as refusal:
        post_entry(entry=entry, by=accountant)
    assert refusal.value.reasons == (reason,)
    assert not Entry.objects.exists()


def test_unknown_account_and_missing_auxiliary_are_named_by_line(year: FiscalYear, accountant: User) -> None:
    lines = (LineDraft("9999", debit=Decimal(1)), LineDraft("411", credit=Decimal(1)))
    entry = EntryDraft(JournalCode.MISCELLANEOUS, MARCH, "OD1", MARCH, "Essai", lines)
    with pytest.raises(RefusalError) as refusal:
        post_entry(entry=entry, by=accountant)
    assert refusal.value.reasons == (
        "Ligne 1\u00a0: le compte 9999 n’existe pas.",
        "Ligne 2\u00a0: le compte 411 attend un compte auxiliaire\u00a0: Client.",
    )


def test_the_database_refuses_an_unbalanced_entry(year: FiscalYear, accountant: User) -> None:
    entry = post_draft_entry(entry=bank_entry(), by=accountant)
    check_deferred()
    with pytest.raises(IntegrityError, match="not balanced"):
        execute(f"UPDATE invoicing_entryline SET debit = 150 WHERE entry_id = {entry.pk} AND debit > 0")
    with pytest.raises(IntegrityError, match="not balanced"):
        execute(f"DELETE FROM invoicing_entryline WHERE entry_id = {entry.pk}")


def test_an_entry_is_proved_again_after_each_change(year: FiscalYear, accountant: User) -> None:
    """One proof per statement and entry, whether the proofs wait for the end of the transaction or not."""
    entry = post_draft_entry(entry=bank_entry(), by=accountant)
    debit = f"UPDATE invoicing_entryline SET debit = {{}} WHERE entry_id = {entry.pk} AND debit > 0"
    credit = f"UPDATE invoicing_entryline SET credit = {{}} WHERE entry_id = {entry.pk} AND credit > 0"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(debit.format(150))
        cursor.execute(credit.format(150))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("UPDATE invoicing_entryline SET label = 'x'")
        cursor.execute("SELECT count(*) FROM invoicing_entrytouched")
        assert cursor.fetchone() == (0,)
        with pytest.raises(IntegrityError, match=r"debit 160\.00, credit 150\.00"), transaction.atomic():
            cursor.execute(debit.format(160))
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    assert balance_of(account_number="512") == Decimal(150)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE invoicing_entry SET label = 'x'",
        "DELETE FROM invoicing_entry",
        "UPDATE invoicing_entryline SET label = 'x'",
        "DELETE FROM invoicing_entryline",
        ADD_A_LINE,
    ],
)
def test_a_validated_entry_cannot_change_even_by_sql(year: FiscalYear, accountant: User, sql: str) -> None:
    post_entry(entry=bank_entry(), by=accountant)
    with pytest.raises(IntegrityError, match="validated"):
        execute(sql)


def test_a_draft_is_validated_in_order_of_date_or_deleted(year: FiscalYear, accountant: User) -> None:
    late = post_draft_entry(entry=bank_entry(on=date(2026, 3, 20)), by=accountant)
    early = post_draft_entry(entry=bank_entry(on=date(2026, 3, 2)), by=accountant)
    gone = post_draft_entry(entry=bank_entry("7.00"), by=accountant)
    delete_draft_entry(entry=gone, by=accountant)
    validate_entries(entries=[late, early], by=accountant, on=date(2026, 3, 31))
    check_deferred()
    assert list(Entry.objects.order_by("number").values_list("pk", "number")) == [(early.pk, 1), (late.pk, 2)]
    assert balances_apart() == []
    with pytest.raises(RefusalError, match="contrepassez"):
        delete_draft_entry(entry=late, by=accountant)


def test_a_draft_changes_with_its_lines_and_a_validated_entry_does_not(year: FiscalYear, accountant: User) -> None:
    entry = post_draft_entry(entry=bank_entry(), by=accountant)
    change_draft_entry(entry=entry, content=bank_entry("80.00", on=date(2026, 5, 4)), by=accountant)
    check_deferred()
    assert (balance_of(account_number="512"), balances_apart()) == (Decimal("80.00"), [])
    validate_entries(entries=[entry], by=accountant, on=date(2026, 5, 31))
    with pytest.raises(RefusalError, match="ne change pas"):
        change_draft_entry(entry=entry, content=bank_entry("90.00"), by=accountant)
    assert balance_of(account_number="512") == Decimal("80.00")


def test_a_reversal_is_the_opposite_and_happens_once(year: FiscalYear, accountant: User) -> None:
    entry = post_entry(entry=bank_entry(), by=accountant)
    reverse_entry(entry=entry, on=date(2026, 4, 1), reason="Erreur de compte", by=accountant)
    check_deferred()
    assert balance_of(account_number="512") == Decimal(0)
    with pytest.raises(RefusalError, match="déjà contrepassée"):
        reverse_entry(entry=entry, on=date(2026, 4, 1), reason="Encore", by=accountant)


def test_a_locked_month_refuses_entries_until_it_is_unlocked(year: FiscalYear, accountant: User) -> None:
    draft = post_draft_entry(entry=bank_entry(), by=accountant)
    march = Period.objects.get(starts_on=date(2026, 3, 1))
    lock_period(period=march, by=accountant)
    with pytest.raises(RefusalError, match="verrouillée"):
        post_entry(entry=bank_entry(), by=accountant)
    with pytest.raises(RefusalError, match="verrouillée"):
        validate_entries(entries=[draft], by=accountant, on=MARCH)
    with pytest.raises(IntegrityError, match="not open"):
        execute("DELETE FROM invoicing_entry")
    unlock_period(period=march, reason="Facture oubliée", by=accountant)
    assert post_entry(entry=bank_entry(), by=accountant).number == 1


def test_lines_that_settle_one_another_share_a_letter(year: FiscalYear, accountant: User) -> None:
    customer = save_auxiliary(kind=AuxiliaryKind.CUSTOMER, owner_id=7, label="Mairie de Nantes")

    def entry(side: str, other: str, side_first: str) -> EntryDraft:
        return EntryDraft(
            JournalCode.BANK,
            MARCH,
            side_first,
            MARCH,
            "Essai",
            (
                LineDraft("411", auxiliary_id=customer.pk, **{side: Decimal(120)}),  # type: ignore[arg-type]
                LineDraft("512", **{other: Decimal(120)}),  # type: ignore[arg-type]
            ),
        )

    post_entry(entry=entry("debit", "credit", "F1"), by=accountant)
    post_entry(entry=entry("credit", "debit", "R1"), by=accountant)
    lines = list(EntryLine.objects.filter(account__number="411"))
    with pytest.raises(RefusalError, match="ne se soldent pas"):
        match_lines(lines=lines[:1], on=MARCH, by=accountant)
    matching = match_lines(lines=lines, on=MARCH, by=accountant)
    assert (matching.letter, open_items().count()) == ("A", 0)
    unmatch(matching=matching, by=accountant)
    assert open_items().count() == 2


def test_closing_carries_the_balances_and_is_for_ever(year: FiscalYear, accountant: User) -> None:
    customer = save_auxiliary(kind=AuxiliaryKind.CUSTOMER, owner_id=7, label="Mairie de Nantes")
    post_entry(entry=bank_entry("250.00"), by=accountant)
    sale = EntryDraft(
        JournalCode.SALES,
        MARCH,
        "F1",
        MARCH,
        "Vente",
        (
            LineDraft("411", debit=Decimal(120), auxiliary_id=customer.pk, due_on=date(2026, 4, 9)),
            LineDraft("706", credit=Decimal(100)),
            LineDraft("44574", credit=Decimal(20)),
        ),
    )
    post_entry(entry=sale, by=accountant)
    with pytest.raises(RefusalError, match="l’exercice suivant"):
        close_fiscal_year(year=year, on=date(2027, 2, 1), by=accountant)
    open_fiscal_year(starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31), by=accountant)
    close_fiscal_year(year=year, on=date(2027, 2, 1), by=accountant)
    check_deferred()
    january = trial_balance(starts_on=date(2027, 1, 1), ends_on=date(2027, 1, 31))
    assert [(b.number, b.balance) for b in january] == [
        ("120", Decimal("-350.00")),
        ("411", Decimal("120.00")),
        ("44574", Decimal("-20.00")),
        ("512", Decimal("250.00")),
    ]
    assert [line.due_on for line in open_items()] == [date(2026, 4, 9)]
    assert set(Period.objects.filter(fiscal_year=year).values_list("state", flat=True)) == {PeriodState.CLOSED}
    for sql in ("UPDATE invoicing_period SET state = 'OPEN'", "UPDATE invoicing_fiscalyear SET closed_on = NULL"):
        with pytest.raises(IntegrityError, match="closed"):
            execute(sql)
    with pytest.raises(RefusalError, match="clôturée"):
        post_entry(entry=bank_entry(), by=accountant)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    entries=st.lists(
        st.tuples(
            st.dates(date(2026, 1, 1), date(2026, 12, 31)),
            st.lists(st.integers(1, 10**7), min_size=1, max_size=4),
            st.sampled_from(["keep", "delete", "redate", "reverse"]),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_monthly_balances_always_equal_their_lines(
    year: FiscalYear, accountant: User, entries: list[tuple[date, list[int], str]]
) -> None:
    """Whatever is posted, changed, deleted or reversed: balances exact, trial balance zero."""
    with transaction.atomic():
        for day, cents, fate in entries:
            amounts = [Decimal(cent) / 100 for cent in cents]
            lines = [LineDraft("512", debit=amount) for amount in amounts]
            lines.append(LineDraft("706", credit=sum(amounts, Decimal(0))))
            draft = EntryDraft(JournalCode.BANK, day, "X", day, "Essai", tuple(lines))
            entry = post_draft_entry(entry=draft, by=accountant)
            if fate == "delete":
                delete_draft_entry(entry=entry, by=accountant)
            elif fate == "redate":
                entry.entry_on = date(2026, 7, 14)
                entry.save()
            elif fate == "reverse":
                validate_entries(entries=[entry], by=accountant, on=day)
                reverse_entry(entry=entry, on=date(2026, 12, 31), reason="Essai", by=accountant)
        check_deferred()
        assert balances_apart() == []
        balances = trial_balance(starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))
        assert sum((b.balance for b in balances), Decimal(0)) == 0
        transaction.set_rollback(True)


@pytest.mark.parametrize(("last", "expected"), [("", "A"), ("B", "C"), ("Z", "AA"), ("AZ", "BA"), ("ZZ", "AAA")])
def test_letters_follow_one_another(last: str, expected: str) -> None:
    assert next_letter(last) == expected
