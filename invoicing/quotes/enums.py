"""Choices about quotes."""

from django.db import models


class QuoteState(models.TextChoices):
    """Where a quote stands. From the moment it is sent, only the customer's answer, time or its author move it."""

    DRAFT = "DRAFT", "Brouillon"
    SENT = "SENT", "Envoyé"
    ACCEPTED = "ACCEPTED", "Accepté"
    REFUSED = "REFUSED", "Refusé"
    EXPIRED = "EXPIRED", "Expiré"
    WITHDRAWN = "WITHDRAWN", "Retiré"
    REPLACED = "REPLACED", "Remplacé"


class AnswerChannel(models.TextChoices):
    """How the customer's answer reached the cooperative."""

    ONLINE = "ONLINE", "Par le lien privé"
    BY_HAND = "BY_HAND", "Notée à la main"


class SignatureKind(models.TextChoices):
    """What the signature of an accepted quote is made of."""

    TYPED = "TYPED", "Nom écrit au clavier"
    DRAWN = "DRAWN", "Signature dessinée"
    FILE = "FILE", "Document signé"


class SaleSetting(models.TextChoices):
    """Where a contract with a consumer is made: what the consumer must be told follows from it (C. conso. L221-1)."""

    DISTANCE = "DISTANCE", "À distance"
    OFF_PREMISES = "OFF_PREMISES", "Hors établissement"
    ON_PREMISES = "ON_PREMISES", "Dans un établissement"
