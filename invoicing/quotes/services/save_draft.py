"""Writing a draft quote."""

from collections.abc import Iterator, Sequence

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.records import field_problems
from cae_backoffice.core.text import tidy
from invoicing.catalogue.queries import foreign_products
from invoicing.catalogue.rules import may_write_for
from invoicing.pricing.rules import MAX_LINES, adjustment_problems, line_problems, total_problems
from invoicing.quotes.models import Quote, QuoteAdjustment, QuoteLine
from invoicing.quotes.queries.quotes import locked_quote
from invoicing.quotes.rules import MAX_RETENTION, QuoteContent, QuoteDraftLine, counted, may_edit, quote_totals
from invoicing.quotes.services.transition import refuse_unless
from members.people.models import User

TEXTS = ("subject", "introduction", "execution", "terms")
CHOICES = ("sale_setting", "payment_terms")
FIGURES = ("deposit_percent", "retention_percent", "fee")
RECORDS = ("activity", "customer", "delivery_address")
HEADER = (*RECORDS, "valid_until", *TEXTS, *CHOICES, *FIGURES)
AMOUNTS = ("net", "vat", "gross")
LINE_TEXTS = ("label", "description", "chapter")
LINE_VALUES = ("is_option", "nature", "quantity", "unit", "unit_price", "discount_percent", "product_id")


@transaction.atomic
def save_draft(*, quote: Quote | None, content: QuoteContent, by: User) -> Quote:
    """Create (`quote` None) or rewrite a draft: its lines are replaced, its totals computed without the options.

    A draft may be incomplete; what a quote must have is asked when it is sent. Refused: a quote that was sent, an
    activity for which the user may not write, a customer of another activity, figures or texts that cannot stand.
    """
    draft = Quote(created_by=by, activity=content.activity) if quote is None else locked_quote(quote)
    refuse_unless(allowed=may_edit(by, draft), verb="modifier", quote=draft)
    activities = {activity.pk: activity for activity in (draft.activity, content.activity)}.values()
    if not all(may_write_for(by, activity) for activity in activities):
        raise RefusalError("Vous n’écrivez pas de devis pour cette activité.")
    before = _values(draft) if draft.pk else {}
    _fill_header(draft, content)
    reasons = [*_header_problems(draft), *_line_problems(draft, content.lines), *_adjustment_problems(content)]
    if not reasons:
        amounts = quote_totals(content.lines, adjustments=content.adjustments)
        reasons = total_problems(amounts)
        draft.net, draft.vat, draft.gross = amounts.net, amounts.vat, amounts.gross
    if reasons:
        raise RefusalError(reasons)
    _write(draft, content)
    changes = {name: [before.get(name), value] for name, value in _values(draft).items() if before.get(name) != value}
    audit.record(by=by, action="quote.drafted", subject=draft, changes={**changes, "lignes": len(content.lines)})
    return draft


def _values(draft: Quote) -> dict[str, object]:
    names = [f"{name}_id" if name in RECORDS else name for name in (*HEADER, *AMOUNTS)]
    return {name: getattr(draft, name) for name in names}


def _fill_header(draft: Quote, content: QuoteContent) -> None:
    for name in HEADER:
        value = getattr(content, name)
        setattr(draft, name, tidy(value) if name in TEXTS else value)


def _header_problems(draft: Quote) -> Iterator[str]:
    yield from field_problems(draft, (*TEXTS, *CHOICES, *FIGURES))
    if not 0 <= draft.retention_percent <= MAX_RETENTION:
        yield f"Une retenue de garantie est comprise entre 0 et {MAX_RETENTION}\u00a0% (loi 71-584)."
    if not 0 <= draft.deposit_percent <= 100:  # noqa: PLR2004
        yield "Un acompte est compris entre 0 et 100\u00a0%."
    if draft.fee < 0:
        yield "Le prix du devis n’est pas négatif."
    if draft.customer and draft.customer.activity_id != draft.activity.pk:
        yield "Ce client est celui d’une autre activité."
    if draft.delivery_address and draft.delivery_address.customer_id != draft.customer_id:
        yield "Cette adresse est celle d’un autre client."


def _line_problems(draft: Quote, lines: Sequence[QuoteDraftLine]) -> Iterator[str]:
    if len(lines) > MAX_LINES:
        yield f"Un devis a au plus {MAX_LINES} lignes."
    if foreign_products((line.product_id for line in lines), draft.activity):
        yield "Un produit est celui du catalogue d’une autre activité."
    for position, line in enumerate(lines, start=1):
        figures = line_problems(
            quantity=line.quantity, unit_price=line.unit_price, discount_percent=line.discount_percent
        )
        texts = field_problems(_line(draft, position, line), (*LINE_TEXTS, "nature", "unit"))
        for problem in (*figures, *texts):
            yield f"Ligne\u00a0{position}\u00a0: {problem}"


def _line(draft: Quote, position: int, line: QuoteDraftLine) -> QuoteLine:
    texts = {name: tidy(getattr(line, name)) for name in LINE_TEXTS}
    values = {name: getattr(line, name) for name in LINE_VALUES}
    return QuoteLine(quote=draft, position=position, vat_code=line.vat_code, **texts, **values)


def _adjustment_problems(content: QuoteContent) -> Iterator[str]:
    yield from adjustment_problems(content.adjustments, counted(content.lines))
    for adjustment in content.adjustments:
        yield from field_problems(QuoteAdjustment(reason=tidy(adjustment.reason)), ("reason",))


def _write(draft: Quote, content: QuoteContent) -> None:
    is_new = draft.pk is None
    draft.save(update_fields=None if is_new else [*HEADER, *AMOUNTS])
    if not is_new:
        QuoteLine.objects.filter(quote=draft).delete()
        QuoteAdjustment.objects.filter(quote=draft).delete()
    stored = [_line(draft, position, line) for position, line in enumerate(content.lines, start=1)]
    for row, line in zip(stored, content.lines, strict=True):
        row.net = line.net
    QuoteLine.objects.bulk_create(stored)
    QuoteAdjustment.objects.bulk_create(
        QuoteAdjustment(
            quote=draft,
            position=position,
            is_charge=adjustment.is_charge,
            reason=tidy(adjustment.reason),
            percent=adjustment.percent,
            amount=adjustment.amount,
        )
        for position, adjustment in enumerate(content.adjustments, start=1)
    )
