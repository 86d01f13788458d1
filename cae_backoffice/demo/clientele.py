"""What the demo's entrepreneur keeps of their customers: contacts, one typed twice and merged, one still suspected, and
the private page given to the one who owes something.
"""

from collections.abc import Iterable
from datetime import date, datetime, time

from django.utils import timezone

from cae_backoffice.demo.catalogue import slug, table
from cae_backoffice.demo.chance import dice
from cae_backoffice.demo.customers import Client
from cae_backoffice.demo.people import Staff
from invoicing.customer_accounts.services import give_link, merge_customers
from invoicing.customers.models import Contact, Customer
from invoicing.customers.services import save_contact, save_customer
from invoicing.payments.queries import outstanding_invoices
from members.people.models import User

ROLES = ("Comptabilité fournisseurs", "Direction", "Achats")
LINK_DAYS = 365
TYPED = ("activity", "kind", "siren", "siret", "vat_number", "service_code", "street", "postcode", "city", "country")


def keep_clientele(clients: Iterable[Client], staff: Staff, today: date) -> str:
    """Write it all; answers the address of the private page."""
    accountant, at = staff.accountants[0], timezone.make_aware(datetime.combine(today, time(8)))
    firms = [client.customer for client in clients if client.customer.siren]
    for customer, role in zip(firms, ROLES, strict=False):
        _add_contact(customer, role, accountant)
    merge_customers(kept=firms[0], merged=_typed_again(firms[0], accountant), at=at, by=accountant)
    _typed_again(firms[-1], accountant)
    due = outstanding_invoices(accountant, on=today).filter(activity=firms[0].activity).order_by("due_on", "pk")
    debtor = next((invoice.customer for invoice in due if invoice.customer), firms[0])
    secret = give_link(customer=debtor, days=LINK_DAYS, at=at, by=accountant)
    return f"/espace-client/{secret}/"


def _add_contact(customer: Customer, role: str, by: User) -> None:
    names, chance = table("names"), dice("contacts", customer.name)
    name = f"{chance.choice(names['women'] + names['men'])} {chance.choice(names['family'])}"
    domain = customer.email.rpartition("@")[2]
    contact = Contact(
        customer=customer,
        name=name,
        role=role,
        email=f"{slug(name).replace('-', '.')}@{domain}",
        gets_invoices=role == ROLES[0],
        gets_reminders=role == ROLES[0],
        gets_quotes=role != ROLES[0],
    )
    save_contact(contact=contact, by=by)


def _typed_again(customer: Customer, by: User) -> Customer:
    """In capitals, as another file had it."""
    copied = {name: getattr(customer, name) for name in TYPED}
    return save_customer(customer=Customer(name=customer.name.upper(), **copied), by=by)
