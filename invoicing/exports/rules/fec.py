"""The file of accounting entries (FEC, LPF A47 A-1): its name, columns, description and characters. Pure."""

import re
from datetime import date, datetime

from invoicing.exports.enums import FecColumn, FileEncoding
from invoicing.exports.rules.characters import in_character_set

FILE_NAME = re.compile(r"^(?P<siren>[0-9]{9})FEC(?P<closing>[0-9]{8})\.txt$")
HEADER = tuple(column.value for column in FecColumn)
DAY_FORMAT = "%Y%m%d"

MEANINGS = {
    FecColumn.JOURNAL_CODE: "code du journal",
    FecColumn.JOURNAL_LABEL: "libellé du journal",
    FecColumn.ENTRY_NUMBER: "numéro de l’écriture, continu sur l’exercice, donné à la validation",
    FecColumn.ENTRY_DATE: "date de comptabilisation (AAAAMMJJ)",
    FecColumn.ACCOUNT_NUMBER: "numéro de compte du plan comptable général",
    FecColumn.ACCOUNT_LABEL: "libellé du compte",
    FecColumn.AUXILIARY_NUMBER: "numéro du compte auxiliaire (C client, F fournisseur, M membre), sinon vide",
    FecColumn.AUXILIARY_LABEL: "libellé du compte auxiliaire, sinon vide",
    FecColumn.VOUCHER: "référence de la pièce justificative",
    FecColumn.VOUCHER_DATE: "date de la pièce justificative (AAAAMMJJ)",
    FecColumn.LABEL: "libellé de la ligne",
    FecColumn.DEBIT: "montant au débit, en euros, deux décimales",
    FecColumn.CREDIT: "montant au crédit, en euros, deux décimales",
    FecColumn.LETTER: "lettre du lettrage, propre au compte, sinon vide",
    FecColumn.LETTER_DATE: "date du lettrage (AAAAMMJJ), sinon vide",
    FecColumn.VALIDATION_DATE: "date de validation (AAAAMMJJ)",
    FecColumn.FOREIGN_AMOUNT: "vide\u00a0: toutes les écritures sont en euros",
    FecColumn.FOREIGN_CURRENCY: "vide\u00a0: toutes les écritures sont en euros",
}

DESCRIPTION = """Description du fichier des écritures comptables
(livre des procédures fiscales, article A47 A-1)

Fichier : {name}
Entreprise : {company}, SIREN {siren}
Exercice : du {starts_on:%d/%m/%Y} au {ends_on:%d/%m/%Y}{status}
Lignes d’écriture : {lines}, après une ligne d’en-tête
Empreinte SHA-256 : {sha256}

Conventions
- Jeu de caractères : {encoding}.
- Structure : fichier à plat, une ligne par ligne d’écriture, longueur variable.
- Séparateur de zones : tabulation (caractère 9). Séparateur d’enregistrements : saut de ligne (caractère 10).
- Première ligne : noms des zones. Aucune zone n’est entourée de guillemets.
- Nombres : base décimale, virgule, deux décimales, sans séparateur de milliers. Dates : AAAAMMJJ.
- Ordre : ordre chronologique de validation des écritures ; seules les écritures validées figurent.
- Une écriture = un numéro, un journal, une date, une pièce ; elle est équilibrée.
- Caractères de contrôle (tabulations, sauts de ligne) des libellés : remplacés par une espace.
- Lettrage : porté quand toutes les lignes lettrées ensemble sont dans l’exercice.
{notes}
Zones
{columns}

Codes des journaux
{journals}
"""


def file_name(siren: str, closing: date) -> str:
    """`{SIREN}FEC{AAAAMMJJ}.txt`; `closing` is the fiscal year's last day."""
    return f"{siren}FEC{closing:{DAY_FORMAT}}.txt"


def closing_of(name: str) -> date | None:
    """The last day of the fiscal year that a file's name tells; None when it is not named as the text asks."""
    match = FILE_NAME.match(name)
    return parsed_day(match["closing"]) if match else None


def parsed_day(text: str) -> date | None:
    """A day written AAAAMMJJ; None when it is none."""
    if len(text) != len("AAAAMMJJ") or not text.isdecimal():
        return None
    try:
        return datetime.strptime(text, DAY_FORMAT).date()  # noqa: DTZ007  a day has no time zone
    except ValueError:
        return None


def encoded(text: str, encoding: str) -> bytes:
    """The text in one of the two character sets; what ISO 8859-15 lacks becomes its nearest."""
    if encoding == FileEncoding.UTF_8:
        return text.encode()
    return in_character_set(text, "iso-8859-15")


def columns_described() -> str:
    """The columns with their meaning, one a line, in order."""
    return "\n".join(f"{rank}. {column.value} : {MEANINGS[column]}" for rank, column in enumerate(FecColumn, 1))
