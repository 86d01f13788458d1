"""Writing the imagined careers: contracts, amendments, deadlines and admissions, through the members' services."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from cae_backoffice.core.money import format_decimal
from cae_backoffice.core.periods import ONE_DAY, add_months
from cae_backoffice.demo.careers import Career, Stretch, assemblies
from cae_backoffice.demo.catalogue import table
from cae_backoffice.demo.chance import dice
from members.associates.services import admit_associate, end_admission
from members.contracts.enums import AmendmentSubject, ContractEnd, ContractKind
from members.contracts.models import Contract
from members.contracts.services import amend_contract, end_contract, override_deadline, sign_contract
from members.people.models import Person, User

AMENDED = (AmendmentSubject.PAY, AmendmentSubject.OBJECTIVES, AmendmentSubject.HOURS)
PAY = (Decimal("420.00"), Decimal("600.00"), Decimal("750.00"), Decimal("900.00"), Decimal("1200.00"))
RAISE = Decimal("250.00")
HOURS = Decimal("86.67")
WORK_PAY = Decimal("620.00")
WORK_HOURS = Decimal("43.33")
STAFF_PAY = Decimal("2250.00")
STAFF_HOURS = Decimal("151.67")


def write_career(*, person: Person, career: Career, number: int, by: User, today: date) -> None:
    """Sign, amend and end the contracts of one member in the order of their lives, then the admission."""
    chance = dice("contracts", number)
    for stretch in career.stretches:
        contract = sign_contract(contract=_contract(person, stretch, career, chance), by=by)
        if stretch.kind == ContractKind.CESA:
            _amend(contract, stretch, by, chance, today)
            if career.deadline_override_on:
                _override(contract, career.deadline_override_on, by, today)
        if stretch.end_reason and stretch.period.ends_on:
            end_contract(contract=contract, on=stretch.period.ends_on, reason=stretch.end_reason, by=by)
    _admit(person, career, chance.randrange(3, 15), by)


def _contract(person: Person, stretch: Stretch, career: Career, chance: Random) -> Contract:
    starts_on = stretch.period.starts_on
    contract = Contract(
        person=person,
        kind=stretch.kind,
        starts_on=starts_on,
        signed_on=max(starts_on - timedelta(days=chance.randrange(1, 12)), career.candidate_since_on),
    )
    texts = table("cooperative")["contracts"]
    if stretch.kind == ContractKind.CAPE:
        early = stretch.end_reason == ContractEnd.MUTUAL
        contract.ends_on = add_months(starts_on, 12) - ONE_DAY if early else stretch.period.ends_on
        contract.means, contract.contribution_rule = texts["means"], texts["contribution_rule"]
    if stretch.kind == ContractKind.WORK:
        beside = any(other.kind == ContractKind.CESA for other in career.stretches)
        contract.monthly_hours = WORK_HOURS if beside else STAFF_HOURS
        contract.fixed_monthly_pay = WORK_PAY if beside else STAFF_PAY
        contract.objectives = texts["work_objectives"]
    if stretch.kind == ContractKind.CESA:
        _fill_cesa(contract, texts, chance)
    return contract


def _fill_cesa(contract: Contract, texts: dict[str, str], chance: Random) -> None:
    """The written content of a CESA (C. trav. L7331-2)."""
    target = format_decimal(Decimal(chance.randrange(14, 42) * 1000))
    statutes = max(day for day in assemblies(contract.starts_on) if day < contract.signed_on)
    contract.fixed_monthly_pay = chance.choice(PAY)
    contract.objectives = texts["objectives"].format(target=target, days=chance.choice((60, 80, 100, 120)))
    contract.means = texts["means"]
    contract.variable_pay_method = texts["variable_pay_method"]
    contract.contribution_rule = texts["contribution_rule"]
    contract.statutes_version = texts["statutes_version"].format(date=f"{statutes:%d/%m/%Y}")
    contract.client_base_clause = texts["client_base_clause"]


def _amend(contract: Contract, stretch: Stretch, by: User, chance: Random, today: date) -> None:
    """Four CESA in ten were amended once, some months after their start."""
    choice = chance.randrange(8)
    effective_on = add_months(contract.starts_on, chance.randrange(2, 10)).replace(day=1)
    last_day = stretch.period.ends_on or today
    if choice >= len(AMENDED) or effective_on > last_day:
        return
    subject = AMENDED[choice]
    pay = (contract.fixed_monthly_pay or PAY[0]) + RAISE
    entry = next(entry for entry in table("cooperative")["amendments"] if entry["subject"] == subject)
    amend_contract(
        contract=contract,
        subject=subject,
        signed_on=effective_on - timedelta(days=chance.randrange(2, 12)),
        effective_on=effective_on,
        description=entry["description"].format(pay=format_decimal(pay), hours=format_decimal(HOURS)),
        new_fixed_monthly_pay=pay if subject == AmendmentSubject.PAY else None,
        new_monthly_hours=HOURS if subject == AmendmentSubject.HOURS else None,
        by=by,
    )


def _override(contract: Contract, deadline_on: date, by: User, today: date) -> None:
    override_deadline(
        contract=contract,
        deadline_on=deadline_on,
        reason=table("cooperative")["contracts"]["override_reason"],
        decided_on=today - timedelta(days=45),
        by=by,
    )


def _admit(person: Person, career: Career, resolution: int, by: User) -> None:
    if career.admitted_on is None:
        return
    decision = f"AG du {career.admitted_on:%d/%m/%Y}, résolution n°\u00a0{resolution}"
    admission = admit_associate(person=person, on=career.admitted_on, decision=decision, by=by)
    if career.associate_until and career.associate_exit:
        end_admission(admission=admission, on=career.associate_until, reason=career.associate_exit, by=by)
