"""What makes manual entries light: templates to start from, and files that hold many."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from cae_backoffice.core.money import MoneyField
from invoicing.ledger.enums import EntrySide
from invoicing.ledger.models.books import Account, Auxiliary, Journal, LedgerQuerySet
from members.activities.models import Activity
from members.people.models import User


class EntryTemplate(models.Model):
    """An entry that comes back every month or year, as a start for typing it: a rent, an instalment, a provision."""

    name = models.CharField("nom", max_length=80, unique=True)
    journal = models.ForeignKey(Journal, on_delete=models.PROTECT, related_name="+", verbose_name="journal")
    label = models.CharField("libellé", max_length=160)

    objects = LedgerQuerySet["EntryTemplate"].as_manager()

    class Meta:
        verbose_name = "modèle d’écriture"
        verbose_name_plural = "modèles d’écriture"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class EntryTemplateLine(models.Model):
    """A line of a template: a fixed amount in euros, a percentage of the amount typed when it is used, or neither."""

    template = models.ForeignKey(
        EntryTemplate, on_delete=models.CASCADE, related_name="lines", verbose_name="modèle d’écriture"
    )
    position = models.PositiveSmallIntegerField("rang")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", verbose_name="compte")
    auxiliary = models.ForeignKey(
        Auxiliary, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="compte auxiliaire"
    )
    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="activité"
    )
    side = models.CharField("sens", max_length=6, choices=EntrySide)
    label = models.CharField("libellé", max_length=160, blank=True)
    amount = MoneyField("montant", null=True, blank=True)
    percentage = models.DecimalField(
        "pourcentage",
        max_digits=6,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )

    class Meta:
        verbose_name = "ligne du modèle"
        verbose_name_plural = "lignes du modèle"
        ordering = ["template", "position"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(percentage__isnull=True),
                name="invoicing_templateline_one_amount",
                violation_error_message="Une ligne du modèle a un montant ou un pourcentage, pas les deux.",
            ),
            models.CheckConstraint(
                condition=(Q(amount__isnull=True) | Q(amount__gt=0))
                & (Q(percentage__isnull=True) | Q(percentage__gt=0, percentage__lte=100)),
                name="invoicing_templateline_positive",
                violation_error_message="Le montant est positif\u00a0; le pourcentage est entre 0 et 100.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.get_side_display()}"


class EntryImport(models.Model):
    """A file of entries that was sent: read and shown first, then imported whole, once, or thrown away.

    The file itself is kept: it is the voucher of its entries (C. com. L123-22, ten years).
    """

    file_name = models.CharField("fichier", max_length=200)
    sha256 = models.CharField(
        "empreinte", max_length=64, unique=True, error_messages={"unique": "Ce fichier a déjà été reçu."}
    )
    content = models.BinaryField("contenu")
    received_on = models.DateField("reçu le")
    received_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="reçu de")
    imported_on = models.DateField("importé le", null=True, blank=True)
    imported_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="importé par"
    )
    entry_count = models.PositiveIntegerField("écritures", default=0)
    line_count = models.PositiveIntegerField("lignes", default=0)

    objects = LedgerQuerySet["EntryImport"].as_manager()

    class Meta:
        verbose_name = "fichier d’écritures"
        verbose_name_plural = "import d’écritures"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(imported_on__isnull=True, imported_by__isnull=True)
                | Q(imported_on__isnull=False, imported_by__isnull=False),
                name="invoicing_entryimport_whole",
                violation_error_message="Un import a une date et un auteur.",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name
