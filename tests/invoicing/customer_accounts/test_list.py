"""The list of one's customers: of a kind, archived, with something due."""

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from invoicing.customers.enums import CustomerKind
from invoicing.customers.models import Customer
from members.activities.models import Activity
from tests.conftest import signed_in
from tests.invoicing.factories import entrepreneur_of, make_customer, make_draft, make_selling_activity
from tests.invoicing.payments.books import invoice_of, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def activity() -> Activity:
    """An activity with one entrepreneur."""
    return make_selling_activity()


@pytest.fixture
def client(activity: Activity) -> Client:
    """Their browser."""
    return signed_in(entrepreneur_of(activity))


def shown(client: Client, query: str) -> list[str]:
    """The names on the page."""
    return [customer.name for customer in client.get(f"/clients/?{query}").context["page"]]


def test_of_a_kind(client: Client, activity: Activity) -> None:
    """Together with the words; an unknown kind is none."""
    make_customer(activity, CustomerKind.CONSUMER, name="Ada")
    make_customer(activity, CustomerKind.PUBLIC, name="Ville d’Ada")
    make_customer(activity, name="Menuiserie")
    assert shown(client, "type=CONSUMER") == ["Ada"]
    assert shown(client, "type=PUBLIC&q=ada") == ["Ville d’Ada"]
    assert shown(client, "type=PUBLIC&q=menuiserie") == []
    assert shown(client, "type=X&etat=X") == ["Ada", "Menuiserie", "Ville d’Ada"]
    page = client.get("/clients/?type=PUBLIC&q=ada").text
    assert "?q=ada&amp;type=PUBLIC&amp;etat=du" in page


def test_with_something_due(client: Client, activity: Activity) -> None:
    """Nothing of a draft or of what is paid; also of one that is archived, or under a record that was merged."""
    names = ("Archivé", "Brouillon", "Gardé", "Payé", "Redevable")
    archived, drafted, kept, paid, owing = (make_customer(activity, name=name) for name in names)
    merged = make_customer(activity, name="Fusionné")
    for customer in (archived, owing, merged):
        invoice_of(customer, "100")
    receive(paid, "120", (invoice_of(paid, "100"), "120"))
    make_draft(activity, customer=drafted)
    invoice_of(make_customer(make_selling_activity(), name="Ailleurs"), "100")
    Customer.objects.filter(pk=archived.pk).update(is_archived=True)
    Customer.objects.filter(pk=merged.pk).update(is_archived=True, merged_into=kept)
    assert shown(client, "etat=du") == ["Archivé", "Gardé", "Redevable"]
    assert shown(client, "etat=archives") == ["Archivé"]
    assert shown(client, "") == ["Brouillon", "Gardé", "Payé", "Redevable"]


@pytest.mark.parametrize("count", [1, 3])
def test_filters_take_no_more_queries(
    client: Client, activity: Activity, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """As many as the list without them, whatever it holds."""
    for _ in range(count):
        invoice_of(make_customer(activity), "100")
    client.get("/clients/")
    for query in ("", "type=PROFESSIONAL", "etat=du"):
        with django_assert_num_queries(6):
            assert len(shown(client, query)) == count
