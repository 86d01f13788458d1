"""What the books say an activity did: nothing twice, nothing lost."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from invoicing.contributions.enums import ContractType
from invoicing.contributions.models import MarginAccount
from invoicing.contributions.queries.figures import activities_without_contract, figures
from invoicing.contributions.rules.figures import Stay
from invoicing.invoices.enums import InvoiceKind
from invoicing.invoices.rules import SaleTerms
from invoicing.invoices.services import issue_credit_note
from invoicing.payments.services import bounce_receipt, write_off
from members.activities.models import Activity
from members.contracts.enums import ContractKind
from tests.invoicing.contributions.books import FEBRUARY, JANUARY, MARCH, activity_under, billed, bought
from tests.invoicing.factories import accountant, make_customer, make_issued, make_line
from tests.invoicing.payments.books import receive
from tests.members.factories import make_activity, make_admission, make_contract, make_convention, make_entrepreneur

pytestmark = pytest.mark.django_db


def months_of(activity: Activity, last: date = FEBRUARY) -> dict[date, list[Stay]]:
    """The stays of each month from January on."""
    (mine,) = [one for one in figures(first=JANUARY, wanted=JANUARY, month=last) if one.activity_id == activity.pk]
    return {month.month: list(month.stays) for month in mine.months}


def amounts_of(activity: Activity, last: date = FEBRUARY) -> list[tuple[str, str, str]]:
    """Invoiced, collected and bought, month by month."""
    stays = [stay for mine in months_of(activity, last).values() for stay in mine]
    return [(str(stay.invoiced), str(stay.collected), str(stay.purchases)) for stay in stays]


def test_a_deposit_counts_once_when_invoiced_and_once_when_paid() -> None:
    """30 % of 1 000 € in January, the rest in February."""
    activity = activity_under()
    customer = make_customer(activity)
    deposit = make_issued(
        activity,
        customer=customer,
        on=date(2026, 1, 5),
        terms=SaleTerms(kind=InvoiceKind.DEPOSIT),
        lines=[make_line("Acompte", "1", "300")],
    )
    receive(customer, "360", (deposit, "360"), on=date(2026, 1, 20))
    final = make_issued(
        activity,
        customer=customer,
        on=date(2026, 2, 3),
        lines=[make_line("Travaux", "1", "1000")],
        terms=SaleTerms(deposits=[deposit]),
    )
    receive(customer, "840", (final, "840"), on=date(2026, 2, 20))
    assert amounts_of(activity) == [("300.00", "300.00", "0.00"), ("700.00", "700.00", "0.00")]


def test_collected_is_net_of_vat_by_rate_without_losses_and_without_what_bounced() -> None:
    activity = activity_under()
    customer = make_customer(activity)
    mixed = make_issued(
        activity,
        customer=customer,
        on=date(2026, 1, 5),
        lines=[make_line("Conseil", "1", "100"), make_line("Formation", "1", "100", "FR10")],
    )
    receive(customer, "115", (mixed, "115"), on=date(2026, 1, 20))  # half of 230
    lost = receive(customer, "50", (mixed, "50"), on=date(2026, 2, 2), method="CHEQUE")
    bounce_receipt(receipt=lost, on=date(2026, 2, 9), reason="Sans provision", by=accountant())
    write_off(invoice=mixed, amount=Decimal(115), on=date(2026, 2, 20), reason="Liquidation", by=accountant())
    assert amounts_of(activity) == [("200.00", "100.00", "0.00"), ("0.00", "0.00", "0.00")]


def test_a_credit_note_counts_on_the_day_of_its_invoice() -> None:
    activity = activity_under()
    invoice = make_issued(activity, on=date(2026, 1, 5), lines=[make_line("Conseil", "1", "100")])
    issue_credit_note(invoice=invoice, reason="Erreur", by=accountant(), on=date(2026, 2, 3))
    assert amounts_of(activity, JANUARY) == [("0.00", "0.00", "0.00")]


def test_purchases_are_those_of_the_accounts_flagged_on_their_date() -> None:
    activity = activity_under()
    bought(activity, "10", date(2026, 1, 31), "607")
    bought(activity, "20", date(2026, 2, 1), "607")
    bought(activity, "40", date(2026, 2, 1), "606")
    MarginAccount.objects.filter(account__number="607").update(ends_on=date(2026, 1, 31))
    assert [bought for _, _, bought in amounts_of(activity)] == ["10.00", "0.00"]


def test_the_furthest_bond_of_an_activity_s_people_counts_day_by_day() -> None:
    anna, bruno = make_entrepreneur("Anna"), make_entrepreneur("Bruno")
    make_contract(anna, ContractKind.CAPE, date(2025, 7, 1), date(2026, 1, 20))
    make_contract(anna, ContractKind.CESA, date(2026, 1, 21))
    make_contract(bruno, ContractKind.CESA, date(2025, 1, 1))
    make_admission(bruno, date(2026, 2, 11))
    activity = make_activity([anna], starts_on=date(2026, 1, 1))
    activity.conventions.update(ends_on=date(2026, 2, 10))
    make_convention(activity, [anna, bruno], starts_on=date(2026, 2, 11))
    found = {
        month: [(stay.contract, stay.contract_starts_on, stay.days) for stay in stays]
        for month, stays in months_of(activity, MARCH).items()
    }
    cape, cesa, associe = ContractType
    assert found == {
        JANUARY: [(cape, date(2026, 1, 1), 20), (cesa, date(2026, 1, 21), 11)],
        FEBRUARY: [(cesa, date(2026, 1, 21), 10), (associe, date(2026, 2, 11), 18)],
        MARCH: [(associe, date(2026, 2, 11), 31)],
    }


def test_a_renewed_cape_goes_on_with_the_same_contract() -> None:
    person = make_entrepreneur()
    make_contract(person, ContractKind.CAPE, date(2025, 2, 1), date(2026, 1, 31))
    make_contract(person, ContractKind.CAPE, date(2026, 2, 1), renewal=1)
    activity = make_activity([person])
    stays = [stay for mine in months_of(activity).values() for stay in mine]
    assert [(stay.contract_starts_on, stay.days) for stay in stays] == [(date(2025, 2, 1), 31), (date(2025, 2, 1), 28)]


def test_an_activity_that_never_had_a_contract_is_told() -> None:
    activity = make_activity()
    billed(activity, "100", date(2026, 1, 5))
    assert activities_without_contract(month=JANUARY) == [activity.pk]
    assert activities_without_contract(month=FEBRUARY) == []
    assert figures(first=JANUARY, wanted=JANUARY, month=JANUARY) == []


def test_the_fingerprint_tells_a_change_before_the_month_from_one_in_it() -> None:
    activity = activity_under()
    billed(activity, "100", date(2026, 1, 5))
    (first,) = figures(first=JANUARY, wanted=FEBRUARY, month=FEBRUARY)
    billed(activity, "100", date(2026, 2, 5))
    (second,) = figures(first=JANUARY, wanted=FEBRUARY, month=FEBRUARY)
    billed(activity, "1", date(2026, 1, 6))
    (third,) = figures(first=JANUARY, wanted=FEBRUARY, month=FEBRUARY)
    (january,) = figures(first=JANUARY, wanted=JANUARY, month=JANUARY)
    assert (first.before == second.before, first.now == second.now) == (True, False)
    assert third.before not in {first.before, first.now, second.now}
    assert january.now == third.before


def test_one_statement_reads_every_activity() -> None:
    for _ in range(3):
        billed(activity_under(), "100", date(2026, 1, 5))
    with CaptureQueriesContext(connection) as captured:
        found = figures(first=JANUARY, wanted=JANUARY, month=MARCH)
    statements = [query["sql"] for query in captured if "WITH" in query["sql"]]
    assert (len(found), len(statements)) == (3, 1)
