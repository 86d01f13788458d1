"""The page at which a customer reads and answers a quote, by its private link: no account, nothing indexed."""

import base64
import binascii
from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST, require_safe

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.tokens import count_use, live_link
from invoicing.quotes.forms import RefusalForm, SignatureForm
from invoicing.quotes.models import QuoteLink
from invoicing.quotes.queries.pages import frozen_quote
from invoicing.quotes.queries.quotes import adjustments_of, lines_of
from invoicing.quotes.rules import Visitor, may_answer_online, quote_totals
from invoicing.quotes.services import accept_online, refuse_online
from invoicing.quotes.views.common import pdf_response
from invoicing.rendering.quote import printed_quote

PNG = "data:image/png;base64,"
MAX_AGENT = 300

LinkView = Callable[[HttpRequest, QuoteLink, str], HttpResponseBase]


def _by_link(view: LinkView) -> Callable[[HttpRequest, str], HttpResponseBase]:
    """A page that a private link opens: 404 when it opens nothing, 429 when it is opened too often."""

    @wraps(view)
    def opened(request: HttpRequest, secret: str) -> HttpResponseBase:
        now = timezone.now()
        link = live_link(
            QuoteLink.objects.select_related("quote__activity", "quote__customer", "created_by"), secret=secret, at=now
        )
        if link is None:
            response: HttpResponseBase = render(request, "invoicing/quotes/public_closed.html", status=404)
        elif not count_use(link=link, at=now):
            response = render(request, "invoicing/quotes/public_busy.html", status=429)
        else:
            response = view(request, link, secret)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "same-origin"
        return response

    return login_not_required(never_cache(csrf_protect(opened)))


@_by_link
@require_safe
def read(request: HttpRequest, link: QuoteLink, secret: str) -> HttpResponse:
    """The quote, and how to answer it while it is on offer."""
    return _page(request, link, secret)


@_by_link
@require_safe
def pdf(request: HttpRequest, link: QuoteLink, secret: str) -> HttpResponseBase:  # noqa: ARG001
    """The stored PDF; while it is not rendered, the page says so."""
    if not hasattr(link.quote, "file"):
        return render(request, "invoicing/quotes/public_pending.html", status=503)
    return pdf_response(link.quote.file, link.quote)


@_by_link
@require_safe
def conditions(request: HttpRequest, link: QuoteLink, secret: str) -> HttpResponseBase:  # noqa: ARG001
    """The PDF of the general conditions that went with the quote."""
    found = link.quote.conditions
    if found is None or not found.pdf:
        return render(request, "invoicing/quotes/public_closed.html", status=404)
    with found.pdf.open("rb") as stored:
        return HttpResponse(stored.read(), content_type="application/pdf")


@_by_link
@require_POST
def totals(request: HttpRequest, link: QuoteLink, secret: str) -> HttpResponse:  # noqa: ARG001
    """What the quote comes to with the options ticked, as a fragment."""
    amounts = quote_totals(lines_of(link.quote), _options(request), adjustments_of(link.quote))
    return render(request, "invoicing/pricing/amounts.html", {"totals": amounts})


@_by_link
@require_POST
def accept(request: HttpRequest, link: QuoteLink, secret: str) -> HttpResponse:
    """Sign."""
    form = SignatureForm(request.POST)
    if not form.is_valid():
        return _page(request, link, secret, signature=form)
    try:
        accept_online(
            link=link,
            name=form.cleaned_data["name"],
            options=_options(request),
            drawing=_drawing(form.cleaned_data["drawing"]),
            visitor=_visitor(request),
            at=timezone.now(),
        )
    except RefusalError as refusal:
        for reason in refusal.reasons:
            form.add_error(None, reason)
        return _page(request, link, secret, signature=form)
    return redirect("quote-public", secret)


@_by_link
@require_POST
def refuse(request: HttpRequest, link: QuoteLink, secret: str) -> HttpResponse:
    """Decline."""
    form = RefusalForm(request.POST, prefix="refus")
    if not form.is_valid():
        return _page(request, link, secret, refusal=form)
    try:
        refuse_online(link=link, **form.cleaned_data, visitor=_visitor(request), at=timezone.now())
    except RefusalError as refusal:
        for reason in refusal.reasons:
            form.add_error(None, reason)
        return _page(request, link, secret, refusal=form)
    return redirect("quote-public", secret)


def _page(
    request: HttpRequest,
    link: QuoteLink,
    secret: str,
    *,
    signature: SignatureForm | None = None,
    refusal: RefusalForm | None = None,
) -> HttpResponse:
    quote = link.quote
    quote.refresh_from_db(fields=["state"])
    lines, frozen = lines_of(quote), frozen_quote(quote)
    acceptance = getattr(quote, "acceptance", None)
    chosen = set(acceptance.options.values_list("line_id", flat=True)) if acceptance else _options(request)
    context = printed_quote(frozen) | {
        "record": quote,
        "frozen": frozen,
        "secret": secret,
        "is_open": may_answer_online(quote, timezone.localdate()),
        "option_lines": [line for line in lines if line.is_option],
        "chosen": chosen,
        "totals": quote_totals(lines, chosen, adjustments_of(quote)),
        "acceptance": acceptance,
        "signature": signature or SignatureForm(),
        "refusal": refusal or RefusalForm(prefix="refus"),
        "conditions": quote.conditions,
    }
    return render(request, "invoicing/quotes/public.html", context)


def _options(request: HttpRequest) -> set[int]:
    return {int(key) for key in request.POST.getlist("options") if key.isdecimal()}


def _drawing(sent: str) -> bytes | None:
    """The picture that the browser sends, None without one; what cannot be decoded is refused by the service."""
    if not sent:
        return None
    try:
        return base64.b64decode(sent.removeprefix(PNG), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _visitor(request: HttpRequest) -> Visitor:
    return Visitor(
        ip_address=request.META.get("REMOTE_ADDR") or "0.0.0.0",  # noqa: S104  no address is known
        user_agent=request.headers.get("User-Agent", "")[:MAX_AGENT],
    )
