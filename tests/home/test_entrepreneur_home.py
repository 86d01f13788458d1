"""Each role's way in, and the entrepreneur's home."""

from datetime import date
from decimal import Decimal

import pytest
from django.http import Http404
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from cae_backoffice.core.access import Role
from cae_backoffice.home.entrepreneur import activity_home
from invoicing.invoices.services import issue_credit_note, return_invoice
from members.contracts.enums import ContractKind
from members.people.models import Person, User
from tests.conftest import signed_in
from tests.invoicing.factories import (
    accountant,
    entrepreneur_of,
    make_draft,
    make_issued,
    make_line,
    make_selling_activity,
    make_submitted,
)
from tests.members.factories import make_activity, make_contract, make_cooperative, make_entrepreneur, make_user

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 20)
HOME_QUERIES = 11


def test_each_role_enters_by_its_own_door() -> None:
    """Staff, also when they carry an activity, to the back office; entrepreneurs to their activity."""
    assert signed_in(make_user(Role.ACCOUNTANT)).get("/").headers["Location"] == "/gestion/"
    assert signed_in(make_user(Role.MANAGER, Role.ENTREPRENEUR)).get("/").headers["Location"] == "/gestion/"
    assert signed_in(make_user(Role.ENTREPRENEUR)).get("/").headers["Location"] == "/mon-activite/"
    assert Client().get("/").headers["Location"] == "/connexion/?next=/"


def test_an_account_without_role_gets_a_kind_page() -> None:
    """It says whom to ask."""
    make_cooperative()
    response = signed_in(make_user(full_name="Alex Durand")).get("/")
    assert response.status_code == 200
    assert "Bienvenue, Alex Durand" in response.text
    assert "contact@ateliers.example.org" in response.text


def test_staff_do_not_open_the_entrepreneurs_home() -> None:
    """A right they lack: 403."""
    assert signed_in(make_user(Role.ACCOUNTANT)).get("/mon-activite/").status_code == 403


def test_revenue_counts_issued_documents_excl_vat_with_credit_notes_deducted() -> None:
    """This month, this year, and the same months a year before."""
    activity = make_selling_activity()
    make_issued(activity, on=date(2025, 3, 10), lines=[make_line(quantity="1", unit_price="1000")])
    make_issued(activity, on=date(2025, 12, 10), lines=[make_line(quantity="1", unit_price="77")])
    make_issued(activity, on=date(2026, 1, 15), lines=[make_line(quantity="1", unit_price="400.50")])
    make_issued(activity, on=date(2026, 11, 2), lines=[make_line(quantity="1", unit_price="900")])
    wrong = make_issued(activity, on=date(2026, 11, 3), lines=[make_line(quantity="1", unit_price="50")])
    issue_credit_note(invoice=wrong, reason="Erreur de client", by=accountant(), on=date(2026, 11, 4))
    make_submitted(activity)
    page = activity_home(entrepreneur_of(activity), on=DAY)
    assert page.month_net == Decimal("900.00")
    assert page.year_net == Decimal("1300.50")
    assert page.before_net == Decimal("1000.00")
    assert page.evolution == Decimal(30)
    assert page.period_name == "de janvier à novembre"
    assert page.waiting == 1
    assert [row.net for row in page.rows if row.net] == [Decimal("400.50"), Decimal("900.00")]
    assert [row.net_before for row in page.rows if row.net_before] == [Decimal("1000.00"), Decimal("77.00")]


def test_the_bars_are_to_scale() -> None:
    """The highest month fills the room, the half of it half; a month in the red hangs under the line."""
    activity = make_selling_activity()
    first = make_issued(activity, on=date(2026, 1, 5), lines=[make_line(quantity="1", unit_price="1000")])
    make_issued(activity, on=date(2026, 2, 5), lines=[make_line(quantity="1", unit_price="2000")])
    issue_credit_note(invoice=first, reason="Erreur de client", by=accountant(), on=date(2026, 3, 5))
    wide = activity_home(entrepreneur_of(activity), on=DAY).charts[0]
    january, february, march = (month.bar for month in wide.months[:3])
    assert (january.height, february.height, march.height) == (61, 122, 61)
    assert january.y + january.height == february.y + february.height == march.y == wide.zero
    assert [month.label for month in wide.months if month.is_current] == ["nov."]


def test_a_year_without_document_has_an_empty_chart() -> None:
    """No bar, no comparison."""
    page = activity_home(entrepreneur_of(make_selling_activity()), on=DAY)
    assert not page.has_revenue
    assert page.evolution is None
    assert all(month.bar.height == 0 for chart in page.charts for month in chart.months)


def test_returned_documents_come_first_with_their_reason() -> None:
    """What is to be done before what may be done."""
    activity = make_selling_activity()
    returned = make_submitted(activity)
    return_invoice(invoice=returned, reason="Il manque la date.", by=accountant())
    draft = make_draft(activity)
    page = activity_home(entrepreneur_of(activity), on=DAY)
    assert [invoice.pk for invoice in page.to_do] == [returned.pk, draft.pk]
    text = signed_in(entrepreneur_of(activity)).get("/mon-activite/").text
    assert "Il manque la date." in text
    assert "À corriger" in text


def test_a_shared_activity_is_seen_and_a_colleagues_others_never() -> None:
    """DOMAIN §8: the shared activity is common, the rest is each one's own."""
    camille, sam = make_entrepreneur("Camille"), make_entrepreneur("Sam")
    for person in (camille, sam):
        make_contract(person, ContractKind.CESA, starts_on=date(2025, 1, 1))
    shared = make_activity([camille, sam], name="À deux")
    own = make_activity([sam], name="Sam seul")
    make_issued(shared, lines=[make_line(quantity="1", unit_price="100")])
    make_issued(own, lines=[make_line(quantity="1", unit_price="7000")])
    page = activity_home(_account(camille), on=DAY)
    assert [activity.name for activity in page.activities] == ["À deux"]
    assert page.year_net == Decimal("100.00")
    assert len(page.latest) == 1
    assert signed_in(_account(camille)).get(f"/mon-activite/?activite={own.pk}").status_code == 404
    with pytest.raises(Http404):
        activity_home(_account(camille), on=DAY, activity_id=own.pk)


def test_one_of_several_activities_may_be_chosen() -> None:
    """The figures are then its own."""
    camille = make_entrepreneur()
    make_contract(camille, ContractKind.CESA, starts_on=date(2025, 1, 1))
    one, two = make_activity([camille], name="Bois"), make_activity([camille], name="Graphisme")
    make_issued(one, lines=[make_line(quantity="1", unit_price="100")])
    make_issued(two, lines=[make_line(quantity="1", unit_price="30")])
    user = _account(camille)
    assert activity_home(user, on=DAY).year_net == Decimal("130.00")
    assert activity_home(user, on=DAY, activity_id=two.pk).year_net == Decimal("30.00")
    text = signed_in(user).get(f"/mon-activite/?activite={two.pk}").text
    assert "Bois" in text
    assert f"/factures/nouvelle/?activite={two.pk}" in text


def test_the_contract_and_the_three_year_deadline_are_shown() -> None:
    """As the members' rooms reckon them."""
    person = make_entrepreneur()
    make_contract(person, ContractKind.CESA, starts_on=date(2025, 2, 1))
    make_activity([person])
    standing = activity_home(_account(person), on=DAY).standing
    assert standing is not None
    assert (standing.status, standing.contract_kind) == ("CESA", "CESA")
    assert standing.deadline_on == date(2028, 2, 1)
    assert standing.days_left == (date(2028, 2, 1) - DAY).days
    assert "au plus tard le 01/02/2028" in signed_in(_account(person)).get("/mon-activite/").text


def test_an_account_without_activity_is_told_so() -> None:
    """The staff have not tied it yet."""
    assert "pas encore ouverte" in signed_in(make_user(Role.ENTREPRENEUR)).get("/mon-activite/").text


@pytest.mark.parametrize("documents", [1, 3])
def test_the_home_takes_the_same_queries_whatever_the_number(
    documents: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Sessions and account included."""
    activity = make_selling_activity()
    for _ in range(documents):
        make_issued(activity, on=timezone.localdate())
    for _ in range(documents):
        make_draft(activity)
    client = signed_in(entrepreneur_of(activity))
    with django_assert_num_queries(HOME_QUERIES):
        assert client.get("/mon-activite/").status_code == 200


def _account(person: Person) -> User:
    assert person.user is not None
    return person.user
