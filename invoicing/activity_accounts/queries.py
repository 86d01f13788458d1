"""What is read for the activity's account."""

import tomllib
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from invoicing.activity_accounts.rules import PayParameters, parameters_from_data

DATA = Path(__file__).resolve().parent / "data"


def pay_parameters(on: date) -> PayParameters:
    """The payroll parameters in force on a day; before the first known set, that one."""
    known = _known_sets()
    return next((parameters for parameters in reversed(known) if parameters.valid_from <= on), known[0])


@cache
def _known_sets() -> tuple[PayParameters, ...]:
    read = [
        parameters_from_data(tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal))
        for path in DATA.glob("pay_parameters_*.toml")
    ]
    return tuple(sorted(read, key=lambda parameters: parameters.valid_from))
