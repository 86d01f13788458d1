"""The soft lock of a month."""

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from invoicing.ledger.enums import PeriodState
from invoicing.ledger.models import Period
from members.people.models import User


@transaction.atomic
def lock_period(*, period: Period, by: User) -> Period:
    """Stop a month from taking entries; it can be opened again until its year is closed."""
    locked = _change(period, PeriodState.OPEN, PeriodState.LOCKED)
    audit.record(by=by, action="period.locked", subject=locked)
    return locked


@transaction.atomic
def unlock_period(*, period: Period, reason: str, by: User) -> Period:
    """Let a locked month take entries again. The reason is kept in the audit trail; refused without one."""
    if not reason.strip():
        raise RefusalError("Donnez le motif du déverrouillage.")
    unlocked = _change(period, PeriodState.LOCKED, PeriodState.OPEN)
    audit.record(by=by, action="period.unlocked", subject=unlocked, changes={"reason": reason.strip()})
    return unlocked


def _change(period: Period, expected: PeriodState, state: PeriodState) -> Period:
    locked = Period.objects.select_for_update(of=("self",)).get(pk=period.pk)
    if locked.state != expected:
        raise RefusalError(f"La période {locked} est {locked.get_state_display().lower()}.")
    locked.state = state
    locked.save(update_fields=["state"])
    return locked
