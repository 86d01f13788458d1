"""Building the whole demo cooperative in one transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

from django.db import connection, transaction

from cae_backoffice.core.periods import add_months
from cae_backoffice.demo.activities import DEMO_MEMBER, Venture, found_activities
from cae_backoffice.demo.agenda import Agenda, Moment
from cae_backoffice.demo.billing import Billing, open_books, render_newest_first
from cae_backoffice.demo.bookkeeping import Bookkeeping
from cae_backoffice.demo.chance import dice
from cae_backoffice.demo.clientele import keep_clientele
from cae_backoffice.demo.closings import Closings
from cae_backoffice.demo.collecting import Collecting
from cae_backoffice.demo.contributing import Contributing
from cae_backoffice.demo.customers import Client, Registry, find_customers
from cae_backoffice.demo.democracy import live_together
from cae_backoffice.demo.exchanges import Exchanges
from cae_backoffice.demo.jobs import start_jobs
from cae_backoffice.demo.people import (
    Clerks,
    Member,
    Staff,
    close_accounts,
    enrol_members,
    give_passwords,
    open_cooperative,
)
from cae_backoffice.demo.quoting import Quoting
from cae_backoffice.demo.reminding import start_reminding
from cae_backoffice.demo.sales import Sale, long_sale, sales_of
from cae_backoffice.demo.turnover import HISTORY_MONTHS, MonthOfSales, history, sales_plan, usual_invoice
from invoicing.customers.models import Customer
from invoicing.invoices.models import Invoice
from members.cooperative.models import Cooperative
from members.people.models import Person, User

MEMBERS = 60
FEWEST_CUSTOMERS, MOST_CUSTOMERS, INVOICES_PER_CUSTOMER = 3, 14, 4
STATISTICS_MONTHS = 3
REPORTED = 250  # documents between two lines of progress

Say = Callable[[str], None]


def is_empty() -> bool:
    """Whether nothing of a cooperative stands in the database; reference data does not count."""
    return not any(model._default_manager.exists() for model in (User, Cooperative, Person, Customer, Invoice))


@transaction.atomic
def load_cooperative(*, today: date, members: int, say: Say) -> int:
    """Build it all as it stands on a day, through the services; how many documents were issued.

    The same day and size always give the same people, names, numbers and amounts.
    """
    staff = open_cooperative()
    open_books(staff.accountants[0], today)
    enrolled = enrol_members(staff, members, today)
    say(f"{len(enrolled)} personnes, avec leurs contrats")
    agenda = Agenda(today)
    live_together(staff, enrolled, agenda)
    ventures = found_activities(staff, enrolled, today)
    plan = sales_plan(ventures, today)
    clients = _clients(ventures, plan, staff)
    say(f"{len(ventures)} activités, {sum(map(len, clients))} clients")
    collecting = Collecting(agenda, Clerks(staff, dice("collecting")))
    billing = Billing(agenda, Clerks(staff, dice("books")), collecting, _progress(say))
    sales = _sales(ventures, clients, plan, today)
    billing.plan(sales)
    starts_on = history(today).starts_on
    collecting.plan(starts_on)
    Bookkeeping(agenda, Clerks(staff, dice("bookkeeping")), ventures, collecting.collected).plan(starts_on)
    Contributing(agenda, Clerks(staff, dice("contributing"))).plan(starts_on)
    Closings(agenda, Clerks(staff, dice("closings"))).plan()
    exchanges = Exchanges(agenda, Clerks(staff, dice("exchanges")), ventures)
    exchanges.plan(starts_on)
    _plan_statistics(agenda, starts_on)
    with _all_or_nothing():
        agenda.live()
    start_jobs(billing, ventures, clients, today)
    billing.leave_open(ventures, clients, today)
    exchanges.leave_recurring(today)
    with _all_or_nothing():
        quotes = Quoting(billing, Clerks(staff, dice("quoting"))).live(sales, today)
    say(f"{quotes} devis")
    render_newest_first(ventures[DEMO_MEMBER])
    start_reminding(ventures, staff, today)
    say(f"l’espace d’un client\u00a0: {keep_clientele(clients[DEMO_MEMBER], staff, today)}")
    _settle_accounts(enrolled, staff)
    return billing.issued


def _settle_accounts(enrolled: list[Member], staff: Staff) -> None:
    """Close those of people who left, and let the demo's logins in."""
    close_accounts(enrolled, staff)
    give_passwords()


def _clients(ventures: list[Venture], plan: list[list[MonthOfSales]], staff: Staff) -> list[list[Client]]:
    registry = Registry()
    return [
        find_customers(venture, _customer_count(venture, months), registry, staff.accountants[0])
        for venture, months in zip(ventures, plan, strict=True)
    ]


def _customer_count(venture: Venture, months: list[MonthOfSales]) -> int:
    invoices = int(sum(month.turnover for month in months) / usual_invoice(venture, months))
    return min(max(invoices // INVOICES_PER_CUSTOMER, FEWEST_CUSTOMERS), MOST_CUSTOMERS)


def _sales(
    ventures: list[Venture], clients: list[list[Client]], plan: list[list[MonthOfSales]], today: date
) -> list[Sale]:
    found = [
        sale
        for venture, its_clients, months in zip(ventures, clients, plan, strict=True)
        for sale in sales_of(venture, its_clients, months, today)
    ]
    longest = max(i for i, sale in enumerate(found) if sale.venture.number == DEMO_MEMBER and not sale.credited_on)
    found[longest] = long_sale(found[longest])
    return found


def _plan_statistics(agenda: Agenda, starts_on: date) -> None:
    """Let the database count its rows every quarter: until the load commits nothing else does, and it would plan its
    queries as if the tables were empty.
    """
    for month in range(1, HISTORY_MONTHS, STATISTICS_MONTHS):
        agenda.add(add_months(starts_on, month), Moment.CLOSING, _count_rows)


@contextmanager
def _all_or_nothing() -> Iterator[None]:
    """Spare the savepoint of every service, a tenth of the time: a refusal here ends the whole load."""
    former = connection.features.uses_savepoints
    connection.features.uses_savepoints = False
    try:
        yield
    finally:
        connection.features.uses_savepoints = former


def _count_rows(_on: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _progress(say: Say) -> Callable[[int], None]:
    def report(done: int) -> None:
        if done % REPORTED == 0:
            say(f"{done} documents émis…")

    return report
