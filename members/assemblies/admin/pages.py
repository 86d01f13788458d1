"""The session of an assembly, and what is printed of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.text import search_key
from members.assemblies.enums import Presence
from members.assemblies.queries import agenda, attendance, quorum_of, voted_counts

if TYPE_CHECKING:
    from members.assemblies.models import Assembly

PER_PAGE = 50


def session_page(admin: Any, request: HttpRequest, assembly: Assembly) -> HttpResponse:  # noqa: ANN401  the admin class
    """The quorum at this moment, each resolution with what may be done with it, and who is there."""
    search = request.GET.get("q", "").strip()
    shown = request.GET.get("presence", "")
    seats = attendance(assembly)
    if search:
        seats = seats.filter(person__search__contains=search_key(search))
    if shown in Presence.values:
        seats = seats.filter(presence=shown)
    page = Paginator(seats, PER_PAGE).get_page(request.GET.get("p"))
    voted = voted_counts(assembly)
    context = {
        **admin.admin_site.each_context(request),
        "title": f"Séance\u00a0: {assembly}",
        "opts": admin.opts,
        "assembly": assembly,
        "quorum": quorum_of(assembly),
        "resolutions": [(resolution, voted.get(resolution.pk, 0)) for resolution in agenda(assembly)],
        "page": page,
        "search": search,
        "shown": shown,
        "presences": Presence,
        "back": request.GET.urlencode(),
        "may_act": has_right(request.user, Right.MANAGE_MEMBERS) and assembly.closed_on is None,
    }
    return TemplateResponse(request, "admin/members/assembly/session.html", context)


def minutes_page(request: HttpRequest, assembly: Assembly) -> HttpResponse:
    """What was decided, with the attendance of this moment or of the closing."""
    context = {
        "title": f"Procès-verbal de l’{assembly.get_kind_display().lower()} du {assembly.held_on:%d/%m/%Y}",
        "assembly": assembly,
        "quorum": quorum_of(assembly),
        "resolutions": agenda(assembly),
    }
    return TemplateResponse(request, "documents/assemblies/minutes.html", context)


def sheet_page(request: HttpRequest, assembly: Assembly) -> HttpResponse:
    """A line to sign for each of those convened."""
    context = {
        "title": f"Feuille de présence, {assembly}",
        "assembly": assembly,
        "seats": attendance(assembly),
    }
    return TemplateResponse(request, "documents/assemblies/sheet.html", context)


def letters_page(request: HttpRequest, assembly: Assembly) -> HttpResponse:
    """A page for each of those whom no e-mail reaches."""
    context = {
        "title": f"Convocations, {assembly}",
        "assembly": assembly,
        "seats": attendance(assembly).filter(sent_at=None, person__email=""),
        "resolutions": agenda(assembly),
    }
    return TemplateResponse(request, "documents/assemblies/letters.html", context)
