"""What an entry must be before it may be written: immutable values in, a list of French sentences out. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from cae_backoffice.core.money import ZERO, format_euros
from invoicing.ledger.enums import JournalCode

MAX_FISCAL_YEAR_MONTHS = 24


@dataclass(frozen=True)
class LineDraft:
    """One line to post. Exactly one of `debit` and `credit` is positive; ids refer to activities and auxiliaries."""

    account: str
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    label: str = ""
    activity_id: int | None = None
    auxiliary_id: int | None = None
    due_on: date | None = None


@dataclass(frozen=True)
class EntryDraft:
    """An entry to post: journal, dates, voucher, and its lines. `source` names the document that it comes from."""

    journal: JournalCode
    entry_on: date
    voucher_number: str
    voucher_on: date
    label: str
    lines: tuple[LineDraft, ...] = field(default_factory=tuple)
    source_type: str = ""
    source_id: int | None = None


def entry_errors(entry: EntryDraft) -> list[str]:
    """Why an entry may not be posted, whatever the accounts and periods are; empty when it may."""
    errors = []
    if not entry.voucher_number.strip():
        errors.append("Une écriture porte un numéro de pièce.")
    if not entry.label.strip():
        errors.append("Une écriture porte un libellé.")
    if len(entry.lines) < 2:  # noqa: PLR2004  a debit and a credit
        errors.append("Une écriture a au moins deux lignes.")
    errors += [
        f"Ligne {position}\u00a0: une ligne est au débit ou au crédit, d’un montant positif."
        for position, line in enumerate(entry.lines, 1)
        if (line.debit > 0) == (line.credit > 0) or line.debit < 0 or line.credit < 0
    ]
    difference = sum((line.debit - line.credit for line in entry.lines), ZERO)
    if difference:
        side = "débit" if difference > 0 else "crédit"
        errors.append(f"L’écriture n’est pas équilibrée\u00a0: le {side} dépasse de {format_euros(abs(difference))}.")
    return errors


def opposite(lines: Iterable[LineDraft]) -> tuple[LineDraft, ...]:
    """The same lines with their sides exchanged: an entry and its opposite sum to zero in every account."""
    return tuple(
        LineDraft(
            account=line.account,
            debit=line.credit,
            credit=line.debit,
            label=line.label,
            activity_id=line.activity_id,
            auxiliary_id=line.auxiliary_id,
            due_on=line.due_on,
        )
        for line in lines
    )


def signed(account: str, amount: Decimal, **details: object) -> LineDraft:
    """A line from a signed amount: positive is a debit, negative a credit. Zero has no line: ValueError."""
    if not amount:
        raise ValueError("an entry line has an amount")
    side = {"debit": amount} if amount > 0 else {"credit": -amount}
    return LineDraft(account=account, **side, **details)  # type: ignore[arg-type]


def next_letter(last: str) -> str:
    """The letter after the last one used: A, B, … Z, AA, AB …; A after none."""
    digits = list(last)
    for i in reversed(range(len(digits))):
        if digits[i] != "Z":
            digits[i] = chr(ord(digits[i]) + 1)
            return "".join(digits)
        digits[i] = "A"
    return "A" * (len(digits) + 1)


def with_due_dates(lines: Iterable[LineDraft], *, entry_on: date) -> tuple[LineDraft, ...]:
    """The lines of auxiliary accounts all with a due date: an amount without one is due on its own day.

    It is written down so that it keeps its age when a closing carries it to the next year.
    """
    return tuple(replace(line, due_on=line.due_on or entry_on) if line.auxiliary_id else line for line in lines)
