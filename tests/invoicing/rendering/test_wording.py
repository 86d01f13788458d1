"""Figures and identifiers as the customer reads them, and accents that stay legible."""

from dataclasses import replace
from decimal import Decimal

import pytest

from invoicing.rendering import wording
from invoicing.rendering.colours import FALLBACK, accent, contrast_on_white
from tests.invoicing.rendering.samples import CONSUMER, PROFESSIONAL, SELLER


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("12", "12,00\u00a0€"),
        ("12.300000", "12,30\u00a0€"),
        ("0.0665", "0,0665\u00a0€"),
        ("1234567.891234", "1\u202f234\u202f567,891234\u00a0€"),
    ],
)
def test_a_unit_price_has_two_decimals_or_as_many_as_it_needs(value: str, printed: str) -> None:
    """Up to six."""
    assert wording.price(Decimal(value)) == printed


def test_identifiers_are_grouped() -> None:
    """What is longer than expected keeps its end."""
    assert wording.grouped("FR7630006000011234567890189", wording.IBAN_GROUPS).split("\u00a0")[-1] == "189"
    assert wording.grouped("832457618", wording.SIREN_GROUPS) == "832\u00a0457\u00a0618"
    assert wording.grouped("8324576180001199", wording.SIRET_GROUPS) == "832\u00a0457\u00a0618\u00a00001199"
    assert wording.grouped("", wording.IBAN_GROUPS) == ""


def test_addresses_name_a_foreign_country() -> None:
    """In capitals; a code without a name stays; France is not said."""
    address = replace(CONSUMER.address, street_extra="")
    assert wording.address_lines(address) == ["3 impasse de l’Œillet", "44190 Clisson"]
    assert wording.address_lines(replace(address, country="DE"))[-1] == "ALLEMAGNE"
    assert wording.address_lines(replace(address, country="ZZ"))[-1] == "ZZ"


def test_a_company_without_establishment_number_shows_its_siren() -> None:
    """And a consumer shows nothing."""
    buyer = replace(PROFESSIONAL, siret="")
    assert wording.buyer_identity(buyer) == "SIREN\u00a0552\u00a0100\u00a0554\u00a0· TVA\u00a0FR40552100554"
    assert wording.buyer_identity(CONSUMER) == ""


def test_capital_with_cents_keeps_them() -> None:
    """Whole euros otherwise."""
    assert "capital de 48\u202f200,50\u00a0€" in wording.seller_identity(replace(SELLER, capital=Decimal("48200.50")))
    assert "capital de 48\u202f200\u00a0€" in wording.seller_identity(SELLER)


def test_the_accent_is_the_first_colour_that_is_one() -> None:
    """The activity's, else the cooperative's, else slate."""
    assert accent("#0f766e", "#b4532a") == "#0f766e"
    assert accent("", "#b4532a") == "#b4532a"
    assert accent("red; } body { display: none", "#zzzzzz") == FALLBACK


def test_a_pale_accent_is_darkened_until_it_is_legible() -> None:
    """Yellow text on white would not be read."""
    darkened = accent("#ffe000")
    assert contrast_on_white([int(darkened[i : i + 2], 16) for i in (1, 3, 5)]) >= 4.5
