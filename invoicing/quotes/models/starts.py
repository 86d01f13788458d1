"""What a quote is written from: templates of lines and terms, and the general conditions that go with it."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from cae_backoffice.core.access import HoldsRoles, Right, has_right
from invoicing.pricing.enums import PaymentTerms, SupplyNature, Unit
from invoicing.pricing.models import VatCode
from members.activities.models import Activity


def of_own_or_shared(user: HoldsRoles) -> Q:
    """All for those who see every invoice; else those of one's own activities and the cooperative's."""
    if has_right(user, Right.VIEW_ALL_INVOICES):
        return Q()
    if not has_right(user, Right.USE_OWN_PAGES):
        return Q(pk=None)
    return Q(activity=None) | Q(activity__in=Activity.objects.carried_by(getattr(user, "pk", None)))


class GeneralConditionsQuerySet(models.QuerySet["GeneralConditions"]):
    """General conditions that someone may read."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """All for those who keep the settings; see `of_own_or_shared` for the others."""
        return self if has_right(user, Right.MANAGE_SETTINGS) else self.filter(of_own_or_shared(user))

    def in_force(self, activity: Activity, on: date) -> Self:
        """Those that a quote of this activity carries that day: its own before the cooperative's, the latest first."""
        owned = Q(activity=activity) | Q(activity=None)
        return self.filter(owned, valid_from__lte=on).order_by(
            models.F("activity").asc(nulls_last=True), "-valid_from", "-pk"
        )


class GeneralConditions(models.Model):
    """The general conditions of sale from a date on, of an activity or, without one, of the cooperative.

    A text or a PDF. Once a quote was sent with them they never change (trigger): what binds is what was sent.
    """

    activity = models.ForeignKey(
        Activity,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="general_conditions",
        verbose_name="activité",
        help_text="Vide\u00a0: pour toutes les activités de la coopérative.",
    )
    title = models.CharField("titre", max_length=120, default="Conditions générales de vente")
    valid_from = models.DateField("en vigueur à partir du")
    text = models.TextField("texte", blank=True, max_length=60000)
    pdf = models.FileField("PDF", upload_to="conditions/%Y/", blank=True)
    sha256 = models.CharField("empreinte SHA-256 du PDF", max_length=64, blank=True, editable=False)

    objects = GeneralConditionsQuerySet.as_manager()

    class Meta:
        verbose_name = "conditions générales"
        verbose_name_plural = "conditions générales"
        ordering = ["activity", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                Coalesce("activity", 0),
                "valid_from",
                name="invoicing_conditions_once",
                violation_error_message="Il y a déjà des conditions générales à cette date.",
            ),
            models.CheckConstraint(
                condition=Q(text="") ^ Q(pdf=""),
                name="invoicing_conditions_text_or_pdf",
                violation_error_message="Les conditions générales sont un texte ou un PDF, l’un des deux.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} (depuis le {self.valid_from:%d/%m/%Y})"


class QuoteTemplateQuerySet(models.QuerySet["QuoteTemplate"]):
    """Templates that someone may use."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """See `of_own_or_shared`."""
        return self.filter(of_own_or_shared(user))


class QuoteTemplate(models.Model):
    """Lines and terms from which quotes are begun, of an activity or, without one, of the whole cooperative."""

    activity = models.ForeignKey(
        Activity,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="quote_templates",
        verbose_name="activité",
        help_text="Vide\u00a0: pour toutes les activités de la coopérative.",
    )
    name = models.CharField("nom du modèle", max_length=120)
    subject = models.CharField("objet", max_length=160, blank=True)
    introduction = models.TextField("introduction", max_length=2000, blank=True)
    execution = models.CharField("délai ou date d’exécution", max_length=160, blank=True)
    payment_terms = models.CharField(
        "délai de paiement", max_length=3, choices=PaymentTerms, default=PaymentTerms.DAYS_30
    )
    deposit_percent = models.DecimalField("acompte demandé (%)", max_digits=5, decimal_places=2, default=0)
    retention_percent = models.DecimalField("retenue de garantie (%)", max_digits=4, decimal_places=2, default=0)
    validity_days = models.PositiveSmallIntegerField("durée de validité (jours)", default=30)
    terms = models.TextField("conditions particulières", max_length=4000, blank=True)

    objects = QuoteTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = "modèle de devis"
        verbose_name_plural = "modèles de devis"
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                Coalesce("activity", 0),
                "name",
                name="invoicing_quotetemplate_name_once",
                violation_error_message="Il y a déjà un modèle de devis de ce nom.",
            ),
            models.CheckConstraint(
                condition=Q(deposit_percent__gte=0) & Q(deposit_percent__lte=100),
                name="invoicing_quotetemplate_deposit_range",
                violation_error_message="Un acompte est compris entre 0 et 100\u00a0%%.",
            ),
            models.CheckConstraint(
                condition=Q(retention_percent__gte=0) & Q(retention_percent__lte=5),
                name="invoicing_quotetemplate_retention_range",
                violation_error_message="Une retenue de garantie est comprise entre 0 et 5\u00a0%% (loi 71-584).",
            ),
            models.CheckConstraint(
                condition=Q(validity_days__gte=1) & Q(validity_days__lte=730),
                name="invoicing_quotetemplate_validity_range",
                violation_error_message="Un devis est valable de 1 à 730 jours.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class QuoteTemplateLine(models.Model):
    """A line that a template offers, as `QuoteLine`."""

    template = models.ForeignKey(QuoteTemplate, on_delete=models.CASCADE, related_name="lines", verbose_name="modèle")
    position = models.PositiveSmallIntegerField("rang")
    label = models.CharField("désignation", max_length=160)
    description = models.TextField("détail", blank=True, max_length=2000)
    chapter = models.CharField("chapitre", max_length=120, blank=True, default="")
    is_option = models.BooleanField("option", default=False)
    nature = models.CharField("nature", max_length=8, choices=SupplyNature, default=SupplyNature.SERVICES)
    quantity = models.DecimalField("quantité", max_digits=12, decimal_places=4)
    unit = models.CharField("unité", max_length=3, choices=Unit, default=Unit.UNIT)
    unit_price = models.DecimalField("prix unitaire HT", max_digits=14, decimal_places=6)
    discount_percent = models.DecimalField("remise (%)", max_digits=5, decimal_places=2, default=0)
    vat_code = models.ForeignKey(VatCode, on_delete=models.PROTECT, related_name="+", verbose_name="TVA")

    class Meta:
        verbose_name = "ligne de modèle de devis"
        verbose_name_plural = "lignes de modèle de devis"
        ordering = ["template", "position"]
        constraints = [
            models.UniqueConstraint(fields=["template", "position"], name="invoicing_quotetemplateline_once"),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0) & ~Q(quantity=0),
                name="invoicing_quotetemplateline_figures",
                violation_error_message="Un prix unitaire n’est pas négatif, une quantité n’est pas nulle.",
            ),
        ]

    def __str__(self) -> str:
        return self.label
