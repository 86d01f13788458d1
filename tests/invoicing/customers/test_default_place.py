"""A customer's default place of delivery is proposed on new documents, and on no document that says otherwise."""

import json

import pytest
from django.test import Client

from members.activities.models import Activity
from tests.conftest import signed_in
from tests.invoicing.factories import (
    entrepreneur_of,
    make_customer,
    make_delivery_address,
    make_draft,
    make_selling_activity,
)
from tests.invoicing.quotes.books import draft_quote

pytestmark = pytest.mark.django_db


@pytest.fixture
def activity() -> Activity:
    """An activity with one entrepreneur."""
    return make_selling_activity()


@pytest.fixture
def client(activity: Activity) -> Client:
    """Their browser."""
    return signed_in(entrepreneur_of(activity))


def place_on(client: Client, url: str) -> tuple[str, dict[str, str]]:
    """What the sheet proposes, and what it would for each customer."""
    field = client.get(url).context["heading"]["delivery_address"]
    return str(field.value()), json.loads(field.field.widget.attrs["data-defaults"])


@pytest.mark.parametrize("page", ["factures/nouvelle", "devis/nouveau"])
def test_on_a_new_document(client: Client, activity: Activity, page: str) -> None:
    """Of the customer it is begun for; of none, and of a customer without a default place, nothing."""
    customer, other = make_customer(activity), make_customer(activity)
    make_delivery_address(customer)
    default = make_delivery_address(customer, label="Dépôt", is_default=True)
    make_delivery_address(other)
    defaults = {str(customer.pk): str(default.pk)}
    assert place_on(client, f"/{page}/?client={customer.pk}") == (str(default.pk), defaults)
    assert place_on(client, f"/{page}/?client={other.pk}") == ("", defaults)
    assert place_on(client, f"/{page}/") == ("", defaults)


def test_on_a_draft_that_names_none(client: Client, activity: Activity) -> None:
    """What its author chose stands."""
    customer = make_customer(activity)
    make_delivery_address(customer, is_default=True)
    invoice, quote = make_draft(activity, customer=customer), draft_quote(activity, customer=customer)
    for url in (f"/factures/{invoice.pk}/modifier/", f"/devis/{quote.pk}/modifier/"):
        assert place_on(client, url)[0] == ""
