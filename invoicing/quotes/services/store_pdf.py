"""Rendering and keeping the PDF of a sent quote."""

import hashlib
import uuid

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from invoicing.quotes.models import Quote, QuoteFile, QuoteSnapshot
from invoicing.rendering.quote import quote_from_json, render_quote
from members.activities.models import Logo
from members.people.models import User


def store_pdf(*, quote: Quote, by: User) -> QuoteFile:
    """The PDF of a sent quote, rendered from its frozen copy the first time and the same bytes ever after.

    Rendering takes its time outside any transaction. When two workers do it at once, the first to write its row wins
    and the other's file is removed.
    """
    stored = QuoteFile.objects.filter(quote_id=quote.pk).first()
    if stored:
        return stored
    snapshot = QuoteSnapshot.objects.select_related("quote").filter(quote_id=quote.pk).first()
    if snapshot is None:
        raise RefusalError("Ce devis n’est pas envoyé\u00a0: il n’a pas de PDF.")
    frozen = quote_from_json(snapshot.content)
    sha256 = frozen.brand.logo_sha256
    pdf = render_quote(frozen, bytes(Logo.objects.get(sha256=sha256).png) if sha256 else None)
    name = default_storage.save(f"quotes/{frozen.issued_on:%Y/%m}/{uuid.uuid4().hex}.pdf", ContentFile(pdf))
    try:
        return _record(quote=snapshot.quote, name=name, pdf=pdf, by=by)
    except BaseException as error:
        default_storage.delete(name)
        other = QuoteFile.objects.filter(quote_id=quote.pk).first() if isinstance(error, IntegrityError) else None
        if other is None:
            raise
        return other


@transaction.atomic
def _record(*, quote: Quote, name: str, pdf: bytes, by: User) -> QuoteFile:
    file = QuoteFile.objects.create(quote=quote, pdf=name, sha256=hashlib.sha256(pdf).hexdigest(), size=len(pdf))
    audit.record(by=by, action="quote.rendered", subject=quote, changes={"sha256": file.sha256, "octets": file.size})
    return file
