"""Reading which invoices call for a reminder, and those that were made."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import (
    Case,
    CharField,
    DateField,
    Exists,
    F,
    Func,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Greatest

from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.models import Invoice, IssuedSnapshot
from invoicing.payments.models import Allocation, DoubtfulReceivable, Refund, WriteOff
from invoicing.payments.queries import documents_with_paid, open_credit_notes
from invoicing.reminders.enums import FollowUp, ReminderLevel, ReminderState
from invoicing.reminders.models import InterestRate, Reminder, ReminderPause, ReminderPlan
from invoicing.reminders.rules import Claim, claim_of, days_of, level_due
from invoicing.rendering.document import FrozenDocument, from_json


@dataclass(frozen=True)
class DueReminder:
    """An invoice and the level that it calls for."""

    invoice: Invoice
    level: ReminderLevel


def with_follow_up(documents: QuerySet[Invoice], *, on: date) -> QuerySet[Invoice]:
    """Annotate documents with `payment` (empty before their issue), `days_late`, `paid`, `held` and `remaining`.

    Everything comes from what was allocated in the books; a credit note that was set off counts as paid.
    """
    this = {"invoice": OuterRef("pk")}
    is_lost, is_doubtful = Exists(WriteOff.objects.filter(**this)), Exists(DoubtfulReceivable.objects.filter(**this))
    is_refunded = Exists(Refund.objects.filter(credit_note=OuterRef("pk")))
    late = Func(Value(on, output_field=DateField()), F("due_on"), function="date_mi", output_field=IntegerField())
    payment = Case(
        When(~Q(state=InvoiceState.ISSUED), then=Value("")),
        When(Q(paid=F("gross")) & is_lost, then=Value(FollowUp.LOST)),
        When(Q(paid=F("gross")) & is_refunded, then=Value(FollowUp.REFUNDED)),
        When(paid=F("gross"), then=Value(FollowUp.PAID)),
        When(is_doubtful, then=Value(FollowUp.DOUBTFUL)),
        When(held__gt=0, remaining=0, then=Value(FollowUp.RETAINED)),
        When(~Q(kind=InvoiceKind.CREDIT_NOTE) & Q(due_on__lt=on), then=Value(FollowUp.LATE)),
        When(~Q(paid=0), then=Value(FollowUp.PART_PAID)),
        default=Value(FollowUp.TO_PAY),
        output_field=CharField(),
    )
    return documents_with_paid(documents).annotate(payment=payment, days_late=Greatest(late, 0))


def receipts_of(invoice: Invoice) -> QuerySet[Allocation]:
    """What settled a document, movement by movement, the latest first."""
    return (
        Allocation.objects.filter(invoice=invoice)
        .select_related("receipt", "credit_note", "refund", "write_off")
        .order_by("-pk")
    )


def plan_on(on: date) -> ReminderPlan | None:
    """The plan in force that day; None before the first, and then nobody is reminded."""
    return ReminderPlan.objects.filter(valid_from__lte=on).order_by("-valid_from").first()


def pauses_on(on: date) -> QuerySet[ReminderPause]:
    """The pauses that hold that day."""
    return ReminderPause.objects.filter(starts_on__lte=on, until__gte=on, lifted_on=None)


def remindable(on: date) -> QuerySet[Invoice]:
    """Invoices that a reminder may ask for that day, with `paid`, `held` and `remaining`.

    Not those that are doubtful or partly lost, nor paused, nor whose credit note is still to be set off; what is kept
    as a retention is not counted, and once released it is asked for by a person.
    """
    pauses = pauses_on(on).filter(Q(invoice=OuterRef("pk")) | Q(customer=OuterRef("customer_id")))
    waiting = Invoice.objects.filter(state=InvoiceState.ISSUED, doubt=None, write_offs=None).exclude(
        kind=InvoiceKind.CREDIT_NOTE
    )
    return (
        documents_with_paid(waiting)
        .filter(Q(remaining__gt=0))
        .exclude(Q(release__isnull=False) & Q(remaining__lte=F("retention")))
        .filter(~Exists(pauses), ~Exists(open_credit_notes().filter(corrects=OuterRef("pk"))))
    )


def due_reminders(on: date) -> Iterator[DueReminder]:
    """What the plan in force calls for that day, the longest overdue first; an invoice has one reminder at a time."""
    plan = plan_on(on)
    if plan is None:
        return
    days = days_of(plan)
    alive = ~Q(reminders__state=ReminderState.CANCELLED)
    found = (
        remindable(on)
        .exclude(Exists(Reminder.objects.filter(invoice=OuterRef("pk"), state=ReminderState.PROPOSED)))
        .annotate(
            levels=ArrayAgg("reminders__level", filter=alive & Q(reminders__isnull=False), default=[]),
            last_on=Max("reminders__decided_on", filter=Q(reminders__state=ReminderState.SENT)),
        )
        .order_by("due_on", "pk")
    )
    for invoice in found:
        if invoice.due_on is None:
            continue
        level = level_due(
            days,
            late=(on - invoice.due_on).days,
            used=frozenset(invoice.levels),
            since_last=(on - invoice.last_on).days if invoice.last_on else None,
            gap=plan.gap_days,
        )
        if level:
            yield DueReminder(invoice, level)


def remaining_of(invoice: Invoice) -> Decimal:
    """What an invoice of `remindable` waits for."""
    remaining: Decimal = vars(invoice)["remaining"]
    return remaining


def frozen(invoice: Invoice) -> FrozenDocument:
    """What the invoice itself says."""
    return from_json(IssuedSnapshot.objects.get(invoice=invoice).content)


def claim_on(invoice: Invoice, on: date) -> Claim | None:
    """The interest and indemnity that an unpaid invoice (with `remaining`) has earned; None when a rate is missing."""
    if invoice.due_on is None:
        return None
    return claim_of(
        frozen(invoice),
        unpaid=remaining_of(invoice),
        due_on=invoice.due_on,
        on=on,
        rates=list(InterestRate.objects.all()),
    )


def reminders_of(invoice: Invoice) -> QuerySet[Reminder]:
    """The reminders of an invoice, the latest first, with who decided and how the message fared."""
    return (
        Reminder.objects.filter(invoice=invoice)
        .select_related("decided_by", "sending__message", "invoice")
        .order_by("-id")
    )


def pauses_of(invoice: Invoice, on: date) -> QuerySet[ReminderPause]:
    """The pauses that hold this invoice back that day: its own, and those of its customer."""
    return pauses_on(on).filter(Q(invoice=invoice) | Q(customer=invoice.customer_id)).select_related("created_by")
