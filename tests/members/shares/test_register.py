"""The register on any day: replayed line by line in Python, it equals what the queries answer; it never changes."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import CENT, ZERO
from members.associates.enums import AssociateExit
from members.associates.services import end_admission
from members.people.models import Person
from members.shares.enums import ConversionOrigin
from members.shares.models import ShareClass, ShareMovement
from members.shares.queries import capital_on, certificate_lines, holding_of, largest_holder, register_on
from members.shares.rules import NOTHING, Holding, capital_floor, paid_part
from members.shares.services import (
    cancel_shares,
    convert_into_shares,
    pay_shares,
    refund_shares,
    set_nominal,
    transfer_shares,
)
from tests.members.factories import clerk, make_admission, make_person, make_share_class, make_subscriptions

pytestmark = pytest.mark.django_db
Queries = Callable[[int], AbstractContextManager[object]]

FIRST = date(2025, 1, 1)
PEOPLE, CLASSES, STEPS = 4, 2, 12

acts = st.sampled_from(["subscribe", "pay", "transfer", "refund", "cancel", "convert", "nominal"])
steps = st.lists(
    st.tuples(
        acts,
        st.integers(0, PEOPLE - 1),
        st.integers(0, PEOPLE - 1),
        st.integers(0, CLASSES - 1),
        st.integers(1, 12),
        st.integers(0, 4),
    ),
    min_size=1,
    max_size=STEPS,
)


def attempt(
    step: tuple[str, int, int, int, int, int], people: list[Person], classes: list[ShareClass], on: date
) -> None:
    """One act, which may be refused."""
    act, one, other, klass, quantity, _ = step
    person, shares = people[one], classes[klass]
    common: dict[str, Any] = {"on": on, "today": on, "decision": "AG", "by": clerk()}
    if act == "subscribe":
        make_subscriptions(shares, {person: quantity, people[other]: quantity}, on, paid=f"{quantity * 3}.33")
    elif act == "pay":
        pay_shares(person=person, share_class=shares, paid=Decimal(f"{quantity}.07"), **common)
    elif act == "transfer":
        transfer_shares(giver=person, receiver=people[other], share_class=shares, quantity=quantity, **common)
    elif act == "convert":
        convert_into_shares(
            person=person, share_class=shares, quantity=quantity, origin=ConversionOrigin.PATRONAGE, **common
        )
    elif act == "nominal":
        set_nominal(share_class=shares, nominal=Decimal(20 + quantity), starts_on=on, decision="AGE", by=clerk())
    else:
        withdraw = refund_shares if act == "refund" else cancel_shares
        withdraw(person=person, share_class=shares, quantity=quantity, **common)


def replay(on: date) -> dict[tuple[int, int], Holding]:
    """Shares and what is paid of them by person and class, added line by line up to a day."""
    held: dict[tuple[int, int], Holding] = {}
    for line in ShareMovement.objects.order_by("number"):
        if line.effective_on <= on:
            before = held.get((line.person_id, line.share_class_id), NOTHING)
            held[line.person_id, line.share_class_id] = Holding(before.shares + line.quantity, before.paid + line.paid)
    return held


def nominal_of(shares: ShareClass, on: date) -> Decimal:
    """The latest that has begun."""
    nominal: Decimal = shares.nominals.filter(starts_on__lte=on).latest("starts_on").nominal
    return nominal


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_the_register_replayed_equals_the_balances_on_every_date(
    transactions: None, steps: list[tuple[str, int, int, int, int, int]]
) -> None:
    """Holders, totals, capital, highest capital and floor, on each day; and what may never be true is not."""
    with transaction.atomic():
        classes = [make_share_class("A", "20.00"), make_share_class("B", "7.50")]
        people = [make_person(f"P{i}", "Abel") for i in range(PEOPLE)]
        for person in people:
            make_admission(person, FIRST)
        make_subscriptions(classes[0], dict.fromkeys(people, 10), FIRST, paid="33.33")
        day = FIRST
        for step in steps:
            day += timedelta(days=step[5])
            try:
                with transaction.atomic():
                    attempt(step, people, classes, day)
            except RefusalError:
                pass
        highest = ZERO
        for offset in range((day - FIRST).days + 2):
            highest = assert_register(FIRST + timedelta(days=offset), people, classes, highest)
        transaction.set_rollback(True)


def assert_register(on: date, people: list[Person], classes: list[ShareClass], highest: Decimal) -> Decimal:
    """All that the queries answer for a day; gives the highest capital until then."""
    held = replay(on)
    expected = {}
    for person in people:
        mine = [(held.get((person.pk, c.pk), NOTHING), nominal_of(c, on)) for c in classes]
        value = sum((holding.value(nominal) for holding, nominal in mine), ZERO)
        paid = sum((holding.paid for holding, _ in mine), ZERO)
        expected[person.pk] = (sum(holding.shares for holding, _ in mine), value, paid)
        assert [holding_of(person, c, on) for c in classes] == [holding for holding, _ in mine]
        assert all(0 <= holding.paid <= holding.value(nominal) for holding, nominal in mine)
    register = register_on(on=on)
    assert {h.person_id: (h.shares, h.value, h.paid) for h in register.holders} == expected
    capital = sum((value for _, value, _ in expected.values()), ZERO)
    assert (register.value, register.shares) == (capital, sum(shares for shares, _, _ in expected.values()))
    assert register.paid == sum((paid for _, _, paid in expected.values()), ZERO)
    highest = max(highest, capital)
    answered = capital_on(on)
    assert (answered.amount, answered.highest, answered.floor) == (capital, highest, capital_floor(highest))
    assert capital >= capital_floor(highest)
    largest = largest_holder(on)
    assert largest is not None
    assert largest.value == max(value for _, value, _ in expected.values())
    return highest


@pytest.fixture
def transactions(db: None) -> None:
    """One database for all the examples; each undoes what it wrote."""


@given(st.integers(1, 500), st.integers(1, 500), st.decimals(0, 1, places=4))
def test_what_is_paid_splits_without_losing_a_cent(kept: int, given_up: int, part: Decimal) -> None:
    """The two parts make the whole, and neither is more than its shares are worth."""
    nominal, shares = Decimal("15.25"), kept + given_up
    paid = (shares * nominal * part).quantize(CENT)
    moved = paid_part(Holding(shares, paid), given_up)
    assert 0 <= moved <= given_up * nominal
    assert 0 <= paid - moved <= kept * nominal
    assert paid_part(Holding(shares, paid), shares) == paid


def test_associates_and_holders_of_a_day() -> None:
    """Not yet admitted, admitted, admitted without shares, gone with shares, gone and refunded."""
    shares = make_share_class()
    people = {name: make_person(name, name) for name in ("Alix", "Bao", "Cleo", "Dany")}
    admissions = {name: make_admission(person, date(2025, 6, 14)) for name, person in people.items() if name != "Dany"}
    make_admission(people["Dany"], date(2026, 6, 20))
    make_subscriptions(shares, {people["Alix"]: 2, people["Bao"]: 2}, date(2025, 6, 14))
    end_admission(admission=admissions["Bao"], on=date(2025, 12, 31), reason=AssociateExit.RESIGNATION, by=clerk())
    found = {
        day: [(h.first_name, h.shares, h.admitted_on is not None, h.left_on) for h in register_on(on=day).holders]
        for day in (date(2025, 6, 13), date(2025, 6, 14), date(2026, 1, 1), date(2026, 6, 20))
    }
    gone = date(2025, 12, 31)
    assert found == {
        date(2025, 6, 13): [],
        date(2025, 6, 14): [("Alix", 2, True, None), ("Bao", 2, True, None), ("Cleo", 0, True, None)],
        date(2026, 1, 1): [("Alix", 2, True, None), ("Bao", 2, False, gone), ("Cleo", 0, True, None)],
        date(2026, 6, 20): [
            ("Alix", 2, True, None),
            ("Bao", 2, False, gone),
            ("Cleo", 0, True, None),
            ("Dany", 0, True, None),
        ],
    }
    assert (register_on(on=gone).associates, register_on(on=date(2026, 1, 1)).associates) == (3, 2)
    page = register_on(on=date(2026, 6, 20), limit=2, offset=1)
    assert ([h.first_name for h in page.holders], page.count, page.shares) == (["Bao", "Cleo"], 4, 4)
    assert [h.first_name for h in register_on(on=date(2026, 6, 20), search=" DÁNY").holders] == ["Dany"]
    assert register_on(on=date(2026, 6, 20), search="%").holders == ()


def test_a_certificate_has_a_line_per_class() -> None:
    """Of what is held that day."""
    classes = [make_share_class("A"), make_share_class("B", "50.00")]
    alix, bao, cleo = make_person("Alix"), make_person("Bao"), make_person("Cleo")
    for person in (alix, bao, cleo):
        make_admission(person, FIRST)
    for shares in classes:
        make_subscriptions(shares, {alix: 2, bao: 2, cleo: 2}, FIRST, paid="10.00")
    refund_shares(person=alix, share_class=classes[1], quantity=2, on=FIRST, today=FIRST, decision="CA", by=clerk())
    lines = certificate_lines(bao, FIRST)
    assert [(c.share_class.code, c.holding.shares, c.value, c.unpaid) for c in lines] == [
        ("A", 2, Decimal("40.00"), Decimal("30.00")),
        ("B", 2, Decimal("100.00"), Decimal("90.00")),
    ]
    assert [c.share_class.code for c in certificate_lines(alix, FIRST)] == ["A"]
    assert certificate_lines(bao, date(2024, 12, 31)) == []


@pytest.mark.parametrize("number", [1, 3])
def test_one_query_whatever_the_number(number: int, django_assert_num_queries: Queries) -> None:
    """The register, the capital, the largest holder."""
    shares = make_share_class()
    people = [make_person(f"P{i}") for i in range(number + 1)]
    for person in people:
        make_admission(person, FIRST)
    make_subscriptions(shares, dict.fromkeys(people, 2), FIRST)
    with django_assert_num_queries(3):
        assert register_on(on=FIRST).count == number + 1
        assert capital_on(FIRST).amount == 40 * (number + 1)
        assert largest_holder(FIRST) is not None


def test_the_database_keeps_the_register() -> None:
    """In SQL, past every service: no change, no gap, no going back, nobody below zero."""
    shares = make_share_class()
    people = [make_person("Alix"), make_person("Bao")]
    for person in people:
        make_admission(person, FIRST)
    make_subscriptions(shares, dict.fromkeys(people, 2), FIRST)
    row = (
        "INSERT INTO members_sharemovement (number, kind, effective_on, recorded_on, person_id, share_class_id,"
        " quantity, amount, paid, origin, means, decision)"
        " VALUES ({0}, '{1}', '{2}', '2025-02-01', {3}, {4}, {5}, {6}, {7}, '',"
        " CASE WHEN '{1}' IN ('SUBSCRIPTION', 'PAYMENT') AND {7} > 0 THEN 'BANK' ELSE '' END, 'x')"
    )
    before = list(ShareMovement.objects.order_by("number").values_list())
    connection.check_constraints()  # nothing is pending: a TRUNCATE is refused by our trigger alone
    alix, klass = people[0].pk, shares.pk
    for statement, reason in (
        ("UPDATE members_sharemovement SET quantity = 3", "never change"),
        ("DELETE FROM members_sharemovement", "never change"),
        ("TRUNCATE members_sharemovement CASCADE", "never change"),
        (row.format(4, "SUBSCRIPTION", "2025-01-01", alix, klass, 1, 20, 0), "does not follow"),
        (row.format(2, "SUBSCRIPTION", "2025-01-01", alix, klass, 1, 20, 0), "does not follow"),
        (row.format(3, "SUBSCRIPTION", "2024-12-31", alix, klass, 1, 20, 0), "does not follow"),
        (row.format(3, "REFUND", "2025-01-01", alix, klass, -3, -60, -40), "would leave -1 shares"),
        (row.format(3, "REFUND", "2025-01-01", alix, klass, -1, -20, -20.01), "paid_within_value"),
        (row.format(3, "REFUND", "2025-01-01", alix, klass, 1, 20, 0), "movement_signs"),
        (row.format(3, "PAYMENT", "2025-01-01", alix, klass, 1, 20, 20), "movement_signs"),
        (row.format(3, "CONVERSION", "2025-01-01", alix, klass, 1, 20, 20), "conversion_origin"),
        (row.format(3, "SUBSCRIPTION", "2025-02-02", alix, klass, 1, 20, 0), "not_ahead"),
    ):
        with pytest.raises(IntegrityError, match=reason), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert list(ShareMovement.objects.order_by("number").values_list()) == before
