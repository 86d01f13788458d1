"""Loading the VAT codes that come with the software."""

import tomllib
from decimal import Decimal
from pathlib import Path

from invoicing.pricing.models import VatCode

DATA = Path(__file__).resolve().parent / "data" / "vat_codes.toml"


def load_vat_codes(model: type[VatCode] = VatCode) -> None:
    """Add the codes of `data/vat_codes.toml` that are not there yet; those present are never rewritten.

    A migration passes its own version of the model.
    """
    codes = tomllib.loads(DATA.read_text(encoding="utf-8"))["vat_codes"]
    model._default_manager.bulk_create(
        [model(**{**code, "rate": Decimal(code["rate"])}) for code in codes], ignore_conflicts=True
    )
