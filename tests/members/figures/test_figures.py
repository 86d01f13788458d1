"""The members in numbers, and what must not be read in them."""

from datetime import date

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from cae_backoffice.core.access import Role
from members.contracts.enums import ContractEnd, ContractKind
from members.contracts.services import end_contract
from members.figures.enums import Topic
from members.figures.queries import headcount, movements, survival
from members.figures.rules import FEWEST_SHOWN, Cohort, Count, age_bands, shown_cohort, shown_counts
from members.people.enums import Gender
from members.people.models import Person
from tests.members.factories import clerk, make_activity, make_admission, make_contract, make_person, make_user

DAY = date(2026, 11, 25)
people_counts = st.lists(st.tuples(*[st.integers(0, 12)] * 3), min_size=1, max_size=8)


@given(rows=people_counts, total=st.sampled_from(["", "Ensemble"]))
def test_nothing_small_is_shown_nor_follows_from_the_rest(rows: list[tuple[int, int, int]], total: str) -> None:
    """No shown number counts one to four people; no line, and no column with a sum, hides just one."""
    counts = [Count(str(i), *row) for i, row in enumerate(rows)]
    shown = [line.cells for line in shown_counts(counts, total=total)]
    true: list[tuple[int, ...]] = [count.cells for count in counts]
    if total:
        true.append(tuple(map(sum, zip(*true, strict=True))))
    for line, real in zip(shown, true, strict=True):
        assert all(
            cell is None or (cell == number and not 0 < cell < FEWEST_SHOWN)
            for cell, number in zip(line, real, strict=True)
        )
        assert line.count(None) != 1
    if total:
        assert all(column.count(None) != 1 for column in zip(*shown, strict=True))


@given(rows=people_counts)
def test_large_numbers_are_all_shown(rows: list[tuple[int, int, int]]) -> None:
    """Nothing is hidden without need."""
    counts = [Count(str(i), *(10 + number for number in row)) for i, row in enumerate(rows)]
    assert [line.cells for line in shown_counts(counts, total="Ensemble")][:-1] == [count.cells for count in counts]


def test_a_small_number_takes_the_next_one_with_it() -> None:
    """Three men: their number and the smallest beside it are hidden, in the line and in the column."""
    counts = [Count("CAPE", 9, 3, 0), Count("CESA", 20, 30, 6), Count("Associé", 40, 50, 8)]
    assert [line.cells for line in shown_counts(counts, total="Ensemble")] == [
        (None, None, 0, 12),
        (None, None, 6, 56),
        (40, 50, 8, 98),
        (69, 83, 14, 166),
    ]


def test_percents_of_a_year() -> None:
    """Half up to the percent; a year not over, and a year of four entries, show none."""
    assert shown_cohort(Cohort(2022, 8, (7, 6, 3, None))) == (88, 75, 38, None)
    assert shown_cohort(Cohort(2022, 4, (4, 4, 3, 3))) == (None, None, None, None)


def test_bands_of_ages() -> None:
    """Ten years each, the unknown last."""
    counted = [(None, "F", 1), (29, "F", 1), (30, "M", 2), (39, "F", 1), (60, "M", 1), (84, "X", 1)]
    assert age_bands(counted) == [
        Count("Moins de 30 ans", 1, 0, 0),
        Count("De 30 à 39 ans", 1, 2, 0),
        Count("60 ans et plus", 0, 1, 1),
        Count("Âge inconnu", 1, 0, 0),
    ]


@pytest.fixture
def people(db: None) -> list[Person]:
    """Ana under CAPE then CESA, Bo who left, Cy an associate, Di to come, in two departments."""
    ana = make_person("Ana", gender=Gender.WOMAN, birth_date=date(1990, 11, 26), postcode="97400")
    make_contract(ana, ContractKind.CAPE, date(2023, 1, 1), ends_on=date(2023, 12, 31))
    make_contract(ana, ContractKind.CESA, date(2024, 1, 1))
    bo = make_person("Bo", gender=Gender.MAN, birth_date=date(1980, 1, 1), postcode="44000")
    leaving = make_contract(bo, ContractKind.CESA, date(2023, 5, 1))
    end_contract(contract=leaving, on=date(2026, 3, 31), reason=ContractEnd.RESIGNATION, by=clerk())
    cy = make_person("Cy", gender=Gender.WOMAN, postcode="44100")
    make_contract(cy, ContractKind.CESA, date(2024, 2, 1))
    make_admission(cy, date(2025, 6, 14))
    di = make_person("Di", gender=Gender.MAN)
    make_contract(di, ContractKind.CAPE, date(2026, 10, 1), ends_on=date(2027, 9, 30))
    make_activity([ana, cy])
    return [ana, bo, cy, di]


def test_the_headcount_of_a_day(people: list[Person]) -> None:
    """By status, age, sector and territory; whoever left is not there any more."""
    found = headcount(on=DAY)
    assert found[Topic.STATUS] == [Count("CAPE", 0, 1, 0), Count("CESA", 1, 0, 0), Count("Associé", 1, 0, 0)]
    assert found[Topic.AGE] == [Count("De 30 à 39 ans", 1, 0, 0), Count("Âge inconnu", 1, 1, 0)]
    assert found[Topic.SECTOR] == [Count("Services aux personnes et aux entreprises", 2, 0, 0)]
    assert found[Topic.TERRITORY] == [Count("Sans adresse", 0, 1, 0), Count("44", 1, 0, 0), Count("974", 1, 0, 0)]
    earlier = headcount(on=date(2024, 12, 31))
    assert earlier[Topic.STATUS] == [Count("CESA", 2, 1, 0)]


def test_entries_and_exits_of_a_period(people: list[Person]) -> None:
    """A change of contract is neither."""
    found = movements(starts_on=date(2026, 1, 1), ends_on=DAY)
    assert found == {Topic.ENTRY: [Count("CAPE", 0, 1, 0)], Topic.EXIT: [Count("Démission", 0, 1, 0)]}
    assert movements(starts_on=date(2023, 1, 1), ends_on=date(2023, 12, 31))[Topic.ENTRY] == [
        Count("CAPE", 1, 0, 0),
        Count("CESA", 0, 1, 0),
    ]
    assert movements(starts_on=date(2023, 12, 31), ends_on=date(2024, 1, 1))[Topic.EXIT] == []


def test_who_was_still_there(people: list[Person]) -> None:
    """Of the two of 2023, Bo left before the third year was over."""
    assert survival(on=DAY) == [
        Cohort(2026, 1, (None, None, None, None)),
        Cohort(2024, 1, (1, 1, None, None)),
        Cohort(2023, 2, (2, 2, 1, None)),
    ]


def test_as_many_queries_for_one_as_for_many(
    people: list[Person], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Four for the headcount, one for movements, one for survival."""
    for name in ("", "Eve", "Flo"):
        if name:
            make_contract(make_person(name), ContractKind.CESA, date(2024, 1, 1))
        with django_assert_num_queries(6):
            headcount(on=DAY)
            movements(starts_on=date(2026, 1, 1), ends_on=DAY)
            survival(on=DAY)


def test_the_pages(people: list[Person], client: Client) -> None:
    """Four people are too few for any number; the dates stay in the filters; a spreadsheet is written."""
    client.force_login(make_user(Role.MANAGER))
    page = client.get("/gestion/membres-en-chiffres/?starts_on=2026-01-01&ends_on=2026-11-25").content.decode()
    assert ("Statuts" in page, "Sorties de la période" in page, 'value="2026-11-25"' in page) == (True, True, True)
    assert "secret statistique" in page
    csv = client.get("/gestion/membres-en-chiffres/?starts_on=2026-01-01&ends_on=2026-11-25&format=csv")
    lines = b"".join(csv).decode("utf-8-sig").splitlines()
    assert lines[1:3] == ["Statuts;;;;;", ";CAPE;0;s;0;s"]
    assert not any(cell in {"1", "2", "3", "4"} for line in lines for cell in line.split(";"))
    refused = client.get("/gestion/membres-en-chiffres/?starts_on=2026-12-01&ends_on=2026-11-25").content.decode()
    assert "La fin précède le début." in refused
    later = client.get("/gestion/presence-apres-entree/?on=2026-11-25").content.decode()
    assert "Année d’entrée" in later
