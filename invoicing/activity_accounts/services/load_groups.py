"""The groups of accounts and the rules of provision that come with the software."""

import tomllib
from decimal import Decimal
from pathlib import Path

from django.db import transaction

from invoicing.activity_accounts.models import AccountGroup, ProvisionRule
from invoicing.ledger.models import Account

DATA = Path(__file__).resolve().parents[1] / "data"


@transaction.atomic
def load_account_groups(
    groups: type[AccountGroup] = AccountGroup,
    rules: type[ProvisionRule] = ProvisionRule,
    accounts: type[Account] = Account,
) -> None:
    """Add the roots, rules and accounts that are missing; what the cooperative edited stays.

    A migration passes the models as they were at its time.
    """
    roots = tomllib.loads((DATA / "account_groups.toml").read_text(encoding="utf-8"))["accounts"]
    groups._default_manager.bulk_create((groups(**row) for row in roots), ignore_conflicts=True)
    data = tomllib.loads((DATA / "provision_rules.toml").read_text(encoding="utf-8"))
    accounts._default_manager.bulk_create((accounts(**row) for row in data["accounts"]), ignore_conflicts=True)
    known = accounts._default_manager.in_bulk(field_name="number")
    rules._default_manager.bulk_create(
        (
            rules(
                kind=row["kind"],
                valid_from=data["valid_from"],
                rate=Decimal(row["rate"]),
                charge_account=known[row["charge"]],
                balance_account=known[row["balance"]],
                decision=data["decision"],
            )
            for row in data["rules"]
        ),
        ignore_conflicts=True,
    )
