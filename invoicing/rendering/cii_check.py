"""What our own rules see in the XML of an electronic invoice: why a platform would refuse it, in French.

They ask what EN 16931 and the French rules ask of documents like ours, and what no official rule asks but a platform
needs. The official validators run in the tests; these run wherever the software runs.
"""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from functools import cache
from itertools import chain
from pathlib import Path

from lxml import etree
from stdnum import luhn

from cae_backoffice.core.money import ZERO, format_euros, round_cents
from invoicing.rendering.cii import GUIDELINE, NAMESPACES, PROFESSIONAL_NOTES, render_cii
from invoicing.rendering.document import CORRECTIVE, CREDIT_NOTE, DEPOSIT, INVOICE, FrozenDocument
from invoicing.rendering.reform import ABROAD, ALREADY_PAID, CONSUMER, DIRECTORY, DOMESTIC, OUT_OF_SCOPE
from invoicing.rendering.wording import percent

VAT_TOLERANCE = Decimal("0.05")  # the parts of an order complete one another to the cent; BR-CO-17 tolerates one euro
UNNUMBERED = "0"  # stands in for the number of a document that is not issued yet
CODES = Path(__file__).parent / "data" / "codes.toml"
NUMBER = re.compile(r"[A-Za-z0-9+_/-]{1,35}")
SIREN = re.compile(r"[0-9]{9}")
DAY = re.compile(r"20\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
FRAME = re.compile(r"[BSM][124]")
DIRECTORY_ADDRESS = re.compile(r"[A-Za-z0-9_.-]{1,125}")
AMOUNT = re.compile(r"-?\d{1,17}(\.\d{1,2})?")
QUANTITY = re.compile(r"-?\d{1,15}(\.\d{1,4})?")
PRICE = re.compile(r"\d{1,13}(\.\d{1,6})?")
KINDS = {INVOICE, CREDIT_NOTE, CORRECTIVE, DEPOSIT}
TREATMENTS = {DOMESTIC, CONSUMER, ABROAD, OUT_OF_SCOPE, "ARCHIVEONLY"}
EXEMPT = {"E", "AE", "K", "G", "O"}
CATEGORIES = EXEMPT | {"S", "Z"}
NOTES_IN_FRENCH = {
    "PMT": "l’indemnité de recouvrement",
    "PMD": "les pénalités de retard",
    "AAB": "l’escompte",
}

HEADER = "rsm:ExchangedDocument"
TRANSACTION = "rsm:SupplyChainTradeTransaction"
LINE = f"{TRANSACTION}/ram:IncludedSupplyChainTradeLineItem"
AGREEMENT = f"{TRANSACTION}/ram:ApplicableHeaderTradeAgreement"
DELIVERY = f"{TRANSACTION}/ram:ApplicableHeaderTradeDelivery"
SETTLEMENT = f"{TRANSACTION}/ram:ApplicableHeaderTradeSettlement"
SUMS = f"{SETTLEMENT}/ram:SpecifiedTradeSettlementHeaderMonetarySummation"
PARTIES = {"vendeur": f"{AGREEMENT}/ram:SellerTradeParty", "client": f"{AGREEMENT}/ram:BuyerTradeParty"}
PLACES = {
    "du vendeur": f"{PARTIES['vendeur']}/ram:PostalTradeAddress",
    "du client": f"{PARTIES['client']}/ram:PostalTradeAddress",
    "de livraison": f"{DELIVERY}/ram:ShipToTradeParty/ram:PostalTradeAddress",
}


class _Invoice:
    """The XML, read by path."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root

    def text(self, path: str) -> str:
        """The first text there; empty when there is none."""
        return next(iter(self.texts(path)), "")

    def texts(self, path: str) -> list[str]:
        """Every text there, without the spaces around."""
        return ["".join(node.itertext()).strip() for node in self.root.xpath(path, namespaces=NAMESPACES)]

    def parts(self, path: str) -> list["_Invoice"]:
        """Each element there."""
        return [_Invoice(node) for node in self.root.xpath(path, namespaces=NAMESPACES)]

    def amount(self, path: str) -> Decimal:
        """The amount there; zero when there is none or it is not one."""
        return _decimal(self.text(path))

    @property
    def treatment(self) -> str:
        """The BAR note."""
        return self.text(f"{HEADER}/ram:IncludedNote[ram:SubjectCode='BAR']/ram:Content")


def document_problems(document: FrozenDocument) -> list[str]:
    """What a platform would say of this document, numbered or not yet."""
    return problems(render_cii(replace(document, number=document.number or UNNUMBERED)))


def problems(xml: bytes) -> list[str]:
    """Every reason, in French sentences; empty when the invoice may go."""
    try:
        root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        return [f"Ce n’est pas du XML lisible\u00a0: {error.msg}."]
    if root.tag != f"{{{NAMESPACES['rsm']}}}CrossIndustryInvoice":
        return ["Ce n’est pas une facture au format CII."]
    invoice = _Invoice(root)
    return list(dict.fromkeys(chain.from_iterable(rule(invoice) for rule in RULES)))


def _identity(invoice: _Invoice) -> Iterator[str]:
    if invoice.text("//ram:GuidelineSpecifiedDocumentContextParameter/ram:ID") != GUIDELINE:
        yield "Le profil n’est pas EN 16931 (BT-24)."
    if not NUMBER.fullmatch(invoice.text(f"{HEADER}/ram:ID")):
        yield "Le numéro a plus de 35 caractères, ou un caractère interdit (BT-1)."
    if invoice.text(f"{HEADER}/ram:TypeCode") not in KINDS:
        yield "Le type de document n’est ni 380, ni 381, ni 384, ni 386 (BT-3)."
    frame = invoice.text("//ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID")
    if not FRAME.fullmatch(frame):
        yield "Le cadre de facturation manque ou n’existe pas (BT-23)."
    if frame.endswith(ALREADY_PAID) and invoice.amount(f"{SUMS}/ram:DuePayableAmount"):
        yield "Une facture déjà payée n’a plus rien à payer (BT-23)."


def _notes(invoice: _Invoice) -> Iterator[str]:
    codes = invoice.texts(f"{HEADER}/ram:IncludedNote/ram:SubjectCode")
    for code in PROFESSIONAL_NOTES:
        if codes.count(code) != 1:
            yield f"La mention sur {NOTES_IN_FRENCH[code]} doit figurer une fois, et une seule (note {code})."
    if codes.count("BAR") != 1 or invoice.treatment not in TREATMENTS:
        yield "Le traitement (note BAR) manque ou n’existe pas."


def _parties(invoice: _Invoice) -> Iterator[str]:
    identifier = "ram:SpecifiedLegalOrganization/ram:ID[@schemeID='0002']"
    for name, path in PARTIES.items():
        siren = invoice.text(f"{path}/{identifier}")
        is_required = name == "vendeur" or invoice.treatment == DOMESTIC
        if not siren and is_required:
            yield f"Le SIREN du {name} manque."
        if siren and not (SIREN.fullmatch(siren) and luhn.is_valid(siren)):
            yield f"Le SIREN du {name} n’existe pas."
        siret = invoice.text(f"{path}/ram:GlobalID[@schemeID='0009']")
        if siret and not (len(siret) == 14 and siret.isdigit() and siret.startswith(siren)):  # noqa: PLR2004
            yield f"Le SIRET du {name} n’a pas quatorze chiffres, ou ne commence pas par son SIREN."
        if not invoice.text(f"{path}/ram:Name"):
            yield f"Le nom du {name} manque."
        yield from _address_problems(invoice, name, f"{path}/ram:URIUniversalCommunication/ram:URIID", siren)
    countries = {invoice.text(f"{path}/ram:CountryID"): place for place, path in reversed(PLACES.items())}
    for country, place in countries.items():
        if country and country not in _codes("countries"):
            yield f"Le pays de l’adresse {place} n’existe pas."


def _address_problems(invoice: _Invoice, name: str, path: str, siren: str) -> Iterator[str]:
    """BT-34 and BT-49."""
    address = invoice.text(path)
    is_in_directory = bool(invoice.texts(f"{path}[@schemeID='{DIRECTORY}']"))
    if not address:
        yield f"L’adresse de facturation électronique du {name} manque."
    elif is_in_directory and not DIRECTORY_ADDRESS.fullmatch(address):
        yield f"L’adresse de facturation électronique du {name} contient un caractère interdit."
    elif invoice.treatment == DOMESTIC and not (is_in_directory and address.startswith(siren)):
        yield f"L’adresse de facturation électronique du {name} ne commence pas par son SIREN."


def _dates(invoice: _Invoice) -> Iterator[str]:
    issued = invoice.text(f"{HEADER}/ram:IssueDateTime")
    due = invoice.text(f"{SETTLEMENT}/ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime")
    terms = invoice.text(f"{SETTLEMENT}/ram:SpecifiedTradePaymentTerms/ram:Description")
    if not all(DAY.fullmatch(day) for day in (issued, due or issued)):
        yield "Une date n’existe pas."
    if not due and not terms:
        yield "L’échéance ou les conditions de règlement manquent (BT-9, BT-20)."
    is_free = invoice.text(f"{HEADER}/ram:TypeCode") == DEPOSIT or invoice.text(
        "//ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"
    ).endswith(ALREADY_PAID)
    if due and due < issued and not is_free:
        yield "L’échéance précède la date d’émission."


def _references(invoice: _Invoice) -> Iterator[str]:
    kind = invoice.text(f"{HEADER}/ram:TypeCode")
    references = invoice.parts(f"{SETTLEMENT}/ram:InvoiceReferencedDocument")
    whole = [r for r in references if r.text("ram:IssuerAssignedID") and r.text("ram:FormattedIssueDateTime")]
    if kind == CREDIT_NOTE and not whole:
        yield "Un avoir indique le numéro et la date de la facture qu’il corrige."
    if kind == CORRECTIVE and len(whole) != 1:
        yield "Une facture rectificative indique le numéro et la date d’une facture, et d’une seule."


def _lines(invoice: _Invoice) -> Iterator[str]:
    lines = invoice.parts(LINE)
    if not lines:
        yield "La facture n’a pas de ligne."
    for line in lines:
        rank = line.text("ram:AssociatedDocumentLineDocument/ram:LineID")
        checks = {
            "la désignation manque": bool(line.text("ram:SpecifiedTradeProduct/ram:Name")),
            "la quantité a au plus 4 décimales": QUANTITY.fullmatch(line.text(".//ram:BilledQuantity")),
            "le prix est positif et a au plus 6 décimales": PRICE.fullmatch(
                line.text(".//ram:NetPriceProductTradePrice/ram:ChargeAmount")
            ),
            "le montant n’est pas celui de la quantité, du prix et des remises": _line_sum(line)
            == line.amount(".//ram:LineTotalAmount"),
        }
        yield from (f"Ligne\u00a0{rank}\u00a0: {sentence}." for sentence, is_right in checks.items() if not is_right)


def _line_sum(line: _Invoice) -> Decimal:
    price = line.amount(".//ram:NetPriceProductTradePrice/ram:ChargeAmount")
    adjustments = line.parts("ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeAllowanceCharge")
    return round_cents(line.amount(".//ram:BilledQuantity") * price) + sum(map(_effect, adjustments), ZERO)


def _effect(adjustment: _Invoice) -> Decimal:
    amount = adjustment.amount("ram:ActualAmount")
    return amount if adjustment.text("ram:ChargeIndicator") == "true" else -amount


def _vat(invoice: _Invoice) -> Iterator[str]:
    rows = invoice.parts(f"{SETTLEMENT}/ram:ApplicableTradeTax")
    categories = {row.text("ram:CategoryCode") for row in rows}
    if not categories <= CATEGORIES:
        yield "Une catégorie de TVA n’existe pas."
    if "O" in categories and len(categories) > 1:
        yield "Une opération hors du champ de la TVA ne se mélange pas à d’autres\u00a0: faites deux factures."
        return
    numbers = {name: invoice.text(f"{path}/ram:SpecifiedTaxRegistration/ram:ID") for name, path in PARTIES.items()}
    if categories - {"O"} and not numbers["vendeur"]:
        yield "Le n° de TVA du vendeur manque."
    identified = numbers["client"] or invoice.text(f"{PARTIES['client']}/ram:SpecifiedLegalOrganization/ram:ID")
    if ("K" in categories and not numbers["client"]) or ("AE" in categories and not identified):
        yield "Le n° de TVA du client manque."
    if "K" in categories and not invoice.text(f"{DELIVERY}/ram:ActualDeliverySupplyChainEvent"):
        yield "Une livraison intracommunautaire indique sa date de livraison."
    if "K" in categories and not invoice.text(f"{PLACES['de livraison']}/ram:CountryID"):
        yield "Une livraison intracommunautaire indique le pays d’arrivée."
    for row in rows:
        yield from _vat_row(row)


def _vat_row(row: _Invoice) -> Iterator[str]:
    category, rate = row.text("ram:CategoryCode"), row.amount("ram:RateApplicablePercent")
    if not any(rate == Decimal(known) for known in _codes("rates")):
        yield f"Le taux de TVA {percent(rate)} n’est pas un taux français."
    code = row.text("ram:ExemptionReasonCode")
    if category in EXEMPT and code not in _codes("exemptions"):
        yield f"Le code VATEX «\u00a0{code}\u00a0» n’existe pas." if code else "Le code VATEX d’une exonération manque."
    if category in EXEMPT and not row.text("ram:ExemptionReason"):
        yield "Le motif de la facturation sans TVA manque."
    expected = round_cents(row.amount("ram:BasisAmount") * rate / 100)
    if abs(row.amount("ram:CalculatedAmount") - expected) > VAT_TOLERANCE:
        yield f"La TVA à {percent(rate)} devrait être de {format_euros(expected)}."


def _totals(invoice: _Invoice) -> Iterator[str]:
    amounts = [text for name in ("LineTotal", "TaxBasisTotal", "TaxTotal", "GrandTotal", "DuePayable")
               for text in invoice.texts(f"{SUMS}/ram:{name}Amount")]  # fmt: skip
    if not all(AMOUNT.fullmatch(text) for text in amounts):
        yield "Un montant a plus de deux décimales."
    rows = invoice.parts(f"{SETTLEMENT}/ram:ApplicableTradeTax")
    adjustments = invoice.parts(f"{SETTLEMENT}/ram:SpecifiedTradeAllowanceCharge")
    lines = sum((line.amount(".//ram:LineTotalAmount") for line in invoice.parts(LINE)), ZERO)
    net = lines + sum(map(_effect, adjustments), ZERO)
    vat = sum((row.amount("ram:CalculatedAmount") for row in rows), ZERO)
    expected = {
        "LineTotal": ("Le total des lignes", lines),
        "TaxBasisTotal": ("Le total HT", net),
        "TaxTotal": ("Le total de TVA", vat),
        "GrandTotal": ("Le total TTC", net + vat),
        "DuePayable": ("Le net à payer", net + vat - invoice.amount(f"{SUMS}/ram:TotalPrepaidAmount")),
    }
    for name, (title, amount) in expected.items():
        if invoice.amount(f"{SUMS}/ram:{name}Amount") != amount:
            yield f"{title} devrait être de {format_euros(amount)}."
    if sum((row.amount("ram:BasisAmount") for row in rows), ZERO) != net:
        yield "Les bases de TVA ne font pas le total HT."


RULES: tuple[Callable[[_Invoice], Iterator[str]], ...] = (
    _identity, _notes, _parties, _dates, _references, _lines, _vat, _totals
)  # fmt: skip


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return ZERO
    return value if value.is_finite() else ZERO


@cache
def _codes(name: str) -> frozenset[str]:
    return frozenset(tomllib.loads(CODES.read_text(encoding="utf-8"))[name].split())
