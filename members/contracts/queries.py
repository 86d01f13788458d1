"""Contracts in force, and whether an activity may invoice on a date."""

from dataclasses import dataclass
from datetime import date

from members.activities.models import Activity
from members.activities.queries import in_force, shares_on
from members.contracts.enums import ContractKind
from members.contracts.models import AssociateDeadline, Contract
from members.contracts.rules import clock_of


@dataclass(frozen=True)
class CapeMention:
    """What documents print of someone who sells under a CAPE (C. com. R127-3)."""

    person_name: str
    ends_on: date


@dataclass(frozen=True)
class InvoicingRight:
    """Whether an activity may invoice on a date; `reason` is the French sentence of a refusal, else empty."""

    allowed: bool
    reason: str = ""
    cape_members: tuple[CapeMention, ...] = ()


def invoicing_right(activity: Activity, on: date) -> InvoicingRight:
    """Allowed when someone of the convention in force that day then has a CAPE or a CESA in force.

    `cape_members` are those under a CAPE and not under a CESA.
    """
    people = {share.person_id: share.person for share in shares_on(activity, on)}
    if not people:
        return InvoicingRight(
            allowed=False,
            reason=f"L’activité «\u00a0{activity.name}\u00a0» n’a pas de convention de répartition le {on:%d/%m/%Y}.",
        )
    contracts = (
        Contract.objects.filter(in_force(on), person__in=people, kind__in=[ContractKind.CAPE, ContractKind.CESA])
        .only("person_id", "kind", "ends_on")
        .order_by("ends_on")
    )
    under_cesa = {contract.person_id for contract in contracts if contract.kind == ContractKind.CESA}
    capes = [contract for contract in contracts if contract.kind == ContractKind.CAPE]
    if not contracts:
        return InvoicingRight(
            allowed=False,
            reason=f"Personne dans l’activité «\u00a0{activity.name}\u00a0» n’a de CAPE ni de CESA en cours "
            f"le {on:%d/%m/%Y}.",
        )
    return InvoicingRight(
        allowed=True,
        cape_members=tuple(
            CapeMention(person_name=str(people[cape.person_id]), ends_on=cape.ends_on)
            for cape in capes
            if cape.person_id not in under_cesa and cape.ends_on is not None
        ),
    )


def deadline_sentences(contract: Contract) -> tuple[str, ...]:
    """How the deadline of a CESA was found, in French sentences: the reckoning, then the decision that replaces it.

    Empty for any other contract.
    """
    if contract.kind != ContractKind.CESA:
        return ()
    clock = clock_of(contract, list(Contract.objects.filter(person_id=contract.person_id)))
    deadline = AssociateDeadline.objects.select_related("override_by").get(contract=contract)
    if deadline.override_on is None:
        return clock.explanation
    decision = (
        f"Échéance fixée au {deadline.override_on:%d/%m/%Y} par décision de {deadline.override_by}, "
        f"le {deadline.override_decided_on:%d/%m/%Y}\u00a0: {deadline.override_reason}"
    )
    return (*clock.explanation, decision)
