"""Choices about alerts."""

from django.db import models


class AlertMoment(models.TextChoices):
    """When an alert about a three-year deadline is raised; the later one says more than the earlier ones."""

    MONTHS_12 = "MONTHS_12", "12 mois avant"
    MONTHS_6 = "MONTHS_6", "6 mois avant"
    MONTHS_3 = "MONTHS_3", "3 mois avant"
    OVERDUE = "OVERDUE", "Échéance passée"
