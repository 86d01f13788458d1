"""Choices about customers."""

from django.db import models


class CustomerKind(models.TextChoices):
    """Which mandatory mentions a customer's invoices carry."""

    PROFESSIONAL = "PROFESSIONAL", "Professionnel"
    CONSUMER = "CONSUMER", "Particulier"
    PUBLIC = "PUBLIC", "Organisme public"
