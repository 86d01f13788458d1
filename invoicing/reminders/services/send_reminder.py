"""Sending a reminder: what is owed that day, the words of its level, the letter of a formal notice."""

from datetime import date, datetime

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.mail import Attachment, keep_attachment
from cae_backoffice.core.money import format_euros
from invoicing.customers.enums import Purpose
from invoicing.customers.queries import recipients
from invoicing.invoices.models import Invoice
from invoicing.invoices.queries import locked_invoice
from invoicing.mailing.enums import TemplateKind
from invoicing.mailing.queries import words_for
from invoicing.mailing.rules import filled_words
from invoicing.reminders.enums import ReminderLevel, ReminderState
from invoicing.reminders.models import Reminder
from invoicing.reminders.queries import claim_on, remaining_of, remindable
from invoicing.reminders.rules import Claim, may_send_reminders
from invoicing.reminders.services.letter import render_formal_notice
from invoicing.reminders.services.propose import WITHOUT_OBJECT, locked_proposal, put_aside
from invoicing.sending.queries import seller
from invoicing.sending.rules import values_of
from invoicing.sending.services import send_about
from members.people.models import User
from members.people.services import AUTOMATON


@transaction.atomic
def send_reminder(*, reminder: Reminder, on: date, at: datetime, by: User) -> Reminder:
    """Send a proposed reminder; when the invoice no longer calls for one it is put aside instead (CANCELLED).

    Raises RefusalError when it is no longer proposed, when the customer has no address for reminders, and when a rate
    of the penalties is not known.
    """
    if not (may_send_reminders(by) or by.email == AUTOMATON):
        raise RefusalError("Vous ne pouvez pas envoyer cette relance.")
    reminder = locked_proposal(reminder)
    locked_invoice(reminder.invoice)
    invoice = remindable(on).select_related("customer", "activity").filter(pk=reminder.invoice_id).first()
    if invoice is None or invoice.customer is None or invoice.due_on is None:
        return put_aside(reminder, ReminderState.CANCELLED, WITHOUT_OBJECT, on=on, by=by)
    to = [one.email for one in recipients(invoice.customer, Purpose.REMINDERS)]
    if not to:
        raise RefusalError(f"{invoice.customer} n’a pas d’adresse pour les relances.")
    claim = claim_on(invoice, on)
    if claim is None:
        raise RefusalError("Le taux des pénalités de cette facture manque\u00a0: complétez les taux d’intérêt.")
    return _leave(reminder, invoice, claim, to, on=on, at=at, by=by)


def _leave(
    reminder: Reminder, invoice: Invoice, claim: Claim, to: list[str], *, on: date, at: datetime, by: User
) -> Reminder:
    kind = TemplateKind(reminder.level)
    values = values_of(invoice, seller()) | _figures(invoice, claim, on)
    is_notice = reminder.level == ReminderLevel.FORMAL_NOTICE
    reminder.sending = send_about(
        invoice=invoice,
        kind=kind,
        words=filled_words(words_for(kind, invoice.activity), values),
        to=to,
        by=by,
        at=at,
        files=[_letter(invoice, claim, on)] if is_notice else [],
    )
    reminder.state, reminder.decided_on, reminder.decided_by = ReminderState.SENT, on, by
    reminder.remaining = remaining_of(invoice)
    if is_notice:
        reminder.penalties, reminder.indemnity = claim.penalties, claim.indemnity
    reminder.save()
    changes = {"reste": reminder.remaining, "pénalités": reminder.penalties, "indemnité": reminder.indemnity}
    audit.record(by=by, action="reminder.sent", subject=reminder, changes=changes)
    return reminder


def _figures(invoice: Invoice, claim: Claim, on: date) -> dict[str, str]:
    late = max((on - invoice.due_on).days, 0) if invoice.due_on else 0
    return {
        "reste": format_euros(remaining_of(invoice)),
        "retard": str(late),
        "penalites": format_euros(claim.penalties),
        "indemnite": format_euros(claim.indemnity),
    }


def _letter(invoice: Invoice, claim: Claim, on: date) -> Attachment:
    pdf = render_formal_notice(invoice=invoice, claim=claim, on=on)
    name = f"mise-en-demeure-{invoice.number}.pdf".replace("/", "-")
    return keep_attachment(name=name, content_type="application/pdf", content=pdf)
