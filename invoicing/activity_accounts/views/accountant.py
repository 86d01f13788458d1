"""What the accountants do for all activities at once: provisions by rule, and opening balances from a file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin import site
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import ZERO, format_euros
from cae_backoffice.core.reports import Column, ReportView, Row, Table
from invoicing.activity_accounts.enums import ProvisionKind
from invoicing.activity_accounts.forms import OpeningsForm, RuleMonthForm
from invoicing.activity_accounts.queries.provisions import provisions_due
from invoicing.activity_accounts.rules.openings import OpeningFile, read_openings
from invoicing.activity_accounts.services import import_openings, provide_by_rule
from members.activities.models import Activity
from members.people.queries import signed_in_user


class ProvisionsDueView(ReportView):
    """What a rule asks to set aside for a month; sending the page posts it."""

    right = Right.KEEP_BOOKS
    title = "Provisions selon la règle"
    introduction = "Ce que la règle en vigueur demande encore, activité par activité."
    file_name = "provisions"
    form_class = RuleMonthForm
    empty = "La règle ne demande rien de plus pour ce mois."

    def initial(self) -> dict[str, Any]:
        """Paid leave of this month."""
        return {"kind": ProvisionKind.PAID_LEAVE.value, "month": timezone.localdate().replace(day=1)}

    def table(self, filters: dict[str, Any]) -> Table:
        """A row per activity concerned."""
        due = provisions_due(filters["kind"], month=filters["month"])
        rows = [Row((one.activity.code, one.activity.name, one.base, one.amount)) for one in due]
        columns = (
            Column("Code"),
            Column("Activité"),
            Column("Assiette", is_amount=True),
            Column("À provisionner", is_amount=True),
        )
        return Table(columns, rows, ("Total", None, None, sum((one.amount for one in due), ZERO)))

    def get(self, request: HttpRequest) -> HttpResponseBase:
        """The preview, with the button that posts it."""
        response = super().get(request)
        if isinstance(response, TemplateResponse):
            response.template_name = "admin/invoicing/provisions_due.html"
        return response

    def post(self, request: HttpRequest) -> HttpResponse:
        """Post what the preview showed."""
        require_right(request.user, self.right)
        form = RuleMonthForm(request.POST)
        if form.is_valid():
            try:
                done = provide_by_rule(**form.cleaned_data, by=signed_in_user(request))
            except RefusalError as refusal:
                for reason in refusal.reasons:
                    messages.error(request, reason)
            else:
                total = format_euros(sum((provision.amount for provision in done), ZERO))
                messages.success(request, f"{len(done)} provision(s) passée(s), {total}.")
        return HttpResponseRedirect(reverse("provisions-due"))


@require_http_methods(["GET", "POST"])
def openings(request: HttpRequest) -> HttpResponse:
    """A file of opening balances: read and shown first, posted once it is confirmed, all or nothing."""
    require_right(request.user, Right.KEEP_BOOKS)
    form = OpeningsForm(request.POST or None, request.FILES or None, initial={"on": timezone.localdate()})
    read: OpeningFile | None = None
    refusals: tuple[str, ...] = ()
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        read = read_openings(text, known_codes=set(Activity.objects.values_list("code", flat=True)))
        if "confirm" in request.POST and not read.problems:
            try:
                done = import_openings(text=text, on=form.cleaned_data["on"], by=signed_in_user(request))
            except RefusalError as refusal:
                refusals = tuple(refusal.reasons)
            else:
                messages.success(request, f"{len(done)} solde(s) de départ repris.")
                return HttpResponseRedirect(reverse("admin:invoicing_openingbalance_changelist"))
    context = {
        **site.each_context(request),
        "title": "Reprendre des soldes de départ",
        "form": form,
        "read": read,
        "problems": (*(read.problems if read else ()), *refusals),
        "total": sum((row.balance for row in read.rows), ZERO) if read else ZERO,
    }
    return TemplateResponse(request, "admin/invoicing/openings.html", context)
