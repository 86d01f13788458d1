"""Choices about invoices."""

from django.db import models


class InvoiceKind(models.TextChoices):
    """Document types (UNTDID 1001 codes)."""

    INVOICE = "380", "Facture"
    CREDIT_NOTE = "381", "Avoir"
    CORRECTIVE = "384", "Facture rectificative"
    DEPOSIT = "386", "Facture d’acompte"


class InvoiceState(models.TextChoices):
    """Where a document stands; `issued` is final."""

    DRAFT = "DRAFT", "Brouillon"
    SUBMITTED = "SUBMITTED", "À valider"
    APPROVED = "APPROVED", "Validée"
    ISSUED = "ISSUED", "Émise"
