"""Outgoing messages: queued with what causes them, handed over once, logged step by step."""

import smtplib
from datetime import UTC, datetime, timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail as outbox
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, connections, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from cae_backoffice.core import mail
from cae_backoffice.core.access import Role
from cae_backoffice.core.audit import history_of
from cae_backoffice.core.enums import MessageState
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.mail import (
    cancel,
    deliver,
    keep_attachment,
    messages_about,
    overdue_messages,
    queue_mail,
    resend,
)
from cae_backoffice.core.models import MessageEvent, OutgoingMessage
from cae_backoffice.core.tasks import send_message, send_overdue_messages
from members.people.models import User
from tests.core.mail_servers import Killed, Server
from tests.members.factories import make_user

AT = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


@pytest.fixture
def author(db: None) -> User:
    return make_user(Role.ACCOUNTANT)


def queued(author: User, **fields: object) -> OutgoingMessage:
    """A message to a customer about the author's own account."""
    words = {"to": ["client@example.org"], "subject": "Votre facture", "body": "Bonjour,\nVoici.", "about": author}
    return queue_mail(**(words | {"by": author, "at": AT} | fields))  # type: ignore[arg-type]


def behind(monkeypatch: pytest.MonkeyPatch, server: Server) -> Server:
    """Put this server in the place of the cooperative's."""
    monkeypatch.setattr(mail, "get_connection", lambda: server)
    return server


def log_of(message: OutgoingMessage) -> list[str]:
    return list(message.events.order_by("id").values_list("kind", flat=True))


def jobs() -> int:
    return len(ProcrastinateJob.objects.filter(task_name="core.send_message"))


def test_a_message_is_queued_then_sent_with_its_files(author: User) -> None:
    file = keep_attachment(name="facture.pdf", content_type="application/pdf", content=b"%PDF-1.7 octets")
    message = queued(
        author,
        to=["client@example.org", "compta@example.org", "client@example.org"],
        reply_to="anna@example.org",
        from_name='Les Ateliers "Réunis"',
        attachments=[file],
    )
    job = ProcrastinateJob.objects.get(task_name="core.send_message")
    assert (job.args, message.state, message.recipients) == (
        {"message_id": message.pk},
        MessageState.QUEUED,
        ["client@example.org", "compta@example.org"],
    )
    assert outbox.outbox == []
    send_message(message.pk)
    message.refresh_from_db()
    (sent,) = outbox.outbox
    assert sent.from_email == '"Les Ateliers Réunis" <ne-pas-repondre@localhost>'
    assert (sent.to, sent.reply_to, sent.subject, sent.body) == (
        ["client@example.org", "compta@example.org"],
        ["anna@example.org"],
        "Votre facture",
        "Bonjour,\nVoici.",
    )
    assert [tuple(file) for file in sent.attachments] == [("facture.pdf", b"%PDF-1.7 octets", "application/pdf")]
    assert sent.message()["Message-ID"] == message.mail_id
    assert sent.message()["Auto-Submitted"] == "auto-generated"
    assert (message.state, message.attempts, message.next_try_at, message.last_error) == (
        MessageState.SENT,
        1,
        None,
        "",
    )
    assert message.sent_at is not None
    assert log_of(message) == ["QUEUED", "STARTED", "SENT"]
    assert [m.pk for m in messages_about(author)] == [message.pk]


def test_a_sent_message_is_not_sent_again(author: User) -> None:
    message = queued(author)
    deliver(message_id=message.pk, at=AT)
    deliver(message_id=message.pk, at=AT)
    assert len(outbox.outbox) == 1
    assert log_of(message) == ["QUEUED", "STARTED", "SENT"]


def test_a_rolled_back_act_leaves_neither_message_nor_job(author: User) -> None:
    with transaction.atomic():
        queued(author)
        transaction.set_rollback(True)
    assert (OutgoingMessage.objects.count(), jobs()) == (0, 0)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"to": []}, "Il faut au moins un destinataire."),
        ({"to": ["pas une adresse"]}, "«\u00a0pas une adresse\u00a0» n’est pas une adresse de courriel."),
        (
            {"to": ["a@example.org\nBcc: b@example.org"]},
            "«\u00a0a@example.org Bcc: b@example.org\u00a0» n’est pas une adresse de courriel.",
        ),
        ({"reply_to": "a@example.org\r\nBcc: b@x.fr"}, "n’est pas une adresse de courriel."),
        ({"subject": "Objet\nBcc: b@example.org"}, "tiennent sur une ligne."),
        ({"subject": "Objet\u0000"}, "tiennent sur une ligne."),
        ({"from_name": "Nom\r\nBcc: b@example.org"}, "tiennent sur une ligne."),
        ({"subject": " "}, "L’objet et le texte du message sont nécessaires."),
        ({"subject": "x" * 201}, "trop long"),
        ({"body": "\n"}, "L’objet et le texte du message sont nécessaires."),
        ({"to": [f"a{i}@example.org" for i in range(21)]}, "au plus 20 destinataires"),
        ({"attachments": [mail.Attachment("a\n.pdf", "application/pdf", "a", "0", 1)]}, "tiennent sur une ligne."),
        ({"attachments": [mail.Attachment("a.pdf", "application/pdf", "a", "0", 21 * 1024 * 1024)]}, "20\u00a0Mo"),
    ],
)
def test_what_would_not_arrive_or_would_add_headers_is_refused(
    author: User, fields: dict[str, object], sentence: str
) -> None:
    with pytest.raises(RefusalError, match=sentence.replace(".", r"\.")):
        queued(author, **fields)
    assert (OutgoingMessage.objects.count(), MessageEvent.objects.count(), jobs()) == (0, 0, 0)


def test_a_server_that_is_away_is_tried_again_with_growing_waits(author: User, monkeypatch: pytest.MonkeyPatch) -> None:
    message = queued(author)
    server = behind(monkeypatch, Server(opening=ConnectionRefusedError("refusé")))
    waits = []
    for _ in range(8):
        deliver(message_id=message.pk, at=AT)
        message.refresh_from_db()
        assert message.next_try_at
        waits.append((message.next_try_at - AT) // timedelta(minutes=1))
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128]
    assert (message.state, message.last_error, jobs()) == (
        MessageState.QUEUED,
        "Le serveur d’envoi ne répond pas.",
        9,
    )
    assert ProcrastinateJob.objects.latest("id").scheduled_at == AT + timedelta(minutes=128)
    deliver(message_id=message.pk, at=AT)
    message.refresh_from_db()
    assert (message.state, message.attempts, message.next_try_at, jobs()) == (MessageState.FAILED, 9, None, 9)
    assert log_of(message)[-3:] == ["STARTED", "DEFERRED", "FAILED"]
    assert server.accepted == []


def test_a_server_that_comes_back_gets_the_message(author: User, monkeypatch: pytest.MonkeyPatch) -> None:
    message = queued(author)
    with monkeypatch.context() as patch:
        behind(patch, Server(opening=TimeoutError()))
        deliver(message_id=message.pk, at=AT)
    deliver(message_id=message.pk, at=AT + timedelta(minutes=1))
    message.refresh_from_db()
    assert (message.state, message.attempts, message.last_error) == (MessageState.SENT, 2, "")
    assert log_of(message) == ["QUEUED", "STARTED", "DEFERRED", "STARTED", "SENT"]


@pytest.mark.parametrize(
    ("error", "state", "sentence"),
    [
        (
            SMTPRecipientsRefused({"client@example.org": (550, b"unknown")}),
            MessageState.FAILED,
            "Adresse refusée par le serveur\u00a0: client@example.org.",
        ),
        (
            SMTPRecipientsRefused({"client@example.org": (450, b"later")}),
            MessageState.QUEUED,
            "Adresse refusée par le serveur\u00a0: client@example.org.",
        ),
        (SMTPDataError(554, b"spam"), MessageState.FAILED, "Le serveur d’envoi refuse le message (code 554)."),
        (SMTPDataError(451, b"later"), MessageState.QUEUED, "Le serveur d’envoi refuse le message (code 451)."),
        (
            smtplib.SMTPAuthenticationError(535, b"bad"),
            MessageState.QUEUED,
            "Le serveur d’envoi refuse l’identifiant de la coopérative.",
        ),
    ],
)
def test_a_refusal_is_final_or_for_now(
    author: User, monkeypatch: pytest.MonkeyPatch, error: Exception, state: MessageState, sentence: str
) -> None:
    message = queued(author)
    behind(monkeypatch, Server(answer=error, accepts=False))
    deliver(message_id=message.pk, at=AT)
    message.refresh_from_db()
    assert (message.state, message.last_error) == (state, sentence)
    last = message.events.latest("id")
    assert (last.kind, repr(error) in last.detail) == ("FAILED" if state == MessageState.FAILED else "DEFERRED", True)


def test_a_worker_killed_after_the_server_accepted_sends_once_more_and_never_a_third_time(
    author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = queued(author)
    server = behind(monkeypatch, Server(answer=Killed()))
    for _ in range(2):
        with pytest.raises(Killed):
            deliver(message_id=message.pk, at=AT)
    deliver(message_id=message.pk, at=AT)
    deliver(message_id=message.pk, at=AT)
    message.refresh_from_db()
    assert [sent.extra_headers["Message-ID"] for sent in server.accepted] == [message.mail_id] * 2
    assert log_of(message) == ["QUEUED", "STARTED", "UNCERTAIN", "STARTED", "UNCERTAIN", "FAILED"]
    assert (message.state, message.last_error) == (
        MessageState.FAILED,
        "Un envoi a été interrompu\u00a0: le message est peut-être parti.",
    )


def test_a_connection_cut_while_sending_is_an_unknown_outcome_too(
    author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = queued(author)
    server = behind(monkeypatch, Server(answer=SMTPServerDisconnected("cut")))
    for _ in range(3):
        deliver(message_id=message.pk, at=AT)
    message.refresh_from_db()
    assert (len(server.accepted), message.state) == (2, MessageState.FAILED)
    assert log_of(message) == ["QUEUED", "STARTED", "UNCERTAIN", "STARTED", "UNCERTAIN", "FAILED"]


def test_a_file_that_is_no_longer_what_was_stored_does_not_leave(author: User) -> None:
    file = keep_attachment(name="a.pdf", content_type="application/pdf", content=b"premiers octets")
    assert keep_attachment(name="b.pdf", content_type="application/pdf", content=b"premiers octets").path == file.path
    message = queued(author, attachments=[file])
    with open(default_storage.path(file.path), "wb") as stored:  # noqa: PTH123
        stored.write(b"autres octets")
    deliver(message_id=message.pk, at=AT)
    default_storage.delete(file.path)
    lost = queued(author, attachments=[file])
    deliver(message_id=lost.pk, at=AT)
    sentence = "La pièce jointe «\u00a0a.pdf\u00a0» n’est plus celle qui avait été enregistrée."
    assert set(OutgoingMessage.objects.values_list("state", "last_error")) == {(MessageState.FAILED, sentence)}
    assert outbox.outbox == []


def test_what_waits_can_be_cancelled(author: User) -> None:
    message = cancel(message=queued(author), by=author, at=AT)
    deliver(message_id=message.pk, at=AT)
    assert (message.state, outbox.outbox, log_of(message)) == (MessageState.CANCELLED, [], ["QUEUED", "CANCELLED"])
    with pytest.raises(RefusalError, match="Seul un message en attente"):
        cancel(message=message, by=author, at=AT)
    assert [event.action for event in history_of(message)] == ["outgoingmessage.cancelled"]


def test_resending_is_a_new_message(author: User) -> None:
    file = keep_attachment(name="a.pdf", content_type="application/pdf", content=b"octets")
    message = queued(author, attachments=[file], reply_to="anna@example.org")
    with pytest.raises(RefusalError, match="attend encore"):
        resend(message=message, by=author, at=AT)
    deliver(message_id=message.pk, at=AT)
    copy = resend(message=message, by=author, at=AT)
    deliver(message_id=copy.pk, at=AT)
    assert (copy.resent_of_id, copy.mail_id == message.mail_id) == (message.pk, False)
    first, second = outbox.outbox
    assert (second.body, second.to, second.reply_to, len(second.attachments)) == (
        first.body,
        first.to,
        first.reply_to,
        1,
    )
    assert log_of(message) == ["QUEUED", "STARTED", "SENT", "RESENT"]


def test_messages_whose_worker_died_are_taken_over(author: User) -> None:
    message = queued(author)
    assert overdue_messages(at=AT + timedelta(minutes=10)) == []
    assert overdue_messages(at=AT + timedelta(minutes=11)) == [message.pk]
    send_overdue_messages(0)
    message.refresh_from_db()
    assert message.state == MessageState.SENT


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_hold_the_same_message() -> None:
    author = make_user(Role.ACCOUNTANT)
    message = queued(author)
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [mail.LOCK_SPACE, message.pk])
        deliver(message_id=message.pk, at=AT)
        with pytest.raises(RefusalError, match="en train de partir"):
            cancel(message=message, by=author, at=AT)
        assert (log_of(message), outbox.outbox) == (["QUEUED"], [])
    finally:
        other.close()
    deliver(message_id=message.pk, at=AT)
    assert log_of(message) == ["QUEUED", "STARTED", "SENT"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_outgoingmessage SET body = 'autre'",
        "UPDATE core_outgoingmessage SET recipients = '{autre@example.org}'",
        "DELETE FROM core_outgoingmessage",
        "UPDATE core_messageevent SET detail = 'x'",
        "DELETE FROM core_messageevent",
    ],
)
def test_words_and_log_never_change(author: User, statement: str) -> None:
    queued(author)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_only_the_staff_in_charge_reads_what_others_wrote(author: User) -> None:
    message = queued(author)
    adviser = make_user(Role.ADVISER)
    own = queued(adviser, about=adviser)
    assert list(OutgoingMessage.objects.visible_to(author)) == [own, message]
    assert list(OutgoingMessage.objects.visible_to(adviser)) == [own]
