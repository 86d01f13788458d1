"""Choices about accompaniment."""

from django.db import models


class InterviewKind(models.TextChoices):
    """What an interview is for."""

    FOLLOW_UP = "FOLLOW_UP", "Entretien de suivi"
    REVIEW = "REVIEW", "Bilan annuel"
    PROJECT = "PROJECT", "Projet d’activité"
    OTHER = "OTHER", "Autre"
