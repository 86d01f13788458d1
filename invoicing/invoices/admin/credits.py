"""Correcting an issued invoice on the staff's pages: a credit note seen in figures first, or the invoice that replaces
it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.admin import BackofficeAdmin
from cae_backoffice.core.errors import RefusalError
from invoicing.invoices.admin import acts
from invoicing.invoices.admin.totals import stored_totals
from invoicing.invoices.forms.credits import CreditForm
from invoicing.invoices.models import Invoice
from invoicing.invoices.queries.credits import creditable
from invoicing.invoices.rules import may_credit, may_request_credit
from invoicing.invoices.services import issue_credit_note
from invoicing.invoices.services.credit_document import preview
from members.people.models import User
from members.people.queries import signed_in_user


class StaffCreditForm(CreditForm):
    """The same boxes, dressed as the staff's."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  a form's own arguments
        super().__init__(*args, **kwargs)
        box = " ".join(UnfoldAdminTextInputWidget().attrs["class"].split())
        for field in (*self.lines, *self.rows):
            field.field.widget.attrs["class"] = f"{box} number"
        self.fields["reason"].widget = UnfoldAdminTextareaWidget({"rows": 3})


class CorrectionActs(BackofficeAdmin):
    """What the page of a document offers once it is issued."""

    if TYPE_CHECKING:

        def _find(self, request: HttpRequest, object_id: str | int) -> Invoice: ...
        def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse: ...
        def _after(self, request: HttpRequest, act: acts.DocumentAct, done: Invoice | None) -> HttpResponse: ...
        def _confirm(self, request: HttpRequest, object_id: str, act: acts.DocumentAct) -> HttpResponse: ...

    def corrections_offered(self, user: User, invoice: Invoice) -> set[str]:
        """The buttons that still make sense."""
        if not may_request_credit(user, invoice):
            return set()
        state = creditable(invoice)
        offered = {"replace"} if state.is_untouched else set()
        return offered | ({"credit"} if may_credit(user, invoice) and not state.is_spent else set())

    @action(description="Avoir", url_path="avoir", icon="assignment_return")
    def credit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Of all that is left, of quantities or of amounts; the figures are shown before it is issued."""
        invoice, user = self._find(request, object_id), signed_in_user(request)
        require_right(user, Right.ISSUE_INVOICES)
        if not may_credit(user, invoice):
            return redirect("admin:invoicing_invoice_change", invoice.pk)
        form = StaffCreditForm(creditable(invoice), request.POST if request.method == "POST" else None)
        shown = None
        if request.method == "POST" and form.is_valid():
            try:
                shown = preview(invoice, form.content())
                if request.POST.get("action") != "preview":
                    reason, today = form.cleaned_data["reason"], timezone.localdate()
                    note = issue_credit_note(invoice=invoice, reason=reason, by=user, on=today, content=form.content())
                    self.message_user(request, f"{note}\u00a0: émis.")
                    return redirect("admin:invoicing_invoice_change", note.pk)
            except RefusalError as refusal:
                form.add_error(None, list(refusal.reasons))
        context = {
            "title": "Établir un avoir",
            "invoice": invoice,
            "lines": invoice.lines.select_related("vat_code"),
            "totals": stored_totals(invoice),
            "form": form,
            "preview": shown,
        }
        return self._page(request, "admin/invoicing/invoice/credit.html", context)

    @action(description="Rectifier", url_path="rectifier", icon="edit_document")
    def replace(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Begin the invoice that cancels this one and takes its place."""
        return self._confirm(request, object_id, acts.REPLACE)
