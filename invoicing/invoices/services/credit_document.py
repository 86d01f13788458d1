"""What a credit note is made of: its document, lines and posting, from the frozen copy of the invoice it corrects."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import ZERO, round_cents
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.models import Invoice, InvoiceAdjustment, InvoiceLine
from invoicing.invoices.queries import open_deposits
from invoicing.invoices.queries.credits import creditable
from invoicing.invoices.rules import supply_category, unprintable_texts
from invoicing.invoices.rules.credits import (
    CreditContent,
    Credited,
    CreditedLine,
    credit_problems,
    credited,
    whole_of,
)
from invoicing.invoices.services.post_document import Posting, opposite_posting, sales_account
from invoicing.mentions.rules import missing_of_seller, seller_of
from invoicing.pricing.enums import Unit
from invoicing.rendering.document import Adjustment, Correction, FrozenDocument, Line, from_json, opposite
from invoicing.rendering.reform import completed
from members.cooperative.models import Cooperative

MAX_REASON = 300
ROUNDING = "Arrondi"


@dataclass(frozen=True)
class CreditNoteParts:
    """A credit note ready to be written: its lines, discounts and charges belong to no document yet."""

    document: FrozenDocument
    lines: tuple[InvoiceLine, ...]
    posting: Posting
    adjustments: tuple[InvoiceAdjustment, ...] = ()


def credit_note_parts(
    *, original: Invoice, content: CreditContent | None, reason: str, cooperative: Cooperative, on: date
) -> CreditNoteParts:
    """The credit note of some of an issued invoice, or of all that is left of it (`content` None).

    Refused, with every reason: more than what is left, nothing left, a deposit that a final invoice takes off, no
    reason, a day before the invoice.
    """
    _refuse_taken_off(original)
    state = creditable(original)
    if state.is_spent:
        raise RefusalError(_spent_sentence(original))
    wanted = whole_of(state) if content is None else content
    problems = credit_problems(state, wanted)
    if problems:
        raise RefusalError(dict.fromkeys(problems))
    if state.is_untouched and wanted == whole_of(state):
        parts = _whole(original, cooperative, reason, on)
    else:
        parts = _part(original, credited(state, wanted), cooperative, reason, on)
    _refuse_if_wrong(original, parts.document)
    return parts


def preview(original: Invoice, content: CreditContent | None) -> Credited:
    """What a credit note would give back, without its document; refused beyond what is left."""
    state = creditable(original)
    wanted = whole_of(state) if content is None else content
    problems = [_spent_sentence(original)] if state.is_spent else credit_problems(state, wanted)
    if problems:
        raise RefusalError(dict.fromkeys(problems))
    return credited(state, wanted)


def _spent_sentence(original: Invoice) -> str:
    numbers = Invoice.objects.filter(corrects=original, state=InvoiceState.ISSUED).order_by("pk")
    names = ", ".join(str(number) for number in numbers.values_list("number", flat=True))
    return f"Cette facture est déjà entièrement créditée\u00a0: {names}." if names else "Il n’y a rien à créditer."


def _refuse_taken_off(original: Invoice) -> None:
    if original.kind != InvoiceKind.DEPOSIT or open_deposits().filter(pk=original.pk).exists():
        return
    final = Invoice.objects.filter(lines__deducts=original, state=InvoiceState.ISSUED).order_by("pk").last()
    if final and final.kind != InvoiceKind.CREDIT_NOTE:
        raise RefusalError(f"Cet acompte est déduit par {final}\u00a0: établissez d’abord l’avoir de cette facture.")


def _refuse_if_wrong(original: Invoice, document: FrozenDocument) -> None:
    reasons = [*missing_of_seller(document.seller), *unprintable_texts(document)]
    if document.corrects is None or not document.corrects.reason:
        reasons.append("Indiquez le motif de l’avoir.")
    elif len(document.corrects.reason) > MAX_REASON:
        reasons.append(f"Le motif de l’avoir a au plus {MAX_REASON} caractères.")
    if original.issued_on and document.issued_on < original.issued_on:
        reasons.append("L’avoir ne peut pas précéder la facture qu’il corrige.")
    if reasons:
        raise RefusalError(reasons)


def _whole(original: Invoice, cooperative: Cooperative, reason: str, on: date) -> CreditNoteParts:
    """The same document with every quantity and amount negated, so that both sum to zero whatever was changed since."""
    document = _as_credit_note(opposite(from_json(original.snapshot.content)), cooperative, reason, on)
    lines = list(original.lines.order_by("position"))
    for line in lines:
        line.credits_id, line.pk = line.pk, None
        line.quantity, line.net = -line.quantity, -line.net
    adjustments = tuple(original.adjustments.order_by("position"))
    for adjustment in adjustments:
        adjustment.pk = None
    return CreditNoteParts(completed(document), tuple(lines), opposite_posting(original), adjustments)


def _part(original: Invoice, parts: Credited, cooperative: Cooperative, reason: str, on: date) -> CreditNoteParts:
    """Some lines or amounts of it; what the frame and the circuit are follows from what is left in the document."""
    whole = from_json(original.snapshot.content)
    sold = {line.pk: line for line in original.lines.all()}
    lines = [_stored_line(original, position, part, sold) for position, part in enumerate(parts.lines, start=1)]
    positions = {line.position: line for line in whole.lines}
    printed = [
        _printed_line(line, part, positions[sold[part.sold.pk].position] if part.sold else None)
        for line, part in zip(lines, parts.lines, strict=True)
    ]
    rows = {(row.category, row.rate): row for row in whole.vat_rows}
    document = replace(
        whole,
        lines=tuple(printed),
        adjustments=(),
        vat_rows=tuple(replace(rows[row.category, row.rate], net=-row.net, vat=-row.vat) for row in parts.rows),
        net=-parts.net,
        vat=-parts.vat,
        gross=-parts.gross,
        supply_category=supply_category({line.nature for line in lines}),
        prepaid=ZERO,
        follows=(),
        retention=None,
        frame="",
        treatment="",
    )
    document = completed(_as_credit_note(document, cooperative, reason, on))
    nets: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        nets[sales_account(original.kind, line)] += line.net
    pending = {(row.category, row.rate): -row.pending for row in parts.rows}
    return CreditNoteParts(document, tuple(lines), Posting(nets=nets, pending=pending))


def _as_credit_note(document: FrozenDocument, cooperative: Cooperative, reason: str, on: date) -> FrozenDocument:
    return replace(
        document,
        kind=InvoiceKind.CREDIT_NOTE.value,
        number="",
        issued_on=on,
        due_on=on,
        seller=seller_of(cooperative),
        note="",
        progress=None,
        corrects=Correction(number=document.number, issued_on=document.issued_on, reason=reason),
    )


def _stored_line(original: Invoice, position: int, part: CreditedLine, sold: dict[int, InvoiceLine]) -> InvoiceLine:
    if part.sold is None:
        label = "Acompte repris" if part.pool.deducts else "Réduction accordée"
        return InvoiceLine(
            position=position,
            label=f"{label} sur la facture {original.number}",
            nature=part.pool.nature,
            quantity=-part.quantity,
            unit=Unit.LUMP_SUM,
            unit_price=abs(part.net),
            vat_code_id=part.pool.vat_code,
            net=-part.net,
            deducts_id=part.pool.deducts,
            product_id=part.pool.product,
        )
    line = sold[part.sold.pk]
    return InvoiceLine(
        position=position,
        label=line.label,
        description=line.description,
        chapter=line.chapter,
        nature=line.nature,
        quantity=-part.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        vat_code_id=line.vat_code_id,
        net=-part.net,
        deducts_id=line.deducts_id,
        product_id=line.product_id,
        credits_id=line.pk,
        order_line_id=line.order_line_id,
    )


def _printed_line(line: InvoiceLine, part: CreditedLine, original: Line | None) -> Line:
    """The line as it is printed: in the words of the invoice, with the cent that rounding moved, if any."""
    return Line(
        position=line.position,
        label=original.label if original else line.label,
        description=original.description if original else "",
        chapter=original.chapter if original else "",
        quantity=line.quantity,
        unit_code=line.unit,
        unit_label=original.unit_label if original else Unit(line.unit).label,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        net=line.net,
        vat_rate=part.pool.rate,
        vat_category=part.pool.category,
        adjustments=tuple(_rounding(line)),
    )


def _rounding(line: InvoiceLine) -> Iterator[Adjustment]:
    """What the quantity at its price lacks of the net; a discount in percent absorbs it by itself."""
    apart = ZERO if line.discount_percent else round_cents(line.quantity * line.unit_price) - line.net
    if apart:
        yield Adjustment(is_charge=apart > 0, reason=ROUNDING, amount=-abs(apart))
