"""VAT codes as dated data."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q

from cae_backoffice.core.money import MoneyField
from invoicing.pricing.enums import VatCategory


class VatCodeQuerySet(models.QuerySet["VatCode"]):
    """VAT codes by date."""

    def in_force(self, on: date) -> Self:
        """The codes that may be used on a day."""
        return self.filter(valid_from__lte=on).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on))


class VatCode(models.Model):
    """A VAT rate or a reason for none, valid over a period, with the text that must be printed and its source."""

    code = models.CharField("code", max_length=20)
    label = models.CharField("libellé", max_length=80)
    rate = models.DecimalField("taux (%)", max_digits=5, decimal_places=2)
    category = models.CharField("catégorie EN 16931", max_length=2, choices=VatCategory)
    vatex_code = models.CharField("code VATEX", max_length=30, blank=True)
    exemption_text = models.CharField("mention imprimée", max_length=200, blank=True)
    buyer_vat_number_required = models.BooleanField("n° de TVA de l'acheteur obligatoire", default=False)
    valid_from = models.DateField("valable du")
    valid_to = models.DateField("au", null=True, blank=True)
    source = models.CharField("source", max_length=120)

    objects = VatCodeQuerySet.as_manager()

    class Meta:
        verbose_name = "code de TVA"
        verbose_name_plural = "codes de TVA"
        ordering = ["category", "-rate", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "valid_from"],
                name="invoicing_vatcode_once",
                violation_error_message="Ce code existe déjà à cette date.",
            ),
            models.CheckConstraint(
                condition=Q(rate__gte=0) & Q(rate__lte=100),
                name="invoicing_vatcode_rate_range",
                violation_error_message="Un taux de TVA est compris entre 0 et 100\u00a0%%.",
            ),
            models.CheckConstraint(
                condition=Q(category=VatCategory.STANDARD, rate__gt=0)
                | (~Q(category=VatCategory.STANDARD) & Q(rate=0)),
                name="invoicing_vatcode_rate_category",
                violation_error_message="Seule la catégorie S a un taux, et elle en a un.",
            ),
            models.CheckConstraint(
                condition=Q(category__in=[VatCategory.STANDARD, VatCategory.ZERO_RATED]) | ~Q(exemption_text=""),
                name="invoicing_vatcode_reason",
                violation_error_message="Une facturation sans TVA imprime son motif.",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="invoicing_vatcode_dates",
                violation_error_message="Le code ne peut pas finir avant de commencer.",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class DocumentAdjustment(models.Model):
    """A discount (remise) or a charge (frais) on a whole document, in percent of its lines or in euros excl. VAT.

    Each kind of document, quote or invoice, has a table of its own.
    """

    position = models.PositiveSmallIntegerField("rang")
    is_charge = models.BooleanField("frais", default=False)
    reason = models.CharField("motif", max_length=120)
    percent = models.DecimalField("pourcentage", max_digits=5, decimal_places=2, null=True, blank=True)
    amount = MoneyField("montant HT", null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__isnull=True, amount__isnull=False, amount__gt=0)
                | Q(percent__isnull=False, percent__gt=0, percent__lte=100, amount__isnull=True),
                name="%(app_label)s_%(class)s_one",
                violation_error_message="Une remise ou des frais sont en pourcentage ou en euros, au-dessus de zéro.",
            ),
        ]

    def __str__(self) -> str:
        return self.reason
