"""Imagined careers hold whatever the day on which the demo is loaded."""

import itertools
from collections import Counter
from datetime import date, timedelta

import pytest

from cae_backoffice.core.periods import add_months
from cae_backoffice.demo.careers import Career, assemblies, career, profiles
from cae_backoffice.demo.chance import dice
from members.contracts.enums import ContractKind

DAYS = [date(2026, 11, 23) + timedelta(days=17 * step) for step in range(45)]

IN_FORCE: dict[str, set[ContractKind]] = {
    "CANDIDATE": set(), "LEFT": set(), "EMPLOYEE": set(), "CAPE": {ContractKind.CAPE},
}  # fmt: skip


def careers_on(today: date) -> list[tuple[str, Career]]:
    """The careers of the whole cooperative on a day."""
    return [(profile.kind, career(profile, today, dice("career", i))) for i, profile in enumerate(profiles(60))]


def test_proportions_of_the_cooperative() -> None:
    """Sixty members, and every outline among the first eight."""
    assert Counter(profile.kind for profile in profiles(60)) == {
        "CESA": 22, "CAPE": 14, "ASSOCIATE": 11, "LEFT": 6, "CANDIDATE": 5, "EMPLOYEE": 1, "OVERRIDDEN": 1,
    }  # fmt: skip
    assert {profile.kind for profile in profiles(8)} == {
        "CESA", "ASSOCIATE", "CAPE", "CANDIDATE", "LEFT", "EMPLOYEE",
    }  # fmt: skip


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_contracts_are_lawful_and_in_order(today: date) -> None:
    """A CAPE lasts at most a year and is renewed at most twice; contracts of a kind never overlap."""
    for kind, life in careers_on(today):
        capes = [stretch.period for stretch in life.stretches if stretch.kind == ContractKind.CAPE]
        assert len(capes) <= 3
        for cape in capes:
            assert cape.ends_on is not None
            assert cape.ends_on < add_months(cape.starts_on, 12)
        main = life.selling_periods()
        for before, after in itertools.pairwise(main):
            assert before.ends_on is not None
            assert before.ends_on + timedelta(days=1) == after.starts_on
        assert all(life.candidate_since_on < stretch.period.starts_on <= today for stretch in life.stretches), kind


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_careers_stand_where_their_outline_says(today: date) -> None:
    """On the day itself: who left has left, who is under a CAPE or a CESA is, associates were admitted before."""
    for kind, life in careers_on(today):
        in_force = {stretch.kind for stretch in life.stretches if stretch.period.contains(today)}
        assert in_force - {ContractKind.WORK} == IN_FORCE.get(kind, {ContractKind.CESA}), kind
        assert (ContractKind.WORK in in_force) == (kind == "EMPLOYEE" or len(in_force) == 2)
        assert (life.admitted_on is not None and life.associate_until is None) == (kind == "ASSOCIATE")
        if life.admitted_on:
            assert life.admitted_on in assemblies(today)


def test_assemblies_are_on_saturdays_of_june_and_december() -> None:
    """Two a year, all of them past."""
    days = assemblies(date(2026, 11, 23))
    assert days[-2:] == [date(2025, 12, 13), date(2026, 6, 20)]
    assert all(day.weekday() == 5 for day in days)
