"""Adding a file to a document."""

import hashlib
import uuid
from datetime import date

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from invoicing.invoices.enums import AttachmentKind
from invoicing.invoices.models import Invoice
from invoicing.invoices.models.attachments import DocumentAttachment
from invoicing.invoices.queries import locked_invoice
from invoicing.invoices.rules.attachments import (
    MAX_ATTACHMENTS,
    CheckedFile,
    attachment_name,
    checked_attachment,
    may_attach,
)
from invoicing.invoices.services.transition import refuse_unless
from members.people.models import User


def attach_file(
    *, invoice: Invoice, kind: AttachmentKind, name: str, content: bytes, on: date, by: User
) -> DocumentAttachment:
    """Keep a file with a document, in whatever state; `on` is the day it is filed under.

    Refused as `checked_attachment` does, to whoever may not write documents of the activity, the same file twice, and
    beyond 20 files. What was stored of a refused file is removed.
    """
    file = checked_attachment(content)
    path = default_storage.save(
        f"attachments/{on:%Y/%m}/{uuid.uuid4().hex}.{file.extension}", ContentFile(file.content)
    )
    try:
        return _record(invoice=invoice, kind=kind, name=name, file=file, path=path, by=by)
    except BaseException:
        default_storage.delete(path)
        raise


@transaction.atomic
def _record(
    *, invoice: Invoice, kind: AttachmentKind, name: str, file: CheckedFile, path: str, by: User
) -> DocumentAttachment:
    current = locked_invoice(invoice)
    refuse_unless(allowed=may_attach(by, current), verb="joindre une pièce à", invoice=current)
    if current.attachments.count() >= MAX_ATTACHMENTS:
        raise RefusalError(f"Un document a au plus {MAX_ATTACHMENTS} pièces.")
    attachment = DocumentAttachment(
        invoice=current,
        kind=kind,
        name=attachment_name(name, kind),
        file=path,
        format=file.format,
        sha256=hashlib.sha256(file.content).hexdigest(),
        size=len(file.content),
        added_by=by,
    )
    try:
        attachment.full_clean()
    except ValidationError as error:
        raise RefusalError(error.messages) from error
    attachment.save(force_insert=True)
    audit.record(by=by, action="invoice.attached", subject=current, changes=described(attachment))
    return attachment


def described(attachment: DocumentAttachment) -> dict[str, object]:
    """What the audit trail says of a file."""
    return {
        "pièce": attachment.name,
        "nature": attachment.get_kind_display(),
        "sha256": attachment.sha256,
        "octets": attachment.size,
    }
