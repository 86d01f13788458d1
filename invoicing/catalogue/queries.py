"""Reading the catalogues."""

from collections.abc import Iterable

from django.db.models import QuerySet

from cae_backoffice.core.text import search_key
from invoicing.catalogue.models import Product
from members.activities.models import Activity
from members.people.models import User

SUGGESTIONS = 8
"""Products that are offered while one types a line."""


def own_products(user: User) -> QuerySet[Product]:
    """The products of the activities that someone carries, archived ones included, whatever else their roles show."""
    return (
        Product.objects.visible_to(user)
        .filter(activity__in=Activity.objects.carried_by(user.pk))
        .select_related("activity", "vat_code")
    )


def matching(products: QuerySet[Product], words: str) -> QuerySet[Product]:
    """Those whose reference or label holds every word."""
    for word in search_key(words).split():
        products = products.filter(search__contains=word)
    return products


def suggestions(user: User, *, activity_id: int | None, words: str) -> list[Product]:
    """The products to offer for these words on a line of this activity; of all one's own without an activity."""
    offered = own_products(user).filter(is_archived=False)
    if activity_id is not None:
        offered = offered.filter(activity_id=activity_id)
    return list(matching(offered, words)[:SUGGESTIONS])


def foreign_products(keys: Iterable[int | None], activity: Activity) -> bool:
    """Whether one of these is no product of the activity."""
    wanted = {key for key in keys if key is not None}
    return bool(wanted) and Product.objects.filter(pk__in=wanted, activity=activity).count() < len(wanted)


def contribution_codes() -> set[str]:
    """The codes under which some product may be left out of a contribution's base."""
    return set(Product.objects.exclude(contribution_code="").values_list("contribution_code", flat=True))
