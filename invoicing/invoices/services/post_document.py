"""The ledger entry of an issued document (PCG 411, 4117, 4191, 706, 707, 44571, 44574)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum

from cae_backoffice.core.money import ZERO, round_cents
from invoicing.invoices.enums import InvoiceKind
from invoicing.invoices.models import Invoice, InvoiceLine, InvoiceVat
from invoicing.ledger.enums import AuxiliaryKind, JournalCode
from invoicing.ledger.models import EntryLine
from invoicing.ledger.rules import EntryDraft, LineDraft, signed
from invoicing.ledger.services import post_entry, save_auxiliary
from invoicing.ledger.services.match_settled import match_if_settled
from invoicing.pricing.enums import SupplyNature
from invoicing.pricing.rules import AdjustmentShare
from invoicing.rendering.document import FrozenDocument, VatRow
from members.people.models import User

CUSTOMERS, RETENTIONS, DEPOSITS = "411", "4117", "4191"
SALES = {SupplyNature.SERVICES: "706", SupplyNature.GOODS: "707"}
VAT_DUE = "44571"
VAT_PENDING = "44574"
VatKey = tuple[str, Decimal]


@dataclass(frozen=True)
class Posting:
    """What a document moves besides its customer's account: amounts excl. VAT by account, and, VAT row by VAT row, the
    VAT that waits for the payment.
    """

    nets: Mapping[str, Decimal]
    pending: Mapping[VatKey, Decimal]


def posting_of(
    *,
    kind: str,
    lines: Iterable[InvoiceLine],
    shares: Iterable[AdjustmentShare],
    rows: Iterable[VatRow],
    on_debits: bool,
) -> Posting:
    """The document's lines summed by account, less or more the shares of its discounts and charges, and the VAT that
    waits for its payment.

    VAT on services waits unless the cooperative opted for débits; VAT on goods is due at once, but for a deposit, on
    which it is due when paid (CGI 269-2 a and c). A deposit is no sale yet: it stays on 4191 until a final invoice
    takes it off.
    """
    nets: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    at_once: defaultdict[VatKey, Decimal] = defaultdict(lambda: ZERO)
    sold = [
        (line.vat_code.category, line.vat_code.rate, line.nature, line.net, sales_account(kind, line)) for line in lines
    ]
    sold += [(one.category, one.rate, one.nature, one.effect, account_of(kind, one.nature)) for one in shares]
    for category, rate, nature, net, account in sold:
        nets[account] += net
        if kind != InvoiceKind.DEPOSIT if nature == SupplyNature.GOODS else on_debits:
            at_once[category, rate] += net
    pending = {}
    for row in rows:
        due_net = at_once[row.category, row.rate]
        due = row.vat if due_net == row.net else round_cents(due_net * row.rate / 100)
        pending[row.category, row.rate] = row.vat - due
    return Posting(nets=nets, pending=pending)


def sales_account(kind: str, line: InvoiceLine) -> str:
    """Where the net of a line of a document of this kind stands: a deposit, asked for or taken off, on 4191."""
    return DEPOSITS if line.deducts_id is not None else account_of(kind, line.nature)


def account_of(kind: str, nature: str) -> str:
    """Where what a document of this kind sells of this nature stands."""
    return DEPOSITS if kind == InvoiceKind.DEPOSIT else SALES[SupplyNature(nature)]


def opposite_posting(original: Invoice) -> Posting:
    """What a full credit note moves: the opposite of what its original did, whatever was changed since."""
    sold = EntryLine.objects.filter(
        entry__source_type=Invoice._meta.label_lower,
        entry__source_id=original.pk,
        entry__journal__code=JournalCode.SALES,
    ).exclude(account__number__in=(CUSTOMERS, RETENTIONS, VAT_DUE, VAT_PENDING))
    moved = sold.values("account__number").annotate(amount=Sum("debit") - Sum("credit")).order_by("account__number")
    rows = InvoiceVat.objects.filter(invoice=original)
    return Posting(
        nets={row["account__number"]: row["amount"] for row in moved},
        pending={(row.category, row.rate): -row.pending for row in rows},
    )


def entry_lines(
    *, invoice: Invoice, document: FrozenDocument, posting: Posting, auxiliary_id: int
) -> tuple[LineDraft, ...]:
    """The balanced lines of the document; a credit note's amounts are negative: its sides are the mirror. Pure."""
    pending = sum(posting.pending.values(), ZERO)
    of_activity: dict[str, Any] = {"activity_id": invoice.activity_id}
    of_customer = of_activity | {"auxiliary_id": auxiliary_id}
    drafts: list[tuple[str, Decimal, dict[str, Any]]] = [
        (CUSTOMERS, document.gross - invoice.retention, of_customer | {"due_on": document.due_on}),
        (RETENTIONS, invoice.retention, of_customer | {"due_on": invoice.retention_due_on}),
        *(
            (account, -net, of_customer if account == DEPOSITS else of_activity)
            for account, net in sorted(posting.nets.items())
        ),
        (VAT_DUE, pending - document.vat, of_activity),
        (VAT_PENDING, -pending, of_activity),
    ]
    return tuple(signed(account, amount, **details) for account, amount, details in drafts if amount)


def post_document(*, invoice: Invoice, document: FrozenDocument, posting: Posting, by: User) -> None:
    """Post the validated entry of a document that was just issued, in the same transaction.

    A final invoice and the deposits that it takes off get a letter on 4191. Refused when the issue date is in no fiscal
    year, or in a period that is locked or closed.
    """
    assert invoice.customer is not None  # noqa: S101  the database refuses an issued document without customer
    auxiliary = save_auxiliary(kind=AuxiliaryKind.CUSTOMER, owner_id=invoice.customer.pk, label=invoice.customer.name)
    lines = entry_lines(invoice=invoice, document=document, posting=posting, auxiliary_id=auxiliary.pk)
    post_entry(
        entry=EntryDraft(
            journal=JournalCode.SALES,
            entry_on=document.issued_on,
            voucher_number=document.number,
            voucher_on=document.issued_on,
            label=f"{document.number} {document.buyer.name}"[:160],
            lines=lines,
            source_type=Invoice._meta.label_lower,
            source_id=invoice.pk,
        ),
        by=by,
    )
    if any(line.account == DEPOSITS for line in lines):
        match_if_settled(_deposit_lines(invoice), on=document.issued_on, by=by)


def _deposit_lines(invoice: Invoice) -> set[int]:
    """The lines of 4191 of a document, of the deposits that it takes off, and of all that takes them off or cancels
    them.
    """
    of = invoice.corrects or invoice
    deposits = Invoice.objects.filter(Q(deductions__invoice=of) | Q(pk=of.pk))
    documents = Invoice.objects.filter(
        Q(pk__in=deposits) | Q(lines__deducts__in=deposits) | Q(corrects__in=deposits) | Q(pk=invoice.pk)
    )
    lines = EntryLine.objects.filter(
        account__number=DEPOSITS,
        entry__source_type=Invoice._meta.label_lower,
        entry__source_id__in=documents.values("pk"),
    )
    return set(lines.values_list("pk", flat=True))
