"""Showing what a document would look like if it were issued today; nothing is written but a cache."""

import json
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from django.core.cache import cache

from cae_backoffice.core.errors import RefusalError
from invoicing.invoices.models import Invoice
from invoicing.invoices.queries import document_material
from invoicing.invoices.services.check import checked_document
from invoicing.invoices.services.document import build_document
from invoicing.rendering.document import to_json
from invoicing.rendering.preview import preview_pages
from members.activities.models import Logo

KEPT_FOR = 3600
"""Seconds that the pictures of one content stay in the cache."""


@dataclass(frozen=True)
class Preview:
    """The pages of a document as PNG pictures, and what names their content."""

    digest: str
    pages: tuple[bytes, ...]


def preview_of(*, invoice: Invoice, on: date) -> Preview | None:
    """The document as it would be issued that day; None before the cooperative is set up.

    One that could not be issued that day is shown all the same. Rendered once per content: whatever it prints, its
    logo included, is part of the cache's key.
    """
    material = document_material(invoice, on)
    if material.cooperative is None:
        return None
    try:
        document = checked_document(material)
    except RefusalError:
        document = build_document(material, material.cooperative)
    digest = sha256(json.dumps(to_json(document), sort_keys=True).encode()).hexdigest()
    key = f"preview:{digest}"
    pages: tuple[bytes, ...] | None = cache.get(key)
    if pages is None:
        logo = Logo.objects.filter(sha256=document.brand.logo_sha256).first()
        pages = preview_pages(document, bytes(logo.png) if logo else None)
        cache.set(key, pages, KEPT_FOR)
    return Preview(digest=digest, pages=pages)
