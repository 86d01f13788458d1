"""Writing the FEC of a fiscal year (LPF A47 A-1)."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from cae_backoffice.core.errors import RefusalError
from invoicing.exports.enums import FileEncoding
from invoicing.exports.queries.entries import draft_count, fec_blocks, journal_labels
from invoicing.exports.rules.fec import DESCRIPTION, HEADER, columns_described, encoded, file_name
from invoicing.exports.services.sink import Sink
from invoicing.ledger.models import FiscalYear
from members.cooperative.models import Cooperative
from members.cooperative.queries import the_cooperative

NO_IDENTITY = "Renseignez d’abord l’identité de la coopérative\u00a0: le FEC porte son SIREN."


@dataclass(frozen=True)
class FecFiles:
    """What an export wrote; `warning` says in what the file is not final, if anything."""

    fec: Path
    description: Path
    size: int
    lines: int
    warning: str


def export_fec(*, year: FiscalYear, output: Path, encoding: FileEncoding = FileEncoding.UTF_8) -> FecFiles:
    """Write a fiscal year's FEC and its description into a folder, streamed in constant memory.

    Refused while drafts remain, while the cooperative has no identity, when the file exists already or the folder
    cannot be written. The file appears under its name only when it is whole.
    """
    refuse_drafts(year)
    return export_interim_fec(year=year, output=output, encoding=encoding)


def export_interim_fec(*, year: FiscalYear, output: Path, encoding: FileEncoding = FileEncoding.UTF_8) -> FecFiles:
    """The same of a year in which drafts remain: they are left out, and the warning tells how many."""
    cooperative = cooperative_of_the_file()
    fec = output / file_name(cooperative.siren, year.ends_on)
    description = fec.with_name(f"{fec.stem}-description.txt")
    for path in (fec, description):
        if path.exists():
            raise RefusalError(
                f"«\u00a0{path}\u00a0» existe déjà\u00a0: rien n’est écrasé. Déplacez-le, ou changez de dossier."
            )
    partial = fec.with_suffix(".partial")
    try:
        output.mkdir(parents=True, exist_ok=True)
        with partial.open("xb") as file:
            sink = Sink(file, lambda _lines: None)
            stream_fec(year=year, encoding=encoding, sink=sink)
        partial.rename(fec)
        description.write_text(describe_fec(year, cooperative, encoding, sink), encoding="utf-8")
    except FileExistsError as error:
        raise RefusalError(
            f"«\u00a0{partial}\u00a0» existe\u00a0: un autre export est en cours, ou a été interrompu."
        ) from error
    except OSError as error:
        raise RefusalError(
            f"Le dossier «\u00a0{output}\u00a0» ne peut pas être écrit\u00a0: {error.strerror}."
        ) from error
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return FecFiles(fec=fec, description=description, size=sink.size, lines=sink.lines, warning=interim_warning(year))


def refuse_drafts(year: FiscalYear) -> None:
    """Refuse a final file while drafts remain, and tell how many."""
    drafts = draft_count(year)
    if drafts:
        raise RefusalError(
            f"Il reste {drafts} écriture(s) en brouillard dans l’exercice\u00a0: validez-les ou supprimez-les, "
            "ou demandez un fichier provisoire."
        )


def cooperative_of_the_file() -> Cooperative:
    """Whose SIREN the file carries; refused before the first set-up."""
    cooperative = the_cooperative()
    if cooperative is None:
        raise RefusalError(NO_IDENTITY)
    return cooperative


def interim_warning(year: FiscalYear) -> str:
    """In what a year's file is not final; empty when it is."""
    drafts = draft_count(year)
    if drafts:
        return f"Fichier provisoire\u00a0: {drafts} écriture(s) en brouillard n’y figurent pas."
    if year.closed_on is None:
        return "Fichier provisoire\u00a0: l’exercice n’est pas clôturé."
    return ""


def stream_fec(*, year: FiscalYear, encoding: str, sink: Sink) -> None:
    """Write the header, then the lines as the server sends them."""
    sink.write(encoded("\t".join(HEADER) + "\n", encoding), lines=0)
    if encoding == FileEncoding.UTF_8:
        for block in fec_blocks(year):
            sink.write(block, lines=block.count(b"\n"))
        return
    decoder = codecs.getincrementaldecoder("utf-8")()
    for block in fec_blocks(year):
        sink.write(encoded(decoder.decode(block), encoding), lines=block.count(b"\n"))


def describe_fec(year: FiscalYear, cooperative: Cooperative, encoding: str, sink: Sink) -> str:
    """The description that goes with the file (A47 A-1, II)."""
    warning = interim_warning(year)
    latin = "- Caractères absents de ce jeu : remplacés par le plus proche (apostrophe, tiret), sinon « ? ».\n"
    return DESCRIPTION.format(
        name=file_name(cooperative.siren, year.ends_on),
        company=cooperative.legal_name,
        siren=cooperative.siren,
        starts_on=year.starts_on,
        ends_on=year.ends_on,
        status=f", clôturé le {year.closed_on:%d/%m/%Y}" if year.closed_on else "",
        lines=sink.lines,
        sha256=sink.sha256,
        encoding=FileEncoding(encoding).label,
        notes=("" if encoding == FileEncoding.UTF_8 else latin) + (f"- {warning}\n" if warning else ""),
        columns=columns_described(),
        journals="\n".join(f"{code} : {label}" for code, label in journal_labels()),
    )
