"""Handing issued documents over as files: the bytes that were stored, and the XML inside them."""

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from cae_backoffice.core.errors import RefusalError
from invoicing.invoices.models import IssuedFile
from invoicing.invoices.queries import issued_between
from invoicing.rendering.facturx import embedded_xml


def export_pdfs(*, starts_on: date, ends_on: date, output: Path) -> int:
    """Write the stored PDF of each document issued in a period, named by its number; how many.

    Refused, with what is wrong, when one is not stored yet or is no longer what was issued: an export that lacks a
    document, or holds another than the customer's, is no export. What was written before stays.
    """
    count = 0
    for number, pdf in _stored(starts_on, ends_on):
        _write(output, f"{number}.pdf", pdf)
        count += 1
    return count


def export_xmls(*, starts_on: date, ends_on: date, output: Path) -> int:
    """Write the XML inside each of these PDFs; how many. Refused also for a PDF that was stored without one."""
    count = 0
    for number, pdf in _stored(starts_on, ends_on):
        xml = embedded_xml(pdf)
        if xml is None:
            raise RefusalError(f"Le PDF de {number} ne contient pas de facture électronique.")
        _write(output, f"{number}.xml", xml)
        count += 1
    return count


def _stored(starts_on: date, ends_on: date) -> Iterator[tuple[str, bytes]]:
    """Each document's number, fit for a file name, and its PDF, checked against its fingerprint."""
    documents = issued_between(starts_on, ends_on)
    waiting = list(documents.filter(file=None).values_list("number", flat=True))
    if waiting:
        raise RefusalError(f"Le PDF de ces documents n’est pas encore produit\u00a0: {', '.join(map(str, waiting))}.")
    for document in documents.select_related("file").iterator():
        yield str(document.number).replace("/", "_"), _content(document.file, str(document.number))


def _content(file: IssuedFile, number: str) -> bytes:
    try:
        with file.pdf.open() as opened:
            content: bytes = opened.read()
    except FileNotFoundError as error:
        raise RefusalError(f"Le PDF de {number} a disparu.") from error
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise RefusalError(f"Le PDF de {number} n’est plus celui qui a été émis\u00a0: son empreinte a changé.")
    return content


def _write(folder: Path, name: str, content: bytes) -> None:
    """The file appears under its name only when it is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{name}.partial"
    partial.write_bytes(content)
    partial.replace(folder / name)
