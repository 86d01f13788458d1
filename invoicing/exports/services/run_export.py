"""Writing an export that was asked for: what the background worker does."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models.functions import Now

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from invoicing.exports.enums import ExportKind, ExportState
from invoicing.exports.models import ExportJob
from invoicing.exports.rules.fec import file_name
from invoicing.exports.services.export_fec import (
    cooperative_of_the_file,
    describe_fec,
    interim_warning,
    refuse_drafts,
    stream_fec,
)
from invoicing.exports.services.sink import Sink, Tell
from invoicing.exports.services.write_entries import entries_file_name, write_entries
from members.people.models import User

TECHNICAL = "L’export s’est arrêté pour une raison technique, inscrite au journal du serveur. Relancez-le."


@dataclass(frozen=True)
class Written:
    """What is known of a file once it is whole."""

    file_name: str
    sink: Sink
    description: str = ""
    warning: str = ""


def run_export(*, job: ExportJob, by: User) -> ExportJob:
    """Write the file of an export, keep it under a name that nobody guesses, with its fingerprint.

    A refusal is written on the job as its error; anything else too, and is raised. Harmless when it runs twice: a
    file that stands is never replaced.
    """
    if not _begun(job):
        return job
    try:
        with _telling(job) as tell, TemporaryFile() as file, transaction.atomic():
            written = _write(job, file, tell)
            _keep(job, file, written, by)
    except RefusalError as refusal:
        _fail(job, str(refusal), by)
    except Exception:
        _fail(job, TECHNICAL, by)
        raise
    job.refresh_from_db()
    return job


def _begun(job: ExportJob) -> bool:
    waiting = ExportJob.objects.filter(pk=job.pk, state__in=[ExportState.WAITING, ExportState.RUNNING])
    return bool(waiting.update(state=ExportState.RUNNING, started_at=Now(), lines_done=0))


@contextmanager
def _telling(job: ExportJob) -> Iterator[Tell]:
    """Progress that others see at once: written on a connection of its own, beside the transaction that reads."""
    other = connection.copy()

    def tell(lines: int) -> None:
        with other.cursor() as cursor:
            cursor.execute(
                "UPDATE invoicing_exportjob SET lines_done = %s WHERE id = %s AND state = 'RUNNING'", [lines, job.pk]
            )

    try:
        yield tell
    finally:
        other.close()


def _write(job: ExportJob, file: IO[bytes], tell: Tell) -> Written:
    sink = Sink(file, tell)
    return _write_fec(job, sink) if job.kind == ExportKind.FEC else _write_entries(job, sink)


def _write_fec(job: ExportJob, sink: Sink) -> Written:
    assert job.fiscal_year is not None  # noqa: S101  the database refuses a FEC without its year
    cooperative = cooperative_of_the_file()
    if not job.with_drafts:
        refuse_drafts(job.fiscal_year)
    stream_fec(year=job.fiscal_year, encoding=job.encoding, sink=sink)
    return Written(
        file_name=file_name(cooperative.siren, job.ends_on),
        sink=sink,
        description=describe_fec(job.fiscal_year, cooperative, job.encoding, sink),
        warning=interim_warning(job.fiscal_year),
    )


def _write_entries(job: ExportJob, sink: Sink) -> Written:
    write_entries(job, sink)
    return Written(file_name=entries_file_name(job), sink=sink)


def _keep(job: ExportJob, file: IO[bytes], written: Written, by: User) -> None:
    file.seek(0)
    name = default_storage.save(f"exports/{job.requested_at:%Y/%m}/{uuid.uuid4().hex}.txt", File(file))
    try:
        kept = ExportJob.objects.filter(pk=job.pk, state=ExportState.RUNNING).update(
            state=ExportState.DONE,
            file=name,
            file_name=written.file_name,
            sha256=written.sink.sha256,
            size=written.sink.size,
            lines_done=written.sink.lines,
            lines_total=written.sink.lines,
            description=written.description,
            warning=written.warning,
            finished_at=Now(),
        )
        if not kept:
            raise RefusalError("Cet export est déjà terminé.")
        changes = {"sha256": written.sink.sha256, "lignes": written.sink.lines}
        audit.record(by=by, action="exportjob.exported", subject=job, changes=changes)
    except BaseException:
        default_storage.delete(name)
        raise


def _fail(job: ExportJob, reason: str, by: User) -> None:
    with transaction.atomic():
        running = ExportJob.objects.filter(pk=job.pk, state=ExportState.RUNNING)
        if running.update(state=ExportState.FAILED, error=reason, finished_at=Now()):
            audit.record(by=by, action="exportjob.failed", subject=job, changes={"raison": reason})
