"""The widths of the table's columns: figures take what they need, the designation takes the rest."""

from collections.abc import Iterable, Sequence

from invoicing.rendering.wording import PrintedLine

LEAST_WIDTHS = {"quantity": 17, "unit": 15, "unit_price": 26, "discount": 15, "vat": 13, "net": 24}  # mm: the heads
WIDTH_OF_DIGIT = 1.75  # mm: a tabular digit of the line's size
GUTTER = 3  # mm


def columns(lines: Sequence[PrintedLine]) -> list[str]:
    """The columns after the designation, in order; without a discount there is no column for it."""
    return [name for name in LEAST_WIDTHS if name != "discount" or any(line.discount for line in lines)]


def column_styles(names: Iterable[str], lines: Sequence[PrintedLine]) -> str:
    """A stylesheet with the width of each column."""
    return "\n".join(f".lines col.{name} {{ width: {_width(name, lines):.1f}mm }}" for name in names)


def _width(name: str, lines: Sequence[PrintedLine]) -> float:
    longest = max((len(getattr(line, name)) for line in lines), default=0)
    return max(LEAST_WIDTHS[name], longest * WIDTH_OF_DIGIT + GUTTER)
