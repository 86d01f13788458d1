"""Writing activities, who carries them, their brands and their insurances."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.periods import ONE_DAY
from cae_backoffice.core.records import save_record
from members.activities.models import Activity, ActivityInsurance, Logo, SplitConvention, SplitShare
from members.activities.rules import logo_picture, percent_text, share_errors
from members.people.models import Person, User


@transaction.atomic
def save_activity(*, activity: Activity, by: User) -> Activity:
    """Create or change an activity."""
    return save_record(instance=activity, by=by)


@transaction.atomic
def start_convention(
    *, activity: Activity, starts_on: date, shares: Mapping[Person, Decimal], by: User
) -> SplitConvention:
    """Divide an activity between people from a day on; the convention in force ends the day before.

    Refused: shares that do not make exactly 100 %, and a day not after the start of the latest convention.
    """
    activity = Activity.objects.select_for_update(of=("self",)).get(pk=activity.pk)
    errors = share_errors(shares)
    latest = activity.conventions.select_for_update(of=("self",)).order_by("-starts_on").first()
    if latest is not None and latest.starts_on >= starts_on:
        errors.append(
            f"Une convention commence déjà le {latest.starts_on:%d/%m/%Y}\u00a0: la nouvelle commence plus tard."
        )
    if errors:
        raise RefusalError(errors)
    if latest is not None and (latest.ends_on is None or latest.ends_on >= starts_on):
        latest.ends_on = starts_on - ONE_DAY
        latest.save(update_fields=["ends_on"])
    convention = SplitConvention.objects.create(activity=activity, starts_on=starts_on)
    SplitShare.objects.bulk_create(
        SplitShare(convention=convention, person=person, percent=percent) for person, percent in shares.items()
    )
    parts = ", ".join(f"{person} {percent_text(percent)}" for person, percent in shares.items())
    audit.record(
        by=by, action="activity.split_changed", subject=activity, changes={"du": starts_on, "répartition": parts}
    )
    return convention


@transaction.atomic
def set_logo(*, activity: Activity, image: bytes, by: User) -> Activity:
    """Give an activity's brand its picture, re-encoded; documents already issued keep the one they were issued with.

    Refused: what is not a readable picture (see `logo_picture`).
    """
    picture = logo_picture(image)
    logo, _ = Logo.objects.get_or_create(
        sha256=picture.sha256,
        defaults={"png": picture.png, "width": picture.width, "height": picture.height},
    )
    activity = Activity.objects.select_for_update(of=("self",)).get(pk=activity.pk)
    activity.logo = logo
    return save_record(instance=activity, by=by)


@transaction.atomic
def save_insurance(*, insurance: ActivityInsurance, by: User) -> ActivityInsurance:
    """Create or change an insurance of an activity."""
    return save_record(instance=insurance, by=by)
