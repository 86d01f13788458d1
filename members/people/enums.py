"""Choices about people."""

from django.db import models


class Gender(models.TextChoices):
    """As declared by the person; used for statistics only."""

    WOMAN = "F", "Femme"
    MAN = "M", "Homme"
    OTHER = "X", "Autre ou non précisé"
