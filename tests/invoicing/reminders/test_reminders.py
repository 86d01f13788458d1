"""Reminding customers: proposed on their days, sent once, stopped, paused, without object once paid."""

from datetime import UTC, date, datetime
from decimal import Decimal
from unittest.mock import patch

import pytest
from django.core import mail as outbox
from django.db import IntegrityError, transaction
from django.utils import timezone

from cae_backoffice.core.access import Role
from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.mail import deliver
from cae_backoffice.core.models import OutgoingMessage
from invoicing.customers.enums import CustomerKind
from invoicing.customers.models import Customer
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import SaleTerms
from invoicing.invoices.services import release_retention
from invoicing.payments.services import declare_doubtful, write_off
from invoicing.reminders import tasks
from invoicing.reminders.enums import ReminderLevel, ReminderMode, ReminderState
from invoicing.reminders.models import InterestRate, Reminder, ReminderPlan
from invoicing.reminders.queries import due_reminders, frozen, remindable
from invoicing.reminders.rules import claim_of
from invoicing.reminders.services import (
    cancel_settled,
    lift_pause,
    load_interest_rates,
    pause_customer,
    pause_invoice,
    propose_reminders,
    send_reminder,
    stop_reminder,
)
from invoicing.reminders.services.letter import render_formal_notice
from invoicing.reminders.tasks import remind_customers
from tests.invoicing.factories import accountant, make_customer, make_line, make_selling_activity
from tests.invoicing.payments.books import receive
from tests.invoicing.rendering.reading import text_of
from tests.invoicing.sending.books import make_stored
from tests.members.factories import make_user

pytestmark = pytest.mark.django_db
AT = datetime(2027, 1, 16, 9, 0, tzinfo=UTC)
NOTICE_DAY = date(2027, 1, 16)


def plan(**fields: object) -> ReminderPlan:
    values = {"valid_from": date(2026, 1, 1), "decision": "CA du 12/01/2026"}
    return ReminderPlan.objects.create(**(values | fields))


def owed(kind: CustomerKind = CustomerKind.PROFESSIONAL, net: str = "1000", **content: object) -> Invoice:
    """An invoice of 1 200 € incl. VAT, due on 2 December 2026."""
    activity = make_selling_activity()
    customer = make_customer(activity, kind, email="client@example.org")
    return make_stored(activity, customer=customer, lines=[make_line("Travail", "1", net)], **content)


def proposed(on: date) -> list[tuple[Invoice, str]]:
    return [(reminder.invoice, reminder.level) for reminder in propose_reminders(on=on, by=accountant())]


def sent(reminder: Reminder, on: date) -> Reminder:
    return send_reminder(reminder=reminder, on=on, at=AT, by=accountant())


def up_to_notice(invoice: Invoice) -> Reminder:
    """The friendly and the firm reminder sent, the formal notice proposed."""
    for on in (date(2026, 12, 9), date(2026, 12, 23)):
        (reminder,) = propose_reminders(on=on, by=accountant())
        assert sent(reminder, on).state == ReminderState.SENT
    (notice,) = propose_reminders(on=NOTICE_DAY, by=accountant())
    assert (notice.invoice, notice.level) == (invoice, ReminderLevel.FORMAL_NOTICE)
    return notice


def test_without_a_plan_nobody_is_reminded() -> None:
    owed()
    assert proposed(date(2027, 6, 1)) == []
    plan(valid_from=date(2027, 6, 2))
    assert proposed(date(2027, 6, 1)) == []


def test_each_level_is_proposed_once_on_its_day() -> None:
    plan()
    invoice = owed()
    assert proposed(date(2026, 11, 26)) == []
    assert proposed(date(2026, 11, 27)) == [(invoice, "BEFORE_DUE")]
    assert proposed(date(2026, 11, 27)) == []
    sent(Reminder.objects.get(), date(2026, 11, 27))
    assert proposed(date(2026, 12, 8)) == []
    assert proposed(date(2026, 12, 9)) == [(invoice, "FRIENDLY")]
    assert proposed(date(2026, 12, 23)) == [], "one reminder at a time"
    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder.objects.create(invoice=invoice, level="BEFORE_DUE", proposed_on=date(2026, 12, 9))


def test_a_formal_notice_says_all_that_is_owed_to_the_cent() -> None:
    plan()
    invoice = owed()
    notice = sent(up_to_notice(invoice), NOTICE_DAY)
    assert (notice.remaining, notice.penalties, notice.indemnity) == (
        Decimal("1200.00"),
        Decimal("17.98"),  # 1200 × 12,15 % × 45 / 365 = 17,9753…
        Decimal("40.00"),
    )
    assert notice.sending is not None
    message = notice.sending.message
    letter, pdf = sorted(message.attachments.all(), key=lambda file: file.name, reverse=True)
    assert (letter.name, pdf.name) == (f"mise-en-demeure-{invoice.number}.pdf", f"{invoice.number}.pdf")
    deliver(message_id=message.pk, at=AT)
    (mail,) = [sent_mail for sent_mail in outbox.outbox if "Mise en demeure" in sent_mail.subject]
    assert mail.to == ["client@example.org"]
    printed = text_of(next(file[1] for file in map(tuple, mail.attachments) if "mise" in file[0]))
    for words in (
        "1 200,00 €",
        "17,98 €",
        "40,00 €",
        "1 257,98 €",
        "29 jours à 12,15 % l’an",
        "16 jours à 12,15 % l’an",
        "8 jours",
    ):
        assert words in printed.replace("\u00a0", " ").replace("\u202f", " "), words
    assert history_of(notice)[0].action == "reminder.sent"
    assert [reminder.penalties for reminder in Reminder.objects.exclude(pk=notice.pk)] == [0, 0]


def test_a_part_payment_lowers_what_is_asked_for() -> None:
    plan()
    invoice = owed()
    notice = up_to_notice(invoice)
    receive(invoice.customer, "700", (invoice, "700"), on=date(2027, 1, 10))
    notice = sent(notice, NOTICE_DAY)
    assert (notice.remaining, notice.penalties) == (Decimal("500.00"), Decimal("7.49"))  # 500 × 12,15 % × 45 / 365


def test_a_consumer_owes_no_indemnity_and_the_legal_rate_from_the_notice_on() -> None:
    plan()
    invoice = owed(CustomerKind.CONSUMER)
    notice = sent(up_to_notice(invoice), NOTICE_DAY)
    assert (notice.remaining, notice.penalties, notice.indemnity) == (Decimal("1200.00"), 0, 0)
    found = remindable(NOTICE_DAY).get(pk=invoice.pk)
    claim = claim_of(frozen(invoice), unpaid=Decimal(1200), due_on=date(2026, 12, 2), on=NOTICE_DAY, rates=[])
    assert claim is not None
    printed = text_of(render_formal_notice(invoice=found, claim=claim, on=NOTICE_DAY))
    assert "au taux légal, aujourd’hui 2,76 % l’an" in printed.replace("\u00a0", " ")
    assert "forfaitaire" not in printed


def test_a_payment_in_between_leaves_the_reminder_without_object() -> None:
    plan()
    invoice = owed()
    (reminder,) = propose_reminders(on=date(2026, 12, 9), by=accountant())
    assert cancel_settled(on=date(2026, 12, 10), by=accountant()) == 0
    receive(invoice.customer, "1200", (invoice, "1200"), on=date(2026, 12, 10))
    assert sent(reminder, date(2026, 12, 11)).state == ReminderState.CANCELLED
    other = owed()
    propose_reminders(on=date(2026, 12, 12), by=accountant())
    receive(other.customer, "1200", (other, "1200"), on=date(2026, 12, 12))
    assert cancel_settled(on=date(2026, 12, 12), by=accountant()) == 1
    assert not OutgoingMessage.objects.exists()


def test_what_is_doubtful_lost_kept_or_paused_is_left_alone() -> None:
    plan()
    day = date(2026, 12, 15)
    by = accountant()
    doubtful, lost, paused, of_paused = owed(), owed(), owed(), owed()
    kept = owed(terms=SaleTerms(retention_percent=Decimal(5), retention_due_on=date(2026, 12, 10)))
    declare_doubtful(invoice=doubtful, on=date(2026, 12, 3), reason="Liquidation", by=by)
    write_off(invoice=lost, amount=Decimal(200), on=date(2026, 12, 3), reason="Accord", by=by)
    pause = pause_invoice(invoice=paused, reason="Litige", until=day, on=date(2026, 12, 3), by=by)
    assert of_paused.customer is not None
    pause_customer(customer=of_paused.customer, reason="Échéancier", until=day, on=date(2026, 12, 3), by=by)
    receive(kept.customer, "1140", (kept, "1140"), on=date(2026, 12, 3))
    assert list(due_reminders(day)) == []
    release_retention(invoice=kept, on=date(2026, 12, 11), due_on=date(2026, 12, 12), by=by)
    assert list(due_reminders(day)) == []
    assert {due.invoice for due in due_reminders(date(2026, 12, 16))} == {paused, of_paused}
    lift_pause(pause=pause, on=day, by=by)
    assert {due.invoice for due in due_reminders(day)} == {paused}
    with pytest.raises(RefusalError, match="déjà levée"):
        lift_pause(pause=pause, on=day, by=by)


def test_a_reminder_is_stopped_with_a_reason_and_its_level_is_used_up() -> None:
    plan()
    invoice = owed()
    (reminder,) = propose_reminders(on=date(2026, 12, 9), by=accountant())
    manager = make_user(Role.MANAGER)
    for by, reason, sentence in ((manager, "Non", "Vous ne pouvez pas"), (accountant(), " ", "Dites pourquoi")):
        with pytest.raises(RefusalError, match=sentence):
            stop_reminder(reminder=reminder, reason=reason, on=date(2026, 12, 9), by=by)
    with pytest.raises(RefusalError, match="Vous ne pouvez pas"):
        send_reminder(reminder=reminder, on=date(2026, 12, 9), at=AT, by=manager)
    with pytest.raises(RefusalError, match="Vous ne pouvez pas"):
        pause_invoice(invoice=invoice, reason="Non", until=date(2027, 1, 1), on=date(2026, 12, 9), by=manager)
    reminder.refresh_from_db()
    assert reminder.state == ReminderState.PROPOSED
    stop_reminder(reminder=reminder, reason="Client appelé", on=date(2026, 12, 9), by=accountant())
    with pytest.raises(RefusalError, match="n’est plus à envoyer"):
        sent(reminder, date(2026, 12, 10))
    assert proposed(date(2026, 12, 10)) == []
    assert proposed(date(2026, 12, 23)) == [(invoice, "FIRM")]
    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder.objects.filter(pk=reminder.pk).update(reason="autre")


def test_what_cannot_be_reckoned_or_reached_does_not_leave() -> None:
    plan()
    invoice = owed()
    (reminder,) = propose_reminders(on=date(2026, 12, 9), by=accountant())
    InterestRate.objects.all().delete()
    with pytest.raises(RefusalError, match="Le taux des pénalités"):
        sent(reminder, date(2026, 12, 9))
    load_interest_rates()
    assert invoice.customer_id
    Customer.objects.filter(pk=invoice.customer_id).update(email="")
    with pytest.raises(RefusalError, match="n’a pas d’adresse pour les relances"):
        sent(reminder, date(2026, 12, 9))
    reminder.refresh_from_db()
    assert (reminder.state, OutgoingMessage.objects.count()) == (ReminderState.PROPOSED, 0)


@pytest.mark.parametrize(("mode", "state"), [(ReminderMode.PROPOSE, "PROPOSED"), (ReminderMode.SEND, "SENT")])
def test_every_morning_proposes_or_sends_as_the_cooperative_chose(mode: ReminderMode, state: str) -> None:
    plan(mode=mode)
    owed()
    with patch.object(timezone, "localdate", return_value=date(2026, 12, 9)), patch.object(tasks, "logger"):
        remind_customers(0)
        remind_customers(0)
    reminder = Reminder.objects.get()
    assert (reminder.state, reminder.level) == (state, ReminderLevel.FRIENDLY)
