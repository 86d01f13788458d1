"""Choices about payments."""

from django.db import models


class PaymentMethod(models.TextChoices):
    """How money comes in or goes out."""

    TRANSFER = "TRANSFER", "Virement"
    CHEQUE = "CHEQUE", "Chèque"
    CARD = "CARD", "Carte bancaire"
    CASH = "CASH", "Espèces"
    DIRECT_DEBIT = "DEBIT", "Prélèvement"


class PaymentState(models.TextChoices):
    """What an issued invoice waits for on a day: derived, never stored."""

    DUE = "DUE", "À payer"
    PART_PAID = "PART_PAID", "Payée en partie"
    RETAINED = "RETAINED", "Retenue de garantie en attente"
    PAID = "PAID", "Payée"
    OVERDUE = "OVERDUE", "En retard"
    LOST = "LOST", "Passée en perte"


class PaymentEventKind(models.TextChoices):
    """What the unalterable record of payments holds (CGI 286-I-3° bis)."""

    RECEIVED = "RECEIVED", "Encaissement"
    ALLOCATED = "ALLOCATED", "Affectation"
    OFFSET = "OFFSET", "Imputation d’un avoir"
    REMITTED = "REMITTED", "Remise de chèques"
    BOUNCED = "BOUNCED", "Rejet"
    REFUNDED = "REFUNDED", "Remboursement"
    LOST = "LOST", "Perte sur créance"


class ClosingKind(models.TextChoices):
    """The period that a closing of payments covers; a year is a fiscal year."""

    DAY = "DAY", "Journalière"
    MONTH = "MONTH", "Mensuelle"
    YEAR = "YEAR", "Annuelle"
