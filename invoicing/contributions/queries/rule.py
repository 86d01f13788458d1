"""The rule in force, as its adopted versions make it, and the decisions that depart from it."""

import hashlib
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise

from django.db.models import F

from cae_backoffice.core.periods import ONE_DAY
from invoicing.catalogue.queries import contribution_codes
from invoicing.contributions.enums import RuleState, WaivedPart
from invoicing.contributions.models import ContributionOverride, ContributionRule, ContributionWaiver
from invoicing.contributions.rules.figures import Override, Waiver
from invoicing.contributions.rules.problems import FileProblemsError, Problem
from invoicing.contributions.rules.rule_data import rule_from_data
from invoicing.contributions.rules.rule_file import read_rule, write_rule
from invoicing.contributions.rules.terms import Rule, RuleVersion, TermsByContract
from invoicing.ledger.models import FiscalYear
from members.activities.models import SplitShare

WHOLE_SHARE = Decimal(100)


@dataclass
class Decisions:
    """The waivers and overrides of one activity."""

    waivers: list[Waiver] = field(default_factory=list)
    overrides: list[Override] = field(default_factory=list)


def rule_of(stored: ContributionRule) -> Rule:
    """The rule that a stored version holds."""
    return read_rule(stored.toml.encode(), file=str(stored))


def rule_in_force() -> Rule | None:
    """All adopted versions as one rule, each until the next one begins; None when nothing was ever adopted."""
    adopted = ContributionRule.objects.filter(state=RuleState.IN_FORCE).order_by("valid_from")
    rules = [rule_of(stored) for stored in adopted]
    if not rules:
        return None
    versions = [version for rule in rules for version in rule.versions]
    followed = [
        replace(version, valid_to=min(version.valid_to or date.max, later.valid_from - ONE_DAY))
        for version, later in pairwise(versions)
    ]
    return replace(
        rules[-1],
        versions=(*followed, versions[-1]),
        products={code: name for rule in rules for code, name in rule.products.items()},
    )


def rule_text(rule: Rule, version: RuleVersion) -> str:
    """The file of one version of a rule, without the others."""
    return write_rule(replace(rule, versions=(version,)))


def products_nobody_sells(rule: Rule) -> list[str]:
    """The names of the products that the rule leaves out and whose code no product of a catalogue has."""
    codes = dict.fromkeys(
        code for version in rule.versions for line in version.lines for code in line.excluded_products
    )
    sold = contribution_codes() if codes else set()
    return [rule.products[code] for code in codes if code not in sold]


def fiscal_starts() -> list[date]:
    """The first days of the books' fiscal years."""
    return list(FiscalYear.objects.order_by("starts_on").values_list("starts_on", flat=True))


def context_of(rule: Rule, starts: Iterable[date], month: date) -> str:
    """A fingerprint of all that reckons the months up to this one; a later version or fiscal year leaves it."""
    versions = tuple(
        replace(version, valid_to=None if version.valid_to is None or version.valid_to > month else version.valid_to)
        for version in rule.versions
        if version.valid_from <= month
    )
    known = ",".join(str(start) for start in starts if start <= month)
    text = f"{write_rule(replace(rule, name='', versions=versions, products={}))}{known}"
    return hashlib.sha256(text.encode()).hexdigest()


def terms_from_text(values: str, *, file: str) -> TermsByContract:
    """The values of an override, written as under `values` in a rule; FileProblemsError with what is wrong."""
    try:
        tables = tomllib.loads(values, parse_float=Decimal)
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise FileProblemsError([Problem(file, None, "", "ce n’est pas du TOML.")]) from error
    line = {"code": "x", "label": "x", "base": "invoiced", "exclude_internal": False, "values": tables}
    version = {"valid_from": date(2000, 1, 1), "decision": "x", "lines": [line]}
    rule = rule_from_data({"name": "x", "versions": [version]}, file=file)
    return rule.versions[0].lines[0].terms


def decisions() -> dict[int, Decisions]:
    """The decisions in order, by activity; only activities that have some."""
    found: defaultdict[int, Decisions] = defaultdict(Decisions)
    for granted in ContributionWaiver.objects.filter(activity__isnull=False).order_by("starts_on", "pk"):
        found[granted.activity_id or 0].waivers.append(_waiver(granted, granted.starts_on, granted.ends_on))
    for activity_id, waiver in _persons_waivers():
        found[activity_id].waivers.append(waiver)
    for override in ContributionOverride.objects.order_by("starts_on", "pk"):
        terms = terms_from_text(override.values, file=str(override))
        found[override.activity_id].overrides.append(
            Override(override.starts_on, override.ends_on, override.code, terms, override.decision)
        )
    return dict(found)


def _persons_waivers() -> Iterable[tuple[int, Waiver]]:
    """The waivers of people on the activities that they carry alone, while they do, in whole months."""
    granted = ContributionWaiver.objects.filter(person__isnull=False).order_by("starts_on", "pk")
    alone = SplitShare.objects.filter(percent=WHOLE_SHARE, person__in=granted.values("person")).annotate(
        activity_id=F("convention__activity_id"),
        carried_from=F("convention__starts_on"),
        carried_until=F("convention__ends_on"),
    )
    shares = list(alone.values_list("person_id", "activity_id", "carried_from", "carried_until"))
    for waiver in granted:
        for person_id, activity_id, carried_from, carried_until in shares:
            starts_on = max(waiver.starts_on, carried_from.replace(day=1))
            ends_on = min(waiver.ends_on or date.max, carried_until or date.max)
            if person_id == waiver.person_id and starts_on <= ends_on:
                yield activity_id, _waiver(waiver, starts_on, None if ends_on == date.max else ends_on)


def _waiver(waiver: ContributionWaiver, starts_on: date, ends_on: date | None) -> Waiver:
    return Waiver(starts_on, ends_on, WaivedPart(waiver.part), waiver.decision, waiver.code or None)
