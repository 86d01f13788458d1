"""The assembly, locked in the state that an act asks for."""

from cae_backoffice.core.errors import RefusalError
from members.assemblies.enums import AssemblyState, ResolutionState
from members.assemblies.models import Assembly, Resolution
from members.cooperative.models import Statutes
from members.cooperative.queries import statutes_on

WHY_NOT = {
    AssemblyState.PLANNED: "L’assemblée n’est pas encore convoquée.",
    AssemblyState.CONVENED: "L’assemblée est convoquée\u00a0: son ordre du jour ne change plus.",
    AssemblyState.CLOSED: "L’assemblée est close\u00a0: rien n’y change plus.",
}


def locked(assembly: Assembly, state: AssemblyState) -> Assembly:
    """The assembly as it is stored, held until the end of the transaction. Refused: in any other state."""
    stored = Assembly.objects.select_for_update(of=("self",)).get(pk=assembly.pk)
    if stored.state != state:
        raise RefusalError(WHY_NOT[stored.state])
    return stored


def locked_resolution(resolution: Resolution, state: ResolutionState) -> Resolution:
    """A resolution of a convened assembly. Refused: in any other state, in French words."""
    locked(resolution.assembly, AssemblyState.CONVENED)
    stored = Resolution.objects.select_for_update(of=("self",)).select_related("assembly").get(pk=resolution.pk)
    if stored.state != state:
        words = ResolutionState(stored.state).label.lower()
        raise RefusalError(f"La résolution {stored.number} est dans l’état «\u00a0{words}\u00a0».")
    return stored


def statutes_of(assembly: Assembly) -> Statutes:
    """The statutes in force on the day of the assembly. Refused: without any."""
    statutes = statutes_on(assembly.held_on)
    if statutes is None:
        raise RefusalError(f"Aucune version des statuts n’est en vigueur le {assembly.held_on:%d/%m/%Y}.")
    return statutes
