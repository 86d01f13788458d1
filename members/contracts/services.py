"""Signing, changing and ending contracts. Each act reckons the person's three-year deadlines anew."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.records import save_record
from members.contracts.enums import ContractEnd, ContractKind
from members.contracts.models import AssociateDeadline, Contract, ContractAmendment
from members.contracts.rules import amendment_errors, clock_of, contract_errors, ending_errors
from members.people.models import Person, User


@transaction.atomic
def sign_contract(*, contract: Contract, by: User) -> Contract:
    """Record a new contract. A further CAPE of a person is the renewal of the one before.

    Refused: more than the law allows (CAPE of twelve months, two renewals; written before it begins; trial of eight
    months less earlier contracts), and dates that overlap a contract of the same kind.
    """
    others = _contracts_of(contract.person)
    if contract.kind == ContractKind.CAPE:
        contract.renewal = sum(other.kind == ContractKind.CAPE for other in others)
    return _save(contract, others, by=by, action="signed")


@transaction.atomic
def change_contract(*, contract: Contract, by: User) -> Contract:
    """Correct what was typed of a contract; what the parties change is an amendment. Refused like signing."""
    others = [other for other in _contracts_of(contract.person) if other.pk != contract.pk]
    return _save(contract, others, by=by, action="")


@transaction.atomic
def end_contract(*, contract: Contract, on: date, reason: ContractEnd, by: User) -> Contract:
    """End a contract on its last day, with the reason. Refused: before its start, after its term, or twice."""
    contract, others = _locked(contract)
    errors = ending_errors(contract, on)
    if errors:
        raise RefusalError(errors)
    contract.ends_on, contract.end_reason = on, reason
    return _save(contract, others, by=by, action="ended")


@transaction.atomic
def amend_contract(
    *,
    contract: Contract,
    subject: str,
    signed_on: date,
    effective_on: date,
    description: str,
    by: User,
    new_ends_on: date | None = None,
    new_fixed_monthly_pay: Decimal | None = None,
    new_monthly_hours: Decimal | None = None,
) -> ContractAmendment:
    """Add a numbered amendment; the contract takes its new values, the trail keeps the old ones.

    Refused: on a contract that has ended, before its start, without the value that its subject calls for.
    """
    contract, others = _locked(contract)
    amendment = ContractAmendment(
        contract=contract,
        number=contract.amendments.count() + 1,
        subject=subject,
        signed_on=signed_on,
        effective_on=effective_on,
        description=description.strip(),
        new_ends_on=new_ends_on,
        new_fixed_monthly_pay=new_fixed_monthly_pay,
        new_monthly_hours=new_monthly_hours,
    )
    _require_complete(amendment)
    contract.ends_on = new_ends_on or contract.ends_on
    contract.fixed_monthly_pay = contract.fixed_monthly_pay if new_fixed_monthly_pay is None else new_fixed_monthly_pay
    contract.monthly_hours = contract.monthly_hours if new_monthly_hours is None else new_monthly_hours
    _save(contract, others, by=by, action="changed")
    amendment.save()
    audit.record(by=by, action="contract.amended", subject=contract, changes=_told(amendment))
    return amendment


@transaction.atomic
def override_deadline(*, contract: Contract, deadline_on: date, reason: str, decided_on: date, by: User) -> Contract:
    """Fix the day by which the person must be an associate, by a motivated decision that outlasts recomputing.

    Refused: for anything but a CESA, without a reason, before the CESA's start.
    """
    contract, _ = _locked(contract)
    errors = []
    if contract.kind != ContractKind.CESA:
        raise RefusalError("Seul un CESA a une échéance pour devenir associé (C. trav. L7331-3).")
    if not reason.strip():
        errors.append("Une échéance fixée par décision porte son motif.")
    if deadline_on < contract.starts_on:
        errors.append("L’échéance ne peut pas précéder le début du contrat.")
    if errors:
        raise RefusalError(errors)
    deadline = AssociateDeadline.objects.select_for_update(of=("self",)).get(contract=contract)
    before = deadline.deadline_on
    deadline.override_on = deadline_on
    deadline.override_reason = reason.strip()
    deadline.override_by = by
    deadline.override_decided_on = decided_on
    deadline.save()
    changes = {"échéance": [before, deadline_on], "motif": deadline.override_reason, "décidée le": decided_on}
    audit.record(by=by, action="contract.deadline_overridden", subject=contract, changes=changes)
    return contract


def _contracts_of(person: Person) -> list[Contract]:
    """All of a person's contracts; the person is locked, so that two clerks write them one after the other."""
    Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    return list(Contract.objects.filter(person=person).order_by("starts_on"))


def _locked(contract: Contract) -> tuple[Contract, list[Contract]]:
    contracts = _contracts_of(contract.person)
    stored = next(candidate for candidate in contracts if candidate.pk == contract.pk)
    return stored, [other for other in contracts if other.pk != contract.pk]


def _save(contract: Contract, others: list[Contract], *, by: User, action: str) -> Contract:
    errors = contract_errors(contract, others)
    if errors:
        raise RefusalError(errors)
    save_record(instance=contract, by=by, action=action)
    contracts = [*others, contract]
    for cesa in contracts:
        if cesa.kind == ContractKind.CESA:
            clock = clock_of(cesa, contracts)
            AssociateDeadline.objects.update_or_create(
                contract=cesa,
                defaults={
                    "months_subtracted": clock.months,
                    "days_subtracted": clock.days,
                    "computed_on": clock.computed_on,
                },
            )
    return contract


def _require_complete(amendment: ContractAmendment) -> None:
    errors = amendment_errors(amendment)
    try:
        amendment.full_clean()
    except ValidationError as error:
        errors += error.messages
    if errors:
        raise RefusalError(errors)


def _told(amendment: ContractAmendment) -> dict[str, object]:
    told: dict[str, object] = {
        "avenant n°": amendment.number,
        "objet": amendment.get_subject_display(),
        "signé le": amendment.signed_on,
        "prend effet le": amendment.effective_on,
        "texte": amendment.description,
    }
    return told
