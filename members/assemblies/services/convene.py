"""Convening an assembly: the list of those who may vote is drawn up, the agenda is closed."""

from datetime import date

from django.db import transaction
from procrastinate.contrib.django import app

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from members.assemblies.models import AdmissionProposal, Assembly, Convocation
from members.assemblies.queries import convened_people
from members.assemblies.rules import convening_errors
from members.assemblies.services.state import statutes_of
from members.associates.queries import colleges_on
from members.associates.rules import weight_errors
from members.cooperative.queries import the_cooperative
from members.people.models import Person, User

SEND_TASK = "members.send_convocations"
MOST_NAMES = 5
"""Names that one refusal tells."""


@transaction.atomic
def convene_assembly(*, assembly: Assembly, record_on: date, convened_on: date, by: User) -> Assembly:
    """Draw up the list of the associates of `record_on` with their colleges, freeze the agenda, send it by e-mail.

    Refused: too late (C. com. R223-20, R225-69, statutes), an empty agenda, nobody to convene, colleges that do not
    weigh 100 % together, an associate or a candidate without a college where there are colleges.
    """
    assembly = Assembly.objects.select_for_update(of=("self",)).get(pk=assembly.pk)
    cooperative = the_cooperative()
    errors = convening_errors(
        assembly,
        record_on=record_on,
        convened_on=convened_on,
        statutes=statutes_of(assembly),
        legal_form=cooperative.legal_form if cooperative else "",
    )
    if errors:
        raise RefusalError(errors)
    if not assembly.resolutions.exists():
        raise RefusalError("L’ordre du jour est vide\u00a0: une convocation l’annonce (C. com. R223-20, R225-66).")
    people = convened_people(record_on)
    _require_voters(assembly, people, record_on)
    assembly.record_on, assembly.convened_on = record_on, convened_on
    assembly.save()
    Convocation.objects.bulk_create(
        [Convocation(assembly=assembly, person_id=person, college_id=college) for person, college in people],
        batch_size=2000,
    )
    app.configure_task(SEND_TASK).defer(assembly_id=assembly.pk)
    changes = {"liste au": record_on, "convoquée le": convened_on, "associés": len(people)}
    audit.record(by=by, action="assembly.convened", subject=assembly, changes=changes)
    return assembly


def _require_voters(assembly: Assembly, people: list[tuple[int, int | None]], record_on: date) -> None:
    if not people:
        raise RefusalError(f"Personne n’est associé le {record_on:%d/%m/%Y}\u00a0: il n’y a personne à convoquer.")
    colleges = list(colleges_on(assembly.held_on))
    errors = weight_errors(colleges)
    if errors:
        raise RefusalError(errors)
    if not colleges:
        return
    known = {college.pk for college in colleges}
    without = [person for person, college in people if college not in known]
    candidates = AdmissionProposal.objects.filter(resolution__assembly=assembly).exclude(college__in=known)
    without += list(candidates.values_list("person_id", flat=True))
    if without:
        names = [str(person) for person in Person.objects.filter(pk__in=without[:MOST_NAMES])]
        more = f" et {len(without) - MOST_NAMES} autres" if len(without) > MOST_NAMES else ""
        raise RefusalError(f"Sans collège le {assembly.held_on:%d/%m/%Y}\u00a0: {', '.join(names)}{more}.")
