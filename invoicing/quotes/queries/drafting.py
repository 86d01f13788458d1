"""What someone who writes quotes may choose from."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from invoicing.customers.models import Customer, DeliveryAddress
from invoicing.customers.queries import customer_list, delivery_addresses
from invoicing.pricing.models import VatCode
from invoicing.quotes.models import Quote, QuoteLine
from members.activities.models import Activity
from members.people.models import User


@dataclass(frozen=True)
class QuoteChoices:
    """Their activities, those activities' customers and places, and the VAT codes, most used first."""

    activities: tuple[Activity, ...]
    customers: tuple[Customer, ...]
    addresses: tuple[DeliveryAddress, ...]
    vat_codes: tuple[VatCode, ...]


def quote_choices(user: User, on: date, quote: Quote | None = None) -> QuoteChoices:
    """What may be chosen on a quote of one's own activities; what the draft already names stays offered."""
    activities = tuple(Activity.objects.carried_by(user.pk))
    offered = Q(is_archived=False) | Q(pk=quote.customer_id if quote else None)
    uses = (
        QuoteLine.objects.filter(vat_code=OuterRef("pk"), quote__activity__in=activities)
        .order_by()
        .values("vat_code")
        .annotate(times=Count("pk"))
        .values("times")
    )
    in_force = Q(pk__in=VatCode.objects.in_force(on).values("pk"))
    named = Q(pk__in=QuoteLine.objects.filter(quote=quote).values("vat_code"))
    vat_codes = VatCode.objects.filter(in_force | named).annotate(uses=Coalesce(Subquery(uses), 0))
    return QuoteChoices(
        activities=activities,
        customers=tuple(customer_list(user).filter(offered, activity__in=activities)),
        addresses=tuple(delivery_addresses(user).filter(customer__activity__in=activities)),
        vat_codes=tuple(vat_codes.order_by("-uses", "-rate", "category", "code")),
    )
