"""Parts of a payment on documents: checked, spread over their VAT rows, and written with their entry."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import ZERO, format_euros
from invoicing.customers.models import Customer
from invoicing.einvoicing.rules import CollectedPart
from invoicing.einvoicing.services import Collection, record_collections
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.ledger.enums import AuxiliaryKind
from invoicing.ledger.models import Auxiliary, Entry, EntryLine
from invoicing.ledger.rules import LineDraft, signed
from invoicing.ledger.services import save_auxiliary
from invoicing.payments.models import Allocation, AllocationVat, Receipt, Refund, WriteOff
from invoicing.payments.queries import (
    document_rows,
    held_of,
    locked_documents,
    paid_amount,
    receivable_account,
    recorded_parts,
)
from invoicing.payments.rules import CUSTOMERS, VAT_DUE, VAT_PENDING, Part, amount_errors, payment_parts
from members.people.models import User

Wanted = Sequence[tuple[Invoice, Decimal]]


@dataclass(frozen=True)
class Share:
    """What falls on one document, which is locked, and on its VAT rows; negative on a credit note or a reversal."""

    invoice: Invoice
    amount: Decimal
    parts: tuple[Part, ...]
    account: str = CUSTOMERS
    """Where what is owed on the document stands."""


def shares_of(wanted: Wanted, *, customer: Customer | None, on: date) -> list[Share]:
    """Lock the invoices and spread the amounts. Refused, with every reason: see `_errors`; and nobody's payment."""
    if wanted and customer is None:
        raise RefusalError("Indiquez le client pour affecter l’encaissement à ses factures.")
    documents = locked_documents(invoice.pk for invoice, _ in wanted)
    if len(documents) < len(wanted):
        raise RefusalError("Une facture figure deux fois, ou n’existe plus.")
    pairs = [(documents[invoice.pk], amount) for invoice, amount in wanted]
    errors = [error for invoice, amount in pairs for error in _errors(invoice, amount, customer, on)]
    if errors:
        raise RefusalError(errors)
    return [share_of(invoice, amount) for invoice, amount in pairs]


def share_of(document: Invoice, amount: Decimal) -> Share:
    """What this amount settles of a locked document; refused beyond what is left of it. Signs are the document's."""
    paid = paid_amount(document)
    sign = -1 if document.gross < 0 else 1
    left = document.gross - paid - held_of(document)
    if sign * amount > sign * left:
        asked = format_euros(sign * amount)
        raise RefusalError(f"{document} n’attend plus que {format_euros(sign * left)}\u00a0: {asked} est trop.")
    parts = payment_parts(document_rows(document), recorded_parts(document), paid=paid, amount=amount)
    return Share(document, amount, parts, receivable_account(document))


def owed_now(document: Invoice, on: date) -> Decimal:
    """What a locked invoice still waits for; refused when it is no issued invoice, or nothing is owed on it."""
    if document.state != InvoiceState.ISSUED or document.kind == InvoiceKind.CREDIT_NOTE or document.issued_on is None:
        raise RefusalError(f"{document} n’est pas une facture émise.")
    if on < document.issued_on:
        raise RefusalError(f"{document} n’est émise que le {document.issued_on:%d/%m/%Y}.")
    left: Decimal = document.gross - paid_amount(document) - held_of(document)
    if left <= 0:
        raise RefusalError(f"{document} n’attend plus rien.")
    return left


def _errors(invoice: Invoice, amount: Decimal, customer: Customer | None, on: date) -> list[str]:
    errors = amount_errors(amount)
    if invoice.state != InvoiceState.ISSUED or invoice.issued_on is None:
        errors.append(f"{invoice} n’est pas émise\u00a0: rien ne s’y affecte.")
    elif invoice.kind == InvoiceKind.CREDIT_NOTE:
        errors.append(f"{invoice} n’est pas une facture\u00a0: imputez-le ou remboursez-le.")
    elif on < invoice.issued_on:
        errors.append(
            f"{invoice} n’est émise que le {invoice.issued_on:%d/%m/%Y}\u00a0: enregistrez l’encaissement sans "
            "affectation, puis affectez-le à partir de ce jour."
        )
    if customer and invoice.customer and not same_buyer(invoice.customer, customer):
        errors.append(f"{invoice} est celle d’un autre client\u00a0: {invoice.customer}, et non {customer}.")
    return errors


def same_buyer(one: Customer, other: Customer) -> bool:
    """Whether two records are one legal person: the same one, merged ones, or the same SIREN with another activity."""
    return (one.merged_into_id or one.pk) == (other.merged_into_id or other.pk) or (
        one.siren != "" and one.siren == other.siren
    )


def auxiliaries_of(customers: Iterable[Customer | None]) -> dict[int, Auxiliary]:
    """The auxiliary accounts of the customers, locked in one order."""
    known = {customer.pk: customer for customer in customers if customer}
    return {pk: save_auxiliary(kind=AuxiliaryKind.CUSTOMER, owner_id=pk, label=known[pk].name) for pk in sorted(known)}


def customer_line(share: Share, auxiliaries: dict[int, Auxiliary], label: str) -> LineDraft:
    """The line of 411, or 416, by which the document is settled, at its own due date so that it ages with it."""
    return signed(
        share.account,
        -share.amount,
        label=label[:160],
        activity_id=share.invoice.activity_id,
        auxiliary_id=auxiliaries[share.invoice.customer_id or 0].pk,
        due_on=share.invoice.due_on,
    )


def vat_lines(shares: Iterable[Share]) -> list[LineDraft]:
    """The VAT that leaves 44574 for 44571 because it became due, activity by activity (CGI 269-2 c)."""
    due: defaultdict[int, Decimal] = defaultdict(lambda: ZERO)
    for share in shares:
        due[share.invoice.activity_id] += sum((part.due_vat for part in share.parts), ZERO)
    return [
        signed(account, amount, activity_id=activity_id)
        for activity_id, due_vat in sorted(due.items())
        if due_vat
        for account, amount in ((VAT_PENDING, due_vat), (VAT_DUE, -due_vat))
    ]


def posted_lines(entry: Entry) -> list[EntryLine]:
    """The lines of an entry in the order in which they were drafted."""
    return list(entry.lines.order_by("position"))


def write_shares(
    shares: Sequence[Share],
    *,
    lines: Sequence[EntryLine | None],
    entry: Entry | None,
    on: date,
    by: User,
    reversed_ones: Sequence[Allocation] = (),
    **source: Receipt | Invoice | Refund | WriteOff,
) -> list[Allocation]:
    """Write the allocations with their VAT; `lines` and `reversed_ones` go with the shares, one for one.

    `source` is the one receipt, credit_note, refund or write_off that they come from. Money that came or went, unlike a
    set-off or a loss, is a status « Encaissée » of the document.
    """
    allocations = Allocation.objects.bulk_create(
        Allocation(
            **source,
            invoice=share.invoice,
            amount=share.amount,
            allocated_on=on,
            entry=entry,
            line=line,
            reverses=reversed_ones[i] if reversed_ones else None,
        )
        for i, (share, line) in enumerate(zip(shares, lines, strict=True))
    )
    _write_parts(allocations, shares)
    _record_collections(shares, source.values(), on=on, by=by)
    return allocations


def _write_parts(allocations: Sequence[Allocation], shares: Sequence[Share]) -> None:
    AllocationVat.objects.bulk_create(
        AllocationVat(
            allocation=allocation,
            category=part.category,
            rate=part.rate,
            net=part.net,
            vat=part.vat,
            due_vat=part.due_vat,
        )
        for allocation, share in zip(allocations, shares, strict=True)
        for part in share.parts
    )


def _record_collections(shares: Iterable[Share], sources: Iterable[object], *, on: date, by: User) -> None:
    collections = [
        Collection(share.invoice, tuple(CollectedPart(*part.key, net=part.net, vat=part.vat) for part in share.parts))
        for share in shares
    ]
    for money in sources:
        if isinstance(money, Receipt | Refund):
            record_collections(collections=collections, on=on, reference=money.number, by=by)
