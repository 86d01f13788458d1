"""Choices about associates."""

from django.db import models


class AssociateExit(models.TextChoices):
    """Why a person is no longer an associate."""

    RESIGNATION = "RESIGNATION", "Démission"
    CONTRACT_END = "CONTRACT_END", "Fin du contrat de travail"
    EXCLUSION = "EXCLUSION", "Exclusion"
    RETIREMENT = "RETIREMENT", "Retraite"
    DEATH = "DEATH", "Décès"


class MemberStatus(models.TextChoices):
    """Where a person stands on a date; always computed, never typed."""

    CANDIDATE = "CANDIDATE", "Candidat"
    CAPE = "CAPE", "CAPE"
    CESA = "CESA", "CESA"
    ASSOCIATE = "ASSOCIATE", "Associé"
    EMPLOYEE = "EMPLOYEE", "Salarié"
    LEFT = "LEFT", "Sorti"


class DeadlineBucket(models.TextChoices):
    """How near a three-year deadline is; computed, never stored."""

    OVERDUE = "OVERDUE", "Dépassée"
    WITHIN_3_MONTHS = "M3", "Dans les 3 mois"
    WITHIN_6_MONTHS = "M6", "Dans les 6 mois"
    WITHIN_12_MONTHS = "M12", "Dans les 12 mois"
    LATER = "LATER", "Plus tard"
