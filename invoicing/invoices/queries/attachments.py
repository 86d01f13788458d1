"""The files that go with documents."""

from django.db.models import QuerySet

from invoicing.invoices.models import Invoice
from invoicing.invoices.models.attachments import DocumentAttachment
from members.people.models import User


def attachments_of(invoice: Invoice) -> QuerySet[DocumentAttachment]:
    """The files of a document that someone may see, first to last, with who added them."""
    return DocumentAttachment.objects.filter(invoice=invoice).select_related("added_by").order_by("pk")


def attachment_list(user: User) -> QuerySet[DocumentAttachment]:
    """The files that someone may see."""
    return DocumentAttachment.objects.visible_to(user).select_related("invoice__activity")


def joined_kinds(invoice: Invoice) -> set[str]:
    """What is joined to a document."""
    return set(DocumentAttachment.objects.filter(invoice=invoice).order_by().values_list("kind", flat=True))
