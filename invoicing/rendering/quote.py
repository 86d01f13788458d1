"""Everything a sent quote shows, as values kept as JSON, and its PDF. A quote is no invoice: no XML goes with it.

As in `document`: field names are those of the stored copies. Amounts are in euros, rates and discounts in percent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from cae_backoffice.core.money import ZERO, format_euros
from invoicing.rendering import wording
from invoicing.rendering.colours import accent
from invoicing.rendering.document import (
    Address,
    Adjustment,
    Brand,
    Buyer,
    Delivery,
    Line,
    Seller,
    VatRow,
    decoded,
    encoded,
)
from invoicing.rendering.pdf import render_page

VERSION = 1


@dataclass(frozen=True)
class OfferedLine:
    """A line with its place: the chapter it stands in, and whether it is only counted once chosen."""

    line: Line
    chapter: str
    is_option: bool
    key: int
    """By which the customer chooses an option."""


@dataclass(frozen=True)
class FrozenQuote:
    """A quote as it was sent; `net`, `vat` and `gross` are those of the lines that are no options."""

    reference: str
    issued_on: date
    valid_until: date
    seller: Seller
    brand: Brand
    buyer: Buyer
    delivery: Delivery | None
    subject: str
    introduction: str
    execution: str
    lines: tuple[OfferedLine, ...]
    adjustments: tuple[Adjustment, ...]
    vat_rows: tuple[VatRow, ...]
    net: Decimal
    vat: Decimal
    gross: Decimal
    payment_terms_label: str
    deposit_percent: Decimal
    retention_percent: Decimal
    terms: str
    mentions: tuple[str, ...]
    conditions_title: str
    conditions_text: str
    replaces: str = ""


@dataclass(frozen=True)
class PrintedChapter:
    """Consecutive lines under one title; `subtotal` is empty when there is nothing to sum."""

    title: str
    lines: tuple[wording.PrintedLine, ...]
    subtotal: str


def quote_to_json(quote: FrozenQuote) -> dict[str, Any]:
    """The quote as JSON values, with the version of the format."""
    return {"version": VERSION, **encoded(quote)}


def quote_from_json(content: Mapping[str, Any]) -> FrozenQuote:
    """The quote back, equal to the original. ValueError for a version this code does not read."""
    if content["version"] != VERSION:
        raise ValueError(f"frozen quote of unknown version {content['version']}")
    quote: FrozenQuote = decoded(FrozenQuote, content)
    return quote


def render_quote(quote: FrozenQuote, logo: bytes | None = None) -> bytes:
    """The PDF of a sent quote: the same quote gives the same bytes. `logo` is the activity's PNG."""
    context = printed_quote(quote) | {
        "accent": accent(quote.brand.colour, quote.seller.colour),
        "has_logo": logo is not None,
    }
    return render_page("documents/quote.html", "quote.css", context, identifier=quote.reference, logo=logo)


def printed_quote(quote: FrozenQuote) -> dict[str, Any]:
    """The quote's words and figures as the customer reads them, on paper or on a screen."""
    seller, buyer = quote.seller, quote.buyer
    return {
        "quote": quote,
        "title": f"Devis {quote.reference}",
        "brand_name": quote.brand.name or seller.short_name,
        "brand_contact": wording.brand_contact(quote.brand),
        "seller_identity": wording.seller_identity(seller),
        "seller_seat": wording.seller_seat(seller),
        "seller_siret": wording.grouped(seller.siret, wording.SIRET_GROUPS),
        "seller_address": wording.address_lines(seller.address),
        "buyer_address": wording.address_lines(buyer.address),
        "buyer_identity": wording.buyer_identity(buyer),
        "delivery_address": wording.address_lines(quote.delivery.address) if quote.delivery else [],
        "chapters": _chapters(quote, of_options=False),
        "options": _chapters(quote, of_options=True),
        "has_discounts": any(offered.line.discount_percent for offered in quote.lines),
        "vat_rows": [wording.printed_vat(row) for row in quote.vat_rows],
        "adjustments": [wording.printed_adjustment(entry) for entry in quote.adjustments],
        "lines_net": quote.net - sum((entry.effect for entry in quote.adjustments), ZERO),
        "payment": _payment(quote),
    }


def _chapters(quote: FrozenQuote, *, of_options: bool) -> list[PrintedChapter]:
    lines = [offered for offered in quote.lines if offered.is_option == of_options]
    chapters = []
    for title, group in groupby(lines, key=lambda offered: offered.chapter):
        held = tuple(group)
        subtotal = sum((offered.line.net for offered in held), ZERO)
        chapters.append(
            PrintedChapter(
                title=title,
                lines=tuple(wording.printed_line(offered.line) for offered in held),
                subtotal=format_euros(subtotal) if title and not of_options else "",
            )
        )
    return chapters


def _payment(quote: FrozenQuote) -> list[str]:
    """What the customer pays when, in sentences."""
    sentences = [f"Délai de paiement\u00a0: {quote.payment_terms_label.lower()}."]
    if quote.deposit_percent:
        amount = format_euros((quote.gross * quote.deposit_percent / 100).quantize(Decimal("0.01")))
        rate = wording.percent(quote.deposit_percent)
        sentences.insert(0, f"Acompte de {rate} à la commande\u00a0: {amount} TTC.")
    if quote.retention_percent:
        sentences.append(f"Retenue de garantie de {wording.percent(quote.retention_percent)} (loi 71-584).")
    return sentences


def printed_texts(quote: FrozenQuote) -> list[tuple[str, str]]:
    """Every text of the quote that a person typed, with the name of its field."""
    texts = [
        ("Objet", quote.subject),
        ("Introduction", quote.introduction),
        ("Délai ou date d’exécution", quote.execution),
        ("Conditions particulières", quote.terms),
        ("Conditions générales", quote.conditions_text),
        ("Nom du client", quote.buyer.name),
        ("Interlocuteur du client", quote.buyer.contact_name),
        ("Enseigne", quote.brand.name),
        ("Présentation de l’activité", quote.brand.description),
        *(("Adresse du client", text) for text in _address_texts(quote.buyer.address)),
        *(("Mention légale", mention) for mention in quote.mentions),
        *(("Remise ou frais", entry.reason) for entry in quote.adjustments),
    ]
    if quote.delivery:
        texts += [
            ("Lieu d’exécution", text) for text in (quote.delivery.label, *_address_texts(quote.delivery.address))
        ]
    for offered in quote.lines:
        name = f"Ligne\u00a0{offered.line.position}"
        texts += [(name, text) for text in (offered.line.label, offered.line.description, offered.chapter)]
    return texts


def _address_texts(address: Address) -> tuple[str, ...]:
    return (address.street, address.street_extra, address.postcode, address.city)
