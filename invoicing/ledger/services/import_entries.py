"""Files of entries: received, shown, then imported whole or not at all."""

import hashlib
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from invoicing.ledger.models import Entry, EntryImport, EntryLine
from invoicing.ledger.queries.imports import ImportPreview, KnownCodes, import_preview
from invoicing.ledger.rules import FileEntry
from invoicing.ledger.services.validate_entries import number_entries
from members.people.models import User

BATCH = 2000
MOST_BYTES = 20_000_000
MOST_REASONS = 50


@transaction.atomic
def receive_file(*, file_name: str, content: bytes, on: date, by: User) -> EntryImport:
    """Keep a file to be shown before it is imported; the same file waits only once. Refused when it was imported."""
    if not content:
        raise RefusalError("Le fichier est vide.")
    if len(content) > MOST_BYTES:
        raise RefusalError("Le fichier dépasse 20 Mo\u00a0: découpez-le.")
    sha256 = hashlib.sha256(content).hexdigest()
    known = EntryImport.objects.filter(sha256=sha256).select_related("imported_by").first()
    if known is not None:
        _refuse_imported(known)
        return known
    received = EntryImport.objects.create(
        file_name=file_name[:200], sha256=sha256, content=content, received_on=on, received_by=by
    )
    audit.record(by=by, action="entryimport.received", subject=received, changes={"sha256": sha256})
    return received


@transaction.atomic
def discard_file(*, received: EntryImport, by: User) -> None:
    """Throw away a file that was not imported."""
    locked = _locked(received)
    audit.record(by=by, action="entryimport.discarded", subject=locked, changes={"sha256": locked.sha256})
    locked.delete()


@transaction.atomic
def import_drafts(*, received: EntryImport, on: date, by: User) -> EntryImport:
    """Write the entries of a file as drafts: all, or none and every reason with its line."""
    return _import(received, on=on, by=by).received


@transaction.atomic
def import_validated(*, received: EntryImport, on: date, by: User) -> EntryImport:
    """The same, each entry numbered at once, in order of date and place in the file."""
    written = _import(received, on=on, by=by)
    number_entries(ids=written.ids, by=by, on=on)
    return written.received


@dataclass(frozen=True)
class _Written:
    received: EntryImport
    ids: list[int]


def _import(received: EntryImport, *, on: date, by: User) -> _Written:
    locked = _locked(received)
    preview = import_preview(locked)
    if preview.errors:
        raise RefusalError([str(error) for error in preview.errors[:MOST_REASONS]])
    entries = Entry.objects.bulk_create(
        (_entry(entry, preview.known, locked, by) for entry in preview.entries), batch_size=BATCH
    )
    EntryLine.objects.bulk_create(_lines(entries, preview), batch_size=BATCH)
    locked.imported_on, locked.imported_by = on, by
    locked.entry_count, locked.line_count = len(entries), preview.line_count
    locked.save()
    counts = {"entries": locked.entry_count, "lines": locked.line_count}
    audit.record(by=by, action="entryimport.imported", subject=locked, changes=counts)
    return _Written(locked, [entry.pk for entry in entries])


def _entry(entry: FileEntry, known: KnownCodes, received: EntryImport, by: User) -> Entry:
    period = known.period_of(entry.first)
    assert period is not None  # noqa: S101  the preview has an error otherwise
    return Entry(
        fiscal_year=period.fiscal_year,
        journal=known.journals[entry.first.journal],
        entry_on=entry.first.entry_on,
        voucher_number=entry.first.voucher,
        voucher_on=entry.first.entry_on,
        label=entry.first.label,
        source_type=EntryImport._meta.label_lower,
        source_id=received.pk,
        created_by=by,
    )


def _lines(entries: list[Entry], preview: ImportPreview) -> list[EntryLine]:
    known = preview.known
    return [
        EntryLine(
            entry=written,
            position=position,
            entry_on=written.entry_on,
            account=known.accounts[line.account],
            auxiliary=known.auxiliaries.get(line.auxiliary),
            activity_id=known.activities.get(line.activity),
            label=line.label,
            debit=line.debit,
            credit=line.credit,
            due_on=line.due_on or (line.entry_on if line.auxiliary else None),
        )
        for written, read in zip(entries, preview.entries, strict=True)
        for position, line in enumerate(read.lines, 1)
    ]


def _locked(received: EntryImport) -> EntryImport:
    locked = EntryImport.objects.select_for_update(of=("self",)).select_related("imported_by").get(pk=received.pk)
    _refuse_imported(locked)
    return locked


def _refuse_imported(received: EntryImport) -> None:
    if received.imported_on is not None:
        raise RefusalError(
            f"Ce fichier a déjà été importé le {received.imported_on:%d/%m/%Y} par {received.imported_by}\u00a0: "
            f"{received.entry_count} écritures."
        )
