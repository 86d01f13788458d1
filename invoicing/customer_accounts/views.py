"""The list of customers, the account of each, and the private page of the customer itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.tokens import count_use
from invoicing.customer_accounts.forms import LinkForm
from invoicing.customer_accounts.models import CustomerLink
from invoicing.customer_accounts.queries import (
    customer_account,
    link_of_secret,
    open_quotes,
    owing,
    shown_document,
    standing_link,
)
from invoicing.customer_accounts.services import give_link, merge_customers, revoke_link
from invoicing.customers.enums import CustomerKind
from invoicing.customers.models import Customer
from invoicing.customers.queries import customer_list, matching, own_customers
from invoicing.customers.views.carrier import signed_in_carrier
from invoicing.quotes.services import open_link
from invoicing.rendering.wording import IBAN_GROUPS, grouped
from members.activities.models import Activity
from members.cooperative.queries import the_cooperative
from members.people.queries import signed_in_user

PAGE = 25
DUE, ARCHIVED = "du", "archives"
STATES = {DUE: "Reste dû", ARCHIVED: "Archivés"}
PRIVATE = {"X-Robots-Tag": "noindex, nofollow", "Cache-Control": "no-store", "Referrer-Policy": "same-origin"}


@require_safe
def customers(request: HttpRequest) -> HttpResponse:
    """One's customers, searched by name, SIREN or city, of a kind, with something due; archived ones when asked for."""
    user = signed_in_carrier(request)
    words, kind, state = (request.GET.get(name, "").strip() for name in ("q", "type", "etat"))
    kind = kind if kind in CustomerKind.values else ""
    state = state if state in STATES else ""
    found = matching(own_customers(user), words)
    if kind:
        found = found.filter(kind=kind)
    found = owing(found, user, on=timezone.localdate()) if state == DUE else found.filter(is_archived=state == ARCHIVED)
    context = {
        "section": "customers",
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "words": words,
        "kind": kind,
        "kinds": CustomerKind.choices,
        "state": state,
        "states": STATES.items(),
        "state_query": _query(q=words, type=kind),
        "query": _query(q=words, type=kind, etat=state),
        "several_activities": Activity.objects.carried_by(user.pk).count() > 1,
    }
    return render(request, "invoicing/customer_accounts/list.html", context)


@require_safe
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """What a customer was invoiced, paid and owes, its documents, contacts and private link."""
    return _account_page(request, _customer(request, pk))


@require_POST
def give(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a new private link, shown this once: the page is the answer, nothing is kept of the secret."""
    customer = _customer(request, pk)
    form = LinkForm(request.POST)
    secret = ""
    if form.is_valid():
        try:
            secret = give_link(
                customer=customer, days=form.cleaned_data["days"], at=timezone.now(), by=signed_in_user(request)
            )
        except RefusalError as refusal:
            _add_errors(form, refusal)
    url = request.build_absolute_uri(reverse("portal", args=[secret])) if secret else ""
    return _account_page(request, customer, form=form, link_url=url)


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the private link back."""
    customer = _customer(request, pk)
    try:
        revoke_link(customer=customer, at=timezone.now(), by=signed_in_user(request))
    except RefusalError as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
    else:
        messages.success(request, "Le lien privé n’ouvre plus rien.")
    return redirect("customer-account", pk=pk)


def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Make one customer of two: this one is kept, `avec` is merged into it."""
    kept = _customer(request, pk)
    typed = request.POST.get("avec") or request.GET.get("avec", "")
    merged = get_object_or_404(customer_list(signed_in_user(request)), pk=typed if typed.isdecimal() else 0)
    reasons: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            merge_customers(kept=kept, merged=merged, at=timezone.now(), by=signed_in_user(request))
        except RefusalError as refusal:
            reasons = refusal.reasons
        else:
            messages.success(request, f"{merged} est fusionné avec {kept}.")
            return redirect("customer-account", pk=kept.pk)
    context = {"section": "customers", "kept": kept, "merged": merged, "pair": (kept, merged), "reasons": reasons}
    return render(request, "invoicing/customer_accounts/merge.html", context)


@login_not_required
@require_safe
def portal(request: HttpRequest, secret: str) -> HttpResponse:
    """The customer's own page: what it owes, how to pay, its documents. Unknown, expired or revoked: one answer."""
    now = timezone.now()
    link = link_of_secret(secret, now)
    refusal = _refusal(request, link, now)
    if link is None or refusal:
        return refusal or HttpResponse(status=404)
    the_seller = the_cooperative()
    context = {
        "secret": secret,
        "customer": link.customer,
        "activity": link.customer.activity,
        "account": customer_account(link.customer, on=timezone.localdate()),
        "quotes": open_quotes(link.customer, on=timezone.localdate()),
        "seller": the_seller,
        "expires_at": link.expires_at,
        "iban": grouped(the_seller.iban, IBAN_GROUPS) if the_seller else "",
    }
    return _private_page(request, "portal", context)


@login_not_required
@require_safe
def portal_pdf(request: HttpRequest, secret: str, pk: int) -> HttpResponseBase:
    """The stored PDF of one of the documents that the customer's page lists, byte for byte."""
    now = timezone.now()
    link = link_of_secret(secret, now)
    refusal = _refusal(request, link, now)
    if link is None or refusal:
        return refusal or HttpResponse(status=404)
    document = shown_document(link.customer, pk, on=timezone.localdate())
    if document is None or not hasattr(document, "file"):
        raise Http404
    name = f"{document.number}.pdf".replace("/", "-")
    headers = {**PRIVATE, "X-Content-Type-Options": "nosniff"}
    return FileResponse(
        document.file.pdf.open("rb"), content_type="application/pdf", filename=name, as_attachment=True, headers=headers
    )


@login_not_required
@require_POST
def portal_quote(request: HttpRequest, secret: str, pk: int) -> HttpResponse:
    """Go on to the private page of an open quote, where the customer reads and answers it.

    The link to it is made in the name of whoever gave the customer theirs, and ends with the quote.
    """
    now = timezone.now()
    link = link_of_secret(secret, now)
    refusal = _refusal(request, link, now)
    if link is None or refusal:
        return refusal or HttpResponse(status=404)
    quote = get_object_or_404(open_quotes(link.customer, on=timezone.localdate()), pk=pk)
    return redirect("quote-public", open_link(quote=quote, by=link.given_by, at=now))


def _refusal(request: HttpRequest, link: CustomerLink | None, now: datetime) -> HttpResponse | None:
    """The page that says why nothing opens, if so; an opening is counted."""
    if link is None:
        return _private_page(request, "closed", {"seller": the_cooperative()}, status=404)
    if not count_use(link=link, at=now):
        return _private_page(request, "closed", {"seller": the_cooperative(), "too_often": True}, status=429)
    return None


def _private_page(request: HttpRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page that no search engine, cache or next site learns of."""
    response = render(request, f"invoicing/customer_accounts/{name}.html", context, status=status)
    for header, value in PRIVATE.items():
        response[header] = value
    return response


def _customer(request: HttpRequest, pk: int) -> Customer:
    user = signed_in_user(request)
    require_right(user, Right.MANAGE_CUSTOMERS)
    return get_object_or_404(customer_list(user), pk=pk)


def _account_page(
    request: HttpRequest, customer: Customer, *, form: forms.Form | None = None, link_url: str = ""
) -> HttpResponse:
    context: dict[str, Any] = {
        "section": "customers",
        "customer": customer,
        "account": customer_account(customer, on=timezone.localdate()),
        "contacts": customer.contacts.all(),
        "link": standing_link(customer),
        "now": timezone.now(),
        "form": form or LinkForm(),
        "link_url": link_url,
    }
    response = render(request, "invoicing/customer_accounts/account.html", context)
    response["Cache-Control"] = "no-store"  # it may show a secret
    return response


def _query(**values: str) -> str:
    kept = urlencode({name: value for name, value in values.items() if value})
    return f"{kept}&" if kept else ""


def _add_errors(form: forms.Form, refusal: RefusalError) -> None:
    for reason in refusal.reasons:
        form.add_error(None, reason)
