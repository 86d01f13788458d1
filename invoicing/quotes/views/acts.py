"""What is done to a quote from its page: sent, shared, withdrawn, copied, kept as a template, answered by hand."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.errors import RefusalError
from invoicing.quotes.forms import AnswerForm, TemplateForm
from invoicing.quotes.models import Quote
from invoicing.quotes.queries.drafting import quote_choices
from invoicing.quotes.queries.quotes import offered_templates
from invoicing.quotes.rules import may_edit, may_record_answer, may_revise, may_send, may_withdraw
from invoicing.quotes.services import (
    accept_by_hand,
    delete_draft,
    delete_template,
    draft_from_template,
    duplicate_quote,
    mail_quote,
    open_link,
    refuse_by_hand,
    revise_quote,
    save_as_template,
    send_quote,
    withdraw_quote,
)
from invoicing.quotes.views.common import act, carrier, own


def _require(*, allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied


@require_POST
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Number and freeze a draft."""
    user = carrier(request)
    quote = own(user, pk)
    _require(allowed=may_send(user, quote))
    return act(
        request,
        lambda: send_quote(quote=quote, by=user, on=timezone.localdate()),
        done="Votre devis a son numéro\u00a0: transmettez-le à votre client.",
        then=redirect("quote-detail", pk=pk),
    )


@require_POST
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    """Write to the customer."""
    user = carrier(request)
    quote = own(user, pk)
    _require(allowed=may_withdraw(user, quote))
    to = request.POST.get("to", "").replace(";", ",").split(",")
    return act(
        request,
        lambda: mail_quote(
            quote=quote,
            to=[address for address in map(str.strip, to) if address],
            address_of=lambda secret: request.build_absolute_uri(reverse("quote-public", args=[secret])),
            by=user,
            at=timezone.now(),
        ),
        done="Le message part avec le lien privé et le PDF.",
        then=redirect("quote-detail", pk=pk),
    )


@require_POST
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a private address and show it once."""
    user = carrier(request)
    quote = own(user, pk)
    _require(allowed=may_withdraw(user, quote))
    try:
        secret = open_link(quote=quote, by=user, at=timezone.now())
    except RefusalError as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
    else:
        address = request.build_absolute_uri(reverse("quote-public", args=[secret]))
        messages.success(request, f"Copiez ce lien maintenant, il ne sera plus montré\u00a0: {address}")
    return redirect("quote-detail", pk=pk)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an offer back."""
    user = carrier(request)
    quote = own(user, pk)
    _require(allowed=may_withdraw(user, quote))
    return act(
        request,
        lambda: withdraw_quote(quote=quote, reason=request.POST.get("reason", ""), by=user),
        done="Le devis est retiré\u00a0: son lien le dit à votre client.",
        then=redirect("quote-detail", pk=pk),
    )


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    user = carrier(request)
    quote = own(user, pk)
    _require(allowed=may_edit(user, quote))
    return act(
        request,
        lambda: delete_draft(quote=quote, by=user),
        done="Le brouillon est supprimé.",
        then=redirect("quote-list"),
        refused=redirect("quote-detail", pk=pk),
    )


@require_POST
def duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    """A new draft that says the same."""
    user = carrier(request)
    quote = own(user, pk)
    require_right(user, Right.DRAFT_INVOICES)
    return _begun(request, lambda: duplicate_quote(quote=quote, by=user, on=timezone.localdate()), back=quote)


@require_POST
def revise(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft of the next version."""
    user = carrier(request)
    quote = own(user, pk)
    _require(allowed=may_revise(user, quote))
    return _begun(request, lambda: revise_quote(quote=quote, by=user, on=timezone.localdate()), back=quote)


@require_POST
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the lines and terms as a template."""
    user = carrier(request)
    quote = own(user, pk)
    require_right(user, Right.DRAFT_INVOICES)
    form = TemplateForm(request.POST)
    name = form.cleaned_data["name"] if form.is_valid() else ""
    return act(
        request,
        lambda: save_as_template(quote=quote, name=name, by=user),
        done="Le modèle est enregistré\u00a0: il s’offre au prochain devis.",
        then=redirect("quote-detail", pk=pk),
    )


@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft from a template, for the activity of the template or one's first."""
    user = carrier(request)
    require_right(user, Right.DRAFT_INVOICES)
    template = get_object_or_404(offered_templates(user), pk=pk)
    today = timezone.localdate()
    activities = quote_choices(user, today).activities
    activity = template.activity or (activities[0] if activities else None)
    _require(allowed=activity is not None)
    assert activity is not None  # noqa: S101  what stands above, for the types
    return _begun(
        request,
        lambda: draft_from_template(template=template, activity=activity, customer=None, by=user, on=today),
        back=None,
    )


@require_POST
def drop_template(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer a template no more."""
    user = carrier(request)
    template = get_object_or_404(offered_templates(user), pk=pk)
    return act(
        request,
        lambda: delete_template(template=template, by=user),
        done="Le modèle est supprimé.",
        then=redirect("quote-create"),
    )


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Note what the customer answered on paper: a yes with the signed document, or a no."""
    user = carrier(request)
    quote = own(user, pk)
    _require(allowed=may_record_answer(user, quote))
    form = AnswerForm(request.POST, request.FILES)
    if not form.is_valid():
        for field in form.errors.values():
            messages.error(request, " ".join(map(str, field)))
        return redirect("quote-detail", pk=pk)
    typed = form.cleaned_data
    common = {"quote": quote, "name": typed["name"], "answered_on": typed["answered_on"]}
    if request.POST.get("action") == "refuse":
        return act(
            request,
            lambda: refuse_by_hand(**common, reason=typed["reason"], by=user, at=timezone.now()),
            done="Le refus est noté.",
            then=redirect("quote-detail", pk=pk),
        )
    signed = typed["signed"].read() if typed["signed"] else b""
    options = [int(key) for key in request.POST.getlist("options") if key.isdecimal()]
    return act(
        request,
        lambda: accept_by_hand(**common, options=options, signed=signed, by=user, at=timezone.now()),
        done="L’accord est noté avec le document signé.",
        then=redirect("quote-detail", pk=pk),
    )


def _begun(request: HttpRequest, service: Callable[[], Quote], *, back: Quote | None) -> HttpResponse:
    """Open the draft that a service begins, or say why it did not."""
    try:
        draft = service()
    except RefusalError as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
        return redirect("quote-detail", pk=back.pk) if back else redirect("quote-create")
    return redirect("quote-edit", pk=draft.pk)
