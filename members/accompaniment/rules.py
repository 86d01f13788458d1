"""Who holds interviews, and what a workshop refuses. Pure."""

from datetime import date

from cae_backoffice.core.access import HoldsRoles, Right, has_right
from members.accompaniment.models import Interview, Workshop
from members.people.models import Person

INTERVIEWS_A_YEAR = 2


def may_correct(user: HoldsRoles, interview: Interview) -> bool:
    """Only whoever held it, while they still accompany members."""
    return has_right(user, Right.ACCOMPANY_MEMBERS) and interview.author_id == getattr(user, "pk", None)


def interview_errors(person: Person, held_on: date, today: date) -> list[str]:
    """Why an interview cannot have been held that day, as French sentences."""
    if held_on > today:
        return ["Un entretien s’enregistre une fois tenu."]
    if held_on < person.candidate_since_on:
        return [f"{person} est suivi depuis le {person.candidate_since_on:%d/%m/%Y}\u00a0: l’entretien vient après."]
    return []


def registration_errors(workshop: Workshop, taken: int, on: date) -> list[str]:
    """Why nobody can register any more, as French sentences; `taken` seats are."""
    if on > workshop.held_on:
        return [f"L’atelier s’est tenu le {workshop.held_on:%d/%m/%Y}."]
    if taken >= workshop.seats:
        return [f"L’atelier est complet\u00a0: ses places ({workshop.seats}) sont toutes prises."]
    return []
