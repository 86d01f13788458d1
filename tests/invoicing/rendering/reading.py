"""Reading printed documents back."""

import io
import re
from decimal import Decimal

import pypdfium2
from lxml import etree
from pypdf import PdfReader

from invoicing.rendering.cii import NAMESPACES


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, every run of spaces and line ends as one space."""
    return [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def text_of(pdf: bytes) -> str:
    """The text of the whole document."""
    return " ".join(pages_of(pdf))


def squeezed(text: str) -> str:
    """A text to look for, spaced like the text that was read."""
    return re.sub(r"\s+", " ", text)


def amount_after(words: str, page: str) -> Decimal | None:
    """The amount in euros printed after these words on a page; None when they are not there."""
    found = re.search(re.escape(words) + r" (−?[\d ]+,\d\d) €", page)
    return Decimal(found[1].replace(" ", "").replace(",", ".").replace("−", "-")) if found else None


def right_edge(pdf: bytes) -> float:
    """Where the rightmost character of the first page ends, in points from the left."""
    with pypdfium2.PdfDocument(pdf) as document:
        text = document[0].get_textpage()
        inked = [i for i, character in enumerate(text.get_text_range()) if not character.isspace()]
        return float(max(text.get_charbox(i)[2] for i in inked))


def xml_texts(xml: bytes, path: str) -> list[str]:
    """The texts that an XPath finds; names without prefix are those of the invoice's content (ram)."""
    steps = [step if not step or ":" in step or step[0] in "*@." else f"ram:{step}" for step in path.split("/")]
    found = etree.fromstring(xml).xpath("/".join(steps), namespaces=NAMESPACES)
    return [node if isinstance(node, str) else "".join(node.itertext()) for node in found]
