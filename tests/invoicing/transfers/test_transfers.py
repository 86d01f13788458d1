"""Transfers between activities: two sides, one account, nothing in the general ledger."""

from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from cae_backoffice.core.access import Role
from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import ZERO
from invoicing.activity_accounts.enums import StatementHeading
from invoicing.activity_accounts.queries.statement import activity_statement, available_amounts
from invoicing.contributions.queries.figures import figures
from invoicing.ledger.models import EntryLine
from invoicing.ledger.queries import trial_balance
from invoicing.transfers.models import InternalTransfer
from invoicing.transfers.queries import named_activity
from invoicing.transfers.services import (
    accept_transfer,
    cancel_transfer,
    propose_transfer,
    refuse_transfer,
    render_voucher,
    reverse_transfer,
)
from members.activities.models import Activity
from tests.invoicing.contributions.books import JANUARY, MARCH, adopted, run, statement_of
from tests.invoicing.factories import accountant, entrepreneur_of, make_issued, make_line, make_selling_activity
from tests.invoicing.payments.books import lines_of, receive
from tests.invoicing.transfers.books import ON, accepted, proposed
from tests.members.factories import make_cooperative, make_user

pytestmark = pytest.mark.django_db
RULE = """
name = "Dix pour cent"

[[versions]]
valid_from = 2026-01-01
decision = "AG du 15/12/2025"

[[versions.lines]]
code = "contribution"
label = "Contribution"
base = "invoiced"
exclude_internal = {excluded}

[versions.lines.values.ALL]
rate = 10
"""
YEAR = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31)}


@pytest.fixture
def two() -> tuple[Activity, Activity]:
    """Who pays and who is paid."""
    make_cooperative()
    return make_selling_activity(), make_selling_activity()


def test_accepted_it_moves_both_activities_and_nothing_else(two: tuple[Activity, Activity]) -> None:
    """One account on both sides: it stands at zero; each activity's account shows it."""
    payer, payee = two
    transfer = accepted(payer, payee)
    assert (transfer.number, transfer.accepted_on, transfer.state) == ("V2026-00001", ON, "ACCEPTED")
    assert lines_of(transfer.entry) == [("6587", payer.code, 250), ("6587", payee.code, -250)]
    assert [row for row in trial_balance(**YEAR) if row.balance] == []
    assert available_amounts([payer.pk, payee.pk], on=MARCH) == {payer.pk: -250, payee.pk: 250}
    told = activity_statement(payee, first_month=MARCH, last_month=MARCH)
    assert told.totals[StatementHeading.TRANSFERS] == 250
    assert [event.action for event in history_of(transfer)] == ["transfer.accepted", "transfer.proposed"]
    call_command("check_books", stdout=StringIO())


def test_proposed_refused_or_taken_back_it_moves_nothing(two: tuple[Activity, Activity]) -> None:
    """Neither number nor entry; the reason stays."""
    payer, payee = two
    refused = refuse_transfer(transfer=proposed(*two), reason="Pas convenu", by=entrepreneur_of(payer))
    taken_back = cancel_transfer(transfer=proposed(*two), reason="Erreur", by=entrepreneur_of(payee))
    waiting = proposed(*two)
    assert [(one.state, one.reason, one.number) for one in (refused, taken_back, waiting)] == [
        ("REFUSED", "Pas convenu", None),
        ("CANCELLED", "Erreur", None),
        ("PROPOSED", "", None),
    ]
    assert EntryLine.objects.count() == 0
    with pytest.raises(RefusalError, match="Seul un transfert accepté"):
        render_voucher(transfer=waiting)


def test_an_opposite_transfer_takes_it_back_once(two: tuple[Activity, Activity]) -> None:
    """With a voucher of its own, by those who keep the books."""
    payer, payee = two
    transfer = accepted(payer, payee)
    with pytest.raises(RefusalError):
        reverse_transfer(transfer=transfer, reason="Erreur", by=entrepreneur_of(payee), on=ON)
    with pytest.raises(RefusalError, match="n’est accepté que le 10/03/2026"):
        reverse_transfer(transfer=transfer, reason="Erreur", by=accountant(), on=date(2026, 3, 9))
    back = reverse_transfer(transfer=transfer, reason="Erreur", by=accountant(), on=date(2026, 4, 2))
    assert (back.number, back.payer, back.payee, back.reverses) == ("V2026-00002", payee, payer, transfer)
    assert available_amounts([payer.pk, payee.pk], on=date(2026, 4, 1)) == {payer.pk: 0, payee.pk: 0}
    for one in (transfer, back):
        with pytest.raises(RefusalError):
            reverse_transfer(transfer=one, reason="Encore", by=accountant(), on=date(2026, 4, 3))
    assert InternalTransfer.objects.count() == 2


def test_only_the_other_activity_answers_and_only_the_proposer_takes_back(two: tuple[Activity, Activity]) -> None:
    """Each for itself; the cooperative for both; a manager for none."""
    payer, payee = two
    transfer = proposed(payer, payee)
    for by in (entrepreneur_of(payee), make_user(Role.MANAGER), entrepreneur_of(make_selling_activity())):
        with pytest.raises(RefusalError, match="est à l’état «\u00a0proposé\u00a0»"):
            accept_transfer(transfer=transfer, by=by, on=ON)
        with pytest.raises(RefusalError):
            refuse_transfer(transfer=transfer, reason="Non", by=by)
    with pytest.raises(RefusalError):
        cancel_transfer(transfer=transfer, reason="Non", by=entrepreneur_of(payer))
    with pytest.raises(RefusalError, match="Indiquez le motif"):
        refuse_transfer(transfer=transfer, reason=" ", by=entrepreneur_of(payer))
    accept_transfer(transfer=transfer, by=entrepreneur_of(payer), on=ON)
    with pytest.raises(RefusalError, match="accepté"):
        accept_transfer(transfer=transfer, by=accountant(), on=ON)
    assert EntryLine.objects.count() == 2


def test_what_cannot_be_proposed_is_said(two: tuple[Activity, Activity]) -> None:
    """Nothing is written."""
    payer, payee = two
    usual = {
        "payer": payer, "payee": payee, "proposer": payee, "amount": Decimal(10), "label": "Prêt", "concerns_on": ON,
        "by": entrepreneur_of(payee),
    }  # fmt: skip
    for change, sentence in (
        ({"payer": payee}, "d’une activité à une autre"),
        ({"proposer": payer}, "ne parlez pas pour cette activité"),
        ({"amount": Decimal(0)}, "montant positif"),
        ({"amount": Decimal(-1)}, "montant positif"),
        ({"amount": Decimal("1.005")}, "montant positif"),
        ({"label": " "}, "tient en 120 caractères"),
        ({"proposer": make_selling_activity(), "by": accountant()}, "L’une des deux activités"),
    ):
        with pytest.raises(RefusalError, match=sentence):
            propose_transfer(**usual | change)  # type: ignore[arg-type]
    assert InternalTransfer.objects.count() == 0


@pytest.mark.parametrize(
    "change", ["amount = 1", "payer_id = payee_id", "state = 'PROPOSED'", "reason = 'x'", "number = 'V1'"]
)
def test_the_database_refuses_any_change_of_what_was_accepted(two: tuple[Activity, Activity], change: str) -> None:
    """And its deletion, and the amount of a proposal."""
    transfer = accepted(*two)
    waiting = proposed(*two)
    for statement in (
        f"UPDATE invoicing_internaltransfer SET {change} WHERE id = {transfer.pk}",
        f"DELETE FROM invoicing_internaltransfer WHERE id = {transfer.pk}",
        f"UPDATE invoicing_internaltransfer SET amount = 1 WHERE id = {waiting.pk}",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_internal_turnover_counts_and_a_rule_may_leave_it_out(two: tuple[Activity, Activity]) -> None:
    """1 000 € sold and 250 € received of another activity: 10 % of 1 250 €, or of 1 000 €; the payer owes nothing."""
    payer, payee = two
    invoice = make_issued(payee, on=date(2026, 3, 3), lines=[make_line("Vente", "1", "1000")])
    assert invoice.customer is not None
    receive(invoice.customer, "1200", (invoice, "1200"), on=date(2026, 3, 20))
    transfer = accepted(payer, payee)
    (mine,) = [one for one in figures(first=MARCH, wanted=MARCH, month=MARCH) if one.activity_id == payee.pk]
    (stay,) = mine.months[0].stays
    assert (stay.invoiced, stay.collected, stay.internal) == (1250, 1250, 250)
    (others,) = [one for one in figures(first=MARCH, wanted=MARCH, month=MARCH) if one.activity_id == payer.pk]
    assert [(stay.invoiced, stay.internal) for stay in others.months[0].stays] == [(0, 0)]
    reverse_transfer(transfer=transfer, reason="Erreur", by=accountant(), on=date(2026, 4, 2))
    (mine,) = [one for one in figures(first=MARCH, wanted=MARCH, month=date(2026, 4, 1)) if one.activity_id == payee.pk]
    stays = [stay for month in mine.months for stay in month.stays]
    assert [(stay.invoiced, stay.collected, stay.internal) for stay in stays] == [(1000, 1000, 0), (0, 0, 0)]


@pytest.mark.parametrize(("excluded", "due"), [("true", "100.00"), ("false", "125.00")])
def test_a_run_takes_or_leaves_internal_turnover_as_the_rule_says(
    two: tuple[Activity, Activity],
    excluded: str,
    due: str,
) -> None:
    """10 % of what was invoiced."""
    payer, payee = two
    adopted(RULE.format(excluded=excluded))
    make_issued(payee, on=date(2026, 1, 12), lines=[make_line("Vente", "1", "1000")])
    accepted(payer, payee, on=date(2026, 1, 15))
    run(JANUARY)
    assert statement_of(payee, JANUARY).amount == Decimal(due)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(1, 2), st.integers(1, 10_000_000), st.booleans()),
        min_size=1,
        max_size=8,
    )
)
def test_any_transfers_sum_to_zero(moves: list[tuple[int, int, int, bool]]) -> None:
    """Over all activities, account by account; reversed ones leave each activity as it was."""
    with transaction.atomic():
        make_cooperative()
        activities = [make_selling_activity() for _ in range(3)]
        expected = dict.fromkeys([activity.pk for activity in activities], ZERO)
        for start, step, cents, is_reversed in moves:
            payer, payee = activities[start], activities[(start + step) % 3]
            amount = Decimal(cents) / 100
            transfer = accepted(payer, payee, str(amount))
            if is_reversed:
                reverse_transfer(transfer=transfer, reason="Erreur", by=accountant(), on=ON)
            else:
                expected[payer.pk] -= amount
                expected[payee.pk] += amount
        connection.check_constraints()
        assert available_amounts(list(expected), on=MARCH) == expected
        assert sum(expected.values(), ZERO) == 0
        assert [row for row in trial_balance(**YEAR) if row.balance] == []
        transaction.set_rollback(True)


def test_an_activity_is_named_by_its_code_or_its_name() -> None:
    """One alone; several or none are refused with what to type."""
    first = make_selling_activity(name="Menuiserie du Port")
    second = make_selling_activity(name="Menuiserie des Halles")
    assert named_activity(first.code) == first
    assert named_activity("halles") == second
    with pytest.raises(RefusalError, match="donnez le code"):
        named_activity("menuiserie")
    for nothing in ("boucherie", "  "):
        with pytest.raises(RefusalError, match="Aucune activité"):
            named_activity(nothing)


def test_the_voucher_is_a_page_to_keep(two: tuple[Activity, Activity]) -> None:
    """It names both activities, the amount and why there is no VAT."""
    payer, payee = two
    pdf = render_voucher(transfer=accepted(*two))
    text = " ".join(PdfReader(BytesIO(pdf)).pages[0].extract_text().split())
    for words in ("V2026-00001", payer.name, payee.name, "250,00 €", "ni facture, ni TVA"):
        assert words in text
