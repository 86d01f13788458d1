"""The members in numbers, on a day and over a period: one query a subject, whatever the number of people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Case, CharField, Count, DateField, F, Func, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Left, NullIf

from members.activities.enums import Sector
from members.activities.models import SplitShare
from members.activities.queries import in_force
from members.associates.enums import MemberStatus
from members.associates.queries import Member, members_overview
from members.contracts.enums import ContractEnd
from members.figures.enums import Topic
from members.figures.rules import Cohort, age_bands
from members.figures.rules import Count as Line

GONE_OR_COMING = [MemberStatus.CANDIDATE, MemberStatus.LEFT]
COHORT_YEARS = (1, 2, 3, 5)

# A person's life in the cooperative: from the first contract or admission to the last day of all of them. Contracts
# that begin after the day asked about are not known yet.
LIVES = """
    WITH spell AS (
        SELECT person_id, starts_on, ends_on, end_reason FROM members_contract WHERE starts_on <= %(on)s
        UNION ALL
        SELECT person_id, admitted_on, ended_on, '' FROM members_admission WHERE admitted_on <= %(on)s
    ), life AS (
        SELECT person_id, min(starts_on) AS entered_on,
               CASE WHEN bool_or(ends_on IS NULL OR ends_on >= %(on)s) THEN NULL ELSE max(ends_on) END AS left_on,
               (array_agg(end_reason ORDER BY ends_on DESC NULLS LAST, end_reason DESC))[1] AS reason
        FROM spell GROUP BY person_id
    )
"""

MOVED = f"""{LIVES}
    SELECT 'ENTRY', coalesce(contract.kind, ''), person.gender, count(*)
    FROM life JOIN members_person AS person ON person.id = life.person_id
    LEFT JOIN LATERAL (SELECT kind FROM members_contract AS c
                       WHERE c.person_id = life.person_id AND c.starts_on = life.entered_on ORDER BY kind LIMIT 1
    ) AS contract ON true
    WHERE life.entered_on BETWEEN %(starts_on)s AND %(on)s GROUP BY 1, 2, 3
    UNION ALL
    SELECT 'EXIT', life.reason, person.gender, count(*)
    FROM life JOIN members_person AS person ON person.id = life.person_id
    WHERE life.left_on BETWEEN %(starts_on)s AND %(on)s GROUP BY 1, 2, 3
    ORDER BY 1, 2, 3
"""  # noqa: S608  the text has no value in it

SURVIVAL = f"""{LIVES}
    SELECT extract(year FROM entered_on)::int, year.n, count(*),
           count(*) FILTER (WHERE left_on IS NULL OR left_on >= entered_on + make_interval(years => year.n)),
           bool_and(entered_on + make_interval(years => year.n) <= %(on)s)
    FROM life CROSS JOIN unnest(%(years)s) AS year(n)
    GROUP BY 1, 2 ORDER BY 1 DESC, 2
"""  # noqa: S608  the text has no value in it


class _Age(Func):
    """Full years from the birth to a day."""

    template = "extract(year FROM age(%(expressions)s))::int"
    output_field = IntegerField()


def headcount(*, on: date) -> dict[Topic, list[Line]]:
    """Those present that day by status, age, sector and territory: four queries.

    Whoever has activities in two sectors counts in both. The territory is the department of the postcode.
    """
    present = members_overview(on=on).exclude(status__in=GONE_OR_COMING).order_by()
    ages = _grouped(present, _Age(Cast(Value(on), DateField()), F("birth_date")))
    return {
        Topic.STATUS: [
            *_lines(_grouped(present, F("status")), {status.value: str(status.label) for status in MemberStatus})
        ],
        Topic.AGE: age_bands(ages),
        Topic.SECTOR: _sectors(present, on),
        Topic.TERRITORY: _lines(_grouped(present, _department()), {"": "Sans adresse"}),
    }


def movements(*, starts_on: date, ends_on: date) -> dict[Topic, list[Line]]:
    """Entries by first contract, exits by what ended the last one, from a day to a day: one query.

    Whoever comes back was never out for these numbers: an exit is the end of everything as known on the last day.
    """
    names = {
        Topic.ENTRY: {"": "Associé sans contrat", "CAPE": "CAPE", "CESA": "CESA", "WORK": "Contrat de travail"},
        Topic.EXIT: {"": "Motif non précisé", **{reason.value: str(reason.label) for reason in ContractEnd}},
    }
    with connection.cursor() as cursor:
        cursor.execute(MOVED, {"starts_on": starts_on, "on": ends_on})
        rows = cursor.fetchall()
    return {
        topic: _lines([row[1:] for row in rows if row[0] == topic.value], names[topic])
        for topic in (Topic.ENTRY, Topic.EXIT)
    }


def survival(*, on: date) -> list[Cohort]:
    """For each year, how many entered and were still there one, two, three and five years later: one query."""
    cohorts: dict[int, dict[str, Any]] = {}
    with connection.cursor() as cursor:
        cursor.execute(SURVIVAL, {"on": on, "years": list(COHORT_YEARS)})
        for year, _, entered, stayed, is_over in cursor.fetchall():
            found = cohorts.setdefault(year, {"year": year, "entered": entered, "present": []})
            found["present"].append(stayed if is_over else None)
    return [Cohort(**found | {"present": tuple(found["present"])}) for found in cohorts.values()]


def _grouped(people: QuerySet[Member], key: Any) -> list[tuple[Any, str, int]]:  # noqa: ANN401  an expression
    counted = people.values(key=key, sex=F("gender")).annotate(people=Count("pk", distinct=True))
    return list(counted.order_by("key", "sex").values_list("key", "sex", "people"))


def _department() -> Case:
    """Two digits of the postcode; three overseas."""
    overseas = Q(postcode__startswith="97") | Q(postcode__startswith="98")
    return Case(When(overseas, then=Left("postcode", 3)), default=Left("postcode", 2), output_field=CharField())


def _sectors(present: QuerySet[Member], on: date) -> list[Line]:
    shares = SplitShare.objects.filter(in_force(on, "convention__"), person__in=present.values("pk"))
    counted = (
        shares.values(key=NullIf(F("convention__activity__sector"), Value("")), sex=F("person__gender"))
        .annotate(people=Count("person", distinct=True))
        .order_by("key", "sex")
        .values_list("key", "sex", "people")
    )
    return _lines(counted, {sector.value: str(sector.label) for sector in Sector})


def _lines(rows: Iterable[tuple[Any, str, int]], names: dict[str, str]) -> list[Line]:
    """One line a key in the order of the names, then of the other keys."""
    found: dict[str, dict[str, int]] = {}
    for key, gender, people in rows:
        found.setdefault(key or "", {})[gender] = people
    order = [*(name for name in names if name in found), *(key for key in found if key not in names)]
    return [
        Line(names.get(key, key), found[key].get("F", 0), found[key].get("M", 0), found[key].get("X", 0))
        for key in order
    ]
