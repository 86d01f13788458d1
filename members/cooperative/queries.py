"""What every page needs to know of the cooperative."""

from django.http import HttpRequest

from members.cooperative.models import Cooperative


def the_cooperative() -> Cooperative | None:
    """The one cooperative of this database; None before the first set-up."""
    return Cooperative.objects.first()


def cooperative_context(_request: HttpRequest) -> dict[str, Cooperative | None]:
    """Template context: `cooperative`."""
    return {"cooperative": the_cooperative()}


def site_title(_request: HttpRequest) -> str:
    """The name at the head of the staff's pages."""
    cooperative = the_cooperative()
    return cooperative.short_name if cooperative else "CAE Backoffice"
