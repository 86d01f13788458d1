"""Loading the public rates that come with the software."""

import tomllib
from decimal import Decimal
from pathlib import Path

from invoicing.reminders.models import InterestRate

DATA = Path(__file__).resolve().parent.parent / "data" / "interest_rates.toml"


def load_interest_rates(model: type[InterestRate] = InterestRate) -> None:
    """Add the rates of `data/interest_rates.toml` that are not there yet; those present are never rewritten.

    A migration passes its own version of the model.
    """
    rates = tomllib.loads(DATA.read_text(encoding="utf-8"))["rates"]
    model._default_manager.bulk_create(
        [model(**(rate | {"rate": Decimal(rate["rate"])})) for rate in rates], ignore_conflicts=True
    )
