"""A frozen document as the XML of an electronic invoice: Cross Industry Invoice, profile EN 16931 of Factur-X 1.0.

The comments name the business terms (BT) and groups (BG) of the standard. Values in, bytes out, always the same bytes.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from lxml import etree

from cae_backoffice.core.money import ZERO, round_cents
from cae_backoffice.core.rich_text import to_plain
from invoicing.rendering import wording
from invoicing.rendering.document import (
    CORRECTIVE,
    Address,
    Adjustment,
    Buyer,
    Delivery,
    FrozenDocument,
    Line,
    Reference,
    Seller,
    VatRow,
    opposite,
)
from invoicing.rendering.reform import DIRECTORY, completed

GUIDELINE = "urn:cen.eu:en16931:2017"
CURRENCY = "EUR"
PROFESSIONAL_NOTES = ("PMT", "PMD", "AAB")  # recovery indemnity, late penalties, early payment
NOT_APPLICABLE = "Sans objet\u00a0: le client est un consommateur."
BAR, REGULATORY, GENERAL, REMARK = "BAR", "REG", "AAI", "SUR"
SIREN_SCHEME, SIRET_SCHEME, VAT_SCHEME = "0002", "0009", "VA"
SEPA_TRANSFER = "58"
DISCOUNT_REASON, DISCOUNT_CODE = "Remise", "95"
DELIVERED = {"K", "G"}  # supplies of goods to another country: the country of arrival is required
UNTAXED_SCOPE = "O"  # no rate and no VAT number may stand beside it
EXPLAINED = {"E", "AE", "K", "G", "O"}

NAMESPACES = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
}
RSM, RAM, QDT, UDT = (f"{{{uri}}}" for uri in NAMESPACES.values())
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Element: TypeAlias = etree._Element


def render_cii(document: FrozenDocument) -> bytes:
    """The XML of an issued document.

    Characters that no XML can carry are left out: what is issued today has none, and an older copy must still give
    its file.
    """
    document = completed(_upright(document))
    root = etree.Element(f"{RSM}CrossIndustryInvoice", nsmap=NAMESPACES)
    _context(root, document)
    _header(root, document)
    transaction = etree.SubElement(root, f"{RSM}SupplyChainTradeTransaction")
    for line in document.lines:
        _line(transaction, line)
    _agreement(transaction, document)
    _delivery(transaction, document)
    _settlement(transaction, document)
    xml: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return xml


def _upright(document: FrozenDocument) -> FrozenDocument:
    """A credit note with the signs of its type code: 381 says that the amounts go back, so they are positive."""
    return opposite(document) if document.is_credit_note else document


def _context(root: Element, document: FrozenDocument) -> None:
    context = etree.SubElement(root, f"{RSM}ExchangedDocumentContext")
    _value(_group(context, "BusinessProcessSpecifiedDocumentContextParameter"), "ID", document.frame)  # BT-23
    _value(_group(context, "GuidelineSpecifiedDocumentContextParameter"), "ID", GUIDELINE)  # BT-24


def _header(root: Element, document: FrozenDocument) -> None:
    header = etree.SubElement(root, f"{RSM}ExchangedDocument")
    _value(header, "ID", document.number)  # BT-1
    _value(header, "TypeCode", document.kind)  # BT-3
    _date(header, "IssueDateTime", document.issued_on)  # BT-2
    for code, text in _notes(document):  # BG-1
        note = _group(header, "IncludedNote")
        _value(note, "Content", text)
        _value(note, "SubjectCode", code)


def _notes(document: FrozenDocument) -> Iterable[tuple[str, str]]:
    """The mentions under their codes, and what a person wrote. The three of professionals stand on every document."""
    mentions = document.coded_mentions
    present = {code for code, _ in mentions}
    yield from ((code or REGULATORY, text) for code, text in mentions)
    yield from ((code, NOT_APPLICABLE) for code in PROFESSIONAL_NOTES if code not in present)
    yield BAR, document.treatment
    reason = document.corrects.reason if document.corrects else ""
    remarks = ((GENERAL, document.subject), (GENERAL, reason), (REMARK, to_plain(document.note)))
    yield from ((code, text) for code, text in remarks if text)


def _line(transaction: Element, line: Line) -> None:
    item = _group(transaction, "IncludedSupplyChainTradeLineItem")  # BG-25
    _value(_group(item, "AssociatedDocumentLineDocument"), "LineID", str(line.position))  # BT-126
    product = _group(item, "SpecifiedTradeProduct")
    _value(product, "Name", line.label)  # BT-153
    _value(product, "Description", to_plain(line.description))  # BT-154
    price = _group(_group(item, "SpecifiedLineTradeAgreement"), "NetPriceProductTradePrice")
    _value(price, "ChargeAmount", _plain(line.unit_price))  # BT-146
    _value(
        _group(item, "SpecifiedLineTradeDelivery"), "BilledQuantity", _plain(line.quantity), unitCode=line.unit_code
    )  # BT-129, BT-130
    settlement = _group(item, "SpecifiedLineTradeSettlement")
    tax = _group(settlement, "ApplicableTradeTax")
    _value(tax, "TypeCode", "VAT")
    _value(tax, "CategoryCode", line.vat_category)  # BT-151
    _rate(tax, line.vat_category, line.vat_rate)  # BT-152
    _line_adjustments(settlement, line)
    total = _group(settlement, "SpecifiedTradeSettlementLineMonetarySummation")
    _value(total, "LineTotalAmount", _amount(line.net))  # BT-131


def _line_adjustments(settlement: Element, line: Line) -> None:
    """BG-27 and BG-28. The discount in percent is what is missing from the price of the quantity: no cent is lost."""
    if line.discount_percent:
        base = round_cents(line.quantity * line.unit_price)
        discount = base + sum((adjustment.effect for adjustment in line.adjustments), ZERO) - line.net
        group = _adjustment_group(settlement, is_charge=False)
        _value(group, "CalculationPercent", _amount(line.discount_percent))  # BT-138
        _value(group, "BasisAmount", _amount(base))  # BT-137
        _value(group, "ActualAmount", _amount(discount))  # BT-136
        _value(group, "ReasonCode", DISCOUNT_CODE)
        _value(group, "Reason", DISCOUNT_REASON)
    for adjustment in line.adjustments:
        _adjustment(settlement, adjustment)


def _adjustment(settlement: Element, adjustment: Adjustment) -> Element:
    group = _adjustment_group(settlement, is_charge=adjustment.is_charge)
    _value(group, "ActualAmount", _amount(adjustment.amount))
    _value(group, "ReasonCode", adjustment.reason_code)
    _value(group, "Reason", adjustment.reason)
    return group


def _adjustment_group(settlement: Element, *, is_charge: bool) -> Element:
    group = _group(settlement, "SpecifiedTradeAllowanceCharge")
    etree.SubElement(_group(group, "ChargeIndicator"), f"{UDT}Indicator").text = str(is_charge).lower()
    return group


def _agreement(transaction: Element, document: FrozenDocument) -> None:
    agreement = _group(transaction, "ApplicableHeaderTradeAgreement")
    names_vat_numbers = all(row.category != UNTAXED_SCOPE for row in document.vat_rows)
    _value(agreement, "BuyerReference", document.buyer.service_code)  # BT-10
    _seller(agreement, document, document.seller if names_vat_numbers else replace(document.seller, vat_number=""))
    _buyer(agreement, document.buyer if names_vat_numbers else replace(document.buyer, vat_number=""))
    if document.purchase_order:
        _value(_group(agreement, "BuyerOrderReferencedDocument"), "IssuerAssignedID", document.purchase_order)  # BT-13


def _seller(agreement: Element, document: FrozenDocument, seller: Seller) -> None:
    """BG-4: the cooperative; the activity is its trading name and the contact."""
    party, brand = _group(agreement, "SellerTradeParty"), document.brand
    _value(party, "GlobalID", seller.siret, schemeID=SIRET_SCHEME)  # BT-29
    _value(party, "Name", seller.legal_name)  # BT-27
    _value(party, "Description", wording.seller_identity(document.seller))  # BT-33
    organisation = _group(party, "SpecifiedLegalOrganization")
    _value(organisation, "ID", seller.siren, schemeID=SIREN_SCHEME)  # BT-30
    _value(organisation, "TradingBusinessName", brand.name)  # BT-28
    phone, email = (brand.phone, brand.email) if brand.phone or brand.email else (seller.phone, seller.email)
    _contact(party, brand.name or seller.short_name, phone, email)  # BG-6
    _postal_address(party, seller.address)
    _electronic_address(party, DIRECTORY, seller.electronic_address)  # BT-34
    _vat_number(party, seller.vat_number)  # BT-31


def _buyer(agreement: Element, buyer: Buyer) -> None:
    """BG-7."""
    party = _group(agreement, "BuyerTradeParty")
    _value(party, "GlobalID", buyer.siret, schemeID=SIRET_SCHEME)  # BT-46
    _value(party, "Name", buyer.name)  # BT-44
    if buyer.siren:
        _value(_group(party, "SpecifiedLegalOrganization"), "ID", buyer.siren, schemeID=SIREN_SCHEME)  # BT-47
    _contact(party, buyer.contact_name, "", "")  # BG-9
    _postal_address(party, buyer.address)
    _electronic_address(party, buyer.electronic_scheme, buyer.electronic_address)  # BT-49
    _vat_number(party, buyer.vat_number)  # BT-48


def _contact(party: Element, name: str, phone: str, email: str) -> None:
    if not name:
        return
    contact = _group(party, "DefinedTradeContact")
    _value(contact, "PersonName", name)
    if phone:
        _value(_group(contact, "TelephoneUniversalCommunication"), "CompleteNumber", phone)
    if email:
        _value(_group(contact, "EmailURIUniversalCommunication"), "URIID", email)


def _postal_address(party: Element, address: Address) -> None:
    group = _group(party, "PostalTradeAddress")
    _value(group, "PostcodeCode", address.postcode)
    _value(group, "LineOne", address.street)
    _value(group, "LineTwo", address.street_extra)
    _value(group, "CityName", address.city)
    _value(group, "CountryID", address.country)


def _electronic_address(party: Element, scheme: str, address: str) -> None:
    _value(_group(party, "URIUniversalCommunication"), "URIID", address, schemeID=scheme)


def _vat_number(party: Element, number: str) -> None:
    if number:
        _value(_group(party, "SpecifiedTaxRegistration"), "ID", number, schemeID=VAT_SCHEME)


def _delivery(transaction: Element, document: FrozenDocument) -> None:
    """BG-13: where and when the goods arrive or the work ends; the buyer's address when nothing else is known."""
    group = _group(transaction, "ApplicableHeaderTradeDelivery")
    delivery = document.delivery
    crosses_a_border = any(row.category in DELIVERED for row in document.vat_rows)
    if delivery is None and (crosses_a_border or not document.supplied_on):
        delivery = Delivery(label=document.buyer.name, address=document.buyer.address)
    if delivery:
        place = _group(group, "ShipToTradeParty")
        _value(place, "Name", delivery.label)  # BT-70
        _postal_address(place, delivery.address)  # BG-15
    if document.supplied_on:
        event = _group(group, "ActualDeliverySupplyChainEvent")
        _date(event, "OccurrenceDateTime", document.supplied_on)  # BT-72


def _settlement(transaction: Element, document: FrozenDocument) -> None:
    settlement = _group(transaction, "ApplicableHeaderTradeSettlement")
    if not document.is_credit_note:
        _value(settlement, "PaymentReference", document.number)  # BT-83
    _value(settlement, "InvoiceCurrencyCode", CURRENCY)  # BT-5
    if document.seller.iban and document.amount_due > 0 and not document.is_credit_note:
        _transfer(settlement, document.seller)
    for row in document.vat_rows:
        _vat_row(settlement, row, document.vat_due_code)
    for adjustment in document.adjustments:  # BG-20, BG-21
        tax = _group(_adjustment(settlement, adjustment), "CategoryTradeTax")
        _value(tax, "TypeCode", "VAT")
        _value(tax, "CategoryCode", adjustment.vat_category)
        _rate(tax, adjustment.vat_category, adjustment.vat_rate)
    terms = _group(settlement, "SpecifiedTradePaymentTerms")
    _value(terms, "Description", wording.payment_terms(document))  # BT-20
    _date(terms, "DueDateDateTime", document.due_on)  # BT-9
    _totals(settlement, document)
    for reference in _references(document):  # BG-3
        group = _group(settlement, "InvoiceReferencedDocument")
        _value(group, "IssuerAssignedID", reference.number)  # BT-25
        formatted = etree.SubElement(_group(group, "FormattedIssueDateTime"), f"{QDT}DateTimeString", format="102")
        formatted.text = f"{reference.issued_on:%Y%m%d}"  # BT-26


def _transfer(settlement: Element, seller: Seller) -> None:
    """BG-16, BG-17."""
    means = _group(settlement, "SpecifiedTradeSettlementPaymentMeans")
    _value(means, "TypeCode", SEPA_TRANSFER)  # BT-81
    account = _group(means, "PayeePartyCreditorFinancialAccount")
    _value(account, "IBANID", seller.iban)  # BT-84
    _value(account, "AccountName", seller.legal_name)  # BT-85
    if seller.bic:
        _value(_group(means, "PayeeSpecifiedCreditorFinancialInstitution"), "BICID", seller.bic)  # BT-86


def _vat_row(settlement: Element, row: VatRow, due_code: str) -> None:
    """BG-23."""
    tax = _group(settlement, "ApplicableTradeTax")
    is_explained = row.category in EXPLAINED
    _value(tax, "CalculatedAmount", _amount(row.vat))  # BT-117
    _value(tax, "TypeCode", "VAT")
    _value(tax, "ExemptionReason", row.reason if is_explained else "")  # BT-120
    _value(tax, "BasisAmount", _amount(row.net))  # BT-116
    _value(tax, "CategoryCode", row.category)  # BT-118
    _value(tax, "ExemptionReasonCode", row.vatex_code if is_explained else "")  # BT-121
    _value(tax, "DueDateTypeCode", due_code)  # BT-8
    _rate(tax, row.category, row.rate)  # BT-119


def _totals(settlement: Element, document: FrozenDocument) -> None:
    """BG-22."""
    totals = _group(settlement, "SpecifiedTradeSettlementHeaderMonetarySummation")
    charges = sum((entry.amount for entry in document.adjustments if entry.is_charge), ZERO)
    discounts = sum((entry.amount for entry in document.adjustments if not entry.is_charge), ZERO)
    _value(totals, "LineTotalAmount", _amount(document.net - charges + discounts))  # BT-106
    if charges:
        _value(totals, "ChargeTotalAmount", _amount(charges))  # BT-108
    if discounts:
        _value(totals, "AllowanceTotalAmount", _amount(discounts))  # BT-107
    _value(totals, "TaxBasisTotalAmount", _amount(document.net))  # BT-109
    _value(totals, "TaxTotalAmount", _amount(document.vat), currencyID=CURRENCY)  # BT-110
    _value(totals, "GrandTotalAmount", _amount(document.gross))  # BT-112
    if document.prepaid:
        _value(totals, "TotalPrepaidAmount", _amount(document.prepaid))  # BT-113
    _value(totals, "DuePayableAmount", _amount(document.amount_due))  # BT-115


def _references(document: FrozenDocument) -> Iterable[Reference]:
    """The corrected invoice, then those that this one follows; a corrective invoice names the first alone."""
    if document.corrects:
        yield Reference(number=document.corrects.number, issued_on=document.corrects.issued_on)
    if document.kind != CORRECTIVE:
        yield from document.follows


def _rate(tax: Element, category: str, rate: Decimal) -> None:
    if category != UNTAXED_SCOPE:
        _value(tax, "RateApplicablePercent", _amount(rate))


def _group(parent: Element, name: str) -> Element:
    return etree.SubElement(parent, RAM + name)


def _value(parent: Element, name: str, text: str, **attributes: str) -> None:
    """An element that holds a text; no text, no element, as the standard allows no empty one."""
    text = NOT_IN_XML.sub("", text)
    if text:
        etree.SubElement(parent, RAM + name, attributes).text = text


def _date(parent: Element, name: str, day: date) -> None:
    etree.SubElement(_group(parent, name), f"{UDT}DateTimeString", format="102").text = f"{day:%Y%m%d}"


def _amount(value: Decimal) -> str:
    return f"{value:z.2f}"


def _plain(value: Decimal) -> str:
    """A number without trailing zeros or exponent."""
    return f"{value.normalize():f}"
