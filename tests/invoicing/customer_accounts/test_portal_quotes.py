"""The customer's private page: the quotes that may still be accepted, and the way to answer them."""

import pytest
from django.test import Client
from django.utils import timezone

from cae_backoffice.core.audit import history_of
from invoicing.customer_accounts.models import CustomerLink
from invoicing.customer_accounts.services import give_link, revoke_link
from invoicing.customers.models import Customer
from invoicing.quotes.models import QuoteLink
from tests.invoicing.factories import accountant, make_customer, make_selling_activity
from tests.invoicing.quotes.books import draft_quote, sent_quote

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> Customer:
    """A customer of a selling activity."""
    return make_customer(make_selling_activity(), name="Menuiserie Rose")


def test_open_quotes_are_listed_and_opened(customer: Customer, client: Client) -> None:
    """One still valid, one sent to a record merged since; neither a draft, nor one that is over, nor another's. The way
    on is a link of the quote's own, made in the name of whoever gave the customer theirs.
    """
    merged = make_customer(customer.activity)
    today = timezone.localdate()
    mine = sent_quote(customer.activity, customer=customer, on=today, valid_until=today)
    older = sent_quote(customer.activity, customer=merged, on=today, valid_until=today)
    over = sent_quote(customer.activity, customer=customer)
    draft = draft_quote(customer.activity, customer=customer, valid_until=today)
    other = sent_quote(customer.activity, on=today, valid_until=today)
    type(over).objects.filter(pk=over.pk).update(state="EXPIRED")
    Customer.objects.filter(pk=merged.pk).update(is_archived=True, merged_into=customer)
    secret = give_link(customer=customer, days=30, at=timezone.now(), by=accountant())
    url = f"/espace-client/{secret}/"
    assert list(client.get(url).context["quotes"]) == [mine, older]
    assert not QuoteLink.objects.exists()
    answer = client.post(f"{url}devis/{mine.pk}/")
    link = QuoteLink.objects.get()
    assert (link.quote, link.created_by, history_of(mine)[0].action) == (mine, accountant(), "quote.link_opened")
    assert client.get(answer.headers["Location"]).status_code == 200
    refused = [client.post(f"{url}devis/{quote.pk}/").status_code for quote in (over, draft, other)]
    assert (refused, QuoteLink.objects.count()) == ([404, 404, 404], 1)


def test_a_closed_link_opens_no_quote(customer: Customer, client: Client) -> None:
    """Nor is it opened by reading an address."""
    today = timezone.localdate()
    quote = sent_quote(customer.activity, customer=customer, on=today, valid_until=today)
    secret = give_link(customer=customer, days=30, at=timezone.now(), by=accountant())
    url = f"/espace-client/{secret}/devis/{quote.pk}/"
    assert client.get(url).status_code == 405
    revoke_link(customer=customer, at=timezone.now(), by=accountant())
    assert client.post(url).status_code == 404
    assert (QuoteLink.objects.count(), CustomerLink.objects.get().uses) == (0, 0)
