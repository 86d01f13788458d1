"""Choices about figures."""

from django.db import models


class Topic(models.TextChoices):
    """What the members are counted by."""

    STATUS = "STATUS", "Statuts"
    AGE = "AGE", "Âges"
    SECTOR = "SECTOR", "Secteurs d’activité"
    TERRITORY = "TERRITORY", "Territoires"
    ENTRY = "ENTRY", "Entrées de la période"
    EXIT = "EXIT", "Sorties de la période"
