"""Who opens the customers' pages, and how what they type reaches the services."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from cae_backoffice.core.access import Right, require_right
from cae_backoffice.core.errors import RefusalError
from members.people.models import User
from members.people.queries import signed_in_user


def signed_in_carrier(request: HttpRequest) -> User:
    """The person signed in, who opens their own pages and writes customers."""
    user = signed_in_user(request)
    require_right(user, Right.USE_OWN_PAGES)
    require_right(user, Right.MANAGE_CUSTOMERS)
    return user


def done(form: Any, service: Callable[..., object], name: str, user: User) -> bool:  # noqa: ANN401  a ModelForm
    """Call the service with the form's instance; its reasons become errors of the form."""
    try:
        service(**{name: form.instance}, by=user)
    except RefusalError as refusal:
        for reason in refusal.reasons:
            form.add_error(None, reason)
        return False
    return True
