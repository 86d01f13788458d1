"""The mentions that documents carry."""

from django.db import models


class LegalTextCode(models.TextChoices):
    """The mentions that documents print; the words are dated data."""

    LATE_PENALTY = "LATE_PENALTY", "Pénalités de retard"
    LATE_PENALTY_PUBLIC = "LATE_PENALTY_PUBLIC", "Intérêts moratoires (organisme public)"
    RECOVERY_INDEMNITY = "RECOVERY_INDEMNITY", "Indemnité forfaitaire de recouvrement"
    NO_EARLY_DISCOUNT = "NO_EARLY_DISCOUNT", "Escompte"
    VAT_ON_DEBITS = "VAT_ON_DEBITS", "Option pour les débits"
    MEDIATOR = "MEDIATOR", "Médiateur de la consommation"
    CAPE = "CAPE", "Mention du CAPE"
    RETENTION = "RETENTION", "Retenue de garantie"
    DECENNIAL_INSURANCE = "DECENNIAL_INSURANCE", "Assurance décennale"
    TRAINING_DECLARATION = "TRAINING_DECLARATION", "Déclaration d’activité de formation"
    WITHDRAWAL = "WITHDRAWAL", "Droit de rétractation"
    NO_PAYMENT_YET = "NO_PAYMENT_YET", "Aucun paiement avant sept jours"
    QUOTE_FREE = "QUOTE_FREE", "Devis gratuit"
    QUOTE_PAID = "QUOTE_PAID", "Devis payant"
    CONFORMITY = "CONFORMITY", "Garanties légales"
