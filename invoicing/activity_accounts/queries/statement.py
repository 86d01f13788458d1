"""The account of one activity: its statement, whose it is, what stands beside it, and the lines under each figure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from cae_backoffice.core.money import ZERO
from cae_backoffice.core.periods import add_months
from invoicing.activity_accounts.enums import ProvisionKind, StatementHeading
from invoicing.activity_accounts.models import AccountGroup, Provision
from invoicing.activity_accounts.queries.figures import DOCUMENT_SOURCES, months_of
from invoicing.activity_accounts.rules.statement import (
    Convention,
    Statement,
    split_by_convention,
    statement_of,
)
from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice, InvoiceVat
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.models import Account, EntryLine, FiscalYear
from invoicing.payments.models import Allocation, AllocationVat
from invoicing.payments.queries import documents_with_paid
from invoicing.quotes.enums import QuoteState
from invoicing.quotes.models import Quote
from members.activities.models import Activity, SplitConvention


@dataclass(frozen=True)
class Waiting:
    """What stands beside the account, on a day, in euros: none of it is available yet."""

    invoiced_net: Decimal
    """Invoiced and not collected, excl. VAT, losses and credit notes deducted."""
    to_receive: Decimal
    """What customers owe, incl. VAT; of which `overdue` is late, `retained` is a retention that they may keep."""
    overdue: Decimal
    retained: Decimal
    doubtful_provided: Decimal
    """What is provided for doubtful receivables, excl. VAT."""
    drafts_net: Decimal
    """Drafts and what waits to be issued, excl. VAT: a forecast."""
    accepted_quotes_net: Decimal = ZERO
    """Quotes that the customer accepted, options included, and that no order took over, excl. VAT: a forecast."""
    sent_quotes_net: Decimal = ZERO
    """Quotes that still wait for an answer that day, without options, excl. VAT: a forecast."""


@dataclass(frozen=True)
class StatementLine:
    """One cent-exact line of a figure: what comes in is positive. `document` is the invoice that it settles."""

    on: date
    voucher: str
    label: str
    account: str
    amount: Decimal
    entry_id: int | None
    document: Invoice | None = None


def activity_statement(activity: Activity, *, first_month: date, last_month: date) -> Statement:
    """The account of an activity over whole months; one query however long its life is."""
    return statement_of(months_of([activity.pk])[activity.pk], first_month=first_month, last_month=last_month)


def available_amounts(activity_ids: Collection[int], *, on: date) -> dict[int, Decimal]:
    """What each of these activities has left at the end of the month of a day."""
    return {
        pk: sum((month.change for month in months if month.month <= on), ZERO)
        for pk, months in months_of(activity_ids).items()
    }


def shares_of_available(activity: Activity, *, last_month: date) -> dict[str, Decimal]:
    """Person by person, what of the available amount is whose under the conventions; empty for one person alone."""
    conventions = [
        Convention(
            convention.starts_on,
            tuple((str(share.person), share.percent) for share in convention.shares.all()),
        )
        for convention in SplitConvention.objects.filter(activity=activity).prefetch_related("shares__person")
    ]
    if len({name for convention in conventions for name, _ in convention.shares}) <= 1:
        return {}
    return split_by_convention(months_of([activity.pk])[activity.pk], conventions, last_month=last_month)


def waiting_of(activity: Activity, *, on: date) -> Waiting:
    """What is invoiced and not collected, late, provided for, and drafted."""
    documents = Invoice.objects.filter(activity=activity)
    issued = documents.filter(state=InvoiceState.ISSUED)
    owed = documents_with_paid(issued).aggregate(
        to_receive=Sum("remaining", filter=Q(remaining__gt=0), default=ZERO),
        overdue=Sum("remaining", filter=Q(remaining__gt=0, due_on__lt=on), default=ZERO),
        retained=Sum("held", default=ZERO),
    )
    nets = InvoiceVat.objects.filter(invoice__in=issued).aggregate(net=Sum("net", default=ZERO))
    settled = AllocationVat.objects.filter(allocation__invoice__activity=activity).aggregate(
        net=Sum("net", default=ZERO)
    )
    provided = Provision.objects.filter(activity=activity, kind=ProvisionKind.BAD_DEBTS, provided_on__lte=on)
    drafts = documents.exclude(state=InvoiceState.ISSUED).filter(corrects=None)
    quotes = Quote.objects.filter(activity=activity).aggregate(
        accepted=Sum("acceptance__net", filter=Q(state=QuoteState.ACCEPTED, order=None), default=ZERO),
        sent=Sum("net", filter=Q(state=QuoteState.SENT, valid_until__gte=on), default=ZERO),
    )
    return Waiting(
        invoiced_net=nets["net"] - settled["net"],
        to_receive=owed["to_receive"],
        overdue=owed["overdue"],
        retained=owed["retained"],
        doubtful_provided=provided.aggregate(total=Sum("amount", default=ZERO))["total"],
        drafts_net=drafts.aggregate(net=Sum("net", default=ZERO))["net"],
        accepted_quotes_net=quotes["accepted"],
        sent_quotes_net=quotes["sent"],
    )


def figure_lines(activity: Activity, heading: StatementHeading, *, month: date) -> list[StatementLine]:
    """The lines that a figure of a month is the sum of, in order of date.

    Collected turnover is told by the payments, each with what it brought excl. VAT and the document that it settles.
    """
    in_month = {"entry_on__gte": month, "entry_on__lt": add_months(month, 1)}
    lines = _own_lines(heading).filter(activity=activity, **in_month)
    if heading == StatementHeading.COLLECTED:
        lines = lines.exclude(entry__source_type__in=DOCUMENT_SOURCES)
    told = [
        StatementLine(
            line.entry_on,
            line.entry.voucher_number,
            line.label,
            str(line.account),
            line.credit - line.debit,
            line.entry_id,
        )
        for line in lines.select_related("entry", "account").order_by("entry_on", "pk")
    ]
    if heading == StatementHeading.COLLECTED:
        told += _payment_lines(activity, month)
    return sorted(told, key=lambda line: line.on)


def accounts_under(headings: Iterable[StatementHeading]) -> list[int]:
    """The accounts that make these lines of the statement: the longest root of each decides."""
    roots = dict(AccountGroup.objects.values_list("root", "heading"))
    wanted = set(headings)
    found = []
    for pk, number in Account.objects.values_list("pk", "number"):
        root = max((root for root in roots if number.startswith(root)), key=len, default="")
        if roots.get(root) in wanted:
            found.append(pk)
    return found


def without_carried(lines: QuerySet[EntryLine]) -> QuerySet[EntryLine]:
    """Leave out what a closing carried from the year before: the lines of that year are there already."""
    return lines.exclude(
        entry__journal__code=JournalCode.OPENING,
        entry__source_type="",
        entry_on__in=FiscalYear.objects.values("starts_on"),
    )


def _own_lines(heading: StatementHeading) -> QuerySet[EntryLine]:
    return without_carried(EntryLine.objects.filter(account__in=accounts_under([heading])))


def _payment_lines(activity: Activity, month: date) -> list[StatementLine]:
    paid = (
        Allocation.objects.filter(
            invoice__activity=activity,
            allocated_on__gte=month,
            allocated_on__lt=add_months(month, 1),
            write_off=None,
        )
        .annotate(net=Sum("vat_rows__net", default=ZERO))
        .select_related("invoice__customer", "receipt", "credit_note", "refund", "line__account")
        .order_by("allocated_on", "pk")
    )
    return [
        StatementLine(
            allocation.allocated_on,
            _voucher(allocation),
            f"{allocation.invoice.number} {allocation.invoice.customer}",
            str(allocation.line.account) if allocation.line else "",
            _net(allocation),
            allocation.line.entry_id if allocation.line else allocation.entry_id,
            allocation.invoice,
        )
        for allocation in paid
        if _net(allocation)
    ]


def _net(allocation: Allocation) -> Decimal:
    net: Decimal = allocation.net  # type: ignore[attr-defined]  # annotated
    return net


def _voucher(allocation: Allocation) -> str:
    source = allocation.receipt or allocation.refund or allocation.credit_note
    return (source.number if source else "") or ""
