"""Asking the table of rights from a template: `{% if user|may:"USE_OWN_PAGES" %}`."""

from django import template

from cae_backoffice.core.access import HoldsRoles, Right, has_right

register = template.Library()


@register.filter
def may(user: HoldsRoles | str, right: str) -> bool:
    """Whether the user holds the right of this name; nobody (an error page without a request) holds none."""
    return not isinstance(user, str) and user is not None and has_right(user, Right[right])
