"""What is exported, and how much of it there is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any, cast

from django.db import connection, transaction
from django.db.models import CharField, Count, Exists, F, Func, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce

from invoicing.exports.enums import ExportScope
from invoicing.exports.models import ExportedEntry, ExportJob
from invoicing.ledger.enums import EntryState
from invoicing.ledger.models import Entry, EntryLine, FiscalYear, Journal

ROWS_AT_ONCE = 500

# One statement is one snapshot of the books, and the server writes the final text. CSV with a quote that
# `invoicing_one_line` lets through in no text writes every text as it is. A letter is written when all its lines are
# in the file: one that reaches into another year is not yet a settlement at this year's end.
FEC_COPY = """
    COPY (
        WITH settled AS (
            SELECT line.matching_id
            FROM invoicing_entryline AS line JOIN invoicing_entry AS entry ON entry.id = line.entry_id
            WHERE entry.fiscal_year_id = %(year)s AND entry.state = 'VALIDATED' AND line.matching_id IS NOT NULL
            GROUP BY line.matching_id HAVING sum(line.debit) = sum(line.credit)
        )
        SELECT journal.code, invoicing_one_line(journal.label, journal.code), entry.number,
               to_char(entry.entry_on, 'YYYYMMDD'), account.number, invoicing_one_line(account.label, account.number),
               nullif(auxiliary.code, ''), invoicing_one_line(auxiliary.label, nullif(auxiliary.code, '')),
               invoicing_one_line(entry.voucher_number, entry.number::text), to_char(entry.voucher_on, 'YYYYMMDD'),
               invoicing_one_line(line.label, invoicing_one_line(entry.label, entry.number::text)),
               replace(line.debit::text, '.', ','), replace(line.credit::text, '.', ','),
               matching.letter, to_char(matching.matched_on, 'YYYYMMDD'), to_char(entry.validated_on, 'YYYYMMDD'),
               NULL, NULL
        FROM invoicing_entry AS entry
        JOIN invoicing_journal AS journal ON journal.id = entry.journal_id
        JOIN invoicing_entryline AS line ON line.entry_id = entry.id
        JOIN invoicing_account AS account ON account.id = line.account_id
        LEFT JOIN invoicing_auxiliary AS auxiliary ON auxiliary.id = line.auxiliary_id
        LEFT JOIN settled ON settled.matching_id = line.matching_id
        LEFT JOIN invoicing_matching AS matching ON matching.id = settled.matching_id
        WHERE entry.fiscal_year_id = %(year)s AND entry.state = 'VALIDATED'
        ORDER BY entry.number, line.position
    ) TO STDOUT (FORMAT csv, DELIMITER E'\\t', QUOTE E'\\x01', ENCODING 'UTF8')
"""

# A mark for each chosen entry: `{chosen}` is the query of their keys.
MARK = """
    INSERT INTO invoicing_exportedentry (job_id, entry_id) SELECT %s, chosen.id FROM ({chosen}) AS chosen(id)
"""


def fec_blocks(year: FiscalYear) -> Iterator[bytes]:
    """The lines of a fiscal year's FEC without its header, in UTF-8, some hundreds at a time."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'")  # a year of lines is sorted in memory
        cursor.execute("SET LOCAL enable_nestloop = off")  # whole tables: statistics lag behind a year just filled
        with cursor.copy(FEC_COPY, {"year": year.pk}) as copy:
            while rows := [bytes(row) for row in islice(copy, ROWS_AT_ONCE)]:
                yield b"".join(rows)


def draft_count(year: FiscalYear) -> int:
    """The entries of a fiscal year that are not validated: no FEC holds them."""
    return year.entries.filter(state=EntryState.DRAFT).count()


def validated_line_count(year: FiscalYear) -> int:
    """The lines that a fiscal year's FEC holds."""
    return EntryLine.objects.filter(entry__fiscal_year=year, entry__state=EntryState.VALIDATED).count()


def journal_labels() -> list[tuple[str, str]]:
    """Code and label of every journal."""
    return list(Journal.objects.order_by("code").values_list("code", "label"))


def entries_to_export(
    *, kind: str, starts_on: date, ends_on: date, journals: Sequence[str], scope: str
) -> QuerySet[Entry]:
    """The validated entries of a period, of some journals or (none named) of all; without mark only, if so asked."""
    entries = Entry.objects.filter(state=EntryState.VALIDATED, entry_on__gte=starts_on, entry_on__lte=ends_on)
    if journals:
        entries = entries.filter(journal__code__in=journals)
    if scope == ExportScope.NEW:
        marks = ExportedEntry.objects.filter(entry=OuterRef("pk"), job__kind=kind)
        entries = entries.exclude(Exists(marks))
    return entries


def lines_marked_by(job: ExportJob) -> QuerySet[EntryLine, tuple[Any, ...]]:
    """The lines of the entries that an export marked, in order of validation, with the fields of an `ExportLine`."""
    marked = ExportedEntry.objects.filter(job=job).values("entry")
    return (
        EntryLine.objects.filter(entry__in=marked)
        .order_by("entry__fiscal_year__starts_on", "entry__number", "position")
        .values_list(
            "entry__journal__code",
            "entry__number",
            "entry__entry_on",
            _one_line("entry__voucher_number"),
            "entry__voucher_on",
            "account__number",
            "account__label",
            Coalesce("auxiliary__code", Value("")),
            Coalesce("auxiliary__label", Value("")),
            Coalesce("activity__code", Value("")),
            _one_line("label"),
            "debit",
            "credit",
            "due_on",
            Coalesce("matching__letter", Value("")),
            "entry__validated_on",
        )
    )


def _one_line(field: str) -> Func:
    return Func(F(field), Value("?"), function="invoicing_one_line", output_field=CharField())


def line_count(entries: QuerySet[Entry]) -> int:
    """How many lines these entries have."""
    return cast("int", entries.aggregate(lines=Count("lines"))["lines"])


def fiscal_years_ending(closing: str) -> list[FiscalYear]:
    """The fiscal years that end in a calendar year (« 2026 ») or on a day (« 2026-06-30 »)."""
    years = FiscalYear.objects.order_by("ends_on")
    if closing.isdecimal():
        return list(years.filter(ends_on__year=int(closing)))
    return list(years.filter(ends_on=date.fromisoformat(closing)))
