"""Reading documents: lists, revenue, gaps in the numbering, and everything one document is made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256

from django.db import connection
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, ExtractYear, TruncDate, TruncMonth

from cae_backoffice.core.access import HoldsRoles
from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import ZERO
from cae_backoffice.core.periods import add_months
from cae_backoffice.core.text import search_key
from invoicing.customers.models import Customer, DeliveryAddress
from invoicing.customers.queries import customer_list, delivery_addresses
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.models import Invoice, InvoiceLine
from invoicing.invoices.queries.orders import position_of
from invoicing.invoices.rules import DRAFTED, DraftLine, deduction_lines, totals_with
from invoicing.invoices.rules.orders import OrderPosition, carried
from invoicing.mentions.models import LegalText
from invoicing.pricing.models import VatCode
from invoicing.pricing.rules import Totals, TypedAdjustment, VatRow, typed_adjustment
from members.activities.enums import Sector
from members.activities.models import Activity, ActivityInsurance
from members.activities.queries import decennial_insurance
from members.contracts.queries import InvoicingRight, invoicing_right
from members.cooperative.models import Cooperative
from members.cooperative.queries import the_cooperative
from members.people.models import User

DRAFTED_LINE = (
    "label",
    "description",
    "chapter",
    "nature",
    "quantity",
    "unit",
    "unit_price",
    "discount_percent",
    "vat_code_id",
    "product_id",
    "deducts_id",
)
MISSING_NUMBERS = """
    WITH issued AS (
        SELECT substring(number FROM '^(.*)-[0-9]+$') AS series, substring(number FROM '-([0-9]+)$')::int AS position
        FROM invoicing_invoice WHERE number IS NOT NULL
    ), holes AS (
        SELECT series, lag(position, 1, 0) OVER (PARTITION BY series ORDER BY position) + 1 AS first,
               position - 1 AS last
        FROM issued
        UNION ALL
        SELECT series, coalesce((SELECT max(position) FROM issued WHERE issued.series = sequence.series), 0) + 1, last
        FROM (SELECT prefix || year AS series, last_number AS last FROM invoicing_numbersequence) AS sequence
    )
    SELECT series || '-' || lpad(missing::text, greatest(5, length(missing::text)), '0')
    FROM holes CROSS JOIN generate_series(first, last) AS missing
    ORDER BY series, missing
"""


@dataclass(frozen=True)
class MonthRevenue:
    """What was invoiced in a month, excl. VAT, credit notes deducted. `month` is its first day."""

    month: date
    net: Decimal


@dataclass(frozen=True)
class Material:
    """Everything a document issued on a day is made of, read at once."""

    invoice: Invoice
    lines: tuple[InvoiceLine, ...]
    adjustments: tuple[TypedAdjustment, ...]
    cooperative: Cooperative | None
    right: InvoicingRight
    insurance: ActivityInsurance | None
    texts: dict[str, str]
    on: date
    position: OrderPosition | None = None


def invoice_list(user: User) -> QuerySet[Invoice]:
    """The documents someone may see, the latest first, with customer, activity and stored PDF."""
    return Invoice.objects.visible_to(user).select_related("customer", "activity", "file")


def awaiting_approval(user: User) -> QuerySet[Invoice]:
    """Submitted documents, the one that waits longest first."""
    return invoice_list(user).filter(state=InvoiceState.SUBMITTED).order_by("submitted_at", "id")


def issued_in_month(user: User, month: date) -> QuerySet[Invoice]:
    """Documents issued in the calendar month of this day, the latest first."""
    first = month.replace(day=1)
    return (
        invoice_list(user)
        .filter(state=InvoiceState.ISSUED, issued_on__gte=first, issued_on__lt=add_months(first, 1))
        .order_by("-issued_on", "-id")
    )


def issued_between(starts_on: date, ends_on: date) -> QuerySet[Invoice]:
    """Documents issued from one day to another, both included, in the order of their issue; a cancellation that a
    corrective invoice contains is none.
    """
    return Invoice.objects.filter(
        state=InvoiceState.ISSUED, within=None, issued_on__gte=starts_on, issued_on__lte=ends_on
    ).order_by("issued_on", "id")


def revenue_by_month(activities: Iterable[Activity] | QuerySet[Activity], year: int) -> list[MonthRevenue]:
    """The twelve months of a year for these activities together; a month without document is zero."""
    first = date(year, 1, 1)
    rows = (
        Invoice.objects.filter(
            state=InvoiceState.ISSUED,
            activity__in=activities,
            issued_on__gte=first,
            issued_on__lt=date(year + 1, 1, 1),
        )
        .order_by()
        .values_list(TruncMonth("issued_on"))
        .annotate(total=Sum("net"))
    )
    by_month = dict(rows)
    months = [add_months(first, i) for i in range(12)]
    return [MonthRevenue(month=month, net=by_month.get(month, ZERO)) for month in months]


def sequence_gaps() -> list[str]:
    """Numbers that were allocated or passed over and that no document carries: an incident, whatever its cause."""
    with connection.cursor() as cursor:
        cursor.execute(MISSING_NUMBERS)
        return [number for (number,) in cursor.fetchall()]


def locked_invoice(invoice: Invoice) -> Invoice:
    """The document as it stands now, locked to the end of the transaction, with what it refers to."""
    found = (
        Invoice.objects.select_for_update(of=("self",))
        .select_related("activity__logo", "customer", "delivery_address", "order", "corrects")
        .defer("activity__logo__png")
        .filter(pk=invoice.pk)
        .first()
    )
    if found is None:
        raise RefusalError("Ce brouillon a été supprimé entre-temps.")
    return found


def draft_print(draft: Invoice) -> str:
    """A fingerprint of all that is written on a stored draft: another one means that it was changed."""
    written = [
        list(Invoice.objects.filter(pk=draft.pk).values_list(*DRAFTED)),
        list(draft.lines.order_by("position").values_list(*DRAFTED_LINE)),
        list(draft.adjustments.order_by("position").values_list("is_charge", "reason", "percent", "amount")),
    ]
    return sha256(repr(written).encode()).hexdigest()[:16]


def taken_off_lines(draft: Invoice) -> tuple[InvoiceLine, ...]:
    """The lines of a draft that take deposits off."""
    return tuple(draft.lines.exclude(deducts=None).select_related("vat_code"))


def deductions_of(deposits: Iterable[Invoice]) -> list[DraftLine]:
    """The lines that take these deposits off."""
    return [line for deposit in deposits for line in deduction_lines(deposit, lines_left_of(deposit))]


def open_deposits() -> QuerySet[Invoice]:
    """Issued deposit invoices that no issued document takes off and of which credit notes leave something."""
    taken_off = (
        InvoiceLine.objects.filter(deducts=OuterRef("pk"), invoice__state=InvoiceState.ISSUED)
        .order_by()
        .values("deducts")
        .annotate(total=Sum("net"))
        .values("total")
    )
    credited = (
        Invoice.objects.filter(corrects=OuterRef("pk"), state=InvoiceState.ISSUED)
        .order_by()
        .values("corrects")
        .annotate(total=Sum("net"))
        .values("total")
    )
    return (
        Invoice.objects.filter(kind=InvoiceKind.DEPOSIT, state=InvoiceState.ISSUED)
        .alias(taken_off=Coalesce(Subquery(taken_off), ZERO), credited=Coalesce(Subquery(credited), ZERO))
        .filter(~Q(net=-F("credited")), taken_off=0)
        .order_by("issued_on", "pk")
    )


def lines_left_of(deposit: Invoice) -> QuerySet[InvoiceLine]:
    """The lines of an issued deposit invoice and of its credit notes: together, what may still be taken off."""
    back = Q(invoice__corrects=deposit, invoice__state=InvoiceState.ISSUED)
    return (
        InvoiceLine.objects.filter(Q(invoice=deposit) | back).select_related("vat_code").order_by("invoice", "position")
    )


def retained_invoices(user: HoldsRoles) -> QuerySet[Invoice]:
    """Issued invoices whose retention the customer still keeps, the first to be released first."""
    return (
        Invoice.objects.visible_to(user)
        .filter(state=InvoiceState.ISSUED, retention__gt=0, release=None)
        .select_related("customer", "activity")
        .order_by("retention_due_on", "pk")
    )


def document_material(invoice: Invoice, on: date) -> Material:
    """Read what this document would be made of if it were issued that day."""
    is_construction = invoice.activity.sector == Sector.CONSTRUCTION
    return Material(
        invoice=invoice,
        lines=tuple(invoice.lines.select_related("vat_code", "deducts", "order_line").order_by("position")),
        adjustments=adjustments_of(invoice),
        cooperative=the_cooperative(),
        right=invoicing_right(invoice.activity, on),
        insurance=decennial_insurance(invoice.activity, on) if is_construction else None,
        texts={text.code: text.text for text in LegalText.objects.in_force(on)},
        on=on,
        position=position_of(invoice),
    )


@dataclass(frozen=True)
class Choices:
    """What someone who drafts may choose from: their activities, those activities' customers, VAT codes in force.

    `deductions` are the lines of the draft that take deposits off: nobody types them.
    """

    activities: tuple[Activity, ...]
    customers: tuple[Customer, ...]
    addresses: tuple[DeliveryAddress, ...]
    vat_codes: tuple[VatCode, ...]
    deductions: tuple[InvoiceLine, ...]


@dataclass(frozen=True)
class SelectionTotals:
    """What a list of documents sums to, credit notes deducted."""

    documents: int
    net: Decimal
    gross: Decimal


@dataclass(frozen=True)
class Step:
    """One step of a document's way to issue; `happened_at` is None while it has not been taken."""

    label: str
    happened_at: datetime | None
    by: str
    is_current: bool


YEAR = ExtractYear(Coalesce("issued_on", TruncDate("created_at")))
STEPS = (
    (InvoiceState.DRAFT, "Rédigée", "invoice.drafted"),
    (InvoiceState.SUBMITTED, "Soumise à la coopérative", "invoice.submitted"),
    (InvoiceState.APPROVED, "Validée", "invoice.approved"),
    (InvoiceState.ISSUED, "Émise", "invoice.issued"),
)


def own_invoices(user: User) -> QuerySet[Invoice]:
    """The documents of the activities that someone carries, whatever else their roles let them see."""
    return invoice_list(user).filter(activity__in=Activity.objects.carried_by(user.pk))


def years_of(invoices: QuerySet[Invoice]) -> list[int]:
    """The years of the documents, the latest first: of issue, or of writing as long as they are not issued."""
    return list(invoices.annotate(year=YEAR).order_by("-year").values_list("year", flat=True).distinct())


def of_year(invoices: QuerySet[Invoice], year: int) -> QuerySet[Invoice]:
    """Those of a year, as `years_of` reckons it."""
    return invoices.alias(year=YEAR).filter(year=year)


def document_totals(invoice: Invoice, lines: Sequence[InvoiceLine]) -> Totals:
    """What a stored document amounts to: as frozen when it is issued, else reckoned from its `lines`."""
    if invoice.state == InvoiceState.ISSUED:
        rows = tuple(VatRow(row.category, row.rate, row.net, row.vat) for row in invoice.vat_rows.all())
        return Totals(net=invoice.net, vat=invoice.vat, gross=invoice.gross, rows=rows)
    return carried(totals_with(adjustments_of(invoice), lines), position_of(invoice))


def adjustments_of(invoice: Invoice) -> tuple[TypedAdjustment, ...]:
    """The discounts and charges on a document."""
    return tuple(map(typed_adjustment, invoice.adjustments.all()))


def matching(invoices: QuerySet[Invoice], words: str) -> QuerySet[Invoice]:
    """Those whose number, subject or customer holds every word."""
    for word in search_key(words).split():
        invoices = invoices.filter(Q(search__contains=word) | Q(customer__search__contains=word))
    return invoices


def totals_of(invoices: QuerySet[Invoice]) -> SelectionTotals:
    """How many documents, and what they sum to."""
    sums = invoices.order_by().aggregate(documents=Count("pk"), net=Sum("net"), gross=Sum("gross"))
    return SelectionTotals(documents=sums["documents"], net=sums["net"] or ZERO, gross=sums["gross"] or ZERO)


def drafting_choices(user: User, on: date, invoice: Invoice | None = None) -> Choices:
    """What may be chosen on a draft of one's own activities; what the draft already names stays offered.

    VAT codes come with those these activities use most first.
    """
    activities = tuple(Activity.objects.carried_by(user.pk))
    offered = Q(is_archived=False) | Q(pk=invoice.customer_id if invoice else None)
    uses = (
        InvoiceLine.objects.filter(vat_code=OuterRef("pk"), invoice__activity__in=activities)
        .order_by()
        .values("vat_code")
        .annotate(times=Count("pk"))
        .values("times")
    )
    in_force = Q(pk__in=VatCode.objects.in_force(on).values("pk"))
    named = Q(pk__in=InvoiceLine.objects.filter(invoice=invoice).values("vat_code"))
    vat_codes = VatCode.objects.filter(in_force | named).annotate(uses=Coalesce(Subquery(uses), 0))
    return Choices(
        activities=activities,
        customers=tuple(customer_list(user).filter(offered, activity__in=activities)),
        addresses=tuple(delivery_addresses(user).filter(customer__activity__in=activities)),
        vat_codes=tuple(vat_codes.order_by("-uses", "-rate", "category", "code")),
        deductions=taken_off_lines(invoice) if invoice else (),
    )


def steps_of(invoice: Invoice) -> list[Step]:
    """The way of a document from draft to issue, with who took each step when, from the audit trail."""
    events = {event.action: event for event in reversed(history_of(invoice))}
    reached = [state for state, _, _ in STEPS].index(InvoiceState(invoice.state))
    return [
        Step(
            label=label,
            happened_at=events[action].happened_at if action in events and i <= reached else None,
            by=str(events[action].author) if action in events and i <= reached else "",
            is_current=i == reached,
        )
        for i, (_, label, action) in enumerate(STEPS)
    ]
