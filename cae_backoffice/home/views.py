"""The front door: each person to the home of their role; the entrepreneur's home; the cooperative's colour."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from cae_backoffice.core.access import Right, has_right, require_right
from cae_backoffice.home.entrepreneur import activity_home
from cae_backoffice.home.theme import DEFAULT, stylesheet
from members.cooperative.queries import the_cooperative
from members.people.queries import signed_in_user


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Staff to the back office (whence a link leads to their own activity), entrepreneurs to their activity."""
    if has_right(request.user, Right.USE_BACKOFFICE):
        return redirect("admin:index")
    if has_right(request.user, Right.USE_OWN_PAGES):
        return redirect("entrepreneur-home")
    return render(request, "home/no_role.html", {"section": "home"})


@require_safe
def entrepreneur_home(request: HttpRequest) -> HttpResponse:
    """What the entrepreneur's activities have invoiced, and what is to be done; `activite` narrows to one of them."""
    user = signed_in_user(request)
    require_right(user, Right.USE_OWN_PAGES)
    chosen = request.GET.get("activite", "")
    page = activity_home(user, on=timezone.localdate(), activity_id=int(chosen) if chosen.isdecimal() else None)
    return render(request, "home/entrepreneur.html", {"section": "home", "page": page})


@login_not_required
@require_safe
@cache_control(public=True, max_age=3600)
def theme(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  a view
    """The cooperative's colour as a stylesheet; pages name the colour in its address: a change shows at once."""
    cooperative = the_cooperative()
    return HttpResponse(stylesheet(cooperative.colour if cooperative else DEFAULT), content_type="text/css")
