"""Spreading lines over pages: the subtotals are exact, and the totals never stand alone."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from invoicing.rendering.line_pages import one_page, spread
from tests.invoicing.rendering.samples import sample_line

LINES = [sample_line(i) for i in range(1, 9)]


def sizes(count: int, page_starts: list[int]) -> list[int]:
    """How many lines each page gets."""
    return [len(page.lines) for page in spread(LINES[:count], page_starts)]


def test_lines_stay_where_they_fell_when_two_stand_with_the_totals() -> None:
    """Nothing to move."""
    assert sizes(5, [3]) == [3, 2]


def test_a_single_line_is_not_left_with_the_totals() -> None:
    """The line above joins it."""
    assert sizes(5, [4]) == [3, 2]


def test_totals_on_a_page_of_their_own_call_two_lines() -> None:
    """The last two lines of the page before."""
    assert sizes(5, [5]) == [3, 2]


def test_a_page_that_gives_all_its_lines_disappears() -> None:
    """Its only line goes to the totals, and one more from the page above."""
    assert sizes(4, [3, 4]) == [2, 2]


def test_the_first_page_keeps_a_line() -> None:
    """Two long lines: one on each page. A single one stays alone."""
    assert sizes(2, [2]) == [1, 1]
    assert sizes(1, [1]) == [1]


def test_one_page_carries_nothing() -> None:
    """No subtotal; also without any line."""
    (page,) = one_page(LINES)
    assert (page.lines, page.brought_forward, page.carried_forward) == (tuple(LINES), None, None)
    assert spread([], [0]) == spread([], []) == one_page([])


@given(st.lists(st.decimals(-(10**6), 10**6, places=2), min_size=1, max_size=60), st.data())
def test_the_subtotal_carried_is_the_sum_of_the_lines_above(nets: list[Decimal], data: st.DataObject) -> None:
    """For any spread: nothing lost, nothing twice, and two lines beside the totals."""
    lines = [sample_line(1, unit_price=abs(net), quantity=Decimal(1 if net >= 0 else -1)) for net in nets]
    page_starts = sorted(data.draw(st.sets(st.integers(1, len(lines)), max_size=6)))
    pages = spread(lines, page_starts)
    assert [line for page in pages for line in page.lines] == lines
    above: list[Decimal] = []
    for page in pages:
        assert page.brought_forward == (sum(above) if above else None)
        above += [line.net for line in page.lines]
        assert page.carried_forward == (None if page is pages[-1] else sum(above))
    assert len(pages[-1].lines) >= min(2, len(lines) - 1)
