"""Writing files for the administration and for accounting software."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from cae_backoffice.core.errors import RefusalError
from invoicing.exports.enums import FecColumn
from invoicing.exports.rules import file_name
from invoicing.ledger.models import FiscalYear
from members.cooperative.queries import the_cooperative

# Control characters would break a tab-separated line; CSV with an impossible quote then writes texts as they are.
FEC_COPY = """
    COPY (
        SELECT journal.code, journal.label, entry.number, to_char(entry.entry_on, 'YYYYMMDD'), account.number,
               nullif(trim(regexp_replace(account.label, '[[:cntrl:]]', ' ', 'g')), ''), auxiliary.code,
               nullif(trim(regexp_replace(auxiliary.label, '[[:cntrl:]]', ' ', 'g')), ''),
               nullif(trim(regexp_replace(entry.voucher_number, '[[:cntrl:]]', ' ', 'g')), ''),
               to_char(entry.voucher_on, 'YYYYMMDD'),
               nullif(trim(regexp_replace(line.label, '[[:cntrl:]]', ' ', 'g')), ''),
               translate(to_char(line.debit, 'FM999999999990.00'), '.', ','),
               translate(to_char(line.credit, 'FM999999999990.00'), '.', ','),
               matching.letter, to_char(matching.matched_on, 'YYYYMMDD'), to_char(entry.validated_on, 'YYYYMMDD'),
               NULL, NULL
        FROM invoicing_entry AS entry
        JOIN invoicing_journal AS journal ON journal.id = entry.journal_id
        JOIN invoicing_entryline AS line ON line.entry_id = entry.id
        JOIN invoicing_account AS account ON account.id = line.account_id
        LEFT JOIN invoicing_auxiliary AS auxiliary ON auxiliary.id = line.auxiliary_id
        LEFT JOIN invoicing_matching AS matching ON matching.id = line.matching_id
        WHERE entry.fiscal_year_id = %s AND entry.state = 'VALIDATED'
        ORDER BY entry.number, line.position
    ) TO STDOUT (FORMAT csv, DELIMITER E'\\t', QUOTE E'\\x01', ENCODING 'UTF8')
"""

DESCRIPTION = """Fichier des écritures comptables (article A47 A-1 du livre des procédures fiscales)
Fichier : {name}
Exercice : du {starts_on:%d/%m/%Y} au {ends_on:%d/%m/%Y}
Encodage : UTF-8. Séparateur de zones : tabulation. Séparateur d'enregistrements : saut de ligne.
Première ligne : noms des zones. Décimales : virgule, sans séparateur de milliers. Dates : AAAAMMJJ.
Ordre : ordre de validation des écritures. Numérotation des écritures : continue sur l'exercice.
Zones : {columns}
"""


@dataclass(frozen=True)
class FecFiles:
    """What an export wrote."""

    fec: Path
    description: Path
    size: int


def export_fec(*, year: FiscalYear, output: Path) -> FecFiles:
    """Write a fiscal year's FEC and its description file into a folder, streamed in constant memory.

    Refused while the cooperative has no identity. The file appears under its name only when it is whole.
    """
    cooperative = the_cooperative()
    if cooperative is None:
        raise RefusalError("Renseignez d’abord l’identité de la coopérative : le FEC porte son SIREN.")
    output.mkdir(parents=True, exist_ok=True)
    fec = output / file_name(cooperative.siren, f"{year.ends_on:%Y%m%d}")
    partial = fec.with_suffix(".partial")
    with partial.open("wb") as file, connection.cursor() as cursor:
        file.write(("\t".join(column.value for column in FecColumn) + "\n").encode())
        with cursor.copy(FEC_COPY, [year.pk]) as copy:
            for block in copy:
                file.write(block)
    partial.replace(fec)
    description = fec.with_name(f"{fec.stem}-description.txt")
    description.write_text(
        DESCRIPTION.format(
            name=fec.name, starts_on=year.starts_on, ends_on=year.ends_on, columns=", ".join(c.value for c in FecColumn)
        ),
        encoding="utf-8",
    )
    return FecFiles(fec=fec, description=description, size=fec.stat().st_size)
