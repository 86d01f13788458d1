"""Choices about activities."""

from django.db import models


class Sector(models.TextChoices):
    """The sectors in which CAE count their activities."""

    CONSTRUCTION = "CONSTRUCTION", "Bâtiment"
    AGRICULTURE = "AGRICULTURE", "Agriculture et paysage"
    DIGITAL = "DIGITAL", "Numérique"
    COMMUNICATION = "COMMUNICATION", "Communication et graphisme"
    CRAFTS = "CRAFTS", "Artisanat et création"
    SERVICES = "SERVICES", "Services aux personnes et aux entreprises"
    TRAINING = "TRAINING", "Formation et conseil"
