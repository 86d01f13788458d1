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


class AttachmentKind(models.TextChoices):
    """What a file that goes with a document is."""

    PURCHASE_ORDER = "PURCHASE_ORDER", "Bon de commande"
    SIGNED_QUOTE = "SIGNED_QUOTE", "Devis signé"
    TRAINING_AGREEMENT = "TRAINING_AGREEMENT", "Convention ou contrat de formation"
    INSURANCE = "INSURANCE", "Attestation d’assurance"
    OTHER = "OTHER", "Autre pièce"


class AttachmentFormat(models.TextChoices):
    """What a file that goes with a document is made of, by its content; the value is its media type."""

    PDF = "application/pdf", "PDF"
    JPEG = "image/jpeg", "JPEG"
    PNG = "image/png", "PNG"


class Severity(models.TextChoices):
    """How much a warning weighs: what blocks is never approved by its own author."""

    NOTICE = "NOTICE", "À savoir"
    CAUTION = "CAUTION", "À vérifier"
    BLOCKING = "BLOCKING", "Bloquant"


class WarningKind(models.TextChoices):
    """What the approval queue warns of."""

    CONTRACT_ENDED = "CONTRACT_ENDED", "Contrat terminé"
    CONTRACT_ENDS = "CONTRACT_ENDS", "Contrat bientôt terminé"
    INSURANCE_MISSING = "INSURANCE_MISSING", "Assurance absente ou expirée"
    INSURANCE_ENDS = "INSURANCE_ENDS", "Assurance bientôt expirée"
    CUSTOMER_LATE = "CUSTOMER_LATE", "Client en retard"
    DUPLICATE = "DUPLICATE", "Doublon possible"
    FIRST_INVOICE = "FIRST_INVOICE", "Première facture du client"
    UNUSUAL_AMOUNT = "UNUSUAL_AMOUNT", "Montant inhabituel"
    SIREN_MISSING = "SIREN_MISSING", "SIREN absent"
    SIREN_INVALID = "SIREN_INVALID", "SIREN faux"
