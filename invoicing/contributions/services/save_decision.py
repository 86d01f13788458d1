"""Waivers and overrides."""

from django.db import transaction

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.records import save_record
from invoicing.contributions.models import ContributionOverride, ContributionWaiver
from invoicing.contributions.queries.rule import terms_from_text
from invoicing.contributions.rules.problems import MOST_SHOWN, FileProblemsError
from invoicing.contributions.services.check import refuse_unless_allowed
from members.people.models import User


def save_waiver(*, waiver: ContributionWaiver, by: User) -> ContributionWaiver:
    """Record a decision that spares something; months already run are corrected by the next run."""
    refuse_unless_allowed(by)
    return save_record(instance=waiver, by=by)


@transaction.atomic
def save_override(*, override: ContributionOverride, by: User) -> ContributionOverride:
    """Record a decision that gives an activity its own values; refused when they cannot be read as a rule's."""
    refuse_unless_allowed(by)
    try:
        terms_from_text(override.values, file="valeurs")
    except FileProblemsError as error:
        raise RefusalError([problem.sentence for problem in error.problems[:MOST_SHOWN]]) from error
    return save_record(instance=override, by=by)
