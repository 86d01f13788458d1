"""The parameters and settings of the estimate of pay."""

import tomllib
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from invoicing.activity_accounts.models import PaySettings
from invoicing.activity_accounts.rules.pay import EmployerSettings, PayParameters, parameters_from_data

DATA = Path(__file__).resolve().parents[1] / "data"
PERCENT = 100


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


def employer_settings() -> EmployerSettings:
    """What this cooperative set for the estimate of pay; the defaults until it did."""
    settings = PaySettings.objects.first() or PaySettings()
    return EmployerSettings(
        staff=settings.staff,
        accident_rate=settings.accident_rate / PERCENT,
        transport_levy=settings.transport_levy / PERCENT,
        health_cover_employer=Decimal(settings.health_cover_employer),
        health_cover_employee=Decimal(settings.health_cover_employee),
    )
