"""Writing general conditions."""

import hashlib

from django.db import transaction

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.records import save_record
from cae_backoffice.core.text import control_characters, tidy
from invoicing.quotes.models import GeneralConditions
from members.people.models import User

MAX_BYTES = 10 * 1024 * 1024


@transaction.atomic
def save_conditions(*, conditions: GeneralConditions, by: User) -> GeneralConditions:
    """Create or change conditions that went with no quote yet.

    Refused: those that a quote was sent with, a text and a PDF or neither, a file that is no PDF or weighs over 10 MB.
    """
    if conditions.pk and conditions.quotes.exists():
        raise RefusalError("Un devis est parti avec ces conditions\u00a0: créez-en de nouvelles, à leur date.")
    conditions.text = tidy(conditions.text)
    if control_characters(conditions.text):
        raise RefusalError("Les conditions générales contiennent un caractère de contrôle.")
    conditions.sha256 = _fingerprint(conditions) if conditions.pdf else ""
    return save_record(instance=conditions, by=by)


def _fingerprint(conditions: GeneralConditions) -> str:
    if conditions.pdf.size > MAX_BYTES:
        raise RefusalError("Le PDF pèse plus de 10\u00a0Mo.")
    with conditions.pdf.open("rb") as stored:
        content = stored.read()
    if not content.startswith(b"%PDF-"):
        raise RefusalError("Les conditions générales sont un PDF ou un texte.")
    return hashlib.sha256(content).hexdigest()
