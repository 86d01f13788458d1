"""What was sold and credited of an issued invoice, as its frozen copy, its lines and its credit notes say."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from django.db.models import Sum

from cae_backoffice.core.money import ZERO
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.models import Invoice, InvoiceAdjustment, InvoiceLine, InvoiceVat
from invoicing.invoices.queries import adjustments_of
from invoicing.invoices.rules import shares_of
from invoicing.invoices.rules.credits import Creditable, CreditContent, Pool, SoldLine, SoldRow, VatKey, whole_of
from invoicing.rendering.document import from_json


def creditable(invoice: Invoice) -> Creditable:
    """An issued invoice as its issued credit notes left it. Rates are those it was issued with, whatever changed.

    Where discounts or charges bear on the whole, amounts are given back, not lines: no line has its price alone.
    """
    frozen = {line.position: line for line in from_json(invoice.snapshot.content).lines}
    sold_lines = list(invoice.lines.select_related("vat_code").order_by("position"))
    rates = {
        line.vat_code_id: (frozen[line.position].vat_category, frozen[line.position].vat_rate) for line in sold_lines
    }
    credit_lines = list(
        InvoiceLine.objects.filter(
            invoice__corrects=invoice, invoice__kind=InvoiceKind.CREDIT_NOTE, invoice__state=InvoiceState.ISSUED
        )
    )
    sold: defaultdict[Pool, Decimal] = defaultdict(lambda: ZERO)
    given: defaultdict[Pool, Decimal] = defaultdict(lambda: ZERO)
    back: defaultdict[int | None, list[InvoiceLine]] = defaultdict(list)
    for line in sold_lines:
        sold[_pool(line, rates)] += line.net
    effects = _effects(invoice, sold_lines, sold)
    for pool, effect in effects.items():
        sold[pool] += effect
    if effects and InvoiceAdjustment.objects.filter(invoice__in={line.invoice_id for line in credit_lines}).exists():
        given.update(effects)
    for line in credit_lines:
        given[_pool(line, rates)] -= line.net
        back[line.credits_id].append(line)
    return Creditable(
        lines=() if effects else tuple(_sold_line(line, back[line.pk], rates) for line in sold_lines),
        rows=_rows(invoice),
        sold=dict(sold),
        given=dict(given),
        is_deposit=invoice.kind == InvoiceKind.DEPOSIT,
    )


def credit_content(credit_note: Invoice) -> CreditContent:
    """What a drafted credit note asks for, told by its lines."""
    assert credit_note.corrects is not None  # noqa: S101  the database refuses a credit note that corrects nothing
    if credit_note.adjustments.exists():
        return whole_of(creditable(credit_note.corrects))
    frozen = {line.position: line for line in from_json(credit_note.corrects.snapshot.content).lines}
    rates = {
        line.vat_code_id: (frozen[line.position].vat_category, frozen[line.position].vat_rate)
        for line in credit_note.corrects.lines.all()
    }
    quantities: dict[int, Decimal] = {}
    amounts: defaultdict[VatKey, Decimal] = defaultdict(lambda: ZERO)
    for line in credit_note.lines.order_by("position"):
        if line.credits_id is None:
            amounts[rates[line.vat_code_id]] -= line.net
        else:
            quantities[line.credits_id] = -line.quantity
    return CreditContent(quantities=quantities, amounts=dict(amounts))


def _effects(invoice: Invoice, lines: list[InvoiceLine], sold: Mapping[Pool, Decimal]) -> dict[Pool, Decimal]:
    """What the discounts and charges on the whole invoice add to what it sold: in each share, to the largest pool."""
    shares = shares_of(adjustments_of(invoice), lines)
    effects: defaultdict[Pool, Decimal] = defaultdict(lambda: ZERO)
    for share in shares:
        of_share = (share.category, share.rate, share.nature, None)
        pools = [pool for pool in sold if (pool.category, pool.rate, pool.nature, pool.deducts) == of_share]
        effects[max(pools, key=lambda pool: sold[pool])] += share.effect
    return dict(effects)


def _pool(line: InvoiceLine, rates: dict[int, VatKey]) -> Pool:
    category, rate = rates[line.vat_code_id]
    return Pool(category, rate, line.vat_code_id, line.nature, line.deducts_id, line.product_id)


def _sold_line(line: InvoiceLine, back: list[InvoiceLine], rates: dict[int, VatKey]) -> SoldLine:
    return SoldLine(
        pk=line.pk,
        label=line.label,
        pool=_pool(line, rates),
        quantity=line.quantity,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        net=line.net,
        credited_quantity=-sum((credit.quantity for credit in back), ZERO),
        credited_net=-sum((credit.net for credit in back), ZERO),
    )


def _rows(invoice: Invoice) -> tuple[SoldRow, ...]:
    back = InvoiceVat.objects.filter(invoice__corrects=invoice, invoice__kind=InvoiceKind.CREDIT_NOTE)
    sums = back.order_by().values("category", "rate").annotate(n=Sum("net"), v=Sum("vat"), p=Sum("pending"))
    credited = {(row["category"], row["rate"]): row for row in sums}
    nothing = {"n": ZERO, "v": ZERO, "p": ZERO}
    rows = []
    for row in InvoiceVat.objects.filter(invoice=invoice).order_by("-rate", "category"):
        given = credited.get((row.category, row.rate), nothing)
        rows.append(
            SoldRow(
                row.category,
                row.rate,
                net=row.net,
                vat=row.vat,
                pending=row.pending,
                credited_net=-given["n"],
                credited_vat=-given["v"],
                credited_pending=-given["p"],
            )
        )
    return tuple(rows)
