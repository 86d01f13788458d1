"""What the pages of a quote show: its way from draft to answer, and its public page."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, ExtractYear, TruncDate

from cae_backoffice.core.audit import history_of
from invoicing.quotes.models import Quote, QuoteSnapshot
from invoicing.rendering.quote import FrozenQuote, quote_from_json

YEAR = ExtractYear(Coalesce("issued_on", TruncDate("created_at")))
LABELS = {
    "quote.drafted": "Rédigé",
    "quote.sent": "Envoyé",
    "quote.link_opened": "Lien privé créé",
    "quote.mailed": "Envoyé par courriel",
    "quote.accepted": "Accepté",
    "quote.refused": "Refusé",
    "quote.expired": "Expiré",
    "quote.withdrawn": "Retiré",
    "quote.replaced": "Remplacé par une nouvelle version",
}


@dataclass(frozen=True)
class Step:
    """One step of a quote's way."""

    label: str
    happened_at: datetime
    by: str


def steps_of(quote: Quote) -> list[Step]:
    """The way of a quote, the first step first; consecutive writings are one. An online answer is the customer's."""
    steps: list[Step] = []
    last = ""
    for event in reversed(history_of(quote)):
        if event.action in LABELS and not (event.action == last == "quote.drafted"):
            online = event.changes.get("canal") == "ONLINE"
            who = str(event.changes["nom"]) if online else str(event.author)
            steps.append(Step(label=LABELS[event.action], happened_at=event.happened_at, by=who))
            last = event.action
    return steps


def years_of(quotes: QuerySet[Quote]) -> list[int]:
    """The years of the quotes, the latest first: of sending, or of writing as long as they are not sent."""
    return list(quotes.annotate(year=YEAR).order_by("-year").values_list("year", flat=True).distinct())


def of_year(quotes: QuerySet[Quote], year: int) -> QuerySet[Quote]:
    """Those of a year, as `years_of` reckons it."""
    sent = Q(issued_on__year=year)
    return quotes.filter(sent | Q(issued_on__isnull=True, created_at__year=year))


def frozen_quote(quote: Quote) -> FrozenQuote:
    """What was frozen of a sent quote."""
    return quote_from_json(QuoteSnapshot.objects.get(quote=quote).content)
