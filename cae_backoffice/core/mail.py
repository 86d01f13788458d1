"""Messages that leave the house: queued in the transaction that causes them, sent by a job, logged step by step.

A worker killed after the mail server accepted a message and before that was stored leaves a message of unknown
outcome: it is sent once more, bears the same Message-ID, and the log says so. A second unknown outcome ends in FAILED
for a person to decide: nothing is handed over three times without an answer.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import make_msgid, parseaddr
from smtplib import SMTPAuthenticationError, SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import EmailMessage, get_connection
from django.core.validators import validate_email
from django.db import connection, models, transaction
from procrastinate.contrib.django import app

from cae_backoffice.core import audit
from cae_backoffice.core.enums import MessageEventKind, MessageState
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.models import MessageAttachment, MessageEvent, OutgoingMessage
from cae_backoffice.core.text import control_characters, tidy

SEND_TASK = "core.send_message"
MAX_ATTEMPTS = 9
"""One, two, four… minutes apart: a mail server may be away for four hours."""
LEASE = timedelta(minutes=10)
"""How long an attempt may last before another worker takes the message over; far beyond EMAIL_TIMEOUT."""
MAX_RECIPIENTS = 20
MAX_TITLE = 200
MAX_BYTES = 20 * 1024 * 1024
LOCK_SPACE = 4242002
PERMANENT = 500


@dataclass(frozen=True)
class Attachment:
    """A file to join: its name for the reader, and the stored bytes with the fingerprint they must still have."""

    name: str
    content_type: str
    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class FailedAttempt:
    """Why a message did not leave, in French; whether trying again makes sense; whether it may have left after all."""

    sentence: str
    detail: str
    kind: MessageEventKind


def keep_attachment(*, name: str, content_type: str, content: bytes) -> Attachment:
    """Store bytes that no other record keeps, under their fingerprint: the same bytes are stored once."""
    sha256 = hashlib.sha256(content).hexdigest()
    path = f"messages/{sha256[:2]}/{sha256}"
    if not default_storage.exists(path):
        path = default_storage.save(path, ContentFile(content))
    return Attachment(name=name, content_type=content_type, path=path, sha256=sha256, size=len(content))


@transaction.atomic
def queue_mail(
    *,
    to: Sequence[str],
    subject: str,
    body: str,
    about: models.Model,
    by: AbstractBaseUser,
    at: datetime,
    reply_to: str = "",
    from_name: str = "",
    attachments: Iterable[Attachment] = (),
) -> OutgoingMessage:
    """Write a message about a record, and defer the job that sends it; a rolled-back transaction leaves neither.

    It leaves from the cooperative's address (DEFAULT_FROM_EMAIL) under `from_name`; answers go to `reply_to`. The
    caller audits the act of which this message is a part. Raises RefusalError for an address that is none, an empty
    text, an object or a name on several lines, and files that weigh too much.
    """
    files = list(attachments)
    message = OutgoingMessage(
        recipients=list(dict.fromkeys(address.strip() for address in to)),
        from_name=from_name.strip(),
        reply_to=reply_to.strip(),
        title=subject.strip(),
        body=tidy(body),
        about_type=about._meta.label_lower,
        about_id=about.pk,
        about_label=str(about)[:200],
        author_id=by.pk,
    )
    reasons = _problems(message, files)
    if reasons:
        raise RefusalError(reasons)
    return _queue(message, files, at=at)


@transaction.atomic
def resend(*, message: OutgoingMessage, by: AbstractBaseUser, at: datetime) -> OutgoingMessage:
    """The same words and files to the same people, as a new message that names the first; not while that one waits."""
    former = _locked(message.pk)
    if former.state == MessageState.QUEUED:
        raise RefusalError("Ce message attend encore d’être envoyé.")
    copied = ("recipients", "from_name", "reply_to", "title", "body", "about_type", "about_id", "about_label")
    copy = OutgoingMessage(**{name: getattr(former, name) for name in copied}, author_id=by.pk, resent_of_id=former.pk)
    files = [
        Attachment(name=file.name, content_type=file.content_type, path=file.path, sha256=file.sha256, size=file.size)
        for file in former.attachments.all()
    ]
    copy = _queue(copy, files, at=at)
    _log(former, MessageEventKind.RESENT, at=at, detail=f"Nouveau message n° {copy.pk}", author_id=by.pk)
    audit.record(by=by, action="outgoingmessage.resent", subject=former, changes={"nouveau message": copy.pk})
    return copy


@transaction.atomic
def cancel(*, message: OutgoingMessage, by: AbstractBaseUser, at: datetime) -> OutgoingMessage:
    """Keep a message that waits from leaving; refused once it is sent, or while a worker is handing it over."""
    with _alone_with(message.pk) as alone:
        message = _locked(message.pk)
        if not alone:
            raise RefusalError("Ce message est en train de partir.")
        if message.state != MessageState.QUEUED:
            raise RefusalError("Seul un message en attente peut être annulé.")
        _settle(message, state=MessageState.CANCELLED)
        _log(message, MessageEventKind.CANCELLED, at=at, author_id=by.pk)
        audit.record(by=by, action="outgoingmessage.cancelled", subject=message)
    return message


def deliver(*, message_id: int, at: datetime) -> None:
    """Hand one message over to the mail server, in the job; does nothing when it is no longer queued.

    Each attempt is stored before it begins. A refusal that may pass is tried again later; the others are final.
    """
    with _alone_with(message_id) as alone:
        message = _begin(message_id, at=at) if alone else None
        if message is None:
            return
        failure = _hand_over(message)
        if failure:
            _store_failure(message, failure, at=at)
        else:
            _store_success(message, at=at)


def messages_about(record: models.Model) -> models.QuerySet[OutgoingMessage]:
    """The messages about one record, the latest first, with their logs and files."""
    return (
        OutgoingMessage.objects.filter(about_type=record._meta.label_lower, about_id=record.pk)
        .select_related("author")
        .prefetch_related("events", "attachments")
    )


def overdue_messages(*, at: datetime) -> list[int]:
    """Messages whose next attempt should have begun a while ago: their job was lost, or its worker was killed."""
    waiting = OutgoingMessage.objects.filter(state=MessageState.QUEUED, next_try_at__lt=at - LEASE)
    return list(waiting.order_by("id").values_list("pk", flat=True))


def address_problem(address: str) -> str:
    """Why a text is no e-mail address, in a sentence that quotes it; empty when it is one."""
    try:
        validate_email(address)
    except ValidationError:
        return f"«\u00a0{_printable(address)}\u00a0» n’est pas une adresse de courriel."
    return ""


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)[:80]


def _problems(message: OutgoingMessage, files: Sequence[Attachment]) -> list[str]:
    reasons = [] if message.recipients else ["Il faut au moins un destinataire."]
    if len(message.recipients) > MAX_RECIPIENTS:
        reasons.append(f"Un message a au plus {MAX_RECIPIENTS} destinataires.")
    addresses = [*message.recipients, *([message.reply_to] if message.reply_to else [])]
    reasons += [problem for problem in map(address_problem, addresses) if problem]
    if not message.title or not message.body:
        reasons.append("L’objet et le texte du message sont nécessaires.")
    if len(message.title) > MAX_TITLE:
        reasons.append(f"L’objet du message est trop long ({MAX_TITLE} caractères au plus).")
    one_line = [message.title, message.from_name, *(file.name for file in files)]
    if any(character in text for text in one_line for character in "\r\n") or any(map(control_characters, one_line)):
        reasons.append("L’objet, le nom de l’expéditeur et les noms des fichiers tiennent sur une ligne.")
    if sum(file.size for file in files) > MAX_BYTES:
        reasons.append("Les pièces jointes dépassent 20\u00a0Mo en tout.")
    return reasons


def _queue(message: OutgoingMessage, files: Iterable[Attachment], *, at: datetime) -> OutgoingMessage:
    message.queued_at = message.next_try_at = at
    message.mail_id = make_msgid(domain=_sender_address().rpartition("@")[2])
    message.save(force_insert=True)
    MessageAttachment.objects.bulk_create(
        MessageAttachment(
            message=message,
            name=file.name,
            content_type=file.content_type,
            path=file.path,
            sha256=file.sha256,
            size=file.size,
        )
        for file in files
    )
    _log(message, MessageEventKind.QUEUED, at=at, author_id=message.author_id)
    app.configure_task(SEND_TASK).defer(message_id=message.pk)
    return message


def _sender_address() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


@contextmanager
def _alone_with(message_id: int) -> Iterator[bool]:
    """Whether no other worker has the message in hand; the lock goes with the connection of a worker that dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, message_id % 2**31])
        alone = cursor.fetchone()[0]
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_SPACE, message_id % 2**31])


def _locked(message_id: int) -> OutgoingMessage:
    return OutgoingMessage.objects.select_for_update(of=("self",)).get(pk=message_id)


@transaction.atomic
def _begin(message_id: int, *, at: datetime) -> OutgoingMessage | None:
    message = _locked(message_id)
    if message.state != MessageState.QUEUED:
        return None
    last = message.events.order_by("-id").first()
    if last and last.kind == MessageEventKind.STARTED:
        lost = FailedAttempt(
            "Un envoi a été interrompu\u00a0: le message est peut-être parti.",
            "L’envoi précédent n’a pas rendu compte.",
            MessageEventKind.UNCERTAIN,
        )
        _write_failure(message, lost, at=at)
        if message.state == MessageState.FAILED:
            return None
    message.attempts += 1
    message.next_try_at = at + LEASE
    message.save(update_fields=["attempts", "next_try_at"])
    _log(message, MessageEventKind.STARTED, at=at)
    return message


def _hand_over(message: OutgoingMessage) -> FailedAttempt | None:
    """Read the files, speak to the server; what it answers decides what comes next."""
    files = []
    for file in message.attachments.all():
        content = _content_of(file)
        if content is None:
            sentence = f"La pièce jointe «\u00a0{file.name}\u00a0» n’est plus celle qui avait été enregistrée."
            return FailedAttempt(sentence, file.path, MessageEventKind.FAILED)
        files.append((file.name, content, file.content_type))
    server = get_connection()
    try:
        server.open()
    except (SMTPException, OSError) as error:
        return FailedAttempt("Le serveur d’envoi ne répond pas.", repr(error), MessageEventKind.DEFERRED)
    try:
        server.send_messages([_mail_of(message, files)])
    except (SMTPException, OSError) as error:
        return _reading_of(error)
    finally:
        server.close()
    return None


def _content_of(file: MessageAttachment) -> bytes | None:
    try:
        with default_storage.open(file.path, "rb") as stored:
            content: bytes = stored.read()
    except FileNotFoundError:
        return None
    return content if hashlib.sha256(content).hexdigest() == file.sha256 else None


def _mail_of(message: OutgoingMessage, files: list[tuple[str, bytes, str]]) -> EmailMessage:
    name = message.from_name.replace("\\", "").replace('"', "")
    return EmailMessage(
        subject=message.title,
        body=message.body,
        from_email=f'"{name}" <{_sender_address()}>' if name else settings.DEFAULT_FROM_EMAIL,
        to=message.recipients,
        reply_to=[message.reply_to] if message.reply_to else None,
        attachments=files,
        headers={"Message-ID": message.mail_id, "Auto-Submitted": "auto-generated"},
    )


def _reading_of(error: SMTPException | OSError) -> FailedAttempt:
    """What a failure while sending means: refused for good, refused for now, or no answer at all."""
    if isinstance(error, SMTPRecipientsRefused):
        refused = ", ".join(error.recipients)
        for_good = all(code >= PERMANENT for code, _answer in error.recipients.values())
        kind = MessageEventKind.FAILED if for_good else MessageEventKind.DEFERRED
        return FailedAttempt(f"Adresse refusée par le serveur\u00a0: {refused}.", repr(error), kind)
    if isinstance(error, SMTPAuthenticationError):
        sentence = "Le serveur d’envoi refuse l’identifiant de la coopérative."
        return FailedAttempt(sentence, repr(error), MessageEventKind.DEFERRED)
    if isinstance(error, SMTPResponseException):
        kind = MessageEventKind.FAILED if error.smtp_code >= PERMANENT else MessageEventKind.DEFERRED
        return FailedAttempt(f"Le serveur d’envoi refuse le message (code {error.smtp_code}).", repr(error), kind)
    sentence = "La connexion s’est coupée pendant l’envoi\u00a0: le message est peut-être parti."
    return FailedAttempt(sentence, repr(error), MessageEventKind.UNCERTAIN)


@transaction.atomic
def _store_failure(message: OutgoingMessage, failure: FailedAttempt, *, at: datetime) -> None:
    message = _locked(message.pk)
    _write_failure(message, failure, at=at)
    if message.state == MessageState.QUEUED:
        app.configure_task(SEND_TASK, schedule_at=message.next_try_at).defer(message_id=message.pk)


def _write_failure(message: OutgoingMessage, failure: FailedAttempt, *, at: datetime) -> None:
    """Log it; try again later unless the refusal is final, too many came before, or twice nobody knows."""
    message.last_error = failure.sentence
    unknown_before = message.events.filter(kind=MessageEventKind.UNCERTAIN).exists()
    _log(message, failure.kind, at=at, detail=f"{failure.sentence} {failure.detail}")
    twice_unknown = failure.kind == MessageEventKind.UNCERTAIN and unknown_before
    if failure.kind == MessageEventKind.FAILED or twice_unknown or message.attempts >= MAX_ATTEMPTS:
        _settle(message, state=MessageState.FAILED)
        if failure.kind != MessageEventKind.FAILED:
            _log(message, MessageEventKind.FAILED, at=at, detail="Plus d’essai automatique.")
        return
    message.next_try_at = at + timedelta(minutes=2 ** max(message.attempts - 1, 0))
    message.save(update_fields=["last_error", "next_try_at"])


@transaction.atomic
def _store_success(message: OutgoingMessage, *, at: datetime) -> None:
    message = _locked(message.pk)
    message.sent_at, message.last_error = at, ""
    _settle(message, state=MessageState.SENT)
    _log(message, MessageEventKind.SENT, at=at)


def _settle(message: OutgoingMessage, *, state: MessageState) -> None:
    message.state, message.next_try_at = state, None
    message.save(update_fields=["state", "next_try_at", "last_error", "sent_at"])


def _log(
    message: OutgoingMessage,
    kind: MessageEventKind,
    *,
    at: datetime,
    detail: str = "",
    author_id: int | None = None,
) -> None:
    MessageEvent.objects.create(
        message=message,
        kind=kind,
        happened_at=at,
        attempt=message.attempts,
        detail=detail,
        author_id=author_id,
    )
