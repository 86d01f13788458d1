"""Opening a fiscal year with its periods."""

from datetime import date

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.periods import ONE_DAY, add_months
from cae_backoffice.core.records import save_record
from invoicing.ledger.models import FiscalYear, Period
from invoicing.ledger.rules import MAX_FISCAL_YEAR_MONTHS
from members.people.models import User


@transaction.atomic
def open_fiscal_year(*, starts_on: date, ends_on: date, by: User) -> FiscalYear:
    """Create a fiscal year of at most 24 months, next to the others without a hole, and its monthly periods."""
    if ends_on >= add_months(starts_on, MAX_FISCAL_YEAR_MONTHS):
        raise RefusalError("Un exercice dure au plus vingt-quatre mois.")
    last = FiscalYear.objects.order_by("-ends_on").first()
    if last is not None and last.ends_on + ONE_DAY != starts_on:
        raise RefusalError(f"L’exercice suit le précédent\u00a0: il commence le {last.ends_on + ONE_DAY:%d/%m/%Y}.")
    year = save_record(instance=FiscalYear(starts_on=starts_on, ends_on=ends_on), by=by)
    months = []
    day = starts_on
    while day <= ends_on:
        last_day = min(add_months(day.replace(day=1), 1) - ONE_DAY, ends_on)
        months.append(Period(fiscal_year=year, starts_on=day, ends_on=last_day))
        day = last_day + ONE_DAY
    Period.objects.bulk_create(months)
    audit.record(by=by, action="fiscalyear.opened", subject=year, changes={"periods": len(months)})
    return year
