"""Every kind of document that the cooperative issues, by name: what the validators must accept."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from invoicing.rendering.document import (
    CORRECTIVE,
    CREDIT_NOTE,
    DEPOSIT,
    GOODS,
    SERVICES,
    Address,
    Adjustment,
    Buyer,
    Correction,
    Delivery,
    FrozenDocument,
    Progress,
    Reference,
    Retention,
    opposite,
)
from tests.invoicing.rendering.samples import (
    BRAND,
    CAPE,
    CONSUMER,
    CONSUMER_MENTIONS,
    PROFESSIONAL,
    PROFESSIONAL_MENTIONS,
    PUBLIC_BODY,
    SELLER,
    sample_document,
    sample_line,
    with_totals,
)

BERLIN = Buyer(
    kind="PROFESSIONAL",
    name="Werkstatt am Ufer GmbH",
    contact_name="Jürgen Groß",
    address=Address("Schöneberger Ufer 12", "", "10785", "Berlin", "DE"),
    siren="",
    siret="",
    vat_number="DE136695976",
    service_code="",
)
GENEVA = replace(
    BERLIN,
    name="Atelier du Léman SA",
    address=Address("4 quai du Mont-Blanc", "", "1201", "Genève", "CH"),
    vat_number="",
)
EARLIER = date(2026, 10, 1)
DISCOUNT = Adjustment(is_charge=False, reason="Remise commerciale", amount=Decimal("50.00"), reason_code="95")
CHARGE = Adjustment(is_charge=True, reason="Frais de port", amount=Decimal("18.40"), reason_code="FC")
NONE = Decimal(0)


def rounded_part() -> FrozenDocument:
    """A third of 100,01 €, given back as 33,32 € because of what was before: the cent is an adjustment of its own, and
    the VAT is what is left of the invoice's.
    """
    cent = Adjustment(is_charge=False, reason="Arrondi", amount=Decimal("-0.01"))
    line = sample_line(
        1,
        quantity=Decimal("-0.3333"),
        unit_price=Decimal("100.01"),
        adjustments=(cent,),
        vat_rate=Decimal(20),
    )
    part = with_totals(replace(sample_document(lines=0), lines=(line,), kind=CREDIT_NOTE))
    (row,) = part.vat_rows
    return replace(
        part,
        vat_rows=(replace(row, vat=row.vat - Decimal("0.01")),),
        vat=part.vat - Decimal("0.01"),
        gross=part.gross - Decimal("0.01"),
        corrects=Correction("F2026-00009", EARLIER, "Prestation interrompue."),
    )


def taxed(adjustment: Adjustment, rate: str = "20") -> Adjustment:
    """The adjustment of a whole document, at a rate."""
    return replace(adjustment, vat_category="S", vat_rate=Decimal(rate))


def untaxed(category: str, **changes: object) -> FrozenDocument:
    """Three lines without VAT, for this reason."""
    lines = tuple(sample_line(i, vat_category=category, vat_rate=NONE) for i in (1, 2, 3))
    return with_totals(replace(sample_document(lines=0), lines=lines, **changes))  # type: ignore[arg-type]


def at_rates(*rates: str, **changes: object) -> FrozenDocument:
    """A line at each rate."""
    lines = tuple(sample_line(i, vat_rate=Decimal(rate)) for i, rate in enumerate(rates, start=1))
    return with_totals(replace(sample_document(lines=0), lines=lines, **changes))  # type: ignore[arg-type]


def adjusted() -> FrozenDocument:
    """Discounts and charges everywhere: in percent and fixed, on lines and on the document, at two rates."""
    lines = (
        sample_line(1, discount_percent=Decimal("12.5"), adjustments=(DISCOUNT, CHARGE)),
        sample_line(2, vat_rate=Decimal(10), adjustments=(CHARGE,)),
        sample_line(3, quantity=Decimal("-1.5"), discount_percent=Decimal(3)),
    )
    adjustments = (taxed(DISCOUNT), taxed(CHARGE), taxed(DISCOUNT, "10"))
    return with_totals(replace(sample_document(lines=0), lines=lines, adjustments=adjustments))


def credited(document: FrozenDocument) -> FrozenDocument:
    """Its full credit note: every quantity and amount negated."""
    return replace(
        opposite(document),
        kind=CREDIT_NOTE,
        number="F2026-00043",
        due_on=document.issued_on,
        corrects=Correction(document.number, document.issued_on, "Erreur sur les quantités livrées."),
    )


def paid(document: FrozenDocument) -> FrozenDocument:
    """Paid in full on the day of issue."""
    return replace(document, prepaid=document.gross, due_on=document.issued_on, payment_terms_label="Payée")


def with_retention(document: FrozenDocument) -> FrozenDocument:
    """Five percent kept for a year."""
    kept = (document.gross / 20).quantize(Decimal("0.01"))
    return replace(document, retention=Retention(Decimal(5), kept, date(2027, 11, 22)))


def with_deposit_line() -> FrozenDocument:
    """The final invoice that takes a deposit back as a negative line."""
    deposit = sample_line(5, label="Acompte F2026-00007 déduit", quantity=Decimal(-1), unit_price=Decimal(900))
    lines = (*(sample_line(i) for i in range(1, 5)), deposit)
    document = replace(sample_document(lines=0), lines=lines, follows=(Reference("F2026-00007", EARLIER, DEPOSIT),))
    return with_totals(document)


def of_order() -> FrozenDocument:
    """The second progress invoice of an order, whose VAT completes that of the first: two cents off its own base."""
    document = sample_document(lines=3, subject="Situation n° 2 : rénovation")
    rows = tuple(replace(row, vat=row.vat + Decimal("0.02")) for row in document.vat_rows)
    vat = sum((row.vat for row in rows), Decimal(0))
    stated = Progress("C2026-00012", EARLIER, Decimal("12480.00"), Decimal("2496.00"), document.net, Decimal("3744.00"))
    return replace(document, vat_rows=rows, vat=vat, gross=document.net + vat, progress=stated)


KINDS: dict[str, Callable[[], FrozenDocument]] = {
    "services": lambda: sample_document(lines=3, supply_category=SERVICES, vat_due_code="72"),
    "services, débits": lambda: sample_document(lines=3, supply_category=SERVICES, vat_due_code="5"),
    "goods": lambda: sample_document(lines=3, supply_category=GOODS, vat_due_code="29"),
    "goods and services": lambda: sample_document(lines=10, subject="", note="Merci\u00a0!\nÀ bientôt."),
    "one line, nothing optional": lambda: sample_document(
        lines=1,
        subject="",
        purchase_order="",
        supplied_on=None,
        brand=replace(BRAND, name="", description="", phone="", email="", website="", city=""),
        seller=replace(SELLER, iban="", bic="", phone="", website="", naf_code=""),
        buyer=replace(PROFESSIONAL, contact_name="", siret="", vat_number=""),
    ),
    "credit note": lambda: credited(sample_document(lines=3)),
    "credit note of a part": rounded_part,
    "corrective": lambda: sample_document(
        lines=3, kind=CORRECTIVE, corrects=Correction("F2026-00009", EARLIER, "Adresse de facturation erronée.")
    ),
    "deposit": lambda: sample_document(lines=1, kind=DEPOSIT, supplied_on=None, subject="Acompte de 30 %"),
    "final, deposit prepaid": lambda: sample_document(
        lines=6, follows=(Reference("F2026-00007", EARLIER, DEPOSIT),), prepaid=Decimal("1080.00")
    ),
    "final, deposit as a line": with_deposit_line,
    "progress": lambda: sample_document(
        lines=3,
        subject="Situation n° 2",
        follows=(Reference("F2026-00007", EARLIER), Reference("F2026-00008", EARLIER)),
    ),
    "progress of an order, carried VAT": of_order,
    "exempt training": lambda: untaxed("E", supply_category=SERVICES),
    "construction, reverse charge": lambda: untaxed("AE"),
    "goods within the Union": lambda: untaxed("K", buyer=BERLIN, supply_category=GOODS),
    "goods within the Union, delivered elsewhere": lambda: untaxed(
        "K", buyer=BERLIN, delivery=Delivery("Lager Wien", Address("Hafenstraße 3", "", "1020", "Wien", "AT"))
    ),
    "services within the Union": lambda: with_totals(
        untaxed("AE", buyer=BERLIN, supply_category=SERVICES),
        {"AE": ("Autoliquidation, art. 196 de la directive 2006/112/CE", "VATEX-EU-AE")},
    ),
    "export": lambda: untaxed("G", buyer=GENEVA, supply_category=GOODS),
    "out of scope": lambda: untaxed("O", buyer=GENEVA, supply_category=SERVICES),
    "zero rate": lambda: untaxed("Z"),
    "taxed and exempt": lambda: with_totals(
        replace(
            sample_document(lines=2),
            lines=(sample_line(1), sample_line(2, vat_category="E", vat_rate=NONE), sample_line(3)),
        )
    ),
    "negative line": lambda: with_totals(
        replace(sample_document(lines=0), lines=(sample_line(2), sample_line(3, quantity=Decimal("-2.25"))))
    ),
    "discounts in percent": lambda: with_totals(
        replace(
            sample_document(lines=0),
            lines=tuple(sample_line(i, discount_percent=Decimal(i * i) / 4) for i in range(1, 6)),
        )
    ),
    "discounts and charges on lines and document": adjusted,
    "credit note of discounts and charges": lambda: credited(adjusted()),
    "five rates": lambda: at_rates("20", "10", "8.5", "5.5", "2.1"),
    "overseas": lambda: at_rates("8.5", "2.1"),
    "public body": lambda: sample_document(lines=3, buyer=PUBLIC_BODY, purchase_order="ENG-2026-00871"),
    "retention": lambda: with_retention(sample_document(lines=4)),
    "partly prepaid": lambda: sample_document(lines=4, prepaid=Decimal("500.00")),
    "already paid": lambda: paid(sample_document(lines=2)),
    "credit note of a paid invoice": lambda: credited(paid(sample_document(lines=2))),
    "consumer": lambda: sample_document(lines=2, buyer=CONSUMER, mentions=CONSUMER_MENTIONS, purchase_order=""),
    "consumer abroad": lambda: sample_document(
        lines=2, buyer=replace(CONSUMER, address=GENEVA.address), mentions=CONSUMER_MENTIONS[1:]
    ),
    "seller under CAPE": lambda: sample_document(lines=1, mentions=(*PROFESSIONAL_MENTIONS, CAPE)),
    "delivered on site": lambda: sample_document(lines=2, delivery=Delivery("Chantier", PUBLIC_BODY.address)),
    "large figures": lambda: with_totals(
        replace(
            sample_document(lines=0),
            lines=(sample_line(1, quantity=Decimal("99999999.9999"), unit_price=Decimal("9999.123456")),),
        )
    ),
    "two hundred lines": lambda: sample_document(lines=200),
}
