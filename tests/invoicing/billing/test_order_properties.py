"""Whatever is invoiced of an order and credited, in whatever sequence, its documents sum to it per VAT rate.

Each example is a random order and a random sequence of deposits, progress in every mode, credit notes of a part or of
all, and the final invoice. What would go beyond the order is refused and changes nothing.
"""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import ZERO
from invoicing.billing.rules import Advance, lines_at, whole_at
from invoicing.billing.services import draft_deposit, draft_final, draft_progress
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.models import Invoice, InvoiceVat
from invoicing.invoices.queries.credits import creditable
from invoicing.invoices.rules import DraftLine
from invoicing.invoices.rules.credits import CreditContent
from invoicing.invoices.services import issue_credit_note
from invoicing.ledger.models import EntryLine
from invoicing.orders.models import Order
from invoicing.pricing.enums import SupplyNature
from invoicing.pricing.rules import typed_totals
from tests.invoicing.billing.orders import RELEASE_ON, issued, make_order, position
from tests.invoicing.factories import DAY, accountant, vat
from tests.invoicing.payments.books import check_deferred

CODES = ("FR20", "FR10", "FR5.5", "FR2.1")


@dataclass(frozen=True)
class Act:
    """One thing that is tried on an order: how big, and on which of its lines or documents."""

    kind: str
    percent: Decimal
    which: int


line_values = st.tuples(
    st.sampled_from(CODES[:3]) | st.sampled_from(CODES),
    st.decimals(min_value="0.25", max_value="40", places=2),
    st.decimals(min_value="0.01", max_value="900", places=2),
    st.sampled_from(["0", "0", "5", "12.5", "33.33"]),
    st.sampled_from([SupplyNature.SERVICES, SupplyNature.SERVICES, SupplyNature.GOODS]),
    st.sampled_from([1, 1, 1, 1, -1]),
)
KINDS = ("deposit", "amount", "whole", "line", "quantity", "chapter", "credit", "credit_part", "credit_amount")
acts = st.builds(
    Act,
    kind=st.sampled_from(KINDS),
    percent=st.decimals(min_value=1, max_value=120, places=2),
    which=st.integers(0, 50),
)


def _line(values: tuple[str, Decimal, Decimal, str, SupplyNature, int], rank: int) -> DraftLine:
    code, quantity, price, discount, nature, sign = values
    return DraftLine(
        label=f"Ouvrage {rank}",
        chapter=f"Lot {rank % 3}",
        quantity=sign * quantity,
        unit_price=price,
        discount_percent=Decimal(discount),
        nature=nature,
        vat_code=vat(code),
    )


def _perform(order: Order, act: Act) -> None:
    """Do it, to the issued document."""
    if act.kind.startswith("credit"):
        _credit(order, act)
        return
    now = position(order)
    chosen = now.lines[act.which % len(now.lines)]
    if act.kind == "deposit":
        draft = draft_deposit(order=order, percent=act.percent, by=accountant())
    elif act.kind == "amount":
        draft = draft_deposit(order=order, amount=(act.percent * 7).quantize(Decimal("0.01")), by=accountant())
    else:
        quantity = (chosen.line.quantity * act.percent / 100).quantize(Decimal("0.0001"))
        same_chapter = [one for one in now.lines if one.line.chapter == chosen.line.chapter]
        advance = {
            "whole": whole_at(now, act.percent),
            "line": lines_at([chosen], act.percent),
            "chapter": lines_at(same_chapter, act.percent),
            "quantity": Advance(quantities={chosen.line.pk: quantity}),
        }[act.kind]
        draft = draft_progress(order=order, advance=advance, retention_due_on=RELEASE_ON, by=accountant())
    issued(draft)


def _credit(order: Order, act: Act) -> None:
    """Credit one of the order's documents: whole, a part of one line, or an amount at one rate."""
    documents = list(Invoice.objects.filter(order=order).exclude(kind=InvoiceKind.CREDIT_NOTE).order_by("pk"))
    if not documents:
        raise RefusalError("rien")
    original = documents[act.which % len(documents)]
    content = None
    state = creditable(original)
    if act.kind == "credit_part" and state.lines:
        line = state.lines[act.which % len(state.lines)]
        content = CreditContent(
            quantities={line.pk: (line.quantity_left * act.percent / 120).quantize(Decimal("0.0001"))}
        )
    elif act.kind == "credit_amount" and state.rows:
        row = state.rows[act.which % len(state.rows)]
        content = CreditContent(amounts={row.key: (row.net_left * act.percent / 120).quantize(Decimal("0.01"))})
    issue_credit_note(invoice=original, reason="Erreur", content=content, by=accountant(), on=DAY)


def _try(order: Order, act: Act) -> bool:
    """Whether it was done; when it is refused, nothing changed."""
    before = _state(order)
    try:
        with transaction.atomic():
            _perform(order, act)
    except RefusalError:
        assert _state(order) == before
        return False
    return True


def _state(order: Order) -> tuple[object, ...]:
    return position(order), Invoice.objects.count(), EntryLine.objects.count()


def _sums(order: Order) -> dict[tuple[str, Decimal], tuple[Decimal, Decimal]]:
    rows = InvoiceVat.objects.filter(invoice__order=order).values("category", "rate")
    return {
        (row["category"], row["rate"]): (row["n"], row["v"])
        for row in rows.annotate(n=Sum("net"), v=Sum("vat")).order_by()
    }


def _assert_within(order: Order) -> None:
    """Never over-invoiced: neither a line nor a rate goes beyond the order; the books balance."""
    now = position(order)
    for one in now.lines:
        assert min(one.line.net, ZERO) <= one.invoiced <= max(one.line.net, ZERO)
    for row in now.rates:
        assert min(row.net, ZERO) <= row.invoiced_net <= max(row.net, ZERO)
    check_deferred()
    for invoice in Invoice.objects.filter(order=order, state=InvoiceState.ISSUED):
        for vat_row in invoice.vat_rows.all():
            assert abs(vat_row.vat - vat_row.net * vat_row.rate / 100) < Decimal("0.05")


def _assert_settled(order: Order) -> None:
    """The documents sum to the order, net and VAT, rate by rate; no deposit is left on 4191."""
    agreed = typed_totals([one.line for one in position(order).lines])
    expected = {(row.category, row.rate): (row.net, row.vat) for row in agreed.rows}
    found = _sums(order)
    assert {key: found.get(key, (ZERO, ZERO)) for key in expected} == expected
    assert found.keys() <= expected.keys()
    documents = Invoice.objects.filter(order=order)
    assert documents.aggregate(total=Sum("gross"))["total"] == order.gross
    deposits = EntryLine.objects.filter(account__number="4191", entry__source_id__in=documents.values("pk"))
    sums = deposits.aggregate(d=Sum("debit"), c=Sum("credit"))
    assert (sums["d"] or ZERO) == (sums["c"] or ZERO)
    assert position(order).is_complete


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(line_values, min_size=1, max_size=12),
    sequence=st.lists(acts, min_size=1, max_size=8),
    later=st.lists(acts, max_size=2),
)
def test_the_invoices_of_an_order_sum_to_it(
    db: None,
    values: list[tuple[str, Decimal, Decimal, str, SupplyNature, int]],
    sequence: list[Act],
    later: list[Act],
) -> None:
    """Also when some is credited after the final invoice and invoiced again by another one."""
    lines = [_line(value, rank) for rank, value in enumerate(values)]
    totals = typed_totals(lines)
    assume(totals.gross > 0)
    assume(all(line.net for line in lines))
    with transaction.atomic():
        order = make_order(lines=lines)
        for act in sequence:
            if _try(order, act):
                _assert_within(order)
        _finish(order)
        for act in later:
            if act.kind.startswith("credit") and _try(order, act):
                _assert_within(order)
                _finish(order)
        transaction.set_rollback(True)


def _finish(order: Order) -> None:
    if not position(order).is_complete:
        issued(draft_final(order=order, retention_due_on=RELEASE_ON, by=accountant()))
    _assert_settled(order)
