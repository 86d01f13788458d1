"""The files that go with a document: added, taken away and read by all who may, on whichever side they work."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cae_backoffice.core.errors import RefusalError
from invoicing.invoices.enums import AttachmentFormat, AttachmentKind
from invoicing.invoices.forms import AttachmentForm
from invoicing.invoices.models import Invoice
from invoicing.invoices.queries import invoice_list, own_invoices
from invoicing.invoices.queries.attachments import attachment_list
from invoicing.invoices.rules.attachments import EXTENSIONS, may_attach, may_detach
from invoicing.invoices.services import attach_file, remove_attachment
from members.people.models import User
from members.people.queries import signed_in_user


@require_POST
def attach(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a file to a document."""
    user = signed_in_user(request)
    invoice = get_object_or_404(invoice_list(user), pk=pk)
    if not may_attach(user, invoice):
        raise PermissionDenied
    form = AttachmentForm(request.POST, request.FILES)
    reasons = [str(reason) for reasons in form.errors.values() for reason in reasons]
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            attach_file(
                invoice=invoice,
                kind=AttachmentKind(form.cleaned_data["kind"]),
                name=file.name,
                content=file.read(),
                on=timezone.localdate(),
                by=user,
            )
        except RefusalError as refusal:
            reasons = list(refusal.reasons)
    return _back(request, user, invoice, reasons, done="La pièce est jointe.")


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file away from a draft."""
    user = signed_in_user(request)
    attachment = get_object_or_404(attachment_list(user), pk=pk)
    if not may_detach(user, attachment.invoice):
        raise PermissionDenied
    reasons: list[str] = []
    try:
        remove_attachment(attachment=attachment, by=user)
    except RefusalError as refusal:
        reasons = list(refusal.reasons)
    return _back(request, user, attachment.invoice, reasons, done="La pièce est retirée.")


@require_safe
def file(request: HttpRequest, pk: int) -> FileResponse:
    """The file as it is kept."""
    attachment = get_object_or_404(attachment_list(signed_in_user(request)), pk=pk)
    response = FileResponse(
        attachment.file.open("rb"),
        content_type=attachment.format,
        filename=f"{attachment.name}.{EXTENSIONS[AttachmentFormat(attachment.format)]}",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-cache"
    return response


def _back(request: HttpRequest, user: User, invoice: Invoice, reasons: list[str], *, done: str) -> HttpResponse:
    """To the document, where the person works on it, with what became of the file."""
    for reason in reasons:
        messages.error(request, reason)
    if not reasons:
        messages.success(request, done)
    is_own = own_invoices(user).filter(pk=invoice.pk).exists()
    return redirect("invoice-detail" if is_own else "admin:invoicing_invoice_change", invoice.pk)
