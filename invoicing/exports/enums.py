"""Choices of the exports, and the columns of the FEC."""

from enum import StrEnum

from django.db import models


class FecColumn(StrEnum):
    """The 18 columns in their legal order (LPF A47 A-1)."""

    JOURNAL_CODE = "JournalCode"
    JOURNAL_LABEL = "JournalLib"
    ENTRY_NUMBER = "EcritureNum"
    ENTRY_DATE = "EcritureDate"
    ACCOUNT_NUMBER = "CompteNum"
    ACCOUNT_LABEL = "CompteLib"
    AUXILIARY_NUMBER = "CompAuxNum"
    AUXILIARY_LABEL = "CompAuxLib"
    VOUCHER = "PieceRef"
    VOUCHER_DATE = "PieceDate"
    LABEL = "EcritureLib"
    DEBIT = "Debit"
    CREDIT = "Credit"
    LETTER = "EcritureLet"
    LETTER_DATE = "DateLet"
    VALIDATION_DATE = "ValidDate"
    FOREIGN_AMOUNT = "Montantdevise"
    FOREIGN_CURRENCY = "Idevise"


class FecRule(models.TextChoices):
    """The rules that the linter of the FEC checks."""

    NAME = "NAME", "Nom du fichier"
    ENCODING = "ENCODING", "Jeu de caractères"
    HEADER = "HEADER", "En-tête"
    COLUMNS = "COLUMNS", "Nombre de zones"
    EMPTY = "EMPTY", "Zone obligatoire vide"
    SEQUENCE = "SEQUENCE", "Suite des numéros d’écriture"
    SAME_ENTRY = "SAME_ENTRY", "Une écriture, un journal, une date, une pièce"
    BALANCE = "BALANCE", "Équilibre de l’écriture"
    ACCOUNT = "ACCOUNT", "Numéro de compte"
    DATE = "DATE", "Date valide"
    YEAR = "YEAR", "Date dans l’exercice"
    VALIDATION = "VALIDATION", "Date de validation"
    AMOUNT = "AMOUNT", "Format des montants"
    SIDE = "SIDE", "Débit ou crédit"
    AUXILIARY = "AUXILIARY", "Compte auxiliaire"
    LETTER = "LETTER", "Lettrage"


class FileEncoding(models.TextChoices):
    """The two character sets that the administration accepts and that software reads (LPF A47 A-1, III-1°)."""

    UTF_8 = "UTF-8", "UTF-8"
    ISO_8859_15 = "ISO-8859-15", "ISO 8859-15"


class ExportKind(models.TextChoices):
    """What is written: the file of the administration, or entries for another program."""

    FEC = "FEC", "FEC (administration fiscale)"
    CSV = "CSV", "CSV"
    SAGE_PNM = "SAGE_PNM", "Sage (PNM)"
    QUADRA = "QUADRA", "Cegid Quadra (ASCII)"
    CEGID_TRA = "CEGID_TRA", "Cegid (TRA)"


class ExportScope(models.TextChoices):
    """Whether entries that were exported before, in the same format, are exported again."""

    NEW = "NEW", "Les écritures jamais exportées dans ce format"
    ALL = "ALL", "Toutes, même déjà exportées"


class ExportState(models.TextChoices):
    """Where an export stands."""

    WAITING = "WAITING", "En attente"
    RUNNING = "RUNNING", "En cours"
    DONE = "DONE", "Terminé"
    FAILED = "FAILED", "Échoué"


class OperationCategory(models.TextChoices):
    """What kind of operations are reported together (codes TT-81 of the reform)."""

    GOODS = "TLB1", "Livraisons de biens soumises à la TVA"
    SERVICES = "TPS1", "Prestations de services soumises à la TVA"
    NOT_TAXED = "TNT1", "Opérations non soumises à la TVA en France"
    MARGIN = "TMA1", "Opérations sous le régime de la marge"
