"""Choices of the contribution rules."""

from django.db import models


class ContractType(models.TextChoices):
    """Under what bond with the cooperative an activity is run: a rule may have other values for each."""

    CAPE = "CAPE", "CAPE"
    CESA = "CESA", "CESA"
    ASSOCIE = "ASSOCIE", "associé"


class ContributionBase(models.TextChoices):
    """What a contribution is reckoned on."""

    INVOICED = "invoiced", "chiffre d’affaires facturé"
    COLLECTED = "collected", "chiffre d’affaires encaissé"
    GROSS_MARGIN = "gross_margin", "marge brute facturée"
    COLLECTED_GROSS_MARGIN = "collected_gross_margin", "marge brute encaissée"


class ContributionYear(models.TextChoices):
    """The year over which tiers, yearly minimum and yearly cap are reckoned."""

    CALENDAR = "calendar", "année civile"
    FISCAL = "fiscal", "exercice"


class FreeFrom(models.TextChoices):
    """The start from which free months are counted."""

    ACTIVITY = "activity", "début de l’activité"
    CONTRACT = "contract", "début du contrat"


class WaivedPart(models.TextChoices):
    """What a decision of the cooperative waives for an activity."""

    WHOLE = "whole", "toute la contribution"
    FEE = "fee", "le forfait mensuel"
    MINIMUM = "minimum", "les minimums"


class NoteKind(models.TextChoices):
    """Why a month departs from what the rule says for everyone."""

    FREE = "free", "mois offert"
    WAIVED = "waived", "exonération"
    FEE_WAIVED = "fee_waived", "exonération du forfait mensuel"
    MINIMUM_WAIVED = "minimum_waived", "exonération des minimums"
    OVERRIDE = "override", "dérogation"


class RuleState(models.TextChoices):
    """Whether a version of the rule is only proposed (it may be replayed) or was voted and binds."""

    PROPOSED = "PROPOSED", "Proposée"
    IN_FORCE = "IN_FORCE", "Adoptée"


class RunState(models.TextChoices):
    """Where the run of a month stands: asked for, in the books, taken back, or given up with its reason."""

    WAITING = "WAITING", "En cours"
    POSTED = "POSTED", "Comptabilisé"
    REVERSED = "REVERSED", "Annulé"
    FAILED = "FAILED", "Refusé"
