"""Messages about invoices and invoices of others, as XML: written, and read without trust.

A status travels as a UN/CEFACT Cross Domain Acknowledgement and Response (CDAR), as XP Z12-012 has it. The elements are
those that the norm's examples show *(check against its schema, which is not public)*.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from lxml import etree

GUIDELINE = "urn.cpro.gouv.fr:1p0:CDV:invoice"
NAMESPACES = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossDomainAcknowledgementAndResponse:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
}
RSM, RAM, QDT, UDT = (f"{{{uri}}}" for uri in NAMESPACES.values())
TREATMENT = "23"  # type of message: what buyer and seller say of an invoice
COLLECTED_AMOUNT = "MEN"  # montant encaissé
MOST_BYTES = 20 * 1024 * 1024


class UnreadableError(Exception):
    """A file that is not what it should be; the message is a French sentence."""


@dataclass(frozen=True)
class StatusMessage:
    """A status of one invoice; `amounts` are rates and amounts incl. VAT, of « Encaissée » only."""

    number: str
    kind: str
    issued_on: date
    seller_siren: str
    code: str
    label: str
    happened_on: date
    reason: str = ""
    comment: str = ""
    amounts: tuple[tuple[Decimal, Decimal], ...] = ()


@dataclass(frozen=True)
class StatusRead:
    """What a status message that came in says."""

    number: str
    code: str
    reason: str
    comment: str
    happened_on: date


@dataclass(frozen=True)
class InvoiceRead:
    """What the XML of a supplier's invoice says, as far as one needs it to file it."""

    number: str
    issued_on: date
    seller_name: str
    seller_siren: str
    address: str
    gross: Decimal


def write_status(message: StatusMessage) -> bytes:
    """The XML of a status; the same status gives the same bytes."""
    root = etree.Element(f"{RSM}CrossDomainAcknowledgementAndResponse", nsmap=NAMESPACES)
    context = etree.SubElement(root, f"{RSM}ExchangedDocumentContext")
    _text(etree.SubElement(context, f"{RAM}GuidelineSpecifiedDocumentContextParameter"), "ID", GUIDELINE)
    answer = etree.SubElement(root, f"{RSM}AcknowledgementDocument")
    _text(answer, "TypeCode", TREATMENT)
    _day(answer, "IssueDateTime", UDT, message.happened_on)
    about = etree.SubElement(answer, f"{RAM}ReferenceReferencedDocument")
    _text(about, "IssuerAssignedID", message.number)
    _text(about, "TypeCode", message.kind)
    _day(about, "FormattedIssueDateTime", QDT, message.issued_on)
    _text(about, "ProcessConditionCode", message.code)
    _text(about, "ProcessCondition", message.label)
    _text(etree.SubElement(about, f"{RAM}IssuerTradeParty"), "GlobalID", message.seller_siren).set("schemeID", "0002")
    _detail(about, message)
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return content


def _detail(about: etree._Element, message: StatusMessage) -> None:
    if not (message.reason or message.comment or message.amounts):
        return
    status = etree.SubElement(about, f"{RAM}SpecifiedDocumentStatus")
    if message.reason:
        _text(status, "ReasonCode", message.reason)
    if message.comment:
        _text(status, "Reason", message.comment)
    for rate, amount in message.amounts:
        characteristic = etree.SubElement(status, f"{RAM}SpecifiedDocumentCharacteristic")
        _text(characteristic, "TypeCode", COLLECTED_AMOUNT)
        _text(characteristic, "ValueAmount", f"{amount:.2f}").set("currencyID", "EUR")
        _text(characteristic, "ValuePercent", f"{rate:.2f}")


def _text(parent: etree._Element, name: str, value: str) -> etree._Element:
    element = etree.SubElement(parent, f"{RAM}{name}")
    element.text = value
    return element


def _day(parent: etree._Element, name: str, space: str, day: date) -> None:
    element = etree.SubElement(etree.SubElement(parent, f"{RAM}{name}"), f"{space}DateTimeString")
    element.set("format", "102")
    element.text = f"{day:%Y%m%d}"


def parse(content: bytes) -> etree._Element:
    """The root of an XML from outside: no entity, no document type, no network, no endless file."""
    if len(content) > MOST_BYTES:
        raise UnreadableError(f"Ce fichier dépasse {MOST_BYTES // 1024 // 1024} Mo.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableError(f"Ce fichier n’est pas un XML lisible\u00a0: {str(error)[:200]}") from error
    if root.getroottree().docinfo.doctype:
        raise UnreadableError("Ce fichier contient une déclaration de type de document\u00a0: il est refusé.")
    return root


def read_statuses(content: bytes) -> list[StatusRead]:
    """The statuses of a message; UnreadableError when it holds none."""
    root = parse(content)
    found = [_status_of(about, root) for about in root.iter(f"{RAM}ReferenceReferencedDocument")]
    if not found:
        raise UnreadableError("Ce message ne parle d’aucune facture.")
    return found


def _status_of(about: etree._Element, root: etree._Element) -> StatusRead:
    detail = f"{RAM}SpecifiedDocumentStatus"
    days = [*about.iterfind(f"{detail}/{RAM}ReferenceDateTime/*"), *root.iter(f"{UDT}DateTimeString")]
    return StatusRead(
        number=_found(about, [f"{RAM}IssuerAssignedID"]),
        code=_found(about, [f"{RAM}ProcessConditionCode", f"{detail}/{RAM}ProcessConditionCode"]),
        reason=about.findtext(f"{detail}/{RAM}ReasonCode", "").strip(),
        comment=" ".join(about.findtext(f"{detail}/{RAM}Reason", "").split()),
        happened_on=_read_day(days[0].text if days else None),
    )


def read_invoice(content: bytes) -> InvoiceRead:
    """What an invoice in CII says; UnreadableError when it is none."""
    root = parse(content)
    agreement = f".//{RAM}ApplicableHeaderTradeAgreement"
    seller, buyer = f"{agreement}/{RAM}SellerTradeParty", f"{agreement}/{RAM}BuyerTradeParty"
    siren = root.findtext(f"{seller}/{RAM}SpecifiedLegalOrganization/{RAM}ID", "").strip()
    total = root.findtext(f".//{RAM}SpecifiedTradeSettlementHeaderMonetarySummation/{RAM}GrandTotalAmount", "")
    try:
        gross = Decimal(total.strip())
    except InvalidOperation as error:
        raise UnreadableError("Le total de cette facture est illisible.") from error
    day = root.find(f"{{*}}ExchangedDocument/{RAM}IssueDateTime/{UDT}DateTimeString")
    return InvoiceRead(
        number=_found(root, [f"{{*}}ExchangedDocument/{RAM}ID"]),
        issued_on=_read_day(day.text if day is not None else None),
        seller_name=" ".join(_found(root, [f"{seller}/{RAM}Name"]).split()),
        seller_siren=siren if siren.isdigit() and len(siren) == len("123456789") else "",
        address=root.findtext(f"{buyer}/{RAM}URIUniversalCommunication/{RAM}URIID", "").strip(),
        gross=gross,
    )


def _found(element: etree._Element, paths: Sequence[str]) -> str:
    for path in paths:
        text = (element.findtext(path) or "").strip()
        if text:
            return text
    raise UnreadableError(f"Il manque l’élément {paths[0].rpartition('}')[2]}.")


def _read_day(text: str | None) -> date:
    try:
        return datetime.strptime((text or "").strip()[:8], "%Y%m%d").date()  # noqa: DTZ007  a day has no zone
    except ValueError as error:
        raise UnreadableError("Une date de ce fichier est illisible.") from error
