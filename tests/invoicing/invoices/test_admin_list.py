"""The staff's list of documents: columns, filters, search, a constant number of queries, bulk issue."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from cae_backoffice.core.access import Role
from invoicing.customers.enums import CustomerKind
from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice
from members.contracts.enums import ContractEnd
from members.contracts.models import Contract
from members.contracts.services import end_contract
from tests.conftest import signed_in
from tests.invoicing.factories import (
    make_approved,
    make_customer,
    make_draft,
    make_issued,
    make_selling_activity,
    make_submitted,
)
from tests.members.factories import clerk, make_user

pytestmark = pytest.mark.django_db
LIST = "/gestion/invoicing/invoice/"
QUERIES = 6


def listed(client: Client, query: str = "") -> list[int]:
    """The documents of the page, in its order."""
    return [invoice.pk for invoice in client.get(f"{LIST}{query}").context["cl"].result_list]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_whatever_its_length(
    accountant_client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Session, account, cooperative, menu badge, dates, count and page."""
    for _ in range(count):
        make_issued()
    accountant_client.get(LIST)
    with django_assert_num_queries(QUERIES):
        response = accountant_client.get(LIST)
    assert len(response.context["cl"].result_list) == count


def test_a_line_shows_number_state_parties_dates_and_french_amounts(accountant_client: Client) -> None:
    """« F2026-00001 », « Émise », 700,00 € and 840,00 €."""
    invoice = make_issued()
    page = accountant_client.get(LIST).content.decode()
    shown = [
        "F2026-00001", "Émise", "Facture", str(invoice.activity), str(invoice.customer), "02/11/2026", "02/12/2026",
        "700,00\u00a0€", "840,00\u00a0€",
    ]  # fmt: skip
    assert [text for text in shown if text not in page] == []


def test_the_search_ignores_accents_and_looks_at_number_subject_customer_and_activity(
    accountant_client: Client,
) -> None:
    """Each word has to be found somewhere."""
    activity = make_selling_activity(name="L’Œuvre d’Été")
    wanted = make_issued(activity, customer=make_customer(activity, name="Hôtel Bélair"), subject="Façade nord").pk
    make_issued()
    for words in ("F2026-00001", "facade", "HOTEL belair", "oeuvre ete", "hotel facade oeuvre"):
        assert listed(accountant_client, f"?q={words}") == [wanted], words
    assert listed(accountant_client, "?q=hotel+sud") == []


def test_filters_narrow_the_list(accountant_client: Client) -> None:
    """By state, kind of customer, activity, sector and issue date."""
    activity = make_selling_activity()
    issued = make_issued(activity, customer=make_customer(activity, CustomerKind.PUBLIC), on=date(2026, 10, 1))
    draft = make_draft()
    assert listed(accountant_client, "?state__exact=DRAFT") == [draft.pk]
    assert listed(accountant_client, "?customer__kind__exact=PUBLIC") == [issued.pk]
    assert listed(accountant_client, f"?activity__id__exact={activity.pk}") == [issued.pk]
    assert listed(accountant_client, "?issued_on_from=01/10/2026&issued_on_to=31/10/2026") == [issued.pk]
    assert listed(accountant_client, "?issued_on_from=02/10/2026") == []


def test_the_approval_queue_shows_the_longest_wait_first(accountant_client: Client) -> None:
    """Everywhere else the latest document comes first."""
    first, second = make_submitted(), make_submitted()
    assert listed(accountant_client, "?state__exact=SUBMITTED") == [first.pk, second.pk]
    assert listed(accountant_client) == [second.pk, first.pk]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADVISER, Role.ADMINISTRATOR, Role.ENTREPRENEUR])
def test_the_list_is_the_accountants(role: Role) -> None:
    """Nobody else opens it."""
    assert signed_in(make_user(role)).get(LIST).status_code == 403


class TestBulkIssue:
    """« Émettre la sélection »."""

    def post(self, client: Client, *invoices: Invoice, **fields: str) -> str:
        """Run the action on these documents."""
        selected = {"action": "issue_selection", "_selected_action": [invoice.pk for invoice in invoices]}
        return client.post(LIST, selected | fields).content.decode()

    def test_it_asks_before_it_issues(self, accountant_client: Client) -> None:
        """The first page shows the selection and issues nothing."""
        invoice = make_approved()
        page = self.post(accountant_client, invoice)
        assert "Émettre 1 document" in page
        invoice.refresh_from_db()
        assert invoice.state == InvoiceState.APPROVED

    def test_a_refusal_stops_only_its_own_document(self, accountant_client: Client) -> None:
        """The others get consecutive numbers, and each line says what became of it."""
        good, other = make_approved(), make_approved()
        refused = make_approved()
        contract = Contract.objects.get(person__shares__convention__activity=refused.activity)
        end_contract(contract=contract, on=date(2026, 11, 3), reason=ContractEnd.RESIGNATION, by=clerk())
        page = self.post(accountant_client, good, refused, other, confirmed="1", issued_on="2026-11-20")
        numbers = list(
            Invoice.objects.filter(state=InvoiceState.ISSUED).order_by("pk").values_list("number", flat=True)
        )
        assert numbers == ["F2026-00001", "F2026-00002"]
        assert "Émise sous le n°\u00a0F2026-00001" in page
        assert "Émise sous le n°\u00a0F2026-00002" in page
        assert "n’a de CAPE ni de CESA en cours le 20/11/2026" in page
        refused.refresh_from_db()
        assert (refused.state, refused.number) == (InvoiceState.APPROVED, None)

    def test_a_wrong_date_issues_nothing(self, accountant_client: Client) -> None:
        """The form comes back."""
        invoice = make_approved()
        page = self.post(accountant_client, invoice, confirmed="1", issued_on="demain")
        assert "Saisissez une date valide" in page
        assert not Invoice.objects.filter(state=InvoiceState.ISSUED).exists()

    def test_a_document_already_issued_keeps_its_number(self, accountant_client: Client) -> None:
        """It is refused and named."""
        invoice = make_issued()
        page = self.post(accountant_client, invoice, confirmed="1", issued_on="2026-11-20")
        assert "Refusé" in page
        invoice.refresh_from_db()
        assert (invoice.number, invoice.issued_on) == ("F2026-00001", date(2026, 11, 2))

    def test_entrepreneurs_cannot(self, entrepreneur_client: Client) -> None:
        """403, and nothing issued."""
        invoice = make_approved()
        assert (
            entrepreneur_client.post(LIST, {"action": "issue_selection", "_selected_action": [invoice.pk]}).status_code
            == 403
        )
        invoice.refresh_from_db()
        assert invoice.state == InvoiceState.APPROVED


def test_the_customers_offered_are_those_of_the_activity(accountant_client: Client) -> None:
    """The archived ones excepted."""
    activity = make_selling_activity()
    mine = make_customer(activity, name="Le mien")
    make_customer(activity, name="L’ancien", is_archived=True)
    make_customer(make_selling_activity(), name="Un autre")
    query = {"app_label": "invoicing", "model_name": "invoice", "field_name": "customer", "activity": str(activity.pk)}
    results = accountant_client.get(reverse("admin:autocomplete"), query).json()["results"]
    assert [result["id"] for result in results] == [str(mine.pk)]
