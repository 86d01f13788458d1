"""Who carries an activity, and what insures it, on a date."""

from datetime import date

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce, Concat

from members.activities.models import Activity, ActivityInsurance, ActivityQuerySet, SplitShare


def in_force(on: date, prefix: str = "") -> Q:
    """The condition that a `starts_on`–`ends_on` row covers a day; `prefix` is the path to the row ("convention__")."""
    return Q(**{f"{prefix}starts_on__lte": on}) & (
        Q(**{f"{prefix}ends_on__isnull": True}) | Q(**{f"{prefix}ends_on__gte": on})
    )


def shares_on(activity: Activity, on: date) -> QuerySet[SplitShare]:
    """The shares of the convention in force that day, with their people; empty when there is none."""
    return (
        SplitShare.objects.filter(in_force(on, "convention__"), convention__activity=activity)
        .select_related("person")
        .order_by("person__search", "person_id")
    )


def decennial_insurance(activity: Activity, on: date) -> ActivityInsurance | None:
    """The decennial insurance that covers the activity that day; of several, the latest to begin."""
    return (
        ActivityInsurance.objects.filter(in_force(on), activity=activity, is_decennial=True)
        .order_by("-starts_on", "-pk")
        .first()
    )


def activities_overview(*, on: date) -> ActivityQuerySet:
    """Every activity with `people_names`, those who carry it that day in one text, maybe empty: one query."""
    names = (
        SplitShare.objects.filter(in_force(on, "convention__"), convention__activity=OuterRef("pk"))
        .order_by()
        .values("convention__activity")
        .annotate(
            names=StringAgg(
                Concat("person__first_name", Value(" "), "person__last_name"), ", ", order_by="person__search"
            )
        )
        .values("names")
    )
    people_names = Coalesce(Subquery(names), Value(""), output_field=TextField())
    return Activity.objects.annotate(people_names=people_names)
