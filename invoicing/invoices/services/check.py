"""What must hold before a document is submitted, approved and issued: asked again each time, all answered at once."""

from collections.abc import Iterator

from cae_backoffice.core.errors import RefusalError
from invoicing.customers.enums import CustomerKind
from invoicing.customers.models import Customer
from invoicing.customers.rules import is_one_customer
from invoicing.invoices.enums import InvoiceKind
from invoicing.invoices.models import Invoice
from invoicing.invoices.queries import Material, lines_left_of, open_deposits
from invoicing.invoices.queries.approval import approval_settings
from invoicing.invoices.queries.attachments import joined_kinds
from invoicing.invoices.queries.credits import credit_content, creditable
from invoicing.invoices.rules import (
    due_date,
    missing_mentions,
    uncorrectable_reasons,
    unprintable_texts,
)
from invoicing.invoices.rules.attachments import NO_DECLARATION, missing_attachments, required_kinds, sells_training
from invoicing.invoices.rules.orders import part_problems
from invoicing.invoices.services.credit_document import credit_note_parts
from invoicing.invoices.services.document import build_document, wanted_mentions
from invoicing.mentions.enums import LegalTextCode
from invoicing.mentions.rules import missing_of_buyer
from invoicing.pricing.enums import VatCategory
from invoicing.pricing.models import VatCode
from invoicing.pricing.rules import MAX_LINES, Totals, total_problems
from invoicing.rendering.cii_check import document_problems
from invoicing.rendering.document import FrozenDocument
from members.activities.enums import Sector
from members.cooperative.models import Cooperative

WITHIN_EU = {"VATEX-EU-IC", "VATEX-EU-AE"}


def checked_document(material: Material) -> FrozenDocument:
    """The document that may be issued on the material's day; RefusalError with every reason when it may not.

    A document that the law would accept is then asked the rules of electronic invoices.
    """
    if material.invoice.kind == InvoiceKind.CREDIT_NOTE:
        return _checked_credit_note(material)
    reasons = [*_parts(material), *_vat(material), *_deposits(material), *_order(material), *_retention(material)]
    reasons += _replaced(material)
    cooperative = material.cooperative
    if cooperative is None:
        raise RefusalError([*reasons, "La coopérative n’est pas encore configurée."])
    document = build_document(material, cooperative)
    reasons += [*_legal_texts(material, cooperative), *_required(material, cooperative)]
    reasons += _content(material, document)
    if reasons or (reasons := document_problems(document)):
        raise RefusalError(dict.fromkeys(reasons))
    return document


def _checked_credit_note(material: Material) -> FrozenDocument:
    """A requested credit note asks what its invoice still has; the rest was asked when the invoice was issued."""
    credit_note, cooperative = material.invoice, material.cooperative
    if cooperative is None or credit_note.corrects is None:
        raise RefusalError("La coopérative n’est pas encore configurée.")
    return credit_note_parts(
        original=credit_note.corrects,
        content=credit_content(credit_note),
        reason=credit_note.correction_reason,
        cooperative=cooperative,
        on=material.on,
    ).document


def _replaced(material: Material) -> Iterator[str]:
    """A corrective invoice says the same customer what another should have said; that one still stands whole."""
    invoice, original, customer = material.invoice, material.invoice.corrects, material.invoice.customer
    if original is None:
        return
    lines = [*original.lines.all(), *material.lines]
    yield from uncorrectable_reasons(original, lines, creditable(original))
    if invoice.activity_id != original.activity_id or (customer and not _is_same(customer, original.customer)):
        yield (
            "Une facture rectificative s’adresse au client de la facture qu’elle remplace\u00a0: pour un autre, "
            "établissez un avoir, puis une nouvelle facture."
        )
    if original.issued_on and material.on < original.issued_on:
        yield "La facture rectificative ne peut pas précéder celle qu’elle remplace."


def _is_same(customer: Customer, former: Customer | None) -> bool:
    if former is None:
        return False
    return is_one_customer(customer, former) or (customer.siren != "" and customer.siren == former.siren)


def _parts(material: Material) -> Iterator[str]:
    invoice, customer = material.invoice, material.invoice.customer
    if customer is None:
        yield "Choisissez un client."
    elif customer.activity_id != invoice.activity_id:
        yield f"Le client «\u00a0{customer}\u00a0» est celui d’une autre activité."
    if invoice.delivery_address and invoice.delivery_address.customer_id != invoice.customer_id:
        yield "L’adresse de livraison est celle d’un autre client."
    if not material.lines:
        yield "Ajoutez au moins une ligne."
    if len(material.lines) > MAX_LINES:
        yield f"Une facture a au plus {MAX_LINES} lignes."
    if not material.right.allowed:
        yield material.right.reason


def _vat(material: Material) -> Iterator[str]:
    codes = {line.vat_code_id: line.vat_code for line in material.lines}.values()
    for code in codes:
        if code.valid_from > material.on or (code.valid_to and code.valid_to < material.on):
            yield f"Le code de TVA «\u00a0{code}\u00a0» n’est pas valable le {material.on:%d/%m/%Y}."
        if material.invoice.customer:
            yield from _buyer_vat(code, material.invoice.customer)
        if code.category == VatCategory.INTRA_EU and not material.invoice.supplied_on:
            yield "Une livraison intracommunautaire indique sa date de livraison."
    reasons: dict[tuple[str, object], set[str]] = {}
    for code in codes:
        reasons.setdefault((code.category, code.rate), set()).add(code.exemption_text)
    if any(len(texts) > 1 for texts in reasons.values()):
        yield "Deux motifs d’exonération de même catégorie ne tiennent pas sur une facture\u00a0: faites-en deux."


def _order(material: Material) -> Iterator[str]:
    """An invoice of an order stays within it, whatever was issued or credited since it was prepared."""
    if material.position is not None:
        yield from part_problems(material.invoice.part, material.lines, material.position)


def _deposits(material: Material) -> Iterator[str]:
    """The deposits taken off are this customer's, issued, and taken off once."""
    deposits = {line.deducts.pk: line.deducts for line in material.lines if line.deducts}
    if not deposits:
        return
    if material.invoice.kind == InvoiceKind.DEPOSIT:
        yield "Une facture d’acompte ne déduit pas d’acompte."
    open_ones = set(open_deposits().filter(pk__in=deposits).values_list("pk", flat=True))
    for deposit in deposits.values():
        if not _is_of(deposit, material.invoice.customer):
            yield f"L’acompte {deposit.number} est celui d’un autre client."
        elif deposit.pk not in open_ones and not material.position:
            yield f"L’acompte {deposit.number} est déjà déduit ou annulé."
        elif sum(line.net for line in lines_left_of(deposit)) != -sum(
            line.net for line in material.lines if line.deducts_id == deposit.pk
        ):
            yield f"Un avoir a changé l’acompte {deposit.number} : enregistrez de nouveau le brouillon."


def _is_of(deposit: Invoice, customer: Customer | None) -> bool:
    return customer is not None and deposit.customer is not None and is_one_customer(deposit.customer, customer)


def _retention(material: Material) -> Iterator[str]:
    invoice = material.invoice
    if not invoice.retention_percent:
        return
    if invoice.kind == InvoiceKind.DEPOSIT:
        yield "Une facture d’acompte ne porte pas de retenue de garantie."
    if invoice.retention_due_on is None:
        yield "Indiquez la date à laquelle la retenue de garantie est libérable."
    elif invoice.retention_due_on <= due_date(material.on, invoice.payment_terms):
        yield "La retenue de garantie est libérable après l’échéance de la facture."


def _buyer_vat(code: VatCode, customer: Customer) -> Iterator[str]:
    if code.buyer_vat_number_required and not customer.vat_number:
        yield f"Le n° de TVA du client est obligatoire avec le code «\u00a0{code}\u00a0»."
    elif code.vatex_code in WITHIN_EU and customer.vat_number.startswith("FR"):
        yield f"Le code «\u00a0{code}\u00a0» suppose un client d’un autre pays de l’Union européenne."


def _legal_texts(material: Material, cooperative: Cooperative) -> Iterator[str]:
    customer = material.invoice.customer
    if customer and customer.kind == CustomerKind.CONSUMER and not cooperative.mediator.strip():
        yield "Le médiateur de la consommation manque dans la fiche de la coopérative."
    if material.invoice.activity.sector == Sector.CONSTRUCTION and material.insurance is None:
        yield f"L’activité n’a pas d’assurance décennale en cours le {material.on:%d/%m/%Y}."
    for code, _values in wanted_mentions(material, cooperative):
        if code not in material.texts:
            label = LegalTextCode(code).label
            yield f"La mention «\u00a0{label}\u00a0» n’a pas de texte en vigueur le {material.on:%d/%m/%Y}."


def _required(material: Material, cooperative: Cooperative) -> Iterator[str]:
    """What the kind of activity asks for, when the cooperative wants it."""
    wanted = required_kinds(material.lines)
    if not wanted or not approval_settings().requires_attachments:
        return
    yield from missing_attachments(wanted, joined_kinds(material.invoice))
    if sells_training(material.lines) and not cooperative.training_number:
        yield NO_DECLARATION


def _content(material: Material, document: FrozenDocument) -> Iterator[str]:
    not_chosen = () if material.invoice.customer else missing_of_buyer(document.buyer)
    yield from (sentence for sentence in missing_mentions(document) if sentence not in not_chosen)
    yield from unprintable_texts(document)
    yield from total_problems(Totals(net=document.net, vat=document.vat, gross=document.gross, rows=()))
    if material.lines and document.gross < 0:
        yield "Le total d’une facture n’est pas négatif\u00a0: pour rendre de l’argent, faites un avoir."
    if material.lines and document.gross == 0 and not any(line.deducts_id for line in material.lines):
        yield "Le total de la facture est nul\u00a0: il n’y a rien à facturer."
