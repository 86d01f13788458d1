"""Lists of quotes, one quote to be written or answered, and what an accepted quote sells."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import ZERO
from cae_backoffice.core.text import search_key
from invoicing.pricing.rules import TypedAdjustment, typed_adjustment
from invoicing.quotes.enums import QuoteState
from invoicing.quotes.models import GeneralConditions, Quote, QuoteLine, QuoteTemplate
from members.activities.models import Activity
from members.people.models import User


@dataclass(frozen=True)
class SelectionTotals:
    """How many quotes a list holds, and what they sum to."""

    quotes: int
    net: Decimal
    gross: Decimal


def quote_list(user: User) -> QuerySet[Quote]:
    """The quotes someone may see, the latest first, with customer and activity."""
    return Quote.objects.visible_to(user).select_related("customer", "activity")


def own_quotes(user: User) -> QuerySet[Quote]:
    """The quotes of the activities that someone carries, whatever else their roles let them see."""
    return quote_list(user).filter(activity__in=Activity.objects.carried_by(user.pk))


def matching(quotes: QuerySet[Quote], words: str) -> QuerySet[Quote]:
    """Those whose number, subject or customer holds every word."""
    for word in search_key(words).split():
        quotes = quotes.filter(Q(search__contains=word) | Q(customer__search__contains=word))
    return quotes


def totals_of(quotes: QuerySet[Quote]) -> SelectionTotals:
    """How many quotes, and what they sum to."""
    sums = quotes.order_by().aggregate(quotes=Count("pk"), net=Sum("net"), gross=Sum("gross"))
    return SelectionTotals(quotes=sums["quotes"], net=sums["net"] or ZERO, gross=sums["gross"] or ZERO)


def locked_quote(quote: Quote) -> Quote:
    """The quote as it stands now, locked to the end of the transaction, with what it refers to."""
    found = (
        Quote.objects.select_for_update(of=("self",))
        .select_related("activity__logo", "customer", "delivery_address", "replaces", "conditions")
        .defer("activity__logo__png")
        .filter(pk=quote.pk)
        .first()
    )
    if found is None:
        raise RefusalError("Ce brouillon a été supprimé entre-temps.")
    return found


def lines_of(quote: Quote) -> list[QuoteLine]:
    """The lines of a quote in their order, with their VAT codes."""
    return list(quote.lines.select_related("vat_code").order_by("position"))


def adjustments_of(quote: Quote) -> list[TypedAdjustment]:
    """The discounts and charges on a quote, as they were typed."""
    return [typed_adjustment(stored) for stored in quote.adjustments.order_by("position")]


def accepted_lines(quote: Quote) -> QuerySet[QuoteLine]:
    """What an accepted quote sells: its lines but for the options that were not chosen, in their order."""
    return (
        QuoteLine.objects.filter(quote=quote, quote__state=QuoteState.ACCEPTED)
        .filter(Q(is_option=False) | Q(choice__isnull=False))
        .select_related("vat_code")
        .order_by("position")
    )


def outlived_quotes(on: date) -> QuerySet[Quote]:
    """Quotes that wait for an answer after their last day of validity."""
    return Quote.objects.filter(state=QuoteState.SENT, valid_until__lt=on).order_by("pk")


def conditions_for(activity: Activity, on: date) -> GeneralConditions | None:
    """The general conditions that a quote of this activity carries that day, if there are any."""
    return GeneralConditions.objects.in_force(activity, on).first()


def offered_templates(user: User) -> QuerySet[QuoteTemplate]:
    """The templates from which someone may begin: their activities' and the cooperative's."""
    return QuoteTemplate.objects.visible_to(user).select_related("activity")
