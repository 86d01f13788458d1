"""The quotes of those who carry activities: list, one quote, its sheet."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.mail import messages_about
from invoicing.customers.models import Customer
from invoicing.quotes.enums import QuoteState
from invoicing.quotes.forms import (
    AnswerForm,
    Sheet,
    TemplateForm,
    blank_sheet,
    retyped_sheet,
    sheet_of,
    typed_sheet,
)
from invoicing.quotes.models import Quote
from invoicing.quotes.queries.drafting import QuoteChoices, quote_choices
from invoicing.quotes.queries.pages import of_year, steps_of, years_of
from invoicing.quotes.queries.quotes import (
    adjustments_of,
    lines_of,
    matching,
    offered_templates,
    own_quotes,
    quote_list,
    totals_of,
)
from invoicing.quotes.rules import (
    chapters_of,
    effects_of,
    may_edit,
    may_record_answer,
    may_revise,
    may_send,
    may_withdraw,
    quote_totals,
)
from invoicing.quotes.services import save_draft, send_quote
from invoicing.quotes.views.common import act, carrier, own, pdf_response
from members.people.models import User
from members.people.queries import signed_in_user

PAGE = 25


@require_safe
def quotes(request: HttpRequest) -> HttpResponse:
    """One's quotes by state, customer, year and words, with what the selection sums to."""
    user = carrier(request)
    every = own_quotes(user)
    state, year, words, customer = (request.GET.get(name, "").strip() for name in ("etat", "annee", "q", "client"))
    years = years_of(every)
    narrowed = matching(of_year(every, int(year)) if year in map(str, years) else every, words)
    if customer.isdecimal():
        narrowed = narrowed.filter(customer_id=int(customer))
    found = narrowed.filter(state=state) if state in QuoteState.values else narrowed
    context = {
        "section": "quotes",
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "totals": totals_of(found),
        "states": QuoteState.choices,
        "years": [str(found_year) for found_year in years],
        "state": state,
        "year": year,
        "words": words,
        "customer": customer,
        "query": _query(etat=state, annee=year, q=words, client=customer),
        "state_query": _query(annee=year, q=words, client=customer),
    }
    return render(request, "invoicing/quotes/list.html", context)


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One quote: where it stands, what it says, what may be done with it."""
    user = carrier(request)
    quote = own(user, pk)
    lines, adjustments = lines_of(quote), adjustments_of(quote)
    acceptance = getattr(quote, "acceptance", None)
    context = {
        "section": "quotes",
        "quote": quote,
        "chapters": chapters_of(lines),
        "totals": quote_totals(lines, adjustments=adjustments),
        "effects": effects_of(adjustments, lines),
        "steps": steps_of(quote),
        "acceptance": acceptance,
        "chosen": [choice.line for choice in acceptance.options.select_related("line")] if acceptance else [],
        "refusal": getattr(quote, "refusal", None),
        "next_version": Quote.objects.filter(replaces=quote).first(),
        "mails": messages_about(quote) if quote.number else [],
        "answer": AnswerForm(initial={"answered_on": timezone.localdate()}),
        "template": TemplateForm(initial={"name": quote.subject[:120]}),
        "may_edit": may_edit(user, quote),
        "may_send": may_send(user, quote),
        "may_withdraw": may_withdraw(user, quote),
        "may_record_answer": may_record_answer(user, quote),
        "may_revise": may_revise(user, quote),
    }
    return render(request, "invoicing/quotes/detail.html", context)


def create(request: HttpRequest) -> HttpResponse:
    """A new draft; `client` is already chosen."""
    user = carrier(request)
    require_right(user, Right.DRAFT_INVOICES)
    today = timezone.localdate()
    choices = quote_choices(user, today)
    if not choices.activities:
        messages.warning(request, "Votre compte n’est rattaché à aucune activité\u00a0: parlez-en à la coopérative.")
        return redirect("quote-list")
    if request.method == "POST":
        return _typed(request, user, choices, None)
    sheet = blank_sheet(choices, customer=_asked_customer(request, choices), on=today)
    return _sheet_page(request, sheet, None, user)


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft."""
    user = carrier(request)
    quote = own(user, pk)
    if not may_edit(user, quote):
        raise PermissionDenied
    choices = quote_choices(user, timezone.localdate(), quote)
    if request.method == "POST":
        return _typed(request, user, choices, quote)
    return _sheet_page(request, sheet_of(quote, lines_of(quote), choices), quote, user)


@require_POST
def live_totals(request: HttpRequest) -> HttpResponse:
    """What the lines typed so far amount to, as a fragment of the sheet."""
    user = carrier(request)
    require_right(user, Right.DRAFT_INVOICES)
    sheet = typed_sheet(request.POST, quote_choices(user, timezone.localdate()))
    sheet.is_valid()
    context = {"sheet": sheet, "totals": sheet.totals(), "effects": sheet.effects()}
    return render(request, "invoicing/pricing/totals.html", context)


@require_safe
def pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The stored PDF, byte for byte; while the worker has not rendered it, a page that tries again."""
    every = quote_list(signed_in_user(request)).exclude(state=QuoteState.DRAFT).select_related("file")
    quote = get_object_or_404(every, pk=pk)
    if not hasattr(quote, "file"):
        return render(request, "invoicing/quotes/pdf_pending.html", {"section": "quotes", "quote": quote})
    return pdf_response(quote.file, quote)


def _typed(request: HttpRequest, user: User, choices: QuoteChoices, quote: Quote | None) -> HttpResponse:
    """What the sheet's buttons ask: one more line or new totals, to save, or to save and send."""
    action = request.POST.get("action", "save")
    if action in {"add-line", "refresh"}:
        more_lines = 1 if action == "add-line" else 0
        return _sheet_page(request, retyped_sheet(request.POST, choices, more_lines=more_lines), quote, user)
    sheet = typed_sheet(request.POST, choices)
    draft = _saved(sheet, user, quote) if sheet.is_valid() else None
    if draft is None:
        return _sheet_page(request, sheet, quote, user)
    if action == "send":
        return act(
            request,
            lambda: send_quote(quote=draft, by=user, on=timezone.localdate()),
            done="Votre devis a son numéro\u00a0: transmettez-le à votre client.",
            then=redirect("quote-detail", pk=draft.pk),
            refused=redirect("quote-edit", pk=draft.pk),
        )
    messages.success(request, "Votre brouillon est enregistré.")
    return redirect("quote-detail", pk=draft.pk)


def _saved(sheet: Sheet, user: User, quote: Quote | None) -> Quote | None:
    try:
        return save_draft(quote=quote, content=sheet.content(), by=user)
    except RefusalError as refusal:
        for reason in refusal.reasons:
            sheet.heading.add_error(None, reason)
    return None


def _sheet_page(request: HttpRequest, sheet: Sheet, quote: Quote | None, user: User) -> HttpResponse:
    context = {
        "section": "quotes",
        "sheet": sheet,
        "quote": quote,
        "totals": sheet.totals(),
        "effects": sheet.effects(),
        "templates": offered_templates(user) if quote is None else [],
    }
    return render(request, "invoicing/quotes/form.html", context)


def _asked_customer(request: HttpRequest, choices: QuoteChoices) -> Customer | None:
    asked = request.GET.get("client", "")
    return next((customer for customer in choices.customers if str(customer.pk) == asked), None)


def _query(**values: str) -> str:
    kept = urlencode({name: value for name, value in values.items() if value})
    return f"{kept}&" if kept else ""
