"""How a customer's identifiers are written, and who may write a customer."""

import re
from typing import Protocol

from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.likeness import address_key, likeness, name_key
from cae_backoffice.core.text import search_key, tidy
from invoicing.customers.enums import CustomerKind, Likeness
from invoicing.customers.models import Customer
from members.activities.models import Activity
from members.people.models import User

SIREN_DIGITS = 9
SEPARATORS = re.compile(r"[\s.\-\u00a0\u202f]+")

VERY_NEAR, NEAR, SAME_STREET = 90, 70, 85
"""From how alike on, out of 100, two names are suspected alone, or at one address; two streets are the same."""

IDENTITY = ("kind", "name", "siren", "siret", "vat_number", "street", "postcode", "city", "country")


class Identity(Protocol):
    """What tells a customer from another: the record itself, or these fields of it (`IDENTITY`)."""

    kind: str
    name: str
    siren: str
    siret: str
    vat_number: str
    street: str
    postcode: str
    city: str
    country: str


def kept_customer(customer: Customer) -> Customer:
    """The customer that stands for this one: itself, or the one it was merged into."""
    return customer.merged_into or customer


def is_one_customer(one: Customer, other: Customer) -> bool:
    """Whether both are one customer: the same record, one merged into the other, or both into a third."""
    return (one.merged_into_id or one.pk) == (other.merged_into_id or other.pk)


def may_write_for(user: User, activity: Activity) -> bool:
    """Whether the user creates and changes customers of this activity."""
    if not has_right(user, Right.MANAGE_CUSTOMERS):
        return False
    if has_right(user, Right.VIEW_ALL_INVOICES):
        return True
    return Activity.objects.carried_by(user.pk).filter(pk=activity.pk).exists()


def normalise(customer: Customer) -> None:
    """Write identifiers as the registers do: no separator, capitals; the SIREN is the head of the SIRET.

    Names and addresses lose surrounding and doubled spaces, and are composed (NFC).
    """
    customer.siren = SEPARATORS.sub("", customer.siren)
    customer.siret = SEPARATORS.sub("", customer.siret)
    customer.vat_number = SEPARATORS.sub("", customer.vat_number).upper()
    customer.country = customer.country.strip().upper()
    customer.postcode = customer.postcode.strip()
    if customer.siret and not customer.siren:
        customer.siren = customer.siret[:SIREN_DIGITS]
    for name in ("name", "contact_name", "reference", "service_code", "street", "street_extra", "city"):
        setattr(customer, name, single_spaced(getattr(customer, name)))
    customer.notes = tidy(customer.notes)


def single_spaced(text: str) -> str:
    """The text without surrounding or doubled ordinary spaces, accents composed."""
    return re.sub(r" {2,}", " ", tidy(text))


def likeness_of(one: Identity, other: Identity) -> Likeness | None:
    """Why two customers may be one; None when nothing says so, or when their SIREN tell them apart.

    A near name is enough for companies; two people may bear the same one, so they must live in the same town as well.
    """
    if one.siren and other.siren and one.siren != other.siren:
        return None
    for kind, name in ((Likeness.SIRET, "siret"), (Likeness.SIREN, "siren"), (Likeness.VAT, "vat_number")):
        if getattr(one, name) and getattr(one, name) == getattr(other, name):
            return kind
    alike = likeness(name_key(one.name), name_key(other.name))
    if alike >= VERY_NEAR and (not _are_people(one, other) or _same_town(one, other)):
        return Likeness.NAME
    return Likeness.NAME_AND_ADDRESS if alike >= NEAR and _same_address(one, other) else None


def _are_people(one: Identity, other: Identity) -> bool:
    return one.kind == other.kind == CustomerKind.CONSUMER


def _same_town(one: Identity, other: Identity) -> bool:
    return one.postcode == other.postcode or search_key(one.city) == search_key(other.city)


def _same_address(one: Identity, other: Identity) -> bool:
    streets = likeness(address_key(one.street), address_key(other.street))
    return one.country == other.country and one.postcode == other.postcode and streets >= SAME_STREET
