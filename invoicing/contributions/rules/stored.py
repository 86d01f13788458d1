"""A line of contributions as plain JSON, kept whole with the run: its sentences are written when they are read."""

from datetime import date
from decimal import Decimal
from typing import Any

from invoicing.contributions.enums import ContractType, ContributionBase, NoteKind
from invoicing.contributions.rules.lines import BaseParts, MonthLine, Note, Slice, YearSoFar

Json = dict[str, Any]
AMOUNTS = ("base", "proportional", "fee", "bounded", "due")
LIMITS = ("monthly_minimum", "monthly_cap", "yearly_minimum", "yearly_cap")


def to_json(line: MonthLine) -> Json:
    """Amounts as text, without loss; `from_json` gives the line back."""
    year = line.year
    return {
        "month": line.month.isoformat(),
        "code": line.code,
        "label": line.label,
        "base_kind": str(line.base_kind),
        "valid_from": line.valid_from.isoformat(),
        "decision": line.decision,
        "parts": [str(part) for part in line.parts],
        "slices": [
            [str(contract), str(starts_at), _text(ends_at), str(rate), str(base), str(amount)]
            for contract, starts_at, ends_at, rate, base, amount in line.slices
        ],
        "days": [[str(contract), days] for contract, days in line.days],
        "year": [year.starts_on.isoformat(), *[str(amount) for amount in year[1:]]],
        "notes": [[str(kind), text] for kind, text in line.notes],
        **{name: _text(getattr(line, name)) for name in (*AMOUNTS, *LIMITS)},
    }


def from_json(data: Json) -> MonthLine:
    """The line that `to_json` wrote."""
    year_start, *year = data["year"]
    amounts: dict[str, Any] = {name: _amount(data[name]) for name in (*AMOUNTS, *LIMITS)}
    return MonthLine(
        month=date.fromisoformat(data["month"]),
        code=data["code"],
        label=data["label"],
        base_kind=ContributionBase(data["base_kind"]),
        valid_from=date.fromisoformat(data["valid_from"]),
        decision=data["decision"],
        parts=BaseParts(*map(Decimal, data["parts"])),
        slices=tuple(
            Slice(
                ContractType(contract),
                Decimal(starts_at),
                _amount(ends_at),
                Decimal(rate),
                Decimal(base),
                Decimal(amount),
            )
            for contract, starts_at, ends_at, rate, base, amount in data["slices"]
        ),
        days=tuple((ContractType(contract), days) for contract, days in data["days"]),
        year=YearSoFar(date.fromisoformat(year_start), *map(Decimal, year)),
        notes=tuple(Note(NoteKind(kind), text) for kind, text in data["notes"]),
        **amounts,
    )


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else str(amount)


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
