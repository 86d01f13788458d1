"""The arithmetic of payments: whatever is paid, taken back and paid again, the parts sum to the whole."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cae_backoffice.core.money import ZERO, round_cents
from invoicing.payments.enums import PaymentState
from invoicing.payments.rules import DocumentRow, Part, RateKey, amount_errors, payment_parts, spread, state_of, summed

RATES = [Decimal("20.00"), Decimal("10.00"), Decimal("5.50"), Decimal("2.10"), Decimal("0.00")]


@st.composite
def documents(draw: st.DrawFn) -> list[DocumentRow]:
    """An invoice of one to five rates, some rows negative (a discount), in part on collection; above zero in all."""
    rows = []
    for rate in draw(st.lists(st.sampled_from(RATES), min_size=1, max_size=5, unique=True)):
        net = Decimal(draw(st.integers(-20_000, 500_000))) / 100
        vat = round_cents(net * rate / 100)
        pending = draw(st.sampled_from([vat, ZERO, round_cents(vat / 3)]))
        rows.append(DocumentRow("S" if rate else "E", rate, net, vat, pending))
    total = sum((row.gross for row in rows), ZERO)
    if total <= 0:
        rows.append(DocumentRow("O", Decimal(0), Decimal("0.01") - total, ZERO, ZERO))
    return rows


def gross_of(rows: list[DocumentRow]) -> Decimal:
    return sum((row.gross for row in rows), ZERO)


def paid_of(parts: tuple[Part, ...]) -> Decimal:
    return sum((part.net + part.vat for part in parts), ZERO)


@given(documents(), st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=6))
def test_any_payments_and_bounces_end_in_exactly_the_invoice(
    rows: list[DocumentRow], steps: list[tuple[float, bool]]
) -> None:
    """Each payment's parts sum to it, a bounce restores what stood before, the last payment clears every row."""
    total, paid = gross_of(rows), ZERO
    recorded: dict[RateKey, Part] = {}
    standing: list[tuple[Decimal, tuple[Part, ...]]] = []
    for fraction, bounces in steps:
        if bounces and standing:
            amount, parts = standing.pop(0)
            recorded = summed([*recorded.values(), *(-part for part in parts)])
            paid -= amount
            continue
        amount = round_cents((total - paid) * Decimal(str(fraction)))
        if not amount:
            continue
        before = summed(recorded.values())
        parts = payment_parts(rows, recorded, paid=paid, amount=amount)
        assert paid_of(parts) == amount
        after = summed([*recorded.values(), *parts])
        assert summed([*after.values(), *(-part for part in parts)]).items() >= before.items()
        recorded, paid = after, paid + amount
        standing.append((amount, parts))
    if paid < total:
        last = payment_parts(rows, recorded, paid=paid, amount=total - paid)
        assert paid_of(last) == total - paid
        recorded = summed([*recorded.values(), *last])
    for row in rows:
        assert recorded.get(row.key, Part(*row.key)) == Part(*row.key, net=row.net, vat=row.vat, due_vat=row.pending)


@given(documents(), st.floats(0, 1))
def test_no_row_gets_more_than_itself_and_a_credit_note_mirrors(rows: list[DocumentRow], fraction: float) -> None:
    """Bounds per row; minus the rows give minus the parts."""
    paid = round_cents(gross_of(rows) * Decimal(str(fraction)))
    parts = spread(rows, paid)
    for row, part in zip(rows, parts, strict=True):
        assert abs(part.net + part.vat) <= abs(row.gross)
        assert abs(part.due_vat) <= abs(row.pending)
    mirror = [DocumentRow(row.category, row.rate, -row.net, -row.vat, -row.pending) for row in rows]
    assert spread(mirror, -paid) == tuple(-part for part in parts)


def test_a_third_of_a_mixed_invoice() -> None:
    """120 € at 20 % and 105.50 € at 5.5 %, 75 € paid: the gross is shared in proportion, the cents by remainder."""
    rows = [
        DocumentRow("S", Decimal(20), Decimal(100), Decimal(20), Decimal(20)),
        DocumentRow("S", Decimal("5.5"), Decimal(100), Decimal("5.50"), ZERO),
    ]
    assert spread(rows, Decimal(75)) == (
        Part("S", Decimal(20), net=Decimal("33.26"), vat=Decimal("6.65"), due_vat=Decimal("6.65")),
        Part("S", Decimal("5.5"), net=Decimal("33.26"), vat=Decimal("1.83"), due_vat=ZERO),
    )
    with pytest.raises(ValueError, match="between zero and the total"):
        spread(rows, Decimal("225.51"))


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity", "1.005", "1000000000000"])
def test_what_is_no_amount(amount: str) -> None:
    assert len(amount_errors(Decimal(amount))) == 1


@pytest.mark.parametrize(
    ("paid", "on", "state"),
    [
        ("0", date(2026, 12, 2), PaymentState.DUE),
        ("50", date(2026, 12, 2), PaymentState.PART_PAID),
        ("50", date(2026, 12, 3), PaymentState.OVERDUE),
        ("120", date(2027, 1, 1), PaymentState.PAID),
    ],
)
def test_where_a_payment_stands(paid: str, on: date, state: PaymentState) -> None:
    assert state_of(gross=Decimal(120), paid=Decimal(paid), due_on=date(2026, 12, 2), on=on) == state
