"""The table of mandatory mentions: what the frozen document carries, by customer and by seller (docs/legal.md)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from invoicing.customers.enums import CustomerKind
from invoicing.invoices.rules import due_date, missing_mentions, supply_category
from invoicing.mentions.rules import fill
from invoicing.pricing.enums import PaymentTerms, SupplyNature, Unit
from invoicing.rendering.document import Address, FrozenDocument, VatRow, from_json
from members.activities.enums import Sector
from tests.invoicing.factories import (
    DAY,
    make_customer,
    make_delivery_address,
    make_insurance,
    make_issued,
    make_line,
    make_selling_activity,
    vat,
)
from tests.members.factories import make_cooperative

pytestmark = pytest.mark.django_db

PENALTY = (
    "Pénalités de retard\u00a0: taux directeur (taux de refinancement) de la BCE majoré de 10 points, "
    "exigibles sans rappel le lendemain de l’échéance."
)
PUBLIC_PENALTY = (
    "Intérêts moratoires en cas de retard de paiement\u00a0: taux directeur (taux de refinancement) de la BCE "
    "majoré de 8 points."
)
INDEMNITY = "Indemnité forfaitaire pour frais de recouvrement en cas de retard de paiement\u00a0: 40\u00a0€."
NO_DISCOUNT = "Escompte pour paiement anticipé\u00a0: néant."
DEBITS = "Option pour le paiement de la taxe d’après les débits."
MEDIATOR = (
    "En cas de litige, le client peut recourir gratuitement au médiateur de la consommation\u00a0: "
    "Médiation de l’Ouest, 3 quai de la Fosse, 44000 Nantes, https://mediation.example.org"
)


def issued_document(
    kind: CustomerKind = CustomerKind.PROFESSIONAL,
    *,
    customer: dict[str, Any] | None = None,
    activity: dict[str, Any] | None = None,
    **content: Any,  # noqa: ANN401
) -> FrozenDocument:
    """What is frozen of an invoice to a customer of this kind."""
    selling = make_selling_activity(**(activity or {}))
    if selling.sector == Sector.CONSTRUCTION:
        make_insurance(selling)
    buyer = make_customer(selling, kind, **(customer or {}))
    return from_json(make_issued(selling, customer=buyer, **content).snapshot.content)


def test_a_professional_reads_every_mention() -> None:
    """CGI ann. II 242 nonies A; C. com. L441-9, R123-237, R123-238."""
    document = issued_document(
        customer={"name": "Menuiserie Rose", "siren": "303265045", "vat_number": "FR40303265045"},
        purchase_order="BC-77",
        supplied_on=date(2026, 10, 30),
        payment_terms=PaymentTerms.DAYS_60,
        lines=[
            make_line("Étude", "2", "350", discount_percent=Decimal(5), unit=Unit.DAY),
            make_line("Livre", "3", "12.5", "FR5.5", nature=SupplyNature.GOODS),
        ],
    )
    seller, buyer = document.seller, document.buyer
    assert (seller.legal_name, seller.legal_form, seller.capital) == (
        "Les Ateliers réunis",
        "SCOP SARL à capital variable",
        Decimal("48750.00"),
    )
    assert (seller.siren, seller.siret, seller.rcs_city, seller.vat_number) == (
        "912345675",
        "91234567500017",
        "Nantes",
        "FR65912345675",
    )
    assert seller.address == Address("12 rue des Ateliers", "", "44000", "Nantes", "FR")
    assert (buyer.kind, buyer.name, buyer.siren, buyer.vat_number) == (
        "PROFESSIONAL",
        "Menuiserie Rose",
        "303265045",
        "FR40303265045",
    )
    assert buyer.address == Address("8 rue des Lilas", "", "35000", "Rennes", "FR")
    assert (document.number, document.issued_on, document.due_on) == ("F2026-00001", DAY, date(2027, 1, 1))
    assert (document.supplied_on, document.purchase_order) == (date(2026, 10, 30), "BC-77")
    assert document.supply_category == "Livraison de biens et prestation de services"
    study, book = document.lines
    assert (study.label, study.quantity, study.unit_label, study.unit_price, study.discount_percent) == (
        "Étude",
        Decimal(2),
        "jour",
        Decimal(350),
        Decimal(5),
    )
    assert (study.net, study.vat_rate, book.net, book.vat_rate) == (
        Decimal("665.00"),
        Decimal(20),
        Decimal("37.50"),
        Decimal("5.5"),
    )
    assert [(row.rate, row.net, row.vat) for row in document.vat_rows] == [
        (Decimal(20), Decimal("665.00"), Decimal("133.00")),
        (Decimal("5.5"), Decimal("37.50"), Decimal("2.06")),
    ]
    assert (document.net, document.vat, document.gross) == (Decimal("702.50"), Decimal("135.06"), Decimal("837.56"))
    assert document.payment_terms_label == "60 jours"
    assert document.mentions == (PENALTY, INDEMNITY, NO_DISCOUNT)


def test_the_frozen_copy_says_how_it_goes_to_the_platform() -> None:
    """Frame, treatment, addresses, the code of each mention, and when the VAT is due."""
    document = issued_document(customer={"siren": "303265045"})
    assert (document.frame, document.treatment, document.vat_due_code) == ("S1", "B2B", "72")
    assert document.mention_codes == ("PMD", "PMT", "AAB")
    assert document.seller.electronic_address == "912345675"
    assert (document.buyer.electronic_scheme, document.buyer.electronic_address) == ("0225", "303265045")
    consumer = issued_document(CustomerKind.CONSUMER, lines=[make_line(nature=SupplyNature.GOODS)])
    assert (consumer.frame, consumer.treatment, consumer.vat_due_code) == ("B1", "B2C", "29")
    assert consumer.mention_codes == ("",)


def test_the_day_of_the_vat_is_coded_when_it_is_one() -> None:
    """CGI 269: services on invoicing under the option; goods and services together have two days."""
    make_cooperative(vat_on_debits=True)
    assert issued_document().vat_due_code == "5"
    assert issued_document(lines=[make_line(), make_line(nature=SupplyNature.GOODS)]).vat_due_code == ""


def test_a_consumer_reads_the_mediator_instead() -> None:
    """C. conso. L616-1 and R616-1; neither penalty nor indemnity."""
    document = issued_document(CustomerKind.CONSUMER)
    assert (document.buyer.kind, document.buyer.name, document.buyer.siren) == ("CONSUMER", "Élodie Bernard", "")
    assert document.mentions == (MEDIATOR,)


def test_a_public_body_reads_its_own_penalty() -> None:
    """CCP R2192-31 and D2192-35; SIRET, service code and engagement for Chorus Pro."""
    document = issued_document(
        CustomerKind.PUBLIC,
        customer={"siren": "213501091", "siret": "21350109100010", "service_code": "VOIRIE"},
        purchase_order="ENG-2026-9",
    )
    assert (document.buyer.siret, document.buyer.service_code) == ("21350109100010", "VOIRIE")
    assert document.purchase_order == "ENG-2026-9"
    assert document.mentions == (PUBLIC_PENALTY, INDEMNITY, NO_DISCOUNT)


def test_a_seller_under_cape_names_the_contract() -> None:
    """C. com. R127-3: the CAPE, the cooperative, the end date."""
    document = issued_document(activity={"cape": True})
    assert document.mentions[-1] == (
        "Camille Martin exerce dans le cadre d’un contrat d’appui au projet d’entreprise (CAPE) conclu avec "
        "Les Ateliers réunis, qui prend fin le 31/12/2026."
    )


def test_construction_names_its_insurance() -> None:
    """Loi 96-603 art. 22-2: insurer, cover, territory; and where the work is done."""
    selling = make_selling_activity(sector=Sector.CONSTRUCTION)
    make_insurance(selling)
    customer = make_customer(selling)
    issued = make_issued(selling, customer=customer, delivery_address=make_delivery_address(customer))
    document = from_json(issued.snapshot.content)
    assert document.mentions[-1] == (
        "Assurance décennale\u00a0: Bâtir Assurances, 5 rue du Port, 44000 Nantes, police n°\u00a0D-44871, "
        "garantie\u00a0: responsabilité décennale, menuiserie, couverture géographique\u00a0: France métropolitaine."
    )
    assert document.delivery is not None
    assert (document.delivery.label, document.delivery.address.city) == ("Chantier du port", "Lorient")


def test_the_option_for_debits_is_printed_on_services() -> None:
    """Not on goods alone."""
    make_cooperative(vat_on_debits=True, late_penalty_points=Decimal("12.50"))
    services = issued_document()
    assert services.mentions[-1] == DEBITS
    assert "majoré de 12,5 points" in services.mentions[0]
    goods = issued_document(lines=[make_line(nature=SupplyNature.GOODS)])
    assert (DEBITS in goods.mentions, goods.supply_category) == (False, "Livraison de biens")


@pytest.mark.parametrize(
    ("code", "customer", "category", "vatex"),
    [
        ("EXO-FORMATION", {}, "E", "VATEX-FR-CGI261-4"),
        ("AUTO-BTP", {"vat_number": "FR40303265045", "siren": "303265045"}, "AE", "VATEX-FR-AE"),
        ("UE-SERVICES", {"vat_number": "DE136695976", "country": "DE", "siren": ""}, "AE", "VATEX-EU-AE"),
        ("UE-BIENS", {"vat_number": "DE136695976", "country": "DE", "siren": ""}, "K", "VATEX-EU-IC"),
        ("EXPORT", {"country": "CH", "siren": ""}, "G", "VATEX-EU-G"),
        ("HORS-CHAMP", {}, "O", "VATEX-EU-O"),
    ],
)
def test_an_invoice_without_vat_says_why(code: str, customer: dict[str, str], category: str, vatex: str) -> None:
    """The exemption's text and VATEX code; « Autoliquidation » when it is due by the buyer."""
    document = issued_document(customer=customer, lines=[make_line(code=code)], supplied_on=DAY)
    (row,) = document.vat_rows
    assert (row.category, row.vatex_code, row.reason) == (category, vatex, vat(code).exemption_text)
    assert row.reason.startswith("Autoliquidation") == (category == "AE")
    assert (row.rate, row.vat, document.gross) == (Decimal(0), Decimal(0), Decimal("700.00"))


BLANK = Address("", "", "", "", "FR")


@pytest.mark.parametrize(
    ("part", "changes", "sentence"),
    [
        ("seller", {"legal_name": ""}, "La dénomination sociale de la coopérative manque."),
        ("seller", {"legal_form": ""}, "La forme juridique de la coopérative manque."),
        ("seller", {"capital": Decimal(0)}, "Le capital social de la coopérative manque."),
        ("seller", {"siren": ""}, "Le SIREN de la coopérative manque."),
        ("seller", {"siret": ""}, "Le SIRET du siège de la coopérative manque."),
        ("seller", {"rcs_city": ""}, "La ville du RCS de la coopérative manque."),
        ("seller", {"vat_number": ""}, "Le n° de TVA de la coopérative manque."),
        ("buyer", {"name": ""}, "Le nom du client manque."),
        ("buyer", {"siren": ""}, "Le SIREN du client manque."),
        ("buyer", {"kind": "PUBLIC", "siret": ""}, "Le SIRET du client manque."),
    ],
)
def test_each_datum_taken_away_is_named(part: str, changes: dict[str, Any], sentence: str) -> None:
    """On an otherwise complete document."""
    document = issued_document()
    assert missing_mentions(document) == []
    assert missing_mentions(replace(document, **{part: replace(getattr(document, part), **changes)})) == [sentence]


@pytest.mark.parametrize(
    ("part", "owner"), [("seller", "l’adresse de la coopérative"), ("buyer", "l’adresse du client")]
)
def test_each_part_of_an_address_is_named(part: str, owner: str) -> None:
    """Street, postcode and city."""
    document = issued_document()
    without = replace(document, **{part: replace(getattr(document, part), address=BLANK)})
    assert missing_mentions(without) == [
        f"La rue manque dans {owner}.",
        f"Le code postal manque dans {owner}.",
        f"La ville manque dans {owner}.",
    ]


def test_a_zero_rate_without_reason_is_named() -> None:
    """Every category but the zero rate itself."""
    row = VatRow("E", Decimal(0), Decimal(1), Decimal(0), reason="", vatex_code="")
    document = issued_document()
    assert missing_mentions(replace(document, vat_rows=(row,))) == ["Le motif de la facturation sans TVA manque."]
    assert missing_mentions(replace(document, vat_rows=(replace(row, category="Z"),))) == []


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ("D0", date(2026, 1, 20)),
        ("D15", date(2026, 2, 4)),
        ("D30", date(2026, 2, 19)),
        ("D60", date(2026, 3, 21)),
        ("M45", date(2026, 3, 31)),  # 6 March, then the end of March
    ],
)
def test_due_dates(terms: str, expected: date) -> None:
    """Counted from the issue date."""
    assert due_date(date(2026, 1, 20), terms) == expected


def test_supply_categories() -> None:
    """Goods, services or both."""
    assert supply_category({"GOODS"}) == "Livraison de biens"
    assert supply_category({"SERVICES"}) == "Prestation de services"
    assert supply_category({"GOODS", "SERVICES"}) == "Livraison de biens et prestation de services"


def test_a_name_without_value_stays_visible() -> None:
    """So that it can be reported."""
    assert fill("{a} et {b}, {c}", {"a": "1", "b": ""}) == "1 et {b}, {c}"
