"""What a file that goes with a document may be, who adds it, and which ones a document cannot do without."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.pictures import bare_jpeg, bare_png, readable_picture
from cae_backoffice.core.text import tidy
from invoicing.invoices.enums import AttachmentFormat, AttachmentKind
from invoicing.invoices.models import Invoice, InvoiceLine
from invoicing.invoices.rules import may_delete, may_draft_for
from members.people.models import User

MAX_ATTACHMENTS = 20
"""Files of one document."""
MAX_BYTES = 10_000_000
MAX_SIDE = 4000
"""Pixels of a picture that is kept: a page photographed at 300 dpi."""
MAX_OBJECTS = 100_000
"""Objects of a PDF that are looked through: a contract has some hundreds."""
MAX_NAME = 120
EXTENSIONS = {AttachmentFormat.PDF: "pdf", AttachmentFormat.JPEG: "jpg", AttachmentFormat.PNG: "png"}
TOO_HEAVY = "Une pièce pèse au plus 10\u00a0Mo."
NOT_READABLE = "Une pièce est un PDF lisible, ou une image JPEG ou PNG."
ACTING = "Ce PDF contient un programme (JavaScript ou lancement)\u00a0: enregistrez-le sans, ou imprimez-le en PDF."
PROTECTED = "Ce PDF est protégé par un mot de passe\u00a0: joignez-le sans protection."
ACTIONS = {"/JavaScript", "/Launch"}

TRAINING_CODE = "EXO-FORMATION"
"""The VAT code of the training that CGI 261-4-4° a exempts."""
REQUIRED = {TRAINING_CODE: AttachmentKind.TRAINING_AGREEMENT}
"""What a line of each VAT code asks to be joined (C. trav. L6353-1, L6353-3)."""
MISSING = {
    AttachmentKind.TRAINING_AGREEMENT: "Joignez la convention ou le contrat de formation\u00a0: ce document facture "
    "une formation exonérée de TVA (C. trav. L6353-1 et L6353-3).",
}
NO_DECLARATION = (
    "Le n° de déclaration d’activité de formation manque dans la fiche de la coopérative\u00a0: une facture de "
    "formation exonérée l’imprime (C. trav. L6352-12)."
)


@dataclass(frozen=True)
class CheckedFile:
    """A file that may be kept: a PDF as it came, a picture encoded anew."""

    content: bytes
    format: AttachmentFormat

    @property
    def extension(self) -> str:
        """By the content, whatever the file was called."""
        return EXTENSIONS[self.format]


def may_attach(user: User, invoice: Invoice) -> bool:
    """Whether the user may add a file to this document, in whatever state: whoever may write one of its activity."""
    return may_draft_for(user, invoice.activity)


def may_detach(user: User, invoice: Invoice) -> bool:
    """Whether the user may take a file away: as long as it is a draft."""
    return may_delete(user, invoice) and may_draft_for(user, invoice.activity)


def sells_training(lines: Iterable[InvoiceLine]) -> bool:
    """Whether a line sells training exempt from VAT."""
    return any(line.vat_code.code == TRAINING_CODE for line in lines)


def required_kinds(lines: Iterable[InvoiceLine]) -> set[AttachmentKind]:
    """What the lines ask to be joined."""
    return {REQUIRED[line.vat_code.code] for line in lines if line.vat_code.code in REQUIRED}


def missing_attachments(wanted: Collection[AttachmentKind], joined: Collection[str]) -> Iterator[str]:
    """What is not joined, in French sentences."""
    return (sentence for kind, sentence in MISSING.items() if kind in wanted and kind not in joined)


def attachment_name(typed: str, kind: AttachmentKind) -> str:
    """What its author called the file, without folder and extension; else what it is."""
    last = typed.replace("\\", "/").rpartition("/")[2]
    stem = last.rpartition(".")[0] or last
    printable = tidy("".join(c for c in stem if c.isprintable()))
    return printable[:MAX_NAME].strip() or str(kind.label)


def checked_attachment(content: bytes) -> CheckedFile:
    """The file as it is kept. Refused: above 10 MB, neither PDF nor JPEG nor PNG by its content, a PDF that cannot be
    read, is protected, or acts by itself.
    """
    if len(content) > MAX_BYTES:
        raise RefusalError(TOO_HEAVY)
    if content.startswith(b"%PDF-"):
        _refuse_pdf(content)
        return CheckedFile(content, AttachmentFormat.PDF)
    picture = readable_picture(content, formats=("JPEG", "PNG"), refusal=NOT_READABLE)
    if content.startswith(b"\x89PNG"):
        return CheckedFile(bare_png(picture, side=MAX_SIDE), AttachmentFormat.PNG)
    return CheckedFile(bare_jpeg(picture, side=MAX_SIDE), AttachmentFormat.JPEG)


def _refuse_pdf(content: bytes) -> None:
    try:
        reader = PdfReader(io.BytesIO(content))
        is_protected = reader.is_encrypted
        is_empty = not is_protected and len(reader.pages) == 0
        acts = not is_protected and _acts(reader)
    except (PyPdfError, RecursionError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise RefusalError(NOT_READABLE) from error  # pypdf lets these through on broken files
    if is_protected:
        raise RefusalError(PROTECTED)
    if is_empty:
        raise RefusalError(NOT_READABLE)
    if acts:
        raise RefusalError(ACTING)


def _acts(reader: PdfReader) -> bool:
    """Whether anything that the catalogue leads to runs a script or starts a program; refused when it never ends."""
    waiting: list[object] = [reader.root_object]
    seen: set[tuple[int, int]] = set()
    looked_at = 0
    while waiting:
        looked_at += 1
        if looked_at > MAX_OBJECTS:
            raise RefusalError(NOT_READABLE)
        found = waiting.pop()
        if isinstance(found, IndirectObject):
            if (found.idnum, found.generation) in seen:
                continue
            seen.add((found.idnum, found.generation))
            found = found.get_object()
        if isinstance(found, DictionaryObject):
            if "/JS" in found or "/JavaScript" in found:
                return True
            if "/S" in found and str(found["/S"]) in ACTIONS:  # `get` would not follow a reference
                return True
            waiting.extend(found.values())
        elif isinstance(found, ArrayObject):
            waiting.extend(found)
    return False
