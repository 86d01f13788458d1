"""Correcting a validated entry: its opposite, on an open date."""

from datetime import date

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from invoicing.ledger.enums import EntryState, JournalCode
from invoicing.ledger.models import Entry
from invoicing.ledger.rules import EntryDraft, LineDraft, opposite
from invoicing.ledger.services.post_entry import post_draft_entry
from invoicing.ledger.services.validate_entries import give_number
from members.people.models import User


@transaction.atomic
def reverse_entry(*, entry: Entry, on: date, reason: str, by: User) -> Entry:
    """Write the opposite of a validated entry, once, with a reason; both stay in the books."""
    locked = Entry.objects.select_for_update(of=("self",)).select_related("journal").get(pk=entry.pk)
    if locked.state != EntryState.VALIDATED:
        raise RefusalError("Un brouillard ne se contrepasse pas\u00a0: corrigez-le ou supprimez-le.")
    if Entry.objects.filter(reverses=locked).exists():
        raise RefusalError("Cette écriture est déjà contrepassée.")
    if not reason.strip():
        raise RefusalError("Donnez le motif de la contrepassation.")
    lines = (
        LineDraft(
            account=line.account.number,
            debit=line.debit,
            credit=line.credit,
            label=line.label,
            activity_id=line.activity_id,
            auxiliary_id=line.auxiliary_id,
            due_on=line.due_on,
        )
        for line in locked.lines.select_related("account").order_by("position")
    )
    draft = EntryDraft(
        journal=JournalCode(locked.journal.code),
        entry_on=on,
        voucher_number=locked.voucher_number,
        voucher_on=locked.voucher_on,
        label=f"Contrepassation\u00a0: {locked.label}"[:160],
        lines=opposite(lines),
        source_type=locked.source_type,
        source_id=locked.source_id,
    )
    written = post_draft_entry(entry=draft, by=by)
    written.reverses = locked
    written.save(update_fields=["reverses"])
    give_number(entry=written, by=by, on=on)
    audit.record(by=by, action="entry.reversed", subject=locked, changes={"by": written.number, "reason": reason})
    return written
