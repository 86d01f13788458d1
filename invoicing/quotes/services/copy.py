"""Beginning a quote from another one, or from a template."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from cae_backoffice.core.errors import RefusalError
from invoicing.customers.models import Customer
from invoicing.customers.rules import kept_customer
from invoicing.quotes.enums import QuoteState
from invoicing.quotes.models import Quote, QuoteLine, QuoteTemplate, QuoteTemplateLine
from invoicing.quotes.queries.quotes import adjustments_of, lines_of, locked_quote
from invoicing.quotes.rules import VALIDITY_DAYS, QuoteContent, QuoteDraftLine, may_revise
from invoicing.quotes.services.save_draft import LINE_TEXTS, LINE_VALUES, save_draft
from invoicing.quotes.services.transition import refuse_unless
from members.activities.models import Activity
from members.people.models import User

COPIED = (
    "activity",
    "customer",
    "delivery_address",
    "subject",
    "introduction",
    "execution",
    "sale_setting",
    "payment_terms",
    "deposit_percent",
    "retention_percent",
    "fee",
    "terms",
)
OF_TEMPLATE = ("subject", "introduction", "execution", "payment_terms", "deposit_percent", "retention_percent", "terms")


def duplicate_quote(*, quote: Quote, by: User, on: date) -> Quote:
    """A new draft that says the same, valid for the usual time from that day; a customer put away is left out."""
    content = _content_of(quote, on)
    if content.customer and content.customer.is_archived:
        content = replace(content, customer=None, delivery_address=None)
    return save_draft(quote=None, content=content, by=by)


@transaction.atomic
def revise_quote(*, quote: Quote, by: User, on: date) -> Quote:
    """The draft of the next version of a sent quote, which it replaces once it is sent in its turn.

    The draft that exists already is given back. Refused: a quote that was accepted or replaced.
    """
    current = locked_quote(quote)
    refuse_unless(allowed=may_revise(by, current), verb="réviser", quote=current)
    next_version = Quote.objects.filter(replaces=current, state=QuoteState.DRAFT).first()
    if next_version:
        return next_version
    draft = save_draft(quote=None, content=_content_of(current, on), by=by)
    draft.replaces, draft.version = current, current.version + 1
    draft.save(update_fields=["replaces", "version"])
    return draft


def draft_from_template(
    *, template: QuoteTemplate, activity: Activity, customer: Customer | None, by: User, on: date
) -> Quote:
    """A draft with the lines and terms of a template, valid from that day. Refused: another activity's template."""
    if template.activity_id not in {None, activity.pk}:
        raise RefusalError("Ce modèle est celui d’une autre activité.")
    content = QuoteContent(
        activity=activity,
        customer=customer,
        valid_until=on + timedelta(days=template.validity_days),
        lines=draft_lines(template.lines.select_related("vat_code").order_by("position")),
        **{name: getattr(template, name) for name in OF_TEMPLATE},
    )
    return save_draft(quote=None, content=content, by=by)


def draft_lines(lines: Iterable[QuoteLine | QuoteTemplateLine]) -> list[QuoteDraftLine]:
    """Stored lines as they were typed."""
    return [QuoteDraftLine(vat_code=line.vat_code, **_typed(line)) for line in lines]


def _typed(line: QuoteLine | QuoteTemplateLine) -> dict[str, Any]:
    """What was typed but for the VAT code; a template's line names no product."""
    return {name: getattr(line, name, None) for name in (*LINE_TEXTS, *LINE_VALUES)}


def _content_of(quote: Quote, on: date) -> QuoteContent:
    copied = {name: getattr(quote, name) for name in COPIED}
    if quote.customer:
        copied["customer"] = kept_customer(quote.customer)
    return QuoteContent(
        valid_until=on + timedelta(days=VALIDITY_DAYS),
        lines=draft_lines(lines_of(quote)),
        adjustments=adjustments_of(quote),
        **copied,
    )
