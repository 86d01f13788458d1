"""Proposing, changing and adopting versions of the rule."""

import json
import tomllib
from datetime import date
from decimal import Decimal

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from invoicing.contributions.enums import RuleState, RunState
from invoicing.contributions.models import ContributionRule, ContributionRun
from invoicing.contributions.queries.rule import rule_text
from invoicing.contributions.rules.explanation import month_name
from invoicing.contributions.rules.problems import MOST_SHOWN, FileProblemsError
from invoicing.contributions.rules.rule_file import read_rule
from invoicing.contributions.rules.terms import Rule
from invoicing.contributions.services.check import refuse_unless_allowed
from members.people.models import User


@transaction.atomic
def propose_rule(*, toml: str, by: User, instead_of: ContributionRule | None = None) -> list[ContributionRule]:
    """Keep each version of a rule file as a proposal: it may be replayed, changed and adopted.

    `instead_of` is the proposal that the text replaces; it must then hold one version. Refused with every problem of
    the file, nothing written.
    """
    refuse_unless_allowed(by)
    rule = _read(toml)
    if instead_of is None:
        written = [ContributionRule(proposed_by=by) for _ in rule.versions]
    else:
        written = [_locked_proposal(instead_of)]
        if len(rule.versions) > 1:
            raise RefusalError("Une proposition tient une version\u00a0: importez les autres à part.")
    for stored, version in zip(written, rule.versions, strict=True):
        stored.name, stored.valid_from, stored.decision = rule.name, version.valid_from, version.decision
        stored.toml = toml if len(rule.versions) == 1 else rule_text(rule, version)
        stored.content = _content(stored.toml)
        stored.save()
        action = "contributionrule.proposed" if instead_of is None else "contributionrule.changed"
        audit.record(by=by, action=action, subject=stored, changes={"decision": stored.decision})
    return written


@transaction.atomic
def adopt_rule(*, stored: ContributionRule, by: User, on: date) -> ContributionRule:
    """Let a proposal bind from its first month on; it never changes again.

    It takes the place of the version in force then. Refused: a month that was already run, a start that another
    version has.
    """
    refuse_unless_allowed(by)
    locked = _locked_proposal(stored)
    reasons = [*_late(locked), *_taken_start(locked)]
    if reasons:
        raise RefusalError(reasons)
    locked.state, locked.adopted_on, locked.adopted_by = RuleState.IN_FORCE, on, by
    locked.save(update_fields=["state", "adopted_on", "adopted_by"])
    audit.record(by=by, action="contributionrule.adopted", subject=locked, changes={"decision": locked.decision})
    return locked


@transaction.atomic
def withdraw_proposal(*, stored: ContributionRule, by: User) -> None:
    """Take away a proposal that was not adopted."""
    refuse_unless_allowed(by)
    locked = _locked_proposal(stored)
    audit.record(by=by, action="contributionrule.withdrawn", subject=locked, changes={"toml": locked.toml})
    locked.delete()


def _read(toml: str) -> Rule:
    try:
        return read_rule(toml.encode(), file="règle")
    except FileProblemsError as error:
        raise RefusalError([str(problem) for problem in error.problems[:MOST_SHOWN]]) from error


def _locked_proposal(stored: ContributionRule) -> ContributionRule:
    locked = ContributionRule.objects.select_for_update(of=("self",)).get(pk=stored.pk)
    if locked.state != RuleState.PROPOSED:
        raise RefusalError("Une version adoptée ne change pas\u00a0: proposez la suivante.")
    return locked


def _late(stored: ContributionRule) -> list[str]:
    run = ContributionRun.objects.filter(
        state__in=[RunState.POSTED, RunState.WAITING], month__gte=stored.valid_from
    ).first()
    if run is None:
        return []
    sentence = (
        f"Les contributions de {month_name(run.month)} sont déjà calculées\u00a0: cette version ne peut pas commencer "
        f"le {stored.valid_from:%d/%m/%Y}."
    )
    return [sentence]


def _taken_start(stored: ContributionRule) -> list[str]:
    if ContributionRule.objects.filter(state=RuleState.IN_FORCE, valid_from=stored.valid_from).exists():
        return [f"Une autre version adoptée commence déjà le {stored.valid_from:%d/%m/%Y}."]
    return []


def _content(toml: str) -> object:
    """The tables of the text, as plain JSON: amounts and dates as texts."""
    return json.loads(json.dumps(tomllib.loads(toml.replace("\r\n", "\n"), parse_float=Decimal), default=str))
