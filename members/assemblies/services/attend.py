"""Who comes, who leaves, and who speaks for whom."""

from datetime import date

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.records import save_record
from members.assemblies.enums import AssemblyState, Presence
from members.assemblies.models import Convocation, Proxy
from members.assemblies.services.state import locked, statutes_of
from members.cooperative.models import Statutes
from members.people.models import User


@transaction.atomic
def mark_presence(*, convocation: Convocation, presence: Presence, by: User) -> Convocation:
    """Note that an associate arrives, follows from elsewhere or leaves. Coming ends the proxy that they had given."""
    locked(convocation.assembly, AssemblyState.CONVENED)
    convocation = Convocation.objects.select_for_update(of=("self",)).get(pk=convocation.pk)
    convocation.presence = presence
    proxy = Proxy.objects.filter(giver=convocation).first()
    if convocation.sits and proxy is not None:
        revoke_proxy(proxy=proxy, by=by)
    return save_record(instance=convocation, by=by, action="attended")


@transaction.atomic
def give_proxy(*, giver: Convocation, holder: Convocation, on: date, by: User) -> Proxy:
    """Give an absent associate's voice to another associate, for this assembly.

    Refused: beyond the statutes' limit for the holder, to somebody who is not convened to it, by somebody who sits or
    holds proxies, to somebody who has given theirs.
    """
    assembly = locked(giver.assembly, AssemblyState.CONVENED)
    if holder.assembly_id != assembly.pk:
        raise RefusalError(f"{holder.person} n’est pas convoqué à cette assemblée.")
    statutes = statutes_of(assembly)
    held = Proxy.objects.filter(holder=holder).count()
    giver = Convocation.objects.select_for_update(of=("self",)).get(pk=giver.pk)
    checks = [
        (giver.pk != holder.pk, "Un pouvoir se donne à quelqu’un d’autre."),
        (not giver.sits, f"{giver.person} est présent\u00a0: son vote ne se délègue pas."),
        (not Proxy.objects.filter(giver=giver).exists(), f"{giver.person} a déjà donné pouvoir."),
        (not Proxy.objects.filter(holder=giver).exists(), f"{giver.person} tient des pouvoirs."),
        (not Proxy.objects.filter(giver=holder).exists(), f"{holder.person} a donné pouvoir à quelqu’un d’autre."),
        (held < statutes.proxies_per_holder, _limit_reached(holder, held, statutes)),
    ]
    errors = [sentence for holds, sentence in checks if not holds]
    if errors:
        raise RefusalError(errors)
    return save_record(instance=Proxy(giver=giver, holder=holder, given_on=on), by=by)


@transaction.atomic
def revoke_proxy(*, proxy: Proxy, by: User) -> None:
    """End a proxy: its giver comes, or has taken it back."""
    assembly = locked(proxy.giver.assembly, AssemblyState.CONVENED)
    Proxy.objects.filter(pk=proxy.pk).delete()
    changes = {"mandant": str(proxy.giver.person), "mandataire": str(proxy.holder.person)}
    audit.record(by=by, action="assembly.proxy_revoked", subject=assembly, changes=changes)


def _limit_reached(holder: Convocation, held: int, statutes: Statutes) -> str:
    return f"{holder.person} tient déjà {proxies_text(held)}, le plus que permettent les statuts ({statutes.version})."


def proxies_text(number: int) -> str:
    """« 1 pouvoir », « 2 pouvoirs »."""
    return f"{number}\u00a0pouvoir{'s' if number > 1 else ''}"
