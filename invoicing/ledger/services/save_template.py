"""Templates of entries."""

from collections.abc import Iterable

from django.db import transaction

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.records import save_record
from invoicing.ledger.models import EntryTemplate, EntryTemplateLine
from members.people.models import User


@transaction.atomic
def save_template(*, template: EntryTemplate, lines: Iterable[EntryTemplateLine], by: User) -> EntryTemplate:
    """Write a template with its lines, which replace those it had. Refused with fewer than two lines."""
    wanted = list(lines)
    if len(wanted) < 2:  # noqa: PLR2004  a debit and a credit
        raise RefusalError("Un modèle a au moins deux lignes.")
    saved = save_record(instance=template, by=by)
    saved.lines.all().delete()
    for position, line in enumerate(wanted, 1):
        line.pk, line.template, line.position = None, saved, position
    EntryTemplateLine.objects.bulk_create(wanted)
    return saved
