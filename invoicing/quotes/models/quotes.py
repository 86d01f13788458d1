"""Quotes: drafted, sent, answered. What was sent never changes (database triggers)."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from cae_backoffice.core.access import HoldsRoles, Right, has_right
from cae_backoffice.core.money import MoneyField
from cae_backoffice.core.text import stored_search_key
from invoicing.catalogue.models import Product
from invoicing.customers.models import Customer, DeliveryAddress
from invoicing.pricing.enums import PaymentTerms, SupplyNature, Unit
from invoicing.pricing.models import DocumentAdjustment, VatCode
from invoicing.quotes.enums import QuoteState, SaleSetting
from invoicing.quotes.models.starts import GeneralConditions
from members.activities.models import Activity
from members.people.models import User


class QuoteQuerySet(models.QuerySet["Quote"]):
    """Quotes that someone may see."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """All for those who see every invoice; else those of one's own activities."""
        if has_right(user, Right.VIEW_ALL_INVOICES):
            return self
        if not has_right(user, Right.USE_OWN_PAGES):
            return self.none()
        return self.filter(activity__in=Activity.objects.carried_by(getattr(user, "pk", None)))


class QuoteSequence(models.Model):
    """The numbering of the quotes of one year: the row that sending locks."""

    year = models.PositiveSmallIntegerField("année", unique=True)
    last_number = models.PositiveIntegerField("dernier numéro", default=0)

    class Meta:
        verbose_name = "suite de numéros de devis"
        verbose_name_plural = "suites de numéros de devis"

    def __str__(self) -> str:
        return f"D{self.year}"


class Quote(models.Model):
    """An offer of one activity to one customer, valid until a day; the seller is always the cooperative.

    Amounts are in euros; options are printed but are not in `net`, `vat` and `gross`. The number is given when it is
    sent; a later version keeps the number of the one it `replaces`. `fee` is the price of the quote itself, 0 when it
    is free (arrêté du 24 janvier 2017, art. 2).
    """

    state = models.CharField("état", max_length=9, choices=QuoteState, default=QuoteState.DRAFT)
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="quotes", verbose_name="activité")
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="quotes", verbose_name="client"
    )
    delivery_address = models.ForeignKey(
        DeliveryAddress,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="lieu de livraison ou d’exécution",
    )
    number = models.CharField("numéro", max_length=20, null=True, blank=True)
    version = models.PositiveSmallIntegerField("version", default=1)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="remplace"
    )
    issued_on = models.DateField("envoyé le", null=True, blank=True)
    valid_until = models.DateField("valable jusqu’au", null=True, blank=True)
    subject = models.CharField("objet", max_length=160, blank=True)
    introduction = models.TextField("introduction", blank=True, max_length=2000)
    execution = models.CharField("délai ou date d’exécution", max_length=160, blank=True)
    sale_setting = models.CharField("lieu du contrat", max_length=12, choices=SaleSetting, default=SaleSetting.DISTANCE)
    payment_terms = models.CharField(
        "délai de paiement", max_length=3, choices=PaymentTerms, default=PaymentTerms.DAYS_30
    )
    deposit_percent = models.DecimalField("acompte demandé (%)", max_digits=5, decimal_places=2, default=0)
    retention_percent = models.DecimalField("retenue de garantie (%)", max_digits=4, decimal_places=2, default=0)
    fee = MoneyField("prix du devis TTC", default=0)
    terms = models.TextField("conditions particulières", blank=True, max_length=4000)
    conditions = models.ForeignKey(
        GeneralConditions,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="quotes",
        verbose_name="conditions générales",
    )
    net = MoneyField("total HT", default=0)
    vat = MoneyField("TVA", default=0)
    gross = MoneyField("total TTC", default=0)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="rédigé par")
    created_at = models.DateTimeField("créé le", auto_now_add=True)
    sent_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="envoyé par"
    )
    search = stored_search_key("number", "subject")

    objects = QuoteQuerySet.as_manager()

    class Meta:
        verbose_name = "devis"
        verbose_name_plural = "devis"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["activity", "-id"], name="invoicing_quote_activity"),
            models.Index(fields=["state", "-id"], name="invoicing_quote_state"),
            models.Index(fields=["valid_until"], condition=Q(state=QuoteState.SENT), name="invoicing_quote_open"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["number", "version"],
                name="invoicing_quote_number_once",
                violation_error_message="Ce numéro de devis existe déjà.",
            ),
            models.CheckConstraint(
                condition=Q(
                    number__isnull=False,
                    issued_on__isnull=False,
                    valid_until__isnull=False,
                    customer__isnull=False,
                    sent_by__isnull=False,
                )
                & ~Q(state=QuoteState.DRAFT)
                | Q(state=QuoteState.DRAFT, number__isnull=True, issued_on__isnull=True, sent_by__isnull=True),
                name="invoicing_quote_sent_complete",
                violation_error_message="Un devis envoyé a un numéro, une date, une validité et un client\u00a0; "
                "un brouillon n’a ni numéro ni date.",
            ),
            models.CheckConstraint(
                condition=Q(issued_on__isnull=True) | Q(valid_until__gte=F("issued_on")),
                name="invoicing_quote_valid_after_issue",
                violation_error_message="La validité d’un devis ne finit pas avant son envoi.",
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True, version=1) | Q(replaces__isnull=False, version__gt=1),
                name="invoicing_quote_version_replaces",
                violation_error_message="Une version au-delà de la première remplace la précédente.",
            ),
            models.CheckConstraint(
                condition=Q(gross=F("net") + F("vat")),
                name="invoicing_quote_gross_sum",
                violation_error_message="Le total TTC est la somme du HT et de la TVA.",
            ),
            models.CheckConstraint(
                condition=Q(deposit_percent__gte=0) & Q(deposit_percent__lte=100),
                name="invoicing_quote_deposit_range",
                violation_error_message="Un acompte est compris entre 0 et 100\u00a0%%.",
            ),
            models.CheckConstraint(
                condition=Q(retention_percent__gte=0) & Q(retention_percent__lte=5),
                name="invoicing_quote_retention_range",
                violation_error_message="Une retenue de garantie est comprise entre 0 et 5\u00a0%% (loi 71-584).",
            ),
            models.CheckConstraint(
                condition=Q(fee__gte=0),
                name="invoicing_quote_fee_positive",
                violation_error_message="Le prix du devis n’est pas négatif.",
            ),
        ]

    def __str__(self) -> str:
        return f"Devis {self.reference or f'brouillon {self.pk}'}"

    @property
    def reference(self) -> str:
        """The number with its version from the second on: « D2026-00001-V2 »; empty while it is a draft."""
        if self.number is None:
            return ""
        return self.number if self.version == 1 else f"{self.number}-V{self.version}"


class QuoteLine(models.Model):
    """One line: what is offered, how much of it, at which price excl. VAT. An option counts only once it is chosen.

    Consecutive lines of the same `chapter` form one, with its own subtotal.
    """

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="lines", verbose_name="devis")
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
    net = MoneyField("montant HT")
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="produit"
    )

    class Meta:
        verbose_name = "ligne de devis"
        verbose_name_plural = "lignes de devis"
        ordering = ["quote", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["quote", "position"],
                name="invoicing_quoteline_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0),
                name="invoicing_quoteline_price_positive",
                violation_error_message="Un prix unitaire n’est pas négatif\u00a0: mettez la quantité en négatif.",
            ),
            models.CheckConstraint(
                condition=~Q(quantity=0),
                name="invoicing_quoteline_quantity",
                violation_error_message="La quantité d’une ligne n’est pas nulle.",
            ),
            models.CheckConstraint(
                condition=Q(discount_percent__gte=0) & Q(discount_percent__lte=100),
                name="invoicing_quoteline_discount_range",
                violation_error_message="Une remise est comprise entre 0 et 100\u00a0%%.",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class QuoteAdjustment(DocumentAdjustment):
    """A discount or a charge on a whole quote; it bears on the lines, and on the options that are chosen."""

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="adjustments", verbose_name="devis")

    class Meta(DocumentAdjustment.Meta):
        verbose_name = "remise ou frais d’un devis"
        verbose_name_plural = "remises et frais des devis"
        ordering = ["quote", "position"]
        constraints = [
            *DocumentAdjustment.Meta.constraints,
            models.UniqueConstraint(
                fields=["quote", "position"],
                name="invoicing_quoteadjustment_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]
