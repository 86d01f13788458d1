"""A construction job, from the quote to the last euro: every amount is worked out by hand in the comments.

The quote is 12 480,00 € excl. VAT: 8 480,00 € of insulation at 10 % and 4 000,00 € of new works at 20 %. Services, VAT
due on collection. Deposit 30 %, three progress invoices, 5 % retained, the final invoice, a partial credit note.
"""

from datetime import date
from decimal import Decimal

import pytest

from invoicing.billing.services import give_up_remainder
from invoicing.customers.models import Customer
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules.credits import CreditContent
from invoicing.invoices.services import issue_credit_note, release_retention
from invoicing.ledger.models import EntryLine
from invoicing.ledger.queries import trial_balance
from invoicing.orders.models import Order
from invoicing.orders.services import order_of_quote
from invoicing.payments.enums import PaymentState
from invoicing.payments.queries import payment_state
from invoicing.payments.services import offset_credit_note
from invoicing.rendering.document import from_json
from members.activities.enums import Sector
from members.activities.models import Activity
from tests.invoicing.billing.orders import deposit, final, position, progress, vat_rows
from tests.invoicing.factories import accountant, make_customer, make_insurance, make_selling_activity, open_books
from tests.invoicing.payments.books import receive
from tests.invoicing.quotes.books import accept, line, sent_quote
from tests.members.factories import make_cooperative

pytestmark = pytest.mark.django_db


def day(month: int, number: int, year: int = 2026) -> date:
    """A day of the job's year, or of another."""
    return date(year, month, number)


def amounts(invoice: Invoice) -> tuple[str, str, str, str]:
    """Net, VAT, gross and retention as they were frozen."""
    return f"{invoice.net:.2f}", f"{invoice.vat:.2f}", f"{invoice.gross:.2f}", f"{invoice.retention:.2f}"


def rows(invoice: Invoice) -> dict[str, tuple[str, str]]:
    """Net and VAT by rate."""
    return {rate: (str(net), str(vat)) for rate, (net, vat) in vat_rows(invoice).items()}


def left(order: Order) -> dict[str, tuple[str, str]]:
    """What remains to invoice, net and VAT by rate."""
    return {f"{row.rate.normalize():f}": (str(row.net_left), str(row.vat_left)) for row in position(order).rates}


def balances() -> dict[str, str]:
    """Every account that is not at zero over the two years."""
    moved = trial_balance(starts_on=day(1, 1), ends_on=day(12, 31, 2027))
    return {row.number: str(row.balance) for row in moved if row.balance}


def builder() -> tuple[Activity, Customer]:
    """« Chaux & Chanvre », insured for ten years, and the company whose house it renovates."""
    make_cooperative()
    open_books()
    activity = make_selling_activity(sector=Sector.CONSTRUCTION, name="Chaux & Chanvre")
    make_insurance(activity)
    return activity, make_customer(activity, name="SCI du Port")


def ordered(activity: Activity, customer: Customer) -> Order:
    """The quote, its option taken by the customer, and the order made of it."""
    quote = sent_quote(
        activity,
        customer=customer,
        on=day(9, 1),
        valid_until=day(9, 30),
        subject="Rénovation de la maison du port",
        deposit_percent=Decimal(30),
        retention_percent=Decimal(5),
        lines=[
            line("Isolation en chanvre", "106", "75", "FR10", chapter="Isolation", unit="MTK"),  # 7 950,00
            line("Enduit de finition", "1", "530", "FR10", chapter="Isolation"),  # 530,00: 8 480,00 at 10 %
            line("Extension bois", "1", "3500", "FR20", chapter="Extension"),
            line("Baie vitrée", "1", "500", "FR20", chapter="Extension", is_option=True),  # 4 000,00 at 20 %
            line("Pergola", "1", "900", "FR20", chapter="Extension", is_option=True),  # not taken
        ],
    )
    taken = quote.lines.get(label="Baie vitrée")
    accept(quote, [taken.pk], on=day(9, 10))
    quote.refresh_from_db()
    return order_of_quote(quote=quote, on=day(9, 10), by=accountant())


def test_the_job_from_quote_to_closed_account() -> None:
    """12 480,00 € net and 1 648,00 € VAT ordered; 12 380,00 € net invoiced and paid after a 100,00 € gesture."""
    activity, customer = builder()
    order = ordered(activity, customer)
    # 8 480,00 × 10 % = 848,00; 4 000,00 × 20 % = 800,00; 12 480,00 + 1 648,00 = 14 128,00
    assert (str(order.net), str(order.vat), str(order.gross)) == ("12480.00", "1648.00", "14128.00")
    assert [(step.kind, step.percent) for step in order.steps.all()] == [("DEPOSIT", Decimal(30)), ("FINAL", None)]

    # Deposit: 30 % of 12 480,00 = 3 744,00, split 8 480 : 4 000 into 2 544,00 and 1 200,00; no sale yet, it is on 4191.
    asked = deposit(order, "30", day(9, 15))
    assert rows(asked) == {"20": ("1200.00", "240.00"), "10": ("2544.00", "254.40")}
    assert amounts(asked) == ("3744.00", "494.40", "4238.40", "0.00")
    assert balances() == {"411": "4238.40", "4191": "-3744.00", "44574": "-494.40"}
    receive(customer, "4238.40", (asked, "4238.40"), on=day(9, 20))
    assert balances() == {"512": "4238.40", "4191": "-3744.00", "44571": "-494.40"}

    first, second, third = _situations(order, customer)
    # After 60 % and the 30 % deposit, 10 % remains: 848,00 and 400,00 net, 84,80 and 80,00 VAT.
    assert left(order) == {"20": ("400.00", "80.00"), "10": ("848.00", "84.80")}

    # Final: 40 % of the work, 4 992,00, less the deposit of 3 744,00 = 1 248,00 net; VAT 84,80 + 80,00; 5 % = 70,64.
    last = final(order, day(12, 20))
    assert rows(last) == {"20": ("400.00", "80.00"), "10": ("848.00", "84.80")}
    assert amounts(last) == ("1248.00", "164.80", "1412.80", "70.64")
    document = from_json(last.snapshot.content)
    assert (document.kind, document.frame) == ("380", "S4")
    assert [reference.number for reference in document.follows] == [asked.number]
    assert left(order) == {"20": ("0.00", "0.00"), "10": ("0.00", "0.00")}
    assert _balance("4191") == 0
    # Everything is invoiced: sales 12 480,00; the customer owes 1 342,16 and 494,48 of retentions (see below).
    assert (_balance("706"), _balance("411"), _balance("4117")) == (
        Decimal("-12480.00"),
        Decimal("1342.16"),
        Decimal("494.48"),
    )

    _credited_and_paid(order, customer, last)
    _released(customer, [first, second, third, last])


def _situations(order: Order, customer: Customer) -> list[Invoice]:
    """20 %, 45 % and 60 % of the work, each paid less its retention."""
    expected = [
        # 20 %: 1 696,00 + 800,00 = 2 496,00; VAT 169,60 + 160,00 = 329,60; 5 % of 2 825,60 = 141,28
        ("20", day(10, 1), {"20": ("800.00", "160.00"), "10": ("1696.00", "169.60")}, "2825.60", "141.28"),
        # 25 % more: 2 120,00 + 1 000,00 = 3 120,00; VAT 212,00 + 200,00 = 412,00; 5 % of 3 532,00 = 176,60
        ("45", day(11, 1), {"20": ("1000.00", "200.00"), "10": ("2120.00", "212.00")}, "3532.00", "176.60"),
        # 15 % more: 1 272,00 + 600,00 = 1 872,00; VAT 127,20 + 120,00 = 247,20; 5 % of 2 119,20 = 105,96
        ("60", day(12, 1), {"20": ("600.00", "120.00"), "10": ("1272.00", "127.20")}, "2119.20", "105.96"),
    ]
    invoices = []
    for percent, on, by_rate, gross, kept in expected:
        invoice = progress(order, percent, on)
        assert rows(invoice) == by_rate
        assert (str(invoice.gross), str(invoice.retention)) == (gross, kept)
        paid = str(invoice.gross - invoice.retention)
        receive(customer, paid, (invoice, paid), on=on)
        invoices.append(invoice)
    shown = from_json(invoices[1].snapshot.content).progress
    assert shown is not None
    # The second one states: ordered 12 480,00, cumulated 5 616,00 (45 %), before 2 496,00, now 3 120,00.
    assert (shown.ordered, shown.cumulated, shown.before, shown.now, shown.deposits) == (
        Decimal("12480.00"),
        Decimal("5616.00"),
        Decimal("2496.00"),
        Decimal("3120.00"),
        Decimal("3744.00"),
    )
    return invoices


def _credited_and_paid(order: Order, customer: Customer, last: Invoice) -> None:
    """100,00 € net given back at 20 %: 120,00 € incl. VAT; the rest of the final invoice is paid."""
    content = CreditContent(amounts={("S", Decimal("20.00")): Decimal("100.00")})
    credit = issue_credit_note(invoice=last, reason="Rayure", content=content, by=accountant(), on=day(12, 21))
    assert amounts(credit) == ("-100.00", "-20.00", "-120.00", "0.00")
    assert left(order) == {"20": ("100.00", "20.00"), "10": ("0.00", "0.00")}
    give_up_remainder(order=order, reason="Geste commercial", on=day(12, 21), by=accountant())
    offset_credit_note(credit_note=credit, invoice=last, amount=Decimal("120.00"), by=accountant(), on=day(12, 21))
    # 1 412,80 − 70,64 retained − 120,00 credited = 1 222,16
    receive(customer, "1222.16", (last, "1222.16"), on=day(12, 30))
    assert _balance("411") == 0


def _released(customer: Customer, invoices: list[Invoice]) -> None:
    """A year after acceptance the customer pays 141,28 + 176,60 + 105,96 + 70,64 = 494,48."""
    on = day(12, 1, 2027)
    for invoice in invoices:
        release_retention(invoice=invoice, on=on, due_on=on, by=accountant())
    assert (_balance("4117"), _balance("411")) == (0, Decimal("494.48"))
    parts = [(invoice, str(invoice.retention)) for invoice in invoices]
    receive(customer, "494.48", *parts, on=day(12, 5, 2027))
    for invoice in invoices:
        invoice.refresh_from_db()
        assert payment_state(invoice, on=day(12, 6, 2027)) == PaymentState.PAID
    # Received: 4 238,40 + 2 684,32 + 3 355,40 + 2 013,24 + 1 222,16 + 494,48 = 14 008,00 = 14 128,00 − 120,00.
    # Sales 12 480,00 − 100,00; VAT due 1 648,00 − 20,00, all of it collected; nothing on 411, 4117, 4191 or 44574.
    assert balances() == {"512": "14008.00", "706": "-12380.00", "44571": "-1628.00"}


def _balance(account: str) -> Decimal:
    """Debits less credits of an account."""
    lines = EntryLine.objects.filter(account__number=account)
    return sum((one.debit - one.credit for one in lines), Decimal(0))
