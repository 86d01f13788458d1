"""Where each person stands on a day: contract, deadline, activities; test_careers.py has whole careers."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db.models import QuerySet

from cae_backoffice.core.access import Role
from members.associates.enums import DeadlineBucket, MemberStatus
from members.associates.queries import deadlines_ahead, members_overview, status_counts
from members.associates.rules import days_left_text, deadline_bucket
from members.contracts.enums import ContractEnd, ContractKind
from members.contracts.services import end_contract, override_deadline
from members.people.models import Person
from tests.members.factories import (
    clerk,
    make_activity,
    make_admission,
    make_contract,
    make_convention,
    make_person,
    make_user,
)

pytestmark = pytest.mark.django_db


def standing(person: Person, on: date) -> tuple[str, date | None, int | None]:
    """Status, deadline and days left that day."""
    member = members_overview(on=on).get(pk=person.pk)
    return member.status, member.deadline_on, member.days_left


def test_the_overview_shows_the_contract_in_force() -> None:
    """CESA before CAPE before work contract; a CESA without end hides the CAPE's."""
    person = make_person()
    make_contract(person, ContractKind.WORK, date(2022, 1, 1))
    make_contract(person, ContractKind.CAPE, date(2024, 1, 1), date(2024, 12, 31))
    make_contract(person, ContractKind.CESA, date(2024, 7, 1))
    shown = {
        on: (member.contract_kind, member.contract_starts_on, member.contract_ends_on)
        for on in (date(2021, 1, 1), date(2023, 1, 1), date(2024, 3, 1), date(2024, 8, 1))
        for member in members_overview(on=on)
    }
    assert shown == {
        date(2021, 1, 1): (None, None, None),
        date(2023, 1, 1): ("WORK", date(2022, 1, 1), None),
        date(2024, 3, 1): ("CAPE", date(2024, 1, 1), date(2024, 12, 31)),
        date(2024, 8, 1): ("CESA", date(2024, 7, 1), None),
    }


def test_the_deadline_shows_while_it_runs() -> None:
    """Not before the CESA, not once an associate, not after the contract."""
    person = make_person()
    make_contract(person, ContractKind.CAPE, date(2023, 1, 1))
    cesa = make_contract(person, ContractKind.CESA, date(2024, 1, 1))
    assert standing(person, date(2023, 6, 1)) == ("CAPE", None, None)
    assert standing(person, date(2025, 12, 22)) == ("CESA", date(2026, 1, 1), 10)
    assert standing(person, date(2026, 1, 1)) == ("CESA", date(2026, 1, 1), 0)
    assert standing(person, date(2026, 1, 4)) == ("CESA", date(2026, 1, 1), -3)
    make_admission(person, date(2026, 1, 5))
    assert standing(person, date(2026, 1, 5)) == ("ASSOCIATE", None, None)
    end_contract(contract=cesa, on=date(2026, 1, 10), reason=ContractEnd.RESIGNATION, by=clerk())
    assert standing(person, date(2026, 1, 4)) == ("CESA", date(2026, 1, 1), -3)


def test_an_override_replaces_the_deadline() -> None:
    """In the list as in the contract."""
    person = make_person()
    cesa = make_contract(person, ContractKind.CESA, date(2024, 1, 1))
    override_deadline(
        contract=cesa, deadline_on=date(2027, 3, 1), reason="Maladie", decided_on=date(2026, 1, 1), by=clerk()
    )
    assert standing(person, date(2027, 2, 27)) == ("CESA", date(2027, 3, 1), 2)


def test_deadlines_ahead_begin_with_the_overdue() -> None:
    """In order, the last day of the horizon included, associates and others left out."""
    today = date(2026, 11, 22)
    names = {
        "Overdue": date(2023, 10, 1),
        "Soon": date(2023, 12, 1),
        "Edge": date(2024, 5, 22),
        "Beyond": date(2024, 5, 23),
    }
    for name, starts_on in names.items():
        make_contract(make_person(name), ContractKind.CESA, starts_on)
    associate = make_person("Associate")
    make_contract(associate, ContractKind.CESA, date(2023, 10, 1))
    make_admission(associate)
    assert [member.first_name for member in deadlines_ahead(on=today, months=6)] == ["Overdue", "Soon", "Edge"]


def test_activity_names_are_those_of_the_day() -> None:
    """Sorted, without repeating the person."""
    person, colleague = make_person(), make_person("Alix")
    make_activity([person], name="Zinc")
    make_activity([person, colleague], name="Écorce")
    ended = make_activity(name="Ancienne")
    make_convention(ended, [person], ends_on=date(2023, 12, 31))
    names = {member.first_name: member.activity_names for member in members_overview(on=date(2026, 11, 22))}
    assert names == {"Camille": "Écorce, Zinc", "Alix": "Écorce"}


@pytest.mark.parametrize("number", [1, 3])
def test_one_query_whatever_the_number(
    number: int, django_assert_num_queries: Callable[[int], QuerySet[Person]]
) -> None:
    """Status, contract, deadline, activities and adviser at once."""
    adviser = make_user(Role.ADVISER)
    for i in range(number):
        person = make_person(f"P{i}", adviser=adviser)
        make_contract(person)
        make_activity([person])
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        rows = [
            (m.status, m.deadline_on, m.activity_names, str(m.adviser)) for m in members_overview(on=date(2026, 1, 1))
        ]
    assert len(rows) == number
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        assert status_counts(on=date(2026, 1, 1))[MemberStatus.CESA] == number


@pytest.mark.parametrize(
    ("deadline_on", "bucket"),
    [
        (date(2026, 11, 21), DeadlineBucket.OVERDUE),
        (date(2026, 11, 22), DeadlineBucket.WITHIN_3_MONTHS),
        (date(2027, 2, 22), DeadlineBucket.WITHIN_3_MONTHS),
        (date(2027, 2, 23), DeadlineBucket.WITHIN_6_MONTHS),
        (date(2027, 5, 23), DeadlineBucket.WITHIN_12_MONTHS),
        (date(2027, 11, 22), DeadlineBucket.WITHIN_12_MONTHS),
        (date(2027, 11, 23), DeadlineBucket.LATER),
    ],
)
def test_deadline_buckets(deadline_on: date, bucket: DeadlineBucket) -> None:
    """Overdue the day after; 3, 6 and 12 months include their last day."""
    assert deadline_bucket(deadline_on, on=date(2026, 11, 22)) == bucket


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (12, "12\u00a0jours"),
        (1, "1\u00a0jour"),
        (0, "aujourd’hui"),
        (-1, "1\u00a0jour de retard"),
        (-30, "30\u00a0jours de retard"),
    ],
)
def test_days_left_in_words(days: int, text: str) -> None:
    """Ahead, today, late."""
    assert days_left_text(days) == text
