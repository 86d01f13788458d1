"""Planning an assembly: its date and its agenda, until it is convened."""

from django.db import transaction
from django.db.models import Max

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.records import save_record
from members.assemblies.enums import AssemblyState, Majority, VotingMethod
from members.assemblies.models import AdmissionProposal, Assembly, Resolution
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
    *, assembly: Assembly, title: str, text: str, majority: Majority, method: VotingMethod, by: User
) -> Resolution:
    """Put a point at the end of the agenda. Refused: once the assembly is convened."""
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
    return save_record(instance=resolution, by=by)


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
