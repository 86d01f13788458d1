"""What a person does with a file that is stuck."""

from datetime import datetime

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.text import tidy
from invoicing.einvoicing.enums import TransmissionState
from invoicing.einvoicing.models import Transmission
from invoicing.einvoicing.rules import may_record_status
from members.people.models import User

MAX_REASON = 300


@transaction.atomic
def retry_transmission(*, transmission: Transmission, by: User, at: datetime) -> Transmission:
    """Let a file that is stuck, waits or was given up leave as soon as possible; refused once it has left."""
    locked = _locked(transmission, by)
    if locked.state in {TransmissionState.SENT, TransmissionState.ACKNOWLEDGED}:
        raise RefusalError("Ce fichier est déjà parti.")
    return _write(locked, "transmission.retried", by, state=TransmissionState.WAITING, attempts=0, next_try_at=at)


@transaction.atomic
def give_up_transmission(*, transmission: Transmission, reason: str, by: User) -> Transmission:
    """Stop trying, with a reason: the document is handed over another way. Refused once it has left."""
    locked, reason = _locked(transmission, by), tidy(reason)
    if locked.state not in {TransmissionState.WAITING, TransmissionState.STUCK}:
        raise RefusalError("Seul un fichier en attente ou bloqué peut être abandonné.")
    if not reason or len(reason) > MAX_REASON:
        raise RefusalError(f"Indiquez pourquoi, en {MAX_REASON} caractères au plus.")
    fields = {"state": TransmissionState.FAILED, "next_try_at": None, "last_error": f"Abandonnée\u00a0: {reason}"}
    return _write(locked, "transmission.given_up", by, **fields)


def _locked(transmission: Transmission, by: User) -> Transmission:
    if not may_record_status(by):
        raise RefusalError("Seule la comptabilité suit les transmissions.")
    return Transmission.objects.select_for_update(of=("self",)).select_related("invoice").get(pk=transmission.pk)


def _write(transmission: Transmission, action: str, by: User, **fields: object) -> Transmission:
    before = transmission.state
    Transmission.objects.filter(pk=transmission.pk).update(**fields)
    transmission.refresh_from_db(fields=list(fields))
    changes = {"state": [before, transmission.state], "erreur": transmission.last_error}
    audit.record(by=by, action=action, subject=transmission, changes=changes)
    return transmission
