"""The words of the messages to customers: the cooperative's, and those of the activities that have their own."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cae_backoffice.core.access import HoldsRoles, Right, has_right
from invoicing.mailing.enums import TemplateKind
from members.activities.models import Activity


class MailTemplateQuerySet(models.QuerySet["MailTemplate"]):
    """Templates that someone may read."""

    def visible_to(self, user: HoldsRoles) -> MailTemplateQuerySet:
        """All for those who keep the settings; else the cooperative's and those of one's own activities."""
        if has_right(user, Right.MANAGE_SETTINGS):
            return self
        if not has_right(user, Right.USE_OWN_PAGES):
            return self.none()
        own = Activity.objects.carried_by(getattr(user, "pk", None))
        return self.filter(Q(activity=None) | Q(activity__in=own))


class MailTemplate(models.Model):
    """The object and the text of one kind of message, with `{placeholders}`; without activity, the cooperative's.

    Earlier versions stand in the audit trail.
    """

    kind = models.CharField("message", max_length=13, choices=TemplateKind)
    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="activité"
    )
    subject = models.CharField("objet", max_length=160)
    body = models.TextField("texte", max_length=5000)

    objects = MailTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = "modèle de message"
        verbose_name_plural = "modèles de messages"
        ordering = ["kind", "activity_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "activity"],
                nulls_distinct=False,
                name="invoicing_mailtemplate_once",
                violation_error_message="Ce message a déjà un modèle.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.activity or 'coopérative'})"
