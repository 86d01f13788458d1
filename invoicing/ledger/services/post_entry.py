"""Writing entries."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.bulk import copy_rows, reserved_ids
from cae_backoffice.core.errors import RefusalError
from invoicing.ledger.enums import EntryState, PeriodState
from invoicing.ledger.models import Account, Auxiliary, Entry, EntryLine, FiscalYear, Journal, Period
from invoicing.ledger.rules import EntryDraft, LineDraft, entry_errors, with_due_dates
from invoicing.ledger.services.validate_entries import give_number, number_entries
from members.people.models import User


@transaction.atomic
def post_draft_entry(*, entry: EntryDraft, by: User) -> Entry:
    """Write a balanced entry that may still change. Refused with every reason at once, nothing written."""
    written = _write(entry, by)
    audit.record(by=by, action="entry.drafted", subject=written, changes={"label": entry.label})
    return written


@transaction.atomic
def post_entry(*, entry: EntryDraft, by: User) -> Entry:
    """Write a balanced entry and validate it at once: what documents and payments do. It never changes again.

    The document that is its source records the act in the audit trail; the entry refers to it.
    """
    written = _write(replace(entry, lines=with_due_dates(entry.lines, entry_on=entry.entry_on)), by)
    give_number(entry=written, by=by, on=entry.entry_on)
    return written


@transaction.atomic
def post_entries(*, entries: Sequence[EntryDraft], by: User) -> list[int]:
    """Write and validate many entries of one day at once, numbered in the order given; their ids in that order.

    What a run over every activity does: the queries are as many for ten thousand entries as for one. The run that is
    their source records the act in the audit trail. Refused with every reason at once, nothing written; entries of
    several days are a ValueError.
    """
    if not entries:
        return []
    (entry_on,) = {entry.entry_on for entry in entries}
    every_line = EntryDraft(
        journal=entries[0].journal,
        entry_on=entry_on,
        voucher_number=entries[0].voucher_number,
        voucher_on=entry_on,
        label=entries[0].label,
        lines=tuple(line for entry in entries for line in entry.lines),
    )
    errors = [error for entry in entries for error in entry_errors(entry)]
    if errors:
        raise RefusalError(errors)
    year, accounts = _checked(every_line)
    ids = reserved_ids(Entry, len(entries))
    _copy(ids, entries, year, accounts, by)
    number_entries(ids=ids, by=by, on=entry_on)
    return ids


@transaction.atomic
def change_draft_entry(*, entry: Entry, content: EntryDraft, by: User) -> Entry:
    """Replace what a draft holds, lines included. A validated entry is refused."""
    locked = _locked_draft(entry, "Une écriture validée ne change pas\u00a0: contrepassez-la.")
    year, accounts = _checked(content)
    locked.fiscal_year = year
    locked.journal = Journal.objects.get(code=content.journal)
    locked.entry_on, locked.voucher_on = content.entry_on, content.voucher_on
    locked.voucher_number, locked.label = content.voucher_number.strip(), content.label.strip()
    locked.save()
    locked.lines.all().delete()
    _write_lines(locked, content, accounts)
    audit.record(by=by, action="entry.changed", subject=locked, changes={"label": content.label})
    return locked


@transaction.atomic
def delete_draft_entry(*, entry: Entry, by: User) -> None:
    """Take away an entry that was never validated."""
    locked = _locked_draft(entry, "Une écriture validée ne se supprime pas\u00a0: contrepassez-la.")
    audit.record(by=by, action="entry.deleted", subject=locked, changes={"label": locked.label})
    locked.delete()


def _locked_draft(entry: Entry, refusal: str) -> Entry:
    locked = Entry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if locked.state != EntryState.DRAFT:
        raise RefusalError(refusal)
    return locked


def _write(entry: EntryDraft, by: User) -> Entry:
    year, accounts = _checked(entry)
    written = Entry.objects.create(
        fiscal_year=year,
        journal=Journal.objects.get(code=entry.journal),
        entry_on=entry.entry_on,
        voucher_number=entry.voucher_number.strip(),
        voucher_on=entry.voucher_on,
        label=entry.label.strip(),
        source_type=entry.source_type,
        source_id=entry.source_id,
        created_by=by,
    )
    _write_lines(written, entry, accounts)
    return written


def refuse_closed_period(day: date) -> None:
    """RefusalError unless a period of an open month holds the day."""
    errors = _period_errors(_period_of(day), day)
    if errors:
        raise RefusalError(errors)


def _checked(entry: EntryDraft) -> tuple[FiscalYear, dict[str, Account]]:
    """The fiscal year and the accounts of an entry that may be written; RefusalError with every reason otherwise."""
    accounts, account_errors = _accounts(entry.lines)
    period = _period_of(entry.entry_on)
    errors = [*entry_errors(entry), *account_errors, *_period_errors(period, entry.entry_on)]
    if errors or period is None:
        raise RefusalError(errors)
    return period.fiscal_year, accounts


def _write_lines(written: Entry, entry: EntryDraft, accounts: dict[str, Account]) -> None:
    EntryLine.objects.bulk_create(
        EntryLine(
            entry=written,
            position=position,
            entry_on=entry.entry_on,
            account=accounts[line.account],
            auxiliary_id=line.auxiliary_id,
            activity_id=line.activity_id,
            label=line.label or entry.label,
            debit=line.debit,
            credit=line.credit,
            due_on=line.due_on,
        )
        for position, line in enumerate(entry.lines, 1)
    )


ENTRY_COLUMNS = (
    "id", "fiscal_year_id", "journal_id", "state", "entry_on", "voucher_number", "voucher_on", "label", "source_type",
    "source_id", "created_by_id",
)  # fmt: skip
LINE_COLUMNS = (
    "entry_id", "position", "entry_on", "account_id", "auxiliary_id", "activity_id", "label", "debit", "credit",
    "due_on",
)  # fmt: skip


def _copy(
    ids: list[int], entries: Sequence[EntryDraft], year: FiscalYear, accounts: dict[str, Account], by: User
) -> None:
    journals = dict(Journal.objects.values_list("code", "pk"))
    copy_rows(
        Entry,
        ENTRY_COLUMNS,
        (
            (pk, year.pk, journals[entry.journal], EntryState.DRAFT.value, entry.entry_on, entry.voucher_number.strip(),
             entry.voucher_on, entry.label.strip(), entry.source_type, entry.source_id, by.pk)
            for pk, entry in zip(ids, entries, strict=True)
        ),
    )  # fmt: skip
    account_ids = {number: account.pk for number, account in accounts.items()}
    copy_rows(
        EntryLine,
        LINE_COLUMNS,
        (
            (pk, position, entry.entry_on, account_ids[line.account], line.auxiliary_id, line.activity_id,
             line.label or entry.label, line.debit, line.credit, line.due_on)
            for pk, entry in zip(ids, entries, strict=True)
            for position, line in enumerate(entry.lines, 1)
        ),
    )  # fmt: skip


def _accounts(lines: tuple[LineDraft, ...]) -> tuple[dict[str, Account], list[str]]:
    """The accounts that the lines name, and a sentence for each that cannot be used as they say."""
    accounts = Account.objects.in_bulk({line.account for line in lines}, field_name="number")
    kinds = dict(
        Auxiliary.objects.filter(pk__in={line.auxiliary_id for line in lines if line.auxiliary_id}).values_list(
            "pk", "kind"
        )
    )
    errors = []
    for position, line in enumerate(lines, 1):
        account = accounts.get(line.account)
        if account is None:
            errors.append(f"Ligne {position}\u00a0: le compte {line.account} n’existe pas.")
        elif not account.is_active:
            errors.append(f"Ligne {position}\u00a0: le compte {line.account} n’est plus utilisable.")
        elif account.auxiliary_kind != kinds.get(line.auxiliary_id or 0, ""):
            wanted = account.get_auxiliary_kind_display() if account.auxiliary_kind else "aucun"
            errors.append(
                f"Ligne {position}\u00a0: le compte {line.account} attend un compte auxiliaire\u00a0: {wanted}."
            )
    return accounts, errors


def _period_of(day: date) -> Period | None:
    return Period.objects.filter(starts_on__lte=day, ends_on__gte=day).select_related("fiscal_year").first()


def _period_errors(period: Period | None, day: date) -> list[str]:
    if period is None:
        return [f"Aucun exercice ne contient le {day:%d/%m/%Y}."]
    if period.state != PeriodState.OPEN:
        return [f"La période {period} est {period.get_state_display().lower()}\u00a0: elle ne reçoit plus d’écriture."]
    return []
