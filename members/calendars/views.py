"""The page of one's calendar link, and the feed that it opens."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.admin import site
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cae_backoffice.core.access import Right, has_right, require_right
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.tokens import count_use, live_link
from members.calendars.models import CalendarLink
from members.calendars.queries import appointments_of, live_calendar_link
from members.calendars.rules import to_calendar
from members.calendars.services import close_calendar, open_calendar
from members.cooperative.queries import cooperative_of
from members.people.queries import signed_in_user

TOO_MANY_REQUESTS = 429


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_page(request: HttpRequest) -> HttpResponse:
    """Say what the link is, open a new one and show it once, or close it."""
    require_right(request.user, Right.USE_BACKOFFICE)
    user, address = signed_in_user(request), ""
    if request.POST.get("act") == "close":
        try:
            close_calendar(by=user, at=timezone.now())
            messages.success(request, "Le lien de votre agenda ne s’ouvre plus.")
        except RefusalError as refusal:
            messages.error(request, " ".join(refusal.reasons))
        return redirect("calendar")
    if request.method == "POST":
        secret = open_calendar(by=user, at=timezone.now())
        address = request.build_absolute_uri(reverse("calendar-feed", args=[secret]))
    context = {
        **site.each_context(request),
        "title": "Agenda",
        "link": live_calendar_link(user),
        "address": address,
        "now": timezone.now(),
    }
    response = TemplateResponse(request, "admin/members/calendar.html", context)
    if address:
        response["Cache-Control"] = "no-store"
    return response


@require_safe
@login_not_required
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The dates that the link's owner may see, as long as the account is open and has the right."""
    at = timezone.now()
    link = live_link(CalendarLink.objects.select_related("owner"), secret=secret, at=at)
    if link is None or not has_right(link.owner, Right.USE_BACKOFFICE):
        raise Http404
    if not count_use(link=link, at=at):
        return HttpResponse("Trop de demandes\u00a0: réessayez dans une minute.", status=TOO_MANY_REQUESTS)
    cooperative = cooperative_of(request)
    name = f"Agenda {cooperative.short_name}" if cooperative else "Agenda"
    feed = to_calendar(appointments_of(link.owner, on=timezone.localdate()), name=name, at=at)
    return HttpResponse(
        feed,
        content_type="text/calendar; charset=utf-8",
        headers={"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"},
    )
