"""Asking the cooperative for a credit note."""

from datetime import date

from django.db import transaction
from django.db.models.functions import Now

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.text import tidy
from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.invoices.queries import locked_invoice
from invoicing.invoices.rules import may_request_credit
from invoicing.invoices.rules.credits import CreditContent
from invoicing.invoices.services.credit_document import credit_note_parts
from invoicing.invoices.services.issue_credit_note import credit_note_of, write_lines
from invoicing.invoices.services.transition import refuse_unless
from members.cooperative.models import Cooperative
from members.people.models import User


@transaction.atomic
def request_credit_note(
    *, invoice: Invoice, reason: str, by: User, on: date, content: CreditContent | None = None
) -> Invoice:
    """Put a credit note of an issued invoice in the approval queue: what `content` asks, or all that is left.

    It bears no number and gives nothing back until the cooperative issues it; it is then reckoned on what is left by
    then. Refused: what could not be issued that day, and a second request while one waits.
    """
    original = locked_invoice(invoice)
    refuse_unless(allowed=may_request_credit(by, original), verb="demander un avoir de", invoice=original)
    waiting = Invoice.objects.filter(corrects=original).exclude(state=InvoiceState.ISSUED).first()
    if waiting:
        raise RefusalError(f"Une demande est déjà en cours pour cette facture\u00a0: {waiting}.")
    reason = tidy(reason)
    parts = credit_note_parts(
        original=original, content=content, reason=reason, cooperative=Cooperative.objects.get(), on=on
    )
    credit_note = credit_note_of(original, reason=reason, by=by)
    credit_note.state, credit_note.submitted_at = InvoiceState.SUBMITTED, Now()
    document = parts.document
    credit_note.net, credit_note.vat, credit_note.gross = document.net, document.vat, document.gross
    credit_note.save(force_insert=True)
    credit_note.refresh_from_db(fields=["submitted_at"])
    write_lines(credit_note, parts)
    changes = {"corrects": original.number, "gross": credit_note.gross, "motif": reason}
    audit.record(by=by, action="invoice.submitted", subject=credit_note, changes=changes)
    return credit_note
