"""Reading a Factur-X file back: the XML inside a PDF, and what our own rules see in both."""

import io

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import StreamObject

from invoicing.rendering.archive import XML_NAME
from invoicing.rendering.cii_check import problems

CLAIMS = {
    'pdfaid:part="3"': "Le PDF ne se dit pas PDF/A-3.",
    "<pdfuaid:part>1": "Le PDF ne se dit pas accessible (PDF/UA-1).",
    "<fx:ConformanceLevel>EN 16931": "Le PDF ne se dit pas Factur-X, profil EN 16931.",
}


def embedded_xml(pdf: bytes) -> bytes | None:
    """The XML of the invoice inside a PDF; None when it holds none."""
    attached = PdfReader(io.BytesIO(pdf)).attachments.get(XML_NAME, [])
    return attached[0] if attached else None


def file_problems(content: bytes) -> list[str]:
    """What is wrong with the content of a file, XML or PDF, in French sentences; empty when nothing is."""
    if not content.startswith(b"%PDF-"):
        return problems(content)
    try:
        metadata, xml = _metadata(content), embedded_xml(content)
    except PyPdfError as error:
        return [f"Ce PDF est illisible\u00a0: {error}"]
    found = [sentence for claim, sentence in CLAIMS.items() if claim not in metadata]
    if xml is None:
        return [*found, f"Le PDF ne contient pas de fichier {XML_NAME}."]
    return [*found, *problems(xml)]


def _metadata(pdf: bytes) -> str:
    """The XMP metadata of a PDF, or nothing."""
    catalogue = PdfReader(io.BytesIO(pdf)).root_object
    stream = catalogue["/Metadata"].get_object() if "/Metadata" in catalogue else None
    return stream.get_data().decode() if isinstance(stream, StreamObject) else ""
