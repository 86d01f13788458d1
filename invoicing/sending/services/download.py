"""Following a private link."""

from datetime import datetime

from cae_backoffice.core.tokens import count_use, live_link
from invoicing.invoices.models import IssuedFile
from invoicing.sending.models import DownloadLink


class TooManyOpeningsError(Exception):
    """The link was opened too often within the minute."""


def download(*, secret: str, at: datetime) -> IssuedFile | None:
    """The stored PDF behind a link, its opening counted; None when the link is unknown, expired or revoked."""
    link = live_link(DownloadLink.objects.select_related("invoice"), secret=secret, at=at)
    file = IssuedFile.objects.select_related("invoice").filter(invoice_id=link.invoice_id).first() if link else None
    if link is None or file is None:
        return None
    if not count_use(link=link, at=at):
        raise TooManyOpeningsError
    return file
