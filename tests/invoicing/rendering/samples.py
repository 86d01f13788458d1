"""Documents to print: a joinery workshop of a fictional cooperative, and as many lines as wanted."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from PIL import Image, ImageDraw

from invoicing.pricing.rules import TaxedNet, line_net, totals
from invoicing.rendering.document import Address, Brand, Buyer, FrozenDocument, Line, Seller, VatRow

SELLER = Seller(
    legal_name="Les Ateliers Réunis",
    short_name="Ateliers Réunis",
    legal_form="SCOP SARL à capital variable",
    capital=Decimal("48200.00"),
    siren="832457618",
    siret="83245761800011",
    vat_number="FR02832457618",
    rcs_city="Nantes",
    naf_code="70.22Z",
    address=Address("12 rue de la Fraternité", "Bâtiment C", "44200", "Nantes", "FR"),
    phone="02 40 12 34 56",
    email="contact@ateliers-reunis.example",
    website="https://ateliers-reunis.example",
    iban="FR7630006000011234567890189",
    bic="AGRIFRPP",
    colour="#0f766e",
)
BRAND = Brand(
    name="Menuiserie des Trois Rivières",
    description="Agencement et menuiserie bois sur mesure",
    email="bonjour@trois-rivieres.example",
    phone="06 12 34 56 78",
    website="https://trois-rivieres.example",
    city="Clisson",
    logo_sha256="",
    colour="#b4532a",
)
PROFESSIONAL = Buyer(
    kind="PROFESSIONAL",
    name="Société d’aménagement du Val de Loire",
    contact_name="Claire Le Goff",
    address=Address("85 boulevard des Martyrs-de-la-Résistance", "", "44100", "Nantes", "FR"),
    siren="552100554",
    siret="55210055400013",
    vat_number="FR40552100554",
    service_code="",
)
CONSUMER = Buyer(
    kind="CONSUMER",
    name="Élodie Bœuf-Mañé",
    contact_name="",
    address=Address("3 impasse de l’Œillet", "Appartement 12", "44190", "Clisson", "FR"),
    siren="",
    siret="",
    vat_number="",
    service_code="",
)
PUBLIC_BODY = Buyer(
    kind="PUBLIC",
    name="Commune de Clisson",
    contact_name="Service des bâtiments",
    address=Address("3 Grande-Rue de la Trinité", "", "44190", "Clisson", "FR"),
    siren="214400434",
    siret="21440043400017",
    vat_number="",
    service_code="BATIMENTS-2026",
)
NO_EARLY_DISCOUNT = "Escompte pour paiement anticipé\u00a0: néant."
LATE_PENALTY = (
    "Pénalités de retard\u00a0: taux directeur (taux de refinancement) de la BCE majoré de 10\u00a0points, exigibles "
    "sans rappel le lendemain de l’échéance."
)
RECOVERY_INDEMNITY = "Indemnité forfaitaire pour frais de recouvrement en cas de retard de paiement\u00a0: 40\u00a0€."
VAT_ON_DEBITS = "Option pour le paiement de la taxe d’après les débits."
DECENNIAL_INSURANCE = (
    "Assurance décennale\u00a0: MAAF Assurances, 79180 Chauray, police n°\u00a0144\u202f521\u202fB, garantie\u00a0: "
    "menuiserie bois, couverture géographique\u00a0: France métropolitaine."
)
MEDIATOR = (
    "En cas de litige, le client peut recourir gratuitement au médiateur de la consommation\u00a0: Médiation Ouest, "
    "5 place du Commerce, 44000 Nantes, mediation-ouest.example"
)
CAPE = (
    "Camille Hervé exerce dans le cadre d’un contrat d’appui au projet d’entreprise (CAPE) conclu avec "
    "Les Ateliers Réunis, qui prend fin le 31/03/2027."
)
PROFESSIONAL_MENTIONS = (NO_EARLY_DISCOUNT, LATE_PENALTY, RECOVERY_INDEMNITY, VAT_ON_DEBITS, DECENNIAL_INSURANCE)
CONSUMER_MENTIONS = (NO_EARLY_DISCOUNT, MEDIATOR)
CODES = {NO_EARLY_DISCOUNT: "AAB", LATE_PENALTY: "PMD", RECOVERY_INDEMNITY: "PMT"}
REASONS = {
    "E": ("Exonération de TVA, art. 261-4-4° a du CGI", "VATEX-FR-CGI261-4"),
    "AE": ("Autoliquidation, art. 283-2 nonies du CGI", "VATEX-FR-AE"),
    "K": ("Exonération de TVA, art. 262 ter, I du CGI", "VATEX-EU-IC"),
    "G": ("Exonération de TVA, art. 262, I du CGI", "VATEX-EU-G"),
    "O": ("Opération hors du champ d’application de la TVA", "VATEX-EU-O"),
}
WORKS = [
    ("Fourniture de panneaux de chêne massif", "Lamellé-collé 40 mm, qualité A/B", "MTK", "m²", "12.5", "148.9"),
    ("Fabrication de bibliothèque sur mesure", "", "LS", "forfait", "1", "1840"),
    ("Pose et ajustage sur site", "Deux compagnons, protections comprises", "HUR", "heure", "16", "48.5"),
    ("Quincaillerie", "Charnières invisibles, coulisses à amortisseur", "C62", "unité", "24", "12.345678"),
    ("Finition huile-cire, deux couches", "", "MTK", "m²", "31.25", "18"),
    ("Déplacement", "", "KMT", "km", "84", "0.665"),
]


def sample_line(position: int, **changes: Any) -> Line:  # noqa: ANN401  values of any field
    """A line of works; `net` follows from the other figures."""
    label, description, unit_code, unit_label, quantity, unit_price = WORKS[(position - 1) % len(WORKS)]
    line = Line(
        position=position,
        label=label,
        description=description,
        quantity=Decimal(quantity),
        unit_code=unit_code,
        unit_label=unit_label,
        unit_price=Decimal(unit_price),
        discount_percent=Decimal(0),
        net=Decimal(0),
        vat_rate=Decimal("20.00"),
        vat_category="S",
    )
    line = replace(line, **changes)
    net = line_net(quantity=line.quantity, unit_price=line.unit_price, discount_percent=line.discount_percent)
    return replace(line, net=net + sum(adjustment.effect for adjustment in line.adjustments))


def sample_document(*, lines: int = 10, **changes: Any) -> FrozenDocument:  # noqa: ANN401  values of any field
    """An invoice to a professional, with totals that follow from its lines; `changes` replace fields."""
    document = FrozenDocument(
        kind="380",
        number="F2026-00042",
        issued_on=date(2026, 11, 22),
        due_on=date(2026, 12, 22),
        supplied_on=date(2026, 11, 18),
        seller=SELLER,
        brand=BRAND,
        buyer=PROFESSIONAL,
        delivery=None,
        purchase_order="BC-2026-118",
        subject="Aménagement de la salle de réunion, deuxième étage",
        note="",
        supply_category="Livraison de biens et prestation de services",
        lines=tuple(sample_line(position) for position in range(1, lines + 1)),
        vat_rows=(),
        net=Decimal(0),
        vat=Decimal(0),
        gross=Decimal(0),
        payment_terms_label="30 jours",
        mentions=PROFESSIONAL_MENTIONS,
        corrects=None,
    )
    document = replace(document, **changes)
    codes = tuple(CODES.get(mention, "") for mention in document.mentions)
    return with_totals(replace(document, mention_codes=codes))


def with_totals(document: FrozenDocument, reasons: dict[str, tuple[str, str]] | None = None) -> FrozenDocument:
    """The document with the VAT rows and totals of its lines and adjustments.

    `reasons`: category → (printed text, VATEX code); those of the samples unless given.
    """
    lines = [TaxedNet(line.vat_category, line.vat_rate, line.net) for line in document.lines]
    others = [TaxedNet(entry.vat_category, entry.vat_rate, entry.effect) for entry in document.adjustments]
    sums = totals(lines + others)
    texts = REASONS | (reasons or {})
    rows = tuple(
        VatRow(row.category, row.rate, row.net, row.vat, *texts.get(row.category, ("", ""))) for row in sums.rows
    )
    return replace(document, vat_rows=rows, net=sums.net, vat=sums.vat, gross=sums.gross)


def sample_logo() -> bytes:
    """A PNG with transparency, wide as logos often are."""
    image = Image.new("RGBA", (900, 320))
    draw = ImageDraw.Draw(image)
    for i, colour in enumerate(("#b4532a", "#d98a5b", "#7a3318")):
        draw.rounded_rectangle((20 + i * 290, 20 + i * 40, 280 + i * 290, 300), radius=48, fill=colour)
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()
