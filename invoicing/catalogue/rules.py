"""Who may write the catalogue of an activity."""

from cae_backoffice.core.access import Right, has_right
from members.activities.models import Activity
from members.people.models import User


def may_write_for(user: User, activity: Activity) -> bool:
    """Whether the user creates and changes products of this activity: who drafts its invoices may."""
    if not has_right(user, Right.DRAFT_INVOICES):
        return False
    if has_right(user, Right.VIEW_ALL_INVOICES):
        return True
    return Activity.objects.carried_by(user.pk).filter(pk=activity.pk).exists()


def may_classify(user: User) -> bool:
    """Whether the user says under which code a contribution rule may leave a product out."""
    return has_right(user, Right.RUN_CONTRIBUTIONS)
