"""A member's own file: where they stand, their contracts and shares, how they are reached."""

from __future__ import annotations

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.errors import RefusalError
from members.own_file.forms import ContactForm
from members.own_file.queries import own_file, own_person
from members.own_file.services import ask_contact_change, details_of
from members.people.models import User
from members.people.queries import signed_in_user
from members.shares.queries import certificate_lines


@require_safe
def own_file_page(request: HttpRequest) -> HttpResponse:
    """Everything on one page."""
    today = timezone.localdate()
    context = {"section": "own-file", "file": own_file(_member(request), on=today), "today": today}
    return render(request, "members/own_file/file.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def contact_details(request: HttpRequest) -> HttpResponse:
    """Ask for other contact details."""
    user = _member(request)
    person = own_person(user)
    form = ContactForm(request.POST or None, initial=asdict(details_of(person)))
    if request.method == "POST" and form.is_valid():
        try:
            ask_contact_change(person=person, details=form.details, at=timezone.now(), by=user)
        except RefusalError as refusal:
            for reason in refusal.reasons:
                form.add_error(None, reason)
        else:
            messages.success(request, "Votre demande est partie à la coopérative.")
            return redirect("own-file")
    return render(request, "members/own_file/contact.html", {"section": "own-file", "form": form})


@require_safe
def own_certificate(request: HttpRequest) -> HttpResponse:
    """What one holds today, to be printed."""
    person, today = own_person(_member(request)), timezone.localdate()
    context = {
        "title": f"Attestation de parts sociales de {person}",
        "person": person,
        "on": today,
        "lines": certificate_lines(person, today),
    }
    return render(request, "members/own_file/certificate.html", context)


def _member(request: HttpRequest) -> User:
    require_right(request.user, Right.USE_OWN_PAGES)
    return signed_in_user(request)
