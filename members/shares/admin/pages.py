"""What is read and printed of the register: the register of a day, a person's certificate, a movement's slip."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from cae_backoffice.core.admin import download
from cae_backoffice.core.spreadsheets import CSV_TYPE, XLSX_TYPE, Cell, to_csv, to_xlsx
from members.people.models import Person
from members.people.queries import signed_in_user
from members.shares.models import ShareMovement
from members.shares.queries import Register, capital_on, certificate_lines, register_on

if TYPE_CHECKING:
    from cae_backoffice.core.admin import BackofficeAdmin

PER_PAGE = 50
HEADINGS = ["Nom", "Prénom", "Associé depuis le", "Sorti le", "Parts", "Valeur", "Libéré", "Reste à libérer"]


def register_page(admin: BackofficeAdmin, request: HttpRequest) -> HttpResponse:
    """The register of the day asked for (`date`), whole when it is printed or exported (`format`)."""
    on, search = day_of(request), request.GET.get("q", "").strip()
    wanted = request.GET.get("format", "")
    if wanted in {"csv", "xlsx", "impression"}:
        return _whole(request, register_on(on=on, search=search), wanted)
    page = _page_number(request)
    register = register_on(on=on, search=search, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    if page > 1 and not register.holders:
        raise Http404
    context = {
        **admin.admin_site.each_context(request),
        "title": f"Registre des parts au {on:%d/%m/%Y}",
        "opts": admin.opts,
        "register": register,
        "capital": capital_on(on),
        "search": search,
        "page": Paginator(range(register.count), PER_PAGE).get_page(page),
    }
    return TemplateResponse(request, "admin/members/sharemovement/register.html", context)


def certificate_page(admin: BackofficeAdmin, request: HttpRequest, person_id: int) -> HttpResponse:  # noqa: ARG001
    """What the person holds on the day asked for, by class."""
    person = get_object_or_404(Person.objects.visible_to(signed_in_user(request)), pk=person_id)
    on = day_of(request)
    context = {
        "title": f"Attestation de parts sociales de {person}",
        "person": person,
        "on": on,
        "lines": certificate_lines(person, on),
    }
    return TemplateResponse(request, "documents/shares/certificate.html", context)


def slip_page(admin: BackofficeAdmin, request: HttpRequest, object_id: str) -> HttpResponse:
    """A movement, with the other line of a transfer."""
    movement: Any = admin.get_object(request, object_id)
    if movement is None:
        raise Http404
    other = movement.transfer_of or ShareMovement.objects.filter(transfer_of=movement).first()
    lines = sorted(filter(None, [movement, other]), key=lambda line: line.number)
    context = {"title": f"Bordereau de mouvement n°\u00a0{movement.number}", "movement": movement, "lines": lines}
    return TemplateResponse(request, "documents/shares/slip.html", context)


def day_of(request: HttpRequest) -> date:
    """The day asked for in the address, else today."""
    try:
        return date.fromisoformat(request.GET.get("date", ""))
    except ValueError:
        return timezone.localdate()


def _page_number(request: HttpRequest) -> int:
    asked = request.GET.get("p", "1")
    return max(int(asked), 1) if asked.isdecimal() else 1


def _whole(request: HttpRequest, register: Register, wanted: str) -> HttpResponse:
    name = f"registre-des-parts-{register.on:%Y-%m-%d}"
    if wanted == "csv":
        return download(to_csv(HEADINGS, _rows(register)), CSV_TYPE, f"{name}.csv")
    if wanted == "xlsx":
        return download(to_xlsx("Registre des parts", HEADINGS, _rows(register)), XLSX_TYPE, f"{name}.xlsx")
    context = {
        "title": f"Registre des parts sociales au {register.on:%d/%m/%Y}",
        "register": register,
        "capital": capital_on(register.on),
    }
    return TemplateResponse(request, "documents/shares/register.html", context)


def _rows(register: Register) -> Iterator[Sequence[Cell]]:
    for holder in register.holders:
        yield (
            holder.last_name,
            holder.first_name,
            holder.admitted_on,
            holder.left_on,
            holder.shares,
            holder.value,
            holder.paid,
            holder.unpaid,
        )
