"""What a file of entries would bring: read, and held against the accounts, activities and periods as they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from cae_backoffice.core.money import ZERO
from invoicing.ledger.enums import PeriodState
from invoicing.ledger.models import Account, Auxiliary, EntryImport, Journal, Period
from invoicing.ledger.rules import FileEntry, FileError, FileLine, read_file
from members.activities.models import Activity


@dataclass(frozen=True)
class KnownCodes:
    """All that a file may refer to, read once."""

    journals: dict[str, Journal]
    accounts: dict[str, Account]
    auxiliaries: dict[str, Auxiliary]
    activities: dict[str, int]
    periods: list[Period]

    def period_of(self, line: FileLine) -> Period | None:
        """The period that holds a line's date."""
        return next((p for p in self.periods if p.starts_on <= line.entry_on <= p.ends_on), None)


@dataclass(frozen=True)
class ImportPreview:
    """The entries of a file, every error with its line, and the totals."""

    entries: list[FileEntry]
    errors: list[FileError]
    known: KnownCodes

    @property
    def line_count(self) -> int:
        """How many lines can be read."""
        return sum(len(entry.lines) for entry in self.entries)

    @property
    def debit(self) -> Decimal:
        """The sum of all debits."""
        return sum((entry.debit for entry in self.entries), ZERO)

    @property
    def credit(self) -> Decimal:
        """The sum of all credits."""
        return sum((entry.credit for entry in self.entries), ZERO)


def known_codes() -> KnownCodes:
    """As they stand."""
    return KnownCodes(
        journals=Journal.objects.in_bulk(field_name="code"),
        accounts=Account.objects.in_bulk(field_name="number"),
        auxiliaries=Auxiliary.objects.in_bulk(field_name="code"),
        activities=dict(Activity.objects.values_list("code", "pk")),
        periods=list(Period.objects.select_related("fiscal_year").order_by("starts_on")),
    )


def import_preview(received: EntryImport) -> ImportPreview:
    """Read the file and say all that is wrong with it, in order of line."""
    read, known = read_file(bytes(received.content)), known_codes()
    errors = [*read.errors, *(error for entry in read.entries for error in _unknown(entry, known))]
    return ImportPreview(read.entries, sorted(errors, key=lambda error: error.line), known)


def _unknown(entry: FileEntry, known: KnownCodes) -> Iterator[FileError]:
    first = entry.first
    if first.journal not in known.journals:
        yield FileError(first.line, f"le journal {first.journal} n’existe pas.")
    period = known.period_of(first)
    if period is None:
        yield FileError(first.line, f"aucun exercice ne contient le {first.entry_on:%d/%m/%Y}.")
    elif period.state != PeriodState.OPEN:
        yield FileError(first.line, f"la période {period} est {period.get_state_display().lower()}.")
    for line in entry.lines:
        yield from (FileError(line.line, reason) for reason in _unknown_codes(line, known))


def _unknown_codes(line: FileLine, known: KnownCodes) -> Iterator[str]:
    account, auxiliary = known.accounts.get(line.account), known.auxiliaries.get(line.auxiliary)
    if line.activity and line.activity not in known.activities:
        yield f"l’activité {line.activity} n’existe pas."
    if line.auxiliary and auxiliary is None:
        yield f"le compte auxiliaire {line.auxiliary} n’existe pas."
    if account is None:
        yield f"le compte {line.account} n’existe pas."
    elif not account.is_active:
        yield f"le compte {line.account} n’est plus utilisable."
    elif account.auxiliary_kind != (auxiliary.kind if auxiliary else ""):
        wanted = account.get_auxiliary_kind_display() if account.auxiliary_kind else "aucun"
        yield f"le compte {line.account} attend un compte auxiliaire\u00a0: {wanted}."
