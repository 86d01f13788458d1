"""Opening and closing the calendar link of an account."""

from datetime import datetime, timedelta

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.tokens import digest_of, new_secret
from members.calendars.models import CalendarLink
from members.people.models import User

LIFE = timedelta(days=366)


@transaction.atomic
def open_calendar(*, by: User, at: datetime) -> str:
    """Give the account a link for a year and answer its secret, shown this once; the former link opens no more.

    Refused: an account that follows no member.
    """
    if not has_right(by, Right.USE_BACKOFFICE):
        raise RefusalError("L’agenda est celui de l’équipe de la coopérative.")
    _revoke(by, at)
    secret = new_secret()
    link = CalendarLink.objects.create(owner=by, created_at=at, expires_at=at + LIFE, digest=digest_of(secret))
    audit.record(by=by, action="calendarlink.opened", subject=link)
    return secret


@transaction.atomic
def close_calendar(*, by: User, at: datetime) -> None:
    """Make the account's link open no more. Refused: no link to close."""
    link = _revoke(by, at)
    if link is None:
        raise RefusalError("Ce compte n’a pas de lien d’agenda.")
    audit.record(by=by, action="calendarlink.closed", subject=link)


def _revoke(owner: User, at: datetime) -> CalendarLink | None:
    User.objects.select_for_update(of=("self",)).get(pk=owner.pk)
    link = CalendarLink.objects.filter(owner=owner, revoked_at=None).first()
    if link is not None:
        link.revoked_at = at
        link.save(update_fields=["revoked_at"])
    return link
