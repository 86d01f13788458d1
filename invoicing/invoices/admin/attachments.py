"""What stands below a document on its page: its files, and its history."""

from __future__ import annotations

from typing import Any

from cae_backoffice.core.audit import history_of
from invoicing.invoices.forms import attachments_context
from invoicing.invoices.models import Invoice
from members.people.models import User


def below_document(user: User, invoice: Invoice | None) -> dict[str, Any]:
    """Nothing while it is being created."""
    if invoice is None:
        return {"events": ()}
    return {"events": history_of(invoice)[:20], **attachments_context(user, invoice)}
