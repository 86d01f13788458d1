"""The customers of the demo's activities, through the customers' service."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from cae_backoffice.demo.activities import Venture
from cae_backoffice.demo.catalogue import slug, table
from cae_backoffice.demo.chance import dice
from cae_backoffice.demo.identifiers import european_vat, french_vat, landline, mobile, siren, siret
from invoicing.customers.enums import CustomerKind
from invoicing.customers.models import Customer, DeliveryAddress
from invoicing.customers.services import save_customer, save_delivery_address
from members.activities.enums import Sector
from members.people.models import User

ABROAD = "abroad"
DELIVERED_ELSEWHERE_PERCENT = 14
SUBCONTRACTING_PERCENT = 50
FAR_PERCENT = 25
TOWN = "Commune de "
INVENTED_POSTCODES = ("49970", "44970", "53970", "72970", "85970")
SITES = ("Chantier", "Entrepôt", "Annexe", "Site", "Salle polyvalente")


@dataclass(frozen=True)
class Client:
    """A customer of the demo, where they are delivered if elsewhere, and whether they subcontract building works."""

    customer: Customer
    delivery_address: DeliveryAddress | None
    subcontracts: bool


class Registry:
    """Names already given: no two customers of the demo have the same."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def take(self, names: Iterator[str]) -> str:
        """The first of the names that nobody has yet."""
        name = next(name for name in names if name not in self._given)
        self._given.add(name)
        return name


def find_customers(venture: Venture, count: int, registry: Registry, by: User) -> list[Client]:
    """So many customers for an activity, of the kinds its trade serves, the most frequent kind first."""
    chance = dice("customers", venture.idea.name)
    weights = venture.idea.trade.customers
    kinds = sorted(weights, key=lambda kind: -weights[kind])[:1]
    kinds += chance.choices(list(weights), weights=list(weights.values()), k=count - 1)
    return [_client(venture, kind, chance, registry, by) for kind in kinds]


def _client(venture: Venture, kind: str, chance: Random, registry: Registry, by: User) -> Client:
    makers = {"professional": _professional, "consumer": _consumer, "public": _public, ABROAD: _abroad}
    customer: Customer = makers[kind](chance, registry)
    customer.activity = venture.activity
    save_customer(customer=customer, by=by)
    address = None
    if chance.randrange(100) < DELIVERED_ELSEWHERE_PERCENT and kind != ABROAD:
        place = _place(chance)
        label = f"{chance.choice(SITES)} {place['street'].split(' ', 1)[1]}"
        address = save_delivery_address(address=DeliveryAddress(customer=customer, label=label, **place), by=by)
    builds = venture.idea.trade.sector == Sector.CONSTRUCTION and kind == "professional" and customer.vat_number
    return Client(customer, address, bool(builds) and chance.randrange(100) < SUBCONTRACTING_PERCENT)


def _place(chance: Random) -> dict[str, str]:
    places = table("places")
    postcode, city = chance.choice(places["far" if chance.randrange(100) < FAR_PERCENT else "near"])
    street = f"{chance.randrange(1, 120)} {chance.choice(places['streets'])}"
    extra = chance.choice(places["extras"]) if chance.randrange(5) == 0 else ""
    return {"street": street, "street_extra": extra, "postcode": postcode, "city": city}


def _contact(chance: Random) -> dict[str, Any]:
    names = table("names")
    person = f"{chance.choice(names['women'] + names['men'])} {chance.choice(names['family'])}"
    contact = chance.choice((person, person, "", chance.choice(table("companies")["contacts"])))
    return {"contact_name": contact, "phone": landline(chance)}


def _company_names(chance: Random) -> Iterator[str]:
    pieces = table("companies")
    while True:
        form = chance.choice(pieces["forms"])
        if chance.randrange(2):
            yield f"{chance.choice(pieces['houses'])} {chance.choice(pieces['endings'])}"
        else:
            yield f"{chance.choice(pieces['roots'])} {chance.choice(pieces['trades'])} {form}"


def _professional(chance: Random, registry: Registry) -> Customer:
    """A company; one in seven is an association, which has a SIREN but no VAT number."""
    is_association = chance.randrange(7) == 0
    associations = chance.sample(table("companies")["associations"], k=3)
    names = _company_names(chance)
    name = registry.take(_first_then(associations, names) if is_association else names)
    number = siren(chance)
    return Customer(
        kind=CustomerKind.PROFESSIONAL,
        name=name,
        siren=number,
        siret=siret(chance, number),
        vat_number="" if name in associations else french_vat(number),
        email=f"compta@{slug(name)}.exemple.test",
        **_contact(chance),
        **_place(chance),
    )


def _consumer(chance: Random, registry: Registry) -> Customer:
    pieces = table("names")

    def names() -> Iterator[str]:
        while True:
            yield f"{chance.choice(pieces['women'] + pieces['men'])} {chance.choice(pieces['family'])}"

    name = registry.take(names())
    return Customer(
        kind=CustomerKind.CONSUMER,
        name=name,
        email=f"{slug(name).replace('-', '.')}@exemple.org",
        phone=mobile(chance),
        **_place(chance),
    )


def _public(chance: Random, registry: Registry) -> Customer:
    """A public body: a SIRET, and for some a service code. A town that does not exist lies in itself."""
    names = table("companies")["public"]
    name = registry.take(_first_then(chance.sample(names, k=len(names)), _invented_towns(chance)))
    number = siren(chance)
    place = _place(chance)
    if name.startswith(TOWN):
        place |= {"city": name.removeprefix(TOWN), "postcode": chance.choice(INVENTED_POSTCODES)}
    return Customer(
        kind=CustomerKind.PUBLIC,
        name=name,
        siren=number,
        siret=siret(chance, number),
        service_code=chance.choice(table("companies")["services"]) if chance.randrange(2) else "",
        email=f"factures@{slug(name)}.exemple.test",
        **_contact(chance),
        **place,
    )


def _invented_towns(chance: Random) -> Iterator[str]:
    saints, endings = table("companies")["saints"], table("companies")["town_endings"]
    while True:
        yield f"{TOWN}Saint{chance.choice(saints)}-{chance.choice(endings)}"


def _abroad(chance: Random, registry: Registry) -> Customer:
    """A company of another country of the European Union, with its VAT number."""
    regions = {
        f"{name} {form}": region
        for region in table("places")["abroad"]
        for name in region["names"]
        for form in region["forms"]
    }
    name = registry.take(_first_then(chance.sample(list(regions), k=len(regions)), _company_names(chance)))
    region = regions.get(name, table("places")["abroad"][0])
    postcode, city = chance.choice(region["places"])
    return Customer(
        kind=CustomerKind.PROFESSIONAL,
        name=name,
        vat_number=european_vat(chance, region["country"]),
        street=f"{chance.choice(region['streets'])} {chance.randrange(1, 90)}",
        postcode=postcode,
        city=city,
        country=region["country"],
        email=f"office@{slug(name)}.exemple.test",
    )


def _first_then(first: list[str], others: Iterator[str]) -> Iterator[str]:
    yield from first
    yield from others
