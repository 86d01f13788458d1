"""Recurring invoices prepared as drafts: once per day, in words of their period, and said when they cannot be."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from cae_backoffice.core.access import Role
from cae_backoffice.core.errors import RefusalError
from invoicing.customers.models import Customer
from invoicing.invoices.models import Invoice
from invoicing.invoices.services import delete_draft, issue_credit_note
from invoicing.recurring.enums import Frequency
from invoicing.recurring.models import Occurrence, RecurringInvoice
from invoicing.recurring.queries import next_days
from invoicing.recurring.rules import Schedule
from invoicing.recurring.services import (
    change_recurring,
    make_recurring,
    pause_recurring,
    prepare_again,
    prepare_due,
    prepare_recurring,
    resume_recurring,
)
from invoicing.recurring.tasks import prepare_recurring_invoices
from members.contracts.models import Contract
from tests.invoicing.factories import (
    accountant,
    entrepreneur_of,
    make_draft,
    make_issued,
    make_line,
    make_selling_activity,
)
from tests.invoicing.recurring.books import MONTHLY, monthly, recurring_of
from tests.members.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def recurring() -> RecurringInvoice:
    """90 € on the last day of each month from November 2026 on, prepared five days before."""
    invoice = make_issued(make_selling_activity(), purchase_order="PO-7", note="Merci")
    return recurring_of(invoice, by=entrepreneur_of(invoice.activity))


def drafts() -> list[tuple[str, str, str]]:
    """Subject, state and first line of what was prepared."""
    found = Invoice.objects.exclude(state="ISSUED").order_by("pk")
    return [(draft.subject, draft.state, draft.lines.get().label) for draft in found]


def test_a_draft_is_prepared_ahead_once_in_the_words_of_its_month(recurring: RecurringInvoice) -> None:
    """Not before the 25th; then once, whatever runs again; in the name of whoever set it up."""
    assert prepare_due(on=date(2026, 11, 24)) == []
    (first,) = prepare_due(on=date(2026, 11, 25))
    assert prepare_due(on=date(2026, 11, 25)) == prepare_due(on=date(2026, 11, 30)) == []
    assert (first.falls_on, first.refusal) == (date(2026, 11, 30), "")
    draft = Invoice.objects.get(pk=first.document or 0)
    assert (draft.net, draft.purchase_order, draft.note, draft.created_by) == (
        90,
        "PO-7",
        "Merci",
        recurring.created_by,
    )
    assert drafts() == [("Hébergement du 01/11/2026 au 30/11/2026", "DRAFT", "Hébergement novembre 2026")]


def test_days_without_jobs_are_made_up(recurring: RecurringInvoice) -> None:
    """Two months at once, each in its own words."""
    prepare_recurring(recurring=recurring, on=date(2026, 12, 28))
    assert [label for _, _, label in drafts()] == ["Hébergement novembre 2026", "Hébergement décembre 2026"]


def test_the_database_holds_one_per_day(recurring: RecurringInvoice) -> None:
    prepare_due(on=date(2026, 11, 25))
    with pytest.raises(IntegrityError, match="invoicing_occurrence_once"), transaction.atomic():
        Occurrence.objects.create(
            recurring=recurring, falls_on=date(2026, 11, 30), prepared_on=date(2026, 11, 25), refusal="x"
        )
    with pytest.raises(IntegrityError, match="invoicing_occurrence_said"), transaction.atomic():
        Occurrence.objects.create(recurring=recurring, falls_on=date(2026, 12, 31), prepared_on=date(2026, 11, 25))


def test_it_is_submitted_at_once_where_asked() -> None:
    """And waits for approval like any other."""
    invoice = make_issued(make_selling_activity())
    recurring_of(invoice, by=entrepreneur_of(invoice.activity), is_submitted=True)
    prepare_due(on=date(2026, 11, 25))
    assert [state for _, state, _ in drafts()] == ["SUBMITTED"]


def test_what_cannot_be_prepared_is_said_once_and_tried_again_by_hand(recurring: RecurringInvoice) -> None:
    """The contract ended; once it is there again, one button prepares the draft."""
    Contract.objects.update(ends_on=date(2026, 11, 20), end_reason="RESIGNATION")
    (refused,) = prepare_due(on=date(2026, 11, 25))
    assert refused.document is None
    assert "n’a de CAPE ni de CESA en cours" in refused.refusal
    assert prepare_due(on=date(2026, 11, 26)) == []
    again = prepare_again(occurrence=refused, by=recurring.created_by, on=date(2026, 11, 26))
    assert again.document is None
    Contract.objects.update(ends_on=None, end_reason="")
    again = prepare_again(occurrence=refused, by=recurring.created_by, on=date(2026, 11, 27))
    assert (again.refusal, again.prepared_on) == ("", date(2026, 11, 27))
    with pytest.raises(RefusalError, match="existe déjà"):
        prepare_again(occurrence=refused, by=recurring.created_by, on=date(2026, 11, 27))
    assert len(drafts()) == 1


def test_an_archived_customer_gets_nothing_and_a_failed_submission_keeps_its_draft() -> None:
    """Each with its reason; the others go on."""
    first, second, third = (make_issued(make_selling_activity()) for _ in range(3))
    for invoice in (first, second, third):
        recurring_of(invoice, by=entrepreneur_of(invoice.activity), is_submitted=True)
    Customer.objects.filter(pk=first.customer_id or 0).update(is_archived=True)
    Customer.objects.filter(pk=second.customer_id or 0).update(street=" ")
    prepared: dict[Customer | None, Occurrence] = {
        time.recurring.customer: time for time in prepare_due(on=date(2026, 11, 25))
    }
    assert "est archivé" in prepared[first.customer].refusal
    assert prepared[first.customer].document is None
    assert prepared[second.customer].refusal.startswith("La rue manque")
    assert prepared[second.customer].document is not None
    assert prepared[third.customer].refusal == ""
    assert sorted(state for _, state, _ in drafts()) == ["DRAFT", "SUBMITTED"]


def test_a_draft_thrown_away_is_not_prepared_again(recurring: RecurringInvoice) -> None:
    (time,) = prepare_due(on=date(2026, 11, 25))
    delete_draft(invoice=Invoice.objects.get(pk=time.document or 0), by=recurring.created_by)
    assert prepare_due(on=date(2026, 11, 26)) == []
    assert drafts() == []


def test_a_pause_skips_what_falls_in_it(recurring: RecurringInvoice) -> None:
    """Paused in November, resumed on 5 January: January comes, November and December do not."""
    pause_recurring(recurring=recurring, by=recurring.created_by)
    recurring.refresh_from_db()
    assert (prepare_due(on=date(2026, 12, 31)), next_days(recurring, on=date(2026, 12, 31))) == ([], [])
    with pytest.raises(RefusalError, match="déjà suspendue"):
        pause_recurring(recurring=recurring, by=recurring.created_by)
    recurring = resume_recurring(recurring=recurring, by=recurring.created_by, on=date(2027, 1, 5))
    with pytest.raises(RefusalError, match="n’est pas suspendue"):
        resume_recurring(recurring=recurring, by=recurring.created_by, on=date(2027, 1, 5))
    assert next_days(recurring, on=date(2027, 1, 5)) == [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)]
    assert [time.falls_on for time in prepare_due(on=date(2027, 1, 27))] == [date(2027, 1, 31)]


def test_a_change_prepares_no_day_twice(recurring: RecurringInvoice) -> None:
    """From the last day to the fifteenth, after November was prepared: December comes next."""
    prepare_due(on=date(2026, 11, 25))
    schedule = Schedule(Frequency.MONTHLY, 15, date(2026, 11, 1), times=3)
    changed = change_recurring(
        recurring=recurring,
        content=monthly(schedule=schedule, lines=[make_line("Suivi {mois}", "1", "95")], days_ahead=0),
        by=recurring.created_by,
    )
    assert next_days(changed, on=date(2026, 11, 26)) == [date(2026, 12, 15), date(2027, 1, 15)]
    prepare_due(on=date(2027, 3, 1))
    assert [label for _, _, label in drafts()] == [
        "Hébergement novembre 2026", "Suivi décembre 2026", "Suivi janvier 2027",
    ]  # fmt: skip


def test_what_cannot_come_back_is_said() -> None:
    """Nothing is written."""
    activity = make_selling_activity()
    invoice, by = make_issued(activity), accountant()
    note = issue_credit_note(invoice=make_issued(activity), reason="Erreur", by=by, on=date(2026, 11, 3))
    no_customer = make_draft(activity, customer=None)
    for document, content, sentence in (
        (note, monthly(), "Seule une facture qui a un client"),
        (no_customer, monthly(), "Seule une facture qui a un client"),
        (invoice, monthly(schedule=replace(MONTHLY, day=32)), "de 1 à 31"),
        (invoice, monthly(schedule=replace(MONTHLY, ends_on=date(2026, 11, 29))), "Aucune facture ne tombe"),
        (invoice, monthly(days_ahead=61), "au plus 60 jours"),
        (invoice, replace(monthly(), lines=[]), "au moins une ligne"),
        (invoice, monthly(lines=[make_line(" ", "1", "1")]), "la désignation manque"),
        (invoice, monthly(lines=[make_line("x", "0", "1")]), "n’est pas nulle"),
    ):
        with pytest.raises(RefusalError, match=sentence):
            make_recurring(invoice=document, content=content, by=by)
    for stranger in (entrepreneur_of(make_selling_activity()), make_user(Role.MANAGER)):
        with pytest.raises(RefusalError, match="Vous n’écrivez pas"):
            make_recurring(invoice=invoice, content=monthly(), by=stranger)
    assert RecurringInvoice.objects.count() == 0


def test_the_daily_job_prepares_what_is_due() -> None:
    """Today's; it takes the day from the clock."""
    invoice = make_issued(make_selling_activity())
    past = replace(MONTHLY, starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 30))
    recurring_of(invoice, by=accountant(), schedule=past, days_ahead=60)
    prepare_recurring_invoices(0)
    prepare_recurring_invoices(0)
    assert len(drafts()) == 1
