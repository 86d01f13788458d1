"""Starting again an export that failed, or whose worker stopped on the way."""

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from invoicing.exports.enums import ExportState
from invoicing.exports.models import ExportJob
from invoicing.exports.services.request_export import defer
from members.people.models import User


@transaction.atomic
def restart_export(*, job: ExportJob, by: User) -> ExportJob:
    """Queue the same export again. One that is done is refused: its file stands; ask for another."""
    locked = ExportJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if locked.state == ExportState.DONE:
        raise RefusalError("Cet export est terminé\u00a0: demandez-en un autre.")
    locked.state, locked.error, locked.lines_done = ExportState.WAITING, "", 0
    locked.started_at = locked.finished_at = None
    locked.save()
    defer(locked, by=by)
    audit.record(by=by, action="exportjob.restarted", subject=locked)
    return locked
