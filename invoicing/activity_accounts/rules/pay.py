"""« Combien puis-je me payer ? »: from a budget to employer cost, gross and net pay, and back. Pure, in euros a month.

An estimate, never a payslip: no allowance, no absence, no income tax; the employer's share of the health cover
(mutuelle) bears neither CSG nor forfait social here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any

from cae_backoffice.core.money import CENT, ZERO, format_euros, round_cents
from invoicing.activity_accounts.enums import PayBase

COEFFICIENT_STEP = Decimal("0.0001")
CSG_SHARE = Decimal("0.9825")
HALF = Decimal("0.5")
MIDDLE_STAFF = 50
MAX_AMOUNT = Decimal("999999.99")
MAX_MONTHS = 36


@dataclass(frozen=True, slots=True)
class PayRate:
    """One payroll contribution: a share of a part of the gross, for cooperatives of a size."""

    name: str
    rate: Decimal
    base: PayBase
    staff_from: int = 0
    staff_to: int | None = None

    def concerns(self, staff: int) -> bool:
        """Whether a cooperative of that many employees owes it."""
        return self.staff_from <= staff and (self.staff_to is None or staff <= self.staff_to)


@dataclass(frozen=True, slots=True)
class Reduction:
    """The general reduction of employers' contributions (RGDU, CSS D241-7)."""

    tmin: Decimal
    tdelta_under_50_staff: Decimal
    tdelta_from_50_staff: Decimal
    exponent: Decimal
    zero_from_smic: int


@dataclass(frozen=True, slots=True)
class PayParameters:
    """A year's payroll parameters, as dated data."""

    name: str
    valid_from: date
    source: str
    hourly_smic: Decimal
    hourly_smic_for_reduction: Decimal
    monthly_hours: Decimal
    monthly_ceiling: Decimal
    reduction: Reduction
    employer: tuple[PayRate, ...]
    employee: tuple[PayRate, ...]


@dataclass(frozen=True, slots=True)
class EmployerSettings:
    """What differs between cooperatives: staff, rates as shares of gross, health cover in euros a month."""

    staff: int
    accident_rate: Decimal
    transport_levy: Decimal = ZERO
    health_cover_employer: Decimal = ZERO
    health_cover_employee: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class PayEstimate:
    """A month of pay. `budget` = `cost` + `left`: what no gross pay in whole cents would use up.

    `cost` = `gross` + `employer_contributions` − `reduction`; `net` is before income tax.
    """

    budget: Decimal
    cost: Decimal
    left: Decimal
    gross: Decimal
    net: Decimal
    employer_contributions: Decimal
    reduction: Decimal
    employee_contributions: Decimal
    parameters: PayParameters
    months: int = 1

    @property
    def sentences(self) -> tuple[str, ...]:
        """The estimate in French, which says that it is one and on what it rests."""
        each = " par mois" if self.months > 1 else ""
        if not self.gross:
            return (f"{format_euros(self.budget)} ne permettent pas de verser un salaire.", self.caution)
        told = []
        if self.months > 1:
            told.append(f"Le montant disponible est étalé sur {self.months} mois.")
        told.append(
            f"Avec {format_euros(self.budget)}{each}, le salaire brut est d’environ {format_euros(self.gross)} "
            f"et le net avant impôt d’environ {format_euros(self.net)}."
        )
        told.append(
            f"Coût employeur\u00a0: {format_euros(self.cost)}, dont {format_euros(self.employer_contributions)} de "
            f"cotisations patronales, moins {format_euros(self.reduction)} de réduction générale."
        )
        if self.left:
            told.append(f"Il reste {format_euros(self.left)} sans emploi{each}.")
        return (*told, self.caution)

    @property
    def caution(self) -> str:
        """That it is an estimate, and the set of parameters that it rests on."""
        return (
            f"Estimation, qui ne remplace pas un bulletin de paie\u00a0: {self.parameters.name}, "
            f"en vigueur depuis le {self.parameters.valid_from:%d/%m/%Y}."
        )


def parameters_from_data(data: Mapping[str, Any]) -> PayParameters:
    """The parameters of a data file of this room."""
    rates = {
        side: tuple(PayRate(**{**rate, "base": PayBase(rate["base"])}) for rate in data[side])
        for side in ("employer", "employee")
    }
    return PayParameters(**{**data, "reduction": Reduction(**data["reduction"]), **rates})


def estimate_from_gross(
    gross: Decimal, *, parameters: PayParameters, employer: EmployerSettings, budget: Decimal | None = None
) -> PayEstimate:
    """What a gross pay costs and leaves; `budget` is what it is paid from, its cost when it is not told."""
    if not ZERO <= gross <= 2 * MAX_AMOUNT:
        raise ValueError("a gross pay is not below zero, nor beyond what a month may pay")
    contributions = employer_contributions(gross, parameters=parameters, employer=employer)
    reduction = general_reduction(gross, parameters=parameters, employer=employer)
    withheld = employee_contributions(gross, parameters=parameters, employer=employer)
    cost = gross + contributions - reduction
    return PayEstimate(
        budget=cost if budget is None else budget,
        cost=cost,
        left=ZERO if budget is None else budget - cost,
        gross=gross,
        net=gross - withheld,
        employer_contributions=contributions,
        reduction=reduction,
        employee_contributions=withheld,
        parameters=parameters,
    )


def estimate_from_budget(budget: Decimal, *, parameters: PayParameters, employer: EmployerSettings) -> PayEstimate:
    """The highest gross pay, in whole cents, whose cost the budget covers; none when it covers no pay at all."""
    if budget > MAX_AMOUNT:
        raise ValueError("the budget is beyond what a month may pay")
    nothing = estimate_from_gross(ZERO, parameters=parameters, employer=employer, budget=budget)
    find = partial(estimate_from_gross, parameters=parameters, employer=employer, budget=budget)
    if find(CENT).left < 0:
        return nothing
    return find(_last(lambda gross: find(gross).left >= 0, CENT, 2 * budget))


def estimate_from_net(net: Decimal, *, parameters: PayParameters, employer: EmployerSettings) -> PayEstimate:
    """The lowest gross pay that leaves at least this net.

    Crossing the ceiling lowers the net by the CET, so it is sought under the ceiling first.
    """
    if not ZERO <= net <= MAX_AMOUNT:
        raise ValueError("a net pay is not below zero, nor beyond what a month may pay")
    find = partial(estimate_from_gross, parameters=parameters, employer=employer)
    ceiling = parameters.monthly_ceiling
    if find(ceiling).net >= net:
        low, high = ZERO, ceiling
    else:
        low, high = ceiling, MAX_AMOUNT
        if find(high).net < net:
            raise ValueError("the net is beyond what a month may pay")
    if not net:
        return find(ZERO)
    return find(_last(lambda gross: find(gross).net < net, low, high) + CENT)


def smoothed(available: Decimal, *, months: int, parameters: PayParameters, employer: EmployerSettings) -> PayEstimate:
    """The same pay every month out of an amount available for `months` months (1 to 36); its cents left stay over."""
    if not 1 <= months <= MAX_MONTHS:
        raise ValueError("pay is smoothed over 1 to 36 months")
    each = (available / months).quantize(CENT, rounding=ROUND_DOWN)
    estimate = estimate_from_budget(each, parameters=parameters, employer=employer)
    return replace(estimate, months=months)


def employer_contributions(gross: Decimal, *, parameters: PayParameters, employer: EmployerSettings) -> Decimal:
    """The employer's contributions before any reduction, each rounded to the cent, and the health cover."""
    own = (
        PayRate("accidents du travail", employer.accident_rate, PayBase.ALL),
        PayRate("versement mobilité", employer.transport_levy, PayBase.ALL),
    )
    due = _sum_of((*parameters.employer, *own), gross, parameters, employer.staff)
    return due + (employer.health_cover_employer if gross else ZERO)


def employee_contributions(gross: Decimal, *, parameters: PayParameters, employer: EmployerSettings) -> Decimal:
    """What is withheld from the gross pay, each contribution rounded to the cent."""
    due = _sum_of(parameters.employee, gross, parameters, employer.staff)
    return due + (employer.health_cover_employee if gross else ZERO)


def general_reduction(gross: Decimal, *, parameters: PayParameters, employer: EmployerSettings) -> Decimal:
    """The general reduction: pay × coefficient, to the cent."""
    return round_cents(gross * reduction_coefficient(gross, parameters=parameters, staff=employer.staff))


def reduction_coefficient(gross: Decimal, *, parameters: PayParameters, staff: int) -> Decimal:
    """Tmin + Tdelta × (½ × (3 × SMIC / pay − 1))^1.75 to four decimals, 0 from 3 SMIC (CSS D241-7).

    A CESA knows no hours: below the monthly SMIC the reference SMIC is that of the hours that such a pay stands for.
    """
    if gross <= 0:
        return ZERO
    reduction = parameters.reduction
    monthly_smic = parameters.hourly_smic * parameters.monthly_hours
    hours = parameters.monthly_hours * min(gross / monthly_smic, Decimal(1))
    reference = reduction.zero_from_smic * parameters.hourly_smic_for_reduction * hours
    if gross >= reference:
        return ZERO
    tdelta = reduction.tdelta_from_50_staff if staff >= MIDDLE_STAFF else reduction.tdelta_under_50_staff
    power = min(HALF * (reference / gross - 1), Decimal(1)) ** reduction.exponent
    return (reduction.tmin + tdelta * power).quantize(COEFFICIENT_STEP, rounding=ROUND_HALF_UP)


def _sum_of(rates: Sequence[PayRate], gross: Decimal, parameters: PayParameters, staff: int) -> Decimal:
    bases = _bases(gross, parameters.monthly_ceiling)
    return sum((round_cents(bases[rate.base] * rate.rate) for rate in rates if rate.concerns(staff)), ZERO)


def _bases(gross: Decimal, ceiling: Decimal) -> dict[PayBase, Decimal]:
    first, four, eight = (min(gross, times * ceiling) for times in (1, 4, 8))
    return {
        PayBase.ALL: gross,
        PayBase.UP_TO_ONE: first,
        PayBase.ONE_TO_EIGHT: eight - first,
        PayBase.UP_TO_EIGHT_IF_ABOVE_ONE: eight if gross > ceiling else ZERO,
        PayBase.UP_TO_FOUR: four,
        PayBase.CSG: four * CSG_SHARE + gross - four,
    }


def _last(holds: Callable[[Decimal], bool], low: Decimal, high: Decimal) -> Decimal:
    """The last amount, in whole cents from `low` (where it holds) to `high`, up to which a condition holds."""
    first, last = int(low / CENT), int(high / CENT)
    while first < last:
        middle = (first + last + 1) // 2
        if holds(middle * CENT):
            first = middle
        else:
            last = middle - 1
    return first * CENT
