"""The XML says what the document says, in the terms of EN 16931. That it is valid, the official validators say."""

from dataclasses import replace
from decimal import Decimal

import pytest
from lxml import etree

from invoicing.rendering.cii import NAMESPACES, render_cii
from invoicing.rendering.document import Adjustment, FrozenDocument
from tests.invoicing.rendering.kinds import BERLIN, CHARGE, DISCOUNT, KINDS, credited, taxed
from tests.invoicing.rendering.reading import xml_texts
from tests.invoicing.rendering.samples import (
    CONSUMER,
    CONSUMER_MENTIONS,
    LATE_PENALTY,
    NO_EARLY_DISCOUNT,
    RECOVERY_INDEMNITY,
    sample_document,
    sample_line,
    with_totals,
)

LINE = "//IncludedSupplyChainTradeLineItem"
SETTLEMENT = "//ApplicableHeaderTradeSettlement"
SUMS = "//SpecifiedTradeSettlementHeaderMonetarySummation"
NOTES = "//IncludedNote"


def sums(document: FrozenDocument) -> dict[str, str]:
    """The totals of the document's XML by name."""
    names = ("LineTotal", "ChargeTotal", "AllowanceTotal", "TaxBasisTotal", "TaxTotal", "GrandTotal", "TotalPrepaid")
    xml = render_cii(document)
    found = {name: xml_texts(xml, f"{SUMS}/{name}Amount") for name in (*names, "DuePayable")}
    return {name: text for name, (text,) in ((n, t) for n, t in found.items() if t)}


def notes(document: FrozenDocument) -> list[tuple[str, str]]:
    """Subject code and text of each note."""
    xml = render_cii(document)
    codes = xml_texts(xml, f"{NOTES}/SubjectCode")
    return list(zip(codes, xml_texts(xml, f"{NOTES}/Content"), strict=True))


def test_header_parties_and_references() -> None:
    """Who sells, who buys, when, under which references."""
    xml = render_cii(sample_document(lines=1))

    def one(path: str) -> str:
        (text,) = xml_texts(xml, path)
        return text

    assert one("//BusinessProcessSpecifiedDocumentContextParameter/ID") == "M1"
    assert one("//GuidelineSpecifiedDocumentContextParameter/ID") == "urn:cen.eu:en16931:2017"
    assert [one(f"//rsm:ExchangedDocument/{name}") for name in ("ID", "TypeCode", "IssueDateTime")] == [
        "F2026-00042",
        "380",
        "20261122",
    ]
    seller = "//SellerTradeParty"
    assert one(f"{seller}/Name") == "Les Ateliers Réunis"
    assert one(f"{seller}/GlobalID") == "83245761800011"
    assert one(f"{seller}/SpecifiedLegalOrganization/ID") == "832457618"
    assert one(f"{seller}/SpecifiedLegalOrganization/TradingBusinessName") == "Menuiserie des Trois Rivières"
    assert one(f"{seller}/SpecifiedTaxRegistration/ID") == "FR02832457618"
    assert one(f"{seller}/URIUniversalCommunication/URIID[@schemeID='0225']") == "832457618"
    assert one(f"{seller}/DefinedTradeContact/EmailURIUniversalCommunication/URIID") == "bonjour@trois-rivieres.example"
    buyer = "//BuyerTradeParty"
    assert one(f"{buyer}/Name") == "Société d’aménagement du Val de Loire"
    assert one(f"{buyer}/SpecifiedLegalOrganization/ID[@schemeID='0002']") == "552100554"
    assert one(f"{buyer}/DefinedTradeContact/PersonName") == "Claire Le Goff"
    assert one(f"{buyer}/PostalTradeAddress/CityName") == "Nantes"
    assert one("//BuyerOrderReferencedDocument/IssuerAssignedID") == "BC-2026-118"
    assert one("//ActualDeliverySupplyChainEvent/OccurrenceDateTime") == "20261118"
    assert one(f"{SETTLEMENT}/PaymentReference") == "F2026-00042"
    assert one("//PayeePartyCreditorFinancialAccount/IBANID") == "FR7630006000011234567890189"
    assert one("//SpecifiedTradePaymentTerms/Description") == "30 jours"
    assert one("//SpecifiedTradePaymentTerms/DueDateDateTime") == "20261222"


def test_a_line_keeps_its_figures() -> None:
    """Quantity to four decimals, price to six, both as short as they can be."""
    line = sample_line(1, quantity=Decimal("12.3450"), unit_price=Decimal("0.123456"), vat_rate=Decimal("5.5"))
    xml = render_cii(with_totals(replace(sample_document(lines=0), lines=(line,))))
    assert xml_texts(xml, f"{LINE}//BilledQuantity[@unitCode='MTK']") == ["12.345"]
    assert xml_texts(xml, f"{LINE}//ChargeAmount") == ["0.123456"]
    assert xml_texts(xml, f"{LINE}//LineTotalAmount") == ["1.52"]
    assert xml_texts(xml, f"{LINE}//RateApplicablePercent") == ["5.50"]
    assert xml_texts(xml, f"{LINE}//Name") == ["Fourniture de panneaux de chêne massif"]
    assert xml_texts(xml, f"{LINE}//Description") == ["Lamellé-collé 40 mm, qualité A/B"]


def test_a_negative_line_has_a_negative_quantity_and_a_price_above_zero() -> None:
    """Also under a discount, which is then negative as well."""
    line = sample_line(2, quantity=Decimal(-2), discount_percent=Decimal(10))
    xml = render_cii(with_totals(replace(sample_document(lines=1), lines=(sample_line(1), line))))
    assert xml_texts(xml, f"{LINE}//BilledQuantity") == ["12.5", "-2"]
    assert xml_texts(xml, f"{LINE}//ChargeAmount") == ["148.9", "1840"]
    assert xml_texts(xml, f"{LINE}//LineTotalAmount") == ["1861.25", "-3312.00"]
    assert xml_texts(xml, f"{LINE}//BasisAmount") == ["-3680.00"]
    assert xml_texts(xml, f"{LINE}//ActualAmount") == ["-368.00"]


def test_discounts_and_charges_of_a_line_lead_to_its_net() -> None:
    """Price of the quantity − discount in percent − fixed discount + charge, to the cent."""
    line = sample_line(1, discount_percent=Decimal("12.5"), adjustments=(DISCOUNT, CHARGE))
    xml = render_cii(with_totals(replace(sample_document(lines=0), lines=(line,))))
    assert xml_texts(xml, f"{LINE}//ChargeIndicator") == ["false", "false", "true"]
    assert xml_texts(xml, f"{LINE}//ActualAmount") == ["232.66", "50.00", "18.40"]
    assert xml_texts(xml, f"{LINE}//CalculationPercent") == ["12.50"]
    assert xml_texts(xml, f"{LINE}//Reason") == ["Remise", "Remise commerciale", "Frais de port"]
    assert xml_texts(xml, f"{LINE}//LineTotalAmount") == ["1596.99"]
    assert Decimal("1861.25") - Decimal("232.66") - 50 + Decimal("18.40") == Decimal("1596.99")


def test_discounts_and_charges_of_the_document_stand_between_the_lines_and_the_net() -> None:
    """Each with its VAT; the VAT is computed on what remains."""
    document = replace(sample_document(lines=1), adjustments=(taxed(DISCOUNT), taxed(CHARGE, "10")))
    document = with_totals(document)
    assert sums(document) == {
        "LineTotal": "1861.25",
        "ChargeTotal": "18.40",
        "AllowanceTotal": "50.00",
        "TaxBasisTotal": "1829.65",
        "TaxTotal": "364.09",
        "GrandTotal": "2193.74",
        "DuePayable": "2193.74",
    }
    xml = render_cii(document)
    assert xml_texts(xml, f"{SETTLEMENT}/SpecifiedTradeAllowanceCharge/ActualAmount") == ["50.00", "18.40"]
    rates = xml_texts(xml, f"{SETTLEMENT}/SpecifiedTradeAllowanceCharge/CategoryTradeTax/RateApplicablePercent")
    assert rates == ["20.00", "10.00"]
    assert xml_texts(xml, f"{SETTLEMENT}/ApplicableTradeTax/BasisAmount") == ["1811.25", "18.40"]


@pytest.mark.parametrize("kind", ["services", "discounts and charges on lines and document", "partly prepaid"])
def test_a_credit_note_has_the_amounts_of_its_invoice(kind: str) -> None:
    """Our credit notes are negative; type 381 means the minus sign, so every amount is the invoice's own."""
    invoice = KINDS[kind]()
    mirrored = render_cii(credited(invoice))
    assert xml_texts(mirrored, "//rsm:ExchangedDocument/TypeCode") == ["381"]
    assert sums(credited(invoice)) == sums(invoice)
    original = render_cii(invoice)
    for path in (f"{LINE}//BilledQuantity", f"{LINE}//ChargeAmount", "//ActualAmount", "//BasisAmount"):
        assert xml_texts(mirrored, path) == xml_texts(original, path)
    assert xml_texts(mirrored, "//InvoiceReferencedDocument/IssuerAssignedID") == ["F2026-00042"]
    assert xml_texts(mirrored, "//InvoiceReferencedDocument/FormattedIssueDateTime") == ["20261122"]
    assert xml_texts(mirrored, "//SpecifiedTradeSettlementPaymentMeans") == []


def test_the_three_notes_of_a_professional_stand_once_each() -> None:
    """Late penalties, recovery indemnity, early payment; the treatment; then what a person wrote."""
    document = replace(sample_document(lines=1), note="Merci\u00a0!")
    assert notes(document)[:3] == [("AAB", NO_EARLY_DISCOUNT), ("PMD", LATE_PENALTY), ("PMT", RECOVERY_INDEMNITY)]
    assert notes(document)[5:] == [
        ("BAR", "B2B"),
        ("AAI", "Aménagement de la salle de réunion, deuxième étage"),
        ("SUR", "Merci\u00a0!"),
    ]


def test_the_notes_of_a_consumer_say_that_they_do_not_apply() -> None:
    """The official rules want the three on every document."""
    document = sample_document(lines=1, buyer=CONSUMER, mentions=CONSUMER_MENTIONS[1:], subject="")
    assert [code for code, _ in notes(document)] == ["REG", "PMT", "PMD", "AAB", "BAR"]
    assert {text for code, text in notes(document) if code in {"PMT", "PMD", "AAB"}} == {
        "Sans objet\u00a0: le client est un consommateur."
    }


def test_the_reason_of_a_correction_is_a_note() -> None:
    """With the number and date of what it corrects, once."""
    document = KINDS["corrective"]()
    assert ("AAI", "Adresse de facturation erronée.") in notes(document)
    xml = render_cii(replace(document, follows=KINDS["progress"]().follows))
    assert xml_texts(xml, "//InvoiceReferencedDocument/IssuerAssignedID") == ["F2026-00009"]


def test_a_final_invoice_deducts_what_was_paid_and_names_the_deposit() -> None:
    """BT-113 and BT-115; the frame 4 is that of a final invoice after a deposit."""
    document = KINDS["final, deposit prepaid"]()
    assert sums(document)["TotalPrepaid"] == "1080.00"
    assert Decimal(sums(document)["DuePayable"]) == document.gross - 1080
    assert xml_texts(render_cii(document), "//InvoiceReferencedDocument/IssuerAssignedID") == ["F2026-00007"]


def test_a_retention_is_told_in_the_terms() -> None:
    """How much is kept back and until when; the amount due stays whole."""
    document = KINDS["retention"]()
    assert document.retention is not None
    assert xml_texts(render_cii(document), "//SpecifiedTradePaymentTerms/Description") == [
        "30 jours. Retenue de garantie de 5\u00a0%\u00a0: 286,41\u00a0€, exigible le 22/11/2027"
    ]
    assert sums(document)["DuePayable"] == sums(document)["GrandTotal"] == f"{document.gross}"


@pytest.mark.parametrize(
    ("kind", "category", "code"),
    [
        ("exempt training", "E", "VATEX-FR-CGI261-4"),
        ("construction, reverse charge", "AE", "VATEX-FR-AE"),
        ("goods within the Union", "K", "VATEX-EU-IC"),
        ("export", "G", "VATEX-EU-G"),
        ("out of scope", "O", "VATEX-EU-O"),
    ],
)
def test_a_row_without_vat_says_why(kind: str, category: str, code: str) -> None:
    """Category, code and text; nothing of the kind on a taxed row."""
    xml = render_cii(KINDS[kind]())
    row = f"{SETTLEMENT}/ApplicableTradeTax"
    assert xml_texts(xml, f"{row}/CategoryCode") == [category]
    assert xml_texts(xml, f"{row}/ExemptionReasonCode") == [code]
    assert xml_texts(xml, f"{row}/ExemptionReason") == [KINDS[kind]().vat_rows[0].reason]
    assert xml_texts(xml, f"{row}/RateApplicablePercent") == ([] if category == "O" else ["0.00"])
    assert xml_texts(render_cii(sample_document(lines=1)), f"{row}/ExemptionReason") == []


def test_out_of_scope_shows_no_vat_number() -> None:
    """EN 16931 allows none beside category O."""
    document = replace(KINDS["out of scope"](), buyer=BERLIN)
    assert xml_texts(render_cii(document), "//SpecifiedTaxRegistration/ID") == []


def test_goods_for_another_country_say_where_they_arrive() -> None:
    """The delivery address, else the buyer's."""
    path = "//ShipToTradeParty/PostalTradeAddress/CountryID"
    assert xml_texts(render_cii(KINDS["goods within the Union"]()), path) == ["DE"]
    assert xml_texts(render_cii(KINDS["goods within the Union, delivered elsewhere"]()), path) == ["AT"]
    assert xml_texts(render_cii(KINDS["export"]()), path) == ["CH"]
    assert xml_texts(render_cii(KINDS["services"]()), path) == []


def test_a_public_body_finds_its_references() -> None:
    """Service code (BT-10), engagement (BT-13), SIRET."""
    xml = render_cii(KINDS["public body"]())
    assert xml_texts(xml, "//BuyerReference") == ["BATIMENTS-2026"]
    assert xml_texts(xml, "//BuyerOrderReferencedDocument/IssuerAssignedID") == ["ENG-2026-00871"]
    assert xml_texts(xml, "//BuyerTradeParty/GlobalID[@schemeID='0009']") == ["21440043400017"]


@pytest.mark.parametrize(("kind", "code"), [("services", "72"), ("services, débits", "5"), ("goods", "29")])
def test_the_day_on_which_the_vat_is_due_is_coded(kind: str, code: str) -> None:
    """BT-8: on payment, on invoicing, on delivery."""
    assert xml_texts(render_cii(KINDS[kind]()), f"{SETTLEMENT}/ApplicableTradeTax/DueDateTypeCode") == [code]


def test_a_zero_has_no_sign() -> None:
    """A copy written when zero could have one: the validators take « -0.00 » for a tax."""
    document = KINDS["export"]()
    rows = tuple(replace(row, vat=Decimal("-0.00")) for row in document.vat_rows)
    xml = render_cii(replace(document, vat_rows=rows))
    assert xml_texts(xml, f"{SETTLEMENT}/ApplicableTradeTax/CalculatedAmount") == ["0.00"]


def test_what_no_xml_can_carry_is_left_out() -> None:
    """Controls and surrogates; markup is text."""
    line = sample_line(1, label="<b>\x00Gras\x0b\ud800</b> & 😀", adjustments=(Adjustment(False, "a\x1b", Decimal(1)),))
    xml = render_cii(with_totals(replace(sample_document(lines=0), lines=(line,))))
    assert xml_texts(xml, f"{LINE}//Name") == ["<b>Gras</b> & 😀"]
    assert xml_texts(xml, f"{LINE}//Reason") == ["a"]


@pytest.mark.parametrize("kind", KINDS)
def test_no_element_is_empty(kind: str) -> None:
    """Each has a text or children."""
    root = etree.fromstring(render_cii(KINDS[kind]()))
    assert [node.tag for node in root.iter() if not len(node) and not (node.text or "").strip()] == []
    assert root.nsmap == NAMESPACES


def test_the_same_document_gives_the_same_bytes() -> None:
    """In UTF-8, with its declaration."""
    first = render_cii(sample_document(lines=3))
    assert first == render_cii(sample_document(lines=3))
    assert first.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<rsm:CrossIndustryInvoice ")
