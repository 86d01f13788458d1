"""The list of invoices and credit notes, and the page of one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextareaWidget

from cae_backoffice.core.access import Right, has_right, require_right
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import format_euros
from cae_backoffice.core.text import search_key
from invoicing.customers.models import Customer
from invoicing.invoices.admin import acts
from invoicing.invoices.admin.adjustments import AdjustmentFormSet, AdjustmentInline
from invoicing.invoices.admin.attachments import below_document
from invoicing.invoices.admin.credits import CorrectionActs
from invoicing.invoices.admin.filters import CustomerKindFilter, IssuedFilter
from invoicing.invoices.admin.lines import LineFormSet, LineInline
from invoicing.invoices.admin.queue import QueuePages
from invoicing.invoices.admin.terms import DraftForm
from invoicing.invoices.admin.totals import stored_totals, typed_so_far
from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import DraftContent, may_edit
from invoicing.invoices.services import save_draft
from members.activities.models import Activity
from members.people.queries import signed_in_user

MOST_AT_ONCE = 200
"""Documents that one bulk issue takes."""

WRITTEN = [
    "activity",
    "customer",
    "subject",
    "supplied_on",
    "delivery_address",
    "purchase_order",
    "payment_terms",
    "note",
]
STATE_COLOURS = {
    InvoiceState.DRAFT: "default",
    InvoiceState.SUBMITTED: "warning",
    InvoiceState.APPROVED: "info",
    InvoiceState.ISSUED: "success",
}
DETAIL_ACTS = {
    "submit": acts.SUBMIT,
    "approve": acts.APPROVE,
    "issue": acts.ISSUE,
    "return_to_draft": acts.RETURN,
    "delete_draft": acts.DELETE,
}


@admin.register(Invoice)
class InvoiceAdmin(CorrectionActs):
    """Documents of every activity. A draft is written here; the rest happens through acts, one service each."""

    view_right = Right.VIEW_ALL_INVOICES
    change_right = Right.DRAFT_INVOICES
    form = DraftForm

    list_display: ClassVar = [
        "reference",
        "kind",
        "state_tag",
        "activity",
        "customer",
        "issued_date",
        "due_date",
        "net_amount",
        "gross_amount",
    ]
    list_filter: ClassVar = [
        ("state", ChoicesDropdownFilter),
        ("kind", ChoicesDropdownFilter),
        ("issued_on", IssuedFilter),
        ("activity", AutocompleteSelectFilter),
        ("activity__sector", ChoicesDropdownFilter),
        ("customer__kind", CustomerKindFilter),
    ]
    list_filter_submit = True
    list_per_page = 25
    list_select_related: ClassVar = ["activity", "customer"]
    search_fields: ClassVar = ["search"]
    search_help_text = "Numéro, objet, client ou activité"
    show_facets = admin.ShowFacets.NEVER
    actions: ClassVar = ["issue_selection"]
    actions_detail: ClassVar = [*DETAIL_ACTS, "credit", "replace", "pdf"]

    autocomplete_fields: ClassVar = ["activity", "customer", "delivery_address"]
    inlines: ClassVar = [LineInline, AdjustmentInline]
    readonly_fields: ClassVar = [
        "reference",
        "state_tag",
        "issued_on",
        "due_on",
        "pdf_link",
        "corrections_links",
        "return_reason",
        "author",
        "submitted_at",
    ]
    change_form_outer_after_template = "admin/invoicing/invoice/history.html"

    class Media:
        js = ("admin/invoice_draft.js",)

    # The list

    @display(description="numéro", ordering="number")
    def reference(self, invoice: Invoice) -> str:
        """The legal number, or which draft it is."""
        return invoice.number or f"Brouillon {invoice.pk}"

    @display(description="état", ordering="state")
    def state_tag(self, invoice: Invoice) -> SafeString:
        """The state, in its colour."""
        colour = STATE_COLOURS[InvoiceState(invoice.state)]
        return format_html('<span class="bo-tag bo-tag-{}">{}</span>', colour, invoice.get_state_display())

    @display(description="émise le", ordering="issued_on")
    def issued_date(self, invoice: Invoice) -> str | None:
        """In figures, which a list reads faster."""
        return f"{invoice.issued_on:%d/%m/%Y}" if invoice.issued_on else None

    @display(description="échéance", ordering="due_on")
    def due_date(self, invoice: Invoice) -> str | None:
        """In figures too."""
        return f"{invoice.due_on:%d/%m/%Y}" if invoice.due_on else None

    @display(description="HT", ordering="net")
    def net_amount(self, invoice: Invoice) -> str:
        """Total excl. VAT."""
        return format_euros(invoice.net)

    @display(description="TTC", ordering="gross")
    def gross_amount(self, invoice: Invoice) -> str:
        """Total incl. VAT."""
        return format_euros(invoice.gross)

    def get_search_results(
        self,
        request: HttpRequest,  # noqa: ARG002
        queryset: models.QuerySet[Any],
        search_term: str,
    ) -> tuple[models.QuerySet[Any], bool]:
        """Each word in the number, the subject, the customer or the activity; accents and case do not matter."""
        for word in search_key(search_term).split():
            found = {"search__contains": word}
            queryset = queryset.filter(
                models.Q(**found)
                | models.Q(customer__in=Customer.objects.filter(**found))
                | models.Q(activity__in=Activity.objects.filter(**found))
            )
        return queryset, False

    def get_ordering(self, request: HttpRequest) -> list[str]:
        """The latest first; in the approval queue, the one that waits longest first."""
        if request.GET.get("state__exact") == InvoiceState.SUBMITTED:
            return ["submitted_at", "id"]
        return ["-id"]

    @action(description="Émettre la sélection", permissions=["issue"])
    def issue_selection(self, request: HttpRequest, queryset: models.QuerySet[Invoice]) -> HttpResponse | None:
        """Ask for the date, then issue the documents one by one and say what became of each."""
        chosen = list(
            queryset.select_related("activity", "customer").order_by("submitted_at", "pk")[: MOST_AT_ONCE + 1]
        )
        if len(chosen) > MOST_AT_ONCE:
            messages.error(request, f"Choisissez au plus {MOST_AT_ONCE} documents à la fois.")
            return None
        form = acts.IssueForm(request.POST if "confirmed" in request.POST else None)
        results = (
            acts.issue_each(chosen, by=signed_in_user(request), on=form.cleaned_data["issued_on"])
            if form.is_valid()
            else None
        )
        context = {"title": "Émettre la sélection", "invoices": chosen, "form": form, "results": results}
        return self._page(request, "admin/invoicing/invoice/issue_selection.html", context)

    def has_issue_permission(self, request: HttpRequest) -> bool:
        """Whether the bulk issue is offered."""
        return has_right(request.user, Right.ISSUE_INVOICES)

    # The document

    def get_fieldsets(self, request: HttpRequest, obj: models.Model | None = None) -> Any:  # noqa: ANN401
        """What is typed, and above it what the document has become."""
        written: list[Any] = [("activity", "customer"), "subject", ("supplied_on", "payment_terms")]
        written += [("delivery_address", "purchase_order"), "note"]
        if not isinstance(obj, Invoice) or self.has_change_permission(request, obj):
            written += [("kind", "retention_percent", "retention_due_on"), "deposits"]
        elif obj.retention_percent:
            written += [("retention_percent", "retention", "retention_due_on")]
        if not isinstance(obj, Invoice):
            return [(None, {"fields": written})]
        status: list[Any] = [("reference", "state_tag")]
        if obj.state == InvoiceState.ISSUED:
            status += [("issued_on", "due_on"), ("pdf_link", "corrections_links")]
        elif obj.return_reason:
            status += ["return_reason"]
        return [(None, {"fields": [*status, ("author", "submitted_at")]}), ("Contenu", {"fields": written})]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:  # noqa: ANN401
        """A message is a few lines."""
        if db_field.name == "note":
            kwargs["widget"] = UnfoldAdminTextareaWidget({"rows": 3})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Only drafts are typed in."""
        return super().has_change_permission(request, obj) and (
            not isinstance(obj, Invoice) or may_edit(signed_in_user(request), obj)
        )

    @display(description="rédigée par")
    def author(self, invoice: Invoice) -> str:
        """Whoever wrote the first draft."""
        return str(invoice.created_by)

    @display(description="PDF")
    def pdf_link(self, invoice: Invoice) -> SafeString:
        """The file as it was issued."""
        url = reverse("invoice-pdf", args=[invoice.pk])
        return format_html('<a class="bo-link" href="{}" target="_blank">Ouvrir le PDF</a>', url)

    @display(description="corrections")
    def corrections_links(self, invoice: Invoice) -> SafeString | str:
        """The document that this one corrects, or those that correct it."""
        related = [invoice.corrects] if invoice.corrects else list(invoice.corrections.all())
        links = ((reverse("admin:invoicing_invoice_change", args=[other.pk]), str(other)) for other in related)
        return format_html_join(" ", '<a class="bo-link" href="{}">{}</a>', links) or "Aucune"

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponseBase:
        """Add the totals, computed by the server, and the document's history."""
        invoice = self._find(request, object_id) if object_id else None
        context = {
            "totals": stored_totals(invoice),
            "totals_url": reverse("admin:invoicing_invoice_totals"),
            **below_document(signed_in_user(request), invoice),
            "show_save_and_add_another": False,
        }
        return super().changeform_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def save_model(self, request: HttpRequest, obj: models.Model, form: forms.ModelForm[Any], change: bool) -> None:  # noqa: FBT001
        """The document and its lines are one thing: see `save_related`."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Iterable[Any], change: bool) -> None:  # noqa: ANN401, FBT001
        """Hand the whole draft to its service."""
        typed = list(formsets)
        lines = [line for formset in typed if isinstance(formset, LineFormSet) for line in formset.draft_lines()]
        adjustments = [
            one for formset in typed if isinstance(formset, AdjustmentFormSet) for one in formset.typed_adjustments()
        ]
        written = {name: form.cleaned_data[name] for name in WRITTEN}
        content = DraftContent(**written, lines=lines, adjustments=adjustments, terms=form.terms())
        saved = save_draft(invoice=form.instance if change else None, content=content, by=signed_in_user(request))
        form.instance.pk = saved.pk

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> list[str]:  # noqa: ANN401, ARG002, FBT001, FBT002
        """Not used: the service writes the audit trail."""
        return []

    # The acts

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[Any]:
        """The buttons of what this person may do to this document now."""
        invoice = self._find(request, object_id)
        offered = {name for name, act in DETAIL_ACTS.items() if act.may(signed_in_user(request), invoice)}
        if invoice.state == InvoiceState.ISSUED:
            offered |= {"pdf"} | self.corrections_offered(signed_in_user(request), invoice)
        return [self.get_unfold_action(name) for name in self.actions_detail if name in offered]

    @action(description="Soumettre", url_path="soumettre", icon="send", variant=ActionVariant.PRIMARY)
    def submit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """To the approval queue."""
        return self._confirm(request, object_id, acts.SUBMIT)

    @action(description="Approuver", url_path="approuver", icon="check", variant=ActionVariant.PRIMARY)
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ready to be issued."""
        return self._confirm(request, object_id, acts.APPROVE)

    @action(description="Renvoyer", url_path="renvoyer", icon="undo")
    def return_to_draft(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Back to its author, with a reason."""
        return self._confirm(request, object_id, acts.RETURN)

    @action(description="Émettre", url_path="emettre", icon="verified", variant=ActionVariant.PRIMARY)
    def issue(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """With its number, for good."""
        return self._confirm(request, object_id, acts.ISSUE)

    @action(description="Supprimer", url_path="supprimer", icon="delete")
    def delete_draft(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A draft that nobody needs."""
        return self._confirm(request, object_id, acts.DELETE)

    @action(description="PDF", url_path="pdf", icon="picture_as_pdf")
    def pdf(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The file as it was issued."""
        return redirect("invoice-pdf", self._find(request, object_id).pk)

    def _confirm(self, request: HttpRequest, object_id: str, act: acts.DocumentAct) -> HttpResponse:
        """Show the act's question, then do it: a refusal comes back as errors of the page."""
        invoice, user = self._find(request, object_id), signed_in_user(request)
        require_right(user, act.right)
        if not act.may(user, invoice):
            state = f"le document est à l’état «\u00a0{invoice.get_state_display()}\u00a0»."
            messages.warning(request, f"«\u00a0{act.title}\u00a0» n’est pas possible\u00a0: {state}")
            return redirect("admin:invoicing_invoice_change", invoice.pk)
        form = act.form_class(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                done = act.perform(invoice, user, form.cleaned_data, timezone.localdate())
            except RefusalError as refusal:
                form.add_error(None, list(refusal.reasons))
            else:
                return self._after(request, act, done)
        context = {
            "title": act.title,
            "act": act,
            "invoice": invoice,
            "lines": invoice.lines.select_related("vat_code"),
            "totals": stored_totals(invoice),
            "form": form,
        }
        return self._page(request, "admin/invoicing/invoice/act.html", context)

    def _after(self, request: HttpRequest, act: acts.DocumentAct, done: Invoice | None) -> HttpResponse:
        messages.success(request, act.done.format(invoice=done))
        if done is None:
            return redirect("admin:invoicing_invoice_changelist")
        return redirect("admin:invoicing_invoice_change", done.pk)

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> TemplateResponse:
        return TemplateResponse(
            request,
            template,
            {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media, **context},
        )

    def _find(self, request: HttpRequest, object_id: str | int) -> Invoice:
        """The visible document, read once per request; 404 otherwise."""
        found: Invoice | None = getattr(request, "invoice", None)
        if found is None or str(found.pk) != str(object_id):
            found = self.get_object(request, str(object_id))
            if found is None:
                raise Http404
            request.invoice = found  # type: ignore[attr-defined]
        return found

    # Live totals

    def get_urls(self) -> list[URLPattern]:
        """The queue's and the totals' addresses before those of the documents."""
        totals = self.admin_site.admin_view(require_POST(self.totals_view))
        own = [*QueuePages(self).urls(), path("totaux/", totals, name="invoicing_invoice_totals")]
        return [*own, *super().get_urls()]

    def totals_view(self, request: HttpRequest) -> HttpResponse:
        """The totals of the lines as they are typed right now; nothing is written."""
        require_right(request.user, Right.DRAFT_INVOICES)
        totals = typed_so_far(request, self.admin_site)
        return TemplateResponse(request, "admin/invoicing/invoice/totals_table.html", {"totals": totals})
