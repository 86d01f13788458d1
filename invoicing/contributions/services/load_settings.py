"""The accounts that contributions read and move, as they come with the software."""

from datetime import date

from django.db import transaction

from invoicing.contributions.models import ContributionSettings, MarginAccount
from invoicing.ledger.models import Account

CHARGE, INCOME = "6588", "7588"
DEDUCTED = ("601", "604", "607", "611", "6251")
SINCE = date(2000, 1, 1)


@transaction.atomic
def load_contribution_settings(
    accounts: type[Account] = Account,
    settings: type[ContributionSettings] = ContributionSettings,
    margins: type[MarginAccount] = MarginAccount,
) -> None:
    """Name the pair of accounts, and flag the purchases that a margin deducts, where nothing is set yet.

    A migration passes the models as they were at its time.
    """
    known = accounts.objects.in_bulk([CHARGE, INCOME, *DEDUCTED], field_name="number")
    settings.objects.get_or_create(pk=1, defaults={"charge_account": known[CHARGE], "income_account": known[INCOME]})
    if not margins.objects.exists():
        margins.objects.bulk_create(margins(account=known[number], starts_on=SINCE) for number in DEDUCTED)
