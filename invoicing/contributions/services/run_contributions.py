"""The run of a month: reckoned, stored with all that explains it, and posted."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from procrastinate.contrib.django import app

from cae_backoffice.core import audit
from cae_backoffice.core.bulk import copy_rows, reserved_ids, without_collection
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import ZERO
from cae_backoffice.core.periods import add_months
from invoicing.contributions.enums import RunState
from invoicing.contributions.models import (
    ContributionLine,
    ContributionRun,
    ContributionSettings,
    ContributionStatement,
)
from invoicing.contributions.queries.figures import last_day
from invoicing.contributions.queries.reckoning import Due, Reckoning, Report, nothing, reckon
from invoicing.contributions.queries.rule import rule_in_force
from invoicing.contributions.queries.runs import run_refusals
from invoicing.contributions.rules.stored import to_json
from invoicing.contributions.rules.terms import NoVersionInForceError, Rule
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.rules import EntryDraft, LineDraft, signed
from invoicing.ledger.services import post_entries
from members.activities.models import Activity
from members.people.models import User

RUN_TASK = "invoicing.run_contributions"
STATEMENT_COLUMNS = ("id", "run_id", "activity_id", "amount", "inputs", "entry_id")
LINE_COLUMNS = (
    "statement_id", "position", "month", "code", "label", "base", "due", "taken", "amount", "reason", "detail",
)  # fmt: skip


@transaction.atomic
def ask_run(*, month: date, by: User, on: date) -> ContributionRun:
    """Have the run of a month made in the background; the run that is under way or posted already is given back.

    Refused, with every reason at once: see `run_refusals`.
    """
    known = _known_run(month)
    if known is not None:
        return known
    run = _new_run(month, by, on)
    audit.record(by=by, action="contributionrun.asked", subject=run)
    app.configure_task(RUN_TASK).defer(run_id=run.pk, user_id=by.pk, on=on.isoformat())
    return run


def run_contributions(*, month: date, by: User, on: date, report: Report = nothing) -> ContributionRun:
    """Make the run of a month; a month that is posted already stays as it is, so that running twice changes nothing.

    The reckoning is outside the transaction that posts it: what is written in between is a late document for the next
    run. Refused, with every reason at once: see `run_refusals`; nothing is written then.
    """
    run = _known_run(month)
    if run is not None and run.state == RunState.POSTED:
        return run
    if run is None:
        reasons = run_refusals(month, by=by, on=on)
        if reasons:
            raise RefusalError(reasons)
    reckoning = _reckoned(month, report)
    with transaction.atomic():
        locked = _locked_run(run, month, by, on)
        if locked.state == RunState.WAITING:
            _post(locked, reckoning, by, on)
    report(100)
    return locked


def _known_run(month: date) -> ContributionRun | None:
    return ContributionRun.objects.filter(month=month, state__in=[RunState.WAITING, RunState.POSTED]).first()


def _new_run(month: date, by: User, on: date) -> ContributionRun:
    """The row of the run; the month before stays locked to the end, so that it is not taken back meanwhile."""
    before = ContributionRun.objects.filter(month=add_months(month, -1), state=RunState.POSTED)
    before.select_for_update(of=("self",)).first()
    reasons = run_refusals(month, by=by, on=on)
    if reasons:
        raise RefusalError(reasons)
    try:
        with transaction.atomic():
            return ContributionRun.objects.create(month=month, asked_by=by)
    except IntegrityError as error:
        raise RefusalError("Les contributions de ce mois sont déjà en cours de calcul.") from error


def _locked_run(run: ContributionRun | None, month: date, by: User, on: date) -> ContributionRun:
    if run is None:
        return _new_run(month, by, on)
    reasons = run_refusals(month, by=by, on=on)
    if reasons:
        raise RefusalError(reasons)
    return ContributionRun.objects.select_for_update(of=("self",)).get(pk=run.pk)


def _reckoned(month: date, report: Report) -> Reckoning:
    rule: Rule | None = rule_in_force()
    if rule is None:
        raise RefusalError("Aucune règle de contribution n’est adoptée.")
    try:
        return reckon(month=month, rule=rule, report=report)
    except NoVersionInForceError as error:
        raise RefusalError(str(error)) from error


@without_collection()
def _post(run: ContributionRun, reckoning: Reckoning, by: User, on: date) -> None:
    """Statements, lines and one balanced entry per activity, in as many statements for ten thousand as for one."""
    dues = reckoning.dues
    ids = reserved_ids(ContributionStatement, len(dues))
    entries = _entries(run, dict(zip(ids, dues, strict=True)))
    entry_ids = dict(zip(entries, post_entries(entries=list(entries.values()), by=by), strict=True))
    statements = zip(ids, dues, strict=True)
    copy_rows(
        ContributionStatement,
        STATEMENT_COLUMNS,
        ((pk, run.pk, due.activity_id, due.amount, due.inputs, entry_ids.get(pk)) for pk, due in statements),
    )
    lines = (row for pk, due in zip(ids, dues, strict=True) for row in _line_rows(pk, run.month, due))
    copy_rows(ContributionLine, LINE_COLUMNS, lines)
    run.state, run.progress, run.posted_on = RunState.POSTED, 100, on
    run.statements_count, run.total, run.context = len(dues), reckoning.total, reckoning.context
    run.save()
    changes = {"activities": len(dues), "total": run.total}
    audit.record(by=by, action="contributionrun.posted", subject=run, changes=changes)


def _line_rows(statement_id: int, month: date, due: Due) -> Iterator[tuple[object, ...]]:
    """The month's own lines, then the corrections of earlier months with their reasons."""
    position = 0
    for settled in due.settlements:
        line = due.lines.get((month, settled.code))
        if line is not None:
            position += 1
            taken = line.due - settled.due
            detail = json.dumps(to_json(line), ensure_ascii=False)
            yield (
                statement_id, position, month, settled.code, line.label, line.base, line.due, taken, settled.due, "",
                detail,
            )  # fmt: skip
    for settled in due.settlements:
        for correction in settled.corrections:
            position += 1
            line = due.lines.get((correction.month, settled.code))
            label, base = (line.label, line.base) if line else (settled.code, ZERO)
            yield (
                statement_id, position, correction.month, settled.code, label, base, correction.due, correction.taken,
                correction.amount, correction.sentence,
                json.dumps(to_json(line), ensure_ascii=False) if line else None,
            )  # fmt: skip


def _entries(run: ContributionRun, dues: Mapping[int, Due]) -> dict[int, EntryDraft]:
    """By statement, the entry that moves its amounts from the activity to the pooled services; none for nothing."""
    settings = ContributionSettings.objects.select_related("charge_account", "income_account").get()
    accounts = settings.charge_account.number, settings.income_account.number
    codes = dict(Activity.objects.values_list("pk", "code"))
    entry_on, label = last_day(run.month), f"Contribution {run.month:%m/%Y}"
    source_type = ContributionStatement._meta.label_lower
    found = {}
    for pk, due in dues.items():
        lines = _entry_lines(due, *accounts)
        if lines:
            found[pk] = EntryDraft(
                journal=JournalCode.MISCELLANEOUS,
                entry_on=entry_on,
                voucher_number=f"CTR{run.month:%Y%m}-{codes[due.activity_id]}",
                voucher_on=entry_on,
                label=label,
                lines=lines,
                source_type=source_type,
                source_id=pk,
            )
    return found


def _entry_lines(due: Due, charge: str, income: str) -> tuple[LineDraft, ...]:
    """The activity's charge line by line of the rule, against the pooled income: debits equal credits."""
    taken: list[tuple[str, Decimal]] = [(one.code, one.amount) for one in due.settlements if one.amount]
    lines = [signed(charge, amount, activity_id=due.activity_id) for _, amount in taken]
    total = due.amount
    if total:
        lines.append(signed(income, -total))
    return tuple(lines)


def report_progress(*, run: ContributionRun, percent: int) -> None:
    """Show how far a run is to whoever looks at its page."""
    ContributionRun.objects.filter(pk=run.pk, state=RunState.WAITING).update(progress=percent)


@transaction.atomic
def fail_run(*, run: ContributionRun, reasons: tuple[str, ...], by: User) -> None:
    """Give up a run that was asked for, with the reasons; the month may be asked for again."""
    locked = ContributionRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if locked.state == RunState.WAITING:
        locked.state, locked.failure = RunState.FAILED, "\n".join(reasons)
        locked.save(update_fields=["state", "failure"])
        audit.record(by=by, action="contributionrun.failed", subject=locked, changes={"reasons": list(reasons)})
