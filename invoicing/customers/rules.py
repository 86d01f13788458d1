"""How a customer's identifiers are written, and who may write a customer."""

import re

from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.text import tidy
from invoicing.customers.models import Customer
from members.activities.models import Activity
from members.people.models import User

SIREN_DIGITS = 9
SEPARATORS = re.compile(r"[\s.\-\u00a0\u202f]+")


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
    for name in ("name", "contact_name", "service_code", "street", "street_extra", "city"):
        setattr(customer, name, single_spaced(getattr(customer, name)))
    customer.notes = tidy(customer.notes)


def single_spaced(text: str) -> str:
    """The text without surrounding or doubled ordinary spaces, accents composed."""
    return re.sub(r" {2,}", " ", tidy(text))
