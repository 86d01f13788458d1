"""A frozen document as a Factur-X file: the same document gives the same bytes, nothing is fetched from anywhere."""

import gc
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any

from django.template.loader import render_to_string
from weasyprint import CSS, HTML, Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from cae_backoffice.core.money import ZERO
from cae_backoffice.core.rich_text import to_html
from invoicing.pricing.rules import chapter_marks
from invoicing.rendering import font, wording
from invoicing.rendering.archive import OPTIONS, colours, embed, finish, make_accessible
from invoicing.rendering.cii import render_cii
from invoicing.rendering.colours import accent
from invoicing.rendering.columns import column_styles, columns, sum_styles
from invoicing.rendering.document import FrozenDocument
from invoicing.rendering.line_pages import LinePage, one_page, spread
from invoicing.rendering.transfer import epc_payload, qr_picture

TEMPLATE = "documents/invoice.html"
STYLESHEET = "documents/invoice.css"
LOGO = "document:logo"
TRANSFER = "document:transfer"
MOST_LINES_ON_A_PAGE = 25  # of one row each; with more, the layout that hopes for one page is spared

_one_at_a_time = Lock()  # the font configuration is shared, and Pango's is not made for several threads


@contextmanager
def _undisturbed() -> Iterator[None]:
    """One document at a time, without the search for garbage: all that a long document is made of lives to its end,
    and looking through it again and again took a third of the time.
    """
    with _one_at_a_time:
        was_enabled = gc.isenabled()
        gc.disable()
        try:
            yield
        finally:
            if was_enabled:
                gc.enable()


class OwnFilesOnly(URLFetcher):  # type: ignore[misc]  # WeasyPrint has no types
    """Serves the files it was given by name and refuses every other address: no network, no disk."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__()
        self._files = files

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:  # noqa: ARG002
        """The file of that name; PermissionError for anything else."""
        if url not in self._files:
            raise PermissionError(f"documents fetch nothing: {url}")
        return URLFetcherResponse(url, self._files[url])


def render_pdf(document: FrozenDocument, logo: bytes | None = None) -> bytes:
    """The PDF of an issued document, with its XML inside; `logo` is the activity's PNG."""
    with _undisturbed():
        rendered = _laid_out(document, logo)
        embed(rendered, render_cii(document), issued_on=document.issued_on)
        return _written(rendered, document.number)


def render_page(
    template: str, stylesheet: str, context: dict[str, Any], *, identifier: str, logo: bytes | None = None
) -> bytes:
    """The PDF of another paper of the cooperative, in the same font, from a template and a file of `documents/`.

    `context["accent"]` is its colour; `identifier` names it among all papers. `logo` is a PNG that the
    template shows as `document:logo`.
    """
    with _undisturbed():
        own_style = f"{_root_style(context['accent'])}\n{render_to_string(f'documents/{stylesheet}')}"
        _, fonts, files = _shared()
        fetcher = files if logo is None else OwnFilesOnly({LOGO: logo})
        html = HTML(string=render_to_string(template, context), url_fetcher=fetcher)
        own = CSS(string=own_style, url_fetcher=files)
        rendered = html.render(font_config=fonts, stylesheets=[own], color_profiles=colours(), **OPTIONS)
        make_accessible(rendered)
        return _written(rendered, identifier)


def _written(rendered: Document, identifier: str) -> bytes:
    digest = hashlib.sha256(identifier.encode()).digest()[:16]
    pdf: bytes = rendered.write_pdf(pdf_identifier=digest, finisher=finish, **OPTIONS)
    return pdf


def _laid_out(document: FrozenDocument, logo: bytes | None) -> Document:
    """One layout when all fits on a page; else one to see where the lines fall and one with the subtotals carried."""
    context = _context(document) | _printed(one_page(document.lines)) | {"has_logo": logo is not None}
    if len(document.lines) <= MOST_LINES_ON_A_PAGE:
        rendered = _layout(context, logo)
        if len(rendered.pages) == 1:
            return rendered
    measured = _layout(context | {"is_measured": True}, logo)
    pages = spread(document.lines, _page_starts(measured, len(document.lines)))
    return _layout(context | _printed(pages), logo)


def _page_starts(measured: Document, count: int) -> list[int]:
    """The indexes of the lines, and `count` for the totals, that begin after the page where the line before ended."""
    pages_of = [
        [number for number, page in enumerate(measured.pages) if anchor in page.anchors]
        for anchor in (*(f"line-{i}" for i in range(count)), "closing")
    ]
    return [i for i in range(1, count + 1) if pages_of[i][0] > pages_of[i - 1][-1]]


def _layout(context: dict[str, Any], logo: bytes | None) -> Document:
    stylesheet, fonts, files = _shared()
    own_style = CSS(string=context["own_style"], url_fetcher=files)
    pictures = {TRANSFER: qr_picture(context["transfer"])} if context["transfer"] else {}
    if logo is not None:
        pictures[LOGO] = logo
    fetcher = OwnFilesOnly(pictures) if pictures else files
    html = HTML(string=render_to_string(TEMPLATE, context), url_fetcher=fetcher)
    styles = [stylesheet, own_style]
    return html.render(font_config=fonts, stylesheets=styles, color_profiles=colours(), **OPTIONS)


@cache
def _shared() -> tuple[CSS, FontConfiguration, OwnFilesOnly]:
    """The parsed stylesheet, the loaded fonts and the fonts' files: once per process."""
    files = OwnFilesOnly({f"document:{weight}": path.read_bytes() for weight, path in font.FILES.items()})
    fonts = FontConfiguration()
    return CSS(string=render_to_string(STYLESHEET), font_config=fonts, url_fetcher=files), fonts, files


def _context(document: FrozenDocument) -> dict[str, Any]:
    seller, brand, buyer = document.seller, document.brand, document.buyer
    lines = [wording.printed_line(line) for line in document.lines]
    names = columns(lines)
    return {
        "document": document,
        "title": wording.title(document),
        "note": to_html(document.note),
        "kind": wording.kind(document),
        "earlier": wording.earlier(document),
        "retention": wording.retention(document),
        "progress": wording.progress(document.progress) if document.progress else None,
        "own_style": "\n".join(
            (_root_style(accent(brand.colour, seller.colour)), column_styles(names, lines), sum_styles(document))
        ),
        "columns": names,
        "brand_name": brand.name or seller.short_name,
        "brand_contact": wording.brand_contact(brand),
        "seller_identity": wording.seller_identity(seller),
        "seller_seat": wording.seller_seat(seller),
        "seller_siret": wording.grouped(seller.siret, wording.SIRET_GROUPS),
        "seller_address": wording.address_lines(seller.address),
        "buyer_address": wording.address_lines(buyer.address),
        "buyer_identity": wording.buyer_identity(buyer),
        "delivery_address": wording.address_lines(document.delivery.address) if document.delivery else [],
        "facts": wording.facts(document),
        "vat_rows": [wording.printed_vat(row) for row in document.vat_rows],
        "adjustments": [wording.printed_adjustment(entry) for entry in document.adjustments],
        "lines_net": document.net - sum((entry.effect for entry in document.adjustments), ZERO),
        "paid_before": -document.prepaid,
        "amount_due": -document.amount_due if document.is_credit_note else document.amount_due,
        "transfer": epc_payload(document),
        "transfer_alt": wording.transfer(document),
        "has_short_vat": all(row.category in wording.TAXED for row in document.vat_rows),
        "iban": wording.grouped(seller.iban, wording.IBAN_GROUPS),
    }


def _root_style(colour: str) -> str:
    return f":root {{ --accent: {colour} }}"


def _printed(pages: tuple[LinePage, ...]) -> dict[str, Any]:
    marks = iter(chapter_marks([line for page in pages for line in page.lines]))
    return {
        "pages": [
            {
                "brought_forward": page.brought_forward,
                "carried_forward": page.carried_forward,
                "lines": [wording.printed_line(line, *next(marks)) for line in page.lines],
            }
            for page in pages
        ]
    }
