"""What stands below a document on its page: its files, and its history."""

from __future__ import annotations

from typing import Any

from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from cae_backoffice.core.audit import history_of
from invoicing.invoices.enums import AttachmentKind
from invoicing.invoices.forms import attachments_context
from invoicing.invoices.models import Invoice
from members.people.models import User


def below_document(user: User, invoice: Invoice | None) -> dict[str, Any]:
    """Nothing while it is being created."""
    if invoice is None:
        return {"events": ()}
    context = attachments_context(user, invoice)
    if form := context["attachment_form"]:
        accept = form.fields["file"].widget.attrs["accept"]
        form.fields["file"].widget = UnfoldAdminFileFieldWidget(attrs={"accept": accept})
        form.fields["kind"].widget = UnfoldAdminSelectWidget(choices=AttachmentKind.choices)
    return {"events": history_of(invoice)[:20], **context}
