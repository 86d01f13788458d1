"""The background job of a run."""

from datetime import date

from procrastinate.contrib.django import app

from cae_backoffice.core.errors import RefusalError
from invoicing.contributions.enums import RunState
from invoicing.contributions.models import ContributionRun
from invoicing.contributions.services import fail_run, report_progress, run_contributions
from invoicing.contributions.services.run_contributions import RUN_TASK
from members.people.models import User

UNFORESEEN = (
    "Une erreur imprévue a arrêté le calcul\u00a0: rien n’est écrit. Relancez-le, ou prévenez l’administrateur."
)


@app.task(name=RUN_TASK)
def make_run(run_id: int, user_id: int, on: str) -> None:
    """Make the run that was asked for, in the name of who asked; a refusal is kept with it. Harmless when twice."""
    run = ContributionRun.objects.get(pk=run_id)
    by = User.objects.get(pk=user_id)
    if run.state != RunState.WAITING:
        return
    try:
        run_contributions(
            month=run.month,
            by=by,
            on=date.fromisoformat(on),
            report=lambda done: report_progress(run=run, percent=done),
        )
    except RefusalError as refusal:
        fail_run(run=run, reasons=refusal.reasons, by=by)
    except Exception:
        fail_run(run=run, reasons=(UNFORESEEN,), by=by)
        raise
