"""Rich text in templates."""

from django import template
from django.utils.safestring import SafeString

from cae_backoffice.core.rich_text import to_html

register = template.Library()


@register.filter
def rich_text(text: str) -> SafeString:
    """What a person typed, with its bold and its lists."""
    return to_html(text)
