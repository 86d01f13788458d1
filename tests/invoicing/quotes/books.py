"""Quotes in every state, for tests: written through the services, with sensible values."""

import io
from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone
from PIL import Image, ImageDraw

from invoicing.quotes.models import Quote, QuoteAcceptance, QuoteLink
from invoicing.quotes.rules import QuoteContent, QuoteDraftLine, Visitor
from invoicing.quotes.services import accept_online, open_link, save_draft, send_quote
from members.activities.models import Activity
from members.cooperative.models import Cooperative
from members.people.models import User
from tests.invoicing.factories import DAY, accountant, make_customer, make_selling_activity, vat
from tests.members.factories import make_cooperative

VISITOR = Visitor(ip_address="203.0.113.7", user_agent="Navigateur de test")


def noon(day: date) -> datetime:
    """Midday of that day, in the cooperative's time."""
    return timezone.make_aware(datetime.combine(day, time(12)))


def line(
    label: str = "Pose d’un parquet",
    quantity: str = "20",
    unit_price: str = "45",
    code: str = "FR20",
    **fields: Any,  # noqa: ANN401
) -> QuoteDraftLine:
    """Twenty units at 45 €, at 20 %, unless said otherwise."""
    return QuoteDraftLine(
        label=label, quantity=Decimal(quantity), unit_price=Decimal(unit_price), vat_code=vat(code), **fields
    )


def draft_quote(
    activity: Activity | None = None,
    *,
    lines: Sequence[QuoteDraftLine] | None = None,
    by: User | None = None,
    quote: Quote | None = None,
    **fields: Any,  # noqa: ANN401
) -> Quote:
    """A complete draft, valid thirty days from DAY, to a new customer, unless said otherwise."""
    if not Cooperative.objects.exists():
        make_cooperative()
    activity = activity or make_selling_activity()
    if "customer" not in fields:
        fields["customer"] = make_customer(activity)
    fields.setdefault("valid_until", DAY + timedelta(days=30))
    content = QuoteContent(activity=activity, lines=[line()] if lines is None else lines, **fields)
    return save_draft(quote=quote, content=content, by=by or accountant())


def sent_quote(activity: Activity | None = None, *, on: date = DAY, **content: Any) -> Quote:  # noqa: ANN401
    """A quote on offer since that day."""
    draft = draft_quote(activity, **content)
    return send_quote(quote=draft, by=draft.created_by, on=on)


def link_of(quote: Quote, *, at: datetime | None = None) -> QuoteLink:
    """A private link of this quote."""
    open_link(quote=quote, by=accountant(), at=at or noon(DAY))
    return quote.links.order_by("-pk")[0]


def accept(quote: Quote, options: Collection[int] = (), *, on: date = DAY) -> QuoteAcceptance:
    """Accepted online by the name typed."""
    return accept_online(
        link=link_of(quote, at=noon(on)),
        name="Élodie Bernard",
        options=options,
        drawing=None,
        visitor=VISITOR,
        at=noon(on),
    )


def drawing(ink: tuple[int, ...] = (20, 20, 80, 255)) -> bytes:
    """A signature as a browser's canvas gives it; without ink, a blank canvas."""
    picture = Image.new("RGBA", (300, 120))
    ImageDraw.Draw(picture).line([(20, 90), (120, 20), (280, 100)], fill=ink, width=4)
    encoded = io.BytesIO()
    picture.save(encoded, "PNG")
    return encoded.getvalue()
