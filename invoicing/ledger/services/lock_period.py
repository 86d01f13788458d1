"""The soft lock of a month."""

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from invoicing.ledger.enums import PeriodState
from invoicing.ledger.models import Period
from members.people.models import User


def lock_period(*, period: Period, by: User) -> Period:
    """Stop a month from taking entries; it can be opened again until its year is closed."""
    return _change(period, PeriodState.OPEN, PeriodState.LOCKED, by)


def unlock_period(*, period: Period, by: User) -> Period:
    """Let a locked month take entries again."""
    return _change(period, PeriodState.LOCKED, PeriodState.OPEN, by)


@transaction.atomic
def _change(period: Period, expected: PeriodState, state: PeriodState, by: User) -> Period:
    locked = Period.objects.select_for_update(of=("self",)).get(pk=period.pk)
    if locked.state != expected:
        raise RefusalError(f"La période {locked} est {locked.get_state_display().lower()}.")
    locked.state = state
    locked.save(update_fields=["state"])
    audit.record(by=by, action=f"period.{state.lower()}", subject=locked)
    return locked
