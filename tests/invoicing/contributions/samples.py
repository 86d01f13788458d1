"""Rules, months and histories for the tests of contributions, by hand and at random."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from hypothesis import strategies as st

from cae_backoffice.core.money import ZERO
from cae_backoffice.core.periods import add_months
from invoicing.contributions.enums import ContractType, ContributionBase, ContributionYear, FreeFrom
from invoicing.contributions.rules.engine import contributions
from invoicing.contributions.rules.figures import ActivityMonth, History, Override, ProductTurnover, Stay, Waiver
from invoicing.contributions.rules.lines import MonthLine
from invoicing.contributions.rules.rule_file import read_rule
from invoicing.contributions.rules.terms import Rule, RuleLine, RuleVersion, Terms, Tier, flat

RULES = Path(__file__).resolve().parents[3] / "docs" / "examples" / "rules"
JANUARY = date(2026, 1, 1)
MONTHS = [add_months(JANUARY, rank) for rank in range(12)]
CAPE, CESA, ASSOCIE = ContractType
TIERS = (
    Tier(ZERO, Decimal(35000), Decimal(10)),
    Tier(Decimal(35000), Decimal(45000), Decimal(8)),
    Tier(Decimal(45000), None, Decimal(6)),
)


def example(name: str) -> Rule:
    """One of the documented rules."""
    path = RULES / f"{name}.toml"
    return read_rule(path.read_bytes(), file=path.name)


def terms(rate: str = "10", **values: object) -> Terms:
    """Values with one rate; texts are amounts."""
    amounts = {
        key: Decimal(value) if isinstance(value, str) and key != "free_from" else value for key, value in values.items()
    }
    return Terms(**{"tiers": flat(Decimal(rate)), **amounts})  # type: ignore[arg-type]


def rule_of(values: Terms | dict[ContractType, Terms] | None = None, **line: object) -> Rule:
    """A rule with one line, from January 2026 on."""
    by_contract = values if isinstance(values, dict) else dict.fromkeys(ContractType, values or terms())
    return Rule("Règle", (RuleVersion(JANUARY, None, "AG du 20/06/2025", (line_of(by_contract, **line),)),))


def line_of(values: dict[ContractType, Terms], **line: object) -> RuleLine:
    """A line on what is invoiced."""
    given = {"base": ContributionBase.INVOICED, "exclude_internal": False, **line}
    return RuleLine(code="contribution", label="Contribution", terms=values, **given)  # type: ignore[arg-type]


def stay(
    invoiced: str = "0",
    *,
    contract: ContractType = CESA,
    starts_on: date = JANUARY,
    days: int = 30,
    collected: str = "0",
    purchases: str = "0",
    internal: str = "0",
    products: tuple[ProductTurnover, ...] = (),
) -> Stay:
    """What an activity did under one contract."""
    amounts = (Decimal(invoiced), Decimal(collected), Decimal(purchases), Decimal(internal))
    return Stay(contract, starts_on, days, *amounts, products)


def history(
    *months: str | Stay | tuple[Stay, ...],
    first: date = JANUARY,
    starts_on: date | None = None,
    waivers: tuple[Waiver, ...] = (),
    overrides: tuple[Override, ...] = (),
) -> History:
    """Months from the first on; an amount alone is what was invoiced under a CESA."""
    read = []
    for rank, given in enumerate(months):
        stays = stay(given) if isinstance(given, str) else given
        read.append(ActivityMonth(add_months(first, rank), (stays,) if isinstance(stays, Stay) else stays))
    return History("A1", starts_on or first, read, waivers, overrides)


def dues(lines: Sequence[MonthLine]) -> list[Decimal]:
    """What is due, month after month."""
    return [line.due for line in lines]


def due(*months: str | Stay | tuple[Stay, ...], rule: Rule, **given: object) -> list[str]:
    """What months owe under a rule, as text."""
    return [f"{amount:.2f}" for amount in dues(contributions(history(*months, **given), rule))]  # type: ignore[arg-type]


SPAN = [add_months(date(2025, 10, 1), rank) for rank in range(8)]  # across a new year


def scaled(least: int, most: int, places: int) -> st.SearchStrategy[Decimal]:
    """Exact decimals, drawn as whole numbers because that is quick."""
    return st.integers(least * 10**places, most * 10**places).map(lambda number: Decimal(number).scaleb(-places))


amounts = scaled(-20_000, 20_000, 2)
limits = scaled(0, 3_000, 2)
rates = scaled(0, 30, 4)


@st.composite
def tiers(draw: st.DrawFn) -> tuple[Tier, ...]:
    """One to four tiers."""
    bounds = sorted(draw(st.sets(scaled(1, 90_000, 2), max_size=3)))
    starts, ends = [ZERO, *bounds], [*bounds, None]
    return tuple(Tier(start, end, draw(rates)) for start, end in zip(starts, ends, strict=True))


@st.composite
def some_terms(draw: st.DrawFn, *, minimums: bool = True, most_free_months: int = 3) -> Terms:
    """Any values; `minimums` False draws none."""
    caps = {name: draw(st.none() | limits) for name in ("monthly_cap", "yearly_cap")}
    least: dict[str, Decimal | None] = {}
    for period in ("monthly", "yearly") if minimums else ():
        cap = caps[f"{period}_cap"]
        minimum = draw(st.none() | limits)
        least[f"{period}_minimum"] = minimum if minimum is None or cap is None else min(minimum, cap)
    free_months = draw(st.integers(0, most_free_months))
    return Terms(
        tiers=draw(tiers()),
        monthly_fee=draw(st.just(ZERO) | limits),
        free_months=free_months,
        free_from=draw(st.sampled_from(FreeFrom)) if free_months else FreeFrom.ACTIVITY,
        **caps,
        **least,
    )


@st.composite
def lines(draw: st.DrawFn, code: str, values: st.SearchStrategy[Terms], products: tuple[str, ...] = ()) -> RuleLine:
    """A line with values for each contract type."""
    return RuleLine(
        code=code,
        label=draw(st.sampled_from(["Contribution", "Assurance « décennale »", 'Pot commun \\ "risques"'])),
        base=draw(st.sampled_from(ContributionBase)),
        exclude_internal=draw(st.booleans()),
        terms={
            CAPE: (cape := draw(values)),
            CESA: (cesa := draw(values)),
            ASSOCIE: draw(st.sampled_from([cape, cesa])),
        },
        excluded_products=tuple(draw(st.lists(st.sampled_from(products), unique=True)) if products else ()),
        year=draw(st.sampled_from(ContributionYear)),
    )


@st.composite
def rules(draw: st.DrawFn, values: st.SearchStrategy[Terms] | None = None) -> Rule:
    """One to three versions from 2020 on, of one or two lines."""
    values = some_terms() if values is None else values
    starts = [date(2020, 1, 1), *sorted(draw(st.sets(st.sampled_from(SPAN), max_size=2)))]
    names = {"FORM": "Formations", "é 1": 'Matériel « cédé » "à prix coûtant"'}
    versions = tuple(
        RuleVersion(
            start,
            end,
            draw(st.sampled_from(["AG du 20/06/2025, résolution n° 4", "CA"])),
            tuple(draw(lines(code, values, tuple(names))) for code in draw(st.sampled_from([["a"], ["a", "risk-2"]]))),
        )
        for start, end in zip(starts, _eves(starts), strict=True)
    )
    return Rule("Règle « tirée »", versions, names, draw(st.integers(1, 12)))


def _eves(starts: list[date]) -> list[date | None]:
    """The last day of each version: the eve of the next one."""
    return [*(date.fromordinal(start.toordinal() - 1) for start in starts[1:]), None]


@st.composite
def stays(draw: st.DrawFn, month: date) -> tuple[Stay, ...]:
    """A month under one contract, or under two that follow one another inside it."""
    days = monthrange(month.year, month.month)[1]
    cut = draw(st.just(days) | st.integers(1, days))
    pieces = [cut] if cut == days else [cut, days - cut]
    return tuple(
        Stay(
            draw(st.sampled_from(ContractType)),
            draw(st.sampled_from([SPAN[0], month])),
            piece,
            draw(amounts),
            draw(amounts),
            draw(amounts),
            draw(amounts),
            draw(st.sampled_from([(), (ProductTurnover("FORM", Decimal(100), Decimal(50)),)])),
        )
        for piece in pieces
    )


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Eight months of an activity that began then or earlier."""
    months = [ActivityMonth(month, draw(stays(month))) for month in SPAN]
    return History("A1", draw(st.sampled_from([date(2024, 5, 1), SPAN[0]])), months)
