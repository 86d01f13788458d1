"""Choices of transfers between activities."""

from django.db import models


class TransferState(models.TextChoices):
    """Where a transfer stands; only an accepted one moves anything."""

    PROPOSED = "PROPOSED", "Proposé"
    ACCEPTED = "ACCEPTED", "Accepté"
    REFUSED = "REFUSED", "Refusé"
    CANCELLED = "CANCELLED", "Annulé"
