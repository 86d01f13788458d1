"""Importing customers: a template, a file, its columns and lines looked at, then written whole or in part."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from cae_backoffice.core.access import Right, has_right, require_right
from cae_backoffice.core.admin import download
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.spreadsheets import CSV_TYPE, to_csv
from cae_backoffice.core.table_files import read_table
from invoicing.customers.forms import MappingForm, UploadForm
from invoicing.customers.queries import COLUMNS, import_lines, proposed_mapping
from invoicing.customers.services import import_all, import_valid
from members.activities.models import Activity
from members.people.models import User
from members.people.queries import signed_in_user

LINES_SHOWN = 200
EXAMPLE = {
    "reference": "C-001", "kind": "Professionnel", "name": "Menuiserie Rose", "siren": "732829320",
    "street": "8 rue des Lilas", "postcode": "35000", "city": "Rennes", "country": "FR",
    "email": "compta@rose.example",
}  # fmt: skip


@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """An empty file with the columns and an example."""
    require_right(request.user, Right.MANAGE_CUSTOMERS)
    row = [EXAMPLE.get(name, "") for name in COLUMNS]
    return download(to_csv([column.label for column in COLUMNS.values()], [row]), CSV_TYPE, "modele-clients.csv")


def import_customers(request: HttpRequest) -> HttpResponse:
    """The file first; then its columns and lines, as often as wanted; then the import. Nothing is kept in between."""
    user = signed_in_user(request)
    require_right(user, Right.MANAGE_CUSTOMERS)
    form = UploadForm(activities=_activities(user))
    content: bytes | None = None
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES, activities=_activities(user))
        form.fields["file"].required = "content" not in request.POST
        content = _content(request, form) if form.is_valid() else None
    if content is not None:
        try:
            return _lines_page(request, user, form, content)
        except RefusalError as refusal:
            for reason in refusal.reasons:
                form.add_error(None, reason)
    return render(request, "invoicing/customers/import.html", {"section": "customers", "form": form})


def _lines_page(request: HttpRequest, user: User, form: UploadForm, content: bytes) -> HttpResponse:
    table = read_table(content)
    typed = request.POST if "content" in request.POST else None
    columns = MappingForm(typed, headings=table.headings, proposed=proposed_mapping(table))
    is_right = typed is None or columns.is_valid()
    mapping = columns.mapping() if typed and is_right else proposed_mapping(table)
    lines = import_lines(table, mapping, form.cleaned_data["activity"]) if is_right else []
    reasons: tuple[str, ...] = ()
    act = {"all": import_all, "valid": import_valid}.get(request.POST.get("action", ""))
    if act and is_right:
        try:
            count = act(lines=lines, by=user)
        except RefusalError as refusal:
            reasons = refusal.reasons[:LINES_SHOWN]
        else:
            messages.success(request, f"{count} client(s) importé(s).")
            return redirect("customer-import" if has_right(user, Right.VIEW_ALL_INVOICES) else "customer-list")
    context: dict[str, Any] = {
        "section": "customers",
        "activity": form.cleaned_data["activity"],
        "columns": columns,
        "content": base64.b64encode(content).decode(),
        "lines": lines[:LINES_SHOWN],
        "count": len(lines),
        "wrong": sum(bool(line.errors) for line in lines),
        "updates": sum(line.is_update for line in lines),
        "reasons": reasons,
    }
    return render(request, "invoicing/customers/import_lines.html", context)


def _activities(user: User) -> Any:  # noqa: ANN401  a query set
    if has_right(user, Right.VIEW_ALL_INVOICES):
        return Activity.objects.all()
    return Activity.objects.carried_by(user.pk)


def _content(request: HttpRequest, form: UploadForm) -> bytes | None:
    """The file just sent, or the one that is being looked at, which the page carries."""
    if form.cleaned_data.get("file"):
        return bytes(form.cleaned_data["file"].read())
    try:
        return base64.b64decode(request.POST.get("content", ""), validate=True)
    except (binascii.Error, ValueError):
        form.add_error(None, "Envoyez le fichier à nouveau.")
        return None
