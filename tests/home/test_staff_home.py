"""The staff's home: each role its own day, in few queries."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cae_backoffice.core.access import Role
from cae_backoffice.core.periods import add_months
from cae_backoffice.home.staff import adviser_desk, invoicing_desk, members_desk
from invoicing.invoices.services import issue_credit_note, return_invoice
from members.associates.enums import DeadlineBucket, MemberStatus
from members.contracts.enums import ContractKind
from tests.conftest import signed_in
from tests.invoicing.factories import accountant, make_approved, make_issued, make_line, make_submitted
from tests.members.factories import make_activity, make_contract, make_entrepreneur, make_person, make_user

pytestmark = pytest.mark.django_db
HOME = "/gestion/"
TODAY = date(2026, 11, 24)


class TestAccountant:
    """What waits, what may be issued, what came back, and the month."""

    def test_the_desk(self) -> None:
        """Credit notes count as documents and are deducted from the total."""
        first, second = make_submitted(), make_submitted()
        approved = make_approved()
        returned = return_invoice(invoice=make_submitted(), reason="Le taux est faux.", by=accountant())
        make_issued(on=date(2026, 10, 5), lines=[make_line(unit_price="100")])
        cancelled = make_issued(on=date(2026, 11, 2))
        make_issued(on=date(2026, 11, 3))
        issue_credit_note(invoice=cancelled, reason="Erreur", by=accountant(), on=date(2026, 11, 4))
        desk = invoicing_desk(accountant(), TODAY)
        assert [waiting.invoice for waiting in desk.awaiting] == [first, second]
        assert [waiting.invoice for waiting in desk.approved] == [approved]
        assert desk.returned == (returned,)
        assert (desk.awaiting_count, desk.approved_count, desk.returned_count) == (2, 1, 1)
        assert (desk.this_month.count, desk.this_month.net) == (3, Decimal("700.00"))
        assert (desk.last_month.count, desk.last_month.net) == (1, Decimal("200.00"))

    def test_the_wait_is_counted_in_days(self) -> None:
        """From the day it was submitted."""
        make_submitted()
        in_nine_days = timezone.localdate() + timedelta(days=9)
        assert [waiting.days for waiting in invoicing_desk(accountant(), in_nine_days).awaiting] == [9]

    @pytest.mark.usefixtures("cooperative")
    def test_an_empty_desk_says_what_to_do(self, accountant_client: Client) -> None:
        """Zeros, and a link to the first invoice."""
        page = accountant_client.get(HOME).content.decode()
        assert "Rien n’attend votre validation." in page
        assert 'href="/gestion/invoicing/invoice/add/"' in page
        assert "0,00\u00a0€" in page

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_page_takes_the_same_queries(
        self, accountant_client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        """Session, account, cooperative, badge, and five of the desk."""
        for _ in range(count):
            make_submitted()
            make_approved()
            return_invoice(invoice=make_submitted(), reason="Le taux est faux.", by=accountant())
        accountant_client.get(HOME)
        with django_assert_num_queries(9):
            page = accountant_client.get(HOME).content.decode()
        assert page.count(">Relire</a>") == count
        assert page.count("/emettre/") == count

    @pytest.mark.usefixtures("cooperative")
    def test_members_are_not_their_section(self, accountant_client: Client) -> None:
        """Deadlines are the manager's."""
        assert "Échéances des trois ans" not in accountant_client.get(HOME).content.decode()


class TestManager:
    """Who stands where, and who nears the deadline."""

    def test_the_desk(self) -> None:
        """Overdue first; a person is in one group; the first contract is the arrival, the last the departure."""
        overdue, soon, later = (make_person(name, "Martin") for name in ("Ana", "Bea", "Cleo"))
        make_contract(overdue, ContractKind.CESA, starts_on=add_months(TODAY, -37))
        make_contract(soon, ContractKind.CESA, starts_on=add_months(TODAY, -34))
        make_contract(later, ContractKind.CESA, starts_on=add_months(TODAY, -26))
        newcomer, gone = make_person("Dan", "Petit"), make_person("Eve", "Petit")
        arrival = make_contract(newcomer, ContractKind.CAPE, starts_on=date(2026, 9, 1))
        departure = make_contract(gone, ContractKind.CAPE, starts_on=date(2025, 9, 1), ends_on=date(2026, 3, 31))
        make_person("Fay", "Petit")
        desk = members_desk(TODAY)
        groups = {group.bucket: [row.member for row in group.rows] for group in desk.deadlines}
        assert groups == {
            DeadlineBucket.OVERDUE: [overdue],
            DeadlineBucket.WITHIN_3_MONTHS: [soon],
            DeadlineBucket.WITHIN_6_MONTHS: [],
            DeadlineBucket.WITHIN_12_MONTHS: [later],
        }
        assert dict(desk.counts) == {
            MemberStatus.CANDIDATE: 1,
            MemberStatus.CAPE: 1,
            MemberStatus.CESA: 3,
            MemberStatus.ASSOCIATE: 0,
            MemberStatus.EMPLOYEE: 0,
            MemberStatus.LEFT: 1,
        }
        assert desk.arrivals == (arrival,)
        assert desk.departures == (departure,)

    def test_a_next_contract_is_no_departure(self) -> None:
        """CAPE then CESA: one arrival, nobody left."""
        person = make_person()
        cape = make_contract(person, ContractKind.CAPE, starts_on=date(2026, 1, 1), ends_on=date(2026, 6, 30))
        make_contract(person, ContractKind.CESA, starts_on=date(2026, 7, 1))
        desk = members_desk(TODAY)
        assert desk.arrivals == (cape,)
        assert desk.departures == ()

    @pytest.mark.usefixtures("cooperative")
    @pytest.mark.parametrize("count", [1, 3])
    def test_the_page_takes_the_same_queries(
        self,
        manager_client: Client,
        count: int,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        """Session, account, cooperative, and seven of the desk."""
        for _ in range(count):
            person = make_entrepreneur(adviser=make_user(Role.ADVISER))
            make_contract(person, ContractKind.CESA, starts_on=add_months(timezone.localdate(), -38))
            make_activity([person])
        manager_client.get(HOME)
        with django_assert_num_queries(10):
            page = manager_client.get(HOME).content.decode()
        assert page.count("de retard") == count

    @pytest.mark.usefixtures("cooperative")
    def test_money_is_not_their_section(self, manager_client: Client) -> None:
        """No amount, no queue."""
        page = manager_client.get(HOME).content.decode()
        assert "À valider" not in page
        assert "Personne n’atteint l’échéance" in page


class TestAdviser:
    """One's own members."""

    def test_only_the_people_one_advises(self) -> None:
        """Nearest deadline first; those who left are gone."""
        adviser = make_user(Role.ADVISER)
        later, sooner = make_person("Ana", "Martin", adviser=adviser), make_person("Bea", "Petit", adviser=adviser)
        make_contract(later, ContractKind.CESA, starts_on=date(2026, 1, 1))
        make_contract(sooner, ContractKind.CESA, starts_on=date(2024, 1, 1))
        gone = make_person("Cleo", "Petit", adviser=adviser)
        make_contract(gone, ContractKind.CAPE, starts_on=date(2025, 1, 1))
        make_person("Dan", "Petit")
        assert [row.member for row in adviser_desk(adviser, TODAY).rows] == [sooner, later]

    @pytest.mark.usefixtures("cooperative")
    def test_the_page_without_anyone(self, adviser_client: Client) -> None:
        """Who will say whom to follow."""
        assert "Aucun membre ne vous est encore confié." in adviser_client.get(HOME).content.decode()


def test_someone_of_several_roles_has_every_section(cooperative: object) -> None:
    """One page."""
    page = signed_in(make_user(Role.ACCOUNTANT, Role.MANAGER, Role.ADVISER)).get(HOME).content.decode()
    for section in ("Facturation", "Échéances des trois ans", "Mes accompagnements"):
        assert section in page


def test_the_home_opens_before_the_cooperative_is_set_up(administrator_client: Client) -> None:
    """With the product's name."""
    assert "CAE Backoffice" in administrator_client.get(HOME).content.decode()


def test_entrepreneurs_have_another_home(entrepreneur_client: Client) -> None:
    """403 here."""
    assert entrepreneur_client.get(HOME).status_code == 403
