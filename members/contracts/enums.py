"""Choices about contracts."""

from django.db import models


class ContractKind(models.TextChoices):
    """The contracts that bind a person and the cooperative."""

    CAPE = "CAPE", "CAPE"
    CESA = "CESA", "CESA"
    WORK = "WORK", "Contrat de travail"


class ContractEnd(models.TextChoices):
    """Why a contract ended."""

    TERM = "TERM", "Arrivée du terme"
    NEXT_CONTRACT = "NEXT", "Passage au contrat suivant"
    RESIGNATION = "RESIGNATION", "Démission"
    BREACH = "BREACH", "Rupture par la coopérative"
    MUTUAL = "MUTUAL", "Rupture d’un commun accord"
    DEADLINE = "DEADLINE", "Délai de trois ans dépassé"
    OTHER = "OTHER", "Autre"


class AmendmentSubject(models.TextChoices):
    """What an amendment changes."""

    TERM = "TERM", "Durée"
    PAY = "PAY", "Rémunération"
    OBJECTIVES = "OBJECTIVES", "Objectifs et activité minimale"
    HOURS = "HOURS", "Temps de travail"
    OTHER = "OTHER", "Autre"
