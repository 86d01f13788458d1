"""Choices of the books."""

from django.db import models


class JournalCode(models.TextChoices):
    """The journals of the cooperative."""

    SALES = "VT", "Ventes"
    PURCHASES = "AC", "Achats"
    BANK = "BQ", "Banque"
    EXPENSES = "NF", "Notes de frais"
    PAYROLL = "PA", "Paie"
    MISCELLANEOUS = "OD", "Opérations diverses"
    OPENING = "AN", "À-nouveaux"


class AuxiliaryKind(models.TextChoices):
    """Whose account an auxiliary account is."""

    CUSTOMER = "CUSTOMER", "Client"
    SUPPLIER = "SUPPLIER", "Fournisseur"
    MEMBER = "MEMBER", "Membre"


class EntryState(models.TextChoices):
    """A draft entry may change; a validated one never does."""

    DRAFT = "DRAFT", "Brouillard"
    VALIDATED = "VALIDATED", "Validée"


class EntrySide(models.TextChoices):
    """The side of a line."""

    DEBIT = "DEBIT", "Débit"
    CREDIT = "CREDIT", "Crédit"


class PeriodState(models.TextChoices):
    """Whether a month takes entries: open, locked (can be opened again) or closed for ever."""

    OPEN = "OPEN", "Ouverte"
    LOCKED = "LOCKED", "Verrouillée"
    CLOSED = "CLOSED", "Clôturée"
