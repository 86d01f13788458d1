"""Late-payment interest day by day, and which reminder an invoice calls for.

Interest = amount × rate × days / 365, each half-year at its own rate, rounded once, half-up (C. com. L441-10: the
refinancing rate of 1 January holds for the first half of the year, that of 1 July for the second). For consumers no
indemnity, and the legal rate from the formal notice on (C. civ. 1231-6).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.money import ZERO, round_cents
from invoicing.customers.enums import CustomerKind
from invoicing.reminders.enums import InterestKind, ReminderLevel
from invoicing.reminders.models import InterestRate, ReminderPlan
from invoicing.rendering.document import FrozenDocument
from members.people.models import User

INDEMNITY = Decimal("40.00")
"""Fixed recovery costs, per invoice, from professionals and public bodies (C. com. D441-5)."""

DAYS_OF_A_YEAR = 365
POINTS = re.compile(r"majoré[e]?s? de (\d+(?:,\d+)?)[\s\u00a0\u202f]*points?")
LEVELS = tuple(ReminderLevel)
JANUARY, JULY = 1, 7


@dataclass(frozen=True)
class InterestPart:
    """Days in a row at one rate (in percent a year, points included), both days included, and their exact interest."""

    starts_on: date
    ends_on: date
    rate: Decimal
    exact: Decimal

    @property
    def days(self) -> int:
        """How many."""
        return (self.ends_on - self.starts_on).days + 1


@dataclass(frozen=True)
class Claim:
    """What may be asked for on a day beside the invoice: the interest part by part, its sum in cents, the indemnity."""

    parts: tuple[InterestPart, ...]
    penalties: Decimal
    indemnity: Decimal


def points_printed(document: FrozenDocument) -> Decimal | None:
    """The points that the document's own mention adds to the refinancing rate; None when it prints none."""
    for code, mention in document.coded_mentions:
        found = POINTS.search(mention) if code == "PMD" else None
        if found:
            return Decimal(found[1].replace(",", "."))
    return None


def half_year_start(day: date) -> date:
    """1 January or 1 July: the day whose refinancing rate holds."""
    return date(day.year, JULY if day.month >= JULY else JANUARY, 1)


def rate_on(rates: Sequence[InterestRate], kind: InterestKind, day: date) -> Decimal | None:
    """The rate of a kind in force on a day; None when none is known so early."""
    known = [rate for rate in rates if rate.kind == kind and rate.valid_from <= day]
    return max(known, key=lambda rate: rate.valid_from).rate if known else None


def interest(
    amount: Decimal, *, late_from: date, on: date, points: Decimal, rates: Sequence[InterestRate]
) -> tuple[InterestPart, ...] | None:
    """The interest on an amount from its first late day to a day included, by half-years; None if a rate lacks.

    Empty when nothing is late yet.
    """
    parts = []
    start = late_from
    while start <= on:
        first = half_year_start(start)
        next_half = date(first.year + (first.month == JULY), JANUARY if first.month == JULY else JULY, 1)
        end = min(on, next_half - timedelta(days=1))
        base = rate_on(rates, InterestKind.REFINANCING, first)
        if base is None:
            return None
        rate = base + points
        days = (end - start).days + 1
        parts.append(InterestPart(start, end, rate, amount * rate * days / (100 * DAYS_OF_A_YEAR)))
        start = next_half
    return tuple(parts)


def claim_of(
    document: FrozenDocument, *, unpaid: Decimal, due_on: date, on: date, rates: Sequence[InterestRate]
) -> Claim | None:
    """What a professional or a public body owes besides on a day; nothing for a consumer. None when a rate lacks."""
    if document.buyer.kind == CustomerKind.CONSUMER:
        return Claim((), ZERO, ZERO)
    points = points_printed(document)
    if points is None:
        return None
    parts = interest(unpaid, late_from=due_on + timedelta(days=1), on=on, points=points, rates=rates)
    if parts is None:
        return None
    total = round_cents(sum((part.exact for part in parts), ZERO))
    return Claim(parts, total, INDEMNITY if parts else ZERO)


def days_of(plan: ReminderPlan) -> dict[ReminderLevel, int]:
    """The day of each level that is used, counted from the due date; below zero before it."""
    days = {
        ReminderLevel.BEFORE_DUE: None if plan.before_due_days is None else -plan.before_due_days,
        ReminderLevel.FRIENDLY: plan.friendly_days,
        ReminderLevel.FIRM: plan.firm_days,
        ReminderLevel.FORMAL_NOTICE: plan.formal_notice_days,
    }
    return {level: count for level, count in days.items() if count is not None}


def level_due(
    days: Mapping[ReminderLevel, int], *, late: int, used: frozenset[str], since_last: int | None, gap: int
) -> ReminderLevel | None:
    """The level that an invoice calls for: the first not yet used whose day has come, long enough after the last.

    `late` is below zero before the due date; a reminder before it is pointless afterwards. No level is jumped over: a
    customer whom nobody ever wrote to first gets a friendly word, however late they are.
    """
    if since_last is not None and since_last < gap:
        return None
    reached = max((LEVELS.index(ReminderLevel(level)) for level in used), default=-1)
    for level in LEVELS[reached + 1 :]:
        is_past = level == ReminderLevel.BEFORE_DUE and late > 0
        if level in days and not is_past:
            return level if late >= days[level] else None
    return None


def may_stop(user: User) -> bool:
    """Whether the user stops reminders and pauses them; which ones they see is asked apart."""
    return has_right(user, Right.DRAFT_INVOICES)


def may_send_reminders(user: User) -> bool:
    """Whether the user sends what is proposed."""
    return has_right(user, Right.DRAFT_INVOICES)
