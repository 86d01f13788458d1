"""Who may vote at this moment, the quorum, the minutes, and who must be admitted at which assembly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypedDict, cast

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    DateField,
    F,
    Func,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, Lead

from members.assemblies.enums import AdmissionCall, Presence
from members.assemblies.models import (
    AdmissionProposal,
    Assembly,
    Convocation,
    NominalVote,
    RadarMember,
    Resolution,
    Tally,
)
from members.assemblies.rules import Quorum, quorum_required
from members.associates.models import CollegeMembership
from members.associates.queries import associates_on, members_overview
from members.cooperative.models import Statutes
from members.cooperative.queries import statutes_on
from members.people.models import User

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

SITS = [Presence.PRESENT, Presence.REMOTE]
REPRESENTED = Q(presence=Presence.ABSENT, given_proxy__holder__presence__in=SITS)


class Called(TypedDict):
    """What the radar adds to a person's standing: the call, and the last planned assembly before the deadline."""

    status: str
    deadline_on: date
    days_left: int
    activity_names: str
    call: str
    assembly_id: int | None
    assembly_held_on: date | None


class Calling(TypedDict):
    """What `assemblies_to_come` adds: the first day that is too late to be called by this assembly."""

    admits_until: date


if TYPE_CHECKING:
    AssemblyToCome = WithAnnotations[Assembly, Calling]
    RadarRow = WithAnnotations[RadarMember, Called]
else:
    AssemblyToCome = Assembly
    RadarRow = RadarMember


class _YearAfter(Func):
    template = "(%(expressions)s + interval '12 months')::date"
    output_field = DateField()


def convened_people(record_on: date) -> list[tuple[int, int | None]]:
    """Person and college of every associate of a day, in the order of a directory: one query."""
    college = (
        CollegeMembership.objects.filter(person=OuterRef("person"), starts_on__lte=record_on)
        .exclude(ends_on__lt=record_on)
        .values("college")[:1]
    )
    found = associates_on(record_on).annotate(college_id=Subquery(college)).order_by("person__search", "person_id")
    return list(found.values_list("person_id", "college_id"))


def attendance(assembly: Assembly) -> QuerySet[Convocation]:
    """Everyone convened, with their college, the holder of their proxy and `proxies_held`: one query."""
    return (
        Convocation.objects.filter(assembly=assembly)
        .select_related("person", "college", "given_proxy__holder__person")
        .annotate(proxies_held=Count("held_proxies"))
        .order_by("person__search", "person_id")
    )


def entitled(assembly: Assembly) -> QuerySet[Convocation]:
    """Who may vote at this moment: those who sit, and the absent whose proxy's holder sits."""
    return Convocation.objects.filter(Q(presence__in=SITS) | REPRESENTED, assembly=assembly)


@dataclass(frozen=True)
class Voice:
    """A voice that somebody may raise: their own or one entrusted to them; where it counts, and where it has been."""

    seat: Convocation
    is_own: bool
    may_vote: bool
    voted_in: frozenset[int]


def own_convocations(user: User) -> QuerySet[Convocation]:
    """The assemblies to which the person of an account is convened, the latest first."""
    return (
        Convocation.objects.filter(person__user=user)
        .select_related("assembly", "college", "given_proxy__holder__person")
        .order_by("-assembly__held_on", "-assembly_id")
    )


def voices_of(user: User, assembly: Assembly) -> list[Voice]:
    """One's own voice first, then those that absent associates entrusted: three queries."""
    seats = (
        Convocation.objects.filter(Q(person__user=user) | Q(given_proxy__holder__person__user=user), assembly=assembly)
        .select_related("person", "college")
        .prefetch_related("signatures")
    )
    there = set(entitled(assembly).filter(pk__in=seats.values("pk")).values_list("pk", flat=True))
    voices = [
        Voice(
            seat=seat,
            is_own=seat.person.user_id == user.pk,
            may_vote=seat.pk in there,
            voted_in=frozenset(signature.resolution_id for signature in seat.signatures.all()),
        )
        for seat in seats
    ]
    return sorted(voices, key=lambda voice: (not voice.is_own, voice.seat.person.search))


def quorum_of(assembly: Assembly, statutes: Statutes | None = None) -> Quorum | None:
    """The quorum at this moment; None while the assembly is not convened or has no statutes."""
    statutes = statutes or statutes_on(assembly.held_on)
    if statutes is None or assembly.convened_on is None:
        return None
    counted = Convocation.objects.filter(assembly=assembly).aggregate(
        convened=Count("pk"),
        present=Count("pk", filter=Q(presence=Presence.PRESENT)),
        remote=Count("pk", filter=Q(presence=Presence.REMOTE)),
        represented=Count("pk", filter=REPRESENTED),
    )
    return Quorum(required=quorum_required(counted["convened"], statutes, assembly), **counted)


def agenda(assembly: Assembly) -> QuerySet[Resolution]:
    """The resolutions in order, with what was counted and whom they admit."""
    return (
        Resolution.objects.filter(assembly=assembly)
        .prefetch_related(
            Prefetch("tallies", Tally.objects.select_related("college").order_by("college__name", "pk")),
            Prefetch("proposals", AdmissionProposal.objects.select_related("person", "college").order_by("pk")),
            Prefetch(
                "nominal_votes", NominalVote.objects.select_related("voter__person").order_by("voter__person__search")
            ),
        )
        .order_by("number")
    )


def voted_counts(assembly: Assembly) -> dict[int, int]:
    """How many have voted, openly or secretly, on each resolution of an assembly: one query."""
    counted = Resolution.objects.filter(assembly=assembly).annotate(
        votes=Count("nominal_votes", distinct=True) + Count("signatures", distinct=True)
    )
    return dict(counted.values_list("pk", "votes"))


def assemblies_to_come(on: date) -> QuerySet[AssemblyToCome]:
    """Planned or convened from that day on, the next one first, each with `admits_until`.

    An assembly must admit those whose deadline falls before the one after it; the last one planned, those whose
    deadline falls within the year that follows, when another annual assembly is due.
    """
    after = Window(Lead("held_on"), order_by=[F("held_on").asc(), F("pk").asc()])
    coming = Assembly.objects.filter(held_on__gte=on, closed_on=None).annotate(
        admits_until=Coalesce(after, _YearAfter("held_on"), output_field=DateField())
    )
    return cast("QuerySet[AssemblyToCome]", coming.order_by("held_on", "pk"))


def admission_radar(*, on: date) -> QuerySet[RadarRow]:
    """Everyone whose three-year deadline runs that day, with `Called`: the nearest deadline first.

    The few assemblies to come are read first and stand in the query as dates: two queries, whatever the number.
    """
    latest_first = list(assemblies_to_come(on))[::-1]
    before_any = Q(deadline_on__lt=latest_first[-1].held_on) if latest_first else Q(deadline_on__gte=on)
    called = (Q(deadline_on__gte=assembly.held_on, deadline_on__lt=assembly.admits_until) for assembly in latest_first)
    people = members_overview(on=on).filter(deadline_on__isnull=False)
    radar = people.annotate(
        assembly_id=Case(
            *(When(deadline_on__gte=assembly.held_on, then=Value(assembly.pk)) for assembly in latest_first),
            default=None,
            output_field=BigIntegerField(),
        ),
        assembly_held_on=Case(
            *(When(deadline_on__gte=assembly.held_on, then=Value(assembly.held_on)) for assembly in latest_first),
            default=None,
            output_field=DateField(),
        ),
        call=Case(
            When(deadline_on__lt=on, then=Value(AdmissionCall.OVERDUE.value)),
            When(before_any, then=Value(AdmissionCall.NO_ASSEMBLY.value)),
            *(When(condition, then=Value(AdmissionCall.AT_ASSEMBLY.value)) for condition in called),
            default=Value(AdmissionCall.LATER.value),
            output_field=CharField(),
        ),
    )
    return cast("QuerySet[RadarRow]", radar.order_by("deadline_on", "search"))


def admissions_due(*, on: date) -> dict[int, int]:
    """How many people must be admitted at each assembly to come: two queries."""
    due = admission_radar(on=on).filter(call=AdmissionCall.AT_ASSEMBLY).order_by().values("assembly_id")
    counted = due.annotate(people=Count("pk")).values_list("assembly_id", "people")
    return {assembly: people for assembly, people in counted if assembly is not None}
