"""The classes of shares and their nominal."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import format_euros
from cae_backoffice.core.periods import ONE_DAY
from cae_backoffice.core.records import save_record
from members.people.models import User
from members.shares.models import ShareClass, ShareMovement, ShareNominal
from members.shares.services.book import require_no_majority_holder


@transaction.atomic
def create_share_class(
    *, code: str, name: str, nominal: Decimal, starts_on: date, decision: str, by: User
) -> ShareClass:
    """Open a class of shares with its first nominal. Refused: a code already used, a nominal of zero."""
    share_class = save_record(instance=ShareClass(code=code.strip().upper(), name=name.strip()), by=by)
    first = ShareNominal(share_class=share_class, nominal=nominal, starts_on=starts_on, decision=decision.strip())
    save_record(instance=first, by=by)
    return share_class


@transaction.atomic
def set_nominal(*, share_class: ShareClass, nominal: Decimal, starts_on: date, decision: str, by: User) -> ShareNominal:
    """Change the nominal from a day on. What the shares are then worth more remains to be paid by their holders: an
    incorporation of reserves is recorded as a payment on them.

    Refused: on or before the day of a movement or of another nominal, lower while shares are held, and when somebody
    would then hold more than half of the capital.
    """
    ShareClass.objects.select_for_update(of=("self",)).get(pk=share_class.pk)
    movements = ShareMovement.objects.filter(share_class=share_class)
    before = ShareNominal.objects.filter(share_class=share_class).latest("starts_on")
    if starts_on <= before.starts_on:
        raise RefusalError(
            f"La valeur nominale en vigueur date du {before.starts_on:%d/%m/%Y}\u00a0: la suite vient après."
        )
    last = movements.order_by("-effective_on").first()
    if last is not None and starts_on <= last.effective_on:
        raise RefusalError(
            f"Un mouvement du {last.effective_on:%d/%m/%Y} s’est fait à l’ancienne valeur nominale\u00a0: "
            "la nouvelle vient après."
        )
    if nominal < before.nominal and sum(movements.values_list("quantity", flat=True)):
        raise RefusalError(
            f"La valeur nominale ne descend pas sous {format_euros(before.nominal)} tant que des parts sont détenues."
        )
    before.ends_on = starts_on - ONE_DAY
    save_record(instance=before, by=by, action="ended")
    new = ShareNominal(share_class=share_class, nominal=nominal, starts_on=starts_on, decision=decision.strip())
    save_record(instance=new, by=by)
    require_no_majority_holder(starts_on)
    return new
