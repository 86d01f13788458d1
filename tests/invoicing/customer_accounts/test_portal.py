"""The private page of a customer: its own documents, until the link expires, is revoked or replaced."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.models import AuditEvent
from cae_backoffice.core.tokens import MOST_PER_MINUTE, digest_of, new_secret
from invoicing.customer_accounts.models import CustomerLink
from invoicing.customer_accounts.queries import customer_account, link_of_secret
from invoicing.customer_accounts.services import give_link, revoke_link
from invoicing.customers.models import Customer
from invoicing.invoices.models import Invoice
from invoicing.invoices.services import issue_credit_note, store_pdf
from tests.conftest import signed_in
from tests.invoicing.factories import (
    accountant,
    entrepreneur_of,
    make_customer,
    make_draft,
    make_issued,
    make_line,
    make_selling_activity,
)
from tests.invoicing.payments.books import receive

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def customer() -> Customer:
    """A customer of a selling activity."""
    return make_customer(make_selling_activity(), name="Menuiserie Rose")


def invoice_of(customer: Customer, net: str = "100", on: date = date(2026, 11, 2)) -> Invoice:
    """An issued invoice at 20 %."""
    return make_issued(customer.activity, customer=customer, lines=[make_line("Travail", "1", net)], on=on)


def link(customer: Customer, at: datetime | None = None) -> str:
    """The secret of a link given for a month."""
    return give_link(customer=customer, days=30, at=at or timezone.now(), by=accountant())


def refused(customer: Customer, days: int = 30) -> tuple[str, ...]:
    """The reasons; nothing was written."""
    by = accountant()
    before = CustomerLink.objects.count(), AuditEvent.objects.count()
    with pytest.raises(RefusalError) as refusal:
        give_link(customer=customer, days=days, at=NOW, by=by)
    assert (CustomerLink.objects.count(), AuditEvent.objects.count()) == before
    return refusal.value.reasons


def test_the_account_of_a_customer(customer: Customer) -> None:
    """Invoiced 480, paid 150 of it; 330 due, late from the day after the due date."""
    late, paid, coming = (invoice_of(customer, net) for net in ("200", "100", "100"))
    invoice_of(make_customer(customer.activity), "999")
    make_draft(customer.activity, customer=customer)
    receive(customer, "150", (late, "30"), (paid, "120"))
    account = customer_account(customer, on=date(2026, 12, 15))
    assert (account.invoiced, account.paid) == (Decimal("480.00"), Decimal("150.00"))
    assert (account.due, account.late) == (Decimal("330.00"), Decimal("330.00"))
    assert [(d.pk, d.remaining) for d in account.open] == [(late.pk, Decimal(210)), (coming.pk, Decimal(120))]
    assert [d.pk for d in account.settled] == [paid.pk]
    assert customer_account(customer, on=date(2026, 12, 2)).late == 0
    assert customer_account(customer, on=date(2027, 11, 2)).settled == [paid]
    assert customer_account(customer, on=date(2027, 11, 3)).settled == []


def test_a_credit_note_is_deducted(customer: Customer) -> None:
    """What is owed for one invoice and its credit note is nothing."""
    invoice = invoice_of(customer)
    issue_credit_note(invoice=invoice, reason="Erreur", by=accountant(), on=date(2026, 11, 3))
    account = customer_account(customer, on=date(2026, 11, 22))
    assert (account.invoiced, account.due) == (0, 0)


def test_the_page_shows_the_customers_documents_and_no_other(customer: Customer, client: Client) -> None:
    """Without an account; amounts, due dates, IBAN and reference; no draft, no one else's."""
    mine, theirs = invoice_of(customer), invoice_of(make_customer(customer.activity, name="Autre"), "999")
    draft = make_draft(customer.activity, customer=customer, subject="Secret")
    answer = client.get(f"/espace-client/{link(customer)}/")
    assert answer.status_code == 200
    assert "120,00\u00a0€" in answer.text
    assert str(mine.number) in answer.text
    assert f"{mine.due_on:%d/%m/%Y}" in answer.text
    for hidden in (str(theirs.number), "Autre", draft.subject, "1\u00a0198,80"):
        assert hidden not in answer.text
    assert (answer["X-Robots-Tag"], answer["Cache-Control"]) == ("noindex, nofollow", "no-store")
    assert answer["Referrer-Policy"] == "same-origin"
    assert '<meta name="robots" content="noindex, nofollow">' in answer.text


def test_only_ones_own_documents_are_downloaded(customer: Customer, client: Client) -> None:
    """Byte for byte; another customer's, a draft's or one not yet rendered is not there."""
    mine, other = invoice_of(customer), invoice_of(make_customer(customer.activity))
    pending, draft = invoice_of(customer), make_draft(customer.activity, customer=customer)
    for invoice in (mine, other):
        store_pdf(invoice=invoice, by=accountant())
    mine.refresh_from_db()
    secret = link(customer)
    answer = client.get(f"/espace-client/{secret}/{mine.pk}.pdf")
    with mine.file.pdf.open("rb") as stored:
        assert b"".join(answer.streaming_content) == stored.read()  # type: ignore[attr-defined]
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    answers = [client.get(f"/espace-client/{secret}/{d.pk}.pdf").status_code for d in (other, pending, draft)]
    assert answers == [404, 404, 404]
    assert client.get(f"/espace-client/{new_secret()}/{mine.pk}.pdf").status_code == 404


def test_a_link_that_opens_nothing_says_so_alike(customer: Customer, client: Client) -> None:
    """Unknown, expired, revoked, replaced: one page, one status."""
    old = link(customer, timezone.now() - timedelta(days=31))
    replaced, revoked = link(customer), link(customer)
    revoke_link(customer=customer, at=timezone.now(), by=accountant())
    answers = [client.get(f"/espace-client/{secret}/") for secret in (new_secret(), old, replaced, revoked)]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert all("Ce lien n’ouvre plus rien" in answer.text and "Rose" not in answer.text for answer in answers)


def test_each_opening_is_counted_and_too_many_refused(customer: Customer, client: Client) -> None:
    """429 beyond the limit, until the minute is over."""
    secret = link(customer)
    client.get(f"/espace-client/{secret}/")
    given = CustomerLink.objects.get()
    assert (given.uses, given.last_used_at is not None) == (1, True)
    CustomerLink.objects.update(minute_uses=MOST_PER_MINUTE)
    answer = client.get(f"/espace-client/{secret}/")
    assert (answer.status_code, "Trop de demandes" in answer.text) == (429, True)
    assert client.get(f"/espace-client/{secret}/1.pdf").status_code == 429
    assert CustomerLink.objects.get().uses == 1


def test_the_secret_is_told_once_and_never_stored(customer: Customer) -> None:
    """A new link takes the place of the one before; the trail names neither."""
    first = give_link(customer=customer, days=30, at=NOW, by=accountant())
    second = give_link(customer=customer, days=90, at=NOW + timedelta(hours=1), by=accountant())
    links = list(CustomerLink.objects.order_by("pk"))
    assert [one.digest for one in links] == [digest_of(first), digest_of(second)]
    assert [one.revoked_at for one in links] == [NOW + timedelta(hours=1), None]
    assert links[1].expires_at == NOW + timedelta(hours=1, days=90)
    assert link_of_secret(first, NOW) is not None
    assert link_of_secret(first, NOW + timedelta(hours=1)) is None
    assert link_of_secret(second, NOW + timedelta(days=90)) == links[1]
    events = history_of(customer)
    assert [event.action for event in events] == ["customer.link_given"] * 2
    assert first not in str([event.changes for event in events])
    with pytest.raises(IntegrityError), transaction.atomic():
        CustomerLink.objects.update(revoked_at=None)


def test_links_are_refused(customer: Customer) -> None:
    """To a stranger, for too long, of a merged customer, and taken back when there is none."""
    stranger = entrepreneur_of(make_selling_activity())
    assert refused(customer, days=0) == refused(customer, days=731) == ("Un lien privé dure de 1 à 730 jours.",)
    with pytest.raises(RefusalError):
        give_link(customer=customer, days=30, at=NOW, by=stranger)
    with pytest.raises(RefusalError, match="n’a pas de lien"):
        revoke_link(customer=customer, at=NOW, by=accountant())
    kept = make_customer(customer.activity)
    Customer.objects.filter(pk=customer.pk).update(merged_into=kept, is_archived=True)
    assert refused(customer) == ("Ce client est fusionné\u00a0: donnez le lien de celui qui est gardé.",)


def test_the_link_is_given_on_the_customers_account(customer: Customer) -> None:
    """Shown once, not on the next page; taken back by a button; a duration of the list alone."""
    client = signed_in(entrepreneur_of(customer.activity))
    url = f"/clients/{customer.pk}/"
    assert "Donner un lien" in client.get(url).text
    answer = client.post(f"{url}lien/", {"days": "30"})
    address = answer.context["link_url"]
    assert (address in answer.text, answer["Cache-Control"]) == (True, "no-store")
    assert Client().get(address).status_code == 200
    shown = client.get(url).text
    assert ("Ouvert 1 fois" in shown, address in shown) == (True, False)
    assert client.post(f"{url}lien/", {"days": "7"}).context["link_url"] == ""
    client.post(f"{url}lien/retirer/")
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_pages_take_the_same_queries_whatever_they_show(
    customer: Customer, client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """The portal: cooperative twice, link, its count, documents, quotes. The account: session, user, cooperative,
    customer, documents, contacts and link.
    """
    for _ in range(count):
        invoice_of(customer)
    secret = link(customer)
    with django_assert_num_queries(6):
        client.get(f"/espace-client/{secret}/")
    signed = signed_in(entrepreneur_of(customer.activity))
    signed.get(f"/clients/{customer.pk}/")
    with django_assert_num_queries(7):
        signed.get(f"/clients/{customer.pk}/")
