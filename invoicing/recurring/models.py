"""Invoices that come back: what they say, when, and what became of each time."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from cae_backoffice.core.access import HoldsRoles, Right, has_right
from cae_backoffice.core.text import stored_search_key
from invoicing.customers.models import Customer
from invoicing.pricing.enums import PaymentTerms, SupplyNature, Unit
from invoicing.pricing.models import VatCode
from invoicing.recurring.enums import Frequency
from members.activities.models import Activity
from members.people.models import User


class RecurringQuerySet(models.QuerySet["RecurringInvoice"]):
    """Recurring invoices that someone may see."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """All for those who see every invoice; else those of one's own activities."""
        if has_right(user, Right.VIEW_ALL_INVOICES):
            return self
        if not has_right(user, Right.USE_OWN_PAGES):
            return self.none()
        return self.filter(activity__in=Activity.objects.carried_by(getattr(user, "pk", None)))


class RecurringInvoice(models.Model):
    """An invoice that an activity sends one customer again and again.

    Each time is a day of the month (31 is its last day), from `starts_on` on, until `ends_on` or `times` invoices,
    whichever comes first. Its draft is prepared `days_ahead` days before, in the name of whoever set it up. What falls
    before `prepares_from` is past, or was skipped by a pause.
    """

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+", verbose_name="activité")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", verbose_name="client")
    subject = models.CharField("objet", max_length=160, blank=True)
    purchase_order = models.CharField("n° de commande ou d'engagement", max_length=50, blank=True)
    payment_terms = models.CharField(
        "délai de paiement", max_length=3, choices=PaymentTerms, default=PaymentTerms.DAYS_30
    )
    note = models.TextField("message au client", blank=True, max_length=1000)
    frequency = models.CharField("fréquence", max_length=9, choices=Frequency, default=Frequency.MONTHLY)
    day = models.PositiveSmallIntegerField("jour du mois", help_text="31 pour le dernier jour du mois.")
    starts_on = models.DateField("à partir du")
    ends_on = models.DateField("jusqu'au", null=True, blank=True)
    times = models.PositiveSmallIntegerField("nombre de factures", null=True, blank=True)
    days_ahead = models.PositiveSmallIntegerField("préparée", default=5, help_text="Jours avant la date.")
    is_submitted = models.BooleanField("soumise aussitôt", default=False)
    is_paused = models.BooleanField("suspendue", default=False)
    prepares_from = models.DateField("prépare à partir du")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="mise en place par")
    created_at = models.DateTimeField("mise en place le", auto_now_add=True)
    search = stored_search_key("subject")

    objects = RecurringQuerySet.as_manager()

    class Meta:
        verbose_name = "facture récurrente"
        verbose_name_plural = "factures récurrentes"
        ordering = ["-id"]
        indexes = [models.Index(fields=["activity", "-id"], name="invoicing_recurring_activity")]
        constraints = [
            models.CheckConstraint(
                condition=Q(day__gte=1, day__lte=31),
                name="invoicing_recurring_day",
                violation_error_message="Le jour du mois va de 1 à 31.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="invoicing_recurring_ends_after_start",
                violation_error_message="La fin ne peut pas précéder le début.",
            ),
            models.CheckConstraint(
                condition=Q(times__isnull=True) | Q(times__gte=1),
                name="invoicing_recurring_times",
                violation_error_message="Il y a au moins une facture.",
            ),
            models.CheckConstraint(
                condition=Q(days_ahead__lte=60),
                name="invoicing_recurring_days_ahead",
                violation_error_message="Une facture se prépare au plus 60 jours avant sa date.",
            ),
        ]

    def __str__(self) -> str:
        return self.subject or f"Facture récurrente {self.pk}"


class RecurringLine(models.Model):
    """One line of it. Its words may hold {mois}, {trimestre}, {année} and {période}, filled each time."""

    recurring = models.ForeignKey(
        RecurringInvoice, on_delete=models.PROTECT, related_name="lines", verbose_name="facture"
    )
    position = models.PositiveSmallIntegerField("rang")
    chapter = models.CharField("chapitre", max_length=120, blank=True, default="")
    label = models.CharField("désignation", max_length=160)
    description = models.TextField("détail", blank=True, max_length=2000)
    nature = models.CharField("nature", max_length=8, choices=SupplyNature, default=SupplyNature.SERVICES)
    quantity = models.DecimalField("quantité", max_digits=12, decimal_places=4)
    unit = models.CharField("unité", max_length=3, choices=Unit, default=Unit.UNIT)
    unit_price = models.DecimalField("prix unitaire HT", max_digits=14, decimal_places=6)
    discount_percent = models.DecimalField("remise (%)", max_digits=5, decimal_places=2, default=0)
    vat_code = models.ForeignKey(VatCode, on_delete=models.PROTECT, related_name="+", verbose_name="TVA")

    class Meta:
        verbose_name = "ligne de facture récurrente"
        verbose_name_plural = "lignes de facture récurrente"
        ordering = ["recurring", "position"]
        constraints = [
            models.UniqueConstraint(fields=["recurring", "position"], name="invoicing_recurringline_position_once"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="invoicing_recurringline_price_positive"),
            models.CheckConstraint(condition=~Q(quantity=0), name="invoicing_recurringline_quantity_not_zero"),
        ]

    def __str__(self) -> str:
        return self.label


class Occurrence(models.Model):
    """One time of a recurring invoice: the draft that was prepared for it, or why none could be. Once per day.

    `document` is the draft's key: a draft may be thrown away, and it is not prepared again.
    """

    recurring = models.ForeignKey(
        RecurringInvoice, on_delete=models.PROTECT, related_name="occurrences", verbose_name="facture récurrente"
    )
    falls_on = models.DateField("pour le")
    prepared_on = models.DateField("préparée le")
    document = models.PositiveBigIntegerField("brouillon", null=True, blank=True)
    refusal = models.TextField("refus", blank=True)

    class Meta:
        verbose_name = "échéance de facture récurrente"
        verbose_name_plural = "échéances de factures récurrentes"
        ordering = ["-falls_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["recurring", "falls_on"],
                name="invoicing_occurrence_once",
                violation_error_message="La facture de ce jour est déjà préparée.",
            ),
            models.CheckConstraint(
                condition=Q(document__isnull=False) | ~Q(refusal=""),
                name="invoicing_occurrence_said",
                violation_error_message="Une échéance a son brouillon, ou la raison de son absence.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.falls_on:%d/%m/%Y}"
