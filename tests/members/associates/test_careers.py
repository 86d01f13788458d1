"""Careers written out date by date: where the person stands, and by when they must be an associate.

A contract reads « CESA 2025-01-01 » or « CAPE 2024-01-01 2024-12-31 », an admission « 2025-06-14 » or « 2025-06-14
2026-01-31 », a day « 2025-06-13 CESA 2027-01-01 »: the day, the status, the deadline that runs (C. trav. L7331-3).
"""

from datetime import date

import pytest

from members.associates.enums import AssociateExit, MemberStatus
from members.associates.queries import members_overview, status_counts
from members.associates.services import end_admission
from members.contracts.enums import ContractEnd, ContractKind
from members.contracts.models import Contract
from members.contracts.services import end_contract, override_deadline
from tests.members.factories import clerk, make_admission, make_contract, make_person

pytestmark = pytest.mark.django_db

Career = tuple[str, list[str], list[str], list[str]]

CAREERS: list[Career] = [
    ("met, nothing signed", [], [], ["2024-01-01 CANDIDATE", "2030-01-01 CANDIDATE"]),
    (
        "one CAPE, then gone",
        ["CAPE 2024-01-01 2024-12-31"],
        [],
        ["2023-12-31 CANDIDATE", "2024-01-01 CAPE", "2024-12-31 CAPE", "2025-01-01 LEFT"],
    ),
    (
        "CAPE renewed twice, then gone",
        ["CAPE 2022-03-01 2023-02-28", "CAPE 2023-03-01 2024-02-29", "CAPE 2024-03-01 2025-02-28"],
        [],
        ["2023-02-28 CAPE", "2024-02-29 CAPE", "2025-02-28 CAPE", "2025-03-01 LEFT"],
    ),
    (
        "CESA at once: three whole years",
        ["CESA 2024-01-01"],
        [],
        ["2023-12-31 CANDIDATE", "2024-01-01 CESA 2027-01-01", "2028-06-01 CESA 2027-01-01"],
    ),
    (
        "CAPE renewed after a gap",
        ["CAPE 2024-01-01 2024-06-30", "CAPE 2024-08-01 2025-01-31"],
        [],
        ["2024-06-30 CAPE", "2024-07-15 LEFT", "2024-08-01 CAPE", "2025-02-01 LEFT"],
    ),
    (
        "CAPE of a year, then CESA: two years remain",
        ["CAPE 2024-01-01 2024-12-31", "CESA 2025-01-01"],
        [],
        ["2024-12-31 CAPE", "2025-01-01 CESA 2027-01-01", "2026-12-31 CESA 2027-01-01"],
    ),
    (
        "two CAPE, then CESA: one year remains",
        ["CAPE 2023-01-01 2023-12-31", "CAPE 2024-01-01 2024-12-31", "CESA 2025-01-01"],
        [],
        ["2024-06-01 CAPE", "2025-01-01 CESA 2026-01-01"],
    ),
    (
        "three CAPE, then CESA: due on the first day",
        ["CAPE 2022-01-01 2022-12-31", "CAPE 2023-01-01 2023-12-31", "CAPE 2024-01-01 2024-12-31", "CESA 2025-01-01"],
        [],
        ["2024-12-31 CAPE", "2025-01-01 CESA 2025-01-01", "2025-01-02 CESA 2025-01-01"],
    ),
    (
        "CAPE of six months",
        ["CAPE 2024-01-01 2024-06-30", "CESA 2024-07-01"],
        [],
        ["2024-06-30 CAPE", "2024-07-01 CESA 2027-01-01"],
    ),
    (
        "CAPE of three months and a half",
        ["CAPE 2024-01-01 2024-04-15", "CESA 2024-05-01"],
        [],
        ["2024-04-20 LEFT", "2024-05-01 CESA 2027-01-17"],
    ),
    (
        "a gap between CAPE and CESA gives no time back",
        ["CAPE 2022-01-01 2022-12-31", "CESA 2024-01-01"],
        [],
        ["2023-06-01 LEFT", "2024-01-01 CESA 2026-01-01"],
    ),
    (
        "CESA begun during the CAPE: the eve counts last",
        ["CAPE 2024-01-01 2024-12-31", "CESA 2024-07-01"],
        [],
        ["2024-06-30 CAPE", "2024-07-01 CESA 2027-01-01", "2025-01-01 CESA 2027-01-01"],
    ),
    (
        "employed for a year before the CESA",
        ["WORK 2023-01-01 2023-12-31", "CESA 2024-01-01"],
        [],
        ["2023-06-01 EMPLOYEE", "2024-01-01 CESA 2026-01-01"],
    ),
    (
        "employed beside the CAPE: counted once",
        ["WORK 2023-01-01", "CAPE 2023-07-01 2024-06-30", "CESA 2024-07-01"],
        [],
        ["2023-03-01 EMPLOYEE", "2023-07-01 CAPE", "2024-07-01 CESA 2026-01-01"],
    ),
    (
        "employed after the CESA began: nothing to subtract",
        ["CESA 2024-01-01", "WORK 2024-06-01"],
        [],
        ["2024-05-31 CESA 2027-01-01", "2024-06-01 CESA 2027-01-01"],
    ),
    (
        "employed for ten years: due before it began",
        ["WORK 2014-01-01 2023-12-31", "CESA 2024-01-01"],
        [],
        ["2023-12-31 EMPLOYEE", "2024-01-01 CESA 2017-01-01"],
    ),
    (
        "an earlier CESA counts",
        ["CESA 2020-01-01 2020-12-31", "CESA 2024-01-01"],
        [],
        ["2020-01-01 CESA 2023-01-01", "2021-01-01 LEFT", "2024-01-01 CESA 2026-01-01"],
    ),
    (
        "CESA on 29 February",
        ["CESA 2024-02-29"],
        [],
        ["2024-02-29 CESA 2027-02-28", "2027-03-01 CESA 2027-02-28"],
    ),
    (
        "CESA on the 31st after a CAPE of a month",
        ["CAPE 2024-02-01 2024-02-29", "CESA 2024-03-31"],
        [],
        ["2024-03-15 LEFT", "2024-03-31 CESA 2027-02-28"],
    ),
    (
        "admitted in time: the clock stops that day",
        ["CESA 2023-01-01"],
        ["2025-06-14"],
        ["2025-06-13 CESA 2026-01-01", "2025-06-14 ASSOCIATE", "2030-01-01 ASSOCIATE"],
    ),
    (
        "admitted on the last day",
        ["CESA 2023-01-01"],
        ["2026-01-01"],
        ["2025-12-31 CESA 2026-01-01", "2026-01-01 ASSOCIATE"],
    ),
    (
        "admitted too late: overdue until then",
        ["CESA 2022-01-01"],
        ["2025-06-14"],
        ["2025-01-01 CESA 2025-01-01", "2025-06-13 CESA 2025-01-01", "2025-06-14 ASSOCIATE"],
    ),
    (
        "founder: associate on the first day of the CESA",
        ["CESA 2024-01-01"],
        ["2024-01-01"],
        ["2023-12-31 CANDIDATE", "2024-01-01 ASSOCIATE"],
    ),
    (
        "associate under a CAPE already",
        ["CAPE 2024-01-01 2024-12-31", "CESA 2025-01-01"],
        ["2024-06-15"],
        ["2024-06-14 CAPE", "2024-06-15 ASSOCIATE", "2025-01-01 ASSOCIATE"],
    ),
    (
        "associate before any contract",
        ["CESA 2025-01-01"],
        ["2024-06-15"],
        ["2024-06-14 CANDIDATE", "2024-06-15 ASSOCIATE", "2025-01-01 ASSOCIATE"],
    ),
    (
        "associate who resigns with the contract",
        ["CESA 2020-01-01 2024-03-31"],
        ["2022-06-14 2024-03-31"],
        ["2022-06-13 CESA 2023-01-01", "2024-03-31 ASSOCIATE", "2024-04-01 LEFT"],
    ),
    (
        "retired associate keeps the quality after the contract",
        ["CESA 2020-01-01 2024-03-31"],
        ["2022-06-14"],
        ["2024-04-01 ASSOCIATE", "2030-01-01 ASSOCIATE"],
    ),
    (
        "excluded associate whose CESA goes on: the deadline runs again",
        ["CESA 2022-01-01"],
        ["2023-06-14 2024-03-31"],
        ["2023-06-13 CESA 2025-01-01", "2024-03-31 ASSOCIATE", "2024-04-01 CESA 2025-01-01"],
    ),
    (
        "associate, gone, and associate again",
        ["CESA 2018-01-01 2020-12-31", "CESA 2022-01-01"],
        ["2019-06-15 2020-12-31", "2022-06-18"],
        ["2020-12-31 ASSOCIATE", "2021-06-01 LEFT", "2022-01-01 CESA 2022-01-01", "2022-06-18 ASSOCIATE"],
    ),
    (
        "contract ended at the deadline",
        ["CESA 2021-01-01 2024-01-01"],
        [],
        ["2024-01-01 CESA 2024-01-01", "2024-01-02 LEFT"],
    ),
    (
        "CESA given up in the trial",
        ["CAPE 2024-01-01 2024-12-31", "CESA 2025-01-01 2025-03-31"],
        [],
        ["2025-03-31 CESA 2027-01-01", "2025-04-01 LEFT"],
    ),
    (
        "employee of the cooperative, associate",
        ["WORK 2020-01-01"],
        ["2021-06-12"],
        ["2019-12-31 CANDIDATE", "2021-06-11 EMPLOYEE", "2021-06-12 ASSOCIATE"],
    ),
    (
        "CESA, then employee only",
        ["CESA 2022-01-01 2023-06-30", "WORK 2023-07-01"],
        [],
        ["2023-06-30 CESA 2025-01-01", "2023-07-01 EMPLOYEE"],
    ),
    (
        "signed, not yet begun",
        ["CAPE 2027-01-01 2027-12-31", "CESA 2028-01-01"],
        [],
        ["2026-11-22 CANDIDATE", "2027-01-01 CAPE", "2028-01-01 CESA 2030-01-01"],
    ),
    (
        "back after ten years: the old CAPE counts",
        ["CAPE 2012-01-01 2012-12-31", "CESA 2024-01-01"],
        [],
        ["2018-01-01 LEFT", "2024-01-01 CESA 2026-01-01"],
    ),
]  # fmt: skip


def day(text: str) -> date:
    """« 2024-01-01 »."""
    return date.fromisoformat(text)


def standing(person_id: int, on: date) -> str:
    """« 2025-06-13 CESA 2027-01-01 »."""
    member = members_overview(on=on).get(pk=person_id)
    return " ".join(str(part) for part in (on, member.status, member.deadline_on) if part)


def test_there_are_thirty_careers_at_least() -> None:
    """Each has another name and two days or more."""
    assert len({name for name, *_ in CAREERS}) == len(CAREERS) >= 30
    assert all(len(days) >= 2 for *_, days in CAREERS)


@pytest.mark.parametrize(("contracts", "admissions", "days"), [c[1:] for c in CAREERS], ids=[c[0] for c in CAREERS])
def test_status_and_deadline_along_a_career(contracts: list[str], admissions: list[str], days: list[str]) -> None:
    """On every day of the table; admissions that ended, ended by resignation."""
    person = make_person(candidate_since_on=date(2010, 1, 1))
    for text in contracts:
        kind, starts_on, *ends_on = text.split()
        make_contract(person, ContractKind(kind), day(starts_on), day(ends_on[0]) if ends_on else None)
    for text in admissions:
        admitted_on, *ended_on = text.split()
        admission = make_admission(person, day(admitted_on))
        if ended_on:
            end_admission(admission=admission, on=day(ended_on[0]), reason=AssociateExit.RESIGNATION, by=clerk())
    assert [standing(person.pk, day(text.split()[0])) for text in days] == days
    for on, status, *_ in map(str.split, days):
        assert status_counts(on=day(on)) == {other: int(other == status) for other in MemberStatus}


def test_an_agreed_date_and_a_decision_move_the_deadline() -> None:
    """The contract's own date when it is nearer; then a motivated decision, which outlasts an end of contract."""
    person = make_person()
    cesa = make_contract(person, ContractKind.CESA, date(2024, 1, 1), agreed_deadline_on=date(2026, 6, 30))
    assert standing(person.pk, date(2025, 1, 1)) == "2025-01-01 CESA 2026-06-30"
    override_deadline(
        contract=cesa, deadline_on=date(2027, 5, 1), reason="Congé", decided_on=date(2026, 6, 1), by=clerk()
    )
    assert standing(person.pk, date(2026, 7, 1)) == "2026-07-01 CESA 2027-05-01"
    end_contract(contract=Contract.objects.get(), on=date(2026, 8, 31), reason=ContractEnd.RESIGNATION, by=clerk())
    assert standing(person.pk, date(2026, 8, 31)) == "2026-08-31 CESA 2027-05-01"
    assert standing(person.pk, date(2026, 9, 1)) == "2026-09-01 LEFT"
