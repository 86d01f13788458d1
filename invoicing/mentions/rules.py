"""The parties of a document as the values that are frozen with it, and filling the texts of its mentions."""

import re
from collections.abc import Mapping

from invoicing.customers.enums import CustomerKind
from invoicing.customers.models import Customer, DeliveryAddress, Place
from invoicing.rendering.document import Address, Brand, Buyer, Delivery, Seller
from invoicing.rendering.font import unprintable
from members.activities.models import Activity
from members.cooperative.models import Cooperative

PLACEHOLDER = re.compile(r"\{(\w+)\}")
UNFILLED = re.compile(r"[{}]")
NO_BUYER = Buyer(
    kind="",
    name="",
    contact_name="",
    address=Address(street="", street_extra="", postcode="", city="", country=""),
    siren="",
    siret="",
    vat_number="",
    service_code="",
)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Replace `{name}` by its value; a name without value stays, and `missing_mentions` reports it."""
    return PLACEHOLDER.sub(lambda match: values.get(match[1]) or match[0], text)


def seller_of(cooperative: Cooperative) -> Seller:
    """The cooperative as a seller, today."""
    return Seller(
        legal_name=cooperative.legal_name,
        short_name=cooperative.short_name,
        legal_form=cooperative.get_legal_form_display(),
        capital=cooperative.capital,
        siren=cooperative.siren,
        siret=cooperative.siret,
        vat_number=cooperative.vat_number,
        rcs_city=cooperative.rcs_city,
        naf_code=cooperative.naf_code,
        address=Address(
            street=cooperative.street,
            street_extra=cooperative.street_extra,
            postcode=cooperative.postcode,
            city=cooperative.city,
            country="FR",
        ),
        phone=cooperative.phone,
        email=cooperative.email,
        website=cooperative.website,
        iban=cooperative.iban,
        bic=cooperative.bic,
        colour=cooperative.colour,
    )


def brand_of(activity: Activity) -> Brand:
    """The activity's brand, today."""
    return Brand(
        name=activity.name,
        description=activity.description,
        email=activity.email,
        phone=activity.phone,
        website=activity.website,
        city=activity.city,
        logo_sha256=activity.logo.sha256 if activity.logo else "",
        colour=activity.colour,
    )


def buyer_of(customer: Customer, place: Place) -> Buyer:
    """The customer as a buyer, today, at this address."""
    return Buyer(
        kind=customer.kind,
        name=customer.name,
        contact_name=customer.contact_name,
        address=address_of(place),
        siren=customer.siren,
        siret=customer.siret,
        vat_number=customer.vat_number,
        service_code=customer.service_code,
    )


def delivery_of(delivery: DeliveryAddress) -> Delivery:
    """Another place of the customer."""
    return Delivery(label=delivery.label, address=address_of(delivery))


def address_of(place: Place) -> Address:
    """A postal address as it is frozen."""
    return Address(
        street=place.street,
        street_extra=place.street_extra,
        postcode=place.postcode,
        city=place.city,
        country=place.country,
    )


def missing_of_seller(seller: Seller) -> list[str]:
    """What the cooperative's own identity lacks (also C. com. R123-237 and R123-238)."""
    wanted = {
        "La dénomination sociale": seller.legal_name,
        "La forme juridique": seller.legal_form,
        "Le capital social": seller.capital,
        "Le SIREN": seller.siren,
        "Le SIRET du siège": seller.siret,
        "La ville du RCS": seller.rcs_city,
        "Le n° de TVA": seller.vat_number,
    }
    missing = [f"{name} de la coopérative manque." for name, value in wanted.items() if not value]
    return missing + missing_of_address("l’adresse de la coopérative", seller.address)


def missing_of_buyer(buyer: Buyer) -> list[str]:
    """What the customer's identity lacks, by kind of customer."""
    missing = [] if buyer.name.strip() else ["Le nom du client manque."]
    missing += missing_of_address("l’adresse du client", buyer.address)
    if buyer.kind == CustomerKind.PROFESSIONAL and buyer.address.country == "FR" and not buyer.siren:
        missing.append("Le SIREN du client manque.")
    if buyer.kind == CustomerKind.PUBLIC and not buyer.siret:
        missing.append("Le SIRET du client manque.")
    return missing


def missing_of_address(owner: str, address: Address) -> list[str]:
    """What a postal address lacks; `owner` says whose."""
    wanted = {"La rue": address.street, "Le code postal": address.postcode, "La ville": address.city}
    return [f"{name} manque dans {owner}." for name, value in wanted.items() if not value.strip()]


def unprintable_sentence(name: str, text: str) -> str:
    """Names the characters of a text that the documents' font cannot print."""
    shown = ", ".join(
        f"«\u00a0{c}\u00a0» (U+{ord(c):04X})" if c.isprintable() else f"U+{ord(c):04X}"
        for c in dict.fromkeys(unprintable(text))
    )
    return f"{name}\u00a0: un document ne peut pas imprimer {shown}."
