"""The ledger entry of an issued document (PCG 411, 706, 707, 44571, 44574)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from cae_backoffice.core.money import ZERO, round_cents
from invoicing.invoices.models import Invoice, InvoiceLine, InvoiceVat
from invoicing.ledger.enums import AuxiliaryKind, JournalCode
from invoicing.ledger.rules import EntryDraft, LineDraft, signed
from invoicing.ledger.services import post_entry, save_auxiliary
from invoicing.pricing.enums import SupplyNature
from invoicing.rendering.document import FrozenDocument, VatRow
from members.people.models import User

CUSTOMERS = "411"
SALES = {SupplyNature.SERVICES: "706", SupplyNature.GOODS: "707"}
VAT_DUE = "44571"
VAT_PENDING = "44574"
VatKey = tuple[str, Decimal]


@dataclass(frozen=True)
class Sale:
    """What one VAT row of a document sells, excl. VAT, by nature; `pending` is the VAT that waits for the payment."""

    goods: Decimal
    services: Decimal
    vat: Decimal
    pending: Decimal


Sales = Mapping[VatKey, Sale]


def sales_of(*, lines: Iterable[InvoiceLine], rows: Iterable[VatRow], on_debits: bool) -> Sales:
    """The document's lines summed by VAT row and nature. VAT on services waits for the payment (CGI 269-2 c) unless the
    cooperative opted for débits; VAT on goods is due at once.
    """
    goods = _goods_of(lines)
    sales = {}
    for row in rows:
        sold = goods[row.category, row.rate]
        due = row.vat if on_debits or sold == row.net else round_cents(sold * row.rate / 100)
        sales[row.category, row.rate] = Sale(goods=sold, services=row.net - sold, vat=row.vat, pending=row.vat - due)
    return sales


def opposite_sales(original: Invoice) -> Sales:
    """What a full credit note sells: the opposite of its original, whatever the cooperative opted for since."""
    goods = _goods_of(original.lines.select_related("vat_code"))
    return {
        (row.category, row.rate): Sale(
            goods=-goods[row.category, row.rate],
            services=goods[row.category, row.rate] - row.net,
            vat=-row.vat,
            pending=-row.pending,
        )
        for row in InvoiceVat.objects.filter(invoice=original)
    }


def _goods_of(lines: Iterable[InvoiceLine]) -> defaultdict[VatKey, Decimal]:
    """The goods on a document, excl. VAT, by category and rate."""
    goods: defaultdict[VatKey, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        if line.nature == SupplyNature.GOODS:
            goods[line.vat_code.category, line.vat_code.rate] += line.net
    return goods


def entry_lines(
    *, document: FrozenDocument, sales: Iterable[Sale], activity_id: int, auxiliary_id: int
) -> tuple[LineDraft, ...]:
    """The balanced lines of the document; a credit note's amounts are negative: its sides are the mirror. Pure."""
    sold = list(sales)
    amounts = [
        (SALES[SupplyNature.SERVICES], sum((sale.services for sale in sold), ZERO)),
        (SALES[SupplyNature.GOODS], sum((sale.goods for sale in sold), ZERO)),
        (VAT_DUE, sum((sale.vat - sale.pending for sale in sold), ZERO)),
        (VAT_PENDING, sum((sale.pending for sale in sold), ZERO)),
    ]
    customer = signed(
        CUSTOMERS, document.gross, activity_id=activity_id, auxiliary_id=auxiliary_id, due_on=document.due_on
    )
    return (customer, *(signed(account, -amount, activity_id=activity_id) for account, amount in amounts if amount))


def post_document(*, invoice: Invoice, document: FrozenDocument, sales: Sales, by: User) -> None:
    """Post the validated entry of a document that was just issued, in the same transaction.

    Refused when the issue date is in no fiscal year, or in a period that is locked or closed.
    """
    assert invoice.customer is not None  # noqa: S101  the database refuses an issued document without customer
    auxiliary = save_auxiliary(kind=AuxiliaryKind.CUSTOMER, owner_id=invoice.customer.pk, label=invoice.customer.name)
    post_entry(
        entry=EntryDraft(
            journal=JournalCode.SALES,
            entry_on=document.issued_on,
            voucher_number=document.number,
            voucher_on=document.issued_on,
            label=f"{document.number} {document.buyer.name}"[:160],
            lines=entry_lines(
                document=document,
                sales=sales.values(),
                activity_id=invoice.activity_id,
                auxiliary_id=auxiliary.pk,
            ),
            source_type=Invoice._meta.label_lower,
            source_id=invoice.pk,
        ),
        by=by,
    )
