"""Reminders of unpaid invoices, the plan they follow, the rates they are reckoned by, and what holds them back."""

from __future__ import annotations

from typing import Self, TypeVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q

from cae_backoffice.core.access import HoldsRoles, Right, has_right
from cae_backoffice.core.money import MoneyField
from invoicing.customers.models import Customer
from invoicing.invoices.models import Invoice
from invoicing.reminders.enums import InterestKind, ReminderLevel, ReminderMode, ReminderState
from invoicing.sending.models import DocumentSending
from members.people.models import User

Row = TypeVar("Row", bound=models.Model)


def _days(label: str, default: int) -> models.PositiveSmallIntegerField:  # type: ignore[type-arg]
    return models.PositiveSmallIntegerField(
        label, null=True, blank=True, default=default, validators=[MaxValueValidator(365)]
    )


class ReminderPlan(models.Model):
    """When the cooperative reminds its customers, from a day on; a level without days is not used."""

    valid_from = models.DateField("à partir du", unique=True)
    mode = models.CharField("relances", max_length=7, choices=ReminderMode, default=ReminderMode.PROPOSE)
    before_due_days = _days("rappel, jours avant l’échéance", 5)
    friendly_days = _days("relance amicale, jours après", 7)
    firm_days = _days("relance ferme, jours après", 21)
    formal_notice_days = _days("mise en demeure, jours après", 45)
    gap_days = models.PositiveSmallIntegerField("jours entre deux relances, au moins", default=7)
    decision = models.CharField("décision", max_length=160, help_text="Qui l’a décidé, et quand.")

    class Meta:
        verbose_name = "plan de relance"
        verbose_name_plural = "plans de relance"
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(friendly_days=None) | Q(firm_days=None) | Q(friendly_days__lt=F("firm_days")))
                & (Q(firm_days=None) | Q(formal_notice_days=None) | Q(firm_days__lt=F("formal_notice_days")))
                & (Q(friendly_days=None) | Q(formal_notice_days=None) | Q(friendly_days__lt=F("formal_notice_days"))),
                name="invoicing_reminderplan_order",
                violation_error_message="Chaque niveau vient après le précédent.",
            ),
        ]

    def __str__(self) -> str:
        return f"plan du {self.valid_from:%d/%m/%Y}"


class InterestRate(models.Model):
    """A public rate, in percent a year, from a day on, with its source (dated data)."""

    kind = models.CharField("taux", max_length=11, choices=InterestKind)
    valid_from = models.DateField("à partir du")
    rate = models.DecimalField("taux annuel (%)", max_digits=5, decimal_places=2)
    source = models.CharField("source", max_length=160)

    class Meta:
        verbose_name = "taux d’intérêt"
        verbose_name_plural = "taux d’intérêt"
        ordering = ["kind", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "valid_from"],
                name="invoicing_interestrate_once",
                violation_error_message="Ce taux a déjà une valeur à cette date.",
            ),
            models.CheckConstraint(
                condition=Q(rate__gte=0),
                name="invoicing_interestrate_positive",
                violation_error_message="Un taux n’est pas négatif.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} depuis le {self.valid_from:%d/%m/%Y}\u00a0: {self.rate}\u00a0%"


class OfInvoiceQuerySet(models.QuerySet[Row]):
    """What belongs to the documents that someone may see."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """By the document."""
        return self.filter(invoice__in=Invoice.objects.visible_to(user))


class Reminder(models.Model):
    """One level of reminder of one invoice: proposed, then sent, stopped or without object. Never twice at one level.

    `remaining`, `penalties` and `indemnity` are what was asked for when it left. Once it is no longer proposed it does
    not change (trigger `invoicing_reminder_guard`).
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="reminders", verbose_name="facture")
    level = models.CharField("niveau", max_length=13, choices=ReminderLevel)
    state = models.CharField("état", max_length=9, choices=ReminderState, default=ReminderState.PROPOSED)
    proposed_on = models.DateField("proposée le")
    decided_on = models.DateField("partie, arrêtée ou sans objet le", null=True, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="par"
    )
    reason = models.CharField("motif", max_length=160, blank=True)
    remaining = MoneyField("reste à payer", default=0)
    penalties = MoneyField("pénalités", default=0)
    indemnity = MoneyField("indemnité", default=0)
    sending = models.OneToOneField(
        DocumentSending, on_delete=models.PROTECT, null=True, blank=True, related_name="reminder", verbose_name="envoi"
    )

    objects = OfInvoiceQuerySet["Reminder"].as_manager()

    class Meta:
        verbose_name = "relance"
        verbose_name_plural = "relances"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "level"],
                condition=~Q(state=ReminderState.CANCELLED),
                name="invoicing_reminder_once_a_level",
                violation_error_message="Cette facture a déjà sa relance de ce niveau.",
            ),
            models.CheckConstraint(
                condition=Q(state=ReminderState.PROPOSED, decided_on=None, decided_by=None, sending=None)
                | Q(state=ReminderState.SENT, decided_on__isnull=False, sending__isnull=False, remaining__gt=0)
                | (
                    Q(
                        state__in=[ReminderState.STOPPED, ReminderState.CANCELLED],
                        decided_on__isnull=False,
                        sending=None,
                    )
                    & ~Q(reason="")
                ),
                name="invoicing_reminder_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()} {self.invoice.number}"


class PauseQuerySet(models.QuerySet["ReminderPause"]):
    """Pauses that someone may see."""

    def visible_to(self, user: HoldsRoles) -> PauseQuerySet:
        """All for those who see every invoice; else those of one's own documents and customers."""
        if has_right(user, Right.VIEW_ALL_INVOICES):
            return self
        documents = Invoice.objects.visible_to(user)
        return self.filter(Q(invoice__in=documents) | Q(customer__in=Customer.objects.visible_to(user)))


class ReminderPause(models.Model):
    """No reminder of an invoice, or of all those of a customer, up to a day included: a dispute, an agreement."""

    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="pauses", verbose_name="facture"
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="pauses", verbose_name="client"
    )
    reason = models.CharField("motif", max_length=160)
    starts_on = models.DateField("du")
    until = models.DateField("jusqu’au")
    lifted_on = models.DateField("levée le", null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="décidée par")

    objects = PauseQuerySet.as_manager()

    class Meta:
        verbose_name = "pause de relance"
        verbose_name_plural = "pauses de relance"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(invoice=None, customer__isnull=False) | Q(invoice__isnull=False, customer=None),
                name="invoicing_reminderpause_of_one",
                violation_error_message="Une pause porte sur une facture ou sur un client.",
            ),
            models.CheckConstraint(
                condition=Q(until__gte=F("starts_on")),
                name="invoicing_reminderpause_dates",
                violation_error_message="La pause finit avant de commencer.",
            ),
        ]

    def __str__(self) -> str:
        return f"pause jusqu’au {self.until:%d/%m/%Y}\u00a0: {self.reason}"
