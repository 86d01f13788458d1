"""The engine, one part of a rule at a time, with exact values."""

from datetime import date
from decimal import Decimal

import pytest

from cae_backoffice.core.money import ZERO
from invoicing.contributions.enums import (
    ContractType,
    ContributionBase,
    ContributionYear,
    FreeFrom,
    NoteKind,
    WaivedPart,
)
from invoicing.contributions.rules.engine import contributions, year_start
from invoicing.contributions.rules.figures import ActivityMonth, History, Override, ProductTurnover, Waiver
from invoicing.contributions.rules.lines import Note, YearSoFar
from invoicing.contributions.rules.terms import NoVersionInForceError, Rule, RuleVersion, Terms, Tier, flat
from tests.invoicing.contributions.samples import (
    ASSOCIE,
    CAPE,
    CESA,
    JANUARY,
    MONTHS,
    TIERS,
    due,
    history,
    line_of,
    rule_of,
    stay,
    terms,
)

FEBRUARY, MARCH = MONTHS[1], MONTHS[2]
PRODUCTS = (ProductTurnover("FORM", Decimal(300), Decimal(200)), ProductTurnover("OTHER", Decimal(50), Decimal(50)))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ({"base": ContributionBase.INVOICED}, "1000"),
        ({"base": ContributionBase.COLLECTED}, "800"),
        ({"base": ContributionBase.GROSS_MARGIN}, "900"),
        ({"base": ContributionBase.COLLECTED_GROSS_MARGIN}, "700"),
        ({"base": ContributionBase.INVOICED, "exclude_internal": True}, "960"),
        ({"base": ContributionBase.GROSS_MARGIN, "exclude_internal": True}, "860"),
        ({"base": ContributionBase.INVOICED, "excluded_products": ("FORM",)}, "700"),
        ({"base": ContributionBase.COLLECTED, "excluded_products": ("FORM",)}, "600"),
    ],
)
def test_what_a_base_counts(line: dict[str, object], expected: str) -> None:
    """1 000 € invoiced, 800 € collected, 100 € of purchases, 40 € internal, two products."""
    month = stay("1000", collected="800", purchases="100", internal="40", products=PRODUCTS)
    (found,) = contributions(history(month), rule_of(None, **line))
    assert (found.base, found.due) == (Decimal(expected), Decimal(expected) / 10)


def test_tiers_apply_to_the_part_of_the_year_that_falls_in_them() -> None:
    """And credit notes go back through them."""
    rule = rule_of(Terms(TIERS))
    assert due("34000", "12000", "-2000", "-44000", "-1000", rule=rule) == [
        "3400.00",
        "960.00",  # 1 000 at 10 %, 10 000 at 8 %, 1 000 at 6 %
        "-140.00",  # 1 000 at 6 %, 1 000 at 8 %
        "-4220.00",
        "-100.00",  # below zero, the first rate
    ]


def test_a_new_year_starts_from_zero() -> None:
    """In January, or on the first day of the fiscal year when the rule says so."""
    months = ["40000"] * 3
    assert due(*months, rule=rule_of(Terms(TIERS)), first=date(2026, 12, 1)) == ["3900.00", "3900.00", "2500.00"]
    fiscal = rule_of(Terms(TIERS), year=ContributionYear.FISCAL)
    february = Rule(fiscal.name, fiscal.versions, fiscal_year_starts_in=2)
    assert due(*months, rule=february, first=date(2026, 12, 1)) == ["3900.00", "2500.00", "3900.00"]


def test_known_fiscal_years_may_be_of_any_length() -> None:
    """An eighteen-month year that began in July 2025 still runs in December 2026."""
    starts = (date(2025, 7, 1), date(2027, 1, 1))
    fiscal = ContributionYear.FISCAL
    assert year_start(date(2026, 12, 1), fiscal, 1, starts) == date(2025, 7, 1)
    assert year_start(date(2027, 1, 1), fiscal, 1, starts) == date(2027, 1, 1)
    assert year_start(date(2025, 6, 1), fiscal, 4, starts) == date(2025, 4, 1)
    assert year_start(date(2025, 3, 1), fiscal, 4) == date(2024, 4, 1)
    lines = contributions(history("1", "1", first=date(2026, 12, 1)), rule_of(year=fiscal), fiscal_starts=starts)
    assert [line.year.starts_on for line in lines] == list(starts)


def test_fee_minimum_and_cap_of_a_month() -> None:
    values = terms(monthly_fee="30", monthly_minimum="50", monthly_cap="200")
    assert due("0", "199.9", "200.1", "1000", "1700", "2000", rule=rule_of(values)) == [
        "50.00",  # the fee alone is below the minimum
        "50.00",  # 30 + 19.99
        "50.01",
        "130.00",
        "200.00",
        "200.00",
    ]


def test_a_month_of_credit_notes_gives_back_beside_what_a_month_owes() -> None:
    """The minimum stays due; the share of the credit notes is given back, at most what the cap lets a month take."""
    assert due("1000", "-1000", rule=rule_of(terms(monthly_minimum="50"))) == ["100.00", "-50.00"]
    assert due("5000", "-5000", rule=rule_of(terms(monthly_fee="30", monthly_cap="200"))) == ["200.00", "-140.00"]
    assert due("0", "0", rule=rule_of(terms(monthly_fee="30", monthly_cap="200"))) == ["30.00", "30.00"]


def test_the_minimum_of_a_year_accrues_by_twelfths() -> None:
    """Months above it count for those below; the year owes at least the whole."""
    rule = rule_of(terms(yearly_minimum="500"))
    assert due("0", "2000", "0", "0", "0", rule=rule) == ["41.67", "158.33", "0.00", "0.00", "8.33"]
    assert due("-1000", "0", rule=rule) == ["-58.33", "41.66"]  # what is given back comes off what has accrued
    year = [Decimal(amount) for amount in due(*["100"] * 12, rule=rule)]
    assert (year[0], sum(year)) == (Decimal("41.67"), Decimal(500))


def test_the_cap_of_a_year_holds_and_credit_notes_come_off_what_exceeds_it() -> None:
    rule = rule_of(terms(yearly_cap="1000"))
    assert due("8000", "8000", "-3000", "-4000", rule=rule) == ["800.00", "200.00", "0.00", "-100.00"]
    assert due("-20000", rule=rule) == ["-1000.00"]


@pytest.mark.parametrize(
    ("free_from", "expected"), [(FreeFrom.ACTIVITY, [0, 100, 100]), (FreeFrom.CONTRACT, [0, 0, 100])]
)
def test_the_first_months_are_free(free_from: FreeFrom, expected: list[int]) -> None:
    """Two months from the activity's start in December, or from the CESA's in January; no fee then either."""
    values = terms(free_months=2, free_from=free_from, monthly_fee="0", monthly_minimum="5")
    lines = contributions(history("1000", "1000", "1000", starts_on=date(2025, 12, 15)), rule_of(values))
    assert [line.due for line in lines] == expected
    assert lines[0].notes == (Note(NoteKind.FREE, "2/2" if free_from == FreeFrom.ACTIVITY else "1/2"),)


def test_free_months_do_not_advance_the_tiers() -> None:
    """The year's base is the one that contributes."""
    lines = contributions(history("40000", "10000"), rule_of(Terms(TIERS, free_months=1)))
    assert [(line.base, line.due, line.year.base) for line in lines] == [(0, 0, 0), (10000, 1000, 10000)]


def test_values_follow_the_contract() -> None:
    values = {CAPE: terms("5"), CESA: terms("10"), ASSOCIE: terms("0")}
    months = [stay("1000", contract=contract) for contract in (CAPE, CESA, ASSOCIE)]
    assert due(*months, rule=rule_of(values)) == ["50.00", "100.00", "0.00"]


def test_a_change_of_contract_inside_the_month() -> None:
    """The base goes by the date of documents, fixed amounts by days: (20 × 10 + 41 × 21) / 31 = 34.2258… → 34.23."""
    values = {CAPE: terms("5", monthly_fee="20"), CESA: terms("10", monthly_fee="41"), ASSOCIE: terms("0")}
    january = (stay("1000", contract=CAPE, days=10), stay("500", contract=CESA, days=21))
    (line,) = contributions(history(january), rule_of(values))
    assert [(piece.contract, piece.amount) for piece in line.slices] == [(CAPE, 50), (CESA, 50)]
    assert (line.fee, line.due, line.base) == (Decimal("34.23"), Decimal("134.23"), 1500)


def test_another_yearly_cap_is_not_retroactive() -> None:
    """What the CAPE's cap has spared is not asked for under the CESA, and what was due above the CESA's is kept."""
    small, large = terms(yearly_cap="300"), terms(yearly_cap="2000")
    months = (stay("10000", contract=CAPE), stay("0"), stay("5000"), stay("9000"))
    assert due(*months, rule=rule_of({CAPE: small, CESA: large, ASSOCIE: large})) == [
        "300.00",
        "0.00",
        "500.00",
        "500.00",
    ]
    assert due(*months, rule=rule_of({CAPE: large, CESA: small, ASSOCIE: small})) == ["1000.00", "0.00", "0.00", "0.00"]


def test_what_follows_a_free_contract_that_has_ended_is_capped_as_a_whole_month() -> None:
    values = terms(monthly_cap="90", free_months=1, free_from=FreeFrom.CONTRACT)
    month = (stay("100", days=20), stay("2000", days=0, starts_on=date(2025, 1, 1)))
    assert due(month, rule=rule_of(values)) == ["90.00"]


def test_caps_of_a_month_with_two_contracts() -> None:
    """The month is capped when both are; the year's cap is that of the contract at its end."""
    capped, free = terms(monthly_cap="31", yearly_cap="25"), terms(yearly_cap="500")
    january = (stay("1000", contract=CAPE, days=10), stay("2000", contract=CESA, days=21))
    assert due(january, rule=rule_of({CAPE: capped, CESA: free, ASSOCIE: free})) == ["300.00"]
    assert due(january, rule=rule_of({CAPE: free, CESA: capped, ASSOCIE: free})) == ["25.00"]
    both = {CAPE: terms(monthly_cap="62"), CESA: terms(monthly_cap="31"), ASSOCIE: free}
    assert due(january, rule=rule_of(both)) == ["41.00"]  # (62 × 10 + 31 × 21) / 31


def test_the_year_goes_on_across_contracts() -> None:
    """The second contract starts in the tier that the first has reached."""
    values = {CAPE: Terms(TIERS), CESA: Terms(TIERS), ASSOCIE: terms("0")}
    january = (stay("34000", contract=CAPE, days=10), stay("2000", contract=CESA, days=21))
    assert due(january, rule=rule_of(values)) == ["3580.00"]  # 3 400 + 100 + 80


def test_a_month_partly_free_owes_the_rest_by_days() -> None:
    """Ten days of a free CAPE, twenty-one under a CESA: 31 € × 21/31."""
    values = {CAPE: terms(free_months=6), CESA: terms(monthly_fee="31", monthly_cap="62"), ASSOCIE: terms()}
    january = (stay("1000", contract=CAPE, days=10), stay("100", contract=CESA, days=21))
    (line,) = contributions(history(january), rule_of(values))
    assert (line.fee, line.monthly_cap, line.due) == (21, 42, 31)


def test_what_is_collected_after_the_last_contract_owes_its_share_and_nothing_fixed() -> None:
    values = terms(monthly_fee="30", monthly_minimum="50", yearly_minimum="600", monthly_cap="90")
    after = [stay("100", days=0), stay("2000", days=0)]
    assert due("1000", *after, rule=rule_of(values)) == ["90.00", "10.00", "90.00"]


@pytest.mark.parametrize(
    ("part", "expected"),
    [(WaivedPart.WHOLE, "0.00"), (WaivedPart.FEE, "50.00"), (WaivedPart.MINIMUM, "40.00")],
)
def test_a_waiver_spares_what_it_says_while_it_runs(part: WaivedPart, expected: str) -> None:
    """10 € of share, 30 € of fee, a minimum of 50 €; February alone is waived."""
    values = terms(monthly_fee="30", monthly_minimum="50", yearly_minimum="12")
    waiver = Waiver(FEBRUARY, FEBRUARY, part, "CA du 12/01/2026")
    lines = contributions(history("100", "100", "100", waivers=(waiver,)), rule_of(values))
    assert [str(line.due) for line in lines] == ["50.00", expected, "50.00"]
    assert [[note.text for note in line.notes] for line in lines] == [[], ["CA du 12/01/2026"], []]


def test_the_minimum_of_a_year_does_not_accrue_while_it_is_waived() -> None:
    waiver = Waiver(FEBRUARY, FEBRUARY, WaivedPart.MINIMUM, "CA")
    assert due("0", "0", "0", rule=rule_of(terms(yearly_minimum="600")), waivers=(waiver,)) == [
        "50.00",
        "0.00",
        "50.00",
    ]


def test_a_waiver_may_concern_one_line_and_run_without_end() -> None:
    other = Waiver(JANUARY, None, WaivedPart.WHOLE, "CA", code="insurance")
    mine = Waiver(FEBRUARY, None, WaivedPart.WHOLE, "CA", code="contribution")
    assert due("100", "100", "100", rule=rule_of(), waivers=(other, mine)) == ["10.00", "0.00", "0.00"]


def test_an_override_gives_one_activity_its_own_values() -> None:
    """For its months and line only, with its reference."""
    own = dict.fromkeys(ContractType, terms("7.5"))
    override = Override(FEBRUARY, FEBRUARY, "contribution", own, "CA du 12/01/2026, point 2")
    stranger = Override(JANUARY, None, "insurance", own, "CA")
    lines = contributions(history("100", "100", "100", overrides=(stranger, override)), rule_of())
    assert [str(line.due) for line in lines] == ["10.00", "7.50", "10.00"]
    assert lines[1].notes == (Note(NoteKind.OVERRIDE, "CA du 12/01/2026, point 2"),)


def test_extra_lines_have_their_own_base_and_rate() -> None:
    """An insurance of 1 % of what is collected beside 10 % of what is invoiced."""
    main = rule_of().versions[0].lines[0]
    values = dict.fromkeys(ContractType, terms("1"))
    extra = type(main)("insurance", "Assurance", ContributionBase.COLLECTED, False, values)
    rule = Rule("R", (RuleVersion(JANUARY, None, "AG", (main, extra)),))
    lines = contributions(history(stay("1000", collected="500")), rule)
    assert [(line.code, line.base, line.due) for line in lines] == [("contribution", 1000, 100), ("insurance", 500, 5)]


def test_versions_take_their_turn_and_the_year_goes_on() -> None:
    """From March on the tiers apply from where the year stands."""
    first = RuleVersion(JANUARY, date(2026, 2, 28), "AG 2025", (line_of(dict.fromkeys(ContractType, terms("5"))),))
    second = RuleVersion(MARCH, None, "AG 2026", (line_of(dict.fromkeys(ContractType, Terms(TIERS))),))
    lines = contributions(history("20000", "14000", "2000"), Rule("R", (first, second)))
    assert [(line.due, line.decision) for line in lines] == [
        (1000, "AG 2025"),
        (700, "AG 2025"),
        (180, "AG 2026"),  # 1 000 at 10 %, 1 000 at 8 %
    ]


def test_a_month_without_version_or_out_of_order_is_refused() -> None:
    with pytest.raises(NoVersionInForceError, match="12/2025") as refusal:
        contributions(history("1", first=date(2025, 12, 1)), rule_of())
    assert refusal.value.month == date(2025, 12, 1)
    month = ActivityMonth(JANUARY, (stay("1"),))
    with pytest.raises(ValueError, match="in order"):
        contributions(History("A1", JANUARY, [month, month]), rule_of())


def test_an_opening_of_another_year_is_left_behind() -> None:
    """A run of January does not go on from December."""
    december = {
        "contribution": YearSoFar(date(2025, 1, 1), Decimal(50000), Decimal(4600), Decimal(4600), ZERO, Decimal(4600))
    }
    (line,) = contributions(history("1000"), rule_of(Terms(TIERS)), opening=december)
    assert (line.due, line.year.base) == (100, 1000)


def test_a_piece_of_a_cent_is_never_lost_with_large_amounts() -> None:
    """A year of the largest amounts stays exact."""
    most = "999999999999.99"
    rule = rule_of(
        Terms((Tier(ZERO, Decimal("0.01"), Decimal("99.9999")), *[Tier(Decimal("0.01"), None, Decimal("99.9999"))]))
    )
    flat_rule = rule_of(Terms(flat(Decimal("99.9999"))))
    assert due(*[most] * 12, rule=rule) == due(*[most] * 12, rule=flat_rule)
    assert sum(map(Decimal, due(*[most] * 12, rule=flat_rule))) == Decimal("11999987999999.88")
