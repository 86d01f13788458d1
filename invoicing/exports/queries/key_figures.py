"""The cooperative's key figures for a year."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, F, Q, QuerySet, Sum

from cae_backoffice.core.money import ZERO
from invoicing.exports.rules.key_figures import KeyFigures, SectorFigures, hide_small
from invoicing.ledger.models import MonthlyBalance
from members.activities.models import SplitShare
from members.activities.queries import in_force
from members.associates.enums import MemberStatus
from members.associates.queries import associates_on, members_overview
from members.cooperative.models import Cooperative
from members.people.enums import Gender

TURNOVER = Q(account__number__startswith="70")
GROSS_PAY = Q(account__number__startswith="641")


def key_figures(year: int) -> KeyFigures:
    """People and activities of 31 December, turnover (70) and gross pay (641) of the calendar year: seven queries.

    Entrepreneurs are those under CAPE or CESA, and associates who carry an activity. Turnover is what the books hold,
    invoiced, excl. VAT; internal transfers and contributions are not on these accounts.
    """
    last = date(year, 12, 31)
    cooperative = Cooperative.objects.get()
    carriers = SplitShare.objects.filter(in_force(last, "convention__"))
    sectors = _sectors(year, carriers)
    balances = MonthlyBalance.objects.filter(month__year=year)
    sums = balances.aggregate(
        turnover=Sum(F("credit") - F("debit"), filter=TURNOVER, default=ZERO),
        wage_bill=Sum(F("debit") - F("credit"), filter=GROSS_PAY, default=ZERO),
    )
    return KeyFigures(
        year=year,
        siren=cooperative.siren,
        name=cooperative.legal_name,
        activities=carriers.aggregate(n=Count("convention__activity", distinct=True))["n"],
        people=hide_small(_people(last, carriers)),
        turnover=sums["turnover"],
        wage_bill=sums["wage_bill"],
        sectors=sectors,
    )


def _people(on: date, carriers: QuerySet[SplitShare]) -> dict[str, int]:
    carrying = Q(status=MemberStatus.ASSOCIATE, pk__in=carriers.values("person"))
    entrepreneur = Q(status__in=[MemberStatus.CAPE, MemberStatus.CESA]) | carrying
    counted = (
        members_overview(on=on)
        .order_by()
        .aggregate(
            entrepreneurs=Count("pk", filter=entrepreneur),
            women=Count("pk", filter=entrepreneur & Q(gender=Gender.WOMAN)),
            cape=Count("pk", filter=Q(status=MemberStatus.CAPE)),
            cesa=Count("pk", filter=Q(status=MemberStatus.CESA)),
            entrepreneur_associates=Count("pk", filter=carrying),
            employees=Count("pk", filter=Q(status=MemberStatus.EMPLOYEE)),
        )
    )
    return {**counted, "associates": associates_on(on).count()}


def _sectors(year: int, carriers: QuerySet[SplitShare]) -> dict[str, SectorFigures]:
    """By the sector of each activity; what an activity closed in the year sold counts too."""
    opened = carriers.values_list("convention__activity__sector").annotate(
        n=Count("convention__activity", distinct=True)
    )
    activities = dict(opened.order_by())
    sold = (
        MonthlyBalance.objects.filter(TURNOVER, month__year=year, activity__isnull=False)
        .values_list("activity__sector")
        .annotate(amount=Sum(F("credit") - F("debit")))
        .order_by()
    )
    turnover = dict(sold)
    return {
        sector: SectorFigures(activities.get(sector, 0), turnover.get(sector, ZERO))
        for sector in sorted(activities.keys() | turnover.keys())
    }
