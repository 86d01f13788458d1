"""Taking a run back while its period is open."""

from datetime import date

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.text import tidy
from invoicing.contributions.enums import RunState
from invoicing.contributions.models import ContributionRun, ContributionStatement
from invoicing.contributions.queries.figures import last_day
from invoicing.contributions.rules.explanation import month_name
from invoicing.contributions.services.check import refuse_unless_allowed
from invoicing.ledger.services import reverse_entries
from members.people.models import User


@transaction.atomic
def reverse_run(*, run: ContributionRun, reason: str, by: User, on: date) -> ContributionRun:
    """Take a posted run back with opposite entries on its own date; the month may then be run again.

    Its statements stay, marked by its state. Refused: a month run after it, a period that is not open, no reason.
    """
    refuse_unless_allowed(by)
    locked = ContributionRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if locked.state != RunState.POSTED:
        raise RefusalError("Seul un calcul comptabilisé s’annule.")
    if not tidy(reason):
        raise RefusalError("Donnez le motif de l’annulation.")
    later = ContributionRun.objects.filter(
        month__gt=locked.month, state__in=[RunState.WAITING, RunState.POSTED]
    ).first()
    if later is not None:
        raise RefusalError(f"Annulez d’abord le calcul de {month_name(later.month)}.")
    entries = ContributionStatement.objects.filter(run=locked, entry__isnull=False).order_by("entry_id")
    entry_ids = list(entries.values_list("entry_id", flat=True))
    if entry_ids:
        reverse_entries(entry_ids=entry_ids, on=last_day(locked.month), by=by)
    locked.state, locked.reversed_on, locked.reversed_by = RunState.REVERSED, on, by
    locked.reversal_reason = tidy(reason)
    locked.save()
    audit.record(by=by, action="contributionrun.reversed", subject=locked, changes={"reason": locked.reversal_reason})
    return locked
