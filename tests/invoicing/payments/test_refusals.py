"""What is refused: with the reason, and nothing written."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cae_backoffice.core.access import Role
from cae_backoffice.core.errors import RefusalError
from invoicing.invoices.services import issue_credit_note
from invoicing.ledger.models import Period
from invoicing.ledger.services import lock_period
from invoicing.payments.services import (
    allocate_receipt,
    bounce_receipt,
    close_payments,
    offset_credit_note,
    record_receipt,
    refund_customer,
    remit_cheques,
)
from tests.invoicing.factories import DAY, accountant, make_approved, make_customer, make_selling_activity
from tests.invoicing.payments.books import PAID_ON, invoice_of, receive, two_customers, written
from tests.members.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cooperative")]
LATER = date(2026, 12, 15)


@contextmanager
def refused(*reasons: str) -> Iterator[None]:
    """The act inside is refused for exactly these reasons and leaves nothing behind."""
    before = written()
    with pytest.raises(RefusalError) as refusal:
        yield
    assert refusal.value.reasons == reasons
    assert written() == before


def test_more_than_was_received_or_than_is_owed() -> None:
    customer = make_customer(make_selling_activity())
    invoice = invoice_of(customer)
    with refused("L’encaissement est de 100,00\u00a0€\u00a0: on ne peut en affecter 120,00\u00a0€."):
        receive(customer, "100", (invoice, "120"))
    with refused("Facture F2026-00001 n’attend plus que 120,00\u00a0€\u00a0: 130,00\u00a0€ est trop."):
        receive(customer, "130", (invoice, "130"))
    receive(customer, "100", (invoice, "100"))
    with refused("Facture F2026-00001 n’attend plus que 20,00\u00a0€\u00a0: 20,01\u00a0€ est trop."):
        receive(customer, "50", (invoice, "20.01"))


def test_another_customers_invoice_a_draft_and_a_credit_note() -> None:
    activity = make_selling_activity()
    customer, other = two_customers(activity)
    theirs = invoice_of(other)
    with refused(f"Facture F2026-00001 est celle d’un autre client\u00a0: {other}, et non {customer}."):
        receive(customer, "120", (theirs, "120"))
    draft = make_approved(activity, customer=customer)
    with refused(f"Facture brouillon {draft.pk} n’est pas émise\u00a0: rien ne s’y affecte."):
        receive(customer, "120", (draft, "120"))
    credit_note = issue_credit_note(invoice=theirs, reason="Erreur", by=accountant(), on=PAID_ON)
    with refused("Avoir F2026-00002 n’est pas une facture\u00a0: imputez-le ou remboursez-le."):
        receive(other, "120", (credit_note, "120"))
    with refused("Indiquez le client pour affecter l’encaissement à ses factures."):
        receive(None, "120", (theirs, "120"))
    with refused("Une facture figure deux fois, ou n’existe plus."):
        receive(other, "120", (theirs, "60"), (theirs, "60"))


def test_every_reason_at_once() -> None:
    customer = make_customer(make_selling_activity())
    invoice = invoice_of(customer)
    with refused(
        "Un montant est positif.",
        "Facture F2026-00001 n’est émise que le 02/11/2026\u00a0: enregistrez l’encaissement sans affectation, puis "
        "affectez-le à partir de ce jour.",
    ):
        receive(customer, "100", (invoice, "-5"), on=date(2026, 11, 1))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"amount": "0"}, "Un montant est positif."),
        ({"amount": "10.005"}, "Un montant a au plus deux décimales."),
        ({"amount": "10", "payer": " "}, "Payeur\u00a0: Ce champ ne peut pas être vide."),
        ({"amount": "10", "method": "GOLD"}, "Moyen\u00a0: La valeur «\u00a0'GOLD'\u00a0» n’est pas un choix valide."),
        ({"amount": "10", "payer": "a\x07b"}, "Le champ «\u00a0payeur\u00a0» contient un caractère de contrôle."),
        ({"amount": "10", "cheque_number": "12"}, "Seul un chèque a une banque et un numéro de chèque."),
        ({"amount": "10", "on": date(2035, 1, 1)}, "Aucun exercice ne contient le 01/01/2035."),
    ],
)
def test_wrong_fields(fields: dict[str, Any], reason: str) -> None:
    with refused(reason):
        receive(None, **fields)


def test_a_closed_day_and_a_locked_month() -> None:
    customer = make_customer(make_selling_activity())
    receipt = receive(customer, "10", method="DEBIT")
    close_payments(kind="DAY", day=LATER, by=accountant())
    sentence = "Les encaissements du 15/12/2026 sont clôturés\u00a0: choisissez une date ouverte."
    with refused(sentence):
        receive(customer, "10", on=LATER)
    with refused(sentence):
        bounce_receipt(receipt=receipt, on=LATER, reason="x", by=accountant())
    with refused("Cette période est déjà clôturée."):
        close_payments(kind="DAY", day=LATER, by=accountant())
    with refused("Aucun exercice ne contient le 01/01/2035."):
        close_payments(kind="YEAR", day=date(2035, 1, 1), by=accountant())
    lock_period(period=Period.objects.get(starts_on=date(2026, 11, 1)), by=accountant())
    with refused("La période 11/2026 est verrouillée\u00a0: elle ne reçoit plus d’écriture."):
        receive(customer, "10", on=DAY)


def test_only_those_who_keep_the_books_do() -> None:
    receipt = receive(None, "10", method="CHEQUE")
    acts: list[Callable[[Any], object]] = [
        lambda by: record_receipt(
            method="CARD", received_on=DAY, amount=Decimal(1), payer="x", customer=None, allocations=(), by=by
        ),
        lambda by: allocate_receipt(receipt=receipt, allocations=(), by=by, on=LATER),
        lambda by: bounce_receipt(receipt=receipt, on=LATER, reason="x", by=by),
        lambda by: remit_cheques(receipts=[receipt], on=LATER, by=by),
        lambda by: close_payments(kind="DAY", day=DAY, by=by),
    ]
    for role in (Role.ENTREPRENEUR, Role.MANAGER, Role.ADMINISTRATOR):
        for act in acts:
            with refused("Vous ne tenez pas les comptes de la coopérative."):
                act(make_user(role))


def test_what_is_left_bounds_allocations_and_refunds() -> None:
    activity = make_selling_activity()
    customer, other = two_customers(activity)
    invoice = invoice_of(customer)
    receipt = receive(customer, "50")
    by = accountant()

    def refund(amount: str, to: Any, **source: Any) -> None:  # noqa: ANN401
        refund_customer(customer=to, amount=Decimal(amount), refunded_on=LATER, method="TRANSFER", by=by, **source)

    with refused("L’encaissement E2026-00001 n’a plus que 50,00\u00a0€ de libre\u00a0: 60,00\u00a0€ est trop."):
        allocate_receipt(receipt=receipt, allocations=[(invoice, Decimal(60))], by=by, on=LATER)
    with refused("L’encaissement E2026-00001 n’a plus que 50,00\u00a0€ de libre\u00a0: 50,01\u00a0€ est trop."):
        refund("50.01", customer, receipt=receipt)
    with refused(f"L’encaissement E2026-00001 n’est pas au compte de {other}."):
        refund("10", other, receipt=receipt)
    with refused("Choisissez ce qui est remboursé\u00a0: un encaissement ou un avoir."):
        refund("10", customer)
    with refused("Facture F2026-00001 n’est pas un avoir émis."):
        refund("10", customer, credit_note=invoice)
    with refused("L’encaissement E2026-00001 n’a été reçu que le 20/11/2026."):
        allocate_receipt(receipt=receipt, allocations=[(invoice, Decimal(10))], by=by, on=DAY)
    with refused("Choisissez au moins une facture."):
        allocate_receipt(receipt=receipt, allocations=[], by=by, on=LATER)


def test_an_over_payment_stays_on_its_account() -> None:
    """The same company with another activity has another account."""
    carpenter, editor = make_selling_activity(), make_selling_activity()
    customer = make_customer(carpenter)
    invoice = invoice_of(make_customer(editor, siren=customer.siren))
    receipt = receive(customer, "120")
    with refused(
        f"Le trop-perçu est au compte de {customer} ({carpenter})\u00a0: Facture F2026-00001 est à un autre compte."
    ):
        allocate_receipt(receipt=receipt, allocations=[(invoice, Decimal(120))], by=accountant(), on=LATER)


def test_a_waiting_receipt_has_one_owner() -> None:
    customer, other = two_customers(make_selling_activity())
    receipt = receive(None, "200")
    allocate_receipt(receipt=receipt, allocations=[(invoice_of(customer), Decimal(1))], by=accountant(), on=LATER)
    theirs = invoice_of(other)
    with refused(f"{theirs} est celle d’un autre client\u00a0: {other}, et non {customer}."):
        allocate_receipt(receipt=receipt, allocations=[(theirs, Decimal(1))], by=accountant(), on=LATER)


def test_a_bounce_happens_once_with_a_reason_and_not_to_cash() -> None:
    by = accountant()
    receipt, cash = receive(None, "10", method="DEBIT"), receive(None, "10", method="CASH")
    with refused("Motif\u00a0: Ce champ ne peut pas être vide."):
        bounce_receipt(receipt=receipt, on=LATER, reason=" ", by=by)
    with refused("Des espèces ne reviennent pas impayées."):
        bounce_receipt(receipt=cash, on=LATER, reason="x", by=by)
    with refused("L’encaissement E2026-00001 n’a été reçu que le 20/11/2026."):
        bounce_receipt(receipt=receipt, on=DAY, reason="x", by=by)
    bounce_receipt(receipt=receipt, on=LATER, reason="Compte clos", by=by)
    with refused("L’encaissement E2026-00001 a été rejeté le 15/12/2026."):
        bounce_receipt(receipt=receipt, on=LATER, reason="x", by=by)
    with refused("L’encaissement E2026-00001 a été rejeté le 15/12/2026."):
        allocate_receipt(receipt=receipt, allocations=(), by=by, on=LATER)


def test_a_remittance_takes_cheques_at_hand_only() -> None:
    by = accountant()
    transfer, remitted, bounced = (receive(None, "10", method=method) for method in ("CARD", "CHEQUE", "CHEQUE"))
    late = receive(None, "10", method="CHEQUE", on=date(2026, 12, 20))
    remit_cheques(receipts=[remitted], on=LATER, by=by)
    bounce_receipt(receipt=bounced, on=LATER, reason="Perdu", by=by)
    with refused(
        "L’encaissement E2026-00001 n’est pas un chèque.",
        "Le chèque E2026-00002 est déjà remis.",
        "Le chèque E2026-00003 a été rejeté.",
        "Le chèque E2026-00004 n’a été reçu que le 20/12/2026.",
    ):
        remit_cheques(receipts=[late, bounced, remitted, transfer], on=LATER, by=by)
    with refused("Choisissez au moins un chèque."):
        remit_cheques(receipts=[], on=LATER, by=by)


def test_a_credit_note_settles_its_own_invoice_within_both() -> None:
    customer = make_customer(make_selling_activity())
    invoice, other = invoice_of(customer), invoice_of(customer)
    by = accountant()
    credit_note = issue_credit_note(invoice=invoice, reason="Erreur", by=by, on=PAID_ON)

    def offset(against: Any, amount: str, on: date = LATER) -> None:  # noqa: ANN401
        offset_credit_note(credit_note=credit_note, invoice=against, amount=Decimal(amount), by=by, on=on)

    with refused("Avoir F2026-00003 ne corrige pas Facture F2026-00002."):
        offset(other, "10")
    with refused("Un montant est positif.", "Avoir F2026-00003 n’est émis que le 20/11/2026."):
        offset(invoice, "0", DAY)
    receive(customer, "100", (invoice, "100"))
    with refused("Facture F2026-00001 n’attend plus que 20,00\u00a0€\u00a0: 120,00\u00a0€ est trop."):
        offset(invoice, "120")
    with refused("Avoir F2026-00003 n’a plus que 120,00\u00a0€ de libre\u00a0: 120,01\u00a0€ est trop."):
        refund_customer(
            customer=customer,
            amount=Decimal("120.01"),
            refunded_on=LATER,
            method="CARD",
            by=by,
            credit_note=credit_note,
        )
