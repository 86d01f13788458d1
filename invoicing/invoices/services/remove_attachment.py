"""Taking a file away from a draft."""

from collections.abc import Iterable
from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from invoicing.invoices.models.attachments import DocumentAttachment
from invoicing.invoices.queries import locked_invoice
from invoicing.invoices.rules.attachments import may_detach
from invoicing.invoices.services.attach_file import described
from invoicing.invoices.services.transition import refuse_unless
from members.people.models import User


@transaction.atomic
def remove_attachment(*, attachment: DocumentAttachment, by: User) -> None:
    """Take a file away and delete it from the disk. Refused once the document is handed in."""
    current = locked_invoice(attachment.invoice)
    refuse_unless(allowed=may_detach(by, current), verb="retirer une pièce de", invoice=current)
    found = current.attachments.filter(pk=attachment.pk).first()
    if found is None:
        raise RefusalError("Cette pièce a déjà été retirée.")
    delete_files_later([str(found.file)])
    current.attachments.filter(pk=found.pk).delete()
    audit.record(by=by, action="invoice.detached", subject=current, changes=described(found))


def delete_files_later(paths: Iterable[str]) -> None:
    """Delete these files from the disk, once the transaction that takes their rows away is done."""
    for path in paths:
        transaction.on_commit(partial(default_storage.delete, path))
