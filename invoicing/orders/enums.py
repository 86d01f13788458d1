"""Choices about orders."""

from django.db import models


class OrderState(models.TextChoices):
    """Where an order stands; derived from what was invoiced of it and from its cancellation, never stored."""

    OPEN = "OPEN", "En cours"
    COMPLETED = "COMPLETED", "Facturée"
    CANCELLED = "CANCELLED", "Annulée"


class StepKind(models.TextChoices):
    """What a step of the schedule asks for, and what an invoice of an order is."""

    DEPOSIT = "DEPOSIT", "Acompte"
    PROGRESS = "PROGRESS", "Situation"
    FINAL = "FINAL", "Solde"
