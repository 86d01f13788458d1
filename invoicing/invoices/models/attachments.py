"""The files that go with a document: what the customer ordered or signed, what the law or the cooperative asks for."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from cae_backoffice.core.access import HoldsRoles
from invoicing.invoices.enums import AttachmentFormat, AttachmentKind
from invoicing.invoices.models import Invoice
from members.people.models import User


class DocumentAttachmentQuerySet(models.QuerySet["DocumentAttachment"]):
    """Files of the documents that someone may see."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """Those of the documents one may see."""
        return self.filter(invoice__in=Invoice.objects.visible_to(user))


class DocumentAttachment(models.Model):
    """A file that goes with a document, kept beside it and never sent to the customer.

    Added at any time, taken away only from a draft; it never changes (trigger). `name` is what its author called it,
    without its extension; on disk it has a random one. Pictures are encoded anew; `size` in octets.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="attachments", verbose_name="facture")
    kind = models.CharField("nature de la pièce", max_length=18, choices=AttachmentKind)
    name = models.CharField("nom", max_length=120)
    file = models.FileField("fichier", upload_to="attachments/%Y/%m/")
    format = models.CharField("format", max_length=15, choices=AttachmentFormat)
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    size = models.PositiveIntegerField("taille (octets)")
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="jointe par")
    added_at = models.DateTimeField("jointe le", auto_now_add=True)

    objects = DocumentAttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = "pièce jointe"
        verbose_name_plural = "pièces jointes"
        ordering = ["invoice", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "sha256"],
                name="invoicing_attachment_once",
                violation_error_message="Ce fichier est déjà joint au document.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=AttachmentKind.values, format__in=AttachmentFormat.values),
                name="invoicing_attachment_choices",
                violation_error_message="Une pièce a une nature connue\u00a0; c’est un PDF, un JPEG ou un PNG.",
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$", size__gt=0) & ~Q(name="") & ~Q(file=""),
                name="invoicing_attachment_file",
                violation_error_message="Une pièce a un nom, un fichier et son empreinte.",
            ),
        ]

    def __str__(self) -> str:
        return self.name
