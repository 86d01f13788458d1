"""Correcting a validated entry: its opposite, on an open date."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from invoicing.ledger.enums import EntryState, JournalCode, PeriodState
from invoicing.ledger.models import Entry, Period
from invoicing.ledger.rules import EntryDraft, LineDraft, opposite
from invoicing.ledger.services.post_entry import post_draft_entry
from invoicing.ledger.services.validate_entries import give_number, number_entries
from members.people.models import User

OPPOSITES = """
    INSERT INTO invoicing_entry (fiscal_year_id, journal_id, state, entry_on, voucher_number, voucher_on, label,
                                 source_type, source_id, reverses_id, created_by_id)
    SELECT %(year)s, journal_id, 'DRAFT', %(on)s, voucher_number, voucher_on,
           left('Contrepassation : ' || label, 160), source_type, source_id, id, %(by)s
    FROM invoicing_entry WHERE id = ANY(%(entries)s) ORDER BY number
    RETURNING id
"""
OPPOSITE_LINES = """
    INSERT INTO invoicing_entryline (entry_id, position, entry_on, account_id, auxiliary_id, activity_id, label, debit,
                                     credit, due_on)
    SELECT opposite.id, position, opposite.entry_on, account_id, auxiliary_id, activity_id, line.label, credit, debit,
           due_on
    FROM invoicing_entry AS opposite JOIN invoicing_entryline AS line ON line.entry_id = opposite.reverses_id
    WHERE opposite.id = ANY(%(entries)s) ORDER BY opposite.id, position
"""


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


@transaction.atomic
def reverse_entries(*, entry_ids: Sequence[int], on: date, by: User) -> None:
    """Write the opposites of many validated entries at once: a run that is taken back, which records the act itself.

    Refused when one is a draft or already reversed, or when the period of `on` is not open; nothing is written then.
    """
    wanted = Entry.objects.select_for_update(of=("self",)).filter(pk__in=entry_ids)
    if wanted.filter(state=EntryState.VALIDATED, reversed_by=None).count() != len(entry_ids):
        raise RefusalError("Une de ces écritures est un brouillard, ou déjà contrepassée.")
    period = Period.objects.filter(starts_on__lte=on, ends_on__gte=on).select_related("fiscal_year").first()
    if period is None or period.state != PeriodState.OPEN:
        raise RefusalError(f"La période du {on:%d/%m/%Y} n’est pas ouverte\u00a0: elle ne reçoit plus d’écriture.")
    values: dict[str, Any] = {"entries": list(entry_ids), "year": period.fiscal_year_id, "on": on, "by": by.pk}
    with connection.cursor() as cursor:
        cursor.execute(OPPOSITES, values)
        opposites = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(OPPOSITE_LINES, {"entries": opposites})
    number_entries(ids=opposites, by=by, on=on)
