"""Choices about what members ask."""

from django.db import models


class RequestState(models.TextChoices):
    """Where a request of a member stands."""

    WAITING = "WAITING", "En attente"
    ACCEPTED = "ACCEPTED", "Acceptée"
    REFUSED = "REFUSED", "Refusée"
