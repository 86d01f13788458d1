"""Choices about shares."""

from django.db import models


class MovementKind(models.TextChoices):
    """What a movement of the register does to a holder's shares."""

    SUBSCRIPTION = "SUBSCRIPTION", "Souscription"
    PAYMENT = "PAYMENT", "Libération"
    TRANSFER = "TRANSFER", "Cession"
    REFUND = "REFUND", "Remboursement"
    CANCELLATION = "CANCELLATION", "Annulation"
    CONVERSION = "CONVERSION", "Conversion"


class PaymentMeans(models.TextChoices):
    """How money paid on shares reached the cooperative."""

    BANK = "BANK", "Versement à la banque"
    PAY = "PAY", "Retenue sur la rémunération"


class ConversionOrigin(models.TextChoices):
    """Which money of the associate a conversion turns into shares, all paid up."""

    PATRONAGE = "PATRONAGE", "Ristourne coopérative"
    WORK = "WORK", "Part travail"
