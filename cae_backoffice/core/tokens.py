"""Private links: an address that opens one page, without an account, to whoever was given it.

The address holds a secret of 256 random bits. The database keeps its SHA-256 alone: who reads the database, or a copy
of it, opens nothing. A room that has private links gives them a model (`class CustomerLink(PrivateLink)`), and its
addresses take `<secret:secret>`, which the log hides.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import models
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.urls import register_converter

from cae_backoffice.core.requests import RANDOM_PART

SECRET_BYTES = 32
MOST_PER_MINUTE = 60
"""How many times a link opens within a minute: far more than a person reads, far less than a machine asks."""

MINUTE = timedelta(minutes=1)


class PrivateLink(models.Model):
    """What is kept of a link: the hash of its secret, until when it opens, and how often it was used."""

    digest = models.CharField("empreinte du secret", max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField("expire le")
    revoked_at = models.DateTimeField("retiré le", null=True, blank=True)
    uses = models.PositiveIntegerField("ouvertures", default=0)
    last_used_at = models.DateTimeField("dernière ouverture", null=True, blank=True)
    minute_began_at = models.DateTimeField("début de la minute comptée", null=True, blank=True, editable=False)
    minute_uses = models.PositiveIntegerField("ouvertures de cette minute", default=0, editable=False)

    class Meta:
        abstract = True

    def opens(self, at: datetime) -> bool:
        """Whether the link still opens at this instant: neither revoked nor expired."""
        return (self.revoked_at is None or at < self.revoked_at) and at < self.expires_at


Link = TypeVar("Link", bound=PrivateLink)


class SecretConverter:
    """The secret in an address: `path("lien/<secret:secret>/", …)`; what cannot be one is no address at all."""

    regex = RANDOM_PART

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


register_converter(SecretConverter, "secret")


def new_secret() -> str:
    """43 characters that an address can hold, drawn by the system; shown once, never stored."""
    return secrets.token_urlsafe(SECRET_BYTES)


def digest_of(secret: str) -> str:
    """What the database keeps of a secret: no salt, since nobody guesses 256 bits, so that it is found by an index."""
    return hashlib.sha256(secret.encode()).hexdigest()


def live_link(links: QuerySet[Link], *, secret: str, at: datetime) -> Link | None:
    """The link of this secret that opens at this instant; None when unknown, expired or revoked.

    The secret is looked up by its hash: how long that takes says nothing of how near a guess was.
    """
    found = links.filter(digest=digest_of(secret)).first()
    return found if found and found.opens(at) else None


def count_use(*, link: PrivateLink, at: datetime) -> bool:
    """Count one opening; False when the link was already opened too often within the minute, and nothing is counted.

    One statement, so that simultaneous openings by several processes are all counted.
    """
    began = Q(minute_began_at__gt=at - MINUTE)
    this_minute: dict[str, Any] = {
        "uses": F("uses") + 1,
        "last_used_at": at,
        "minute_uses": Case(When(began, then=F("minute_uses") + 1), default=Value(1)),
        "minute_began_at": Case(When(began, then=F("minute_began_at")), default=Value(at)),
    }
    rows = type(link)._base_manager.filter(pk=link.pk).exclude(began, minute_uses__gte=MOST_PER_MINUTE)
    return rows.update(**this_minute) == 1
