"""The widths of the table's columns: figures take what they need, the designation takes the rest."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from cae_backoffice.core.money import format_euros
from invoicing.rendering.document import FrozenDocument
from invoicing.rendering.wording import PrintedLine

LEAST_WIDTHS = {"quantity": 17, "unit": 15, "unit_price": 26, "discount": 15, "vat": 13, "net": 24}  # mm: the heads
WIDTH_OF_DIGIT = 1.75  # mm: a tabular digit of the line's size
SUM_WIDTHS = {"sum": (34, 2.2), "base": (28, 1.45), "tax": (24, 1.45)}  # mm: the least, and a digit of its size
LABEL_OF_SUM = 38  # mm
PAGE, GAP = 174, 5  # mm between the margins, and between the VAT table and the totals
GUTTER = 3  # mm
TRANSFER_CODE = 27  # mm: the QR code of the transfer, beside the VAT table


def columns(lines: Sequence[PrintedLine]) -> list[str]:
    """The columns after the designation, in order; without a discount there is no column for it."""
    return [name for name in LEAST_WIDTHS if name != "discount" or any(line.discount for line in lines)]


def column_styles(names: Iterable[str], lines: Sequence[PrintedLine]) -> str:
    """A stylesheet with the width of each column."""
    return "\n".join(f".lines col.{name} {{ width: {_width(name, lines):.1f}mm }}" for name in names)


def sum_styles(document: FrozenDocument) -> str:
    """A stylesheet with the widths of the totals and of the VAT table beside them."""
    rows = document.vat_rows
    figures = {
        "sum": (document.net, document.gross),
        "base": tuple(row.net for row in rows),
        "tax": tuple(row.vat for row in rows),
    }
    widths = {name: _sum_width(name, amounts) for name, amounts in figures.items()}
    totals = widths["sum"] + LABEL_OF_SUM
    columns_of_sums = "".join(f"col.{name} {{ width: {width:.1f}mm }}\n" for name, width in widths.items())
    aside = PAGE - totals - GAP
    return (
        f"{columns_of_sums}.totals {{ width: {totals:.1f}mm }}\n.aside {{ width: {aside:.1f}mm }}\n"
        f".with-transfer .vat {{ width: {aside - TRANSFER_CODE:.1f}mm }}"
    )


def _sum_width(name: str, amounts: Iterable[Decimal]) -> float:
    least, digit = SUM_WIDTHS[name]
    return max(least, max((len(format_euros(amount)) for amount in amounts), default=0) * digit + GUTTER)


def _width(name: str, lines: Sequence[PrintedLine]) -> float:
    longest = max((len(getattr(line, name)) for line in lines), default=0)
    return max(LEAST_WIDTHS[name], longest * WIDTH_OF_DIGIT + GUTTER)
