"""Planning an assembly: its date and its agenda, until it is convened."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.db.models import Max

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.records import save_record
from members.assemblies.enums import AdmissionCall, AssemblyState, Majority, VotingMethod
from members.assemblies.models import AdmissionProposal, Assembly, Resolution
from members.assemblies.queries import admission_radar
from members.assemblies.services.state import locked
from members.associates.models import College
from members.associates.queries import associates_on
from members.people.models import Person, User


@transaction.atomic
def plan_assembly(*, assembly: Assembly, by: User) -> Assembly:
    """Create an assembly or change its date, place and agenda. Refused: once it is convened."""
    if assembly.pk is not None:
        locked(assembly, AssemblyState.PLANNED)
    return save_record(instance=assembly, by=by)


@transaction.atomic
def add_resolution(
    *,
    assembly: Assembly,
    title: str,
    text: str,
    majority: Majority,
    method: VotingMethod,
    by: User,
    candidates: Mapping[Person, College | None] | None = None,
) -> Resolution:
    """Put a point at the end of the agenda, with those whom it admits as associates. Refused: once the assembly is
    convened, and like `propose_admission`."""
    assembly = locked(assembly, AssemblyState.PLANNED)
    last = assembly.resolutions.aggregate(number=Max("number", default=0))["number"]
    resolution = Resolution(
        assembly=assembly,
        number=last + 1,
        title=title.strip(),
        text=text.strip(),
        majority=majority,
        method=method,
    )
    save_record(instance=resolution, by=by)
    for person, college in (candidates or {}).items():
        propose_admission(resolution=resolution, person=person, college=college, by=by)
    return resolution


@transaction.atomic
def propose_due_admissions(
    *,
    assembly: Assembly,
    majority: Majority,
    method: VotingMethod,
    college: College | None,
    on: date,
    by: User,
) -> Resolution:
    """Put on the agenda the admission of everybody whom this assembly must admit as things stand on that day.

    Refused: when there is nobody, or they are on the agenda already.
    """
    already = AdmissionProposal.objects.filter(resolution__assembly=assembly).values("person")
    due = admission_radar(on=on).filter(call=AdmissionCall.AT_ASSEMBLY, assembly_id=assembly.pk)
    people = list(due.exclude(pk__in=already))
    if not people:
        raise RefusalError("Personne d’autre n’est à admettre à cette assemblée.")
    return add_resolution(
        assembly=assembly,
        title=f"Admission de {len(people)} associé{'s' if len(people) > 1 else ''}",
        text="",
        majority=majority,
        method=method,
        candidates=dict.fromkeys(people, college),
        by=by,
    )


@transaction.atomic
def remove_resolution(*, resolution: Resolution, by: User) -> None:
    """Take a point off the agenda; those after it move up. Refused: once the assembly is convened."""
    assembly = locked(resolution.assembly, AssemblyState.PLANNED)
    audit.record(by=by, action="assembly.resolution_removed", subject=assembly, changes={"objet": resolution.title})
    AdmissionProposal.objects.filter(resolution=resolution).delete()
    Resolution.objects.filter(pk=resolution.pk).delete()
    for number, later in enumerate(assembly.resolutions.order_by("number"), start=1):
        if later.number != number:
            later.number = number
            later.save(update_fields=["number"])


@transaction.atomic
def propose_admission(
    *, resolution: Resolution, person: Person, college: College | None, by: User
) -> AdmissionProposal:
    """Name a person whom the resolution will admit. Refused: an associate, twice, once the assembly is convened."""
    assembly = locked(resolution.assembly, AssemblyState.PLANNED)
    if associates_on(assembly.held_on).filter(person=person).exists():
        raise RefusalError(f"{person} est déjà associé le {assembly.held_on:%d/%m/%Y}.")
    proposal = AdmissionProposal(resolution=resolution, person=person, college=college)
    return save_record(instance=proposal, by=by)
