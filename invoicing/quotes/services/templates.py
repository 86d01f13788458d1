"""Keeping the lines and terms of a quote as a template."""

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.records import save_record
from cae_backoffice.core.text import tidy
from invoicing.catalogue.rules import may_write_for
from invoicing.quotes.models import Quote, QuoteTemplate, QuoteTemplateLine
from invoicing.quotes.queries.quotes import lines_of
from invoicing.quotes.services.copy import OF_TEMPLATE
from invoicing.quotes.services.save_draft import LINE_TEXTS, LINE_VALUES
from members.people.models import User


@transaction.atomic
def save_as_template(*, quote: Quote, name: str, by: User) -> QuoteTemplate:
    """A template of the quote's activity, under a name that none has there. Refused: another's activity, no line."""
    if not may_write_for(by, quote.activity):
        raise RefusalError("Vous n’écrivez pas de modèles pour cette activité.")
    lines = lines_of(quote)
    if not lines:
        raise RefusalError("Un modèle a au moins une ligne.")
    header = {field: getattr(quote, field) for field in OF_TEMPLATE}
    template = save_record(
        instance=QuoteTemplate(activity=quote.activity, name=tidy(name), **header), by=by, action="created"
    )
    kept = (*LINE_TEXTS, *(value for value in LINE_VALUES if value != "product_id"), "position", "vat_code")
    QuoteTemplateLine.objects.bulk_create(
        QuoteTemplateLine(template=template, **{field: getattr(line, field) for field in kept}) for line in lines
    )
    return template


@transaction.atomic
def delete_template(*, template: QuoteTemplate, by: User) -> None:
    """Offer a template no more; the quotes begun from it stay. Refused: the cooperative's, to who keeps no settings."""
    own = template.activity
    if not (may_write_for(by, own) if own else has_right(by, Right.MANAGE_SETTINGS)):
        raise RefusalError("Ce modèle n’est pas le vôtre.")
    audit.record(by=by, action="quotetemplate.deleted", subject=template, changes={"nom": template.name})
    template.delete()
