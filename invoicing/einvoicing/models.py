"""The life of an electronic invoice after its issue. What is logged never changes (database triggers)."""

from typing import Self

from django.db import models
from django.db.models import Q

from cae_backoffice.core.access import HoldsRoles
from cae_backoffice.core.money import MoneyField
from invoicing.einvoicing.enums import MAX_COMMENT, NEEDS_REASON, LifecycleStatus, StatusReason, StatusSource
from invoicing.invoices.models import Invoice
from invoicing.pricing.enums import VatCategory
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
