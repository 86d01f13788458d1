"""Throwing a draft quote away."""

from django.db import transaction

from cae_backoffice.core import audit
from invoicing.quotes.models import Quote
from invoicing.quotes.queries.quotes import locked_quote
from invoicing.quotes.rules import may_edit
from invoicing.quotes.services.transition import refuse_unless
from members.people.models import User


@transaction.atomic
def delete_draft(*, quote: Quote, by: User) -> None:
    """Delete a draft with its lines; the audit trail keeps that it was. Refused: a quote that was sent."""
    current = locked_quote(quote)
    refuse_unless(allowed=may_edit(by, current), verb="supprimer", quote=current)
    audit.record(by=by, action="quote.deleted", subject=current, changes={"objet": current.subject})
    current.delete()
