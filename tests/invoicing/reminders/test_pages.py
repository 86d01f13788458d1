"""What entrepreneurs see of payments, sendings and reminders, and what the staff does with them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db.models import Q
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import SaleTerms
from invoicing.invoices.services import issue_credit_note
from invoicing.payments.services import declare_doubtful, offset_credit_note, refund_customer, write_off
from invoicing.reminders.enums import FollowUp
from invoicing.reminders.models import Reminder, ReminderPause
from invoicing.reminders.queries import with_follow_up
from invoicing.reminders.services import propose_reminders
from members.activities.models import Activity
from tests.conftest import signed_in
from tests.invoicing.factories import (
    accountant,
    entrepreneur_of,
    make_customer,
    make_draft,
    make_line,
    make_selling_activity,
)
from tests.invoicing.payments.books import receive
from tests.invoicing.reminders.test_reminders import owed, plan
from tests.invoicing.sending.books import make_sent, make_stored

pytestmark = pytest.mark.django_db
LATE = date(2026, 12, 14)


@pytest.fixture
def activity() -> Activity:
    return make_selling_activity()


def invoice_of(activity: Activity, **content: object) -> Invoice:
    customer = make_customer(activity, email="client@example.org")
    return make_stored(activity, customer=customer, lines=[make_line("Travail", "1", "1000")], **content)


def seen(invoice: Invoice, on: date = LATE) -> tuple[str, int, Decimal]:
    found = with_follow_up(Invoice.objects.all(), on=on).get(pk=invoice.pk)
    return (vars(found)["payment"], vars(found)["days_late"], vars(found)["remaining"])


def test_every_payment_state_comes_from_the_books(activity: Activity) -> None:
    by, day = accountant(), date(2026, 12, 3)
    waiting = invoice_of(activity)
    assert seen(waiting, date(2026, 12, 2)) == (FollowUp.TO_PAY, 0, Decimal("1200.00"))
    assert seen(waiting, LATE) == (FollowUp.LATE, 12, Decimal("1200.00"))
    part = invoice_of(activity)
    receive(part.customer, "200", (part, "200"), on=date(2026, 12, 1))
    assert seen(part, date(2026, 12, 2)) == (FollowUp.PART_PAID, 0, Decimal("1000.00"))
    assert seen(part, LATE) == (FollowUp.LATE, 12, Decimal("1000.00"))
    paid = invoice_of(activity)
    receive(paid.customer, "1200", (paid, "1200"), on=day)
    assert seen(paid)[0] == FollowUp.PAID
    kept = invoice_of(activity, terms=SaleTerms(retention_percent=Decimal(5), retention_due_on=date(2027, 11, 2)))
    receive(kept.customer, "1140", (kept, "1140"), on=day)
    assert seen(kept) == (FollowUp.RETAINED, 12, Decimal("0.00"))
    doubtful, lost = invoice_of(activity), invoice_of(activity)
    declare_doubtful(invoice=doubtful, on=day, reason="Liquidation", by=by)
    write_off(invoice=lost, amount=Decimal(1200), on=day, reason="Accord", by=by)
    assert (seen(doubtful)[0], seen(lost)[0]) == (FollowUp.DOUBTFUL, FollowUp.LOST)
    refunded, set_off = (
        issue_credit_note(invoice=invoice, reason="Annulée", by=by, on=day) for invoice in (paid, waiting)
    )
    assert seen(refunded)[0] == FollowUp.TO_PAY
    assert paid.customer is not None
    refund_customer(
        customer=paid.customer, credit_note=refunded, amount=Decimal(1200), refunded_on=day, method="TRANSFER", by=by
    )
    offset_credit_note(credit_note=set_off, invoice=waiting, amount=Decimal(1200), on=day, by=by)
    assert (seen(refunded)[0], seen(set_off)[0], seen(waiting)[0]) == (FollowUp.REFUNDED, FollowUp.PAID, FollowUp.PAID)
    assert seen(make_draft(activity))[0] == ""


def test_the_list_shows_and_filters_by_payment(activity: Activity) -> None:
    part, paid = invoice_of(activity), invoice_of(activity)
    receive(part.customer, "200", (part, "200"), on=date(2026, 11, 20))
    receive(paid.customer, "1200", (paid, "1200"), on=date(2026, 11, 20))
    client = signed_in(entrepreneur_of(activity))
    page = client.get(reverse("invoice-list"))
    assert "200,00\u00a0€ sur 1\u202f200,00\u00a0€" in page.content.decode()
    assert (page.context["totals"].documents, page.context["totals"].gross) == (2, Decimal("2400.00"))
    state = "PART_PAID" if timezone.localdate() <= date(2026, 12, 2) else "LATE"
    found = client.get(f"{reverse('invoice-list')}?paiement={state}")
    assert [invoice.pk for invoice in found.context["page"]] == [part.pk]
    assert found.context["totals"].gross == Decimal("1200.00")
    assert [i.pk for i in client.get(f"{reverse('invoice-list')}?paiement=PAID").context["page"]] == [paid.pk]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("query", "queries"), [("", 7), ("?paiement=TO_PAY", 7)])
def test_the_list_costs_the_same_however_long(
    activity: Activity, count: int, query: str, queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        invoice_of(activity)
    client = signed_in(entrepreneur_of(activity))
    with django_assert_num_queries(queries):
        client.get(f"{reverse('invoice-list')}{query}")


def test_the_page_of_a_document_shows_receipts_sendings_and_reminders(activity: Activity) -> None:
    plan()
    sending = make_sent(activity, lines=[make_line("Travail", "1", "1000")])
    invoice = sending.invoice
    receive(invoice.customer, "200", (invoice, "200"), on=date(2026, 11, 20))
    propose_reminders(on=LATE, by=accountant())
    client = signed_in(entrepreneur_of(activity))
    page = client.get(reverse("invoice-detail", args=[invoice.pk])).content.decode()
    for words in ("Virement", "Reste à payer", "client@example.org", "Relance amicale", "Proposée", "Renvoyer"):
        assert words in page, words


def test_the_entrepreneur_stops_and_pauses(activity: Activity) -> None:
    plan()
    invoice = invoice_of(activity)
    (reminder,) = propose_reminders(on=LATE, by=accountant())
    client = signed_in(entrepreneur_of(activity))
    assert client.post(reverse("reminder-stop", args=[reminder.pk])).status_code == 302
    reminder.refresh_from_db()
    assert (reminder.state, reminder.decided_by) == ("STOPPED", entrepreneur_of(activity))
    client.post(reverse("invoice-pause", args=[invoice.pk]), {"reason": "", "until": ""})
    assert not ReminderPause.objects.exists()
    until = timezone.localdate() + timedelta(days=30)
    client.post(reverse("invoice-pause", args=[invoice.pk]), {"reason": "Accord", "until": f"{until:%Y-%m-%d}"})
    pause = ReminderPause.objects.get()
    assert (pause.invoice, pause.until) == (invoice, until)
    client.post(reverse("reminderpause-lift", args=[pause.pk]), {"invoice": invoice.pk})
    pause.refresh_from_db()
    assert pause.lifted_on == timezone.localdate()
    stranger = signed_in(entrepreneur_of(make_selling_activity()))
    for name, pk in (("reminder-stop", reminder.pk), ("reminder-send", reminder.pk), ("invoice-pause", invoice.pk)):
        assert stranger.post(reverse(name, args=[pk])).status_code == 404
    assert stranger.post(reverse("reminderpause-lift", args=[pause.pk])).status_code == 404


def test_the_staff_stops_pauses_and_plans(accountant_client: Client) -> None:
    plan()
    invoice = owed()
    (reminder,) = propose_reminders(on=LATE, by=accountant())
    page = reverse("admin:invoicing_reminder_stop", args=[reminder.pk])
    assert accountant_client.post(page, {"reason": "Client appelé"}).status_code == 302
    assert Reminder.objects.get().reason == "Client appelé"
    add = {"invoice": "", "customer": invoice.customer_id, "reason": "Échéancier", "until": "31/12/2027"}
    assert accountant_client.post(reverse("admin:invoicing_reminderpause_add"), add).status_code == 302
    pause = ReminderPause.objects.get()
    assert (pause.customer_id, pause.until) == (invoice.customer_id, date(2027, 12, 31))
    assert accountant_client.post(reverse("admin:invoicing_reminderpause_lift", args=[pause.pk])).status_code == 302
    new = {
        "valid_from": "01/01/2027", "mode": "SEND", "before_due_days": "", "friendly_days": "21", "firm_days": "7",
        "formal_notice_days": "45", "gap_days": "7", "decision": "CA du 04/01/2027",
    }  # fmt: skip
    refused = accountant_client.post(reverse("admin:invoicing_reminderplan_add"), new).content.decode()
    assert "Chaque niveau vient après le précédent." in refused


def test_a_reminder_sent_by_the_staff_leaves_or_is_put_aside(accountant_client: Client) -> None:
    plan(friendly_days=0, valid_from=date(2020, 1, 1))
    invoice = owed()
    reminder = Reminder.objects.create(invoice=invoice, level="FRIENDLY", proposed_on=LATE)
    page = reverse("admin:invoicing_reminder_send", args=[reminder.pk])
    assert accountant_client.post(page).status_code == 302
    reminder.refresh_from_db()
    assert (reminder.state, reminder.remaining) == ("SENT", Decimal("1200.00"))
    assert Invoice.objects.filter(Q(pk=invoice.pk), sendings__kind="FRIENDLY").exists()
