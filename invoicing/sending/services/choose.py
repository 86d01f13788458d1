"""An activity's choice: whether its documents leave by themselves."""

from datetime import datetime

from django.db import transaction

from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.records import save_record
from invoicing.mailing.rules import may_write_templates
from invoicing.sending.models import SendingPreference
from members.activities.models import Activity
from members.people.models import User


@transaction.atomic
def choose_sending(*, activity: Activity, is_automatic: bool, by: User, at: datetime) -> SendingPreference:
    """Keep the choice with its author and instant: documents issued from then on follow it."""
    if not (has_right(by, Right.DRAFT_INVOICES) and may_write_templates(by, activity)):
        raise RefusalError("Vous ne pouvez pas choisir pour cette activité.")
    found = SendingPreference.objects.select_for_update(of=("self",)).filter(activity=activity).first()
    preference = found or SendingPreference(activity=activity)
    preference.is_automatic, preference.since, preference.set_by = is_automatic, at, by
    return save_record(instance=preference, by=by)
