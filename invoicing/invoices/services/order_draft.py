"""What may still be typed in a draft that belongs to an order: its words, never its sums."""

from collections.abc import Sequence
from dataclasses import replace

from cae_backoffice.core.errors import RefusalError
from invoicing.invoices.models import Invoice, InvoiceLine
from invoicing.invoices.rules import DraftLine

KEPT = ("quantity", "unit", "unit_price", "discount_percent", "nature")


def relabelled_lines(draft: Invoice, typed: Sequence[DraftLine]) -> list[DraftLine]:
    """The lines of the draft with the labels and details that were typed; refused when a figure was changed.

    Lines that take deposits off are not typed: they stay as they are.
    """
    stored = [_as_typed(line) for line in _stored(draft)]
    open_ones = [line for line in stored if line.deducts is None]
    if len(open_ones) != len(typed) or any(
        _figures(before) != _figures(after) for before, after in zip(open_ones, typed, strict=True)
    ):
        raise RefusalError(
            f"Cette facture est une part de la commande {draft.order.number if draft.order else ''}\u00a0: "
            "ses lignes, quantités, prix et TVA ne changent pas ici. Supprimez-la et préparez-la à nouveau."
        )
    words = iter(typed)
    return [line if line.deducts else _with_words(line, next(words)) for line in stored]


def _stored(draft: Invoice) -> list[InvoiceLine]:
    return list(draft.lines.select_related("vat_code", "order_line", "deducts").order_by("position"))


def _as_typed(line: InvoiceLine) -> DraftLine:
    return DraftLine(
        label=line.label,
        description=line.description,
        chapter=line.chapter,
        vat_code=line.vat_code,
        product_id=line.product_id,
        deducts=line.deducts,
        order_line=line.order_line,
        **{name: getattr(line, name) for name in KEPT},
    )


def _figures(line: DraftLine) -> tuple[object, ...]:
    return line.vat_code.pk, *(getattr(line, name) for name in KEPT)


def _with_words(line: DraftLine, typed: DraftLine) -> DraftLine:
    return replace(line, label=typed.label, description=typed.description, chapter=typed.chapter)
