"""Customers suspected to be one: candidates found set by set in the database, then compared one by one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Left, Replace

from cae_backoffice.core.likeness import name_key
from invoicing.customers.enums import Likeness
from invoicing.customers.models import Customer, DistinctPair
from invoicing.customers.queries.customers import customer_list, own_customers
from invoicing.customers.rules import IDENTITY, Identity, likeness_of
from members.activities.models import Activity
from members.people.models import User

HEAD, WORD = 8, 3
SHOWN = 5
BLOCK = 5000
"""Customers among which pairs are looked for at once: some tenths of a second."""
ORDER = {kind: rank for rank, kind in enumerate(Likeness)}

# Two customers of one activity are compared when they share an identifier; or, as one of them has no SIREN, when
# their names begin alike, or their first and last words do in either order, or they live at one number of a postcode.
CANDIDATES = """
    WITH known AS MATERIALIZED (
        SELECT id, activity_id, siren, vat_number, postcode, is_archived,
               left(replace(name_key, ' ', ''), 8) AS head,
               least(first_word, last_word) || ' ' || greatest(first_word, last_word) AS ends,
               coalesce(substring(street FROM '[0-9]+'), '') AS house
        FROM invoicing_customer, LATERAL (
            SELECT left(split_part(name_key, ' ', 1), 3) AS first_word,
                   left(split_part(name_key, ' ', -1), 3) AS last_word
        ) AS words
        WHERE merged_into_id IS NULL AND activity_id = ANY(%(activities)s)
    ), pairs AS (
        SELECT a.id AS one, b.id AS other FROM known AS a JOIN known AS b USING (activity_id, siren)
        WHERE siren <> '' AND a.id < b.id AND NOT (a.is_archived AND b.is_archived)
        UNION
        SELECT a.id, b.id FROM known AS a JOIN known AS b USING (activity_id, vat_number)
        WHERE vat_number <> '' AND a.id < b.id AND NOT (a.is_archived AND b.is_archived)
        UNION
        SELECT least(a.id, b.id), greatest(a.id, b.id) FROM known AS a JOIN known AS b USING (activity_id, head)
        WHERE a.siren = '' AND head <> '' AND a.id <> b.id AND NOT (a.is_archived AND b.is_archived)
        UNION
        SELECT least(a.id, b.id), greatest(a.id, b.id)
        FROM known AS a JOIN known AS b USING (activity_id, ends)
        WHERE a.siren = '' AND ends <> ' ' AND a.id <> b.id AND NOT (a.is_archived AND b.is_archived)
        UNION
        SELECT least(a.id, b.id), greatest(a.id, b.id)
        FROM known AS a JOIN known AS b USING (activity_id, postcode, house)
        WHERE a.siren = '' AND a.id <> b.id AND NOT (a.is_archived AND b.is_archived)
    )
    SELECT one, other FROM pairs
    WHERE NOT EXISTS (SELECT FROM invoicing_distinctpair WHERE first_id = one AND second_id = other)
"""


@dataclass(frozen=True)
class SuspectedPair:
    """Two customers of one activity that may be one; the older record first."""

    first: Customer
    second: Customer
    kind: Likeness

    @property
    def customers(self) -> tuple[Customer, Customer]:
        """Both."""
        return self.first, self.second


@dataclass(frozen=True)
class SimilarCustomer:
    """A customer that looks like the one being typed, and why."""

    customer: Customer
    kind: Likeness


@dataclass(frozen=True)
class Block:
    """Activities among whose customers pairs are looked for at once, by their names; those of the first and last."""

    activities: tuple[int, ...]
    first: str
    last: str


def blocks_of_activities(user: User, *, activity: Activity | None = None) -> list[Block]:
    """The activities whose customers someone may see, by name, cut so that no block has more than `BLOCK` customers.

    An activity that has more by itself is a block alone. One that has a single customer is left out.
    """
    counts = customer_list(user).order_by().values_list("activity", "activity__name").annotate(number=Count("pk"))
    if activity:
        counts = counts.filter(activity=activity)
    blocks: list[list[tuple[int, str]]] = []
    total = BLOCK
    for pk, name, number in counts.filter(number__gt=1).order_by("activity__name", "activity"):
        if total + number > BLOCK:
            blocks.append([])
            total = 0
        blocks[-1].append((pk, name))
        total += number
    return [Block(tuple(pk for pk, _ in block), block[0][1], block[-1][1]) for block in blocks]


def suspected_pairs(user: User, *, activities: Sequence[int]) -> list[SuspectedPair]:
    """The pairs among the customers of these activities that someone may see, the surest first."""
    return _pairs(customer_list(user), activities)


def own_suspected_pairs(user: User) -> list[SuspectedPair]:
    """The pairs among the customers of the activities that someone carries."""
    carried = Activity.objects.carried_by(user.pk).values_list("pk", flat=True)
    return _pairs(own_customers(user), list(carried))


def similar_customers(customer: Customer) -> list[SimilarCustomer]:
    """The customers of the same activity that look like one being written, the surest first; at most five.

    Not those it was said to be distinct from, nor those merged into another.
    """
    found = (
        SimilarCustomer(other, kind)
        for other in _candidates_for(customer)
        if (kind := likeness_of(customer, other)) is not None
    )
    return sorted(found, key=lambda similar: (ORDER[similar.kind], similar.customer.search))[:SHOWN]


def _pairs(visible: QuerySet[Customer], activities: Sequence[int]) -> list[SuspectedPair]:
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, {"activities": list(activities)})
        candidates: list[tuple[int, int]] = cursor.fetchall()
    identities = _identities(visible, {pk for pair in candidates for pk in pair})
    alike = [(one, other, kind) for one, other in candidates if (kind := _kind(identities, one, other))]
    customers = visible.in_bulk({pk for one, other, _ in alike for pk in (one, other)})
    pairs = (SuspectedPair(customers[one], customers[other], kind) for one, other, kind in alike)
    return sorted(pairs, key=lambda pair: (ORDER[pair.kind], pair.first.search, pair.first.pk))


def _identities(visible: QuerySet[Customer], ids: set[int]) -> dict[int, Identity]:
    """What is compared, without the weight of the records: candidates are many more than pairs."""
    rows: Iterable[Any] = visible.filter(pk__in=ids).order_by().values_list("pk", *IDENTITY, named=True)
    return {row.pk: row for row in rows}


def _kind(identities: dict[int, Identity], one: int, other: int) -> Likeness | None:
    return likeness_of(identities[one], identities[other]) if one in identities and other in identities else None


def _candidates_for(customer: Customer) -> QuerySet[Customer]:
    """As `CANDIDATES`, for one."""
    key = name_key(customer.name)
    words = key.split()
    near = Q(postcode=customer.postcode)
    if words:
        first, last = words[0][:WORD], words[-1][:WORD]
        near |= Q(head=key.replace(" ", "")[:HEAD]) | Q(name_key__startswith=first, name_key__contains=last)
        near |= Q(name_key__startswith=last, name_key__contains=first)
    same = [Q(**{name: value}) for name in ("siren", "vat_number") if (value := getattr(customer, name))]
    for condition in same:
        near |= condition
    pair = DistinctPair.objects.filter(
        Q(first=customer.pk, second=OuterRef("pk")) | Q(second=customer.pk, first=OuterRef("pk"))
    )
    return (
        Customer.objects.standing()
        .filter(activity_id=customer.activity_id)
        .annotate(head=Left(Replace(F("name_key"), Value(" "), Value("", output_field=TextField())), HEAD))
        .filter(near)
        .exclude(pk=customer.pk)
        .exclude(Exists(pair))
    )
