"""What makes a file an archive that anyone can read: PDF/A-3a and PDF/UA-1 at once, and Factur-X when it holds an XML.

WeasyPrint writes one of the two standards into its metadata; the other, and Factur-X, are described beside it, in the
same `rdf:RDF`: strict readers take the first one and ignore what follows.
"""

import zlib
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from io import BytesIO

import pydyf
import weasyprint.pdf
from weasyprint import Attachment, Document
from weasyprint.css import ColorProfile
from weasyprint.pdf.metadata import DocumentMetadata

COLOURS = "screen"  # the output intent's name inside WeasyPrint
OPTIONS = {"pdf_variant": "pdf/a-3a", "output_intent": COLOURS}  # for laying out and for writing
XML_NAME = "factur-x.xml"

_SCHEMA = (
    '<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>{title}</pdfaSchema:schema>'
    "<pdfaSchema:namespaceURI>{namespace}</pdfaSchema:namespaceURI><pdfaSchema:prefix>{prefix}</pdfaSchema:prefix>"
    "<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property></rdf:li>"
)
_PROPERTY = (
    '<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name>'
    "<pdfaProperty:valueType>{type}</pdfaProperty:valueType><pdfaProperty:category>{category}</pdfaProperty:category>"
    "<pdfaProperty:description>{description}</pdfaProperty:description></rdf:li>"
)
_SCHEMAS = (
    '<rdf:Description xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" '
    'xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" '
    'rdf:about=""><pdfaExtension:schemas><rdf:Bag>{schemas}</rdf:Bag></pdfaExtension:schemas></rdf:Description>'
)
ACCESSIBLE_NAMESPACE = "http://www.aiim.org/pdfua/ns/id/"
FACTURX_NAMESPACE = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_ACCESSIBLE = (
    f'<rdf:Description xmlns:pdfuaid="{ACCESSIBLE_NAMESPACE}" rdf:about=""><pdfuaid:part>1</pdfuaid:part>'
    "</rdf:Description>"
)
_FACTURX = (
    f'<rdf:Description xmlns:fx="{FACTURX_NAMESPACE}" rdf:about=""><fx:DocumentType>INVOICE</fx:DocumentType>'
    f"<fx:DocumentFileName>{XML_NAME}</fx:DocumentFileName><fx:Version>1.0</fx:Version>"
    "<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel></rdf:Description>"
)
_ACCESSIBLE_SCHEMA = _SCHEMA.format(
    title="PDF/UA identification schema",
    namespace=ACCESSIBLE_NAMESPACE,
    prefix="pdfuaid",
    properties=_PROPERTY.format(
        name="part", type="Integer", category="internal", description="Part of the PDF/UA standard"
    ),
)
_FACTURX_SCHEMA = _SCHEMA.format(
    title="Factur-X PDFA Extension Schema",
    namespace=FACTURX_NAMESPACE,
    prefix="fx",
    properties="".join(
        _PROPERTY.format(name=name, type="Text", category="external", description=description)
        for name, description in {
            "DocumentFileName": "The name of the embedded XML document",
            "DocumentType": "The type of the hybrid document, INVOICE or ORDER",
            "Version": "The version of the standard that the embedded XML follows",
            "ConformanceLevel": "The profile of the embedded XML",
        }.items()
    ),
)
ACCESSIBLE = _ACCESSIBLE + _SCHEMAS.format(schemas=_ACCESSIBLE_SCHEMA)
ACCESSIBLE_INVOICE = _ACCESSIBLE + _FACTURX + _SCHEMAS.format(schemas=_ACCESSIBLE_SCHEMA + _FACTURX_SCHEMA)


class ArchiveMetadata(DocumentMetadata):  # type: ignore[misc]  # WeasyPrint has no types
    """The metadata of a document, with further RDF descriptions inside WeasyPrint's own."""

    def __init__(self, metadata: DocumentMetadata, descriptions: str) -> None:
        super().__init__(**vars(metadata))
        self._descriptions = descriptions.encode()

    def generate_rdf_metadata(self, variant: str, version: int, conformance: str) -> bytes:
        """One rdf:RDF with everything in it."""
        rdf: bytes = super().generate_rdf_metadata(variant, version, conformance)
        end = b"</rdf:RDF>"
        return rdf.removesuffix(end) + self._descriptions + end


@cache
def _srgb() -> ColorProfile:
    """WeasyPrint's own profile of screen colours, read once: left alone, it opens the file for every document."""
    name = "sRGB2014.icc"
    with (files(weasyprint.pdf) / name).open("rb") as file:
        return ColorProfile(BytesIO(file.read()), name, "relative-colorimetric", (["r"], ["g"], ["b"]))


def colours() -> dict[str, ColorProfile]:
    """What the colours of a document mean, for an archive: its output intent."""
    return {COLOURS: _srgb()}


def finish(_rendered: Document, pdf: pydyf.PDF) -> None:
    """Name each associated file once, as WeasyPrint lists it twice; compress each stream once, not at each reading."""
    if "AF" in pdf.catalog:
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
    for part in pdf.objects:
        if isinstance(part, pydyf.Stream) and part.compress:
            content = b"\n".join(pydyf._to_bytes(item) for item in part.stream)
            part.stream, part.compress = [zlib.compress(content)], False
            part.extra["Filter"] = "/FlateDecode"


def make_accessible(rendered: Document) -> None:
    """Say in the metadata of a laid-out paper that it conforms to PDF/UA-1 as well."""
    rendered.metadata = ArchiveMetadata(rendered.metadata, ACCESSIBLE)


def embed(rendered: Document, xml: bytes, *, issued_on: date) -> None:
    """Put the XML of the invoice inside its laid-out document, as the alternative form of what one reads.

    Attached on the day of issue, in universal time: the same document gives the same bytes.
    """
    instant = datetime.combine(issued_on, time(), tzinfo=UTC)
    rendered.metadata = ArchiveMetadata(rendered.metadata, ACCESSIBLE_INVOICE)
    rendered.metadata.attachments = [
        Attachment(
            string=xml.decode(),
            name=XML_NAME,
            description="Facture électronique Factur-X",
            created=instant,
            modified=instant,
            relationship="Alternative",
        )
    ]
