"""Quorums, majorities and weights, in exact numbers."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.assemblies.enums import AssemblyKind, Majority
from members.assemblies.models import Assembly
from members.assemblies.rules import (
    Count,
    Quorum,
    is_adopted,
    percent_of,
    quorum_required,
    share_in_favour,
    voters_text,
)
from members.associates.models import College
from members.associates.rules import weight_errors
from members.cooperative.enums import CollegeMethod
from members.cooperative.models import Statutes

STATUTES = Statutes(quorum_ordinary=Decimal("33.34"), quorum_extraordinary=Decimal(50), quorum_second_call=Decimal(0))


@pytest.mark.parametrize(
    ("convened", "kind", "calls", "required"),
    [
        (9, AssemblyKind.ORDINARY, 1, 4),
        (3, AssemblyKind.ORDINARY, 1, 2),
        (1, AssemblyKind.ORDINARY, 1, 1),
        (10, AssemblyKind.EXTRAORDINARY, 1, 5),
        (11, AssemblyKind.EXTRAORDINARY, 1, 6),
        (11, AssemblyKind.EXTRAORDINARY, 2, 1),
    ],
)
def test_quorum_is_rounded_up(convened: int, kind: AssemblyKind, calls: int, required: int) -> None:
    """Of the associates convened, at least one."""
    assembly = Assembly(kind=kind, held_on=date(2026, 6, 20), is_second_call=calls > 1)
    assert quorum_required(convened, STATUTES, assembly) == required


def test_quorum_counts_those_represented() -> None:
    """Reached with them; the words."""
    quorum = Quorum(convened=10, present=2, remote=1, represented=1, required=5)
    assert (quorum.voters, quorum.is_reached, quorum.missing) == (4, False, 1)
    assert voters_text(quorum) == "4 présents ou représentés sur 10, il en faut 5"
    assert Quorum(convened=10, present=3, remote=1, represented=1, required=5).is_reached


@pytest.mark.parametrize(
    ("votes", "majority", "state"),
    [
        ((1, 0), Majority.SIMPLE, "ADOPTED"),
        ((5, 5), Majority.SIMPLE, "REJECTED"),
        ((6, 5), Majority.SIMPLE, "ADOPTED"),
        ((0, 0), Majority.SIMPLE, "REJECTED"),
        ((2, 1), Majority.TWO_THIRDS, "ADOPTED"),
        ((199, 100), Majority.TWO_THIRDS, "REJECTED"),
        ((3, 1), Majority.THREE_QUARTERS, "ADOPTED"),
        ((74, 25), Majority.THREE_QUARTERS, "REJECTED"),
        ((9, 0), Majority.UNANIMITY, "ADOPTED"),
        ((9, 1), Majority.UNANIMITY, "REJECTED"),
    ],
)
def test_majorities(votes: tuple[int, int], majority: Majority, state: str) -> None:
    """Exactly two thirds is enough, a hair under is not; nobody's vote adopts nothing."""
    share = share_in_favour([Count(*votes)], CollegeMethod.PROPORTIONAL)
    assert ("ADOPTED" if is_adopted(share, majority) else "REJECTED") == state


THREE = ((8, 2, 50), (1, 3, 30), (2, 2, 20))


def weighed(*colleges: tuple[int, int, int]) -> list[Count]:
    """Votes for, against, and the weight."""
    return [Count(for_, against, Decimal(weight)) for for_, against, weight in colleges]


@pytest.mark.parametrize(
    ("colleges", "method", "percent"),
    [
        (THREE, CollegeMethod.PROPORTIONAL, Decimal("57.50")),  # 40 + 7,5 + 10
        (THREE, CollegeMethod.MAJORITY, Decimal("62.50")),  # 50 of the 80 that decide
        (((1, 0, 50), (0, 0, 30), (0, 1, 20)), CollegeMethod.PROPORTIONAL, Decimal("71.43")),
        (((0, 0, 50), (0, 0, 50)), CollegeMethod.PROPORTIONAL, None),
        (((1, 1, 50), (2, 2, 50)), CollegeMethod.MAJORITY, None),
    ],
)
def test_colleges_weigh(
    colleges: tuple[tuple[int, int, int], ...], method: CollegeMethod, percent: Decimal | None
) -> None:
    """Split, or whole to the majority; a college that says nothing weighs nothing."""
    assert percent_of(share_in_favour(weighed(*colleges), method)) == percent


votes = st.integers(0, 400)
methods = st.sampled_from(list(CollegeMethod))


@given(st.lists(st.tuples(votes, votes, st.sampled_from([None, Decimal(10), Decimal("33.34"), Decimal(50)]))), methods)
def test_for_and_against_make_a_whole(colleges: list[tuple[int, int, Decimal | None]], method: CollegeMethod) -> None:
    """Turning every vote round gives the rest to one; never outside of 0 to 1; adopted both ways never."""
    one_kind = [c for c in colleges if (c[2] is None) == (colleges[0][2] is None)]
    share = share_in_favour([Count(a, b, w) for a, b, w in one_kind], method)
    opposite = share_in_favour([Count(b, a, w) for a, b, w in one_kind], method)
    if share is None or opposite is None:
        assert share is opposite is None
        return
    assert share + opposite == 1
    assert 0 <= share <= 1
    assert not (is_adopted(share, Majority.SIMPLE) and is_adopted(opposite, Majority.SIMPLE))


@given(votes, votes, methods)
def test_equal_weights_of_one_college_are_no_weight(in_favour: int, against: int, method: CollegeMethod) -> None:
    """One person, one voice, without colleges."""
    share = share_in_favour([Count(in_favour, against)], method)
    assert share == (Fraction(in_favour, in_favour + against) if in_favour + against else None)


@pytest.mark.parametrize(
    ("weights", "errors"),
    [
        ((), []),
        ((50, 30, 20), []),
        ((50, 50), ["Une SCIC qui vote par collèges en a trois au moins (loi 47-1775, art. 19 octies)."]),
        (
            ("50", "30", "19.5"),
            ["Les collèges pèsent ensemble 100\u00a0% des voix, et non 99,5\u00a0%."],
        ),
    ],
)
def test_colleges_make_a_whole(weights: tuple[str, ...], errors: list[str]) -> None:
    """Three at least, 100 % together."""
    assert weight_errors([College(weight=Decimal(weight)) for weight in weights]) == errors
