"""Where every person stands on a date: status, contract, three-year deadline. One query, whatever the number."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, TypedDict, cast

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    Exists,
    F,
    FilteredRelation,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from cae_backoffice.core.periods import add_months
from members.activities.models import SplitShare
from members.activities.queries import in_force
from members.associates.enums import MemberStatus
from members.associates.models import Admission, College
from members.contracts.enums import ContractKind
from members.contracts.models import Contract
from members.people.models import Person

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class Standing(TypedDict):
    """What `members_overview` adds to a person; the deadline is that of a CESA in force, before the admission."""

    status: str
    contract_kind: str | None
    contract_starts_on: date | None
    contract_ends_on: date | None
    deadline_on: date | None
    days_left: int | None
    activity_names: str


if TYPE_CHECKING:
    Member = WithAnnotations[Person, Standing]
else:
    Member = Person


class _DaysUntil(Func):
    """Days from the second date to the first; negative when it is past."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = IntegerField()


def members_overview(*, on: date) -> QuerySet[Member]:
    """Everyone the cooperative follows, with `Standing` on that day and the adviser: one query.

    ASSOCIATE while an admission is in force; else by the contract in force, CESA before CAPE before WORK; else LEFT if
    a contract or an admission has ended; else CANDIDATE.
    """
    people = Person.objects.select_related("adviser").annotate(
        cesa=_contract_in_force(ContractKind.CESA, on),
        cape=_contract_in_force(ContractKind.CAPE, on),
        work=_contract_in_force(ContractKind.WORK, on),
        admission=FilteredRelation(
            "admissions",
            condition=Q(admissions__admitted_on__lte=on)
            & (Q(admissions__ended_on__isnull=True) | Q(admissions__ended_on__gte=on)),
        ),
    )
    deadline = Case(
        When(admission__isnull=True, then=F("cesa__deadline__deadline_on")), default=None, output_field=DateField()
    )
    overview = people.annotate(
        status=_status(on),
        contract_kind=Coalesce("cesa__kind", "cape__kind", "work__kind"),
        contract_starts_on=Coalesce("cesa__starts_on", "cape__starts_on", "work__starts_on"),
        contract_ends_on=Case(
            When(cesa__isnull=False, then=F("cesa__ends_on")),
            When(cape__isnull=False, then=F("cape__ends_on")),
            default=F("work__ends_on"),
        ),
        deadline_on=deadline,
        days_left=_DaysUntil(deadline, Cast(Value(on), DateField())),
        activity_names=_activity_names(on),
    )
    return cast("QuerySet[Member]", overview)


def status_counts(*, on: date) -> dict[MemberStatus, int]:
    """How many people of each status that day, zeros included."""
    rows = (
        members_overview(on=on).order_by().values("status").annotate(people=Count("pk")).values_list("status", "people")
    )
    counted = dict(rows)
    return {status: counted.get(status.value, 0) for status in MemberStatus}


def deadlines_ahead(*, on: date, months: int) -> QuerySet[Member]:
    """Those whose three-year deadline falls within so many months, or is past; the nearest to act on first."""
    return members_overview(on=on).filter(deadline_on__lte=add_months(on, months)).order_by("deadline_on", "search")


def associates_on(on: date) -> QuerySet[Admission]:
    """The admissions in force that day."""
    return Admission.objects.filter(admitted_on__lte=on).exclude(ended_on__lt=on)


def is_associate(person: Person, on: date) -> bool:
    """Whether an admission is in force that day."""
    return associates_on(on).filter(person=person).exists()


def colleges_on(on: date) -> QuerySet[College]:
    """The voting colleges of that day; none in a cooperative that has no colleges."""
    return College.objects.filter(in_force(on)).order_by("name", "pk")


def _contract_in_force(kind: ContractKind, on: date) -> FilteredRelation:
    """A person has at most one contract of a kind at a time, so that the join adds no row."""
    return FilteredRelation("contracts", condition=Q(contracts__kind=kind) & in_force(on, "contracts__"))


def _status(on: date) -> Case:
    left = Exists(Contract.objects.filter(person=OuterRef("pk"), ends_on__lt=on)) | Exists(
        Admission.objects.filter(person=OuterRef("pk"), ended_on__lt=on)
    )
    return Case(
        When(admission__isnull=False, then=Value(MemberStatus.ASSOCIATE.value)),
        When(cesa__isnull=False, then=Value(MemberStatus.CESA.value)),
        When(cape__isnull=False, then=Value(MemberStatus.CAPE.value)),
        When(work__isnull=False, then=Value(MemberStatus.EMPLOYEE.value)),
        When(left, then=Value(MemberStatus.LEFT.value)),
        default=Value(MemberStatus.CANDIDATE.value),
        output_field=CharField(),
    )


def _activity_names(on: date) -> Coalesce:
    names = (
        SplitShare.objects.filter(in_force(on, "convention__"), person=OuterRef("pk"))
        .order_by()
        .values("person")
        .annotate(names=StringAgg("convention__activity__name", ", ", order_by="convention__activity__search"))
        .values("names")
    )
    return Coalesce(Subquery(names), Value(""), output_field=TextField())
