"""The invoices' pages: list, document, buttons, PDF."""

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from cae_backoffice.core.access import Role
from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.invoices.services import issue_credit_note, return_invoice, store_pdf
from members.activities.models import Activity
from members.contracts.enums import ContractEnd
from members.contracts.services import end_contract
from tests.conftest import signed_in
from tests.invoicing.factories import (
    accountant,
    entrepreneur_of,
    make_approved,
    make_customer,
    make_draft,
    make_issued,
    make_line,
    make_selling_activity,
    make_submitted,
)
from tests.members.factories import make_user

pytestmark = pytest.mark.django_db
LIST_QUERIES = 7
DETAIL_QUERIES = 11


@pytest.fixture
def activity() -> Activity:
    """An activity with one entrepreneur."""
    return make_selling_activity()


@pytest.fixture
def client(activity: Activity) -> Client:
    """The entrepreneur's browser."""
    return signed_in(entrepreneur_of(activity))


def state_of(invoice: Invoice) -> str:
    """As it stands in the database."""
    return Invoice.objects.get(pk=invoice.pk).state


def test_an_empty_list_says_what_to_do(client: Client) -> None:
    """Write the first one."""
    assert "Votre première facture" in client.get("/factures/").text


def test_the_list_narrows_by_state_year_and_words_and_sums_what_it_shows(client: Client, activity: Activity) -> None:
    """Totals are those of the selection, not of the page."""
    bakery = make_customer(activity, name="Boulangerie Éclair")
    make_issued(activity, on=date(2025, 5, 2), customer=bakery, lines=[make_line(quantity="1", unit_price="1000")])
    make_issued(activity, on=date(2026, 5, 2), subject="Vitrine", lines=[make_line(quantity="1", unit_price="200")])
    make_draft(activity, subject="Bancs", lines=[make_line(quantity="1", unit_price="30")])
    every = client.get("/factures/")
    assert (every.context["totals"].documents, every.context["totals"].net) == (3, 1230)
    assert "1\u202f230,00\u00a0€" in every.text
    assert every.context["years"] == [str(timezone.localdate().year), "2025"]
    issued = client.get("/factures/?etat=ISSUED").context
    assert (issued["totals"].documents, issued["totals"].gross) == (2, 1440)
    assert client.get("/factures/?annee=2025").context["totals"].net == 1000
    assert client.get("/factures/?q=eclair").context["totals"].net == 1000
    assert client.get("/factures/?q=VITRINE").context["totals"].net == 200
    assert client.get("/factures/?q=F2025-00001").context["totals"].documents == 1
    assert "Rien ne correspond" in client.get("/factures/?annee=2025&etat=DRAFT").text
    assert client.get("/factures/?etat=X&annee=1900&page=zzz").context["totals"].documents == 3


def test_a_long_list_has_pages(client: Client, activity: Activity) -> None:
    """Twenty-five documents each; the filter is kept."""
    for _ in range(26):
        make_draft(activity, lines=[])
    first = client.get("/factures/?etat=DRAFT")
    assert len(first.context["page"].object_list) == 25
    assert 'href="?etat=DRAFT&amp;page=2"' in first.text
    assert len(client.get("/factures/?etat=DRAFT&page=2").context["page"].object_list) == 1


@pytest.mark.parametrize("documents", [1, 3])
def test_the_list_takes_the_same_queries_whatever_the_number(
    client: Client, activity: Activity, documents: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Session and account included."""
    for _ in range(documents):
        make_issued(activity)
    with django_assert_num_queries(LIST_QUERIES):
        assert client.get("/factures/").status_code == 200


@pytest.mark.parametrize("lines", [1, 3])
def test_a_document_takes_the_same_queries_whatever_its_lines(
    client: Client, activity: Activity, lines: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Session and account included."""
    invoice = make_draft(activity, lines=[make_line() for _ in range(lines)])
    with django_assert_num_queries(DETAIL_QUERIES):
        assert client.get(f"/factures/{invoice.pk}/").status_code == 200


def test_a_document_shows_its_way_lines_and_totals(client: Client, activity: Activity) -> None:
    """What is printed, and who did what."""
    user = entrepreneur_of(activity)
    invoice = make_issued(
        activity,
        by=user,
        subject="Étude",
        lines=[make_line("Conseil", "2", "350.5"), make_line("Livre", "3", "0.1234", code="FR5.5")],
    )
    answer = client.get(f"/factures/{invoice.pk}/")
    assert [(step.label, step.by, step.is_current) for step in answer.context["steps"]] == [
        ("Rédigée", str(user), False),
        ("Soumise à la coopérative", str(user), False),
        ("Validée", "Claude Comptable", False),
        ("Émise", "Claude Comptable", True),
    ]
    for words in (invoice.number, "350,50\u00a0€", "0,1234\u00a0€", "701,00\u00a0€", "TVA 5,5\u00a0%", "841,59\u00a0€"):
        assert str(words) in answer.text
    assert "Soumettre" not in answer.text
    assert "Modifier" not in answer.text


def test_a_credit_note_and_its_invoice_refer_to_each_other(client: Client, activity: Activity) -> None:
    """Both ways."""
    invoice = make_issued(activity)
    credit_note = issue_credit_note(invoice=invoice, reason="Erreur", by=accountant(), on=date(2026, 11, 3))
    assert f'href="/factures/{credit_note.pk}/"' in client.get(f"/factures/{invoice.pk}/").text
    answer = client.get(f"/factures/{credit_note.pk}/").text
    assert (f'href="/factures/{invoice.pk}/"' in answer, "Avoir émis" in answer) == (True, True)


def test_a_draft_is_submitted_withdrawn_and_deleted(client: Client, activity: Activity) -> None:
    """Each by its button, with a word that says so."""
    invoice = make_draft(activity)
    answer = client.post(f"/factures/{invoice.pk}/soumettre/", follow=True)
    assert (state_of(invoice), "est soumise" in answer.text) == (InvoiceState.SUBMITTED, True)
    answer = client.post(f"/factures/{invoice.pk}/retirer/", follow=True)
    assert (state_of(invoice), "redevenue un brouillon" in answer.text) == (InvoiceState.DRAFT, True)
    answer = client.post(f"/factures/{invoice.pk}/supprimer/", follow=True)
    assert (Invoice.objects.count(), "Le brouillon est supprimé." in answer.text) == (0, True)


def test_a_draft_that_lacks_something_is_not_submitted(client: Client, activity: Activity) -> None:
    """Every reason is said on its page, and nothing changes."""
    invoice = make_draft(activity, customer=None, lines=[])
    answer = client.post(f"/factures/{invoice.pk}/soumettre/", follow=True)
    assert answer.text.count("callout-danger") == 2
    assert state_of(invoice) == InvoiceState.DRAFT


def test_without_a_contract_nothing_is_submitted(client: Client, activity: Activity) -> None:
    """The reason names the contracts."""
    invoice = make_draft(activity)
    contract = entrepreneur_of(activity).person.contracts.get()
    end_contract(contract=contract, on=date(2026, 1, 31), reason=ContractEnd.MUTUAL, by=accountant())
    answer = client.post(f"/factures/{invoice.pk}/soumettre/", follow=True)
    assert "n’a de CAPE ni de CESA en cours" in answer.text
    assert state_of(invoice) == InvoiceState.DRAFT


@pytest.mark.parametrize("verb", ["soumettre", "supprimer", "modifier"])
@pytest.mark.parametrize("make", [make_submitted, make_approved, make_issued])
def test_what_is_no_longer_a_draft_is_refused(client: Client, activity: Activity, verb: str, make: object) -> None:
    """403, and nothing changes."""
    invoice = make(activity)  # type: ignore[operator]
    before = state_of(invoice)
    assert client.post(f"/factures/{invoice.pk}/{verb}/").status_code == 403
    assert state_of(invoice) == before


@pytest.mark.parametrize("make", [make_draft, make_approved, make_issued])
def test_only_what_waits_is_withdrawn(client: Client, activity: Activity, make: object) -> None:
    """403, and nothing changes."""
    invoice = make(activity)  # type: ignore[operator]
    before = state_of(invoice)
    assert client.post(f"/factures/{invoice.pk}/retirer/").status_code == 403
    assert state_of(invoice) == before


def test_acts_take_a_post(client: Client, activity: Activity) -> None:
    """A link does nothing."""
    invoice = make_draft(activity)
    for verb in ("soumettre", "retirer", "supprimer"):
        assert client.get(f"/factures/{invoice.pk}/{verb}/").status_code == 405
    assert client.get("/factures/totaux/").status_code == 405


def test_a_returned_document_tells_why(client: Client, activity: Activity) -> None:
    """On its page and on its sheet."""
    invoice = make_submitted(activity)
    return_invoice(invoice=invoice, reason="Il manque la date.", by=accountant())
    for path in (f"/factures/{invoice.pk}/", f"/factures/{invoice.pk}/modifier/"):
        assert "Il manque la date." in client.get(path).text
    assert "À corriger" in client.get("/factures/").text


def test_another_entrepreneurs_documents_do_not_exist(client: Client) -> None:
    """404 everywhere, and nothing changes."""
    foreign = make_draft()
    issued = make_issued()
    for path in ("", "modifier/", "pdf/"):
        assert client.get(f"/factures/{foreign.pk}/{path}").status_code == 404
        assert client.get(f"/factures/{issued.pk}/{path}").status_code == 404
    for verb in ("soumettre", "retirer", "supprimer", "modifier"):
        assert client.post(f"/factures/{foreign.pk}/{verb}/").status_code == 404
    assert state_of(foreign) == InvoiceState.DRAFT
    assert client.get("/factures/").context["totals"].documents == 0


def test_staff_work_in_the_back_office() -> None:
    """403 on the entrepreneurs' pages."""
    browser = signed_in(accountant())
    invoice = make_draft()
    for path in ("/factures/", "/factures/nouvelle/", f"/factures/{invoice.pk}/", f"/factures/{invoice.pk}/modifier/"):
        assert browser.get(path).status_code == 403
    assert browser.post("/factures/totaux/").status_code == 403


def test_the_pdf_is_served_byte_for_byte_to_all_who_may_see_it(client: Client, activity: Activity) -> None:
    """Under its number, never guessed at, never kept by a shared cache."""
    invoice = make_issued(activity)
    stored = store_pdf(invoice=invoice, by=accountant())
    for browser in (client, signed_in(accountant())):
        answer = browser.get(f"/factures/{invoice.pk}/pdf/")
        body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        assert (answer.status_code, len(body), body[:5]) == (200, stored.size, b"%PDF-")
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.headers["Content-Disposition"] == f'inline; filename="{invoice.number}.pdf"'
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "private, no-cache"
    for role in (Role.MANAGER, Role.ADVISER, Role.ADMINISTRATOR, Role.ENTREPRENEUR):
        assert signed_in(make_user(role)).get(f"/factures/{invoice.pk}/pdf/").status_code == 404
    assert Client().get(f"/factures/{invoice.pk}/pdf/").status_code == 302


def test_a_pdf_being_made_has_a_page_that_tries_again(client: Client, activity: Activity) -> None:
    """For the accountant too."""
    invoice = make_issued(activity)
    for browser in (client, signed_in(accountant())):
        answer = browser.get(f"/factures/{invoice.pk}/pdf/")
        assert (answer.status_code, "PDF en préparation" in answer.text) == (200, True)
        assert 'data-reload="3"' in answer.text


def test_what_is_not_issued_has_no_pdf(client: Client, activity: Activity) -> None:
    """404."""
    assert client.get(f"/factures/{make_approved(activity).pk}/pdf/").status_code == 404
