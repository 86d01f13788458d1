"""The reckoning of contributions: a history and a rule in, a line per month and line of the rule out.

Everything is cumulative over the line's year. The tiers apply to the base of the year so far; a month is due what the
year amounts to at its end, less what it amounted to the month before. So the year is always what its total gives, to
the cent, and a document that arrives late corrects the months that follow it by the same subtraction.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from cae_backoffice.core.money import ZERO, round_cents
from invoicing.contributions.enums import ContributionBase, ContributionYear, FreeFrom, NoteKind, WaivedPart
from invoicing.contributions.rules.figures import ActivityMonth, History, Stay
from invoicing.contributions.rules.lines import BaseParts, MonthLine, Note, Slice, YearSoFar
from invoicing.contributions.rules.terms import HUNDRED, Rule, RuleLine, RuleVersion, Terms, TermsByContract, Tier

MONTHS_A_YEAR = 12
ON_COLLECTED = {ContributionBase.COLLECTED, ContributionBase.COLLECTED_GROSS_MARGIN}
ON_MARGIN = {ContributionBase.GROSS_MARGIN, ContributionBase.COLLECTED_GROSS_MARGIN}
WAIVER_NOTES = {
    WaivedPart.WHOLE: NoteKind.WAIVED,
    WaivedPart.FEE: NoteKind.FEE_WAIVED,
    WaivedPart.MINIMUM: NoteKind.MINIMUM_WAIVED,
}
NO_DECISION: frozenset[WaivedPart] = frozenset()
NOTHING = BaseParts()


class _Charged(NamedTuple):
    """A stay that contributes, with its values."""

    stay: Stay
    terms: Terms


class _Fixed(NamedTuple):
    """The amounts of a month that do not depend on its base."""

    fee: Decimal = ZERO
    monthly_minimum: Decimal | None = None
    monthly_cap: Decimal | None = None
    yearly_minimum: Decimal = ZERO


def contributions(
    history: History, rule: Rule, *, opening: Mapping[str, YearSoFar] | None = None, fiscal_starts: Sequence[date] = ()
) -> list[MonthLine]:
    """What an activity owes, month after month, for each line of the rule in force.

    `opening` holds, by line code, the year up to the month before the first one; without it the year starts there.
    `fiscal_starts` are the first days of the known fiscal years, which may be of any length.
    NoVersionInForceError for a month without a rule, ValueError for months that are not in order.
    """
    years = dict(opening or {})
    starts = tuple(fiscal_starts)
    found: list[MonthLine] = []
    last = date.min
    for month in history.months:
        if month.month <= last:
            raise ValueError("the months of a history are in order")
        last = month.month
        version = rule.version_in(last)
        for line in version.lines:
            starts_on = year_start(last, line.year, rule.fiscal_year_starts_in, starts)
            before = years.get(line.code)
            if before is None or before.starts_on != starts_on:
                before = YearSoFar(starts_on)
            result = _month_line(history, month, version, line, before)
            years[line.code] = result.year
            found.append(result)
    return found


@lru_cache(maxsize=4096)
def year_start(month: date, year: ContributionYear, first_month: int, fiscal_starts: tuple[date, ...] = ()) -> date:
    """The first day of the year in which a month falls; of the known fiscal years, the last that has begun."""
    if year == ContributionYear.CALENDAR:
        return date(month.year, 1, 1)
    begun = [start for start in fiscal_starts if start <= month]
    if begun:
        return max(begun)
    return date(month.year - (month.month < first_month), first_month, 1)


def _month_line(
    history: History, month: ActivityMonth, version: RuleVersion, line: RuleLine, before: YearSoFar
) -> MonthLine:
    terms, notes = _terms_in_force(history, month.month, line)
    waived = _waived_parts(history, month.month, line, notes) if history.waivers else NO_DECISION
    charged = [] if WaivedPart.WHOLE in waived else _charged_stays(history, month, terms, notes)
    parts, base, slices = _tier_by_tier(line, charged, before.base)
    exact = before.proportional
    for piece in slices:
        exact += piece.amount
    proportional = round_cents(exact) - round_cents(before.proportional)
    fixed = _fixed_amounts(month, charged, waived) if charged else _Fixed()
    bounded = within_the_month(proportional, fixed.fee, fixed.monthly_minimum, fixed.monthly_cap)
    total, accrued = before.bounded + bounded, before.yearly_minimum + fixed.yearly_minimum
    cap = terms[month.stays[-1].contract].yearly_cap
    due = _within_the_year(total, accrued, cap) - _within_the_year(before.bounded, before.yearly_minimum, cap)
    return MonthLine(
        month=month.month,
        code=line.code,
        label=line.label,
        base_kind=line.base,
        valid_from=version.valid_from,
        decision=version.decision,
        parts=parts,
        base=base,
        slices=tuple(slices),
        days=tuple([(stay.contract, stay.days) for stay in month.stays]),
        proportional=proportional,
        fee=fixed.fee,
        monthly_minimum=fixed.monthly_minimum,
        monthly_cap=fixed.monthly_cap,
        bounded=bounded,
        yearly_minimum=_accrued(accrued),
        yearly_cap=cap,
        due=due,
        year=YearSoFar(before.starts_on, before.base + base, exact, total, accrued, before.due + due),
        notes=tuple(notes),
    )


def _terms_in_force(history: History, month: date, line: RuleLine) -> tuple[TermsByContract, list[Note]]:
    for override in history.overrides:
        if override.applies(month, line.code):
            return override.terms, [Note(NoteKind.OVERRIDE, override.decision)]
    return line.terms, []


def _waived_parts(history: History, month: date, line: RuleLine, notes: list[Note]) -> frozenset[WaivedPart]:
    waivers = [waiver for waiver in history.waivers if waiver.applies(month, line.code)]
    notes += [Note(WAIVER_NOTES[waiver.part], waiver.decision) for waiver in waivers]
    return frozenset(waiver.part for waiver in waivers)


def _charged_stays(history: History, month: ActivityMonth, terms: TermsByContract, notes: list[Note]) -> list[_Charged]:
    """The stays that are not free; a free one leaves a note."""
    charged = []
    for stay in month.stays:
        values = terms[stay.contract]
        if values.free_months:
            start = history.starts_on if values.free_from == FreeFrom.ACTIVITY else stay.contract_starts_on
            rank = (month.month.year - start.year) * MONTHS_A_YEAR + month.month.month - start.month
            if rank < values.free_months:
                contract = f" {stay.contract}" if len(month.stays) > 1 else ""
                notes.append(Note(NoteKind.FREE, f"{rank + 1}/{values.free_months}{contract}"))
                continue
        charged.append(_Charged(stay, values))
    return charged


def _tier_by_tier(
    line: RuleLine, charged: list[_Charged], year_base: Decimal
) -> tuple[BaseParts, Decimal, list[Slice]]:
    """The month's base, and its pieces by tier: each stay goes on where the one before it has brought the year."""
    slices: list[Slice] = []
    total: BaseParts | None = None
    reached = year_base
    for stay, terms in charged:
        parts = _base_parts(line, stay)
        before, reached = reached, reached + parts.turnover - parts.excluded - parts.internal - parts.purchases
        total = parts if total is None else _sum(total, parts)
        if before != reached:
            _cut(slices, stay, terms.tiers, before, reached)
    return total or NOTHING, reached - year_base, slices


def _base_parts(line: RuleLine, stay: Stay) -> BaseParts:
    """What a line of the rule counts of a stay, and what it leaves out."""
    collected = line.base in ON_COLLECTED
    excluded = ZERO
    if stay.products and line.excluded_products:
        for product in stay.products:
            if product.product in line.excluded_products:
                excluded += product.collected if collected else product.invoiced
    return BaseParts(
        stay.collected if collected else stay.invoiced,
        excluded,
        stay.internal if line.exclude_internal else ZERO,
        stay.purchases if line.base in ON_MARGIN else ZERO,
    )


def _sum(one: BaseParts, other: BaseParts) -> BaseParts:
    return BaseParts(*[left + right for left, right in zip(one, other, strict=True)])


def _cut(slices: list[Slice], stay: Stay, tiers: tuple[Tier, ...], start: Decimal, end: Decimal) -> None:
    """The way from `start` to `end` (back, for credit notes) cut at the tiers; the first reaches below zero."""
    for rank, (starts_at, ends_at, rate) in enumerate(tiers):
        floor = starts_at if rank else None
        piece = _clamp(end, floor, ends_at) - _clamp(start, floor, ends_at)
        if piece:
            slices.append(Slice(stay.contract, starts_at, ends_at, rate, piece, piece * rate / HUNDRED))


def _clamp(amount: Decimal, floor: Decimal | None, ceiling: Decimal | None) -> Decimal:
    if floor is not None and amount < floor:
        return floor
    if ceiling is not None and amount > ceiling:
        return ceiling
    return amount


def _fixed_amounts(month: ActivityMonth, charged: list[_Charged], waived: frozenset[WaivedPart]) -> _Fixed:
    """Fee, minimums and cap of the month, shared out by days when its contracts differ."""
    if len(charged) == len(month.stays) == 1 and charged[0].stay.days:
        terms = charged[0].terms
        fixed = _Fixed(terms.monthly_fee, terms.monthly_minimum, terms.monthly_cap, terms.yearly_minimum or ZERO)
    else:
        fixed = _by_days(month, charged)
    if WaivedPart.FEE in waived:
        fixed = fixed._replace(fee=ZERO)
    if WaivedPart.MINIMUM in waived:
        fixed = fixed._replace(monthly_minimum=None, yearly_minimum=ZERO)
    return fixed


def _by_days(month: ActivityMonth, charged: list[_Charged]) -> _Fixed:
    days = sum(stay.days for stay in month.stays)
    weights = [stay.days for stay, _ in charged]
    if not any(weights):
        return _Fixed(monthly_cap=charged[-1].terms.monthly_cap)

    def average(name: str) -> Decimal:
        amounts = map(attrgetter(name), (terms for _, terms in charged))
        return round_cents(
            sum(((amount or ZERO) * weight for amount, weight in zip(amounts, weights, strict=True)), ZERO) / days
        )

    capped = all(terms.monthly_cap is not None for _, terms in charged)
    return _Fixed(
        average("monthly_fee"),
        average("monthly_minimum") or None,
        average("monthly_cap") if capped else None,
        average("yearly_minimum"),
    )


def within_the_month(proportional: Decimal, fee: Decimal, minimum: Decimal | None, cap: Decimal | None) -> Decimal:
    """Fee and share of the base, not below the minimum nor above the cap.

    A share below zero (credit notes) is given back in full beside what a month without turnover owes, and at most as
    much as a month may take: a credit note undoes its invoice, capped or not.
    """
    if proportional >= 0:
        return _bound(fee + proportional, minimum, cap)
    without = _bound(fee, minimum, cap)
    return without + (proportional if cap is None else max(proportional, without - cap))


def _accrued(yearly_minimums: Decimal) -> Decimal | None:
    """What the minimum of the year amounts to after months whose yearly minimums have this sum."""
    return round_cents(yearly_minimums / MONTHS_A_YEAR) if yearly_minimums else None


def _within_the_year(total: Decimal, yearly_minimums: Decimal, cap: Decimal | None) -> Decimal:
    """The year so far between what its minimum has accrued to and its cap; see `within_the_month` below zero."""
    minimum = _accrued(yearly_minimums)
    due = _bound(total, minimum, cap) if total >= 0 else _bound(ZERO, minimum, cap) + total
    return due if cap is None else max(due, -cap)


def _bound(amount: Decimal, minimum: Decimal | None, cap: Decimal | None) -> Decimal:
    """Not above the cap, and then not below the minimum unless the cap is lower still."""
    if minimum is not None and amount < minimum:
        amount = minimum
    return amount if cap is None or amount <= cap else cap
