"""Sending a document from its page, and the page behind a private link."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.errors import RefusalError
from invoicing.invoices.models import Invoice
from invoicing.invoices.queries import own_invoices
from invoicing.sending.forms import SendForm, addresses_of
from invoicing.sending.models import DocumentSending
from invoicing.sending.queries import preference_of, proposal
from invoicing.sending.rules import may_send
from invoicing.sending.services import choose_sending, download, resend_document, revoke_link, send_document
from invoicing.sending.services.download import TooManyOpeningsError
from members.people.models import User
from members.people.queries import signed_in_user

GONE, TOO_MANY = 404, 429


def _carrier(request: HttpRequest) -> User:
    user = signed_in_user(request)
    require_right(user, Right.USE_OWN_PAGES)
    require_right(user, Right.DRAFT_INVOICES)
    return user


def _own(user: User, pk: int) -> Invoice:
    return get_object_or_404(own_invoices(user), pk=pk)


def _own_sending(user: User, pk: int) -> DocumentSending:
    sendings = DocumentSending.objects.filter(invoice__in=own_invoices(user)).select_related("invoice", "link")
    return get_object_or_404(sendings, pk=pk)


def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the message over, choose who gets it, send it."""
    user = _carrier(request)
    invoice = _own(user, pk)
    if not may_send(user, invoice):
        raise PermissionDenied
    form = SendForm(proposal(invoice), request.POST or None)
    if request.method == "POST" and form.is_valid() and _sent(form, invoice, user):
        messages.success(request, "Votre document part par courriel\u00a0: son envoi est suivi sur cette page.")
        return redirect("invoice-detail", pk=pk)
    preference = preference_of(invoice.activity)
    context = {
        "section": "invoices",
        "invoice": invoice,
        "form": form,
        "has_pdf": hasattr(invoice, "file"),
        "is_automatic": preference is not None and preference.is_automatic,
    }
    return render(request, "invoicing/sending/send.html", context)


@require_POST
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    """The same message again."""
    user = _carrier(request)
    sending = _own_sending(user, pk)
    try:
        resend_document(sending=sending, by=user, at=timezone.now())
    except RefusalError as refusal:
        _say(request, refusal)
    else:
        messages.success(request, "Le message est renvoyé.")
    return redirect("invoice-detail", pk=sending.invoice_id)


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Close the link of a message."""
    user = _carrier(request)
    sending = _own_sending(user, pk)
    try:
        revoke_link(link=sending.link, by=user, at=timezone.now())
    except RefusalError as refusal:
        _say(request, refusal)
    else:
        messages.success(request, "Le lien ne s’ouvre plus.")
    return redirect("invoice-detail", pk=sending.invoice_id)


@require_POST
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether the documents of this one's activity leave by themselves from now on."""
    user = _carrier(request)
    invoice = _own(user, pk)
    is_automatic = request.POST.get("automatic") == "1"
    choose_sending(activity=invoice.activity, is_automatic=is_automatic, by=user, at=timezone.now())
    messages.success(
        request,
        "Vos documents partiront dès leur émission." if is_automatic else "Vous enverrez vos documents vous-même.",
    )
    return redirect("invoice-send", pk=pk)


@login_not_required
@require_safe
def open_link(request: HttpRequest, secret: str) -> HttpResponseBase:
    """The stored PDF behind a private link, byte for byte; a clear page when the link no longer opens."""
    response: HttpResponseBase
    try:
        file = download(secret=secret, at=timezone.now())
    except TooManyOpeningsError:
        response = render(request, "invoicing/sending/too_many.html", status=TOO_MANY)
        response["Retry-After"] = "60"
    else:
        if file is None:
            response = render(request, "invoicing/sending/gone.html", status=GONE)
        else:
            name = f"{file.invoice.number}.pdf".replace("/", "-")
            response = FileResponse(file.pdf.open("rb"), content_type="application/pdf", filename=name)
            response["X-Content-Type-Options"] = "nosniff"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-store"
    return response


def _sent(form: SendForm, invoice: Invoice, user: User) -> bool:
    try:
        send_document(
            invoice=invoice, words=form.words(), to=addresses_of(form.cleaned_data), by=user, at=timezone.now()
        )
    except RefusalError as refusal:
        for reason in refusal.reasons:
            form.add_error(None, reason)
        return False
    return True


def _say(request: HttpRequest, refusal: RefusalError) -> None:
    for reason in refusal.reasons:
        messages.error(request, reason)
