"""What holds under every rule: nothing lost between months, and nothing left of a document that is undone."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from cae_backoffice.core.money import CENT, ZERO, round_cents
from invoicing.contributions.enums import ContractType
from invoicing.contributions.rules.engine import contributions
from invoicing.contributions.rules.explanation import explain, rate_detail
from invoicing.contributions.rules.figures import ActivityMonth, History, Stay
from invoicing.contributions.rules.lines import MonthLine
from invoicing.contributions.rules.rule_file import read_rule, write_rule
from invoicing.contributions.rules.settlement import replay, settle, total
from invoicing.contributions.rules.stored import from_json, to_json
from invoicing.contributions.rules.terms import Rule, Terms, Tier
from tests.invoicing.contributions.samples import (
    CESA,
    JANUARY,
    MONTHS,
    SPAN,
    amounts,
    due,
    dues,
    histories,
    history,
    rule_of,
    rules,
    scaled,
    some_terms,
    stay,
    tiers,
)

documents = scaled(0, 60_000, 2)
whole_years = settings(max_examples=50, deadline=None)  # long examples, on machines that do other things


def year_of(*invoiced: Decimal) -> History:
    """What was invoiced, and collected as well, month after month."""
    return history(*[stay(str(amount), collected=str(amount)) for amount in invoiced])


def same_for_all(values: Terms) -> dict[ContractType, Terms]:
    """The same values under every contract."""
    return dict.fromkeys(ContractType, values)


@given(documents, st.integers(0, 5), st.integers(6, 11), rules(some_terms(minimums=False, most_free_months=0)))
@whole_years
def test_an_invoice_and_its_full_credit_note_leave_nothing(
    amount: Decimal, invoiced: int, credited: int, rule: Rule
) -> None:
    """In whatever months of a year with one version: what is due is what a year without documents owes."""
    version = rule.versions[0]
    one = Rule(rule.name, (type(version)(version.valid_from, None, version.decision, version.lines),), rule.products)
    months = [ZERO] * 12
    months[invoiced], months[credited] = amount, -amount
    calendar_year = [line for line in contributions(year_of(*months), one) if line.year.starts_on == JANUARY]
    nothing = [line for line in contributions(year_of(*[ZERO] * 12), one) if line.year.starts_on == JANUARY]
    assert total(calendar_year) == total(nothing)


@given(st.lists(amounts, min_size=12, max_size=12), documents, st.integers(0, 10), rules())
@whole_years
def test_a_credit_note_counted_in_the_month_of_its_invoice_is_given_back_whole(
    others: list[Decimal], amount: Decimal, month: int, rule: Rule
) -> None:
    """Under every rule, minimums and caps included, whatever else the year holds: the next run undoes the first."""
    invoiced = [other + (amount if rank == month else 0) for rank, other in enumerate(others)]
    taken: dict[tuple[date, str], Decimal] = {}
    run(contributions(year_of(*invoiced), rule), MONTHS[month], taken)
    run(contributions(year_of(*others), rule), MONTHS[month + 1], taken)
    known = [line for line in contributions(year_of(*others), rule) if line.month <= MONTHS[month + 1]]
    assert {key: amount for key, amount in taken.items() if amount} == {
        (line.month, line.code): line.due for line in known if line.due
    }


@given(st.lists(amounts, min_size=12, max_size=12), some_terms(minimums=False), st.integers(0, 5), documents)
def test_an_invoice_and_its_credit_note_leave_nothing_among_others_without_cap(
    others: list[Decimal], values: Terms, month: int, amount: Decimal
) -> None:
    """Half a year apart, in a year of other documents."""
    free = Terms(values.tiers, monthly_fee=values.monthly_fee, yearly_cap=values.yearly_cap)
    rule = rule_of(same_for_all(free))
    months = list(others)
    months[month] += amount
    months[month + 6] -= amount
    assert total(contributions(year_of(*months), rule)) == total(contributions(year_of(*others), rule))


@given(st.lists(st.tuples(st.sampled_from(MONTHS), amounts), max_size=30), rules(), st.integers())
@whole_years
def test_the_order_of_documents_inside_a_month_does_not_matter(
    papers: list[tuple[date, Decimal]], rule: Rule, seed: int
) -> None:
    """Summed in the order of issue or in any other."""
    shuffled = list(papers)
    Random(seed).shuffle(shuffled)
    assert contributions(summed(papers), rule) == contributions(summed(shuffled), rule)


def summed(papers: Sequence[tuple[date, Decimal]]) -> History:
    """The year's history from single documents."""
    return year_of(*[sum((amount for on, amount in papers if on == month), ZERO) for month in MONTHS])


@given(st.lists(amounts, min_size=12, max_size=12), tiers())
def test_the_year_s_tiers_are_those_of_the_year_s_total(months: list[Decimal], levels: tuple[Tier, ...]) -> None:
    """To the cent, whatever the months; reckoned here the other way round, tier by tier on the total."""
    lines = contributions(year_of(*months), rule_of(Terms(levels)))
    assert total(lines) == round_cents(tiers_of(sum(months, ZERO), levels))


def tiers_of(base: Decimal, levels: Sequence[Tier]) -> Decimal:
    """Marginal tiers on a total; below zero, the first rate."""
    if base < 0:
        return base * levels[0].rate / 100
    return sum(
        (
            (min(base, end if end is not None else base) - start) * rate / 100
            for start, end, rate in levels
            if base > start
        ),
        ZERO,
    )


@given(histories(), rules())
@whole_years
def test_months_add_up_and_explain_themselves(mine: History, rule: Rule) -> None:
    """Cents only; the base of the year is the sum of the months'; the pieces are the base; each line is told."""
    for (_, _), group in groupby(
        sorted(contributions(mine, rule), key=lambda line: (line.code, line.month)),
        key=lambda line: (line.code, line.year.starts_on),
    ):
        lines = list(group)
        assert lines[-1].year.due == total(lines)
        assert lines[-1].year.base == sum(line.base for line in lines)
        assert round_cents(lines[-1].year.proportional) == sum(line.proportional for line in lines)
        for line in lines:
            assert_explained(line)


def assert_explained(line: MonthLine) -> None:
    """Whole cents, pieces that add up, sentences that end."""
    assert line.due == line.due.quantize(CENT)
    assert sum(piece.amount for piece in line.slices) == sum(piece.base * piece.rate / 100 for piece in line.slices)
    assert line.base == line.parts.turnover - line.parts.excluded - line.parts.internal - line.parts.purchases
    assert all(sentence.endswith(".") for sentence in explain(line))
    assert rate_detail(line)


@given(histories(), rules())
@whole_years
def test_caps_and_minimums_hold(mine: History, rule: Rule) -> None:
    """No month above its cap or, without credit notes, below its minimum; no year beyond its one cap."""
    caps: dict[tuple[str, date], set[Decimal | None]] = {}
    for line in contributions(mine, rule):
        of_the_year = caps.setdefault((line.code, line.year.starts_on), set())
        of_the_year.add(line.yearly_cap)
        if line.monthly_cap is not None:
            assert abs(line.bounded) <= line.monthly_cap
        if line.monthly_minimum is not None and line.proportional >= 0:
            assert line.bounded >= min(line.monthly_minimum, line.monthly_cap or line.monthly_minimum)
        if line.yearly_cap is not None and len(of_the_year) == 1:
            assert abs(line.year.due) <= line.yearly_cap


@given(histories(), rules())
@whole_years
def test_going_on_from_the_year_so_far_is_reckoning_it_whole(mine: History, rule: Rule) -> None:
    """A run that starts from the last month posted finds what a replay of the year finds."""
    whole = contributions(mine, rule)
    opening = {line.code: line.year for line in whole if line.month < SPAN[5]}
    rest = History(mine.activity, mine.starts_on, mine.months[5:])
    assert contributions(rest, rule, opening=opening) == [line for line in whole if line.month >= SPAN[5]]


@given(histories(), rules())
@whole_years
def test_replaying_with_the_same_rule_changes_nothing(mine: History, rule: Rule) -> None:
    """And its file read again is the same rule."""
    read = read_rule(write_rule(rule).encode(), file="r.toml")
    assert [difference.amount for difference in replay([mine], current=rule, proposed=read)] == [ZERO]


@given(rules())
@whole_years
def test_a_rule_is_read_back_as_it_was_written(rule: Rule) -> None:
    """Every version, line and value."""
    assert read_rule(write_rule(rule).encode(), file="r.toml") == rule


@given(histories(), rules())
@whole_years
def test_a_stored_line_is_read_back_as_it_was(mine: History, rule: Rule) -> None:
    """Through JSON, so that its sentences are the same in ten years."""
    for line in contributions(mine, rule):
        assert from_json(json.loads(json.dumps(to_json(line)))) == line


@given(histories(), histories(), rules(), st.integers(1, 7))
@whole_years
def test_runs_take_what_the_months_amount_to(first: History, later: History, rule: Rule, until: int) -> None:
    """Documents that change after a run are corrected by the next one; a run made twice takes nothing more."""
    month, next_month = SPAN[until - 1], SPAN[until]
    taken: dict[tuple[date, str], Decimal] = {}
    run(contributions(first, rule), month, taken)
    run(contributions(later, rule), next_month, taken)
    lines = [line for line in contributions(later, rule) if line.month <= next_month]
    assert sum(taken.values(), ZERO) == total(lines)
    assert all(settled.amount == 0 for settled in settle(lines, month=next_month, taken=taken))


def run(lines: Sequence[MonthLine], month: date, taken: dict[tuple[date, str], Decimal]) -> None:
    """Post what a run takes."""
    for settled in settle(lines, month=month, taken=taken):
        pieces = [(month, settled.due), *((correction.month, correction.amount) for correction in settled.corrections)]
        assert settled.amount == sum(amount for _, amount in pieces)
        for for_month, amount in pieces:
            taken[for_month, settled.code] = taken.get((for_month, settled.code), ZERO) + amount


@given(st.lists(st.tuples(amounts, st.integers(1, 10)), min_size=1, max_size=3), some_terms())
def test_cutting_a_stay_under_one_contract_changes_nothing(pieces: list[tuple[Decimal, int]], values: Terms) -> None:
    """An amendment inside the month is no change of contract."""
    rule = rule_of(same_for_all(values))
    cut = tuple(Stay(CESA, JANUARY, days, invoiced) for invoiced, days in pieces)
    whole = Stay(CESA, JANUARY, sum(stay.days for stay in cut), sum((stay.invoiced for stay in cut), ZERO))
    one, other = (
        History(
            "A1", JANUARY, [ActivityMonth(JANUARY, stays), ActivityMonth(MONTHS[1], (Stay(CESA, JANUARY, 28, ZERO),))]
        )
        for stays in (cut, (whole,))
    )
    assert dues(contributions(one, rule)) == dues(contributions(other, rule))


def test_these_properties_would_see_a_month_rounded_alone() -> None:
    """Three months of 0.05 € at 10 %: 0.005 € each would make 0.03 €; the year owes 0.02 €."""
    assert due("0.05", "0.05", "0.05", rule=rule_of()) == ["0.01", "0.00", "0.01"]
