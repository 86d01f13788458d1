"""Reading transfers: what one's activities gave and received, and what waits for an answer."""

from django.db.models import Q, QuerySet

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.text import search_key
from invoicing.transfers.enums import TransferState
from invoicing.transfers.models import InternalTransfer
from members.activities.models import Activity
from members.people.models import User


def transfer_list(user: User) -> QuerySet[InternalTransfer]:
    """The transfers someone may see, the latest first."""
    return InternalTransfer.objects.visible_to(user).select_related("payer", "payee", "proposer", "reversed_by")


def own_transfers(user: User) -> QuerySet[InternalTransfer]:
    """Those of the activities that someone carries, whatever else their roles let them see."""
    own = Activity.objects.carried_by(user.pk).values("pk")
    return transfer_list(user).filter(Q(payer__in=own) | Q(payee__in=own))


def awaiting_answer(user: User) -> QuerySet[InternalTransfer]:
    """Proposals that someone's activities have to answer, the one that waits longest first."""
    own = Activity.objects.carried_by(user.pk).values("pk")
    mine = Q(payer__in=own) & ~Q(proposer__in=own) | Q(payee__in=own) & ~Q(proposer__in=own)
    return transfer_list(user).filter(mine, state=TransferState.PROPOSED).order_by("pk")


def locked_transfer(transfer: InternalTransfer) -> InternalTransfer:
    """The transfer as it stands now, locked to the end of the transaction."""
    related = InternalTransfer.objects.select_related("payer", "payee", "proposer", "reversed_by")
    return related.select_for_update(of=("self",)).get(pk=transfer.pk)


def named_activity(words: str) -> Activity:
    """The one activity of this code, or whose name holds these words; refused when none or several do."""
    by_code: Activity | None = Activity.objects.filter(code__iexact=words.strip()).first()
    if by_code:
        return by_code
    found = Activity.objects.all()
    for word in search_key(words).split():
        found = found.filter(search__contains=word)
    named = list(found.order_by("name", "pk")[:5])
    if not named or not words.strip():
        raise RefusalError("Aucune activité ne porte ce nom ou ce code.")
    if len(named) > 1:
        names = ", ".join(f"{activity} ({activity.code})" for activity in named)
        raise RefusalError(f"Plusieurs activités portent ce nom\u00a0: donnez le code. {names}.")
    return named[0]
