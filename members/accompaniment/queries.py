"""Who is short of interviews this year, and how full workshops are."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, TypedDict, cast

from django.db.models import Count, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from members.accompaniment.models import Interview, SupportedMember, Workshop
from members.accompaniment.rules import INTERVIEWS_A_YEAR
from members.associates.queries import members_overview
from members.contracts.enums import ContractKind

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class Support(TypedDict):
    """What `support_overview` adds to a person's standing."""

    contract_kind: str
    activity_names: str
    interviews_held: int
    interviews_missing: int
    last_interview_on: date | None


if TYPE_CHECKING:
    SupportRow = WithAnnotations[SupportedMember, Support]
else:
    SupportRow = SupportedMember


def support_overview(*, on: date) -> QuerySet[SupportRow]:
    """Everyone under CAPE or CESA that day with the interviews of the calendar year until then: one query.

    `interviews_missing` of the two that each year owes, and the day of the last interview of all.
    """
    held = Interview.objects.filter(person=OuterRef("pk"), held_on__lte=on).order_by().values("person")
    this_year = held.filter(held_on__gte=on.replace(month=1, day=1)).annotate(held=Count("pk")).values("held")
    people = members_overview(on=on).filter(contract_kind__in=[ContractKind.CAPE, ContractKind.CESA])
    support = people.annotate(
        interviews_held=Coalesce(Subquery(this_year), 0, output_field=IntegerField()),
        last_interview_on=Subquery(held.annotate(last=Max("held_on")).values("last")),
    ).annotate(interviews_missing=INTERVIEWS_A_YEAR - F("interviews_held"))
    return cast("QuerySet[SupportRow]", support.order_by("search", "id"))


def short_of_interviews(*, on: date) -> QuerySet[SupportRow]:
    """Those who have not had their two interviews of the year."""
    return support_overview(on=on).filter(interviews_missing__gt=0)


def workshops_overview() -> QuerySet[Workshop]:
    """Every workshop with `taken`, its seats that are taken: one query."""
    taken = Count("registrations", filter=Q(registrations__withdrawn_on__isnull=True))
    return Workshop.objects.annotate(taken=taken)
