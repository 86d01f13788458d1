"""What a file of customers would bring: each line as a new customer or a change of one, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from cae_backoffice.core.likeness import name_key
from cae_backoffice.core.table_files import TableFile
from cae_backoffice.core.text import control_characters, search_key
from invoicing.customers.enums import CustomerKind
from invoicing.customers.models import Customer
from invoicing.customers.rules import normalise
from members.activities.models import Activity

NOT_TYPED = ("activity", "merged_into")


@dataclass(frozen=True)
class ImportColumn:
    """What a column may say: its heading in the template, and other headings that mean the same."""

    label: str
    others: tuple[str, ...] = ()


COLUMNS = {
    "reference": ImportColumn("Référence", ("code", "code client", "numero", "numero client", "n° client", "id")),
    "kind": ImportColumn("Type", ("type de client", "categorie")),
    "name": ImportColumn("Nom ou raison sociale", ("nom", "raison sociale", "client", "societe", "denomination")),
    "contact_name": ImportColumn("Interlocuteur", ("contact", "nom du contact")),
    "siren": ImportColumn("SIREN", ("n° siren",)),
    "siret": ImportColumn("SIRET", ("n° siret",)),
    "vat_number": ImportColumn("N° de TVA", ("tva", "tva intracommunautaire", "numero de tva", "n° tva")),
    "service_code": ImportColumn("Code service", ("service",)),
    "street": ImportColumn("Adresse", ("rue", "adresse 1", "adresse1", "voie")),
    "street_extra": ImportColumn("Complément d’adresse", ("complement", "adresse 2", "complement d'adresse")),
    "postcode": ImportColumn("Code postal", ("cp", "postal")),
    "city": ImportColumn("Ville", ("commune", "localite")),
    "country": ImportColumn("Pays", ("code pays",)),
    "email": ImportColumn("Adresse e-mail", ("email", "e-mail", "mail", "courriel")),
    "phone": ImportColumn("Téléphone", ("tel", "tel.", "portable", "mobile")),
    "notes": ImportColumn("Notes", ("note", "commentaire", "remarques")),
}
KINDS = {"pa": CustomerKind.CONSUMER, "co": CustomerKind.CONSUMER, "pu": CustomerKind.PUBLIC, "or": CustomerKind.PUBLIC}
"""By the first two letters: particulier, consommateur, public, organisme; anything else is a professional."""


@dataclass(frozen=True)
class ImportLine:
    """A line of the file: the customer it would write, what is wrong with it, and whom it looks like."""

    line: int
    customer: Customer
    errors: tuple[str, ...]
    similar: str = ""

    @property
    def is_update(self) -> bool:
        """Whether it changes a customer that is known by its reference, SIRET or SIREN."""
        return self.customer.pk is not None


def proposed_mapping(table: TableFile) -> dict[int, str]:
    """The rank of each column whose heading is known, and what it says; the first of two that say the same."""
    names = {_bare(label): name for name, column in COLUMNS.items() for label in (column.label, *column.others)}
    found: dict[int, str] = {}
    for rank, heading in enumerate(table.headings):
        name = names.get(_bare(heading))
        if name and name not in found.values():
            found[rank] = name
    return found


def import_lines(table: TableFile, mapping: Mapping[int, str], activity: Activity) -> list[ImportLine]:
    """Every line, held against the activity's customers as they stand and against the lines before it."""
    known = _Known(activity)
    return [known.read(row.line, {name: row.cells[rank] for rank, name in mapping.items()}) for row in table.rows]


class _Known:
    """The customers of an activity by what identifies them, with the lines already read."""

    def __init__(self, activity: Activity) -> None:
        self.activity = activity
        self.by_key: dict[tuple[str, str], Customer] = {}
        self.lines: dict[tuple[str, str], int] = {}
        self.names: dict[tuple[str, str], str] = {}
        for customer in Customer.objects.standing().filter(activity=activity).order_by("-pk"):
            self.by_key |= dict.fromkeys(_keys(customer), customer)
            self.names[name_key(customer.name), customer.postcode] = customer.name

    def read(self, line: int, values: Mapping[str, str]) -> ImportLine:
        """A line as the customer it would write; an empty cell changes nothing of one that is known."""
        customer = _typed(Customer(activity=self.activity), values)
        known = next((self.by_key[key] for key in _keys(customer) if key in self.by_key), None)
        if known is not None:
            customer = _typed(copy(known), values)
        errors = [*_errors(customer), *self._twice(line, customer)]
        place = (name_key(customer.name), customer.postcode)
        similar = self.names.get(place, "") if known is None else ""
        self.names.setdefault(place, f"{customer.name} (ligne {line})")
        return ImportLine(line, customer, tuple(errors), similar)

    def _twice(self, line: int, customer: Customer) -> Iterator[str]:
        keys = [("pk", str(customer.pk))] if customer.pk else _keys(customer)[:1]
        for key in keys:
            if key in self.lines:
                yield f"Ce client figure déjà à la ligne {self.lines[key]}."
            self.lines.setdefault(key, line)


def _typed(customer: Customer, values: Mapping[str, str]) -> Customer:
    for name, text in values.items():
        if text and name not in {"kind", "country"}:
            setattr(customer, name, text)
    if values.get("country"):
        customer.country = _country(values["country"])
    normalise(customer)
    if values.get("kind"):
        customer.kind = KINDS.get(_bare(values["kind"])[:2], CustomerKind.PROFESSIONAL)
    elif not customer.kind:
        has_number = customer.siren or customer.siret or customer.vat_number
        customer.kind = CustomerKind.PROFESSIONAL if has_number else CustomerKind.CONSUMER
    return customer


def _country(text: str) -> str:
    return "FR" if _bare(text) == "france" else text.strip().upper()


def _keys(customer: Customer) -> list[tuple[str, str]]:
    names = ("reference", "siret", "siren")
    return [(name, value) for name in names if (value := getattr(customer, name))]


def _errors(customer: Customer) -> Iterator[str]:
    try:
        customer.clean_fields(exclude=NOT_TYPED)
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            label = COLUMNS[name].label
            yield from (f"{label}\u00a0: {message}" for message in messages)
    if any(control_characters(str(getattr(customer, name))) for name in COLUMNS):
        yield "Un texte contient un caractère de contrôle."
    wrong = {
        "invoicing_customer_consumer_no_siren": customer.kind == CustomerKind.CONSUMER
        and any((customer.siren, customer.siret, customer.vat_number)),
        "invoicing_customer_professional_siren": customer.kind == CustomerKind.PROFESSIONAL
        and customer.country == "FR"
        and not customer.siren,
        "invoicing_customer_public_siret": customer.kind == CustomerKind.PUBLIC and not customer.siret,
        "invoicing_customer_siret_of_siren": not customer.siret.startswith(customer.siren) and customer.siret != "",
        "invoicing_customer_postcode": customer.country == "FR"
        and not (customer.postcode.isascii() and customer.postcode.isdecimal() and len(customer.postcode) == 5),  # noqa: PLR2004
    }
    for constraint in Customer._meta.constraints:
        if wrong.get(constraint.name):
            yield str(constraint.violation_error_message)


def _bare(heading: str) -> str:
    return search_key(heading).replace("’", "'").replace("*", "").strip()
