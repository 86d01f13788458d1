"""What higher rooms add to the page of a document: the document's own room does not know them."""

from typing import Any

from django import template
from django.template.context import RequestContext

from invoicing.einvoicing.queries import timeline
from invoicing.einvoicing.rules import may_record_status
from invoicing.invoices.models import Invoice

register = template.Library()


@register.inclusion_tag("invoicing/einvoicing/timeline.html")
def own_timeline(invoice: Invoice) -> dict[str, Any]:
    """The life of an issued document after its issue, on the page of whoever carries the activity."""
    return {"statuses": timeline(invoice)}


@register.inclusion_tag("admin/invoicing/einvoicing/timeline.html", takes_context=True)
def staff_timeline(context: RequestContext, invoice: Invoice) -> dict[str, Any]:
    """The same on the staff's page, with the way to add a status."""
    return {
        "invoice": invoice,
        "statuses": timeline(invoice),
        "may_record": may_record_status(context["request"].user),
    }
