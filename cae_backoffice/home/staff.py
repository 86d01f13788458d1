"""The staff's home: what waits for the accountant, the manager and the adviser today."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone

from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.money import ZERO
from cae_backoffice.core.periods import add_months
from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.invoices.queries import awaiting_approval, invoice_list
from members.assemblies.models import Assembly
from members.assemblies.queries import admissions_due, assemblies_to_come
from members.associates.enums import DeadlineBucket, MemberStatus
from members.associates.queries import deadlines_ahead, members_overview, status_counts
from members.associates.rules import MONTHS, days_left_text, deadline_bucket
from members.contracts.models import Contract
from members.people.queries import signed_in_user

if TYPE_CHECKING:
    from members.associates.queries import Member
    from members.people.models import User

MOST_ROWS = 10
"""Rows of a table of the home page; the lists show the rest."""

MONTHS_AHEAD = 12
BUCKETS = (DeadlineBucket.OVERDUE, *MONTHS)


@dataclass(frozen=True)
class Waiting:
    """A document, and for how many days it has been waiting."""

    invoice: Invoice
    days: int


@dataclass(frozen=True)
class IssuedMonth:
    """What was issued in a calendar month: documents, and total excl. VAT in euros, credit notes deducted."""

    month: date
    count: int
    net: Decimal


@dataclass(frozen=True)
class InvoicingDesk:
    """The accountant's day: the first documents of each queue, how long each queue is, and two months of issuing."""

    awaiting: tuple[Waiting, ...]
    awaiting_count: int
    approved: tuple[Waiting, ...]
    approved_count: int
    returned: tuple[Invoice, ...]
    returned_count: int
    this_month: IssuedMonth
    last_month: IssuedMonth


@dataclass(frozen=True)
class MemberRow:
    """A person of a table, with the words for their status and for the days that are left."""

    member: Member
    status: MemberStatus
    bucket: DeadlineBucket | None
    left: str


@dataclass(frozen=True)
class Deadlines:
    """Three-year deadlines of one bucket: how many, and the nearest of them."""

    bucket: DeadlineBucket
    count: int
    rows: tuple[MemberRow, ...]


@dataclass(frozen=True)
class MembersDesk:
    """The manager's day: people by status, deadlines by bucket, the assemblies to come with how many people each must
    admit, and the year's arrivals and departures."""

    counts: tuple[tuple[MemberStatus, int], ...]
    deadlines: tuple[Deadlines, ...]
    assemblies: tuple[tuple[Assembly, int], ...]
    arrivals: tuple[Contract, ...]
    departures: tuple[Contract, ...]
    since: date

    @property
    def has_deadlines(self) -> bool:
        """Whether anyone nears the deadline."""
        return any(group.count for group in self.deadlines)


@dataclass(frozen=True)
class AdviserDesk:
    """The adviser's own members, the nearest deadline first."""

    rows: tuple[MemberRow, ...]


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The theme's hook: the sections that this person's rights open."""
    user = signed_in_user(request)
    today = timezone.localdate()
    return context | {
        "title": "Accueil",
        "today": today,
        "invoicing": invoicing_desk(user, today) if has_right(user, Right.APPROVE_INVOICES) else None,
        "members": members_desk(today) if has_right(user, Right.MANAGE_MEMBERS) else None,
        "advised": adviser_desk(user, today) if has_right(user, Right.VIEW_ADVISED_MEMBERS) else None,
    }


def invoicing_desk(user: User, today: date) -> InvoicingDesk:
    """Five queries."""
    documents = invoice_list(user)
    approved = documents.filter(state=InvoiceState.APPROVED).order_by("submitted_at", "id")
    returned = documents.filter(state=InvoiceState.DRAFT).exclude(return_reason="").order_by("-submitted_at", "-id")
    lengths = (
        Invoice.objects.visible_to(user)
        .exclude(state=InvoiceState.ISSUED)
        .aggregate(
            awaiting=Count("pk", filter=Q(state=InvoiceState.SUBMITTED)),
            approved=Count("pk", filter=Q(state=InvoiceState.APPROVED)),
            returned=Count("pk", filter=Q(state=InvoiceState.DRAFT) & ~Q(return_reason="")),
        )
    )
    this_month, last_month = _issued_months(user, today)
    return InvoicingDesk(
        awaiting=_waiting(awaiting_approval(user), today),
        awaiting_count=lengths["awaiting"],
        approved=_waiting(approved, today),
        approved_count=lengths["approved"],
        returned=tuple(returned[:MOST_ROWS]),
        returned_count=lengths["returned"],
        this_month=this_month,
        last_month=last_month,
    )


def _waiting(queue: QuerySet[Invoice], today: date) -> tuple[Waiting, ...]:
    return tuple(Waiting(invoice, _days_since_submission(invoice, today)) for invoice in queue[:MOST_ROWS])


def _days_since_submission(invoice: Invoice, today: date) -> int:
    return (today - timezone.localdate(invoice.submitted_at)).days if invoice.submitted_at else 0


def _issued_months(user: User, today: date) -> tuple[IssuedMonth, IssuedMonth]:
    """The current month so far, and the whole month before."""
    this = today.replace(day=1)
    last = add_months(this, -1)
    in_this, in_last = Q(issued_on__gte=this), Q(issued_on__lt=this)
    sums = (
        Invoice.objects.visible_to(user)
        .filter(state=InvoiceState.ISSUED, issued_on__gte=last, issued_on__lt=add_months(this, 1))
        .aggregate(
            this_count=Count("pk", filter=in_this),
            this_net=Sum("net", filter=in_this, default=ZERO),
            last_count=Count("pk", filter=in_last),
            last_net=Sum("net", filter=in_last, default=ZERO),
        )
    )
    return (
        IssuedMonth(this, sums["this_count"], sums["this_net"]),
        IssuedMonth(last, sums["last_count"], sums["last_net"]),
    )


def members_desk(today: date) -> MembersDesk:
    """Seven queries."""
    due = admissions_due(on=today)
    first_of_year = today.replace(month=1, day=1)
    contracts = Contract.objects.select_related("person")
    others = Contract.objects.filter(person=OuterRef("person")).exclude(pk=OuterRef("pk"))
    arrivals = contracts.filter(
        ~Exists(others.filter(starts_on__lt=OuterRef("starts_on"))), starts_on__range=(first_of_year, today)
    )
    departures = contracts.filter(
        ~Exists(others.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=OuterRef("ends_on")))),
        ends_on__gte=first_of_year,
        ends_on__lt=today,
    )
    return MembersDesk(
        counts=tuple(status_counts(on=today).items()),
        deadlines=_deadlines(deadlines_ahead(on=today, months=MONTHS_AHEAD), today),
        assemblies=tuple((assembly, due.get(assembly.pk, 0)) for assembly in assemblies_to_come(today)[:MOST_ROWS]),
        arrivals=tuple(arrivals.order_by("-starts_on", "-pk")[:MOST_ROWS]),
        departures=tuple(departures.order_by("-ends_on", "-pk")[:MOST_ROWS]),
        since=first_of_year,
    )


def _deadlines(members: Iterable[Member], today: date) -> tuple[Deadlines, ...]:
    """One group per bucket, overdue first; a person stands in one group."""
    rows = [_row(member, today) for member in members]
    groups = {bucket: [row for row in rows if row.bucket == bucket] for bucket in BUCKETS}
    return tuple(
        Deadlines(bucket=bucket, count=len(group), rows=tuple(group[:MOST_ROWS])) for bucket, group in groups.items()
    )


def _row(member: Member, today: date) -> MemberRow:
    return MemberRow(
        member=member,
        status=MemberStatus(member.status),
        bucket=deadline_bucket(member.deadline_on, on=today) if member.deadline_on else None,
        left="" if member.days_left is None else days_left_text(member.days_left),
    )


def adviser_desk(user: User, today: date) -> AdviserDesk:
    """One query."""
    members = members_overview(on=today).filter(adviser=user).exclude(status=MemberStatus.LEFT)
    return AdviserDesk(rows=tuple(_row(member, today) for member in members.order_by("deadline_on", "search")))
