"""Runs: whether a month may be run, what is next."""

from datetime import date

from django.db.models import Max

from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.periods import add_months
from invoicing.contributions.enums import RunState
from invoicing.contributions.models import ContributionRun
from invoicing.contributions.queries.figures import last_day
from invoicing.contributions.queries.rule import rule_in_force
from invoicing.contributions.rules.explanation import month_name
from invoicing.contributions.rules.terms import NoVersionInForceError
from invoicing.ledger.enums import PeriodState
from invoicing.ledger.models import Period
from members.people.models import User

RIGHT_SENTENCE = "Il faut le droit de calculer les contributions."


def run_refusals(month: date, *, by: User, on: date) -> list[str]:
    """Why the month may not be run; empty when it may.

    It is over, a rule is in force, its period is open, and the month before was run (but for the very first run).
    """
    if not has_right(by, Right.RUN_CONTRIBUTIONS):
        return [RIGHT_SENTENCE]
    if month.day != 1:
        return ["Un calcul porte sur un mois, désigné par son premier jour."]
    return [*_calendar_refusals(month, on), *_rule_refusals(month), *_predecessor_refusals(month)]


def next_month_to_run(on: date) -> date:
    """The month after the last posted one, else the one that ended last."""
    last: date | None = ContributionRun.objects.filter(state=RunState.POSTED).aggregate(last=Max("month"))["last"]
    return add_months(last, 1) if last else add_months(on.replace(day=1), -1)


def _calendar_refusals(month: date, on: date) -> list[str]:
    refusals = []
    if on < last_day(month):
        refusals.append(f"Le mois de {month_name(month)} n’est pas fini.")
    period = Period.objects.filter(starts_on__lte=last_day(month), ends_on__gte=last_day(month)).first()
    if period is None:
        refusals.append(f"Aucun exercice ne contient le {last_day(month):%d/%m/%Y}.")
    elif period.state != PeriodState.OPEN:
        state = period.get_state_display().lower()
        refusals.append(f"La période {period} est {state}\u00a0: elle ne reçoit plus d’écriture.")
    return refusals


def _rule_refusals(month: date) -> list[str]:
    rule = rule_in_force()
    if rule is None:
        return ["Aucune règle de contribution n’est adoptée."]
    try:
        rule.version_in(month)
    except NoVersionInForceError as error:
        return [str(error)]
    return []


def _predecessor_refusals(month: date) -> list[str]:
    posted = ContributionRun.objects.filter(state=RunState.POSTED)
    last: date | None = posted.aggregate(last=Max("month"))["last"]
    if last is None or last >= month:
        return (
            [] if last is None else [f"Le mois de {month_name(last)} est déjà calculé\u00a0: rien ne se calcule avant."]
        )
    if add_months(last, 1) != month:
        missing = month_name(add_months(last, 1))
        return [f"Calculez d’abord {missing}\u00a0: les mois se suivent sans trou."]
    return []
