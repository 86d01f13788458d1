"""The words and figures of a document as the customer reads them; empty parts fall out."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from cae_backoffice.core.money import NO_BREAK_SPACE, format_decimal, format_euros
from cae_backoffice.core.rich_text import to_html
from invoicing.rendering.document import (
    CORRECTIVE,
    CREDIT_NOTE,
    DEPOSIT,
    INVOICE,
    Address,
    Adjustment,
    Brand,
    Buyer,
    FrozenDocument,
    Line,
    Progress,
    Seller,
    VatRow,
)
from invoicing.rendering.transfer import amount_to_transfer

IBAN_GROUPS = (4,) * 9
SIREN_GROUPS = (3, 3, 3)
SIRET_GROUPS = (3, 3, 3, 5)
LETTERS_OF_A_ROW = 60
MOST_ROWS_KEPT_TOGETHER = 30
DOT = f"{NO_BREAK_SPACE}· "
TAXED = {"S", "Z"}
UNTAXED = {  # in the VAT table, and shorter on a line
    "E": ("Exonéré", "Exonéré"),
    "AE": ("Autoliquidation", "Autoliq."),
    "K": ("Livraison intracommunautaire", "Intracom."),
    "G": ("Exportation", "Export"),
    "O": ("Hors champ de la TVA", "Hors champ"),
}
KINDS = {
    INVOICE: "Facture",
    CREDIT_NOTE: "Avoir",
    CORRECTIVE: "Facture rectificative",
    DEPOSIT: "Facture d’acompte",
}
COUNTRIES = {
    "AD": "Andorre", "AT": "Autriche", "AU": "Australie", "BE": "Belgique", "BG": "Bulgarie", "BR": "Brésil",
    "CA": "Canada", "CH": "Suisse", "CI": "Côte d’Ivoire", "CM": "Cameroun", "CN": "Chine", "CY": "Chypre",
    "CZ": "Tchéquie", "DE": "Allemagne", "DK": "Danemark", "DZ": "Algérie", "EE": "Estonie", "ES": "Espagne",
    "FI": "Finlande", "FR": "France", "GB": "Royaume-Uni", "GF": "Guyane française", "GP": "Guadeloupe", "GR": "Grèce",
    "HR": "Croatie", "HU": "Hongrie", "IE": "Irlande", "IN": "Inde", "IS": "Islande", "IT": "Italie", "JP": "Japon",
    "LI": "Liechtenstein", "LT": "Lituanie", "LU": "Luxembourg", "LV": "Lettonie", "MA": "Maroc", "MC": "Monaco",
    "MG": "Madagascar", "ML": "Mali", "MQ": "Martinique", "MT": "Malte", "NC": "Nouvelle-Calédonie",
    "NL": "Pays-Bas", "NO": "Norvège", "PF": "Polynésie française", "PL": "Pologne", "PT": "Portugal",
    "RE": "La Réunion", "RO": "Roumanie", "SE": "Suède", "SI": "Slovénie", "SK": "Slovaquie", "SN": "Sénégal",
    "TN": "Tunisie", "UA": "Ukraine", "US": "États-Unis", "YT": "Mayotte",
}  # fmt: skip


@dataclass(frozen=True)
class PrintedLine:
    """The figures of one line of the table."""

    label: str
    description: str
    detail: SafeString
    quantity: str
    unit: str
    unit_price: str
    discount: str
    vat: str
    net: str
    chapter: str
    subtotal: str

    @property
    def is_long(self) -> bool:
        """Whether the text takes so many rows that it may be cut between two pages."""
        return self.description.count("\n") + len(self.description) / LETTERS_OF_A_ROW > MOST_ROWS_KEPT_TOGETHER


@dataclass(frozen=True)
class PrintedVat:
    """One row of the VAT table."""

    name: str
    net: str
    vat: str
    reason: str


def printed_line(line: Line, chapter: str = "", subtotal: Decimal | None = None) -> PrintedLine:
    """The line with French figures; no discount prints nothing, a fixed one or a charge stands under the detail.

    `chapter` begins with the line; `subtotal` is that of the chapter which ends with it.
    """
    adjustments = (f"{entry.reason}{NO_BREAK_SPACE}: {signed_euros(entry.effect)}" for entry in line.adjustments)
    return PrintedLine(
        label=line.label,
        description=line.description,
        detail=mark_safe(to_html(line.description) + "".join(f"<p>{escape(text)}</p>" for text in adjustments)),
        quantity=plain(line.quantity),
        unit=line.unit_label,
        unit_price=price(line.unit_price),
        discount=percent(-line.discount_percent) if line.discount_percent else "",
        vat=percent(line.vat_rate) if line.vat_category in TAXED else UNTAXED[line.vat_category][1],
        net=format_euros(line.net),
        chapter=chapter,
        subtotal="" if subtotal is None else f"Sous-total {line.chapter}{NO_BREAK_SPACE}: {format_euros(subtotal)} HT",
    )


def printed_vat(row: VatRow) -> PrintedVat:
    """The row with French figures and its exemption's text."""
    name = percent(row.rate) if row.category in TAXED else UNTAXED[row.category][0]
    return PrintedVat(name=name, net=format_euros(row.net), vat=format_euros(row.vat), reason=row.reason)


def printed_adjustment(entry: Adjustment) -> tuple[str, str]:
    """A discount or a charge of the whole document, with its VAT, and what it adds to the net."""
    vat = percent(entry.vat_rate) if entry.vat_category in TAXED else UNTAXED[entry.vat_category][1]
    return f"{entry.reason} (TVA{NO_BREAK_SPACE}{vat})", signed_euros(entry.effect)


def signed_euros(amount: Decimal) -> str:
    """An amount that is added or taken off: « +18,40 € », « −50,00 € »."""
    return f"{'+' if amount > 0 else ''}{format_euros(amount)}"


def plain(value: Decimal) -> str:
    """A number without trailing zeros."""
    return format_decimal(Decimal(f"{value.normalize():f}"))


def percent(value: Decimal) -> str:
    """« 5,5 % »."""
    return f"{plain(value)}{NO_BREAK_SPACE}%"


def price(value: Decimal) -> str:
    """A unit price: two decimals, or as many as it needs, up to six."""
    cents = value.quantize(Decimal("0.01"))
    return f"{format_decimal(cents) if cents == value else plain(value)}{NO_BREAK_SPACE}€"


def grouped(identifier: str, sizes: Iterable[int]) -> str:
    """An identifier cut into groups that one can read aloud; what is left after the last group stays with it."""
    groups = []
    rest = identifier
    for size in sizes:
        groups.append(rest[:size])
        rest = rest[size:]
    return NO_BREAK_SPACE.join(group for group in groups if group) + rest


def joined(*parts: str) -> str:
    """The parts that are not empty, with a dot between them."""
    return DOT.join(part for part in parts if part)


def address_lines(address: Address) -> list[str]:
    """A postal address line by line; the country, in capitals, when it is not France."""
    town = f"{address.postcode} {address.city}".strip()
    country = "" if address.country == "FR" else COUNTRIES.get(address.country, address.country).upper()
    return [line for line in (address.street, address.street_extra, town, country) if line]


def bare_url(url: str) -> str:
    """A web address as one says it."""
    return url.removeprefix("https://").removeprefix("http://").rstrip("/")


def brand_contact(brand: Brand) -> str:
    """How to reach the activity, on one line."""
    return joined(brand.phone, brand.email, bare_url(brand.website), brand.city)


def seller_identity(seller: Seller) -> str:
    """The legal line of the cooperative, at the foot of every page (C. com. R123-237, R123-238)."""
    return joined(
        f"{seller.legal_form}, capital de {_whole_euros(seller.capital)}",
        f"SIREN\u00a0{grouped(seller.siren, SIREN_GROUPS)} RCS {seller.rcs_city}",
        f"TVA\u00a0{seller.vat_number}",
        seller.naf_code and f"APE\u00a0{seller.naf_code}",
    )


def seller_seat(seller: Seller) -> str:
    """The seat and the contact of the cooperative, on one line."""
    seat = ", ".join(address_lines(seller.address))
    return joined(f"Siège{NO_BREAK_SPACE}: {seat}", seller.phone, seller.email, bare_url(seller.website))


def buyer_identity(buyer: Buyer) -> str:
    """The customer's numbers, on one line."""
    number = f"SIRET\u00a0{grouped(buyer.siret, SIRET_GROUPS)}" if buyer.siret else ""
    if not number and buyer.siren:
        number = f"SIREN\u00a0{grouped(buyer.siren, SIREN_GROUPS)}"
    return joined(number, buyer.vat_number and f"TVA\u00a0{buyer.vat_number}")


def facts(document: FrozenDocument) -> list[tuple[str, str]]:
    """The dates and references under the title, as label and value."""
    supplied_on = document.supplied_on
    listed = [
        ("Date d’émission", f"{document.issued_on:%d/%m/%Y}"),
        ("Livraison ou fin d’exécution", f"{supplied_on:%d/%m/%Y}" if supplied_on else ""),
        ("Échéance", "" if document.is_credit_note else f"{document.due_on:%d/%m/%Y}"),
        ("N° d’engagement" if document.buyer.kind == "PUBLIC" else "N° de commande", document.purchase_order),
        ("Code service", document.buyer.service_code),
    ]
    return [(label, value) for label, value in listed if value]


def payment_terms(document: FrozenDocument) -> str:
    """When the amount is due, and what the buyer may keep back until when; nothing on a credit note."""
    if document.is_credit_note:
        return ""
    return ". ".join(part for part in (document.payment_terms_label, retention(document)) if part)


def retention(document: FrozenDocument) -> str:
    """« Retenue de garantie de 5 % : 117,60 €, exigible le 22/11/2027 », or nothing."""
    kept = document.retention
    if kept is None:
        return ""
    rate, amount = percent(kept.percent), format_euros(kept.amount)
    return f"Retenue de garantie de {rate}{NO_BREAK_SPACE}: {amount}, exigible le {kept.released_on:%d/%m/%Y}"


def transfer(document: FrozenDocument) -> str:
    """What the QR code of the transfer says, for who cannot see it."""
    amount = format_euros(amount_to_transfer(document))
    return (
        f"QR code de virement{NO_BREAK_SPACE}: {amount} à {document.seller.legal_name}, "
        f"IBAN {grouped(document.seller.iban, IBAN_GROUPS)}, référence {document.number}"
    )


def title(document: FrozenDocument) -> str:
    """What the document is and its number."""
    return f"{kind(document)} {document.number}"


def kind(document: FrozenDocument) -> str:
    """What the document is."""
    return KINDS[document.kind]


def earlier(document: FrozenDocument) -> str:
    """The documents that this one follows, on one line."""
    return ", ".join(
        f"{KINDS[reference.kind].lower()} {reference.number} du {reference.issued_on:%d/%m/%Y}"
        for reference in document.follows
    )


def _whole_euros(amount: Decimal) -> str:
    return format_euros(amount).replace(",00", "")


def progress(progress: Progress) -> dict[str, object]:
    """How far an order is invoiced: its name, then what was ordered, reached, invoiced before and invoiced now."""
    share = (progress.cumulated * 100 / progress.ordered).quantize(Decimal("0.01")).normalize()
    figures = [
        ("Montant de la commande HT", progress.ordered),
        (f"Cumul à ce jour HT ({percent(share)})", progress.cumulated),
        ("Déjà facturé HT", progress.before),
        ("Cette facture HT", progress.now),
    ]
    if progress.deposits:
        figures.append(("Acomptes non déduits HT", progress.deposits))
    return {
        "title": f"Avancement de la commande {progress.order_number} du {progress.ordered_on:%d/%m/%Y}, hors taxes",
        "figures": [(label, format_euros(amount)) for label, amount in figures],
    }
