"""Reading a Factur-X file back: the XML inside a PDF, and what our own rules see in both."""

import io

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from invoicing.rendering.archive import XML_NAME
from invoicing.rendering.cii_check import problems

CLAIMS = {
    'pdfaid:part="3"': "Le PDF ne se dit pas PDF/A-3.",
    "<pdfuaid:part>1": "Le PDF ne se dit pas accessible (PDF/UA-1).",
    "<fx:ConformanceLevel>EN 16931": "Le PDF ne se dit pas Factur-X, profil EN 16931.",
}


def file_problems(content: bytes) -> list[str]:
    """What is wrong with the content of a file, XML or PDF, in French sentences; empty when nothing is."""
    if not content.startswith(b"%PDF-"):
        return problems(content)
    try:
        reader = PdfReader(io.BytesIO(content))
        attached = reader.attachments.get(XML_NAME, [])
        catalogue = reader.trailer["/Root"].get_object()
        metadata = catalogue["/Metadata"].get_object().get_data().decode() if "/Metadata" in catalogue else ""
    except PyPdfError as error:
        return [f"Ce PDF est illisible\u00a0: {error}"]
    found = [sentence for claim, sentence in CLAIMS.items() if claim not in metadata]
    if len(attached) != 1:
        return [*found, f"Le PDF ne contient pas de fichier {XML_NAME}."]
    return [*found, *problems(attached[0])]
