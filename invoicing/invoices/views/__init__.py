"""The invoices' pages of those who carry activities, and the PDF for everyone who may see it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet, prefetch_related_objects
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.errors import RefusalError
from invoicing.customers.models import Customer
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.forms import Sheet, attachments_context, blank_sheet, retyped_sheet, sheet_of, typed_sheet
from invoicing.invoices.models import Invoice
from invoicing.invoices.models.approvals import SelfApproval
from invoicing.invoices.queries import (
    Choices,
    adjustments_of,
    document_totals,
    draft_print,
    drafting_choices,
    invoice_list,
    matching,
    of_year,
    own_invoices,
    steps_of,
    taken_off_lines,
    totals_of,
    years_of,
)
from invoicing.invoices.queries.approval import self_approval_of
from invoicing.invoices.rules import (
    DraftLine,
    effects_of,
    may_delete,
    may_edit,
    may_request_credit,
    may_submit,
    may_withdraw,
    totals_with,
)
from invoicing.invoices.rules.approval import may_self_approve
from invoicing.invoices.services import (
    ChangedElsewhereError,
    delete_draft,
    issue_own_invoice,
    save_draft,
    submit_invoice,
    withdraw_invoice,
)
from invoicing.pricing.forms import reckoned_lines, sent_adjustments
from invoicing.pricing.rules import chapter_marks
from members.people.models import User
from members.people.queries import signed_in_user

PAGE = 25
KEEP_MINE = (
    "Ouvrez le brouillon dans une autre fenêtre pour le comparer\u00a0; "
    "enregistrez une seconde fois pour le remplacer par ce qui est ci-dessous."
)


def _carrier(request: HttpRequest) -> User:
    """The person signed in, who opens their own pages."""
    user = signed_in_user(request)
    require_right(user, Right.USE_OWN_PAGES)
    return user


def _own(user: User, pk: int) -> Invoice:
    return get_object_or_404(own_invoices(user), pk=pk)


def list_context(request: HttpRequest, every: QuerySet[Invoice], **kept: str) -> dict[str, Any]:
    """These documents by state, year and words, with what the selection sums to; `kept` stays in the addresses.

    The page itself is shown by a room above, which knows what was paid.
    """
    state, year, words = (request.GET.get(name, "").strip() for name in ("etat", "annee", "q"))
    years = years_of(every)
    narrowed = matching(of_year(every, int(year)) if year in map(str, years) else every, words)
    found = narrowed.filter(state=state) if state in InvoiceState.values else narrowed
    return {
        "section": "invoices",
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "totals": totals_of(found),
        "states": InvoiceState.choices,
        "years": [str(found_year) for found_year in years],
        "state": state,
        "year": year,
        "words": words,
        "query": _query(etat=state, annee=year, q=words, **kept),
        "state_query": _query(annee=year, q=words, **kept),
    }


def detail_context(user: User, invoice: Invoice) -> dict[str, Any]:
    """One document: where it stands, what it says, what may be done with it; shown as `list_context` is."""
    lines = list(invoice.lines.select_related("vat_code"))
    prefetch_related_objects([invoice], "adjustments")
    return {
        "section": "invoices",
        "invoice": invoice,
        "lines": lines,
        "rows": list(zip(lines, chapter_marks(lines), strict=True)),
        "effects": effects_of(adjustments_of(invoice), lines),
        "totals": document_totals(invoice, lines),
        "steps": steps_of(invoice),
        "corrections": invoice.corrections.filter(state=InvoiceState.ISSUED, within=None).order_by("pk"),
        "may_edit": may_edit(user, invoice),
        "may_submit": may_submit(user, invoice),
        "own_right": _own_right(user, invoice),
        "may_withdraw": may_withdraw(user, invoice),
        **attachments_context(user, invoice),
        "may_delete": may_delete(user, invoice),
        "may_correct": may_request_credit(user, invoice),
        "may_recur": invoice.kind != InvoiceKind.CREDIT_NOTE,
    }


def _own_right(user: User, invoice: Invoice) -> SelfApproval | None:
    """The personal right under which this draft may be issued without the cooperative, if there is one."""
    right = self_approval_of(user, timezone.localdate())
    return right if may_self_approve(user, invoice, right) else None


def create(request: HttpRequest) -> HttpResponse:
    """A new draft; `client` is already chosen."""
    user = _carrier(request)
    require_right(user, Right.DRAFT_INVOICES)
    choices = drafting_choices(user, timezone.localdate())
    if not choices.activities:
        messages.warning(request, "Votre compte n’est rattaché à aucune activité\u00a0: parlez-en à la coopérative.")
        return redirect("invoice-list")
    if request.method == "POST":
        invoice = _saved_meanwhile(request, user)
        return _typed(
            request, user, drafting_choices(user, timezone.localdate(), invoice) if invoice else choices, invoice
        )
    chosen = request.GET.get("activite", "")
    activity = next((activity for activity in choices.activities if str(activity.pk) == chosen), None)
    sheet = blank_sheet(choices, activity=activity, customer=_asked_customer(request, choices))
    return _sheet_page(request, sheet, None)


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft; `client` is the customer just created for it."""
    user = _carrier(request)
    invoice = _own(user, pk)
    if not may_edit(user, invoice):
        raise PermissionDenied
    choices = drafting_choices(user, timezone.localdate(), invoice)
    if request.method == "POST":
        return _typed(request, user, choices, invoice)
    lines = list(invoice.lines.filter(deducts=None).select_related("vat_code"))
    sheet = sheet_of(invoice, lines, choices, customer=_asked_customer(request, choices))
    return _sheet_page(request, sheet, invoice)


@require_POST
def live_totals(request: HttpRequest) -> HttpResponse:
    """What the lines typed so far amount to, as a fragment of the sheet."""
    user = _carrier(request)
    require_right(user, Right.DRAFT_INVOICES)
    invoice = _saved_meanwhile(request, user)
    lines = reckoned_lines(request.POST)
    standing = [DraftLine(**vars(line)) for line in lines if line]
    adjustments = sent_adjustments(request.POST).typed_adjustments()
    context = {
        "nets": [line.net if line else None for line in lines],
        "totals": totals_with(adjustments, [*standing, *(taken_off_lines(invoice) if invoice else ())]),
        "effects": effects_of(adjustments, standing),
    }
    return render(request, "invoicing/pricing/totals.html", context)


@require_POST
def autosave(request: HttpRequest) -> HttpResponse:
    """Keep what is typed so far, without a word of the person; the answer says whether it is kept, and why not.

    A new draft begins with its first line or its customer; from then on the sheet names it.
    """
    user = _carrier(request)
    require_right(user, Right.DRAFT_INVOICES)
    invoice = _saved_meanwhile(request, user)
    sheet = typed_sheet(request.POST, drafting_choices(user, timezone.localdate(), invoice))
    context: dict[str, Any] = {"invoice": invoice, "seen": request.POST.get("seen", "")}
    if not sheet.is_valid():
        return _autosaved(request, context | {"is_wrong": True})
    if invoice is None and not sheet.is_begun:
        return _autosaved(request, context)
    try:
        draft = save_draft(invoice=invoice, content=sheet.content(), by=user, seen=request.POST.get("seen", ""))
    except ChangedElsewhereError:
        return _autosaved(request, context | {"is_changed_elsewhere": True})
    except RefusalError as refusal:
        return _autosaved(request, context | {"reasons": refusal.reasons})
    response = _autosaved(request, {"invoice": draft, "seen": draft_print(draft), "saved_at": timezone.localtime()})
    response["HX-Replace-Url"] = reverse("invoice-edit", args=[draft.pk])
    return response


def _autosaved(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    return render(request, "invoicing/invoices/autosaved.html", context)


def _saved_meanwhile(request: HttpRequest, user: User) -> Invoice | None:
    """The draft that the sheet stands for: a new one has been saved by itself since it was opened."""
    number = request.POST.get("invoice", "")
    if not number.isdecimal():
        return None
    invoice = get_object_or_404(own_invoices(user), pk=int(number))
    if not may_edit(user, invoice):
        raise PermissionDenied
    return invoice


@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a draft in."""
    user = _carrier(request)
    invoice = _own(user, pk)
    if not may_submit(user, invoice):
        raise PermissionDenied
    return _act(
        request,
        lambda: submit_invoice(invoice=invoice, by=user, on=timezone.localdate()),
        done="Votre facture est soumise\u00a0: la coopérative va la relire.",
        then=redirect("invoice-detail", pk=pk),
    )


@require_POST
def issue_own(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve and issue one's own draft, under the personal right."""
    user = _carrier(request)
    invoice = _own(user, pk)
    if _own_right(user, invoice) is None:
        raise PermissionDenied
    return _act(
        request,
        lambda: issue_own_invoice(invoice=invoice, by=user, on=timezone.localdate()),
        done="Votre facture est émise.",
        then=redirect("invoice-detail", pk=pk),
    )


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what was submitted."""
    user = _carrier(request)
    invoice = _own(user, pk)
    if not may_withdraw(user, invoice):
        raise PermissionDenied
    return _act(
        request,
        lambda: withdraw_invoice(invoice=invoice, by=user),
        done="Votre facture est redevenue un brouillon.",
        then=redirect("invoice-detail", pk=pk),
    )


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    user = _carrier(request)
    invoice = _own(user, pk)
    if not may_delete(user, invoice):
        raise PermissionDenied
    return _act(
        request,
        lambda: delete_draft(invoice=invoice, by=user),
        done="Le brouillon est supprimé.",
        then=redirect("invoice-list"),
        refused=redirect("invoice-detail", pk=pk),
    )


@require_safe
def pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The stored PDF, byte for byte; while the worker has not rendered it, a page that tries again."""
    invoice = get_object_or_404(invoice_list(signed_in_user(request)).filter(state=InvoiceState.ISSUED), pk=pk)
    if invoice.within_id:
        return redirect("invoice-pdf", pk=invoice.within_id)
    if not hasattr(invoice, "file"):
        return render(request, "invoicing/invoices/pdf_pending.html", {"section": "invoices", "invoice": invoice})
    name = f"{invoice.number}.pdf".replace("/", "-")
    response = FileResponse(invoice.file.pdf.open("rb"), content_type="application/pdf", filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-cache"
    return response


def _typed(request: HttpRequest, user: User, choices: Choices, invoice: Invoice | None) -> HttpResponse:
    """What the sheet's buttons ask: one more line or new totals, or to save, then to submit or to create a customer."""
    action = request.POST.get("action", "save")
    if action in {"add-line", "refresh"}:
        more_lines = 1 if action == "add-line" else 0
        return _sheet_page(request, retyped_sheet(request.POST, choices, more_lines=more_lines), invoice)
    sheet = typed_sheet(request.POST, choices)
    is_right = sheet.is_ready_to_submit() if action == "submit" else sheet.is_valid()
    draft = _saved(sheet, user, invoice, seen=request.POST.get("seen", "")) if is_right else None
    if draft is None:
        return _sheet_page(request, sheet, invoice)
    if action == "submit":
        return _act(
            request,
            lambda: submit_invoice(invoice=draft, by=user, on=timezone.localdate()),
            done="Votre facture est soumise\u00a0: la coopérative va la relire.",
            then=redirect("invoice-detail", pk=draft.pk),
            refused=redirect("invoice-edit", pk=draft.pk),
        )
    if action == "new-customer":
        query = urlencode({"brouillon": draft.pk, "activite": draft.activity_id})
        return redirect(f"{reverse('customer-create')}?{query}")
    messages.success(request, "Votre brouillon est enregistré.")
    return redirect("invoice-detail", pk=draft.pk)


def _saved(sheet: Sheet, user: User, invoice: Invoice | None, *, seen: str) -> Invoice | None:
    try:
        return save_draft(invoice=invoice, content=sheet.content(), by=user, seen=seen)
    except RefusalError as refusal:
        reasons = [*refusal.reasons, KEEP_MINE] if isinstance(refusal, ChangedElsewhereError) else refusal.reasons
        for reason in reasons:
            sheet.heading.add_error(None, reason)
    return None


def _sheet_page(request: HttpRequest, sheet: Sheet, invoice: Invoice | None) -> HttpResponse:
    context = {
        "section": "invoices",
        "sheet": sheet,
        "invoice": invoice,
        "seen": _seen(request, sheet, invoice),
        "totals": sheet.totals(),
        "effects": sheet.effects(),
    }
    return render(request, "invoicing/invoices/form.html", context)


def _seen(request: HttpRequest, sheet: Sheet, invoice: Invoice | None) -> str:
    """What the person knows of the stored draft: what they saw at first, until they were told that it changed."""
    is_told = sheet.heading.is_bound and KEEP_MINE in sheet.heading.non_field_errors()
    if request.method == "POST" and not is_told:
        return request.POST.get("seen", "")
    return draft_print(invoice) if invoice else ""


def _act(
    request: HttpRequest,
    service: Callable[[], object],
    *,
    done: str,
    then: HttpResponse,
    refused: HttpResponse | None = None,
) -> HttpResponse:
    """One service call: its message, or the reasons of its refusal, on the page that follows."""
    try:
        service()
    except RefusalError as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
        return refused or then
    messages.success(request, done)
    return then


def _asked_customer(request: HttpRequest, choices: Choices) -> Customer | None:
    asked = request.GET.get("client", "")
    return next((customer for customer in choices.customers if str(customer.pk) == asked), None)


def _query(**values: str) -> str:
    kept = urlencode({name: value for name, value in values.items() if value})
    return f"{kept}&" if kept else ""
