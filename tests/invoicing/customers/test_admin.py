"""Customers on the staff's pages."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from invoicing.customers.enums import CustomerKind
from invoicing.customers.models import Customer, DeliveryAddress
from tests.invoicing.factories import make_customer, make_delivery_address, make_selling_activity

pytestmark = pytest.mark.django_db
LIST = "/gestion/invoicing/customer/"


def change(customer: Customer) -> str:
    """The customer's page."""
    return f"{LIST}{customer.pk}/change/"


def posted(activity_id: int, **fields: str) -> dict[str, str]:
    """The form as the browser posts it, with one new delivery address."""
    form = {
        "activity": str(activity_id),
        "kind": "PROFESSIONAL",
        "name": "Menuiserie du Port",
        "contact_name": "",
        "siren": "732829320",
        "siret": "",
        "vat_number": "",
        "service_code": "",
        "street": "1 quai du Port",
        "street_extra": "",
        "postcode": "56100",
        "city": "Lorient",
        "country": "FR",
        "email": "",
        "phone": "",
        "notes": "",
        "contacts-TOTAL_FORMS": "0",
        "contacts-INITIAL_FORMS": "0",
        "billing_addresses-TOTAL_FORMS": "0",
        "billing_addresses-INITIAL_FORMS": "0",
        "delivery_addresses-TOTAL_FORMS": "1",
        "delivery_addresses-INITIAL_FORMS": "0",
        "delivery_addresses-0-id": "",
        "delivery_addresses-0-kind": "SITE",
        "delivery_addresses-0-label": "Chantier des Lilas",
        "delivery_addresses-0-street": "8 rue des Lilas",
        "delivery_addresses-0-street_extra": "",
        "delivery_addresses-0-postcode": "35000",
        "delivery_addresses-0-city": "Rennes",
        "delivery_addresses-0-country": "FR",
    }
    return form | fields


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_whatever_its_length(
    accountant_client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Session, account, cooperative, badge, count and page."""
    for _ in range(count):
        make_customer(make_selling_activity())
    accountant_client.get(LIST)
    with django_assert_num_queries(6):
        response = accountant_client.get(LIST)
    assert len(response.context["cl"].result_list) == count


def test_a_customer_and_its_delivery_address_in_one_form(accountant_client: Client) -> None:
    """Both through their services."""
    activity = make_selling_activity()
    assert accountant_client.post(f"{LIST}add/", posted(activity.pk))["Location"] == LIST
    customer = Customer.objects.get()
    assert (customer.name, customer.activity) == ("Menuiserie du Port", activity)
    assert DeliveryAddress.objects.get().customer == customer


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"siren": "732829321"}, "Ce SIREN n’existe pas"),
        ({"siren": ""}, "Un professionnel établi en France a un SIREN."),
        ({"kind": "PUBLIC"}, "Un organisme public a un SIRET."),
        ({"kind": "CONSUMER"}, "Un particulier n’a ni SIREN, ni SIRET, ni numéro de TVA."),
        ({"delivery_addresses-0-city": ""}, "Ce champ est obligatoire"),
    ],
)
def test_refusals_are_errors_of_the_form(accountant_client: Client, fields: dict[str, str], reason: str) -> None:
    """Neither the customer nor the address is written."""
    page = accountant_client.post(f"{LIST}add/", posted(make_selling_activity().pk, **fields)).content.decode()
    assert reason in page.replace("&#x27;", "’")
    assert not Customer.objects.exists()
    assert not DeliveryAddress.objects.exists()


def test_a_customer_stays_with_its_activity_and_links_to_its_invoices(accountant_client: Client) -> None:
    """The activity is read-only; what was posted for it is ignored."""
    customer = make_customer(make_selling_activity())
    page = accountant_client.get(change(customer)).content.decode()
    assert f'href="/gestion/invoicing/invoice/?customer__id__exact={customer.pk}"' in page
    other = make_selling_activity()
    accountant_client.post(change(customer), posted(other.pk, name="Autre nom"))
    customer.refresh_from_db()
    assert customer.name == "Autre nom"
    assert customer.activity != other


def test_the_search_ignores_accents(accountant_client: Client) -> None:
    """By name and by activity."""
    wanted = make_customer(make_selling_activity(name="Bois flotté"), CustomerKind.CONSUMER, name="Zoé Lefèvre")
    make_customer(make_selling_activity())
    for words in ("lefevre", "ZOÉ", "bois flotte"):
        found = accountant_client.get(LIST, {"q": words}).context["cl"].result_list
        assert list(found) == [wanted], words


def test_the_addresses_offered_are_the_customers(accountant_client: Client) -> None:
    """None before a customer is chosen."""
    mine = make_delivery_address(make_customer(make_selling_activity()))
    make_delivery_address(make_customer(make_selling_activity()))
    query = {"app_label": "invoicing", "model_name": "invoice", "field_name": "delivery_address"}
    url = reverse("admin:autocomplete")
    assert accountant_client.get(url, query).json()["results"] == []
    offered = accountant_client.get(url, query | {"customer": mine.customer_id}).json()["results"]
    assert [result["id"] for result in offered] == [str(mine.pk)]


def test_customers_are_the_accountants(manager_client: Client, entrepreneur_client: Client) -> None:
    """403 for the others."""
    assert manager_client.get(LIST).status_code == 403
    assert entrepreneur_client.get(LIST).status_code == 403
