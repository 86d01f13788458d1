"""The approval queue: one document after the other, beside its pages and its warnings, by keyboard or by buttons."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cae_backoffice.core.access import Right, has_right, require_right
from cae_backoffice.core.errors import RefusalError
from invoicing.invoices import services
from invoicing.invoices.admin.acts import ReasonForm
from invoicing.invoices.admin.totals import stored_totals
from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.invoices.queries import document_material, invoice_list
from invoicing.invoices.queries.attachments import attachments_of
from invoicing.invoices.queries.queue import ApprovalQueue, QueueItem, approval_queue, offered_reasons
from invoicing.invoices.services.approve_and_issue import approve_and_issue
from invoicing.invoices.services.check import checked_document
from invoicing.invoices.services.preview import Preview, preview_of
from members.people.queries import signed_in_user

if TYPE_CHECKING:
    from invoicing.invoices.admin.documents import InvoiceAdmin
    from members.people.models import User

PRIVATE = "private, max-age=3600, immutable"


class QueuePages:
    """The pages of the queue, under the invoices of the back office."""

    def __init__(self, admin: InvoiceAdmin) -> None:
        self.admin = admin

    def urls(self) -> list[URLPattern]:
        """Before those of the documents."""
        return [
            self._path("a-valider/", require_safe(self.first), "queue"),
            self._path("a-valider/sans-alerte/", self.clear, "queue_clear"),
            self._path("a-valider/<int:pk>/", require_safe(self.one), "queued"),
            self._path("a-valider/<int:pk>/valider/", require_POST(self.approve), "queue_approve"),
            self._path("a-valider/<int:pk>/valider-et-emettre/", require_POST(self.issue), "queue_issue"),
            self._path("a-valider/<int:pk>/renvoyer/", require_POST(self.send_back), "queue_return"),
            self._path("a-valider/<int:pk>/apercu/", require_safe(self.preview), "queue_preview"),
            path(
                "a-valider/<int:pk>/apercu/<int:page>/",
                self.admin.admin_site.admin_view(self._guarded(require_safe(self.page)), cacheable=True),
                name="invoicing_invoice_queue_page",
            ),
        ]

    def _path(self, route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
        page: Callable[..., HttpResponseBase] = self.admin.admin_site.admin_view(self._guarded(view))
        return path(route, page, name=f"invoicing_invoice_{name}")

    @staticmethod
    def _guarded(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        def guarded(request: HttpRequest, **kwargs: int) -> HttpResponseBase:
            require_right(request.user, Right.APPROVE_INVOICES)
            return view(request, **kwargs)

        return guarded

    def first(self, request: HttpRequest) -> HttpResponse:
        """The document that waits longest, or the good news."""
        queue = self._queue(request)
        item = queue.at(0)
        if item is not None:
            return redirect("admin:invoicing_invoice_queued", item.invoice.pk)
        return self._page(request, "queue_empty.html", {"title": "À valider"})

    def one(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One document of the queue; one that has left it leads to its own page."""
        queue = self._queue(request)
        position = queue.position_of(pk)
        if position is None:
            invoice = get_object_or_404(invoice_list(signed_in_user(request)), pk=pk)
            return redirect("admin:invoicing_invoice_change", invoice.pk)
        return self._shown(request, queue, position, ReasonForm())

    def approve(self, request: HttpRequest, pk: int) -> HttpResponse:
        """May be issued; on to the next."""
        return self._act(
            request,
            pk,
            lambda invoice, user: services.approve_invoice(invoice=invoice, by=user, on=timezone.localdate()),
        )

    def issue(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Issued with its number; on to the next."""
        return self._act(
            request, pk, lambda invoice, user: approve_and_issue(invoice=invoice, by=user, on=timezone.localdate())
        )

    def send_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Back to its author with a reason; on to the next."""
        form = ReasonForm(request.POST)
        if not form.is_valid():
            queue = self._queue(request)
            position = queue.position_of(pk)
            if position is None:
                return redirect("admin:invoicing_invoice_queue")
            return self._shown(request, queue, position, form)
        reason = form.cleaned_data["reason"]
        return self._act(
            request, pk, lambda invoice, user: services.return_invoice(invoice=invoice, reason=reason, by=user)
        )

    def clear(self, request: HttpRequest) -> HttpResponse:
        """Approve those without warning together: shown first, then done one by one."""
        queue, user = self._queue(request), signed_in_user(request)
        if request.method == "POST":
            shown = set(request.POST.getlist("invoice"))
            chosen = [item.invoice for item in queue.clear if str(item.invoice.pk) in shown]
            approved = sum(self._tried(request, invoice, user) for invoice in chosen)
            messages.success(request, f"Documents validés\u00a0: {approved} sur {len(shown)}.")
            return redirect("admin:invoicing_invoice_queue")
        return self._page(
            request, "queue_clear.html", {"title": "Valider les documents sans alerte", "items": queue.clear}
        )

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The pages of the document, as a fragment."""
        invoice = self._find(request, pk)
        return TemplateResponse(
            request,
            "admin/invoicing/invoice/queue_pages.html",
            {"invoice": invoice, "preview": self._preview_of(invoice)},
        )

    def page(self, request: HttpRequest, pk: int, page: int) -> HttpResponse:
        """One page as a picture; its address names its content, so that the browser keeps it."""
        preview = self._preview_of(self._find(request, pk))
        if preview is None or not 1 <= page <= len(preview.pages):
            raise Http404
        response = HttpResponse(preview.pages[page - 1], content_type="image/png")
        response["Cache-Control"] = PRIVATE
        response["X-Content-Type-Options"] = "nosniff"
        return response

    def _preview_of(self, invoice: Invoice) -> Preview | None:
        return preview_of(invoice=invoice, on=timezone.localdate())

    def _find(self, request: HttpRequest, pk: int) -> Invoice:
        submitted = invoice_list(signed_in_user(request)).filter(state=InvoiceState.SUBMITTED)
        return get_object_or_404(submitted.select_related("activity__logo", "delivery_address"), pk=pk)

    def _queue(self, request: HttpRequest) -> ApprovalQueue:
        return approval_queue(signed_in_user(request), timezone.localdate())

    def _act(self, request: HttpRequest, pk: int, act: Callable[[Invoice, User], Invoice]) -> HttpResponse:
        """Do it, say what became of the document, and show the one that follows; a refusal stays on it."""
        user = signed_in_user(request)
        invoice = get_object_or_404(invoice_list(user), pk=pk)
        following = self._following(user, invoice)
        try:
            done = act(invoice, user)
        except RefusalError as refusal:
            for reason in refusal.reasons:
                messages.error(request, reason)
            return redirect("admin:invoicing_invoice_queued", pk)
        messages.success(request, _outcome(done))
        if following is None:
            return redirect("admin:invoicing_invoice_queue")
        return redirect("admin:invoicing_invoice_queued", following)

    @staticmethod
    def _following(user: User, invoice: Invoice) -> int | None:
        """The document after this one, else the first of the others."""
        waiting = list(
            invoice_list(user)
            .filter(state=InvoiceState.SUBMITTED)
            .order_by("submitted_at", "id")
            .values_list("pk", flat=True)
        )
        if invoice.pk not in waiting:
            return waiting[0] if waiting else None
        position = waiting.index(invoice.pk)
        others = waiting[position + 1 :] + waiting[:position]
        return others[0] if others else None

    def _tried(self, request: HttpRequest, invoice: Invoice, user: User) -> bool:
        try:
            services.approve_invoice(invoice=invoice, by=user, on=timezone.localdate())
        except RefusalError as refusal:
            messages.error(request, f"{invoice}\u00a0: {' '.join(refusal.reasons)}")
            return False
        return True

    def _shown(self, request: HttpRequest, queue: ApprovalQueue, position: int, form: ReasonForm) -> HttpResponse:
        item = queue.items[position]
        user = signed_in_user(request)
        context = {
            "title": "À valider",
            "item": item,
            "invoice": item.invoice,
            "position": position + 1,
            "count": len(queue.items),
            "clear_count": len(queue.clear),
            "previous": queue.at(position - 1),
            "next": queue.at(position + 1),
            "lines": item.invoice.lines.select_related("vat_code"),
            "totals": stored_totals(item.invoice),
            "attachments": attachments_of(item.invoice),
            "refusals": _refusals(item),
            "reasons": offered_reasons(),
            "form": form,
            "may_issue": has_right(user, Right.ISSUE_INVOICES),
        }
        return self._page(request, "queue.html", context)

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> TemplateResponse:
        return TemplateResponse(
            request,
            f"admin/invoicing/invoice/{template}",
            {**self.admin.admin_site.each_context(request), "opts": self.admin.opts, **context},
        )


def _refusals(item: QueueItem) -> tuple[str, ...]:
    """Why the document could not be issued today: what was right on submission may be wrong now."""
    try:
        checked_document(document_material(item.invoice, timezone.localdate()))
    except RefusalError as refusal:
        return refusal.reasons
    return ()


def _outcome(done: Invoice) -> str:
    return {
        InvoiceState.SUBMITTED: f"{done}\u00a0: première validation enregistrée, une autre personne valide aussi.",
        InvoiceState.APPROVED: f"{done}\u00a0: validé, prêt à être émis.",
        InvoiceState.ISSUED: f"{done}\u00a0: émis.",
        InvoiceState.DRAFT: f"{done}\u00a0: renvoyé en brouillon.",
    }[InvoiceState(done.state)]
