"""The register on any day: who holds what, the capital and its floor. One query each, whatever the number of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Max, OuterRef, Q, QuerySet, Subquery, Sum

from cae_backoffice.core.money import ZERO
from cae_backoffice.core.text import search_key
from members.activities.queries import in_force
from members.people.models import Person
from members.shares.models import ShareClass, ShareMovement, ShareNominal
from members.shares.rules import Holding, capital_floor

HELD = """
    SELECT movement.person_id, sum(movement.quantity) AS shares, sum(movement.quantity * n.nominal) AS value,
           sum(movement.paid) AS paid
    FROM members_sharemovement AS movement
    JOIN members_sharenominal AS n ON n.share_class_id = movement.share_class_id
         AND n.starts_on <= %(on)s AND (n.ends_on IS NULL OR n.ends_on >= %(on)s)
    WHERE movement.effective_on <= %(on)s
    GROUP BY movement.person_id
"""

REGISTER = f"""
    WITH held AS ({HELD})
    SELECT person.id, person.first_name, person.last_name, admission.admitted_on, gone.ended_on,
           coalesce(held.shares, 0), coalesce(held.value, 0), coalesce(held.paid, 0),
           count(*) OVER (), count(admission.id) OVER (),
           coalesce(sum(held.shares) OVER (), 0), coalesce(sum(held.value) OVER (), 0),
           coalesce(sum(held.paid) OVER (), 0)
    FROM members_person AS person
    LEFT JOIN held ON held.person_id = person.id AND held.shares > 0
    LEFT JOIN members_admission AS admission ON admission.person_id = person.id
         AND admission.admitted_on <= %(on)s AND (admission.ended_on IS NULL OR admission.ended_on >= %(on)s)
    LEFT JOIN LATERAL (
        SELECT max(a.ended_on) AS ended_on FROM members_admission AS a
        WHERE held.person_id IS NOT NULL AND admission.id IS NULL AND a.person_id = person.id AND a.ended_on < %(on)s
    ) AS gone ON true
    WHERE (held.person_id IS NOT NULL OR admission.id IS NOT NULL) AND person.search LIKE %(search)s
    ORDER BY person.search, person.id
    LIMIT %(limit)s OFFSET %(offset)s
"""  # noqa: S608  the text has no value in it

CAPITAL = """
    WITH event AS (
        SELECT share_class_id, effective_on AS day, quantity AS shares, 0 AS nominal
        FROM members_sharemovement WHERE effective_on <= %(on)s
        UNION ALL
        SELECT share_class_id, starts_on, 0,
               nominal - lag(nominal, 1, 0) OVER (PARTITION BY share_class_id ORDER BY starts_on)
        FROM members_sharenominal WHERE starts_on <= %(on)s
    ), daily AS (
        SELECT share_class_id, day, sum(shares) AS shares, sum(nominal) AS nominal FROM event GROUP BY 1, 2
    ), valued AS (
        SELECT share_class_id, day, sum(shares) OVER earlier * sum(nominal) OVER earlier AS value
        FROM daily WINDOW earlier AS (PARTITION BY share_class_id ORDER BY day)
    ), step AS (
        SELECT day, value - lag(value, 1, 0) OVER (PARTITION BY share_class_id ORDER BY day) AS change FROM valued
    ), capital AS (
        SELECT day, sum(sum(change)) OVER (ORDER BY day) AS total FROM step GROUP BY day
    )
    SELECT coalesce((SELECT total FROM capital ORDER BY day DESC LIMIT 1), 0), coalesce(max(total), 0) FROM capital
"""

LARGEST = f"""
    WITH held AS ({HELD})
    SELECT person_id, value, sum(value) OVER () FROM held ORDER BY value DESC, person_id LIMIT 1
"""  # noqa: S608  the text has no value in it


@dataclass(frozen=True)
class Holder:
    """One line of the register: an associate, or somebody who no longer is one and still holds shares. In euros."""

    person_id: int
    first_name: str
    last_name: str
    admitted_on: date | None
    left_on: date | None
    shares: int
    value: Decimal
    paid: Decimal

    @property
    def unpaid(self) -> Decimal:
        """What remains to be paid."""
        return self.value - self.paid


@dataclass(frozen=True)
class Register:
    """Lines of the register on a day, with the totals of all the lines found, shown or not."""

    on: date
    holders: tuple[Holder, ...]
    count: int
    associates: int
    shares: int
    value: Decimal
    paid: Decimal


@dataclass(frozen=True)
class Capital:
    """The capital on a day, the highest it ever was until then, and the floor that follows from it. In euros."""

    amount: Decimal
    highest: Decimal

    @property
    def floor(self) -> Decimal:
        """A quarter of the highest (loi 47-1775, art. 13)."""
        return capital_floor(self.highest)


@dataclass(frozen=True)
class LargestHolder:
    """Who holds most of the capital on a day. In euros."""

    person_id: int
    value: Decimal
    capital: Decimal


def register_on(*, on: date, search: str = "", limit: int | None = None, offset: int = 0) -> Register:
    """Associates and holders at the end of that day in the order of a directory: one query.

    `search` is a name, with or without accents. For those who may see every member.
    """
    parameters = {"on": on, "search": f"%{_escaped(search)}%", "limit": limit, "offset": offset}
    rows = _rows(REGISTER, parameters)
    count, associates, shares, value, paid = rows[0][8:] if rows else (0, 0, 0, ZERO, ZERO)
    return Register(
        on=on,
        holders=tuple(Holder(*row[:8]) for row in rows),
        count=count,
        associates=associates,
        shares=int(shares),
        value=value,
        paid=paid,
    )


def capital_on(on: date) -> Capital:
    """The capital at the end of that day: every share at the nominal in force."""
    amount, highest = _rows(CAPITAL, {"on": on})[0]
    return Capital(amount=amount, highest=highest)


def largest_holder(on: date) -> LargestHolder | None:
    """Who holds most at the end of that day; None while there is no share."""
    rows = _rows(LARGEST, {"on": on})
    return LargestHolder(*rows[0]) if rows else None


def holding_of(person: Person, share_class: ShareClass, on: date | None = None) -> Holding:
    """What a person holds of a class at the end of a day, or with all that is recorded."""
    movements = ShareMovement.objects.filter(person=person, share_class=share_class)
    if on is not None:
        movements = movements.filter(effective_on__lte=on)
    return Holding(**movements.aggregate(shares=Sum("quantity", default=0), paid=Sum("paid", default=ZERO)))


def nominal_on(share_class: ShareClass, on: date) -> Decimal | None:
    """The nominal of a share of the class that day, in euros."""
    return ShareNominal.objects.filter(in_force(on), share_class=share_class).values_list("nominal", flat=True).first()


def classes_overview(*, on: date) -> QuerySet[ShareClass]:
    """Every class with `nominal_today`, maybe none, and `shares_held`, those of that day: one query."""
    nominal = ShareNominal.objects.filter(in_force(on), share_class=OuterRef("pk")).values("nominal")[:1]
    held = Sum("movements__quantity", filter=Q(movements__effective_on__lte=on), default=0)
    return ShareClass.objects.annotate(nominal_today=Subquery(nominal), shares_held=held)


def last_movement() -> tuple[int, date | None]:
    """The number and the day of the register's last line; 0 and None while it is empty."""
    last = ShareMovement.objects.aggregate(number=Max("number", default=0), day=Max("effective_on"))
    return last["number"], last["day"]


@dataclass(frozen=True)
class ClassHolding:
    """What a person holds of one class on a day, for the certificate. In euros."""

    share_class: ShareClass
    nominal: Decimal
    holding: Holding

    @property
    def value(self) -> Decimal:
        """At the nominal of the day."""
        return self.holding.value(self.nominal)

    @property
    def unpaid(self) -> Decimal:
        """What remains to be paid."""
        return self.holding.unpaid(self.nominal)


def certificate_lines(person: Person, on: date) -> list[ClassHolding]:
    """Each class of which the person holds shares that day."""
    found = (
        ClassHolding(share_class, nominal_on(share_class, on) or ZERO, holding_of(person, share_class, on))
        for share_class in ShareClass.objects.filter(movements__person=person).distinct()
    )
    return [line for line in found if line.holding.shares]


def _escaped(search: str) -> str:
    return search_key(search.strip()).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _rows(statement: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
