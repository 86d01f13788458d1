"""The audit trail's table."""

from typing import NoReturn

from django.conf import settings
from django.db import models


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
