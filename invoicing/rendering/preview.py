"""Pictures of a document that is not issued yet, each page marked « Projet »."""

from __future__ import annotations

import io
from dataclasses import replace
from threading import Lock

import pypdfium2
from PIL import Image, ImageDraw, ImageFont

from invoicing.rendering import font
from invoicing.rendering.document import FrozenDocument
from invoicing.rendering.pdf import render_pdf

MARK = "PROJET"
POINTS_PER_INCH = 72
DOTS_PER_INCH = 110
COLOURS = 64
"""Enough for text, lines and a logo, in a third of the bytes."""
MARK_COLOUR = (220, 38, 38, 60)

_one_at_a_time = Lock()  # PDFium serves one thread


def preview_pages(document: FrozenDocument, logo: bytes | None = None) -> tuple[bytes, ...]:
    """The pages of a document without number, as PNG pictures of an A4 sheet."""
    pdf = render_pdf(replace(document, number=MARK.lower()), logo)
    with _one_at_a_time:
        opened = pypdfium2.PdfDocument(pdf)
        try:
            pages = [page.render(scale=DOTS_PER_INCH / POINTS_PER_INCH).to_pil() for page in opened]
        finally:
            opened.close()
    return tuple(_png(_marked(page)) for page in pages)


def _marked(page: Image.Image) -> Image.Image:
    """The mark across the sheet, through which the text is read."""
    sheet = page.convert("RGBA")
    width, height = sheet.size
    letters = ImageFont.truetype(font.FILES[600], width // 5)
    mark = Image.new("RGBA", sheet.size)
    ImageDraw.Draw(mark).text((width / 2, height / 2), MARK, font=letters, fill=MARK_COLOUR, anchor="mm")
    return Image.alpha_composite(sheet, mark.rotate(50)).convert("RGB")


def _png(page: Image.Image) -> bytes:
    written = io.BytesIO()
    page.quantize(COLOURS).save(written, "PNG", optimize=True)
    return written.getvalue()
