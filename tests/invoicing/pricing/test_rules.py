"""Line and VAT arithmetic, by example and by property."""

from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cae_backoffice.core.money import CENT, ZERO
from invoicing.pricing.rules import (
    MAX_AMOUNT,
    MAX_QUANTITY,
    MAX_UNIT_PRICE,
    TaxedNet,
    TypedLine,
    VatRow,
    chapter_marks,
    line_net,
    line_problems,
    total_problems,
    totals,
    typed_totals,
    vat_breakdown,
)
from tests.invoicing.factories import make_line

RATES = [("S", Decimal("20.00")), ("S", Decimal("10.00")), ("S", Decimal("5.50")), ("S", Decimal("2.10")), ("E", ZERO)]
nets = st.decimals(min_value=-1_000_000, max_value=1_000_000, places=2)
taxed_lines = st.lists(
    st.builds(lambda key, net: TaxedNet(key[0], key[1], net), st.sampled_from(RATES), nets), min_size=1, max_size=30
)
quantities = st.decimals(min_value=-MAX_QUANTITY, max_value=MAX_QUANTITY, places=4).filter(bool)
prices = st.decimals(min_value=0, max_value=MAX_UNIT_PRICE, places=6)
discounts = st.decimals(min_value=0, max_value=100, places=2)


def net(quantity: str, unit_price: str, discount: str = "0") -> Decimal:
    """A line's net from figures as text."""
    return line_net(quantity=Decimal(quantity), unit_price=Decimal(unit_price), discount_percent=Decimal(discount))


@pytest.mark.parametrize(
    ("quantity", "unit_price", "discount", "expected"),
    [
        ("2", "350", "0", "700.00"),
        ("1.5", "33.33", "0", "50.00"),  # 49.995
        ("-1.5", "33.33", "0", "-50.00"),
        ("1", "0.005", "0", "0.01"),
        ("1", "0.004999", "0", "0.00"),
        ("3", "19.99", "10", "53.97"),  # 53.973
        ("1", "0.10", "5", "0.10"),  # 0.095
        ("1", "100", "100", "0.00"),
        ("99999999.9999", "99999999.999999", "0", "9999999999989900.00"),
    ],
)
def test_a_line_is_rounded_half_up_once(quantity: str, unit_price: str, discount: str, expected: str) -> None:
    """Quantity × price − discount, to the cent."""
    assert net(quantity, unit_price, discount) == Decimal(expected)


def test_vat_is_computed_once_per_rate_on_the_sum() -> None:
    """Three lines of 0.33 € at 20 %: 0.20 € on the sum, where line by line would give 0.21 €."""
    lines = [TaxedNet("S", Decimal("20.00"), Decimal("0.33"))] * 3
    assert vat_breakdown(lines) == (VatRow("S", Decimal("20.00"), Decimal("0.99"), Decimal("0.20")),)


def test_rows_are_grouped_by_category_and_rate_highest_first() -> None:
    """Exempt and taxed lines stay apart; 20 and 20.00 are one rate."""
    result = totals(
        [
            TaxedNet("E", Decimal(0), Decimal("100.00")),
            TaxedNet("S", Decimal("5.50"), Decimal("10.10")),
            TaxedNet("S", Decimal("20.00"), Decimal("50.00")),
            TaxedNet("S", Decimal(20), Decimal("50.00")),
        ]
    )
    assert result.rows == (
        VatRow("S", Decimal("20.00"), Decimal("100.00"), Decimal("20.00")),
        VatRow("S", Decimal("5.50"), Decimal("10.10"), Decimal("0.56")),  # 0.5555
        VatRow("E", Decimal(0), Decimal("100.00"), Decimal("0.00")),
    )
    assert (result.net, result.vat, result.gross) == (Decimal("210.10"), Decimal("20.56"), Decimal("230.66"))


def test_nothing_amounts_to_zero() -> None:
    """No line, no row, zero euros."""
    assert totals([]) == totals(iter(()))
    assert (totals([]).net, totals([]).vat, totals([]).gross, totals([]).rows) == (ZERO, ZERO, ZERO, ())


@pytest.mark.parametrize(
    ("quantity", "unit_price", "discount", "expected"),
    [
        ("1", "1", "0", []),
        ("1.50000", "1.0", "10.0", []),
        ("0", "1", "0", ["La quantité d’une ligne n’est pas nulle."]),
        ("100000000", "1", "0", ["La quantité dépasse 99\u202f999\u202f999,9999."]),
        ("0.00001", "1", "0", ["Une quantité a au plus 4 décimales."]),
        ("1", "-1", "0", ["Un prix unitaire n’est pas négatif\u00a0: mettez la quantité en négatif."]),
        ("1", "100000000", "0", ["Le prix unitaire dépasse 99\u202f999\u202f999,999999\u00a0€."]),
        ("1", "0.0000001", "0", ["Un prix unitaire a au plus 6 décimales."]),
        ("1", "1", "101", ["Une remise est comprise entre 0 et 100\u00a0%."]),
        ("1", "1", "-1", ["Une remise est comprise entre 0 et 100\u00a0%."]),
        ("1", "1", "0.001", ["Une remise a au plus 2 décimales."]),
        ("99999999", "99999999", "0", ["Le montant dépasse 999\u202f999\u202f999\u202f999,99\u00a0€."]),
        ("NaN", "1", "0", ["La quantité, le prix et la remise sont des nombres."]),
        ("1", "Infinity", "0", ["La quantité, le prix et la remise sont des nombres."]),
    ],
)
def test_what_no_field_can_hold_is_named(quantity: str, unit_price: str, discount: str, expected: list[str]) -> None:
    """Each figure has its sentence."""
    problems = line_problems(
        quantity=Decimal(quantity), unit_price=Decimal(unit_price), discount_percent=Decimal(discount)
    )
    assert problems == expected


def test_a_total_beyond_the_field_is_named() -> None:
    """VAT may push the total over what the lines allow."""
    fits = totals([TaxedNet("E", ZERO, MAX_AMOUNT)])
    too_much = totals([TaxedNet("S", Decimal("20.00"), MAX_AMOUNT)])
    assert total_problems(fits) == []
    assert total_problems(too_much) == ["Le total de la facture dépasse 999\u202f999\u202f999\u202f999,99\u00a0€."]


@given(taxed_lines)
def test_parts_sum_to_the_whole(lines: list[TaxedNet]) -> None:
    """Σ rows = totals, and the net is the sum of the lines."""
    result = totals(lines)
    assert result.net == sum((line.net for line in lines), ZERO)
    assert result.net == sum((row.net for row in result.rows), ZERO)
    assert result.vat == sum((row.vat for row in result.rows), ZERO)
    assert result.gross == result.net + result.vat


@given(taxed_lines, st.randoms(use_true_random=False))
def test_order_of_lines_does_not_matter(lines: list[TaxedNet], random: Random) -> None:
    """The same lines shuffled give the same totals."""
    shuffled = list(lines)
    random.shuffle(shuffled)
    assert totals(shuffled) == totals(lines)


@given(taxed_lines)
def test_an_invoice_and_its_mirror_sum_to_zero(lines: list[TaxedNet]) -> None:
    """Row by row, whatever the rounding."""
    mirror = totals([TaxedNet(line.category, line.rate, -line.net) for line in lines])
    result = totals(lines)
    assert (result.net + mirror.net, result.vat + mirror.vat, result.gross + mirror.gross) == (ZERO, ZERO, ZERO)
    for row, mirrored in zip(result.rows, mirror.rows, strict=True):
        assert (row.category, row.rate) == (mirrored.category, mirrored.rate)
        assert (row.net + mirrored.net, row.vat + mirrored.vat) == (ZERO, ZERO)


@given(taxed_lines)
def test_vat_is_within_half_a_cent(lines: list[TaxedNet]) -> None:
    """Rounded once per row."""
    for row in totals(lines).rows:
        assert abs(row.vat - row.net * row.rate / 100) <= CENT / 2
        assert row.vat == row.vat.quantize(CENT)


@given(quantities, prices, discounts)
def test_a_mirrored_line_is_the_opposite(quantity: Decimal, price: Decimal, discount: Decimal) -> None:
    """Half-up is symmetrical, and the result is never off by more than half a cent."""
    there = line_net(quantity=quantity, unit_price=price, discount_percent=discount)
    back = line_net(quantity=-quantity, unit_price=price, discount_percent=discount)
    assert there == -back


@pytest.mark.django_db
def test_typed_lines_have_their_totals() -> None:
    """What the page shows while one types is what the draft will hold."""
    result = typed_totals([make_line(), make_line("Livre", "3", "12.50", "FR5.5")])
    assert (result.net, result.vat, result.gross) == (Decimal("737.50"), Decimal("142.06"), Decimal("879.56"))
    assert typed_totals([]).gross == ZERO


@given(quantities, prices, discounts)
def test_a_typed_line_amounts_to_what_its_figures_do(quantity: Decimal, price: Decimal, discount: Decimal) -> None:
    """The value of a line has no arithmetic of its own."""
    code = TaxedNet("S", Decimal(20), ZERO)
    line = TypedLine(label="", quantity=quantity, unit_price=price, vat_code=code, discount_percent=discount)
    assert line.net == line_net(quantity=quantity, unit_price=price, discount_percent=discount)


@pytest.mark.django_db
def test_consecutive_lines_of_a_chapter_have_their_subtotal() -> None:
    """One that comes back later is another one."""
    chapters = ["", "Murs", "Murs", "Toit", "Murs"]
    lines = [make_line(chapter=chapter, quantity=str(i)) for i, chapter in enumerate(chapters, start=1)]
    assert chapter_marks(lines) == [
        ("", None),
        ("Murs", None),
        ("", Decimal("1750.00")),
        ("Toit", Decimal("1400.00")),
        ("Murs", Decimal("1750.00")),
    ]
    assert chapter_marks([]) == []
