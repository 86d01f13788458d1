"""The life of an electronic invoice after its issue. What is logged never changes (database triggers)."""

from typing import Self

from django.db import models
from django.db.models import Q

from cae_backoffice.core.access import HoldsRoles, Right, has_right
from cae_backoffice.core.money import MoneyField
from invoicing.einvoicing.enums import (
    MAX_COMMENT,
    NEEDS_REASON,
    LifecycleStatus,
    StatusReason,
    StatusSource,
    TransmissionKind,
    TransmissionState,
)
from invoicing.invoices.models import Invoice
from invoicing.pricing.enums import VatCategory
from members.activities.models import Activity
from members.people.models import User


class DocumentStatusQuerySet(models.QuerySet["DocumentStatus"]):
    """Statuses that someone may see."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """Those of the documents one may see."""
        return self.filter(invoice__in=Invoice.objects.visible_to(user))


class DocumentStatus(models.Model):
    """One line of the log of an issued document: a status of the reform, who said so, since when, and why.

    `happened_on` is the day of the fact, `recorded_at` the instant of the line. `reference` names what caused it: the
    receipt of « Encaissée », the message of a platform.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="statuses", verbose_name="document")
    code = models.CharField("statut", max_length=3, choices=LifecycleStatus)
    reason = models.CharField("motif", max_length=16, choices=StatusReason, blank=True)
    comment = models.CharField("commentaire", max_length=MAX_COMMENT, blank=True)
    source = models.CharField("origine", max_length=8, choices=StatusSource)
    reference = models.CharField("référence", max_length=64, blank=True)
    happened_on = models.DateField("date")
    recorded_at = models.DateTimeField("enregistré le", auto_now_add=True)
    author = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="enregistré par"
    )

    objects = DocumentStatusQuerySet.as_manager()

    class Meta:
        verbose_name = "statut de facture électronique"
        verbose_name_plural = "statuts de factures électroniques"
        ordering = ["invoice", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(code__in=NEEDS_REASON) | ~Q(reason=""),
                name="invoicing_documentstatus_reason",
                violation_error_message="Ce statut demande un motif.",
            ),
            models.CheckConstraint(
                condition=Q(author__isnull=False) | Q(source=StatusSource.PLATFORM),
                name="invoicing_documentstatus_author",
                violation_error_message="Seule la plateforme enregistre un statut sans auteur.",
            ),
            models.CheckConstraint(
                condition=~Q(code=LifecycleStatus.COLLECTED, source=StatusSource.HAND),
                name="invoicing_documentstatus_collected",
                violation_error_message="Le statut «\u00a0Encaissée\u00a0» suit les encaissements.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice}\u00a0: {self.code} {self.get_code_display()}"


class CollectedAmount(models.Model):
    """What « Encaissée » says of one VAT row: what of the payment falls on it. Negative when the payment is undone."""

    status = models.ForeignKey(DocumentStatus, on_delete=models.PROTECT, related_name="amounts", verbose_name="statut")
    category = models.CharField("catégorie", max_length=2, choices=VatCategory)
    rate = models.DecimalField("taux (%)", max_digits=5, decimal_places=2)
    net = MoneyField("HT")
    vat = MoneyField("TVA")

    class Meta:
        verbose_name = "montant encaissé par taux"
        verbose_name_plural = "montants encaissés par taux"
        ordering = ["status", "category", "-rate"]
        constraints = [
            models.UniqueConstraint(fields=["status", "category", "rate"], name="invoicing_collectedamount_once")
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.rate} % : {self.net + self.vat}"


class TransmissionQuerySet(models.QuerySet["Transmission"]):
    """What is or was to be handed over."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """Only for those who read the books."""
        return self if has_right(user, Right.VIEW_BOOKS) else self.none()


class Transmission(models.Model):
    """One file to hand over to the platform, written in the transaction that causes it: an invoice, or a status.

    `sha256` is the fingerprint of what was handed over, `tracking` the platform's own name for it. An attempt is
    counted before it begins and holds the row until `next_try_at`: a worker that is killed loses nothing.
    """

    kind = models.CharField("nature", max_length=7, choices=TransmissionKind)
    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, related_name="transmissions", verbose_name="document"
    )
    status = models.OneToOneField(
        DocumentStatus, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="statut"
    )
    state = models.CharField("état", max_length=12, choices=TransmissionState, default=TransmissionState.WAITING)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    next_try_at = models.DateTimeField("prochain essai", null=True, blank=True)
    last_error = models.CharField("dernière erreur", max_length=500, blank=True)
    sha256 = models.CharField("empreinte SHA-256", max_length=64, blank=True)
    tracking = models.CharField("référence de la plateforme", max_length=100, blank=True)
    queued_at = models.DateTimeField("mise en attente le", auto_now_add=True)
    sent_at = models.DateTimeField("envoyée le", null=True, blank=True)

    objects = TransmissionQuerySet.as_manager()

    class Meta:
        verbose_name = "transmission à la plateforme"
        verbose_name_plural = "transmissions à la plateforme"
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["next_try_at", "id"],
                condition=Q(state=TransmissionState.WAITING),
                name="invoicing_transmission_next",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["invoice"], condition=Q(kind=TransmissionKind.INVOICE), name="invoicing_transmission_once"
            ),
            models.CheckConstraint(
                condition=Q(kind=TransmissionKind.INVOICE, status__isnull=True)
                | Q(kind=TransmissionKind.STATUS, status__isnull=False),
                name="invoicing_transmission_of_one_thing",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[TransmissionState.SENT, TransmissionState.ACKNOWLEDGED])
                | (~Q(sha256="") & Q(sent_at__isnull=False)),
                name="invoicing_transmission_sent",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[TransmissionState.STUCK, TransmissionState.FAILED]) | ~Q(last_error=""),
                name="invoicing_transmission_why",
                violation_error_message="Une transmission bloquée ou abandonnée dit pourquoi.",
            ),
            models.CheckConstraint(
                condition=Q(state=TransmissionState.WAITING, next_try_at__isnull=False)
                | (~Q(state=TransmissionState.WAITING) & Q(next_try_at__isnull=True)),
                name="invoicing_transmission_next_try",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.invoice.number}"


class ReceivedInvoiceQuerySet(models.QuerySet["ReceivedInvoice"]):
    """Invoices of suppliers."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """Only for those who read the books."""
        return self if has_right(user, Right.VIEW_BOOKS) else self.none()


class ReceivedInvoice(models.Model):
    """An electronic invoice that a supplier sent through the platform: the file as it came, and what its XML says.

    The suffix of the address it was sent to names the activity that it is for. What cannot be read is kept with why.
    """

    name = models.CharField("nom du fichier", max_length=200)
    file = models.FileField("fichier", upload_to="received/%Y/%m/")
    sha256 = models.CharField("empreinte SHA-256", max_length=64, unique=True)
    size = models.PositiveIntegerField("taille (octets)")
    received_at = models.DateTimeField("reçue le", auto_now_add=True)
    activity = models.ForeignKey(
        Activity,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="received_invoices",
        verbose_name="activité",
    )
    address = models.CharField("adresse de réception", max_length=125, blank=True)
    seller_name = models.CharField("fournisseur", max_length=200, blank=True)
    seller_siren = models.CharField("SIREN du fournisseur", max_length=9, blank=True)
    number = models.CharField("numéro", max_length=60, blank=True)
    issued_on = models.DateField("datée du", null=True, blank=True)
    gross = MoneyField("total TTC", null=True, blank=True)
    problem = models.CharField("problème", max_length=500, blank=True)

    objects = ReceivedInvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = "facture reçue"
        verbose_name_plural = "factures reçues"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.seller_name or self.name} {self.number}".strip()
