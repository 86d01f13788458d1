"""Writing the words of the messages to customers."""

import tomllib
from pathlib import Path

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.records import save_record
from cae_backoffice.core.text import tidy
from invoicing.mailing.enums import TemplateKind
from invoicing.mailing.models import MailTemplate
from invoicing.mailing.rules import Words, may_write_templates, placeholder_problems
from members.activities.models import Activity
from members.people.models import User

DATA = Path(__file__).resolve().parent / "data" / "templates.toml"


@transaction.atomic
def save_template(*, kind: TemplateKind, activity: Activity | None, words: Words, by: User) -> MailTemplate:
    """Keep the words of an activity, or of the cooperative (None); the former ones stand in the audit trail.

    Raises RefusalError for who may not, an object on two lines, an empty text or a placeholder that does not exist.
    """
    if not may_write_templates(by, activity):
        raise RefusalError("Vous ne pouvez pas modifier ces messages.")
    words = Words(subject=words.subject.strip(), body=tidy(words.body))
    reasons = placeholder_problems(kind, words.subject, words.body)
    if "\n" in words.subject or "\r" in words.subject:
        reasons.append("L’objet tient sur une ligne.")
    if reasons:
        raise RefusalError(reasons)
    found = MailTemplate.objects.select_for_update(of=("self",)).filter(kind=kind, activity=activity).first()
    template = found or MailTemplate(kind=kind, activity=activity)
    template.subject, template.body = words.subject, words.body
    return save_record(instance=template, by=by)


@transaction.atomic
def drop_template(*, kind: TemplateKind, activity: Activity, by: User) -> None:
    """Let an activity write the cooperative's words again."""
    if not may_write_templates(by, activity):
        raise RefusalError("Vous ne pouvez pas modifier ces messages.")
    template = MailTemplate.objects.select_for_update(of=("self",)).filter(kind=kind, activity=activity).first()
    if template is None:
        raise RefusalError("Cette activité n’a pas de modèle à elle pour ce message.")
    former = {"subject": template.subject, "body": template.body}
    audit.record(by=by, action="mailtemplate.dropped", subject=template, changes=former)
    template.delete()


def load_mail_templates(model: type[MailTemplate] = MailTemplate) -> None:
    """Add the cooperative's messages of `data/templates.toml` that are not there yet; those present are kept.

    A migration passes its own version of the model.
    """
    templates = tomllib.loads(DATA.read_text(encoding="utf-8"))
    model._default_manager.bulk_create(
        [model(kind=kind, subject=words["subject"], body=words["body"].strip()) for kind, words in templates.items()],
        ignore_conflicts=True,
    )
