"""Granting and ending the right to approve one's own documents."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.records import save_record
from cae_backoffice.core.text import tidy
from invoicing.invoices.models.approvals import SelfApproval
from members.people.models import Person, User


@transaction.atomic
def grant_self_approval(
    *, person: Person, ceiling: Decimal, starts_on: date, ends_on: date | None, reason: str, by: User
) -> SelfApproval:
    """Let a person approve and issue their own documents up to `ceiling` euros excl. VAT each.

    Refused: to oneself, without a reason, over days that another right of the person covers.
    """
    _require_right(by)
    if person.user_id == by.pk:
        raise RefusalError("Personne ne s’accorde l’autovalidation à soi-même.")
    right = SelfApproval(
        person=person, ceiling=ceiling, starts_on=starts_on, ends_on=ends_on, reason=tidy(reason), granted_by=by
    )
    return save_record(instance=right, by=by, action="granted")


@transaction.atomic
def end_self_approval(*, right: SelfApproval, ends_on: date, by: User) -> SelfApproval:
    """Let a right end on a day, its last."""
    _require_right(by)
    current = SelfApproval.objects.select_for_update(of=("self",)).get(pk=right.pk)
    if current.ends_on is not None and current.ends_on < ends_on:
        raise RefusalError(f"Cette autovalidation finit déjà le {current.ends_on:%d/%m/%Y}.")
    current.ends_on = ends_on
    return save_record(instance=current, by=by, action="ended")


def _require_right(by: User) -> None:
    if not has_right(by, Right.APPROVE_INVOICES):
        raise RefusalError("Vous ne validez pas les documents de la coopérative.")
