"""Who approved what, who may approve what they wrote, and how the cooperative wants it."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from cae_backoffice.core.money import MoneyField
from cae_backoffice.core.periods import DateRange, IdRange
from invoicing.invoices.models import Invoice
from members.people.models import Person, User


class Approval(models.Model):
    """One person's approval of a submitted document. Kept for ever; `set_aside_at` is when the document went back to
    draft, after which the approval counts no more.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="approvals", verbose_name="facture")
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="validée par")
    approved_at = models.DateTimeField("validée le", auto_now_add=True)
    under = models.ForeignKey(
        "SelfApproval",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="approvals",
        verbose_name="au titre de l’autovalidation",
    )
    set_aside_at = models.DateTimeField("sans effet depuis le", null=True, blank=True)

    class Meta:
        verbose_name = "validation"
        verbose_name_plural = "validations"
        ordering = ["invoice", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "approved_by"],
                condition=Q(set_aside_at__isnull=True),
                name="invoicing_approval_once",
                violation_error_message="Vous avez déjà validé ce document\u00a0: une autre personne le valide aussi.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice}, validée par {self.approved_by}"


class SelfApproval(models.Model):
    """The right that the cooperative grants a person to approve and issue the documents of their own activities.

    Up to `ceiling` per document, in euros excl. VAT; from one day to another, both included; one at a time.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", verbose_name="personne")
    ceiling = MoneyField("plafond par document (HT)")
    starts_on = models.DateField("du")
    ends_on = models.DateField("au", null=True, blank=True)
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="accordée par")
    reason = models.CharField("motif", max_length=300)

    class Meta:
        verbose_name = "autovalidation"
        verbose_name_plural = "autovalidations"
        ordering = ["person", "-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ceiling__gt=0),
                name="invoicing_selfapproval_ceiling",
                violation_error_message="Le plafond est un montant supérieur à zéro.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="invoicing_selfapproval_dates",
                violation_error_message="L’autovalidation ne peut pas finir avant de commencer.",
            ),
            ExclusionConstraint(
                name="invoicing_selfapproval_one_at_a_time",
                expressions=[
                    (IdRange("person"), RangeOperators.OVERLAPS),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                violation_error_message="Cette personne a déjà une autovalidation sur une partie de ces dates.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, depuis le {self.starts_on:%d/%m/%Y}"


class ApprovalSettings(models.Model):
    """How the cooperative approves, and from when on the queue warns: one row, or none as long as nothing is chosen.

    Amounts are in euros excl. VAT, periods in days.
    """

    four_eyes = models.BooleanField(
        "quatre yeux",
        default=False,
        help_text="Celui qui a rédigé ou soumis un document ne le valide pas.",
    )
    two_approvers_from = MoneyField(
        "deux validations au-dessus de (HT)",
        null=True,
        blank=True,
        help_text="Vide\u00a0: une validation suffit toujours.",
    )
    requires_attachments = models.BooleanField(
        "pièces et mentions exigées selon l’activité",
        default=False,
        help_text="Formation exonérée\u00a0: la convention est jointe, le n° de déclaration d’activité est imprimé.",
    )
    notice_days = models.PositiveSmallIntegerField(
        "contrat ou assurance qui finit\u00a0: prévenir (jours avant)", default=30
    )
    late_days = models.PositiveSmallIntegerField("client en retard de plus de (jours)", default=30)
    unusual_times = models.PositiveSmallIntegerField(
        "montant inhabituel\u00a0: fois le montant médian de l’activité",
        default=3,
        validators=[MinValueValidator(2)],
    )

    class Meta:
        verbose_name = "réglages de la validation"
        verbose_name_plural = "réglages de la validation"
        constraints = [
            models.CheckConstraint(
                condition=Q(id=1),
                name="invoicing_approvalsettings_single",
                violation_error_message="Les réglages de la validation sont uniques.",
            ),
            models.CheckConstraint(
                condition=Q(two_approvers_from__isnull=True) | Q(two_approvers_from__gte=0),
                name="invoicing_approvalsettings_threshold",
                violation_error_message="Le seuil de deux validations n’est pas négatif.",
            ),
            models.CheckConstraint(
                condition=Q(unusual_times__gte=2),
                name="invoicing_approvalsettings_unusual",
                violation_error_message="Un montant inhabituel est au moins le double du montant médian.",
            ),
        ]

    def __str__(self) -> str:
        return "Réglages de la validation"


class ReturnReason(models.Model):
    """A reason for returning a document that the queue offers ready to be sent, or to be completed."""

    text = models.CharField("motif", max_length=300, unique=True)
    is_offered = models.BooleanField("proposé", default=True)

    class Meta:
        verbose_name = "motif de renvoi"
        verbose_name_plural = "motifs de renvoi"
        ordering = ["text"]

    def __str__(self) -> str:
        return self.text
