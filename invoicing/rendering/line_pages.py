"""How the lines of a long document are spread over its pages, and the subtotals carried from one to the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from cae_backoffice.core.money import ZERO
from invoicing.rendering.document import Line

LINES_WITH_TOTALS = 2


@dataclass(frozen=True)
class LinePage:
    """The lines of one page, with the sums of the lines above its first and above the next page's first line.

    `brought_forward` is None on the first page, `carried_forward` on the last.
    """

    lines: tuple[Line, ...]
    brought_forward: Decimal | None = None
    carried_forward: Decimal | None = None


def one_page(lines: Sequence[Line]) -> tuple[LinePage, ...]:
    """All the lines together, nothing to carry."""
    return (LinePage(tuple(lines)),)


def spread(lines: Sequence[Line], page_starts: Sequence[int]) -> tuple[LinePage, ...]:
    """Cut the lines where pages began when they were laid out; the last two stay with the totals that follow them.

    `page_starts` are the indexes, in order and above 0, of what began a page: a line, or the totals (`len(lines)`).
    A first page always keeps a line, so that a document of two long lines has one on each page.
    """
    sizes = [end - start for start, end in pairwise([0, *page_starts, len(lines)])]
    if len(sizes) > 1:
        _keep_lines_with_totals(sizes)
    starts = [sum(sizes[:i]) for i in range(len(sizes))]
    chunks = [tuple(lines[start : start + size]) for start, size in zip(starts, sizes, strict=True) if size]
    return tuple(_with_subtotals(chunks)) if chunks else one_page(lines)


def _keep_lines_with_totals(sizes: list[int]) -> None:
    """Move lines from the pages before to the last one until it has two; only the first page may not give its last."""
    while sizes[-1] < LINES_WITH_TOTALS and (giver := _last_giver(sizes)) is not None:
        sizes[giver] -= 1
        sizes[-1] += 1


def _last_giver(sizes: list[int]) -> int | None:
    givers = [i for i, size in enumerate(sizes[:-1]) if size > (1 if i == 0 else 0)]
    return givers[-1] if givers else None


def _with_subtotals(chunks: list[tuple[Line, ...]]) -> list[LinePage]:
    pages = []
    above = ZERO
    for i, chunk in enumerate(chunks):
        below = above + sum((line.net for line in chunk), ZERO)
        is_last = i == len(chunks) - 1
        pages.append(LinePage(chunk, above if i else None, None if is_last else below))
        above = below
    return pages
