"""The occasions on which an activity writes to its customers."""

from django.db import models


class TemplateKind(models.TextChoices):
    """What a message to a customer is about."""

    QUOTE = "QUOTE", "Devis"
    INVOICE = "INVOICE", "Facture"
    CREDIT_NOTE = "CREDIT_NOTE", "Avoir"
    BEFORE_DUE = "BEFORE_DUE", "Rappel avant l’échéance"
    FRIENDLY = "FRIENDLY", "Relance amicale"
    FIRM = "FIRM", "Relance ferme"
    FORMAL_NOTICE = "FORMAL_NOTICE", "Mise en demeure"
    THANKS = "THANKS", "Remerciement d’un paiement"
