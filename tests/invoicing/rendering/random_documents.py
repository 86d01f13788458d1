"""Documents of any shape that the services can issue, for the validators."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from invoicing.pricing.enums import Unit
from invoicing.rendering.document import (
    CORRECTIVE,
    DEPOSIT,
    GOODS,
    GOODS_AND_SERVICES,
    INVOICE,
    SERVICES,
    Adjustment,
    Buyer,
    Correction,
    Delivery,
    FrozenDocument,
    Line,
    Reference,
    Retention,
)
from invoicing.rendering.font import LAYOUT_CHARACTERS, repertoire
from tests.invoicing.rendering.kinds import BERLIN, GENEVA, credited
from tests.invoicing.rendering.samples import (
    CONSUMER,
    CONSUMER_MENTIONS,
    PROFESSIONAL,
    PROFESSIONAL_MENTIONS,
    PUBLIC_BODY,
    sample_document,
    sample_line,
    with_totals,
)

RATES = ("20", "10", "8.5", "5.5", "2.1")
MIXABLE = ("S", "S", "S", "E", "Z")  # categories that may stand on one document
BUYERS = {
    "S": (PROFESSIONAL, PUBLIC_BODY, CONSUMER, BERLIN, GENEVA),
    "AE": (PROFESSIONAL, BERLIN),
    "K": (BERLIN,),
    "G": (GENEVA,),
    "O": (PROFESSIONAL, CONSUMER, GENEVA),
}

texts = st.text(st.sampled_from(sorted(repertoire() - set(LAYOUT_CHARACTERS))), min_size=1, max_size=60).filter(
    lambda text: text.strip() != ""
)
days = st.dates(date(2024, 1, 1), date(2035, 12, 31))
quantities = st.decimals(-9999, 9999, places=4).filter(bool)
prices = st.decimals(0, 99999, places=6)
amounts = st.decimals(Decimal("0.01"), 5000, places=2)
percents = st.decimals(0, 100, places=2)


@st.composite
def adjustments(draw: st.DrawFn) -> Adjustment:
    """A discount or a charge, with or without a code."""
    is_charge = draw(st.booleans())
    code = draw(st.sampled_from(["", "FC"] if is_charge else ["", "95"]))
    return Adjustment(is_charge=is_charge, reason=draw(texts), amount=draw(amounts), reason_code=code)


@st.composite
def taxes(draw: st.DrawFn, category: str) -> tuple[str, Decimal]:
    """A category and rate that may stand beside the others of a document of this category."""
    chosen = draw(st.sampled_from((*MIXABLE, category))) if category in {"S", "AE"} else category
    return chosen, Decimal(draw(st.sampled_from(RATES)) if chosen == "S" else 0)


@st.composite
def lines(draw: st.DrawFn, position: int, category: str) -> Line:
    """Any line."""
    vat_category, vat_rate = draw(taxes(category))
    return sample_line(
        position,
        label=draw(texts),
        description=draw(st.just("") | texts),
        quantity=draw(quantities),
        unit_code=draw(st.sampled_from(Unit.values)),
        unit_price=draw(prices),
        discount_percent=draw(st.just(Decimal(0)) | percents),
        vat_category=vat_category,
        vat_rate=vat_rate,
        adjustments=tuple(draw(st.lists(adjustments(), max_size=2))),
    )


@st.composite
def documents(draw: st.DrawFn) -> FrozenDocument:
    """Any document: kind, buyer, lines, taxes, dates, payments."""
    category = draw(st.sampled_from(["S", "S", "S", "AE", "K", "G", "O"]))
    buyer = draw(st.sampled_from(BUYERS[category]))
    count = draw(st.integers(1, 8))
    issued_on = draw(days)
    document = replace(
        sample_document(lines=0, mentions=CONSUMER_MENTIONS if buyer == CONSUMER else PROFESSIONAL_MENTIONS),
        lines=tuple(draw(lines(position, category)) for position in range(1, count + 1)),
        adjustments=tuple(draw(st.lists(_taxed(category), max_size=2))),
        issued_on=issued_on,
        due_on=issued_on + timedelta(days=draw(st.integers(0, 60))),
        supplied_on=draw(days) if category == "K" else draw(st.none() | days),
        buyer=draw(_renamed(buyer)),
        delivery=draw(st.none() | st.builds(Delivery, label=texts, address=st.just(buyer.address))),
        purchase_order=draw(st.just("") | texts),
        subject=draw(st.just("") | texts),
        note=draw(st.just("") | texts),
        supply_category=draw(st.sampled_from([GOODS, SERVICES, GOODS_AND_SERVICES])),
        vat_due_code=draw(st.sampled_from(["", "5", "29", "72"])),
    )
    return draw(_of_a_kind(draw(_paid(with_totals(document)))))


@st.composite
def _taxed(draw: st.DrawFn, category: str) -> Adjustment:
    vat_category, vat_rate = draw(taxes(category))
    return replace(draw(adjustments()), vat_category=vat_category, vat_rate=vat_rate)


@st.composite
def _renamed(draw: st.DrawFn, buyer: Buyer) -> Buyer:
    return replace(buyer, name=draw(texts), contact_name=draw(st.just("") | texts))


@st.composite
def _paid(draw: st.DrawFn, document: FrozenDocument) -> FrozenDocument:
    """Nothing, a part or all of it paid before; a part kept back."""
    kept = st.builds(Retention, percent=percents, amount=amounts, released_on=days)
    prepaid = draw(st.sampled_from([Decimal(0), document.gross, (document.gross / 3).quantize(Decimal("0.01"))]))
    return replace(document, prepaid=prepaid, retention=draw(st.none() | kept))


@st.composite
def _of_a_kind(draw: st.DrawFn, document: FrozenDocument) -> FrozenDocument:
    """An invoice, a deposit, a corrective, a final invoice after deposits, or the credit note of one of them."""
    kind = draw(st.sampled_from([INVOICE, INVOICE, DEPOSIT, CORRECTIVE]))
    earlier = st.builds(
        Reference, st.just("F2024-00001"), st.just(date(2024, 1, 1)), st.sampled_from([INVOICE, DEPOSIT])
    )
    correction = Correction("F2024-00002", date(2024, 1, 2), draw(texts)) if kind == CORRECTIVE else None
    document = replace(document, kind=kind, corrects=correction, follows=tuple(draw(st.lists(earlier, max_size=3))))
    return credited(document) if draw(st.booleans()) else document
