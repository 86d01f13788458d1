"""An associate's own assemblies: the convocation, and the secret votes that are open."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.errors import RefusalError
from members.assemblies.enums import Choice
from members.assemblies.models import Assembly
from members.assemblies.queries import agenda, own_convocations, voices_of
from members.assemblies.services import cast_ballot
from members.people.models import User
from members.people.queries import signed_in_user


@require_safe
def assembly_list(request: HttpRequest) -> HttpResponse:
    """The assemblies to which one is convened, the latest first."""
    user = _associate(request)
    context = {"section": "assemblies", "convocations": own_convocations(user)}
    return render(request, "members/assemblies/list.html", context)


@require_safe
def assembly_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The agenda, one's voices, and a ballot for each open secret vote in which a voice has not been heard."""
    user = _associate(request)
    assembly = _own(user, pk)
    voices = voices_of(user, assembly)
    context = {
        "section": "assemblies",
        "assembly": assembly,
        "resolutions": agenda(assembly),
        "voices": voices,
        "choices": Choice,
    }
    return render(request, "members/assemblies/detail.html", context)


@require_POST
def vote(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one voice's ballot into the box of a secret vote."""
    user = _associate(request)
    assembly = _own(user, pk)
    resolution = get_object_or_404(assembly.resolutions, pk=_number(request, "resolution"))
    seat = _number(request, "voice")
    voice = next((voice for voice in voices_of(user, assembly) if voice.seat.pk == seat), None)
    choice = request.POST.get("choice", "")
    if voice is None:
        raise Http404
    if choice not in Choice.values:
        messages.error(request, "Choisissez pour, contre ou abstention.")
        return redirect("assembly-detail", pk=pk)
    try:
        cast_ballot(resolution=resolution, person=voice.seat.person, choice=Choice(choice), by=user)
    except RefusalError as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
    else:
        messages.success(request, "Le bulletin est dans l’urne.")
    return redirect("assembly-detail", pk=pk)


def _associate(request: HttpRequest) -> User:
    user = signed_in_user(request)
    require_right(user, Right.USE_OWN_PAGES)
    return user


def _own(user: User, pk: int) -> Assembly:
    found: Any = get_object_or_404(Assembly, pk=pk, convocations__person__user=user)
    return found  # type: ignore[no-any-return]


def _number(request: HttpRequest, name: str) -> int:
    typed = request.POST.get(name, "")
    return int(typed) if typed.isdecimal() else 0
