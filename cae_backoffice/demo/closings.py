"""Closing what has ended, as an accountant does: payments day by day and month by month, months, then fiscal years."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from cae_backoffice.core.periods import ONE_DAY, add_months
from cae_backoffice.core.periods import Period as Days
from cae_backoffice.demo.agenda import Agenda, Moment
from cae_backoffice.demo.people import Clerks
from cae_backoffice.demo.sales import next_working_day, working_days
from invoicing.ledger.enums import PeriodState
from invoicing.ledger.models import FiscalYear, Period
from invoicing.ledger.services import close_fiscal_year, lock_period
from invoicing.payments.enums import ClosingKind
from invoicing.payments.services import close_payments

LOCKED_AFTER = timedelta(days=20)  # the VAT return of the month is sent
APPROVED_AFTER = timedelta(days=150)  # the assembly approves the accounts within six months


class Closings:
    """The closings put down in the agenda when the fiscal years have been opened."""

    def __init__(self, agenda: Agenda, clerks: Clerks) -> None:
        self._agenda = agenda
        self._clerks = clerks

    def plan(self) -> None:
        """Every month and fiscal year that ends before today, and the days of the month that has begun."""
        for period in Period.objects.order_by("starts_on"):
            closing_on = period.ends_on + ONE_DAY
            self._agenda.add(closing_on, Moment.CLOSING, partial(self._close, ClosingKind.MONTH, period.ends_on))
            locking_on = next_working_day(period.ends_on + LOCKED_AFTER)
            self._agenda.add(locking_on, Moment.EVENING, partial(self._lock, period))
        for year in FiscalYear.objects.order_by("starts_on"):
            self._agenda.add(year.ends_on + ONE_DAY, Moment.CLOSING, partial(self._close_year, year))
        for day in self._days_of_this_month():
            self._agenda.add(day + ONE_DAY, Moment.CLOSING, partial(self._close, ClosingKind.DAY, day))

    def _days_of_this_month(self) -> Iterator[date]:
        first = self._agenda.today.replace(day=1)
        yield from working_days(Days(first, add_months(first, 1) - ONE_DAY))

    def _close(self, kind: ClosingKind, day: date, _on: date) -> None:
        close_payments(kind=kind, day=day, by=self._clerks.accountant())

    def _lock(self, period: Period, _on: date) -> None:
        period.refresh_from_db()
        if period.state == PeriodState.OPEN:
            lock_period(period=period, by=self._clerks.accountant())

    def _close_year(self, year: FiscalYear, on: date) -> None:
        """The balances are carried on the first day, before anything of the new year; the closing bears the day on
        which the assembly approved the accounts.
        """
        self._close(ClosingKind.YEAR, year.ends_on, on)
        approved_on = min(next_working_day(year.ends_on + APPROVED_AFTER), self._agenda.today)
        close_fiscal_year(year=year, on=approved_on, by=self._clerks.accountant())
