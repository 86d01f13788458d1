"""The states of an outgoing message and what can happen to it."""

from django.db import models


class MessageState(models.TextChoices):
    """Where an outgoing message stands; only what is queued may still change."""

    QUEUED = "QUEUED", "En attente"
    SENT = "SENT", "Envoyé"
    FAILED = "FAILED", "Échec"
    CANCELLED = "CANCELLED", "Annulé"


class MessageEventKind(models.TextChoices):
    """One step in the life of an outgoing message, as its log tells it."""

    QUEUED = "QUEUED", "Mis en attente"
    STARTED = "STARTED", "Envoi commencé"
    SENT = "SENT", "Remis au serveur d’envoi"
    DEFERRED = "DEFERRED", "Reporté"
    UNCERTAIN = "UNCERTAIN", "Issue inconnue"
    FAILED = "FAILED", "Échec définitif"
    CANCELLED = "CANCELLED", "Annulé"
    RESENT = "RESENT", "Renvoyé"
