"""The tables of the core: the audit trail, and the messages that leave the house."""

from __future__ import annotations

from typing import NoReturn

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from cae_backoffice.core.access import HoldsRoles, Right, has_right
from cae_backoffice.core.enums import MessageEventKind, MessageState


class AuditEvent(models.Model):
    """Who did what to which record, and when: append-only, each row chained to the one before by SHA-256.

    The database fills position, instant and hashes (trigger `core_audit_chain`) and refuses UPDATE and DELETE.
    The author reference is the one upward foreign key of the core, through Django's swappable user model.
    """

    position = models.BigIntegerField("position", primary_key=True, editable=False)
    happened_at = models.DateTimeField("date et heure", editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="auteur"
    )
    action = models.CharField("action", max_length=60)
    subject_type = models.CharField("type d'objet", max_length=60)
    subject_id = models.BigIntegerField("identifiant")
    subject_label = models.CharField("objet", max_length=200)
    changes = models.JSONField("modifications", default=dict)
    previous_hash = models.CharField("empreinte précédente", max_length=64, editable=False)
    hash = models.CharField("empreinte", max_length=64, editable=False)

    class Meta:
        verbose_name = "événement du journal d'audit"
        verbose_name_plural = "journal d'audit"
        ordering = ["-position"]
        indexes = [models.Index(fields=["subject_type", "subject_id", "-position"], name="core_audit_subject")]

    def __str__(self) -> str:
        return f"{self.position} · {self.action} · {self.subject_label}"

    def save(self, *_args: object, **_kwargs: object) -> NoReturn:
        """Refused: the trail is written by `cae_backoffice.core.audit.record` alone."""
        raise TypeError("audit events are written by cae_backoffice.core.audit.record")


class MessageQuerySet(models.QuerySet["OutgoingMessage"]):
    """Outgoing messages, by who may read them."""

    def visible_to(self, user: HoldsRoles) -> MessageQuerySet:
        """All of them for the staff who look after the mail; to others, what they wrote themselves."""
        if has_right(user, Right.VIEW_MESSAGES):
            return self
        return self.filter(author_id=getattr(user, "pk", None))


class OutgoingMessage(models.Model):
    """A message that the cooperative writes to someone: stored in the transaction that causes it, sent by a job.

    What it says never changes (trigger `core_message_guard`); its state does, until it is sent, failed or cancelled.
    `mail_id` is its Message-ID: a message handed over twice bears the same one, so that the receiver may see it.
    """

    recipients = ArrayField(models.EmailField(), verbose_name="destinataires")
    from_name = models.CharField("nom de l’expéditeur", max_length=120, blank=True)
    reply_to = models.EmailField("réponse à", blank=True)
    title = models.CharField("objet", max_length=200)
    body = models.TextField("texte")
    about_type = models.CharField("type d’objet", max_length=60)
    about_id = models.BigIntegerField("identifiant")
    about_label = models.CharField("concerne", max_length=200)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="auteur"
    )
    queued_at = models.DateTimeField("demandé le")
    state = models.CharField("état", max_length=9, choices=MessageState, default=MessageState.QUEUED)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    next_try_at = models.DateTimeField("prochain essai", null=True, blank=True)
    last_error = models.TextField("dernière erreur", blank=True)
    sent_at = models.DateTimeField("envoyé le", null=True, blank=True)
    mail_id = models.CharField("Message-ID", max_length=200, unique=True)
    resent_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="resent", verbose_name="renvoi de"
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = "message envoyé"
        verbose_name_plural = "messages envoyés"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["about_type", "about_id", "-id"], name="core_message_about"),
            models.Index(
                fields=["next_try_at"], condition=models.Q(state=MessageState.QUEUED), name="core_message_queued"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(recipients__len__gt=0),
                name="core_message_recipients",
                violation_error_message="Un message a au moins un destinataire.",
            ),
            models.CheckConstraint(
                condition=~models.Q(title__regex=r"[\r\n]") & ~models.Q(from_name__regex=r"[\r\n]"),
                name="core_message_headers",
                violation_error_message="L’objet et le nom de l’expéditeur tiennent sur une ligne.",
            ),
            models.CheckConstraint(
                condition=models.Q(state=MessageState.SENT, sent_at__isnull=False, next_try_at__isnull=True)
                | models.Q(state=MessageState.QUEUED, sent_at__isnull=True, next_try_at__isnull=False)
                | models.Q(state=MessageState.CANCELLED, sent_at__isnull=True, next_try_at__isnull=True)
                | (
                    models.Q(state=MessageState.FAILED, sent_at__isnull=True, next_try_at__isnull=True)
                    & ~models.Q(last_error="")
                ),
                name="core_message_state",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class MessageAttachment(models.Model):
    """A file that goes with a message: the name it bears, and where its bytes are kept with their fingerprint."""

    message = models.ForeignKey(
        OutgoingMessage, on_delete=models.PROTECT, related_name="attachments", verbose_name="message"
    )
    name = models.CharField("nom", max_length=120)
    content_type = models.CharField("type", max_length=100)
    path = models.CharField("fichier", max_length=200)
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    size = models.PositiveBigIntegerField("taille (octets)")

    class Meta:
        verbose_name = "pièce jointe"
        verbose_name_plural = "pièces jointes"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class MessageEvent(models.Model):
    """A line of a message's log, append-only: when, which attempt, what happened, and who did it if it was a person."""

    message = models.ForeignKey(
        OutgoingMessage, on_delete=models.PROTECT, related_name="events", verbose_name="message"
    )
    kind = models.CharField("événement", max_length=9, choices=MessageEventKind)
    happened_at = models.DateTimeField("date et heure")
    attempt = models.PositiveSmallIntegerField("essai", default=0)
    detail = models.TextField("détail", blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="auteur",
    )

    class Meta:
        verbose_name = "ligne du journal des messages"
        verbose_name_plural = "journal des messages"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.message_id})"
