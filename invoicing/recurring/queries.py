"""Reading recurring invoices: whose they are, when they fall next, what became of each time."""

from __future__ import annotations

from datetime import date
from itertools import islice

from django.db.models import OuterRef, QuerySet, Subquery

from invoicing.invoices.models import Invoice
from invoicing.recurring.models import Occurrence, RecurringInvoice
from invoicing.recurring.rules import schedule_of
from members.activities.models import Activity
from members.people.models import User


def recurring_list(user: User) -> QuerySet[RecurringInvoice]:
    """Those someone may see, the latest first; `last_refusal` says why the last time could not be prepared."""
    times = Occurrence.objects.filter(recurring=OuterRef("pk")).order_by("-falls_on")
    found = RecurringInvoice.objects.visible_to(user).select_related("customer", "activity")
    return found.annotate(last_refusal=Subquery(times.values("refusal")[:1]))


def own_recurring(user: User) -> QuerySet[RecurringInvoice]:
    """Those of the activities that someone carries."""
    return recurring_list(user).filter(activity__in=Activity.objects.carried_by(user.pk))


def next_days(recurring: RecurringInvoice, *, on: date, count: int = 3) -> list[date]:
    """The next days on which it falls, from a day on; none while it is paused."""
    if recurring.is_paused:
        return []
    first = max(on, recurring.prepares_from)
    return list(islice((day for day in schedule_of(recurring).days() if day >= first), count))


def occurrences_of(recurring: RecurringInvoice) -> list[tuple[Occurrence, Invoice | None]]:
    """Each time with its document as it stands now; None where it was thrown away or never was."""
    times = list(recurring.occurrences.order_by("-falls_on"))
    documents = Invoice.objects.in_bulk([time.document for time in times if time.document])
    return [(time, documents.get(time.document or 0)) for time in times]


def under_way() -> QuerySet[RecurringInvoice]:
    """Those that may have something to prepare."""
    return RecurringInvoice.objects.filter(is_paused=False).order_by("pk")


def locked_recurring(recurring: RecurringInvoice) -> RecurringInvoice:
    """As it stands now, locked to the end of the transaction."""
    related = RecurringInvoice.objects.select_related("activity", "customer", "created_by")
    return related.select_for_update(of=("self",)).get(pk=recurring.pk)
