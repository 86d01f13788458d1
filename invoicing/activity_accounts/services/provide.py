"""Setting money of activities aside, by hand or by rule, through the ledger."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import CENT, ZERO, format_euros
from cae_backoffice.core.text import tidy
from invoicing.activity_accounts.enums import ProvisionKind
from invoicing.activity_accounts.models import Provision, ProvisionRule
from invoicing.activity_accounts.queries.provisions import last_day, provisions_due, rule_in_force
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.models import Entry, Journal
from invoicing.ledger.rules import EntryDraft, signed
from invoicing.ledger.services import post_entry
from members.activities.models import Activity
from members.people.models import User


@transaction.atomic
def record_provision(*, activity: Activity, kind: str, amount: Decimal, on: date, reason: str, by: User) -> Provision:
    """Set an amount of an activity aside (positive) or give it back (negative), with a reason.

    Refused: nothing, parts of a cent, no reason, more given back than was set aside, no rule that names the accounts.
    """
    rule = _rule(kind, on, by)
    kept = sum(
        Provision.objects.filter(activity=activity, kind=kind).values_list("amount", flat=True),
        ZERO,
    )
    errors = []
    if not amount or amount != amount.quantize(CENT):
        errors.append("Une provision a un montant en euros et centimes.")
    if not tidy(reason):
        errors.append("Donnez le motif de la provision.")
    if amount < 0 and kept + amount < 0:
        errors.append(f"Il n’y a que {format_euros(kept)} de provisionné\u00a0: on ne peut en reprendre davantage.")
    if errors:
        raise RefusalError(errors)
    label = f"Provision {rule.get_kind_display().lower()}\u00a0: {tidy(reason)}"
    entry = _post(rule, [(activity, amount)], label, on, by)
    (written,) = _write(rule, [(activity, amount)], entry=entry, on=on, reason=tidy(reason), by=by, is_by_rule=False)
    return written


@transaction.atomic
def provide_by_rule(*, kind: str, month: date, by: User) -> list[Provision]:
    """Set aside, on the last day of a month, what the rule still asks of every activity; nothing the second time."""
    on = last_day(month)
    rule = _rule(kind, on, by)
    Journal.objects.select_for_update().get(code=JournalCode.MISCELLANEOUS)  # one run at a time
    due = [(one.activity, one.amount) for one in provisions_due(kind, month=month)]
    if not due:
        return []
    label = f"Provision {rule.get_kind_display().lower()} de {month:%m/%Y}, {rule.rate}\u00a0%"
    entry = _post(rule, due, label, on, by)
    return _write(rule, due, entry=entry, on=on, reason=label, by=by, is_by_rule=True)


def _rule(kind: str, on: date, by: User) -> ProvisionRule:
    if not has_right(by, Right.KEEP_BOOKS):
        raise RefusalError("Seuls les comptables passent des provisions.")
    rule = rule_in_force(kind, on=on)
    if rule is None:
        raise RefusalError(f"Aucune règle de provision «\u00a0{ProvisionKind(kind).label}\u00a0» n’est en vigueur.")
    return rule


def _post(rule: ProvisionRule, amounts: Sequence[tuple[Activity, Decimal]], label: str, on: date, by: User) -> Entry:
    """The charge against the balance sheet, both for the activity."""
    return post_entry(
        entry=EntryDraft(
            journal=JournalCode.MISCELLANEOUS,
            entry_on=on,
            voucher_number=f"PROV{on:%Y%m%d}",
            voucher_on=on,
            label=label[:160],
            lines=tuple(
                signed(account.number, side * amount, activity_id=activity.pk)
                for activity, amount in amounts
                for account, side in ((rule.charge_account, 1), (rule.balance_account, -1))
            ),
            source_type=Provision._meta.label_lower,
        ),
        by=by,
    )


def _write(
    rule: ProvisionRule,
    amounts: Sequence[tuple[Activity, Decimal]],
    *,
    entry: Entry,
    on: date,
    reason: str,
    by: User,
    is_by_rule: bool,
) -> list[Provision]:
    written = Provision.objects.bulk_create(
        Provision(
            activity=activity,
            kind=rule.kind,
            provided_on=on,
            amount=amount,
            reason=reason[:160],
            rule=rule,
            is_by_rule=is_by_rule,
            entry=entry,
            provided_by=by,
        )
        for activity, amount in amounts
    )
    total = sum((amount for _, amount in amounts), ZERO)
    changes = {"activités": len(written), "total": format_euros(total), "motif": reason}
    audit.record(by=by, action="entry.provided", subject=entry, changes=changes)
    return written
