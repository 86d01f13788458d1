"""« Combien puis-je me payer ? », by hand, against the reference points, and by property."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cae_backoffice.core.money import CENT, ZERO
from invoicing.activity_accounts.queries.pay import pay_parameters
from invoicing.activity_accounts.rules.pay import (
    MAX_AMOUNT,
    EmployerSettings,
    PayEstimate,
    employee_contributions,
    employer_contributions,
    estimate_from_budget,
    estimate_from_gross,
    estimate_from_net,
    general_reduction,
    reduction_coefficient,
    smoothed,
)

JUNE = date(2026, 6, 1)
PARAMETERS = pay_parameters(JUNE)
LARGE = EmployerSettings(staff=60, accident_rate=Decimal("0.0208"))
SMALL = replace(LARGE, staff=5)
CEILING = PARAMETERS.monthly_ceiling
LAST_REDUCED = Decimal("5469.22")  # a cent under three SMIC
cents = st.integers(0, 2_000_000).map(lambda number: number * CENT)
employers = st.builds(
    EmployerSettings,
    staff=st.sampled_from([1, 10, 11, 49, 50, 200]),
    accident_rate=st.integers(0, 900).map(lambda number: Decimal(number).scaleb(-4)),
    transport_levy=st.integers(0, 320).map(lambda number: Decimal(number).scaleb(-4)),
    health_cover_employer=st.integers(0, 8000).map(lambda number: number * CENT),
    health_cover_employee=st.integers(0, 8000).map(lambda number: number * CENT),
)


def from_budget(budget: str, employer: EmployerSettings = LARGE) -> PayEstimate:
    """What a budget pays."""
    return estimate_from_budget(Decimal(budget), parameters=PARAMETERS, employer=employer)


def from_gross(gross: str, employer: EmployerSettings = LARGE) -> PayEstimate:
    """What a gross pay costs."""
    return estimate_from_gross(Decimal(gross), parameters=PARAMETERS, employer=employer)


@pytest.mark.parametrize(
    ("budget", "gross", "net"),
    [("1000", 941, 745), ("2000", 1874, 1484), ("3000", 2404, 1903), ("5000", 3607, 2855)],
)
def test_the_reference_points(budget: str, gross: int, net: int) -> None:
    """Fifty employees and more, AT 2.08 %, no transport levy, no health cover: within one euro."""
    estimate = from_budget(budget)
    assert abs(estimate.gross - gross) <= 1
    assert abs(estimate.net - net) <= 1
    assert estimate.cost + estimate.left == Decimal(budget)


def test_two_thousand_euros_of_gross_by_hand() -> None:
    """44.196 % of employer's contributions; coefficient 0.02 + 0.3821 × 0.867305^1.75 = 0.3178."""
    estimate = from_gross("2000")
    assert (estimate.employer_contributions, estimate.reduction) == (Decimal("883.92"), Decimal("635.60"))
    assert (estimate.employee_contributions, estimate.net) == (Decimal("416.81"), Decimal("1583.19"))
    assert (estimate.cost, estimate.budget, estimate.left) == (Decimal("2248.32"), Decimal("2248.32"), ZERO)


def test_five_thousand_euros_of_gross_by_hand() -> None:
    """995 € above the ceiling, CET on the whole; coefficient 0.0218."""
    estimate = from_gross("5000")
    assert (estimate.employer_contributions, estimate.reduction) == (Decimal("2220.40"), Decimal("109.00"))
    assert (estimate.employee_contributions, estimate.net) == (Decimal("1037.18"), Decimal("3962.82"))
    assert estimate.cost == Decimal("7111.40")


def test_pay_above_four_and_eight_ceilings() -> None:
    """Unemployment stops at four ceilings, CSG then bears on the whole, Agirc-Arrco stops at eight."""
    at_eight, above = from_gross("32040"), from_gross("33040")
    rest = (
        employer_contributions(Decimal(33040), parameters=PARAMETERS, employer=LARGE) - at_eight.employer_contributions
    )
    assert rest == Decimal("253.86")  # what bears on the whole: 25.386 %
    assert above.employee_contributions - at_eight.employee_contributions == Decimal("101.00")  # 0.4 % and 9.7 %


def test_settings_of_a_cooperative() -> None:
    """Five employees: FNAL 0.1 %, training 0.55 %, no housing levy, Tdelta 0.3781; then a levy and a health cover."""
    assert from_gross("2000", SMALL).employer_contributions == Decimal("857.92")
    assert from_gross("2000", SMALL).reduction == Decimal("629.40")
    covered = replace(
        LARGE, transport_levy=Decimal("0.02"), health_cover_employer=Decimal(40), health_cover_employee=Decimal(30)
    )
    estimate = from_gross("2000", covered)
    assert (estimate.cost, estimate.net) == (Decimal("2328.32"), Decimal("1553.19"))


@pytest.mark.parametrize(
    ("staff", "formation", "fnal"),
    [(10, "0.0055", "0.001"), (11, "0.01", "0.001"), (49, "0.01", "0.001"), (50, "0.01", "0.005")],
)
def test_the_size_of_the_cooperative_decides_what_it_owes(staff: int, formation: str, fnal: str) -> None:
    due = {rate.name.partition(",")[0]: rate.rate for rate in PARAMETERS.employer if rate.concerns(staff)}
    assert (due["formation"], due["FNAL"]) == (Decimal(formation), Decimal(fnal))
    assert ("participation à l’effort de construction" in due) is (staff >= 50)


@pytest.mark.parametrize(
    ("gross", "coefficient"),
    [
        ("0.01", "0.3788"),  # equivalent hours: the same as at the monthly SMIC
        ("500", "0.3788"),
        ("1867.06", "0.3788"),
        ("2000", "0.3178"),
        ("5469.22", "0.0200"),
        ("5469.23", "0"),  # from three SMIC
        ("9000", "0"),
    ],
)
def test_the_reduction_coefficient(gross: str, coefficient: str) -> None:
    """0.02 + 0.3821 × (½ × (3 × 12.02 / 12.31 − 1))^1.75 = 0.3788 up to the monthly SMIC."""
    assert reduction_coefficient(Decimal(gross), parameters=PARAMETERS, staff=60) == Decimal(coefficient)


def test_the_reduction_is_larger_from_fifty_employees() -> None:
    """0.02 + 0.3781 × 0.938982 = 0.3750 up to forty-nine."""
    found = [reduction_coefficient(Decimal(500), parameters=PARAMETERS, staff=staff) for staff in (49, 50)]
    assert found == [Decimal("0.3750"), Decimal("0.3788")]


def test_no_budget_pays_nothing() -> None:
    assert estimate_from_net(ZERO, parameters=PARAMETERS, employer=LARGE) == from_gross("0")
    for budget in ("0", "-12.50"):
        estimate = from_budget(budget)
        assert (estimate.gross, estimate.net, estimate.cost, estimate.left) == (0, 0, 0, Decimal(budget))
    covered = replace(LARGE, health_cover_employer=Decimal(40))
    assert from_budget("39.99", covered).gross == 0
    assert from_budget("50", covered).gross > 0


def test_what_a_month_cannot_pay_is_refused() -> None:
    for estimate, amount in (
        (estimate_from_budget, MAX_AMOUNT + 1),
        (estimate_from_net, MAX_AMOUNT + 1),
        (estimate_from_net, MAX_AMOUNT),
        (estimate_from_net, Decimal(-1)),
        (estimate_from_gross, Decimal(-1)),
    ):
        with pytest.raises(ValueError, match=r"month|below zero"):
            estimate(amount, parameters=PARAMETERS, employer=LARGE)
    for months in (0, 37):
        with pytest.raises(ValueError, match="1 to 36"):
            smoothed(Decimal(1000), months=months, parameters=PARAMETERS, employer=LARGE)


def test_an_amount_is_smoothed_over_months() -> None:
    estimate = smoothed(Decimal("12345.67"), months=6, parameters=PARAMETERS, employer=LARGE)
    assert (estimate.budget, estimate.months) == (Decimal("2057.61"), 6)
    assert estimate == replace(from_budget("2057.61"), months=6)
    told = [sentence.replace("\u00a0", " ").replace("\u202f", " ") for sentence in estimate.sentences]
    assert told == [
        "Le montant disponible est étalé sur 6 mois.",
        (
            "Avec 2 057,61 € par mois, le salaire brut est d’environ 1 903,25 € et le net avant impôt "
            "d’environ 1 506,62 €."
        ),
        "Coût employeur : 2 057,52 €, dont 841,15 € de cotisations patronales, moins 686,88 € de réduction générale.",
        "Il reste 0,09 € sans emploi par mois.",
        (
            "Estimation, qui ne remplace pas un bulletin de paie : paramètres de paie de juin 2026, "
            "France métropolitaine, "
            "non-cadre, en vigueur depuis le 01/06/2026."
        ),
    ]


def test_it_always_says_that_it_is_an_estimate_and_on_what() -> None:
    for estimate in (from_budget("2000"), from_budget("-5"), from_gross("2000")):
        assert estimate.sentences[-1].startswith(
            "Estimation, qui ne remplace pas un bulletin de paie\u00a0: paramètres"
        )
    assert from_budget("-5").sentences[0] == "\u22125,00\u00a0€ ne permettent pas de verser un salaire."


def test_parameters_are_dated() -> None:
    """The set of June 2026 holds on later days, and stands in for the days before any set."""
    assert pay_parameters(date(2030, 1, 1)) is PARAMETERS
    assert pay_parameters(date(2020, 1, 1)) is PARAMETERS
    assert (PARAMETERS.valid_from, PARAMETERS.hourly_smic) == (JUNE, Decimal("12.31"))
    assert all(isinstance(rate.rate, Decimal) for rate in (*PARAMETERS.employer, *PARAMETERS.employee))


def test_the_ceiling_costs_the_cet_at_once() -> None:
    """The one step of the law: 8.41 € of cost and 5.61 € of net for a cent of gross."""
    under, above = from_gross("4005.00"), from_gross("4005.01")
    assert (above.cost - under.cost, under.net - above.net) == (Decimal("8.42"), Decimal("5.60"))
    stuck = estimate_from_budget(above.cost - CENT, parameters=PARAMETERS, employer=LARGE)
    assert (stuck.gross, stuck.left) == (CEILING, Decimal("8.41"))


def test_three_smic_cost_the_rest_of_the_reduction_at_once() -> None:
    """2 % of the pay, 109.38 €, are lost with the last cent: a budget in between pays no more."""
    under, above = from_gross("5469.22"), from_gross("5469.23")
    assert (under.reduction, above.reduction) == (Decimal("109.38"), ZERO)
    stuck = estimate_from_budget(above.cost - CENT, parameters=PARAMETERS, employer=LARGE)
    assert (stuck.gross, stuck.left) == (LAST_REDUCED, above.cost - under.cost - CENT)


@given(cents, cents, employers)
def test_more_budget_never_pays_less_gross(one: Decimal, other: Decimal, employer: EmployerSettings) -> None:
    """And neither less net, on each side of the ceiling."""
    low, high = (
        estimate_from_budget(budget, parameters=PARAMETERS, employer=employer) for budget in sorted((one, other))
    )
    assert low.gross <= high.gross
    if (low.gross > CEILING) == (high.gross > CEILING) and low.gross:
        assert low.net <= high.net


@given(cents, employers)
def test_cost_never_falls_as_gross_rises(gross: Decimal, employer: EmployerSettings) -> None:
    """Cent by cent: what the search rests on."""
    here = estimate_from_gross(gross, parameters=PARAMETERS, employer=employer)
    there = estimate_from_gross(gross + CENT, parameters=PARAMETERS, employer=employer)
    assert here.cost <= there.cost


@given(cents, employers)
def test_a_budget_is_used_up_or_says_by_how_much_not(budget: Decimal, employer: EmployerSettings) -> None:
    """Cost and rest make the budget, and one cent of gross more would cost too much."""
    estimate = estimate_from_budget(budget, parameters=PARAMETERS, employer=employer)
    assert estimate.cost + estimate.left == budget
    assert estimate.left >= 0
    more = estimate_from_gross(estimate.gross + CENT, parameters=PARAMETERS, employer=employer)
    assert more.cost > budget
    if estimate.gross and estimate.gross not in {CEILING, LAST_REDUCED}:
        assert estimate.left < 1  # the steps of the coefficient


@given(cents, employers)
def test_from_net_back_to_net(net: Decimal, employer: EmployerSettings) -> None:
    """The lowest gross that leaves it: a cent less of gross would not."""
    estimate = estimate_from_net(net, parameters=PARAMETERS, employer=employer)
    assert estimate.net >= net
    if estimate.gross:
        less = estimate_from_gross(estimate.gross - CENT, parameters=PARAMETERS, employer=employer)
        assert less.net < net or less.gross <= CEILING
        assert estimate.net - net <= Decimal("0.05") or estimate.gross <= CENT + CEILING


@given(cents, employers)
def test_an_estimate_adds_up(gross: Decimal, employer: EmployerSettings) -> None:
    """Whole cents, from cost to net."""
    estimate = estimate_from_gross(gross, parameters=PARAMETERS, employer=employer)
    withheld = employee_contributions(gross, parameters=PARAMETERS, employer=employer)
    assert estimate.net + withheld == gross
    assert estimate.gross + estimate.employer_contributions - estimate.reduction == estimate.cost
    assert estimate.reduction == general_reduction(gross, parameters=PARAMETERS, employer=employer)
    for amount in (estimate.cost, estimate.net, estimate.reduction, estimate.employer_contributions):
        assert amount == amount.quantize(CENT)
