"""May this activity invoice that day? How was that deadline found?"""

from datetime import date

import pytest

from members.contracts.enums import ContractKind
from members.contracts.queries import CapeMention, InvoicingRight, deadline_sentences, invoicing_right
from tests.members.factories import make_activity, make_contract, make_convention, make_person

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)


def test_refused_without_convention() -> None:
    """Nobody carries the activity that day."""
    activity = make_activity(name="Bois & Cie")
    assert invoicing_right(activity, DAY) == InvoicingRight(
        allowed=False,
        reason="L’activité «\u00a0Bois & Cie\u00a0» n’a pas de convention de répartition le 22/11/2026.",
    )


@pytest.mark.parametrize(
    ("kind", "starts_on", "ends_on"),
    [
        (None, None, None),
        (ContractKind.WORK, date(2024, 1, 1), None),
        (ContractKind.CESA, date(2024, 1, 1), date(2026, 11, 21)),
        (ContractKind.CESA, date(2026, 11, 23), None),
        (ContractKind.CAPE, date(2026, 1, 1), date(2026, 11, 21)),
    ],
    ids=["no contract", "work contract only", "CESA ended the day before", "CESA from tomorrow", "CAPE ended"],
)
def test_refused_without_cape_or_cesa(kind: ContractKind | None, starts_on: date, ends_on: date | None) -> None:
    """A convention is not enough."""
    person = make_person()
    activity = make_activity([person], name="Bois & Cie")
    if kind:
        make_contract(person, kind, starts_on, ends_on)
    assert invoicing_right(activity, DAY) == InvoicingRight(
        allowed=False,
        reason="Personne dans l’activité «\u00a0Bois & Cie\u00a0» n’a de CAPE ni de CESA en cours le 22/11/2026.",
    )


@pytest.mark.parametrize("ends_on", [None, DAY], ids=["open", "last day"])
def test_allowed_under_a_cesa(ends_on: date | None) -> None:
    """Bounds are inclusive; nothing to mention."""
    person = make_person()
    make_contract(person, ContractKind.CESA, date(2024, 1, 1), ends_on)
    assert invoicing_right(make_activity([person]), DAY) == InvoicingRight(allowed=True)


def test_allowed_under_a_cape_with_its_mention() -> None:
    """Who, and until when (C. com. R127-3)."""
    person = make_person("Alix", "Durand")
    make_contract(person, ContractKind.CAPE, date(2026, 3, 1), date(2027, 2, 28))
    right = invoicing_right(make_activity([person]), DAY)
    assert right == InvoicingRight(allowed=True, cape_members=(CapeMention("Alix Durand", date(2027, 2, 28)),))


def test_only_those_without_cesa_are_mentioned() -> None:
    """A team: one under CAPE, one under both, one under CESA, one without contract."""
    cape, both, cesa, nobody = (make_person(name) for name in ("Alix", "Bao", "Cleo", "Dany"))
    make_contract(cape, ContractKind.CAPE, date(2026, 3, 1), date(2027, 2, 28))
    make_contract(both, ContractKind.CAPE, date(2026, 3, 1), date(2027, 2, 28))
    make_contract(both, ContractKind.CESA, date(2026, 10, 1))
    make_contract(cesa, ContractKind.CESA, date(2024, 1, 1))
    right = invoicing_right(make_activity([cape, both, cesa, nobody]), DAY)
    assert right == InvoicingRight(allowed=True, cape_members=(CapeMention("Alix Martin", date(2027, 2, 28)),))


def test_only_the_convention_of_the_day_counts() -> None:
    """Who left the activity gives no right any more."""
    gone, present = make_person("Alix"), make_person("Bao")
    make_contract(gone, ContractKind.CESA, date(2024, 1, 1))
    activity = make_activity()
    make_convention(activity, [gone], ends_on=date(2025, 12, 31))
    make_convention(activity, [present], starts_on=date(2026, 1, 1))
    assert invoicing_right(activity, date(2025, 12, 31)).allowed
    assert not invoicing_right(activity, date(2026, 1, 1)).allowed


def test_two_queries_whatever_the_team(django_assert_num_queries: pytest.FixtureRequest) -> None:
    """Shares, then contracts."""
    people = [make_person(name) for name in ("Alix", "Bao", "Cleo")]
    for person in people:
        make_contract(person, ContractKind.CAPE, date(2026, 3, 1), date(2027, 2, 28))
    activity = make_activity(people)
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert len(invoicing_right(activity, DAY).cape_members) == 3


def test_only_a_cesa_has_a_deadline_to_explain() -> None:
    """Empty for a CAPE."""
    assert deadline_sentences(make_contract(make_person(), ContractKind.CAPE, date(2024, 1, 1))) == ()
