"""Asking for an export: it is written in the background."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from procrastinate.contrib.django import app

from cae_backoffice.core import audit
from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.errors import RefusalError
from invoicing.exports.enums import ExportKind, ExportScope, FileEncoding
from invoicing.exports.models import ExportJob
from invoicing.exports.queries.entries import entries_to_export, line_count, validated_line_count
from invoicing.exports.services.export_fec import cooperative_of_the_file, refuse_drafts
from invoicing.ledger.models import FiscalYear
from members.people.models import User

EXPORT_TASK = "invoicing.write_export"


@transaction.atomic
def request_fec(*, year: FiscalYear, encoding: FileEncoding, by: User) -> ExportJob:
    """Ask for a fiscal year's FEC. Refused while drafts remain, or without the cooperative's identity."""
    cooperative_of_the_file()
    refuse_drafts(year)
    return _queue(_fec_job(year, encoding, by))


@transaction.atomic
def request_interim_fec(*, year: FiscalYear, encoding: FileEncoding, by: User) -> ExportJob:
    """The same of a year in which drafts remain: they are left out, with a warning."""
    cooperative_of_the_file()
    job = _fec_job(year, encoding, by)
    job.with_drafts = True
    return _queue(job)


@transaction.atomic
def request_export(
    *, kind: ExportKind, starts_on: date, ends_on: date, journals: Sequence[str], scope: ExportScope, by: User
) -> ExportJob:
    """Ask for a period's entries in the format of another program. Refused when there is nothing to export."""
    entries = entries_to_export(kind=kind, starts_on=starts_on, ends_on=ends_on, journals=journals, scope=scope)
    lines = line_count(entries)
    if not lines:
        raise RefusalError(nothing_to_export(scope))
    job = ExportJob(
        kind=kind, starts_on=starts_on, ends_on=ends_on, journals=list(journals), scope=scope, requested_by=by
    )
    job.lines_total = lines
    return _queue(job)


def nothing_to_export(scope: str) -> str:
    """Why an export would be empty."""
    if scope == ExportScope.NEW:
        return "Aucune écriture validée de cette période n’attend d’être exportée dans ce format."
    return "Aucune écriture validée dans cette période."


def defer(job: ExportJob, *, by: User) -> None:
    """Queue the work in this transaction: a refused request leaves no job."""
    app.configure_task(EXPORT_TASK).defer(job_id=job.pk, user_id=by.pk)


def _fec_job(year: FiscalYear, encoding: FileEncoding, by: User) -> ExportJob:
    return ExportJob(
        kind=ExportKind.FEC,
        fiscal_year=year,
        starts_on=year.starts_on,
        ends_on=year.ends_on,
        encoding=encoding,
        lines_total=validated_line_count(year),
        requested_by=by,
    )


def _queue(job: ExportJob) -> ExportJob:
    by = job.requested_by
    if not has_right(by, Right.KEEP_BOOKS):
        raise RefusalError("Seules les personnes qui tiennent les livres les exportent.")
    try:
        job.full_clean(exclude=["requested_by", "fiscal_year"])
    except ValidationError as error:
        raise RefusalError(error.messages) from error
    job.save()
    defer(job, by=by)
    changes = {"kind": job.kind, "starts_on": job.starts_on, "ends_on": job.ends_on, "journals": job.journals}
    audit.record(by=by, action="exportjob.requested", subject=job, changes=changes)
    return job
