"""Who may do what to a transfer between activities."""

from cae_backoffice.core.access import Right, has_right
from invoicing.transfers.enums import TransferState
from invoicing.transfers.models import InternalTransfer
from members.activities.models import Activity
from members.people.models import User


def may_act_for(user: User, activity: Activity) -> bool:
    """Whether the user speaks for this activity: those who keep the books for all, an entrepreneur for their own."""
    if has_right(user, Right.KEEP_BOOKS):
        return True
    carries = Activity.objects.carried_by(user.pk).filter(pk=activity.pk).exists()
    return carries and has_right(user, Right.DRAFT_INVOICES)


def may_answer(user: User, transfer: InternalTransfer) -> bool:
    """Whether the user accepts or refuses it: whoever speaks for the activity that did not propose it."""
    return transfer.state == TransferState.PROPOSED and may_act_for(user, transfer.receiver)


def may_cancel(user: User, transfer: InternalTransfer) -> bool:
    """Whether the user takes the proposal back."""
    return transfer.state == TransferState.PROPOSED and may_act_for(user, transfer.proposer)


def may_reverse(user: User, transfer: InternalTransfer) -> bool:
    """Whether the user may take it back by an opposite one; a reversal is final."""
    return (
        has_right(user, Right.KEEP_BOOKS)
        and transfer.state == TransferState.ACCEPTED
        and transfer.reverses_id is None
        and not hasattr(transfer, "reversed_by")
    )
