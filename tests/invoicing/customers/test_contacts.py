"""Contacts and other addresses of a customer: who gets what, what invoices bear, and whose they are."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from cae_backoffice.core.access import Role
from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.models import AuditEvent
from invoicing.customers.enums import Purpose
from invoicing.customers.models import BillingAddress, Contact, Customer, DeliveryAddress
from invoicing.customers.queries import Recipient, billing_place, contacts_visible_to, recipients
from invoicing.customers.services import (
    remove_billing_address,
    remove_contact,
    save_billing_address,
    save_contact,
    save_delivery_address,
)
from tests.conftest import signed_in
from tests.invoicing.factories import (
    accountant,
    entrepreneur_of,
    make_billing_address,
    make_contact,
    make_customer,
    make_delivery_address,
    make_issued,
    make_selling_activity,
)
from tests.members.factories import make_user

pytestmark = pytest.mark.django_db

PLACE = {"label": "Siège", "street": "1 quai du Port", "postcode": "56100", "city": "Lorient", "country": "FR"}


@pytest.fixture
def customer() -> Customer:
    """A customer of an activity that one entrepreneur carries."""
    return make_customer(make_selling_activity(), email="accueil@rose.example", contact_name="Rose Lenoir")


@pytest.fixture
def client(customer: Customer) -> Client:
    """The entrepreneur's browser."""
    return signed_in(entrepreneur_of(customer.activity))


def test_documents_go_to_the_contacts_who_get_them(customer: Customer) -> None:
    """By name, each address once; the customer's own address where nobody does."""
    make_contact(customer, "Zoé", email="zoe@rose.example", gets_invoices=True, gets_reminders=True)
    make_contact(customer, "Ali", email="ali@rose.example", gets_invoices=True)
    make_contact(customer, "Standard", email="ZOE@rose.example", gets_invoices=True)
    make_contact(customer, "Bob", email="bob@rose.example")
    assert recipients(customer, Purpose.INVOICES) == (
        Recipient("Ali", "ali@rose.example"),
        Recipient("Standard", "ZOE@rose.example"),
    )
    assert recipients(customer, Purpose.REMINDERS) == (Recipient("Zoé", "zoe@rose.example"),)
    assert recipients(customer, Purpose.QUOTES) == (Recipient("Rose Lenoir", "accueil@rose.example"),)


def test_without_any_address_nobody_is_written_to(customer: Customer) -> None:
    """Nor to another customer's contacts."""
    make_contact(make_customer(customer.activity), email="x@rose.example", gets_quotes=True)
    customer.email = ""
    assert recipients(customer, Purpose.QUOTES) == ()


def test_whoever_gets_documents_has_an_address(customer: Customer) -> None:
    """The service and the database refuse alike; nothing is written."""
    before = AuditEvent.objects.count()
    with pytest.raises(RefusalError) as refusal:
        save_contact(contact=Contact(customer=customer, name="Ali", gets_invoices=True), by=accountant())
    assert refusal.value.reasons == ("Un contact qui reçoit des documents a une adresse e-mail.",)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_contact(customer, gets_reminders=True)
    assert (Contact.objects.count(), AuditEvent.objects.count()) == (0, before)


def test_a_stranger_writes_nothing_of_a_customer(customer: Customer) -> None:
    """Contact, addresses, erasing."""
    stranger = entrepreneur_of(make_selling_activity())
    contact, address = make_contact(customer), make_billing_address(customer)
    before = AuditEvent.objects.count()
    acts: list[Callable[[], object]] = [
        lambda: save_contact(contact=Contact(customer=customer, name="Ali"), by=stranger),
        lambda: remove_contact(contact=contact, by=stranger),
        lambda: save_billing_address(address=BillingAddress(customer=customer, **PLACE), by=stranger),
        lambda: remove_billing_address(address=address, by=stranger),
        lambda: save_delivery_address(address=DeliveryAddress(customer=customer, **PLACE), by=stranger),
    ]
    for act in acts:
        with pytest.raises(RefusalError) as refusal:
            act()
        assert refusal.value.reasons == ("Vous n’écrivez pas les clients de cette activité.",)
    counts = Contact.objects.count(), BillingAddress.objects.count(), DeliveryAddress.objects.count()
    assert (counts, AuditEvent.objects.count()) == ((1, 1, 0), before)


def test_contacts_are_seen_by_whoever_sees_the_customer(customer: Customer) -> None:
    """Not by an adviser, nor by a stranger."""
    contact = make_contact(customer)
    assert list(contacts_visible_to(accountant())) == [contact]
    assert list(contacts_visible_to(entrepreneur_of(customer.activity))) == [contact]
    assert not contacts_visible_to(entrepreneur_of(make_selling_activity())).exists()
    assert not contacts_visible_to(make_user(Role.ADVISER)).exists()


def test_the_first_billing_address_is_used_at_once_and_one_at_a_time(customer: Customer) -> None:
    """The customer's own stands before and after."""
    by = accountant()
    assert billing_place(customer) == customer
    first = save_billing_address(address=BillingAddress(customer=customer, **PLACE), by=by)
    second = save_billing_address(address=BillingAddress(customer=customer, **(PLACE | {"label": "CSP"})), by=by)
    assert (billing_place(customer), second.is_default) == (first, False)
    second.is_default = True
    save_billing_address(address=second, by=by)
    first.refresh_from_db()
    assert (billing_place(customer), first.is_default) == (second, False)
    remove_billing_address(address=second, by=by)
    assert billing_place(customer) == customer
    assert history_of(customer)[0].changes == {"label": "CSP"}


def test_the_default_delivery_address_takes_the_place_of_the_other(customer: Customer) -> None:
    """The database holds to one."""
    first = make_delivery_address(customer, is_default=True)
    second = save_delivery_address(
        address=DeliveryAddress(customer=customer, is_default=True, **PLACE), by=accountant()
    )
    first.refresh_from_db()
    assert (first.is_default, second.is_default) == (False, True)
    with pytest.raises(IntegrityError), transaction.atomic():
        DeliveryAddress.objects.filter(pk=first.pk).update(is_default=True)


def test_an_issued_invoice_bears_the_billing_address_for_ever() -> None:
    """Frozen at issue, whatever becomes of the address."""
    activity = make_selling_activity()
    customer = make_customer(activity)
    address = make_billing_address(customer)
    invoice = make_issued(activity, customer=customer)
    remove_billing_address(address=address, by=accountant())
    later = make_issued(activity, customer=customer, on=date(2026, 11, 3))
    frozen = [document.snapshot.content["buyer"]["address"] for document in (invoice, later)]
    assert [place["street"] for place in frozen] == ["BP 12", "8 rue des Lilas"]
    assert (frozen[0]["postcode"], frozen[0]["city"]) == ("35040", "Rennes Cedex")


def test_a_contact_is_typed_and_erased(client: Client, customer: Customer) -> None:
    """From the customer's page and back; what lacks is said at its field."""
    url = f"/clients/{customer.pk}/contacts/nouveau/"
    answer = client.post(url, {"name": "Ali Ben", "gets_invoices": "on"})
    assert answer.context["form"].errors == {"email": ["Un contact qui reçoit des documents a une adresse e-mail."]}
    assert not Contact.objects.exists()
    typed = {"name": " Ali  Ben ", "role": "Comptable", "email": "ali@rose.example", "gets_invoices": "on"}
    assert client.post(url, typed).headers["Location"] == f"/clients/{customer.pk}/modifier/"
    contact = Contact.objects.get()
    assert (contact.name, contact.role, contact.gets_invoices, contact.gets_quotes) == ("Ali Ben", "Comptable", 1, 0)
    assert "ali@rose.example" in client.get(f"/clients/{customer.pk}/modifier/").text
    client.post(f"/clients/contacts/{contact.pk}/effacer/")
    assert not Contact.objects.exists()
    event = history_of(customer)[0]
    assert (event.action, event.changes) == ("customer.contact_removed", {})


def test_a_billing_address_is_typed_and_taken_away(client: Client, customer: Customer) -> None:
    """From the customer's page and back."""
    assert client.post(f"/clients/{customer.pk}/facturation/nouvelle/", PLACE).status_code == 302
    address = BillingAddress.objects.get()
    assert (address.customer, address.is_default, address.city) == (customer, True, "Lorient")
    assert client.post(f"/clients/facturation/{address.pk}/modifier/", PLACE | {"postcode": "1"}).status_code == 200
    client.post(f"/clients/facturation/{address.pk}/modifier/", PLACE | {"city": "Vannes"})
    address.refresh_from_db()
    assert (address.city, address.is_default) == ("Vannes", True)
    client.post(f"/clients/facturation/{address.pk}/retirer/")
    assert not BillingAddress.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_customers_page_takes_the_same_queries_whatever_it_lists(
    client: Client, customer: Customer, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Session, account, cooperative, customer, and one for each of the three lists."""
    for n in range(count):
        make_contact(customer, f"N{n}")
        make_delivery_address(customer, label=f"N{n}")
        make_billing_address(customer, is_default=False)
    client.get(f"/clients/{customer.pk}/modifier/")
    with django_assert_num_queries(7):
        client.get(f"/clients/{customer.pk}/modifier/")


def test_the_staff_write_them_on_the_customers_page(accountant_client: Client, customer: Customer) -> None:
    """Through the same services."""
    url = f"/gestion/invoicing/customer/{customer.pk}/change/"
    form = accountant_client.get(url).context["adminform"].form
    data = {name: value for name, value in form.initial.items() if value not in (None, False)}
    for prefix in ("contacts", "billing_addresses", "delivery_addresses"):
        data |= {f"{prefix}-TOTAL_FORMS": "1", f"{prefix}-INITIAL_FORMS": "0", f"{prefix}-0-customer": customer.pk}
    data |= {"contacts-0-name": "Ali", "contacts-0-gets_quotes": "on"}
    refused = accountant_client.post(url, data)
    assert "Un contact qui reçoit des documents a une adresse e-mail." in refused.text
    data |= {"contacts-0-email": "ali@rose.example", "delivery_addresses-0-kind": "SITE"}
    data |= {f"billing_addresses-0-{name}": value for name, value in PLACE.items()}
    data |= {f"delivery_addresses-0-{name}": value for name, value in PLACE.items()}
    assert accountant_client.post(url, data).status_code == 302
    assert customer.contacts.get().gets_quotes
    assert customer.billing_addresses.get().is_default
    assert customer.delivery_addresses.get().kind == "SITE"
