"""What a draft holds, who may do what to a document in which state, and what a document must say."""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.money import ZERO, round_cents
from invoicing.customers.models import Customer, DeliveryAddress
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.models import Invoice, InvoiceLine
from invoicing.invoices.rules.credits import Creditable
from invoicing.mentions.rules import (
    UNFILLED,
    missing_of_address,
    missing_of_buyer,
    missing_of_seller,
    unprintable_sentence,
)
from invoicing.orders.models import Order, OrderLine
from invoicing.pricing.enums import PaymentTerms, SupplyNature, VatCategory
from invoicing.pricing.models import VatCode
from invoicing.pricing.rules import AdjustmentShare, Totals, TypedAdjustment, TypedLine, adjustment_shares, typed_totals
from invoicing.rendering.document import (
    GOODS,
    GOODS_AND_SERVICES,
    SERVICES,
    Address,
    FrozenDocument,
)
from invoicing.rendering.font import unprintable
from members.activities.models import Activity
from members.people.models import User

MAX_RETENTION = Decimal(5)
"""Percent: loi 71-584 of 16 July 1971, art. 1."""
DRAFTED = (
    "activity_id",
    "customer_id",
    "subject",
    "supplied_on",
    "delivery_address_id",
    "purchase_order",
    "payment_terms",
    "kind",
    "retention_percent",
    "retention_due_on",
    "note",
    "order_id",
    "part",
)
"""What a draft's heading holds; a service writes it."""
DAYS = {PaymentTerms.ON_RECEIPT: 0, PaymentTerms.DAYS_15: 15, PaymentTerms.DAYS_30: 30, PaymentTerms.DAYS_60: 60}


@dataclass(frozen=True)
class DraftLine(TypedLine[VatCode]):
    """One line of a draft; one that takes off a deposit names it, one that invoices some of an order's line too."""

    deducts: Invoice | None = None
    order_line: OrderLine | None = None


@dataclass(frozen=True)
class SaleTerms:
    """What was agreed beyond the lines: whether this asks for a deposit, which deposits it takes off, the retention.

    With an `order`, the lines are all there is, deposits taken off included, and `part` says which part of it they are.
    """

    kind: str = InvoiceKind.INVOICE
    deposits: Sequence[Invoice] = ()
    retention_percent: Decimal = Decimal(0)
    retention_due_on: date | None = None
    order: Order | None = None
    part: str = ""


@dataclass(frozen=True)
class DraftContent:
    """Everything a person writes on a draft; a draft may still lack its customer or its lines.

    Without `terms` a draft keeps those it has: whoever cannot type them does not change them.
    """

    activity: Activity
    customer: Customer | None = None
    subject: str = ""
    supplied_on: date | None = None
    delivery_address: DeliveryAddress | None = None
    purchase_order: str = ""
    payment_terms: str = PaymentTerms.DAYS_30
    note: str = ""
    lines: Sequence[DraftLine] = ()
    adjustments: Sequence[TypedAdjustment] = ()
    terms: SaleTerms | None = None


def may_draft_for(user: User, activity: Activity) -> bool:
    """Whether the user writes drafts for this activity: the staff for all, an entrepreneur for those they carry."""
    if not has_right(user, Right.DRAFT_INVOICES):
        return False
    return has_right(user, Right.VIEW_ALL_INVOICES) or _carries(user, activity.pk)


def may_edit(user: User, invoice: Invoice) -> bool:
    """Whether the user may type in this draft; a credit note is not typed, it is asked for from its invoice."""
    return may_delete(user, invoice) and invoice.kind != InvoiceKind.CREDIT_NOTE


def may_delete(user: User, invoice: Invoice) -> bool:
    """Whether the user may throw this draft away."""
    return has_right(user, Right.DRAFT_INVOICES) and invoice.state == InvoiceState.DRAFT


def may_submit(user: User, invoice: Invoice) -> bool:
    """Whether the user may hand this draft in for approval."""
    return may_delete(user, invoice)


def may_withdraw(user: User, invoice: Invoice) -> bool:
    """Whether the user may take a submitted document back: its author, or someone of the activity who may draft."""
    if invoice.state != InvoiceState.SUBMITTED or not has_right(user, Right.DRAFT_INVOICES):
        return False
    return invoice.created_by_id == user.pk or _carries(user, invoice.activity_id)


def may_return(user: User, invoice: Invoice) -> bool:
    """Whether the user may send this document back to draft with a reason; also once approved, as long as it has no
    number: what was right on approval may have become wrong on the day of issue.
    """
    return has_right(user, Right.APPROVE_INVOICES) and invoice.state in {InvoiceState.SUBMITTED, InvoiceState.APPROVED}


def may_approve(user: User, invoice: Invoice) -> bool:
    """Whether the user may approve this document."""
    return has_right(user, Right.APPROVE_INVOICES) and invoice.state == InvoiceState.SUBMITTED


def may_issue(user: User, invoice: Invoice) -> bool:
    """Whether the user may issue this document."""
    return has_right(user, Right.ISSUE_INVOICES) and invoice.state == InvoiceState.APPROVED


def may_credit(user: User, invoice: Invoice) -> bool:
    """Whether the user may issue a credit note of this document (the service refuses more than what is left of it)."""
    return has_right(user, Right.ISSUE_INVOICES) and is_issued_invoice(invoice)


def may_request_credit(user: User, invoice: Invoice) -> bool:
    """Whether the user may ask the cooperative for a credit note, or for a corrective invoice, of this document."""
    return is_issued_invoice(invoice) and may_draft_for(user, invoice.activity)


def is_issued_invoice(invoice: Invoice) -> bool:
    """Whether this is a document that a credit note may correct."""
    return invoice.state == InvoiceState.ISSUED and invoice.kind != InvoiceKind.CREDIT_NOTE


def uncorrectable_reasons(invoice: Invoice, lines: Iterable[InvoiceLine], state: Creditable) -> list[str]:
    """Why no corrective invoice can take the place of this one, in French sentences; empty when one can.

    It would cancel the invoice whole, and what other documents say of it: for these a credit note and a new invoice.
    """
    instead = "établissez un avoir, puis une nouvelle facture."
    reasons = []
    if invoice.kind == InvoiceKind.DEPOSIT:
        reasons.append(f"Une facture d’acompte ne se rectifie pas\u00a0: {instead}")
    if any(line.deducts_id for line in lines):
        reasons.append(f"Une facture qui déduit un acompte ne se rectifie pas\u00a0: {instead}")
    if invoice.order_id:
        reasons.append(f"Une facture de commande ne se rectifie pas\u00a0: {instead}")
    if not state.is_untouched:
        reasons.append(f"Une facture déjà créditée ne se rectifie pas\u00a0: {instead}")
    return reasons


def _carries(user: User, activity_id: int) -> bool:
    return Activity.objects.carried_by(user.pk).filter(pk=activity_id).exists()


def due_date(issued_on: date, terms: str) -> date:
    """The day a document falls due. « 45 jours fin de mois »: 45 days, then to the end of that month."""
    if terms == PaymentTerms.DAYS_45_END_OF_MONTH:
        day = issued_on + timedelta(days=45)
        return day.replace(day=monthrange(day.year, day.month)[1])
    return issued_on + timedelta(days=DAYS[PaymentTerms(terms)])


def retention_of(gross: Decimal, percent: Decimal) -> Decimal:
    """The retention on a document's total incl. VAT, in euros, half-up to the cent."""
    return round_cents(gross * percent / 100)


def deduction_lines(deposit: Invoice, lines: Iterable[InvoiceLine]) -> list[DraftLine]:
    """The lines that take a deposit off a final invoice: the opposite of its `lines`, by VAT, nature and product."""
    nets: dict[tuple[VatCode, str, int | None], Decimal] = {}
    for line in lines:
        key = (line.vat_code, line.nature, line.product_id)
        nets[key] = nets.get(key, ZERO) + line.net
    return [
        DraftLine(
            label=f"Acompte déduit\u00a0: {deposit.number} du {deposit.issued_on:%d/%m/%Y}",
            quantity=Decimal(-1 if net > 0 else 1),
            unit_price=abs(net),
            vat_code=vat_code,
            nature=nature,
            product_id=product_id,
            deducts=deposit,
        )
        for (vat_code, nature, product_id), net in nets.items()
        if net
    ]


def takes_off(line: DraftLine | InvoiceLine) -> bool:
    """Whether the line takes off a deposit."""
    return (line.deducts_id if isinstance(line, InvoiceLine) else line.deducts) is not None


def shares_of(
    adjustments: Iterable[TypedAdjustment], lines: Iterable[DraftLine | InvoiceLine]
) -> tuple[AdjustmentShare, ...]:
    """How the discounts and charges on a document fall on its lines; a deposit that it takes off bears none."""
    return adjustment_shares(adjustments, [line for line in lines if not takes_off(line)])


def effects_of(
    adjustments: Iterable[TypedAdjustment], lines: Iterable[DraftLine | InvoiceLine]
) -> list[tuple[str, Decimal]]:
    """The reason of each discount and charge on a document, and what it adds to the net amount."""
    typed = list(adjustments)
    shares = shares_of(typed, lines)
    return [(one.reason, sum((share.effect for share in shares if share.adjustment is one), ZERO)) for one in typed]


def totals_with(adjustments: Iterable[TypedAdjustment], lines: Sequence[DraftLine | InvoiceLine]) -> Totals:
    """What a document amounts to with the discounts and charges on it."""
    return typed_totals(lines, shares_of(adjustments, lines))


def supply_category(natures: set[str]) -> str:
    """The category of operations that the document must name (CGI ann. II 242 nonies A, I)."""
    if natures == {SupplyNature.GOODS}:
        return GOODS
    if natures == {SupplyNature.SERVICES}:
        return SERVICES
    return GOODS_AND_SERVICES


def missing_mentions(document: FrozenDocument) -> list[str]:
    """What the law wants on this document and that it lacks, in French sentences (CGI ann. II 242 nonies A)."""
    missing = [*missing_of_seller(document.seller), *missing_of_buyer(document.buyer)]
    missing += [
        f"Ligne\u00a0{line.position}\u00a0: la désignation manque." for line in document.lines if not line.label.strip()
    ]
    if document.delivery:
        missing += missing_of_address("l’adresse de livraison", document.delivery.address)
    for row in document.vat_rows:
        if row.rate == 0 and row.category != VatCategory.ZERO_RATED and not row.reason:
            missing.append("Le motif de la facturation sans TVA manque.")
    missing += [
        f"Il manque une valeur dans la mention «\u00a0{mention}\u00a0»."
        for mention in document.mentions
        if UNFILLED.search(mention)
    ]
    return missing


def unprintable_texts(document: FrozenDocument) -> list[str]:
    """A sentence for each text of the document with a character that its font cannot print."""
    return [unprintable_sentence(name, text) for name, text in _printed_texts(document) if unprintable(text)]


def _printed_texts(document: FrozenDocument) -> Iterator[tuple[str, str]]:
    """Every text a person typed that the document prints, with the name of its field."""
    yield from _address_texts("Adresse de la coopérative", document.seller.address)
    yield from {
        "Dénomination de la coopérative": document.seller.legal_name,
        "Ville du RCS": document.seller.rcs_city,
        "Enseigne": document.brand.name,
        "Présentation de l’activité": document.brand.description,
        "Ville de l’activité": document.brand.city,
        "Nom du client": document.buyer.name,
        "Interlocuteur du client": document.buyer.contact_name,
        "Code service du client": document.buyer.service_code,
        "N° de commande": document.purchase_order,
        "Objet": document.subject,
        "Message au client": document.note,
    }.items()
    yield from _address_texts("Adresse du client", document.buyer.address)
    if document.delivery:
        yield "Lieu de livraison", document.delivery.label
        yield from _address_texts("Adresse de livraison", document.delivery.address)
    if document.corrects:
        yield "Motif", document.corrects.reason
    for line in document.lines:
        yield f"Ligne\u00a0{line.position}, désignation", line.label
        yield f"Ligne\u00a0{line.position}, détail", line.description
        yield f"Ligne\u00a0{line.position}, chapitre", line.chapter
    for entry in (*document.adjustments, *(entry for line in document.lines for entry in line.adjustments)):
        yield "Remise ou frais", entry.reason
    for row in document.vat_rows:
        yield "Mention de TVA", row.reason
    for mention in document.mentions:
        yield "Mention légale", mention


def _address_texts(name: str, address: Address) -> Iterator[tuple[str, str]]:
    for text in (address.street, address.street_extra, address.postcode, address.city):
        yield name, text
