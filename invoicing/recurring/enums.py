"""Choices of recurring invoices."""

from django.db import models


class Frequency(models.TextChoices):
    """How often an invoice comes back."""

    MONTHLY = "MONTHLY", "Tous les mois"
    QUARTERLY = "QUARTERLY", "Tous les trois mois"
    YEARLY = "YEARLY", "Tous les ans"
