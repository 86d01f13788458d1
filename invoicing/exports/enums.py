"""The columns of the FEC."""

from enum import StrEnum


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
