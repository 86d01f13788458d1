"""The entrepreneur's home: what the activity has invoiced, what waits, and where the person stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.http import Http404

from cae_backoffice.core.money import ZERO
from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.invoices.queries import MonthRevenue, own_invoices, revenue_by_month
from members.activities.models import Activity
from members.associates.enums import MemberStatus
from members.associates.queries import members_overview
from members.people.models import User

LATEST = 6
TO_DO = 5
PERCENT = 100
RETURNED_FIRST = ExpressionWrapper(Q(return_reason=""), output_field=BooleanField())
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
SHORT_MONTHS = (
    "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
)  # fmt: skip


@dataclass(frozen=True)
class Bar:
    """A month's bar in the drawing's units: left edge, top and height; whole numbers, which need no formatting."""

    x: int
    y: int
    height: int


@dataclass(frozen=True)
class ChartMonth:
    """A month of the chart: this year's bar, last year's behind it, and the words under them."""

    label: str
    middle: int
    bar: Bar
    bar_before: Bar
    is_current: bool


@dataclass(frozen=True)
class Chart:
    """Twelve months as bars in a drawing of `width` × `height` units, the zero line at `zero`."""

    name: str
    width: int
    height: int
    bar_width: int
    zero: int
    months: tuple[ChartMonth, ...]

    @property
    def text_y(self) -> int:
        """The base line of the months' names."""
        return self.height - 8


@dataclass(frozen=True)
class MonthRow:
    """The same in figures: excl. VAT, this year and the year before."""

    name: str
    net: Decimal
    net_before: Decimal


@dataclass(frozen=True)
class Standing:
    """Where the person stands in the cooperative; the deadline is that of L7331-3, while it runs."""

    status: str
    contract_kind: str | None
    contract_starts_on: date | None
    contract_ends_on: date | None
    deadline_on: date | None
    days_left: int | None


@dataclass(frozen=True)
class ActivityHome:
    """Everything the entrepreneur's home shows. Amounts are excl. VAT, credit notes deducted."""

    activities: tuple[Activity, ...]
    chosen: Activity | None
    year: int
    month_name: str
    month_net: Decimal
    year_net: Decimal
    before_net: Decimal
    evolution: Decimal | None
    has_revenue: bool
    has_revenue_before: bool
    charts: tuple[Chart, ...]
    rows: tuple[MonthRow, ...]
    to_do: tuple[Invoice, ...]
    waiting: int
    latest: tuple[Invoice, ...]
    standing: Standing | None

    @property
    def period_name(self) -> str:
        """The months compared with last year's: « de janvier à novembre »."""
        return "en janvier" if self.month_name == MONTHS[0] else f"de janvier à {self.month_name}"


def activity_home(user: User, *, on: date, activity_id: int | None = None) -> ActivityHome:
    """The home of those who carry activities, on a day; `activity_id` narrows to one (404 when it is not theirs)."""
    activities = tuple(Activity.objects.carried_by(user.pk))
    chosen = next((activity for activity in activities if activity.pk == activity_id), None)
    if activity_id is not None and chosen is None:
        raise Http404
    shown = (chosen,) if chosen else activities
    invoices = own_invoices(user).filter(activity__in=shown)
    this_year = revenue_by_month(shown, on.year)
    last_year = revenue_by_month(shown, on.year - 1)
    year_net = _sum(this_year)
    before_net = _sum(last_year[: on.month])
    drafts = invoices.filter(state=InvoiceState.DRAFT).order_by(RETURNED_FIRST, "-id")
    return ActivityHome(
        activities=activities,
        chosen=chosen,
        year=on.year,
        month_name=MONTHS[on.month - 1],
        month_net=this_year[on.month - 1].net,
        year_net=year_net,
        before_net=before_net,
        evolution=_evolution(before_net, year_net),
        has_revenue=any(month.net for month in (*this_year, *last_year)),
        has_revenue_before=any(month.net for month in last_year),
        charts=_charts(this_year, last_year, on),
        rows=tuple(
            MonthRow(name=name, net=now.net, net_before=before.net)
            for name, now, before in zip(MONTHS, this_year, last_year, strict=True)
        ),
        to_do=tuple(drafts[:TO_DO]),
        waiting=invoices.filter(state__in=[InvoiceState.SUBMITTED, InvoiceState.APPROVED]).count(),
        latest=tuple(invoices.exclude(state=InvoiceState.DRAFT)[:LATEST]),
        standing=_standing(user, on),
    )


def _standing(user: User, on: date) -> Standing | None:
    member = members_overview(on=on).filter(user=user).first()
    if member is None:
        return None
    return Standing(
        status=MemberStatus(member.status).label,
        contract_kind=member.contract_kind,
        contract_starts_on=member.contract_starts_on,
        contract_ends_on=member.contract_ends_on,
        deadline_on=member.deadline_on,
        days_left=member.days_left,
    )


def _sum(months: Sequence[MonthRevenue]) -> Decimal:
    return sum((month.net for month in months), ZERO)


def _evolution(before: Decimal, now: Decimal) -> Decimal | None:
    """In whole percent; None when there is nothing to compare with."""
    return ((now - before) * PERCENT / before).to_integral_value() if before > 0 else None


def _charts(this_year: Sequence[MonthRevenue], last_year: Sequence[MonthRevenue], on: date) -> tuple[Chart, ...]:
    """One drawing for a desk and one for a phone, where months have one letter."""
    return (
        _chart("wide", SHORT_MONTHS, (720, 220), (this_year, last_year), on),
        _chart("narrow", tuple(name[0].upper() for name in MONTHS), (324, 180), (this_year, last_year), on),
    )


def _chart(
    name: str,
    labels: Sequence[str],
    size: tuple[int, int],
    years: tuple[Sequence[MonthRevenue], Sequence[MonthRevenue]],
    on: date,
) -> Chart:
    width, height = size
    top, room = 8, height - 36
    nets = [month.net for year in years for month in year]
    highest, lowest = max(*nets, ZERO), min(*nets, ZERO)
    scale = room / (highest - lowest) if highest > lowest else Decimal(0)
    zero = top + int(highest * scale)
    step = width // len(labels)
    bar_width = step * 3 // 8

    def bar(net: Decimal, x: int) -> Bar:
        length = max(int(abs(net) * scale), 1 if net else 0)
        return Bar(x=x, y=zero - length if net > 0 else zero, height=length)

    months = tuple(
        ChartMonth(
            label=label,
            middle=i * step + step // 2,
            bar=bar(now.net, i * step + step // 2 - bar_width // 4),
            bar_before=bar(before.net, i * step + step // 2 - bar_width * 3 // 4),
            is_current=now.month.month == on.month,
        )
        for i, (label, now, before) in enumerate(zip(labels, *years, strict=True))
    )
    return Chart(name=name, width=width, height=height, bar_width=bar_width, zero=zero, months=months)
