"""The facts that warnings are made of, read for many documents at once: nine queries, however many documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Aggregate, Count, DecimalField, F, Max, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, TruncDate

from cae_backoffice.core.money import ZERO
from cae_backoffice.core.periods import add_months
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.models import Invoice, InvoiceLine
from invoicing.invoices.models.approvals import ApprovalSettings
from invoicing.invoices.rules.warnings import (
    DUPLICATE_DAYS,
    DUPLICATE_SPREAD,
    Bond,
    Facts,
    Resembling,
    Thresholds,
    Warned,
    warnings_of,
)
from invoicing.ledger.enums import AuxiliaryKind
from invoicing.ledger.queries.receivables import open_items
from invoicing.ledger.services.save_auxiliary import PREFIXES
from members.activities.enums import Sector
from members.activities.models import ActivityInsurance, SplitShare
from members.activities.queries import in_force
from members.contracts.enums import ContractKind
from members.contracts.models import Contract

USUAL_MONTHS = 24
"""How far back an activity's usual amount is looked for."""
DEFINITELY = date.max
"""The end of a contract that has none."""


class Median(Aggregate):
    """The middle value: PostgreSQL's `percentile_cont(0.5)`."""

    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)::numeric"
    output_field = DecimalField()


def thresholds_of(settings: ApprovalSettings) -> Thresholds:
    """From when on the cooperative wants to be warned."""
    return Thresholds(
        notice_days=settings.notice_days, late_days=settings.late_days, unusual_times=settings.unusual_times
    )


def warnings_by_document(
    invoices: Sequence[Invoice], *, on: date, settings: ApprovalSettings
) -> dict[int, tuple[Warned, ...]]:
    """The warnings of each document, as they would stand if it were issued that day."""
    thresholds = thresholds_of(settings)
    return {facts_id: warnings_of(facts, thresholds) for facts_id, facts in _facts(invoices, on, thresholds).items()}


def _facts(invoices: Sequence[Invoice], on: date, thresholds: Thresholds) -> dict[int, Facts]:
    """`invoices` come with their activity and customer."""
    activities = {invoice.activity_id for invoice in invoices}
    bonds, insured = _bonds(activities, on), _insured(activities, on)
    labels, resembling = _labels(invoices), _resembling(invoices, on)
    known, late, usual = _known_customers(invoices), _late(invoices, on, thresholds), _usual(activities, on)
    found = {}
    for invoice in invoices:
        customer = invoice.customer
        median, count = usual.get(invoice.activity_id, (None, 0))
        found[invoice.pk] = Facts(
            on=on,
            net=invoice.net,
            label=invoice.subject or labels.get(invoice.pk, ""),
            is_credit_note=invoice.kind == InvoiceKind.CREDIT_NOTE,
            customer_name=customer.name if customer else "",
            customer_kind=customer.kind if customer else "",
            customer_country=customer.country if customer else "",
            customer_siren=customer.siren if customer else "",
            has_customer=customer is not None,
            is_first_of_customer=invoice.customer_id not in known,
            late=late.get(invoice.customer_id, ZERO),
            bonds=bonds[invoice.activity_id],
            needs_insurance=invoice.activity.sector == Sector.CONSTRUCTION,
            insured_until=insured.get(invoice.activity_id),
            resembling=resembling[invoice.pk],
            usual=median,
            issued_count=count,
        )
    return found


def _bonds(activities: set[int], on: date) -> defaultdict[int, tuple[Bond, ...]]:
    """Who carries each activity that day, and until when their CAPE and CESA run, one after the other."""
    shares = (
        SplitShare.objects.filter(in_force(on, "convention__"), convention__activity__in=activities)
        .select_related("person")
        .annotate(activity_id=F("convention__activity"))
        .order_by("person__search", "pk")
    )
    people: dict[int, list[SplitShare]] = defaultdict(list)
    for share in shares:
        people[share.activity_id].append(share)
    until = _covered_until({share.person_id for found in people.values() for share in found}, on)
    bonds: defaultdict[int, tuple[Bond, ...]] = defaultdict(tuple)
    for activity, found in people.items():
        bonds[activity] = tuple(Bond(str(share.person), until.get(share.person_id)) for share in found)
    return bonds


def _covered_until(people: set[int], on: date) -> dict[int, date]:
    contracts = Contract.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        person__in=people,
        kind__in=[ContractKind.CAPE, ContractKind.CESA],
    ).order_by("starts_on")
    until: dict[int, date] = {}
    for person, starts_on, ends_on in contracts.values_list("person_id", "starts_on", "ends_on"):
        reached = until.get(person, on - timedelta(days=1))
        if starts_on <= on or (person in until and starts_on <= _day_after(reached)):
            until[person] = max(reached, ends_on or DEFINITELY)
    return until


def _day_after(day: date) -> date:
    return day if day == DEFINITELY else day + timedelta(days=1)


def _insured(activities: set[int], on: date) -> dict[int, date]:
    """The last day of each activity's decennial insurance in force that day."""
    policies = ActivityInsurance.objects.filter(in_force(on), activity__in=activities, is_decennial=True)
    return dict(policies.order_by().values_list("activity").annotate(until=Max("ends_on")))


def _labels(invoices: Sequence[Invoice]) -> dict[int, str]:
    """The first line's name: what a document without subject is called."""
    first = InvoiceLine.objects.filter(invoice__in=[invoice.pk for invoice in invoices])
    return dict(first.order_by("invoice_id", "position").distinct("invoice_id").values_list("invoice_id", "label"))


def _resembling(invoices: Sequence[Invoice], on: date) -> defaultdict[int, tuple[Resembling, ...]]:
    """Recent documents of the same customers to compare with: neither credit notes, nor credited, nor other parts of
    the same order, whose sum the order bounds.
    """
    first_line = InvoiceLine.objects.filter(invoice=OuterRef("pk")).order_by("position").values("label")[:1]
    others = (
        Invoice.objects.filter(
            customer__in={invoice.customer_id for invoice in invoices if invoice.customer_id},
            kind__in=[InvoiceKind.INVOICE, InvoiceKind.DEPOSIT],
            corrections=None,
        )
        .annotate(day=Coalesce("issued_on", TruncDate("created_at")), first_label=Subquery(first_line))
        .filter(day__range=(on - timedelta(days=DUPLICATE_DAYS), on + timedelta(days=DUPLICATE_DAYS)))
        .order_by("-day", "-pk")
    )
    by_customer: dict[int | None, list[Any]] = defaultdict(list)  # with what was annotated
    for other in others:
        by_customer[other.customer_id].append(other)
    found: defaultdict[int, tuple[Resembling, ...]] = defaultdict(tuple)
    for invoice in invoices:
        spread = DUPLICATE_SPREAD * abs(invoice.net) * 2
        found[invoice.pk] = tuple(
            Resembling(name=str(other), on=other.day, net=other.net, label=other.subject or other.first_label or "")
            for other in by_customer[invoice.customer_id]
            if other.pk not in {invoice.pk, invoice.corrects_id}
            and (other.order_id is None or other.order_id != invoice.order_id)
            and abs(other.net - invoice.net) <= spread
        )
    return found


def _known_customers(invoices: Sequence[Invoice]) -> set[int]:
    """The customers who already have an issued document."""
    customers = {invoice.customer_id for invoice in invoices if invoice.customer_id}
    issued = Invoice.objects.filter(customer__in=customers, state=InvoiceState.ISSUED)
    return set(issued.order_by().values_list("customer_id", flat=True).distinct())


def _late(invoices: Sequence[Invoice], on: date, thresholds: Thresholds) -> dict[int | None, Decimal]:
    """What each customer owes since long enough, less what it paid and was not matched yet."""
    prefix = PREFIXES[AuxiliaryKind.CUSTOMER]
    codes = {f"{prefix}{invoice.customer_id:06d}": invoice.customer_id for invoice in invoices if invoice.customer_id}
    since = on - timedelta(days=thresholds.late_days)
    sums = (
        open_items(on=on)
        .filter(auxiliary__code__in=codes)
        .annotate(due=Coalesce("due_on", "entry_on"))
        .order_by()
        .values_list("auxiliary__code")
        .annotate(owed=Coalesce(Sum("debit", filter=Q(due__lt=since)), ZERO) - Coalesce(Sum("credit"), ZERO))
    )
    return {codes[code]: owed for code, owed in sums if owed > 0}


def _usual(activities: set[int], on: date) -> dict[int, tuple[Decimal | None, int]]:
    """The median of what each activity issued over two years, and how many documents that is."""
    issued = Invoice.objects.filter(
        activity__in=activities,
        state=InvoiceState.ISSUED,
        kind__in=[InvoiceKind.INVOICE, InvoiceKind.DEPOSIT],
        issued_on__range=(add_months(on, -USUAL_MONTHS), on),
    )
    rows = issued.order_by().values_list("activity").annotate(median=Median("net"), documents=Count("pk"))
    return {activity: (median, documents) for activity, median, documents in rows}
