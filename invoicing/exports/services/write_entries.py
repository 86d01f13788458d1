"""Writing entries for another program, and the mark that they were."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from django.db import connection

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.spreadsheets import BYTE_ORDER_MARK, Cell, csv_lines
from invoicing.exports.enums import ExportKind
from invoicing.exports.models import ExportJob
from invoicing.exports.queries.entries import MARK, entries_to_export, lines_marked_by
from invoicing.exports.rules.layouts import ExportLine, heading_of, records_of
from invoicing.exports.services.request_export import nothing_to_export
from invoicing.exports.services.sink import Sink
from members.cooperative.queries import the_cooperative

LOCK = "SELECT pg_advisory_xact_lock(hashtext('invoicing_export'), hashtext(%s))"
LINES_AT_ONCE = 2_000
EXTENSIONS = {
    ExportKind.CSV: "csv",
    ExportKind.SAGE_PNM: "pnm",
    ExportKind.QUADRA: "txt",
    ExportKind.CEGID_TRA: "tra",
}
CSV_HEADINGS = (
    "Journal",
    "N° d’écriture",
    "Date",
    "Pièce",
    "Date de pièce",
    "Compte",
    "Libellé du compte",
    "Compte auxiliaire",
    "Libellé auxiliaire",
    "Activité",
    "Libellé",
    "Débit",
    "Crédit",
    "Échéance",
    "Lettre",
    "Validée le",
)


def write_entries(job: ExportJob, sink: Sink) -> None:
    """Mark the entries of the period and write their lines, in the caller's transaction.

    Two exports in one format wait for each other, so that no entry is new to both. Refused when nothing is left.
    """
    kind = ExportKind(job.kind)
    if not _mark(job):
        raise RefusalError(nothing_to_export(job.scope))
    cooperative = the_cooperative()
    sink.write(_heading(kind, cooperative.legal_name if cooperative else ""), lines=0)
    rows = lines_marked_by(job).iterator(chunk_size=LINES_AT_ONCE)
    while chunk := [ExportLine(*row) for row in islice(rows, LINES_AT_ONCE)]:
        sink.write(_rendered(kind, chunk), lines=len(chunk))


def entries_file_name(job: ExportJob) -> str:
    """« ecritures-quadra-20260101-20260131.txt »."""
    kind = ExportKind(job.kind)
    name = kind.value.lower().replace("_", "-")
    return f"ecritures-{name}-{job.starts_on:%Y%m%d}-{job.ends_on:%Y%m%d}.{EXTENSIONS[kind]}"


def _mark(job: ExportJob) -> int:
    entries = entries_to_export(
        kind=job.kind, starts_on=job.starts_on, ends_on=job.ends_on, journals=job.journals, scope=job.scope
    )
    chosen, parameters = entries.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [job.kind])
        cursor.execute(MARK.replace("{chosen}", chosen), [job.pk, *parameters])
        return int(cursor.rowcount)


def _heading(kind: ExportKind, company: str) -> bytes:
    if kind == ExportKind.CSV:
        return BYTE_ORDER_MARK + csv_lines([CSV_HEADINGS]).encode()
    return heading_of(kind, company)


def _rendered(kind: ExportKind, lines: Iterable[ExportLine]) -> bytes:
    if kind == ExportKind.CSV:
        return csv_lines(_cells(line) for line in lines).encode()
    return b"".join(record for line in lines for record in records_of(kind, line))


def _cells(line: ExportLine) -> tuple[Cell, ...]:
    return (
        line.journal,
        line.number,
        line.entry_on,
        line.voucher,
        line.voucher_on,
        line.account,
        line.account_label,
        line.auxiliary,
        line.auxiliary_label,
        line.activity,
        line.label,
        line.debit,
        line.credit,
        line.due_on,
        line.letter,
        line.validated_on,
    )
