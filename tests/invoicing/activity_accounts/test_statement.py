"""The statement of an activity, to the cent, and its equality with the ledger whatever happens to its documents."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from cae_backoffice.core.money import CENT, ZERO
from cae_backoffice.core.periods import add_months
from invoicing.activity_accounts.enums import StatementHeading
from invoicing.activity_accounts.queries.figures import FigureApart, months_of, statements_apart
from invoicing.activity_accounts.queries.statement import Waiting, figure_lines, shares_of_available, waiting_of
from invoicing.activity_accounts.rules.statement import (
    Convention,
    MonthFigures,
    split_by_convention,
    statement_of,
)
from invoicing.invoices.enums import InvoiceKind
from invoicing.invoices.rules import SaleTerms
from invoicing.invoices.services import issue_credit_note
from invoicing.ledger.models import FiscalYear
from invoicing.ledger.services import close_fiscal_year
from invoicing.payments.enums import PaymentMethod
from invoicing.payments.services import (
    allocate_receipt,
    bounce_receipt,
    declare_doubtful,
    offset_credit_note,
    refund_customer,
    write_off,
)
from members.activities.models import Activity
from tests.invoicing.activity_accounts.books import DECEMBER, NOVEMBER, book, november, statement
from tests.invoicing.activity_accounts.books import activity as activity  # noqa: PLC0414  a fixture
from tests.invoicing.factories import (
    accountant,
    make_customer,
    make_draft,
    make_issued,
    make_line,
    make_selling_activity,
)
from tests.invoicing.payments.books import GOODS, invoice_of, receive
from tests.invoicing.quotes.books import accept, draft_quote, sent_quote
from tests.invoicing.quotes.books import line as quote_line
from tests.members.factories import make_activity, make_convention, make_entrepreneur

pytestmark = pytest.mark.django_db
COLLECTED, EXPENSES = StatementHeading.COLLECTED, StatementHeading.EXPENSES


def test_an_invoice_brings_nothing_and_its_payment_the_amount_without_vat(activity: Activity) -> None:
    customer = make_customer(activity)
    invoice = invoice_of(customer, "100")
    assert november(activity).change == 0
    receive(customer, "60", (invoice, "60"))
    assert november(activity).amounts == {COLLECTED: Decimal(50)}
    receive(customer, "60", (invoice, "60"), on=date(2026, 12, 3))
    told = statement(activity)
    assert [(month.opening, month.closing) for month in told.months] == [
        (Decimal(0), Decimal(50)),
        (Decimal(50), Decimal(100)),
    ]
    assert (told.available, told.totals[COLLECTED]) == (Decimal(100), Decimal(100))
    assert statements_apart() == []


def test_goods_bring_their_price_without_vat_when_paid_though_their_vat_was_due_before(activity: Activity) -> None:
    customer = make_customer(activity)
    invoice = invoice_of(customer, "100", nature=GOODS)
    assert (november(activity).change, november(activity).vat_ahead) == (Decimal(0), Decimal(20))
    assert november(activity).books == Decimal(-20)
    receive(customer, "120", (invoice, "120"))
    assert (november(activity).change, november(activity).vat_ahead) == (Decimal(100), Decimal(0))
    assert statements_apart() == []


def test_what_settles_no_document_is_not_available_until_it_does(activity: Activity) -> None:
    customer = make_customer(activity)
    receipt = receive(customer, "150")
    assert (november(activity).change, november(activity).unallocated) == (Decimal(0), Decimal(150))
    invoice = invoice_of(customer, "100")
    allocate_receipt(receipt=receipt, allocations=[(invoice, Decimal(120))], by=accountant(), on=date(2026, 12, 1))
    assert [(month.change, month.unallocated) for month in months_of([activity.pk])[activity.pk]] == [
        (Decimal(0), Decimal(150)),
        (Decimal(100), Decimal(-120)),
    ]
    refund_customer(
        customer=customer,
        receipt=receipt,
        amount=Decimal(30),
        refunded_on=date(2026, 12, 2),
        method=PaymentMethod.TRANSFER,
        by=accountant(),
    )
    told = statement(activity)
    assert (told.available, told.unallocated, told.vat_ahead) == (Decimal(100), Decimal(0), Decimal(0))
    assert statements_apart() == []


def test_money_that_waited_for_its_owner_is_collected_when_allocated(activity: Activity) -> None:
    invoice = invoice_of(make_customer(activity), "100")
    receipt = receive(None, "120")
    allocate_receipt(receipt=receipt, allocations=[(invoice, Decimal(120))], by=accountant(), on=date(2026, 12, 1))
    assert [month.figures.change for month in statement(activity).months] == [Decimal(0), Decimal(100)]
    assert statements_apart() == []


def test_a_bounced_payment_takes_back_what_it_brought(activity: Activity) -> None:
    customer = make_customer(activity)
    invoice = invoice_of(customer, "100")
    receipt = receive(customer, "200", (invoice, "120"))
    bounce_receipt(receipt=receipt, on=date(2026, 12, 1), reason="Sans provision", by=accountant())
    told = statement(activity)
    assert [month.figures.change for month in told.months] == [Decimal(100), Decimal(-100)]
    assert (told.available, told.unallocated) == (Decimal(0), Decimal(0))
    assert statements_apart() == []


def test_a_full_credit_note_sums_to_nothing_offset_or_refunded(activity: Activity) -> None:
    customer = make_customer(activity)
    unpaid = invoice_of(customer, "100", nature=GOODS)
    offset = issue_credit_note(invoice=unpaid, reason="Erreur", by=accountant(), on=date(2026, 11, 2))
    offset_credit_note(credit_note=offset, invoice=unpaid, amount=Decimal(120), on=date(2026, 11, 4), by=accountant())
    paid = invoice_of(customer, "200")
    receive(customer, "240", (paid, "240"))
    returned = issue_credit_note(invoice=paid, reason="Retour", by=accountant(), on=date(2026, 12, 1))
    assert statement(activity).available == Decimal(200)
    refund_customer(
        customer=customer,
        credit_note=returned,
        amount=Decimal(240),
        refunded_on=date(2026, 12, 2),
        method=PaymentMethod.TRANSFER,
        by=accountant(),
    )
    assert (statement(activity).available, statement(activity).vat_ahead) == (Decimal(0), Decimal(0))
    assert statements_apart() == []


@pytest.mark.parametrize("line", [{}, {"nature": GOODS}], ids=["services", "goods"])
def test_a_loss_never_was_available(activity: Activity, line: dict[str, str]) -> None:
    customer = make_customer(activity)
    invoice = invoice_of(customer, "100", **line)
    declare_doubtful(invoice=invoice, on=date(2026, 11, 10), reason="Liquidation", by=accountant())
    receive(customer, "60", (invoice, "60"))
    write_off(invoice=invoice, amount=Decimal(60), on=date(2026, 12, 1), reason="Liquidation", by=accountant())
    told = statement(activity)
    assert [month.figures.amounts.get(COLLECTED, ZERO) for month in told.months] == [Decimal(50), Decimal(0)]
    assert (told.available, told.vat_ahead) == (Decimal(50), Decimal(0))
    assert statements_apart() == []


def test_deposits_and_retentions_bring_what_is_paid_of_them(activity: Activity) -> None:
    customer = make_customer(activity)
    deposit = make_issued(
        activity, customer=customer, terms=SaleTerms(kind=InvoiceKind.DEPOSIT), lines=[make_line("Acompte", "1", "30")]
    )
    receive(customer, "36", (deposit, "36"))
    kept = SaleTerms(retention_percent=Decimal(5), retention_due_on=date(2027, 11, 2))
    invoice = make_issued(activity, customer=customer, lines=[make_line("Travaux", "1", "100")], terms=kept)
    receive(customer, "114", (invoice, "114"))
    assert november(activity).amounts == {COLLECTED: Decimal(125)}
    assert statements_apart() == []


def test_every_heading_and_the_available_amount_are_sums_of_ledger_lines(activity: Activity) -> None:
    other = make_selling_activity()
    book(("110", activity, "-400"), ("110", None, "400"))
    book(("6588", activity, "10"), ("7588", None, "-10"))
    book(("606", activity, "55.50"), ("512", None, "-55.50"))
    book(("641", activity, "90"), ("645", activity, "40.25"), ("512", None, "-130.25"))
    book(("6412", activity, "13.03"), ("4282", None, "-13.03"))
    book(("7587", activity, "-25"), ("6587", other, "25"))
    book(("740", activity, "-70"), ("512", None, "70"))
    told = statement(activity)
    assert told.months[0].figures.amounts == {
        StatementHeading.OPENING: Decimal(400),
        StatementHeading.CONTRIBUTIONS: Decimal(-10),
        EXPENSES: Decimal("-55.50"),
        StatementHeading.PAY: Decimal("-130.25"),
        StatementHeading.PROVISIONS: Decimal("-13.03"),
        StatementHeading.TRANSFERS: Decimal(25),
        StatementHeading.OTHER_INCOME: Decimal(70),
    }
    assert told.available == Decimal("286.22")
    assert statement(other).available == Decimal(-25)
    assert statements_apart() == []


def test_what_a_closed_year_carries_does_not_count_twice(activity: Activity) -> None:
    customer = make_customer(activity)
    invoice = make_issued(activity, customer=customer, lines=[make_line("Conseil", "1", "100")], on=date(2025, 12, 1))
    book(("606", activity, "30"), ("512", None, "-30"), on=date(2025, 12, 2))
    book(("110", activity, "-400"), ("110", None, "400"), on=date(2025, 1, 2))
    for year in (2024, 2025):
        close_fiscal_year(year=FiscalYear.objects.get(starts_on__year=year), on=date(2026, 3, 1), by=accountant())
    assert statement(activity, date(2026, 1, 1)).opening == Decimal(370)
    receive(customer, "120", (invoice, "120"), on=date(2026, 4, 1))
    assert statement(activity, date(2026, 1, 1)).available == Decimal(470)
    assert statements_apart() == []


def test_a_figure_that_is_not_the_ledger_is_found(activity: Activity) -> None:
    customer = make_customer(activity)
    receive(customer, "120", (invoice_of(customer, "100"), "120"))
    assert statements_apart() == []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE invoicing_allocationvat SET net = net - 1")
        cursor.execute(
            "UPDATE invoicing_monthlybalance SET credit = credit + 7 WHERE activity_id IS NOT NULL AND account_id = "
            "(SELECT id FROM invoicing_account WHERE number = '706')"
        )
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    assert statements_apart() == [
        FigureApart(activity.pk, NOVEMBER, "collected", stated=Decimal(99), booked=Decimal(100)),
        FigureApart(activity.pk, NOVEMBER, "total", stated=Decimal(107), booked=Decimal(100)),
    ]


def test_one_query_reads_one_activity_or_three(activity: Activity) -> None:
    activities = [activity, make_selling_activity(), make_selling_activity()]
    for one in activities:
        book(("606", one, "30"), ("512", None, "-30"))
    for asked in (activities[:1], activities):
        with CaptureQueriesContext(connection) as queries:
            assert len(months_of([one.pk for one in asked])) == len(asked)
        assert len(queries) == 1


def test_each_figure_opens_lines_that_sum_to_it_each_with_its_document(activity: Activity) -> None:
    customer = make_customer(activity)
    invoice, goods = invoice_of(customer, "100"), invoice_of(customer, "50", nature=GOODS)
    receive(customer, "200", (invoice, "60"), (goods, "60"))
    book(("606", activity, "12.34"), ("512", None, "-12.34"))
    book(("706", activity, "-5"), ("706", None, "5"))
    figures = november(activity)
    assert figures.amounts == {COLLECTED: Decimal(105), EXPENSES: Decimal("-12.34")}
    for heading, amount in figures.amounts.items():
        lines = figure_lines(activity, heading, month=NOVEMBER)
        assert sum((line.amount for line in lines), ZERO) == amount
        assert all(line.voucher and line.entry_id for line in lines)
    told = {(line.document, line.amount) for line in figure_lines(activity, COLLECTED, month=NOVEMBER)}
    assert told == {(invoice, Decimal(50)), (goods, Decimal(50)), (None, Decimal(5))}
    assert statements_apart() == []


def test_beside_the_account_stand_what_is_owed_late_kept_and_drafted(activity: Activity) -> None:
    customer = make_customer(activity)
    invoice = invoice_of(customer, "100")
    receive(customer, "60", (invoice, "60"))
    kept = SaleTerms(retention_percent=Decimal(5), retention_due_on=date(2027, 11, 2))
    make_issued(activity, customer=customer, lines=[make_line("Travaux", "1", "200")], terms=kept)
    make_draft(activity, customer=customer, lines=[make_line("Projet", "1", "70")])
    sent_quote(activity, lines=[quote_line("Projet", "1", "500"), quote_line("En plus", "1", "30", is_option=True)])
    agreed = sent_quote(
        activity, lines=[quote_line("Accord", "1", "40"), quote_line("Option", "1", "8", is_option=True)]
    )
    accept(agreed, [agreed.lines.get(is_option=True).pk])
    draft_quote(activity)
    assert waiting_of(activity, on=date(2026, 11, 25)) == Waiting(
        invoiced_net=Decimal(250),
        to_receive=Decimal(288),
        overdue=Decimal(0),
        retained=Decimal(12),
        doubtful_provided=Decimal(0),
        drafts_net=Decimal(70),
        accepted_quotes_net=Decimal(48),
        sent_quotes_net=Decimal(500),
    )
    later = waiting_of(activity, on=date(2027, 1, 15))
    assert (later.overdue, later.sent_quotes_net, later.accepted_quotes_net) == (Decimal(288), 0, Decimal(48))


def test_a_shared_activity_is_split_under_the_convention_of_each_month(activity: Activity) -> None:
    anna, bruno = make_entrepreneur("Anna", "Le Goff"), make_entrepreneur("Bruno", "Petit")
    shared = make_activity()
    make_convention(shared, [anna], ends_on=date(2026, 11, 30))
    make_convention(shared, [anna, bruno], starts_on=date(2026, 12, 1), shares=[Decimal(70), Decimal(30)])
    book(("740", shared, "-100.01"), ("512", None, "100.01"))
    book(("740", shared, "-100.01"), ("512", None, "100.01"), on=date(2026, 12, 5))
    assert shares_of_available(shared, last_month=DECEMBER) == {
        str(anna): Decimal("170.02"),
        str(bruno): Decimal("30.00"),
    }
    assert shares_of_available(activity, last_month=DECEMBER) == {}


months = st.builds(
    MonthFigures,
    st.integers(0, 30).map(lambda number: add_months(date(2024, 1, 1), number)),
    st.dictionaries(st.sampled_from(StatementHeading), st.integers(-99999, 99999).map(lambda n: n * CENT)),
)


@given(st.lists(months, unique_by=lambda figures: figures.month), st.integers(0, 30), st.integers(0, 30))
def test_opening_and_totals_make_the_available_amount_over_any_range(
    figures: list[MonthFigures], first: int, length: int
) -> None:
    first_month = add_months(date(2024, 1, 1), first)
    told = statement_of(figures, first_month=first_month, last_month=add_months(first_month, length))
    assert told.opening + sum(told.totals.values(), ZERO) == told.available
    assert told.available == sum((f.change for f in figures if f.month <= told.last_month), ZERO)
    assert len(told.months) == length + 1


@given(st.lists(months, unique_by=lambda figures: figures.month), st.integers(1, 99))
def test_the_shares_sum_to_the_available_amount(figures: list[MonthFigures], percent: int) -> None:
    shares = (("Anna", Decimal(percent)), ("Bruno", Decimal(100 - percent)))
    conventions = [Convention(date(2025, 1, 1), shares), Convention(date(2025, 6, 15), shares[::-1])]
    last_month = date(2025, 12, 1)
    parts = split_by_convention(figures, conventions, last_month=last_month)
    assert sum(parts.values(), ZERO) == sum((f.change for f in figures if f.month <= last_month), ZERO)
