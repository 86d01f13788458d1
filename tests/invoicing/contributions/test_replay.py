"""A past period under another rule."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from invoicing.contributions.queries.replay import replay_period
from invoicing.contributions.queries.rule import rule_in_force
from invoicing.contributions.rules.terms import Rule
from invoicing.ledger.models import EntryLine
from tests.invoicing.contributions.books import FEBRUARY, JANUARY, MARCH, activity_under, adopted_example, billed
from tests.invoicing.contributions.samples import example, rule_of

pytestmark = pytest.mark.django_db


def in_force() -> Rule:
    """The rule adopted last."""
    rule = rule_in_force()
    assert rule is not None
    return rule


def test_the_rule_in_force_gives_no_difference() -> None:
    adopted_example("minimum-par-contrat")
    for net in ("10", "1234.56", "90000"):
        billed(activity_under(), net, date(2026, 1, 5))
    before = EntryLine.objects.count()
    replay = replay_period(current=in_force(), proposed=example("minimum-par-contrat"), first=JANUARY, last=MARCH)
    assert [one.amount for one in replay.differences] == [0, 0, 0]
    assert replay.current == replay.proposed == Decimal(180) + Decimal("123.46") + 120 + 9000 + 120
    assert (replay.winners, replay.losers, EntryLine.objects.count()) == (0, 0, before)
    assert [(bracket.label, bracket.count) for bracket in replay.brackets if bracket.count] == [("Sans changement", 3)]


def test_a_proposal_shows_who_pays_more_and_who_less() -> None:
    """10 % with a minimum of 60 € against 11.5 % without: small ones gain their minimum, large ones lose 1.5 %."""
    adopted_example("minimum-par-contrat")
    small, large = activity_under(), activity_under()
    billed(small, "100", date(2026, 1, 5))
    billed(large, "40000", date(2026, 1, 5))
    replay = replay_period(current=in_force(), proposed=example("taux-hors-echanges"), first=JANUARY, last=JANUARY)
    assert [(one.code, one.current, one.proposed, one.amount) for one in replay.differences] == [
        (small.code, 60, Decimal("11.50"), Decimal("-48.50")),
        (large.code, 4000, 4600, 600),
    ]
    assert (replay.winners, replay.losers, replay.proposed - replay.current) == (1, 1, Decimal("551.50"))
    assert [(b.label, b.count) for b in replay.brackets if b.count] == [
        ("de −100\u00a0€ à 0\u00a0€", 1),
        ("de 500\u00a0€ à 1\u202f000\u00a0€", 1),
    ]


def test_a_rule_voted_for_later_is_replayed_as_if_it_had_begun_and_tiers_fill_from_the_year_s_start() -> None:
    adopted_example("minimum-par-contrat")
    activity = activity_under()
    billed(activity, "35000", date(2026, 1, 5))
    billed(activity, "5000", date(2026, 2, 5))
    tiers = example("tranches-encaissees").versions[0].lines[0].terms
    (version,) = rule_of(dict(tiers)).versions
    moved = Rule("Plus tard", (replace(version, valid_from=date(2027, 1, 1)),))
    (one,) = replay_period(current=in_force(), proposed=moved, first=FEBRUARY, last=FEBRUARY).differences
    assert (one.current, one.proposed) == (500, 400)  # 8 % from 35 000 € on
