"""Sending issued documents: what leaves, to whom, with which link; what is refused."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail as outbox
from django.db import IntegrityError, transaction

from cae_backoffice.core.access import Role
from cae_backoffice.core.audit import history_of
from cae_backoffice.core.enums import MessageState
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.mail import deliver
from cae_backoffice.core.models import OutgoingMessage
from invoicing.invoices.services import issue_credit_note
from invoicing.mailing.enums import TemplateKind
from invoicing.mailing.rules import Words
from invoicing.sending.models import DocumentSending, DownloadLink
from invoicing.sending.queries import documents_to_send, proposal, sendings_of
from invoicing.sending.rules import LINK_DAYS, values_of
from invoicing.sending.services import (
    choose_sending,
    download,
    resend_document,
    revoke_link,
    send_automatically,
    send_document,
)
from invoicing.sending.services.download import TooManyOpeningsError
from invoicing.sending.tasks import send_documents
from members.cooperative.models import Cooperative
from tests.invoicing.factories import (
    accountant,
    entrepreneur_of,
    make_contact,
    make_customer,
    make_draft,
    make_issued,
    make_selling_activity,
)
from tests.invoicing.sending.books import AT, WORDS, make_sent, make_stored, with_pdf
from tests.members.factories import make_user

pytestmark = pytest.mark.django_db
SECRET = "s" * 43


def test_a_document_leaves_with_its_pdf_and_its_link() -> None:
    activity = make_selling_activity(name="Bois & Cie", email="anna@example.org")
    invoice = make_stored(activity)
    by = entrepreneur_of(activity)
    sending = send_document(invoice=invoice, words=WORDS, to=["client@example.org"], by=by, at=AT)
    deliver(message_id=sending.message_id, at=AT)
    (sent,) = outbox.outbox
    name = Cooperative.objects.get().short_name
    assert (sent.to, sent.reply_to, sent.from_email) == (
        ["client@example.org"],
        ["anna@example.org"],
        f'"Bois & Cie ({name})" <ne-pas-repondre@localhost>',
    )
    address = str(sent.body).splitlines()[1]
    secret = address.removeprefix("http://127.0.0.1:8000/documents/").rstrip("/")
    assert [tuple(file) for file in sent.attachments] == [
        (f"{invoice.number}.pdf", f"%PDF-1.7 {invoice.number}".encode(), "application/pdf")
    ]
    file = download(secret=secret, at=AT)
    assert file is not None
    assert file.invoice_id == invoice.pk
    stored = DownloadLink.objects.get()
    assert (secret in str(vars(stored)), stored.uses, stored.expires_at - AT) == (False, 1, timedelta(days=LINK_DAYS))
    assert history_of(invoice)[0].action == "invoice.sent"
    assert history_of(invoice)[0].author == by
    assert (sending.kind, sending.is_automatic) == (TemplateKind.INVOICE, False)
    assert list(sendings_of(invoice)) == [sending]


def test_what_the_sender_reads_first_is_filled_in() -> None:
    activity = make_selling_activity(name="Bois & Cie")
    customer = make_customer(activity, email="accueil@example.org", contact_name="Paul")
    make_contact(customer, "Zoé", email="zoe@example.org", gets_invoices=True)
    make_contact(customer, "Yann", email="yann@example.org")
    invoice = make_stored(activity, customer=customer)
    offered = proposal(invoice)
    assert [one.email for one in offered.usual] == ["zoe@example.org"]
    assert [one.email for one in offered.others] == ["yann@example.org", "accueil@example.org"]
    assert offered.words.subject == f"Votre facture {invoice.number} – Bois & Cie"
    assert "{lien}" in offered.words.body
    assert "d’un montant de 840,00\u00a0€ TTC, à régler au plus tard le 02/12/2026" in offered.words.body


def test_what_a_credit_note_says_is_positive() -> None:
    invoice = make_stored()
    credit = with_pdf(issue_credit_note(invoice=invoice, reason="Annulée", by=accountant(), on=AT.date()))
    cooperative = Cooperative.objects.get()
    assert values_of(credit, cooperative)["montant"] == "840,00\u00a0€"
    assert proposal(credit).words.subject == f"Votre avoir {credit.number} – {credit.activity}"
    assert (
        send_document(invoice=credit, words=WORDS, to=["client@example.org"], by=accountant(), at=AT).kind
        == TemplateKind.CREDIT_NOTE
    )


def test_a_document_that_is_not_ready_or_not_ones_own_does_not_leave() -> None:
    draft = make_draft()
    without_pdf = make_issued()
    stored = make_stored()
    by = accountant()
    attempts = [
        (draft, WORDS, ["a@example.org"], by, "n’est pas émis"),
        (stored, WORDS, ["a@example.org"], make_user(Role.MANAGER), "pas le droit"),
        (without_pdf, WORDS, ["a@example.org"], by, "en préparation"),
        (stored, Words("Objet {penalites}", "Texte"), ["a@example.org"], by, "{penalites}"),
        (stored, WORDS, [], by, "au moins un destinataire"),
        (stored, WORDS, ["a@example"], by, "n’est pas une adresse"),
    ]
    for invoice, words, to, author, sentence in attempts:
        with pytest.raises(RefusalError, match=sentence):
            send_document(invoice=invoice, words=words, to=to, by=author, at=AT)
    assert (DocumentSending.objects.count(), DownloadLink.objects.count(), OutgoingMessage.objects.count()) == (0, 0, 0)


def test_the_same_message_leaves_again_while_its_link_opens() -> None:
    sending = make_sent()
    with pytest.raises(RefusalError, match="attend encore"):
        resend_document(sending=sending, by=accountant(), at=AT)
    deliver(message_id=sending.message_id, at=AT)
    copy = resend_document(sending=sending, by=accountant(), at=AT)
    assert (copy.link_id, copy.message.body) == (sending.link_id, sending.message.body)
    with pytest.raises(RefusalError, match="Vous ne pouvez pas"):
        resend_document(sending=sending, by=make_user(Role.MANAGER), at=AT)
    with pytest.raises(RefusalError, match="ne s’ouvre plus"):
        resend_document(sending=sending, by=accountant(), at=AT + timedelta(days=LINK_DAYS))
    assert DocumentSending.objects.count() == 2


def test_a_link_is_closed_before_its_time() -> None:
    sending = make_sent(secret=SECRET)
    with pytest.raises(RefusalError, match="Vous ne pouvez pas"):
        revoke_link(link=sending.link, by=make_user(Role.MANAGER), at=AT)
    assert download(secret=SECRET, at=AT) is not None
    revoke_link(link=sending.link, by=accountant(), at=AT)
    assert download(secret=SECRET, at=AT) is None
    with pytest.raises(RefusalError, match="déjà plus"):
        revoke_link(link=sending.link, by=accountant(), at=AT)
    assert history_of(sending.invoice)[0].action == "invoice.link_revoked"


def test_unknown_and_expired_links_open_nothing_and_a_machine_is_slowed_down() -> None:
    sending = make_sent(secret=SECRET)
    assert download(secret="t" * 43, at=AT) is None
    assert download(secret=SECRET, at=AT + timedelta(days=LINK_DAYS)) is None
    for _ in range(60):
        download(secret=SECRET, at=AT)
    with pytest.raises(TooManyOpeningsError):
        download(secret=SECRET, at=AT)
    sending.link.refresh_from_db()
    assert sending.link.uses == 60


def test_documents_leave_by_themselves_once_their_pdf_is_there() -> None:
    activity = make_selling_activity()
    by = entrepreneur_of(activity)
    before = make_stored(activity, on=date(2026, 10, 30))
    choose_sending(activity=activity, is_automatic=True, by=by, at=datetime(2026, 11, 1, 8, tzinfo=UTC))
    customer = make_customer(activity, email="client@example.org")
    waiting = make_issued(activity, customer=customer)
    nowhere = make_stored(activity, customer=make_customer(activity))
    by_hand = make_stored(activity)
    send_document(invoice=by_hand, words=WORDS, to=["client@example.org"], by=by, at=AT)
    elsewhere = make_stored()
    send_documents(0)
    assert DocumentSending.objects.count() == 1
    assert list(documents_to_send()) == [nowhere]
    with_pdf(waiting)
    send_documents(0)
    send_documents(0)
    sending = DocumentSending.objects.get(is_automatic=True)
    assert (sending.invoice, sending.message.author, sending.message.recipients) == (
        waiting,
        by,
        ["client@example.org"],
    )
    assert sending.message.title == f"Votre facture {waiting.number} – {activity}"
    for invoice in (before, elsewhere, nowhere):
        assert not sendings_of(invoice).exists()
    with pytest.raises(RefusalError, match="déjà parti"):
        send_automatically(invoice=waiting, by=by, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        DocumentSending.objects.create(
            invoice=waiting,
            kind="INVOICE",
            message=OutgoingMessage.objects.exclude(pk=sending.message_id)[0],
            link=sending.link,
            is_automatic=True,
        )


def test_the_choice_is_the_activitys_own_and_may_be_taken_back() -> None:
    activity = make_selling_activity()
    by = entrepreneur_of(activity)
    for stranger in (entrepreneur_of(make_selling_activity()), make_user(Role.MANAGER)):
        with pytest.raises(RefusalError, match="Vous ne pouvez pas choisir"):
            choose_sending(activity=activity, is_automatic=True, by=stranger, at=AT)
    choose_sending(activity=activity, is_automatic=True, by=by, at=AT)
    choose_sending(activity=activity, is_automatic=False, by=accountant(), at=AT)
    make_stored(activity)
    assert list(documents_to_send()) == []


def test_a_message_that_failed_is_seen_on_the_document() -> None:
    sending = make_sent()
    OutgoingMessage.objects.filter(pk=sending.message_id).update(
        state=MessageState.FAILED, last_error="Adresse refusée.", next_try_at=None
    )
    (seen,) = sendings_of(sending.invoice)
    assert (seen.message.state, seen.message.last_error) == (MessageState.FAILED, "Adresse refusée.")
