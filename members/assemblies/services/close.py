"""Closing an assembly: its minutes can be printed and signed."""

from datetime import date

from django.db import transaction

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.records import save_record
from members.assemblies.enums import AssemblyState, ResolutionState
from members.assemblies.models import Assembly
from members.assemblies.services.state import locked
from members.people.models import User


@transaction.atomic
def close_assembly(*, assembly: Assembly, chair: str, secretary: str, on: date, by: User) -> Assembly:
    """Close the assembly with the names of those who sign its minutes. Refused: while a vote is open, before its day,
    without a chair."""
    assembly = locked(assembly, AssemblyState.CONVENED)
    if assembly.resolutions.filter(state=ResolutionState.OPEN).exists():
        raise RefusalError("Un vote est encore ouvert.")
    if not chair.strip():
        raise RefusalError("Le procès-verbal nomme qui a présidé l’assemblée.")
    assembly.chair, assembly.secretary, assembly.closed_on = chair.strip(), secretary.strip(), on
    return save_record(instance=assembly, by=by, action="closed")
