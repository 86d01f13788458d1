"""Where orders stand: what their issued documents have of them."""

from collections import defaultdict
from decimal import Decimal

from django.db.models import DecimalField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from cae_backoffice.core.money import ZERO
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.models import Invoice, InvoiceLine, InvoiceVat
from invoicing.invoices.rules.orders import Balance, DepositBalance, LinePosition, OrderPosition, RatePosition, VatKey
from invoicing.orders.models import Order
from invoicing.pricing.models import VatCode
from invoicing.pricing.rules import TaxedNet, vat_breakdown

OF_DEPOSITS = Q(invoice__kind=InvoiceKind.DEPOSIT) | Q(invoice__corrects__kind=InvoiceKind.DEPOSIT)


def order_position(order: Order) -> OrderPosition:
    """What of the order is invoiced and what remains, line by line and rate by rate."""
    lines = _lines(order)
    issued = InvoiceLine.objects.filter(invoice__order=order, invoice__state=InvoiceState.ISSUED)
    preparing = Invoice.objects.filter(order=order).exclude(part="").exclude(state=InvoiceState.ISSUED)
    return OrderPosition(
        order=order,
        lines=lines,
        rates=_rates(order, lines),
        deposits=_deposits(issued),
        credits=_credits(issued),
        in_preparation=preparing.first(),
    )


def position_of(invoice: Invoice) -> OrderPosition | None:
    """Where the order of a document stands; None for one of no order."""
    return order_position(invoice.order) if invoice.order else None


def invoiced_net() -> Coalesce:
    """For a query of orders: what is invoiced of each excl. VAT, deposits included, credit notes deducted."""
    sums = (
        Invoice.objects.filter(order=OuterRef("pk"), state=InvoiceState.ISSUED)
        .order_by()
        .values("order")
        .annotate(total=Sum("net"))
        .values("total")
    )
    return Coalesce(Subquery(sums), ZERO, output_field=DecimalField(max_digits=14, decimal_places=2))


def _lines(order: Order) -> tuple[LinePosition, ...]:
    sums = (
        InvoiceLine.objects.filter(order_line=OuterRef("pk"), invoice__state=InvoiceState.ISSUED)
        .order_by()
        .values("order_line")
        .annotate(total=Sum("net"))
        .values("total")
    )
    lines = order.lines.select_related("vat_code", "amendment").annotate(invoiced_net=Coalesce(Subquery(sums), ZERO))
    return tuple(LinePosition(line=line, invoiced=line.invoiced_net) for line in lines.order_by("position"))


def _rates(order: Order, lines: tuple[LinePosition, ...]) -> tuple[RatePosition, ...]:
    rows = InvoiceVat.objects.filter(invoice__order=order, invoice__state=InvoiceState.ISSUED)
    sums = rows.order_by().values("category", "rate").annotate(n=Sum("net"), v=Sum("vat"))
    invoiced: dict[VatKey, tuple[Decimal, Decimal]] = {
        (row["category"], row["rate"]): (row["n"], row["v"]) for row in sums
    }
    agreed = vat_breakdown(
        TaxedNet(position.line.vat_code.category, position.line.vat_code.rate, position.line.net) for position in lines
    )
    return tuple(
        RatePosition(
            category=row.category,
            rate=row.rate,
            net=row.net,
            vat=row.vat,
            invoiced_net=invoiced.get((row.category, row.rate), (ZERO, ZERO))[0],
            invoiced_vat=invoiced.get((row.category, row.rate), (ZERO, ZERO))[1],
        )
        for row in agreed
    )


def _deposits(issued: QuerySet[InvoiceLine]) -> tuple[DepositBalance, ...]:
    """What was asked for of each deposit, by VAT code and nature, less its credit notes and what was taken off."""
    nets: defaultdict[tuple[int, int, str], Decimal] = defaultdict(lambda: ZERO)
    deposits: dict[int, Invoice] = {}
    codes: dict[int, VatCode] = {}
    lines = issued.filter(OF_DEPOSITS | Q(deducts__isnull=False))
    for line in lines.select_related("invoice__corrects", "deducts", "vat_code").order_by("invoice", "position"):
        asked = line.deducts or line.invoice.corrects or line.invoice
        deposits[asked.pk], codes[line.vat_code_id] = asked, line.vat_code
        nets[asked.pk, line.vat_code_id, line.nature] += line.net
    return tuple(
        DepositBalance(vat_code=codes[code], nature=nature, net=net, deposit=deposits[deposit])
        for (deposit, code, nature), net in nets.items()
        if net
    )


def _credits(issued: QuerySet[InvoiceLine]) -> tuple[Balance, ...]:
    """Amounts on no line agreed, deposits apart: what credit notes gave back as amounts, less what took it again."""
    loose = issued.filter(order_line=None, deducts=None).exclude(pk__in=issued.filter(OF_DEPOSITS).values("pk"))
    sums = loose.order_by("vat_code", "nature").values("vat_code", "nature").annotate(total=Sum("net"))
    rows = [row for row in sums if row["total"]]
    codes = VatCode.objects.in_bulk({row["vat_code"] for row in rows}) if rows else {}
    return tuple(Balance(vat_code=codes[row["vat_code"]], nature=row["nature"], net=row["total"]) for row in rows)
