"""What was sent of issued documents: the message, the private link in it, and whether an activity sends by itself."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from cae_backoffice.core.access import HoldsRoles
from cae_backoffice.core.models import OutgoingMessage
from cae_backoffice.core.tokens import PrivateLink
from invoicing.invoices.models import Invoice
from invoicing.mailing.enums import TemplateKind
from members.activities.models import Activity
from members.people.models import User


class DownloadLink(PrivateLink):
    """A private link to the stored PDF of an issued document, given in a message."""

    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, related_name="download_links", verbose_name="document"
    )
    created_at = models.DateTimeField("créé le")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="créé par")

    class Meta:
        verbose_name = "lien de téléchargement"
        verbose_name_plural = "liens de téléchargement"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"lien vers {self.invoice.number}"


class DocumentSendingQuerySet(models.QuerySet["DocumentSending"]):
    """Sendings that someone may see."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """Those of the documents one may see."""
        return self.filter(invoice__in=Invoice.objects.visible_to(user))


class DocumentSending(models.Model):
    """An issued document was sent: by which message, with which link, on what occasion. Never changes.

    A document that its activity sends by itself is sent so once (unique constraint).
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="sendings", verbose_name="document")
    kind = models.CharField("occasion", max_length=13, choices=TemplateKind)
    message = models.OneToOneField(OutgoingMessage, on_delete=models.PROTECT, related_name="+", verbose_name="message")
    link = models.ForeignKey(DownloadLink, on_delete=models.PROTECT, related_name="sendings", verbose_name="lien")
    is_automatic = models.BooleanField("envoi automatique", default=False)

    objects = DocumentSendingQuerySet.as_manager()

    class Meta:
        verbose_name = "envoi de document"
        verbose_name_plural = "envois de documents"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["invoice"],
                condition=Q(is_automatic=True),
                name="invoicing_sending_automatic_once",
                violation_error_message="Ce document est déjà parti automatiquement.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.invoice.number}"


class SendingPreference(models.Model):
    """Whether an activity's documents leave by themselves once issued, since when, and who decided it."""

    activity = models.OneToOneField(
        Activity, on_delete=models.PROTECT, related_name="sending_preference", verbose_name="activité"
    )
    is_automatic = models.BooleanField("envoyer dès l’émission", default=False)
    since = models.DateTimeField("depuis le")
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="choisi par")

    class Meta:
        verbose_name = "choix d’envoi"
        verbose_name_plural = "choix d’envoi"
        ordering = ["activity"]

    def __str__(self) -> str:
        return f"{self.activity}\u00a0: {'envoi automatique' if self.is_automatic else 'envoi à la main'}"
