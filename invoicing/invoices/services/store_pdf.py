"""Rendering and keeping the PDF of an issued document."""

import hashlib
import uuid

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from invoicing.invoices.models import Invoice, IssuedFile, IssuedSnapshot
from invoicing.rendering.document import FrozenDocument, from_json
from invoicing.rendering.pdf import render_pdf
from members.activities.models import Logo
from members.people.models import User


def store_pdf(*, invoice: Invoice, by: User) -> IssuedFile:
    """The PDF of an issued document, rendered from its frozen copy the first time and the same bytes ever after.

    Rendering takes its time outside any transaction. When two workers do it at once, the first to write its row wins
    and the other's file is removed.
    """
    stored = IssuedFile.objects.filter(invoice_id=invoice.pk).first()
    if stored:
        return stored
    snapshot = IssuedSnapshot.objects.select_related("invoice").filter(invoice_id=invoice.pk).first()
    if snapshot is None:
        raise RefusalError("Ce document n’est pas émis\u00a0: il n’a pas de PDF.")
    document = from_json(snapshot.content)
    pdf = render_pdf(document, _logo_of(document))
    name = default_storage.save(f"documents/{document.issued_on:%Y/%m}/{uuid.uuid4().hex}.pdf", ContentFile(pdf))
    return record_file(invoice=snapshot.invoice, name=name, pdf=pdf, by=by)


def _logo_of(document: FrozenDocument) -> bytes | None:
    sha256 = document.brand.logo_sha256
    return bytes(Logo.objects.get(sha256=sha256).png) if sha256 else None


def record_file(*, invoice: Invoice, name: str, pdf: bytes, by: User) -> IssuedFile:
    """Write the row of a file that was just stored; when the document already has its own, remove the newcomer."""
    try:
        with transaction.atomic():
            file = IssuedFile.objects.create(
                invoice=invoice, pdf=name, sha256=hashlib.sha256(pdf).hexdigest(), size=len(pdf)
            )
            changes = {"sha256": file.sha256, "octets": file.size}
            audit.record(by=by, action="invoice.rendered", subject=invoice, changes=changes)
            return file
    except BaseException as error:
        default_storage.delete(name)
        stored = IssuedFile.objects.filter(invoice_id=invoice.pk).first() if isinstance(error, IntegrityError) else None
        if stored is None:
            raise
        return stored
