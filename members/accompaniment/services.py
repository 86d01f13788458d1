"""Recording interviews and their private notes; workshops and who comes to them."""

from collections.abc import Collection
from datetime import date

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.records import save_record
from members.accompaniment.models import Interview, InterviewNote, Workshop, WorkshopRegistration
from members.accompaniment.rules import interview_errors, may_correct, registration_errors
from members.people.models import Person, User


@transaction.atomic
def record_interview(*, interview: Interview, notes: str, today: date, by: User) -> Interview:
    """Record an interview that was held, with what its author keeps private.

    Refused: a day to come, before the person was met, a person whom one does not follow.
    """
    if not Person.objects.visible_to(by).filter(pk=interview.person_id).exists():
        raise RefusalError("Vous n’accompagnez pas cette personne.")
    errors = interview_errors(interview.person, interview.held_on, today)
    if errors:
        raise RefusalError(errors)
    interview.author = by
    save_record(instance=interview, by=by, action="held")
    _keep_notes(interview, notes, by)
    return interview


@transaction.atomic
def correct_interview(*, interview: Interview, notes: str, today: date, by: User) -> Interview:
    """Correct one's own interview or its notes. Refused: somebody else's; like recording it."""
    stored = Interview.objects.select_for_update(of=("self",)).get(pk=interview.pk)
    if not may_correct(by, stored):
        raise RefusalError(f"Cet entretien a été mené par {stored.author}\u00a0: lui seul le corrige.")
    errors = interview_errors(interview.person, interview.held_on, today)
    if errors:
        raise RefusalError(errors)
    save_record(instance=interview, by=by)
    _keep_notes(interview, notes, by)
    return interview


@transaction.atomic
def save_workshop(*, workshop: Workshop, by: User) -> Workshop:
    """Plan a workshop or change it. Refused: fewer seats than are taken."""
    if workshop.pk is not None:
        Workshop.objects.select_for_update(of=("self",)).get(pk=workshop.pk)
        taken = _taken(workshop)
        if workshop.seats < taken:
            raise RefusalError(f"{taken} places sont déjà prises.")
    return save_record(instance=workshop, by=by)


@transaction.atomic
def register_for_workshop(*, workshop: Workshop, person: Person, on: date, by: User) -> WorkshopRegistration:
    """Give a member a seat. Refused: none is left, twice, after the day, a person whom one does not follow."""
    if not Person.objects.visible_to(by).filter(pk=person.pk).exists():
        raise RefusalError("Vous n’accompagnez pas cette personne.")
    workshop = Workshop.objects.select_for_update(of=("self",)).get(pk=workshop.pk)
    errors = registration_errors(workshop, _taken(workshop), on)
    if errors:
        raise RefusalError(errors)
    registration = WorkshopRegistration(workshop=workshop, person=person, registered_on=on)
    return save_record(instance=registration, by=by, action="registered")


@transaction.atomic
def withdraw_from_workshop(*, registration: WorkshopRegistration, on: date, by: User) -> WorkshopRegistration:
    """Give the seat back. Refused: twice, or after the day."""
    registration = WorkshopRegistration.objects.select_for_update(of=("self",)).get(pk=registration.pk)
    if registration.withdrawn_on is not None:
        raise RefusalError(f"{registration.person} s’est déjà désisté le {registration.withdrawn_on:%d/%m/%Y}.")
    if on > registration.workshop.held_on:
        raise RefusalError(f"L’atelier s’est tenu le {registration.workshop.held_on:%d/%m/%Y}.")
    registration.withdrawn_on = on
    return save_record(instance=registration, by=by, action="withdrawn")


@transaction.atomic
def note_attendance(*, workshop: Workshop, present: Collection[Person], on: date, by: User) -> Workshop:
    """Note who of those registered came. Refused: before the day, somebody who is not registered, and to whoever does
    not see everybody (an adviser who does not lead the workshop)."""
    workshop = Workshop.objects.select_for_update(of=("self",)).get(pk=workshop.pk)
    if on < workshop.held_on:
        raise RefusalError(f"L’atelier se tient le {workshop.held_on:%d/%m/%Y}.")
    registrations = list(workshop.registrations.filter(withdrawn_on=None))
    seen = WorkshopRegistration.objects.visible_to(by).filter(workshop=workshop, withdrawn_on=None)
    if seen.count() < len(registrations):
        raise RefusalError("Les présences sont notées par qui anime l’atelier, ou par le responsable.")
    strangers = {person.pk for person in present} - {registration.person_id for registration in registrations}
    if strangers:
        names = ", ".join(str(person) for person in present if person.pk in strangers)
        raise RefusalError(f"Sans inscription\u00a0: {names}.")
    came = {person.pk for person in present}
    for registration in registrations:
        registration.attended = registration.person_id in came
    WorkshopRegistration.objects.bulk_update(registrations, ["attended"])
    audit.record(by=by, action="workshop.attended", subject=workshop, changes={"venus": len(came)})
    return workshop


def _keep_notes(interview: Interview, notes: str, by: User) -> None:
    """The trail tells that notes were written, never what they say."""
    note = InterviewNote.objects.filter(interview=interview).first() or InterviewNote(interview=interview)
    text = notes.strip()
    if text == note.text:
        return
    if not text:
        note.delete()
    else:
        note.text = text
        note.save()
    audit.record(by=by, action="interview.notes_written", subject=interview)


def _taken(workshop: Workshop) -> int:
    return workshop.registrations.filter(withdrawn_on=None).count()
