"""How the demo's customers pay: a realistic spread, always the same."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from cae_backoffice.demo.activities import Venture
from cae_backoffice.demo.catalogue import ideas_by_sector
from cae_backoffice.demo.customers import Client
from cae_backoffice.demo.payers import MOST_CASH, Manner, Payment, payment_of
from cae_backoffice.demo.sales import Sale
from invoicing.customers.enums import CustomerKind
from invoicing.customers.models import Customer
from invoicing.payments.enums import PaymentMethod
from invoicing.pricing.enums import PaymentTerms
from members.activities.models import Activity

ISSUED_ON = date(2026, 3, 2)
DUE_ON = date(2026, 4, 1)
COUNT = 400


def payments(kind: CustomerKind, *, country: str = "FR", credited_on: date | None = None) -> list[Payment]:
    """How four hundred customers of a kind pay invoices of 10 to 4 000 €, due thirty days after their issue."""
    idea = ideas_by_sector()["SERVICES"][0]
    venture = Venture(number=1, activity=Activity(), idea=idea, members=())
    found = []
    for number in range(1, COUNT + 1):
        customer = Customer(kind=kind, name=f"Client {number}", country=country)
        sale = Sale(
            venture=venture,
            client=Client(customer, None, subcontracts=False),
            on=ISSUED_ON,
            subject="",
            lines=(),
            supplied_on=None,
            purchase_order="",
            payment_terms=PaymentTerms.DAYS_30,
            note="",
            is_delivered_elsewhere=False,
            credited_on=credited_on,
        )
        found.append(payment_of(sale, due_on=DUE_ON, gross=Decimal(10 * number)))
    return found


def days_after(day: date, found: list[Payment]) -> list[int]:
    """The days between a day and each payment that comes."""
    return [(payment.on - day).days for payment in found if payment.on]


def share(found: list[int], least: int, most: int) -> float:
    """How much of the payments lies between two numbers of days, over all customers."""
    return sum(least <= days <= most for days in found) / COUNT


def test_professionals_pay_around_the_due_date() -> None:
    """Most within ten days (twelve over a week-end), some months late, a few never."""
    found = payments(CustomerKind.PROFESSIONAL)
    days = days_after(DUE_ON, found)
    assert 0.70 < share(days, -10, 12) < 0.90
    assert 0.08 < share(days, 30, 92) < 0.20
    assert max(days) <= 92
    assert 1 <= COUNT - len(days) <= 0.05 * COUNT


def test_consumers_pay_quickly_and_public_bodies_late() -> None:
    """Days after the issue; weeks after the due date, always by transfer."""
    assert share(days_after(ISSUED_ON, payments(CustomerKind.CONSUMER)), 0, 10) > 0.88
    public = payments(CustomerKind.PUBLIC)
    assert share(days_after(DUE_ON, public), 8, 92) > 0.80
    assert {payment.method for payment in public} == {PaymentMethod.TRANSFER}
    assert {payment.method for payment in payments(CustomerKind.PROFESSIONAL, country="DE")} == {PaymentMethod.TRANSFER}


@pytest.mark.parametrize("kind", list(CustomerKind))
def test_a_payment_is_possible(kind: CustomerKind) -> None:
    """On a working day from the issue on; cash within the law; a first part that leaves a rest."""
    for number, payment in enumerate(payments(kind), start=1):
        gross = Decimal(10 * number)
        assert payment.on is None or (payment.on >= ISSUED_ON and payment.on.weekday() < 5)
        assert payment.method != PaymentMethod.CASH or gross <= MOST_CASH
        assert payment.manner != Manner.BOUNCED or payment.method in {PaymentMethod.CHEQUE, PaymentMethod.DIRECT_DEBIT}
        assert 0 < payment.first_part < gross
        assert payment.surplus > 0
        assert payment.lag >= timedelta(days=8)


def test_every_manner_is_there_and_the_same_sale_is_always_paid_alike() -> None:
    """What will be credited is paid plainly."""
    found = payments(CustomerKind.PROFESSIONAL)
    assert {payment.manner for payment in found} == set(Manner)
    assert found == payments(CustomerKind.PROFESSIONAL)
    credited = payments(CustomerKind.PROFESSIONAL, credited_on=date(2026, 3, 20))
    assert {payment.manner for payment in credited} == {Manner.WHOLE}
