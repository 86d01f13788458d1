"""What every page needs to know of the cooperative."""

from datetime import date

from django.http import HttpRequest

from members.cooperative.models import Cooperative, Statutes


def the_cooperative() -> Cooperative | None:
    """The one cooperative of this database; None before the first set-up."""
    return Cooperative.objects.first()


def statutes_on(on: date) -> Statutes | None:
    """The version of the statutes in force that day; None before the first."""
    return Statutes.objects.filter(starts_on__lte=on).order_by("-starts_on").first()


def cooperative_of(request: HttpRequest) -> Cooperative | None:
    """The same, read once per request."""
    if not hasattr(request, "cooperative"):
        request.cooperative = the_cooperative()  # type: ignore[attr-defined]
    return request.cooperative  # type: ignore[attr-defined,no-any-return]


def cooperative_context(request: HttpRequest) -> dict[str, Cooperative | None]:
    """Template context: `cooperative`."""
    return {"cooperative": cooperative_of(request)}


def site_title(request: HttpRequest) -> str:
    """The name at the head of the staff's pages."""
    cooperative = cooperative_of(request)
    return cooperative.short_name if cooperative else "CAE Backoffice"
