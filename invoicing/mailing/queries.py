"""Reading the words of the messages to customers."""

from dataclasses import dataclass

from django.db.models import F

from cae_backoffice.core.errors import RefusalError
from invoicing.mailing.enums import TemplateKind
from invoicing.mailing.models import MailTemplate
from invoicing.mailing.rules import Words
from members.activities.models import Activity


@dataclass(frozen=True)
class OwnTemplate:
    """What an activity writes on an occasion, and whether the words are its own."""

    kind: TemplateKind
    words: Words
    is_own: bool


def words_for(kind: TemplateKind, activity: Activity) -> Words:
    """The activity's own words, else the cooperative's; RefusalError when there are none at all."""
    found = MailTemplate.objects.filter(kind=kind, activity=activity).first()
    found = found or MailTemplate.objects.filter(kind=kind, activity=None).first()
    if found is None:
        raise RefusalError(f"Il n’y a pas de modèle pour «\u00a0{kind.label}\u00a0».")
    return Words(subject=found.subject, body=found.body)


def templates_of(activity: Activity) -> list[OwnTemplate]:
    """The words of an activity on every occasion, in the order of the occasions."""
    rows = MailTemplate.objects.filter(activity=None) | MailTemplate.objects.filter(activity=activity)
    found = {row.kind: row for row in rows.order_by(F("activity").asc(nulls_first=True))}
    return [
        OwnTemplate(
            kind=kind,
            words=Words(subject=found[kind].subject, body=found[kind].body),
            is_own=found[kind].activity_id is not None,
        )
        for kind in TemplateKind
        if kind in found
    ]
