"""Choices about general assemblies."""

from django.db import models


class AssemblyKind(models.TextChoices):
    """What an assembly may decide."""

    ORDINARY = "ORDINARY", "Assemblée générale ordinaire"
    EXTRAORDINARY = "EXTRAORDINARY", "Assemblée générale extraordinaire"


class AssemblyState(models.TextChoices):
    """How far an assembly has come; computed from its dates, never stored."""

    PLANNED = "PLANNED", "Prévue"
    CONVENED = "CONVENED", "Convoquée"
    CLOSED = "CLOSED", "Close"


class Presence(models.TextChoices):
    """Whether an associate sits in the assembly at this moment."""

    ABSENT = "ABSENT", "Absent"
    PRESENT = "PRESENT", "Présent"
    REMOTE = "REMOTE", "À distance"


class Majority(models.TextChoices):
    """The share of the votes cast that adopts a resolution."""

    SIMPLE = "SIMPLE", "Majorité simple"
    TWO_THIRDS = "TWO_THIRDS", "Deux tiers"
    THREE_QUARTERS = "THREE_QUARTERS", "Trois quarts"
    UNANIMITY = "UNANIMITY", "Unanimité"


class VotingMethod(models.TextChoices):
    """How people vote."""

    HANDS = "HANDS", "À main levée"
    NOMINAL = "NOMINAL", "Nominal"
    SECRET = "SECRET", "À bulletin secret"


class ResolutionState(models.TextChoices):
    """How far a resolution has come."""

    PENDING = "PENDING", "À voter"
    OPEN = "OPEN", "Vote ouvert"
    ADOPTED = "ADOPTED", "Adoptée"
    REJECTED = "REJECTED", "Rejetée"


class Choice(models.TextChoices):
    """What one votes."""

    IN_FAVOUR = "IN_FAVOUR", "Pour"
    AGAINST = "AGAINST", "Contre"
    ABSTAIN = "ABSTAIN", "Abstention"


class AdmissionCall(models.TextChoices):
    """By which assembly a person must be admitted; computed for the radar, never stored."""

    OVERDUE = "OVERDUE", "Échéance dépassée"
    NO_ASSEMBLY = "NO_ASSEMBLY", "Avant toute assemblée prévue"
    AT_ASSEMBLY = "AT_ASSEMBLY", "À une assemblée prévue"
    LATER = "LATER", "Plus tard"
