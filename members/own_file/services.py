"""Asking for other contact details, and deciding on it."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.records import save_record
from cae_backoffice.core.text import tidy
from members.own_file.enums import RequestState
from members.own_file.models import ContactChange
from members.people.models import Person, User
from members.people.services import save_person


@dataclass(frozen=True)
class ContactDetails:
    """How to reach somebody."""

    email: str
    phone: str
    street: str
    postcode: str
    city: str


def details_of(record: Person | ContactChange) -> ContactDetails:
    """What is recorded, or asked."""
    return ContactDetails(record.email, record.phone, record.street, record.postcode, record.city)


@transaction.atomic
def ask_contact_change(*, person: Person, details: ContactDetails, at: datetime, by: User) -> ContactChange:
    """Ask the cooperative to correct how the member is reached. Refused: for somebody else, nothing new, a second
    request while one waits, details that no file can hold.
    """
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if person.user_id != by.pk:
        raise RefusalError("Chacun demande le changement de ses propres coordonnées.")
    if ContactChange.objects.filter(person=person, state=RequestState.WAITING).exists():
        raise RefusalError("Votre demande précédente attend encore la réponse de la coopérative.")
    asked = ContactDetails(**{name: tidy(value) for name, value in asdict(details).items()})
    if asked == details_of(person):
        raise RefusalError("Ces coordonnées sont déjà celles de votre dossier.")
    return save_record(instance=ContactChange(person=person, asked_at=at, **asdict(asked)), by=by, action="requested")


@transaction.atomic
def accept_contact_change(*, change: ContactChange, at: datetime, by: User) -> Person:
    """Put what the member asked into the file. Refused: a request already decided."""
    change = _waiting(change, by)
    person = Person.objects.select_for_update(of=("self",)).get(pk=change.person_id)
    for name, value in asdict(details_of(change)).items():
        setattr(person, name, value)
    save_person(person=person, by=by)
    _decide(change, RequestState.ACCEPTED, at=at, by=by)
    return person


@transaction.atomic
def refuse_contact_change(*, change: ContactChange, reason: str, at: datetime, by: User) -> None:
    """Leave the file as it is and say why. Refused: without a reason, a request already decided."""
    change = _waiting(change, by)
    if not reason.strip():
        raise RefusalError("Un refus dit pourquoi.")
    change.reason = tidy(reason)
    _decide(change, RequestState.REFUSED, at=at, by=by)


def _waiting(change: ContactChange, by: User) -> ContactChange:
    if not has_right(by, Right.MANAGE_MEMBERS):
        raise RefusalError("Vous ne modifiez pas les dossiers des membres.")
    change = ContactChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
    if change.state != RequestState.WAITING:
        raise RefusalError("Cette demande est déjà décidée.")
    return change


def _decide(change: ContactChange, state: RequestState, *, at: datetime, by: User) -> None:
    change.state, change.decided_at, change.decided_by = state, at, by
    change.full_clean()
    change.save()
    audit.record(by=by, action=f"contactchange.{state.value.lower()}", subject=change, changes={"motif": change.reason})
