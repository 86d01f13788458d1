"""Two clerks at once, each on a connection of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from cae_backoffice.core.audit import check_chain
from cae_backoffice.core.errors import RefusalError
from invoicing.ledger.queries import balances_apart
from invoicing.payments.models import Receipt
from invoicing.payments.queries import paid_amount, verify_payment_chain
from invoicing.payments.services import allocate_receipt, bounce_receipt
from tests.invoicing.factories import accountant, make_customer, make_selling_activity
from tests.invoicing.payments.books import PAID_ON, invoice_of, receive
from tests.members.factories import make_cooperative

pytestmark = pytest.mark.django_db(transaction=True)
WAIT = 30


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run each act on its own connection, all let go together; results or refusals, in order."""
    barrier = Barrier(len(acts), timeout=WAIT)

    def run(act: Callable[[], Any]) -> Any:  # noqa: ANN401
        try:
            barrier.wait()
            return act()
        except RefusalError as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(timeout=WAIT) for future in [pool.submit(run, act) for act in acts]]


def test_two_clerks_pay_the_same_invoice_and_one_is_refused() -> None:
    make_cooperative()
    accountant()
    customer = make_customer(make_selling_activity())
    invoice = invoice_of(customer)
    results = at_once(*[lambda: receive(customer, "120", (invoice, "120"))] * 2)
    assert sorted(type(result).__name__ for result in results) == ["Receipt", "RefusalError"]
    assert (paid_amount(invoice), Receipt.objects.count()) == (Decimal(120), 1)


def test_crossed_payments_bounces_and_allocations_never_deadlock() -> None:
    """The same invoices in opposite orders, an over-payment and a bounce: all pass, numbers and chains are whole."""
    make_cooperative()
    by = accountant()
    customer = make_customer(make_selling_activity())
    first, second, third = (invoice_of(customer) for _ in range(3))
    over, bad = receive(customer, "120"), receive(customer, "60", (third, "60"), method="DEBIT")
    results = at_once(
        lambda: receive(customer, "120", (first, "60"), (second, "60")),
        lambda: receive(customer, "120", (second, "60"), (first, "60")),
        lambda: allocate_receipt(receipt=over, allocations=[(third, Decimal(60))], by=by, on=PAID_ON),
        lambda: bounce_receipt(receipt=bad, on=PAID_ON, reason="Rejet", by=by),
    )
    assert [result for result in results if isinstance(result, RefusalError)] == []
    assert [paid_amount(invoice) for invoice in (first, second, third)] == [120, 120, 60]
    numbers = sorted(Receipt.objects.values_list("number", flat=True))
    assert numbers == [f"E2026-{n:05d}" for n in range(1, 5)]
    assert (verify_payment_chain().is_whole, check_chain().first_broken, balances_apart()) == (True, None, [])
