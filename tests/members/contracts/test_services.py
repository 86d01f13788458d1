"""Signing, amending and ending contracts: what the law refuses, and the deadline that follows every act."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from cae_backoffice.core.access import Role
from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.models import AuditEvent
from members.contracts.enums import AmendmentSubject, ContractEnd, ContractKind
from members.contracts.models import AssociateDeadline, Contract, ContractAmendment
from members.contracts.queries import deadline_sentences
from members.contracts.services import (
    amend_contract,
    change_contract,
    end_contract,
    override_deadline,
    sign_contract,
)
from members.people.models import Person, User
from tests.members.factories import make_contract, make_person, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    """Who signs for the cooperative."""
    return make_user(Role.MANAGER)


@pytest.fixture
def person() -> Person:
    """Who signs with it."""
    return make_person()


def contract_of(person: Person, kind: ContractKind, starts_on: date, **fields: Any) -> Contract:  # noqa: ANN401
    """A contract not yet signed."""
    return Contract(**{"person": person, "kind": kind, "signed_on": starts_on, "starts_on": starts_on} | fields)


def everything() -> tuple[object, ...]:
    """All that the services of this room write."""
    tables = (Contract, ContractAmendment, AssociateDeadline, AuditEvent)
    return tuple(list(table.objects.order_by("pk").values()) for table in tables)


def refused(act: Callable[[], object]) -> str:
    """The sentences of the refusal; nothing was written."""
    before = everything()
    with pytest.raises(RefusalError) as refusal, transaction.atomic():
        act()
    assert everything() == before
    return " ".join(refusal.value.reasons)


def test_signing_a_cesa_computes_its_deadline(person: Person, manager: User) -> None:
    """Twelve months of CAPE are subtracted; the author is in the trail."""
    make_contract(person, ContractKind.CAPE, date(2023, 1, 1))
    cesa = sign_contract(contract=contract_of(person, ContractKind.CESA, date(2024, 1, 1)), by=manager)
    deadline = cesa.deadline
    assert (deadline.months_subtracted, deadline.days_subtracted, deadline.computed_on) == (12, 0, date(2026, 1, 1))
    event = history_of(cesa).get()
    assert (event.action, event.author_id) == ("contract.signed", manager.pk)


def test_cape_lasts_twelve_months_at_most(person: Person, manager: User) -> None:
    """One day more is refused, with the article."""
    cape = contract_of(person, ContractKind.CAPE, date(2024, 1, 1), ends_on=date(2025, 1, 1))
    assert refused(lambda: sign_contract(contract=cape, by=manager)) == (
        "Un CAPE dure au plus douze mois (C. com. L127-1)."
    )
    cape.ends_on = date(2024, 12, 31)
    assert sign_contract(contract=cape, by=manager).pk


def test_cape_has_an_end(person: Person, manager: User) -> None:
    """An open CAPE is refused."""
    cape = contract_of(person, ContractKind.CAPE, date(2024, 1, 1))
    assert "L127-1" in refused(lambda: sign_contract(contract=cape, by=manager))


def test_cape_is_renewed_twice(person: Person, manager: User) -> None:
    """The service numbers the renewals; the third is refused."""
    numbers = [make_contract(person, ContractKind.CAPE, date(year, 1, 1)).renewal for year in (2021, 2022, 2023)]
    assert numbers == [0, 1, 2]
    fourth = contract_of(person, ContractKind.CAPE, date(2024, 1, 1), ends_on=date(2024, 6, 30))
    assert refused(lambda: sign_contract(contract=fourth, by=manager)) == (
        "Un CAPE se renouvelle au plus deux fois (C. com. L127-1)."
    )


@pytest.mark.parametrize(
    ("kind", "ends_on", "article"),
    [(ContractKind.CAPE, date(2024, 6, 30), "C. com. L127-1"), (ContractKind.CESA, None, "C. trav. L7331-2")],
)
def test_cape_and_cesa_are_written_before_they_begin(
    person: Person, manager: User, kind: ContractKind, ends_on: date | None, article: str
) -> None:
    """Signed a day late is refused; a work contract may be."""
    late = contract_of(person, kind, date(2024, 1, 1), ends_on=ends_on, signed_on=date(2024, 1, 2))
    assert refused(lambda: sign_contract(contract=late, by=manager)) == (
        f"Un {kind.label} s’écrit et se signe avant de commencer ({article})."
    )
    work = contract_of(person, ContractKind.WORK, date(2024, 1, 1), signed_on=date(2024, 1, 2))
    assert sign_contract(contract=work, by=manager).pk


def test_trial_lasts_eight_months_at_most(person: Person, manager: User) -> None:
    """Without earlier contract."""
    cesa = contract_of(person, ContractKind.CESA, date(2024, 1, 1), trial_months=9)
    assert "8 mois" in refused(lambda: sign_contract(contract=cesa, by=manager))
    cesa.trial_months = 8
    assert sign_contract(contract=cesa, by=manager).trial_months == 8


def test_trial_is_shortened_by_earlier_contracts(person: Person, manager: User) -> None:
    """Five months of CAPE leave three; a begun month counts."""
    make_contract(person, ContractKind.CAPE, date(2023, 8, 15), date(2023, 12, 31))
    cesa = contract_of(person, ContractKind.CESA, date(2024, 1, 1), trial_months=4)
    assert refused(lambda: sign_contract(contract=cesa, by=manager)) == (
        "La période d’essai ne peut pas dépasser 3 mois ici\u00a0: "
        "huit mois, moins la durée des contrats antérieurs (C. trav. L7331-2)."
    )
    cesa.trial_months = 3
    assert sign_contract(contract=cesa, by=manager).pk


def test_a_long_past_leaves_no_trial(person: Person, manager: User) -> None:
    """Twelve months of CAPE: zero, not less."""
    make_contract(person, ContractKind.CAPE, date(2023, 1, 1))
    cesa = contract_of(person, ContractKind.CESA, date(2024, 1, 1), trial_months=1)
    assert "0 mois" in refused(lambda: sign_contract(contract=cesa, by=manager))


@pytest.mark.parametrize("kind", list(ContractKind))
def test_contracts_of_a_kind_do_not_overlap(person: Person, manager: User, kind: ContractKind) -> None:
    """One day in common is refused; another kind may overlap."""
    make_contract(person, kind, date(2024, 1, 1), date(2024, 6, 30))
    again = contract_of(person, kind, date(2024, 6, 30), ends_on=date(2024, 12, 31))
    assert refused(lambda: sign_contract(contract=again, by=manager)) == (
        f"Un autre {kind.label} de cette personne couvre une partie de ces dates."
    )
    other = ContractKind.WORK if kind != ContractKind.WORK else ContractKind.CESA
    assert sign_contract(contract=contract_of(person, other, date(2024, 6, 30)), by=manager).pk


def test_a_contract_does_not_end_before_it_starts(person: Person, manager: User) -> None:
    """The database's sentence."""
    backwards = contract_of(person, ContractKind.WORK, date(2024, 1, 2), ends_on=date(2024, 1, 1))
    assert refused(lambda: sign_contract(contract=backwards, by=manager)) == (
        "Le contrat ne peut pas finir avant de commencer."
    )


def test_an_agreed_deadline_is_for_a_cesa(person: Person, manager: User) -> None:
    """And lies after its start."""
    work = contract_of(person, ContractKind.WORK, date(2024, 1, 1), agreed_deadline_on=date(2026, 1, 1))
    assert "Seul un CESA" in refused(lambda: sign_contract(contract=work, by=manager))
    cesa = contract_of(person, ContractKind.CESA, date(2024, 1, 1), agreed_deadline_on=date(2023, 1, 1))
    assert "ne peut pas précéder" in refused(lambda: sign_contract(contract=cesa, by=manager))


def test_changing_an_earlier_contract_moves_the_deadline(person: Person, manager: User) -> None:
    """The CAPE in fact lasted six months."""
    cape = make_contract(person, ContractKind.CAPE, date(2023, 1, 1))
    cesa = make_contract(person, ContractKind.CESA, date(2024, 1, 1))
    cape.ends_on = date(2023, 6, 30)
    change_contract(contract=cape, by=manager)
    assert AssociateDeadline.objects.get(contract=cesa).deadline_on == date(2026, 7, 1)


def test_a_second_cesa_counts_the_first(person: Person, manager: User) -> None:
    """Every CESA of the person keeps its own deadline."""
    first = make_contract(person, ContractKind.CESA, date(2022, 9, 1))
    end_contract(contract=first, on=date(2024, 2, 29), reason=ContractEnd.RESIGNATION, by=manager)
    second = make_contract(person, ContractKind.CESA, date(2025, 9, 1))
    assert AssociateDeadline.objects.get(contract=first).deadline_on == date(2025, 9, 1)
    assert AssociateDeadline.objects.get(contract=second).deadline_on == date(2027, 3, 1)


def test_ending_a_contract(person: Person, manager: User) -> None:
    """The last day and the reason; the trail tells it."""
    cesa = make_contract(person, ContractKind.CESA, date(2024, 1, 1))
    ended = end_contract(contract=cesa, on=date(2025, 3, 31), reason=ContractEnd.RESIGNATION, by=manager)
    assert (ended.ends_on, ended.end_reason) == (date(2025, 3, 31), ContractEnd.RESIGNATION)
    assert history_of(cesa)[0].action == "contract.ended"


def test_ends_that_are_refused(person: Person, manager: User) -> None:
    """Before the start, after the term, twice."""
    cape = make_contract(person, ContractKind.CAPE, date(2024, 1, 1), date(2024, 6, 30))

    def end(on: date) -> Contract:
        return end_contract(contract=cape, on=on, reason=ContractEnd.BREACH, by=manager)

    assert refused(lambda: end(date(2023, 12, 31))) == (
        "Le contrat commence le 01/01/2024\u00a0: il ne peut pas finir avant."
    )
    assert refused(lambda: end(date(2024, 7, 1))) == (
        "Le contrat finit le 30/06/2024\u00a0: un avenant peut le prolonger, pas une fin."
    )
    end(date(2024, 5, 31))
    assert refused(lambda: end(date(2024, 5, 30))) == "Ce contrat est déjà terminé, depuis le 31/05/2024."


def test_amending_a_contract(person: Person, manager: User) -> None:
    """Amendments are numbered, change the contract and move the deadline of the CESA that follows."""
    cape = make_contract(person, ContractKind.CAPE, date(2024, 1, 1), date(2024, 6, 30))
    cesa = make_contract(person, ContractKind.CESA, date(2025, 1, 1))
    assert AssociateDeadline.objects.get(contract=cesa).deadline_on == date(2027, 7, 1)
    amendments = [
        amend_contract(
            contract=cape,
            subject=AmendmentSubject.TERM,
            signed_on=date(2024, 6, 1),
            effective_on=date(2024, 7, 1),
            description="Prolongation",
            new_ends_on=ends_on,
            by=manager,
        )
        for ends_on in (date(2024, 9, 30), date(2024, 12, 31))
    ]
    assert [amendment.number for amendment in amendments] == [1, 2]
    assert Contract.objects.get(pk=cape.pk).ends_on == date(2024, 12, 31)
    assert AssociateDeadline.objects.get(contract=cesa).deadline_on == date(2027, 1, 1)


def test_amending_pay_and_hours(person: Person, manager: User) -> None:
    """The contract takes the new values."""
    cesa = make_contract(person, ContractKind.CESA, date(2024, 1, 1), fixed_monthly_pay=Decimal("900.00"))
    common: dict[str, Any] = {"contract": cesa, "signed_on": date(2024, 5, 20), "effective_on": date(2024, 6, 1)}
    amend_contract(**common, subject="PAY", description="Hausse", new_fixed_monthly_pay=Decimal("1200.00"), by=manager)
    amend_contract(**common, subject="HOURS", description="Mi-temps", new_monthly_hours=Decimal("75.83"), by=manager)
    stored = Contract.objects.get(pk=cesa.pk)
    assert (stored.fixed_monthly_pay, stored.monthly_hours) == (Decimal("1200.00"), Decimal("75.83"))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"new_ends_on": None}, "Un avenant sur «\u00a0Durée\u00a0» donne la nouvelle valeur."),
        (
            {"effective_on": date(2023, 12, 31)},
            "Un avenant prend effet au plus tôt le 01/01/2024, au début du contrat.",
        ),
        ({"new_ends_on": date(2025, 1, 1)}, "Un CAPE dure au plus douze mois (C. com. L127-1)."),
        ({"description": "  "}, "Ce champ ne peut pas être vide."),
    ],
)
def test_amendments_that_are_refused(person: Person, manager: User, changed: dict[str, Any], sentence: str) -> None:
    """Without its value, too early, beyond the law, without text."""
    cape = make_contract(person, ContractKind.CAPE, date(2024, 1, 1), date(2024, 6, 30))
    terms: dict[str, Any] = {
        "subject": AmendmentSubject.TERM,
        "signed_on": date(2024, 6, 1),
        "effective_on": date(2024, 7, 1),
        "description": "Prolongation",
        "new_ends_on": date(2024, 9, 30),
    }
    assert refused(lambda: amend_contract(contract=cape, by=manager, **(terms | changed))) == sentence


def test_an_ended_contract_takes_no_amendment(person: Person, manager: User) -> None:
    """It is over."""
    cesa = make_contract(person, ContractKind.CESA, date(2024, 1, 1))
    end_contract(contract=cesa, on=date(2024, 3, 31), reason=ContractEnd.MUTUAL, by=manager)
    assert "Ce contrat est terminé" in refused(
        lambda: amend_contract(
            contract=cesa,
            subject="OTHER",
            signed_on=date(2024, 4, 1),
            effective_on=date(2024, 4, 1),
            description="Trop tard",
            by=manager,
        )
    )


def test_amendments_never_change_even_by_sql(person: Person, manager: User) -> None:
    """The trigger refuses."""
    cesa = make_contract(person, ContractKind.CESA, date(2024, 1, 1))
    amend_contract(
        contract=cesa,
        subject="OTHER",
        signed_on=date(2024, 4, 1),
        effective_on=date(2024, 4, 1),
        description="Clause",
        by=manager,
    )
    for statement in (
        "UPDATE members_contractamendment SET description = 'x'",
        "DELETE FROM members_contractamendment",
    ):
        with pytest.raises(IntegrityError, match="never change"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_an_override_is_motivated_audited_and_kept(person: Person, manager: User) -> None:
    """It replaces the computed date until another decision, also when contracts change."""
    cape = make_contract(person, ContractKind.CAPE, date(2023, 1, 1))
    cesa = make_contract(person, ContractKind.CESA, date(2024, 1, 1))
    override_deadline(
        contract=cesa,
        deadline_on=date(2026, 6, 30),
        reason="Congé de maternité",
        decided_on=date(2025, 11, 3),
        by=manager,
    )
    event = history_of(cesa)[0]
    assert (event.action, event.author_id) == ("contract.deadline_overridden", manager.pk)
    assert event.changes["échéance"] == ["2026-01-01", "2026-06-30"]
    cape.ends_on = date(2023, 6, 30)
    change_contract(contract=cape, by=manager)
    deadline = AssociateDeadline.objects.get(contract=cesa)
    assert (deadline.computed_on, deadline.deadline_on) == (date(2026, 7, 1), date(2026, 6, 30))
    assert deadline_sentences(cesa)[-1] == (
        "Échéance fixée au 30/06/2026 par décision de Dominique Caron, le 03/11/2025\u00a0: Congé de maternité"
    )


def test_overrides_that_are_refused(person: Person, manager: User) -> None:
    """Without a reason, before the start, on another contract."""
    cesa = make_contract(person, ContractKind.CESA, date(2024, 1, 1))
    work = make_contract(person, ContractKind.WORK, date(2024, 1, 1))

    def override(contract: Contract, deadline_on: date, reason: str) -> Contract:
        return override_deadline(
            contract=contract, deadline_on=deadline_on, reason=reason, decided_on=date(2025, 1, 1), by=manager
        )

    assert refused(lambda: override(cesa, date(2027, 6, 1), "  ")) == "Une échéance fixée par décision porte son motif."
    assert refused(lambda: override(cesa, date(2023, 12, 31), "Oui")) == (
        "L’échéance ne peut pas précéder le début du contrat."
    )
    assert "Seul un CESA" in refused(lambda: override(work, date(2027, 6, 1), "Oui"))
