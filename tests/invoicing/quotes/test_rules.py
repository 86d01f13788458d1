"""Sums of chapters, options left out or taken, for any lines."""

from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cae_backoffice.core.money import ZERO
from invoicing.pricing.models import VatCode
from invoicing.quotes.models import QuoteLine
from invoicing.quotes.rules import chapters_of, counted, quote_totals

CODES = [VatCode(category="S", rate=Decimal(rate)) for rate in ("20", "10", "5.5")] + [
    VatCode(category="E", rate=Decimal(0))
]


@st.composite
def quote_lines(draw: st.DrawFn) -> list[QuoteLine]:
    """Lines of any amount, chapter and rate, some of them options."""
    count = draw(st.integers(0, 12))
    return [
        QuoteLine(
            pk=i,
            chapter=draw(st.sampled_from(["", "Sols", "Murs"])),
            is_option=draw(st.booleans()),
            net=draw(st.decimals(min_value=-5000, max_value=50000, places=2)),
            vat_code=draw(st.sampled_from(CODES)),
        )
        for i in range(1, count + 1)
    ]


@given(quote_lines())
def test_chapters_without_options_sum_to_the_total(lines: list[QuoteLine]) -> None:
    chapters = chapters_of(lines)
    assert sum((chapter.subtotal for chapter in chapters), ZERO) == quote_totals(lines).net
    assert [line for chapter in chapters for line in chapter.lines] == lines
    assert all(one.title != two.title for one, two in pairwise(chapters))


@given(quote_lines(), st.data())
def test_chosen_options_count_and_the_others_do_not(lines: list[QuoteLine], data: st.DataObject) -> None:
    options = [line for line in lines if line.is_option]
    chosen = data.draw(st.sets(st.sampled_from(options or [None]), max_size=len(options)))  # type: ignore[list-item]
    keys = {line.pk for line in chosen if line}
    amounts = quote_totals(lines, keys)
    assert amounts.net == quote_totals(lines).net + sum((line.net for line in options if line.pk in keys), ZERO)
    assert [line for line in counted(lines, keys) if line.is_option] == [line for line in options if line.pk in keys]
    assert amounts.gross == amounts.net + amounts.vat
    every = quote_totals(lines, {line.pk for line in options})
    assert every.net == sum((line.net for line in lines), ZERO)
