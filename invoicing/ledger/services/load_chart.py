"""The chart of accounts and the journals, loaded as data."""

import tomllib
from pathlib import Path

from django.db import transaction

from invoicing.ledger.enums import JournalCode
from invoicing.ledger.models import Account, Journal

DATA = Path(__file__).resolve().parents[1] / "data" / "chart_of_accounts.toml"


@transaction.atomic
def load_chart_of_accounts(accounts: type[Account] = Account, journals: type[Journal] = Journal) -> None:
    """Add the accounts and journals that are missing; what the cooperative edited stays.

    A migration passes the models as they were at its time.
    """
    rows = tomllib.loads(DATA.read_text())["accounts"]
    accounts.objects.bulk_create(
        (
            accounts(
                number=row["number"],
                label=row["label"],
                auxiliary_kind=row.get("auxiliary", ""),
                can_match=row.get("match", False),
            )
            for row in rows
        ),
        ignore_conflicts=True,
    )
    journals.objects.bulk_create(
        (journals(code=code.value, label=code.label) for code in JournalCode), ignore_conflicts=True
    )
