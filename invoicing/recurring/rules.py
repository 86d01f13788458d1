"""On which days a recurring invoice falls, and the words that change each time. Pure."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice, takewhile

from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.periods import ONE_DAY, add_months
from invoicing.invoices.rules import may_draft_for
from invoicing.mentions.rules import fill
from invoicing.recurring.enums import Frequency
from invoicing.recurring.models import RecurringInvoice
from members.people.models import User

MONTHS = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.YEARLY: 12}
NAMES = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
LAST_YEAR = 2200


@dataclass(frozen=True)
class Schedule:
    """When an invoice comes back: `day` of the month (31 is the last), until `ends_on` or `times` invoices."""

    frequency: str
    day: int
    starts_on: date
    ends_on: date | None = None
    times: int | None = None

    def days(self) -> Iterator[date]:
        """Every day on which it falls, in order; a short month has its last day instead."""
        ends_on = self.ends_on or date(LAST_YEAR, 12, 31)
        return islice(takewhile(lambda day: day <= ends_on, self._endless()), self.times)

    def _endless(self) -> Iterator[date]:
        month = self.starts_on.replace(day=1)
        if _day_of(month, self.day) < self.starts_on:
            month = add_months(month, 1)
        while month.year <= LAST_YEAR:
            yield _day_of(month, self.day)
            month = add_months(month, MONTHS[Frequency(self.frequency)])


def _day_of(month: date, day: int) -> date:
    return month.replace(day=min(day, monthrange(month.year, month.month)[1]))


def schedule_of(recurring: RecurringInvoice) -> Schedule:
    """The record's, as a value."""
    return Schedule(recurring.frequency, recurring.day, recurring.starts_on, recurring.ends_on, recurring.times)


def days_to_prepare(recurring: RecurringInvoice, *, until: date) -> list[date]:
    """The days not past nor skipped, up to one."""
    days = takewhile(lambda day: day <= until, schedule_of(recurring).days())
    return [day for day in days if day >= recurring.prepares_from]


def filled(text: str, frequency: str, day: date) -> str:
    """The words of a line, of the period that begins with the month of that day; what is no placeholder stays."""
    ends_on = add_months(day.replace(day=1), MONTHS[Frequency(frequency)]) - ONE_DAY
    quarter = (day.month - 1) // 3 + 1
    values = {
        "mois": f"{NAMES[day.month - 1]} {day.year}",
        "trimestre": f"{'1er' if quarter == 1 else f'{quarter}e'} trimestre {day.year}",
        "année": str(day.year),
        "période": f"du {day.replace(day=1):%d/%m/%Y} au {ends_on:%d/%m/%Y}",
    }
    return fill(text, values)


def may_manage(user: User, recurring: RecurringInvoice) -> bool:
    """Whether the user changes, pauses and resumes it: whoever writes the activity's drafts."""
    return has_right(user, Right.DRAFT_INVOICES) and may_draft_for(user, recurring.activity)
