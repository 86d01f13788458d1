"""Building the frozen document from the records it is made of."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby

from cae_backoffice.core.money import ZERO, format_decimal
from invoicing.customers.enums import CustomerKind
from invoicing.customers.queries import billing_place
from invoicing.invoices.models import Invoice, InvoiceLine
from invoicing.invoices.queries import Material
from invoicing.invoices.rules import due_date, retention_of, shares_of, supply_category, totals_with
from invoicing.invoices.rules.attachments import sells_training
from invoicing.invoices.rules.orders import carried
from invoicing.mentions.enums import LegalTextCode
from invoicing.mentions.rules import NO_BUYER, brand_of, buyer_of, delivery_of, fill, seller_of
from invoicing.orders.enums import StepKind
from invoicing.pricing.enums import PaymentTerms, SupplyNature, Unit
from invoicing.pricing.rules import Totals, TypedAdjustment
from invoicing.rendering.cii import DISCOUNT_CODE
from invoicing.rendering.document import (
    Adjustment,
    Correction,
    FrozenDocument,
    Line,
    Progress,
    Reference,
    Retention,
    VatRow,
)
from invoicing.rendering.reform import ON_DELIVERY, ON_INVOICING, ON_PAYMENT, completed
from members.cooperative.models import Cooperative

MENTION_CODES = {
    LegalTextCode.LATE_PENALTY: "PMD",
    LegalTextCode.LATE_PENALTY_PUBLIC: "PMD",
    LegalTextCode.RECOVERY_INDEMNITY: "PMT",
    LegalTextCode.NO_EARLY_DISCOUNT: "AAB",
}


def build_document(material: Material, cooperative: Cooperative) -> FrozenDocument:
    """The document as it would be issued on the material's day, without its number; the buyer not chosen is blank."""
    invoice = material.invoice
    lines = tuple(_line(line) for line in material.lines)
    mentions = [(code, values) for code, values in wanted_mentions(material, cooperative) if code in material.texts]
    amounts = carried(totals_with(material.adjustments, material.lines), material.position)
    document = FrozenDocument(
        kind=invoice.kind,
        number="",
        issued_on=material.on,
        due_on=due_date(material.on, invoice.payment_terms),
        supplied_on=invoice.supplied_on,
        seller=seller_of(cooperative),
        brand=brand_of(invoice.activity),
        buyer=buyer_of(invoice.customer, billing_place(invoice.customer)) if invoice.customer else NO_BUYER,
        delivery=delivery_of(invoice.delivery_address) if invoice.delivery_address else None,
        purchase_order=invoice.purchase_order,
        subject=invoice.subject,
        note=invoice.note,
        supply_category=supply_category({line.nature for line in material.lines}),
        lines=lines,
        vat_rows=_vat_rows(amounts, material),
        net=amounts.net,
        vat=amounts.vat,
        gross=amounts.gross,
        payment_terms_label=PaymentTerms(invoice.payment_terms).label,
        mentions=tuple(fill(material.texts[code], values) for code, values in mentions),
        corrects=_correction(invoice),
        mention_codes=tuple(MENTION_CODES.get(code, "") for code, _ in mentions),
        vat_due_code=_vat_due_code({line.nature for line in material.lines}, cooperative),
        follows=_deposits(material.lines),
        adjustments=tuple(_adjustments(material)),
        retention=_retention_of(invoice, amounts),
        progress=_progress(material),
    )
    return completed(document)


def _adjustments(material: Material) -> Iterator[Adjustment]:
    """Each discount and charge on the document, VAT rate by VAT rate."""
    shares = shares_of(material.adjustments, material.lines)
    for adjustment, mine in groupby(shares, key=lambda share: share.adjustment):
        for (category, rate), same in groupby(mine, key=lambda share: (share.category, share.rate)):
            yield Adjustment(
                is_charge=adjustment.is_charge,
                reason=_reason(adjustment),
                amount=sum((share.amount for share in same), ZERO),
                reason_code="" if adjustment.is_charge else DISCOUNT_CODE,
                vat_category=category,
                vat_rate=rate,
            )


def _reason(adjustment: TypedAdjustment) -> str:
    if adjustment.percent is None:
        return adjustment.reason
    return f"{adjustment.reason}, {format_decimal(Decimal(f'{adjustment.percent.normalize():f}'))}\u00a0%"


def _correction(invoice: Invoice) -> Correction | None:
    """The invoice that a corrective one replaces."""
    original = invoice.corrects
    if original is None or original.number is None or original.issued_on is None:
        return None
    return Correction(number=original.number, issued_on=original.issued_on, reason=invoice.correction_reason)


def _deposits(lines: Iterable[InvoiceLine]) -> tuple[Reference, ...]:
    """The deposit invoices that the lines take off, each once."""
    deposits = {line.deducts.pk: line.deducts for line in lines if line.deducts}
    return tuple(
        Reference(number=deposit.number or "", issued_on=deposit.issued_on, kind=deposit.kind)
        for deposit in deposits.values()
        if deposit.issued_on
    )


def _progress(material: Material) -> Progress | None:
    """How far the order is invoiced with this progress or final invoice."""
    position = material.position
    if position is None or material.invoice.part not in {StepKind.PROGRESS, StepKind.FINAL}:
        return None
    return Progress(
        order_number=position.order.number,
        ordered_on=position.order.ordered_on,
        ordered=position.order.net,
        before=position.done,
        now=sum((line.net for line in material.lines if line.deducts is None), ZERO),
        deposits=position.open_deposits,
    )


def _retention_of(invoice: Invoice, amounts: Totals) -> Retention | None:
    if not invoice.retention_percent or invoice.retention_due_on is None:
        return None
    return Retention(
        percent=invoice.retention_percent,
        amount=retention_of(amounts.gross, invoice.retention_percent),
        released_on=invoice.retention_due_on,
    )


def _vat_due_code(natures: set[str], cooperative: Cooperative) -> str:
    """When the VAT is due (CGI 269), when that is the same for every line."""
    if natures == {SupplyNature.GOODS}:
        return ON_DELIVERY
    if natures == {SupplyNature.SERVICES}:
        return ON_INVOICING if cooperative.vat_on_debits else ON_PAYMENT
    return ""


def _vat_rows(amounts: Totals, material: Material) -> tuple[VatRow, ...]:
    """The VAT table: why there is none stands beside each row."""
    codes = {(line.vat_code.category, line.vat_code.rate): line.vat_code for line in material.lines}
    return tuple(
        VatRow(
            category=row.category,
            rate=row.rate,
            net=row.net,
            vat=row.vat,
            reason=codes[row.category, row.rate].exemption_text,
            vatex_code=codes[row.category, row.rate].vatex_code,
        )
        for row in amounts.rows
    )


def wanted_mentions(material: Material, cooperative: Cooperative) -> Iterator[tuple[LegalTextCode, dict[str, str]]]:
    """The legal texts this document must carry, each with the values of its placeholders, in printing order."""
    kind = material.invoice.customer.kind if material.invoice.customer else ""
    if kind in {CustomerKind.PROFESSIONAL, CustomerKind.PUBLIC}:
        points = format_decimal(Decimal(f"{cooperative.late_penalty_points.normalize():f}"))
        is_public = kind == CustomerKind.PUBLIC
        yield LegalTextCode.LATE_PENALTY_PUBLIC if is_public else LegalTextCode.LATE_PENALTY, {"points": points}
        yield LegalTextCode.RECOVERY_INDEMNITY, {}
        yield LegalTextCode.NO_EARLY_DISCOUNT, {}
    if kind == CustomerKind.CONSUMER:
        yield LegalTextCode.MEDIATOR, {"mediator": " ".join(cooperative.mediator.split())}
    if cooperative.vat_on_debits and any(line.nature == SupplyNature.SERVICES for line in material.lines):
        yield LegalTextCode.VAT_ON_DEBITS, {}
    if material.invoice.retention_percent and material.invoice.retention_due_on:
        yield LegalTextCode.RETENTION, {}
    for member in material.right.cape_members:
        yield (
            LegalTextCode.CAPE,
            {
                "person": member.person_name,
                "cooperative": cooperative.legal_name,
                "ends_on": f"{member.ends_on:%d/%m/%Y}",
            },
        )
    yield from _mentions_of_trade(material, cooperative)


def _mentions_of_trade(material: Material, cooperative: Cooperative) -> Iterator[tuple[LegalTextCode, dict[str, str]]]:
    """What building and exempt training print."""
    if cooperative.training_number and sells_training(material.lines):
        yield (
            LegalTextCode.TRAINING_DECLARATION,
            {"number": cooperative.training_number, "region": cooperative.training_region},
        )
    if material.insurance:
        yield (
            LegalTextCode.DECENNIAL_INSURANCE,
            {
                "insurer": material.insurance.insurer,
                "policy": material.insurance.policy_number,
                "cover": material.insurance.cover,
                "territory": material.insurance.territory,
            },
        )


def _line(line: InvoiceLine) -> Line:
    return Line(
        position=line.position,
        label=line.label,
        description=line.description,
        chapter=line.chapter,
        quantity=line.quantity,
        unit_code=line.unit,
        unit_label=Unit(line.unit).label,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        net=line.net,
        vat_rate=line.vat_code.rate,
        vat_category=line.vat_code.category,
    )
