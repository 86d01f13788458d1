"""One customer made of two: what is issued stays as it is, what is not follows, and what a person reads is whole."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.models import AuditEvent
from invoicing.customer_accounts.queries import customer_account, link_of_secret
from invoicing.customer_accounts.services import give_link, merge_customers
from invoicing.customers.enums import CustomerKind
from invoicing.customers.models import Customer
from invoicing.customers.queries import billing_place, customer_list, customers_to_invoice, own_suspected_pairs
from invoicing.invoices.models import Invoice
from invoicing.ledger.models import EntryLine
from tests.conftest import signed_in
from tests.invoicing.factories import (
    accountant,
    entrepreneur_of,
    make_billing_address,
    make_contact,
    make_customer,
    make_delivery_address,
    make_draft,
    make_issued,
    make_selling_activity,
    make_submitted,
)
from tests.invoicing.payments.books import invoice_of, receive

pytestmark = pytest.mark.django_db

NOW, TODAY = datetime(2026, 11, 22, 9, 0, tzinfo=UTC), date(2026, 11, 22)


@pytest.fixture
def kept() -> Customer:
    """The customer that is kept: someone in Rennes."""
    return make_customer(make_selling_activity(), CustomerKind.CONSUMER, name="Marie Dupont")


@pytest.fixture
def merged(kept: Customer) -> Customer:
    """The same person, typed twice."""
    return make_customer(kept.activity, CustomerKind.CONSUMER, name="Marie Dupond")


def merge(kept: Customer, merged: Customer) -> None:
    """By the accountant."""
    merge_customers(kept=kept, merged=merged, at=NOW, by=accountant())
    kept.refresh_from_db()
    merged.refresh_from_db()


def books() -> list[tuple[object, ...]]:
    """Every line of the books with its customer's account."""
    lines = EntryLine.objects.order_by("pk").values_list("pk", "auxiliary__code", "account__number", "debit", "credit")
    return list(lines)


def test_the_account_is_whole_and_what_is_issued_unchanged(kept: Customer, merged: Customer) -> None:
    """120 € and 240 € invoiced, 40 € paid: 320 € due, whichever record they stand under."""
    one, other = invoice_of(kept, "100"), invoice_of(merged, "200")
    receive(merged, "40", (other, "40"))
    before = books()
    merge(kept, merged)
    account = customer_account(kept, on=TODAY)
    assert (account.invoiced, account.paid, account.due) == (Decimal(360), Decimal(40), Decimal(320))
    assert {document.pk for document in account.open} == {one.pk, other.pk}
    other.refresh_from_db()
    assert other.customer == merged
    assert other.snapshot.content["buyer"]["name"] == "Marie Dupond"
    assert books() == before


def test_a_payment_of_the_kept_customer_settles_both(kept: Customer, merged: Customer) -> None:
    """The record that was merged is no other customer."""
    one, other = invoice_of(kept, "100"), invoice_of(merged, "200")
    merge(kept, merged)
    receive(kept, "360", (one, "120"), (other, "240"))
    assert customer_account(kept, on=TODAY).due == 0


def test_what_is_not_issued_follows(kept: Customer, merged: Customer) -> None:
    """Drafts and submitted documents, contacts and addresses; the kept customer's default address stays it."""
    draft = make_draft(kept.activity, customer=merged)
    submitted = make_submitted(kept.activity, customer=merged)
    issued = make_issued(kept.activity, customer=merged, delivery_address=make_delivery_address(merged))
    contact = make_contact(merged, email="marie@rose.example", gets_invoices=True)
    mine, theirs = make_billing_address(kept), make_billing_address(merged, label="Autre")
    merge(kept, merged)
    assert set(Invoice.objects.filter(customer=kept)) == {draft, submitted}
    assert list(Invoice.objects.filter(customer=merged)) == [issued]
    assert list(kept.contacts.all()) == [contact]
    assert (billing_place(kept), theirs in kept.billing_addresses.all()) == (mine, True)
    assert kept.delivery_addresses.count() == 1
    assert history_of(draft)[0].changes == {"customer_id": [merged.pk, kept.pk]}


def test_the_merged_record_is_neither_listed_nor_chosen_nor_suspected(kept: Customer, merged: Customer) -> None:
    """Nor has it a page."""
    user = entrepreneur_of(kept.activity)
    assert len(own_suspected_pairs(user)) == 1
    merge(kept, merged)
    assert (merged.merged_into, merged.is_archived) == (kept, True)
    assert list(customer_list(user)) == list(customers_to_invoice(user)) == [kept]
    assert own_suspected_pairs(user) == []
    client = signed_in(user)
    assert client.get(f"/clients/{merged.pk}/").status_code == 404
    assert "Marie Dupond" not in client.get("/clients/").text


def test_the_trail_names_both(kept: Customer, merged: Customer) -> None:
    """On the history of each."""
    merge(kept, merged)
    assert history_of(kept)[0].changes == {"fiche fusionnée": f"Marie Dupond ({merged.pk})"}
    assert history_of(merged)[0].changes == {"fiche gardée": f"Marie Dupont ({kept.pk})"}


def test_a_merged_customers_own_merges_follow(kept: Customer, merged: Customer) -> None:
    """There is never a chain; its link opens nothing any more."""
    first = make_customer(kept.activity, CustomerKind.CONSUMER, name="M. Dupond")
    secret = give_link(customer=merged, days=30, at=NOW, by=accountant())
    invoice = invoice_of(first, "100")
    merge(merged, first)
    merge(kept, merged)
    first.refresh_from_db()
    assert first.merged_into == kept
    assert [document.pk for document in customer_account(kept, on=TODAY).open] == [invoice.pk]
    assert link_of_secret(secret, NOW) is None


def test_refusals_change_nothing(kept: Customer, merged: Customer) -> None:
    """Two activities, one record, two SIREN, an archived one kept, one merged already, a stranger."""
    by, stranger = accountant(), entrepreneur_of(make_selling_activity())
    foreign = make_customer(make_selling_activity())
    one, two = make_customer(kept.activity), make_customer(kept.activity)
    old = make_customer(kept.activity, is_archived=True)
    draft = make_draft(kept.activity, customer=merged)
    before = AuditEvent.objects.count()
    for target, source, author, reason in (
        (kept, foreign, by, "même activité"),
        (kept, kept, by, "deux fiches"),
        (one, two, by, "SIREN"),
        (old, kept, by, "archivée"),
        (kept, merged, stranger, "Vous n’écrivez pas"),
    ):
        with pytest.raises(RefusalError, match=reason):
            merge_customers(kept=target, merged=source, at=NOW, by=author)
    draft.refresh_from_db()
    assert (draft.customer, AuditEvent.objects.count()) == (merged, before)
    assert not Customer.objects.exclude(merged_into=None).exists()
    merge(kept, merged)
    with pytest.raises(RefusalError, match="déjà fusionnée"):
        merge_customers(kept=kept, merged=merged, at=NOW, by=by)


def test_the_page_merges_or_says_why_not(kept: Customer, merged: Customer) -> None:
    """From the list of duplicates; a stranger's customer is not there."""
    client = signed_in(entrepreneur_of(kept.activity))
    url = f"/clients/{kept.pk}/fusionner/?avec={merged.pk}"
    assert f"/clients/{kept.pk}/fusionner/?avec={merged.pk}" in client.get("/clients/doublons/").text
    page = client.get(url).text
    assert ("Fiche gardée" in page, f"/clients/{merged.pk}/fusionner/?avec={kept.pk}" in page) == (True, True)
    same = client.post(f"/clients/{kept.pk}/fusionner/", {"avec": kept.pk})
    assert "Choisissez deux fiches différentes." in same.text
    answer = client.post(f"/clients/{kept.pk}/fusionner/", {"avec": merged.pk})
    assert answer.headers["Location"] == f"/clients/{kept.pk}/"
    merged.refresh_from_db()
    assert merged.merged_into == kept
    foreign = make_customer(make_selling_activity())
    assert client.get(f"/clients/{kept.pk}/fusionner/?avec={foreign.pk}").status_code == 404


def test_a_document_written_for_the_merged_record_is_the_kept_ones(kept: Customer, merged: Customer) -> None:
    """As by the acceptance of a quote that was sent before."""
    merge(kept, merged)
    assert make_draft(kept.activity, customer=merged).customer == kept
