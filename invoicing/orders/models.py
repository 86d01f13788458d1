"""What a customer ordered: the lines as agreed, the amendments since, and when to invoice what."""

from typing import Self, TypeVar

from django.db import models
from django.db.models import F, Q

from cae_backoffice.core.access import HoldsRoles, Right, has_right
from cae_backoffice.core.money import MoneyField
from cae_backoffice.core.text import stored_search_key
from invoicing.customers.models import Customer, DeliveryAddress
from invoicing.orders.enums import StepKind
from invoicing.pricing.enums import PaymentTerms, SupplyNature, Unit
from invoicing.pricing.models import VatCode
from invoicing.quotes.models import Quote
from members.activities.models import Activity
from members.people.models import User

Part = TypeVar("Part", bound=models.Model)


class OrderSequence(models.Model):
    """The numbering of the orders of one year: the row that an order locks when it is created."""

    year = models.PositiveSmallIntegerField("année", unique=True)
    last_number = models.PositiveIntegerField("dernier numéro", default=0)

    class Meta:
        verbose_name = "suite de numéros de commande"
        verbose_name_plural = "suites de numéros de commande"

    def __str__(self) -> str:
        return f"C{self.year}"


class OrderQuerySet(models.QuerySet["Order"]):
    """Orders that someone may see."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """All for those who see every invoice; else those of one's own activities."""
        if has_right(user, Right.VIEW_ALL_INVOICES):
            return self
        if not has_right(user, Right.USE_OWN_PAGES):
            return self.none()
        return self.filter(activity__in=Activity.objects.carried_by(getattr(user, "pk", None)))


class Order(models.Model):
    """What one customer agreed to buy from one activity, to be invoiced in parts that sum to it.

    `net`, `vat` and `gross` are those of its lines, amendments included, in euros; the VAT is reckoned once per rate.
    It may come from a `quote` that was accepted. Once an invoice refers to it, only an amendment or the cancellation of
    what remains changes it, or the merge of its customer into another (database triggers).
    """

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="orders", verbose_name="activité")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="orders", verbose_name="client")
    quote = models.OneToOneField(
        Quote, on_delete=models.PROTECT, null=True, blank=True, related_name="order", verbose_name="devis"
    )
    delivery_address = models.ForeignKey(
        DeliveryAddress,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="lieu de livraison ou d’exécution",
    )
    number = models.CharField("numéro", max_length=20, unique=True)
    subject = models.CharField("objet", max_length=160)
    ordered_on = models.DateField("commandée le")
    purchase_order = models.CharField("n° de commande du client", max_length=50, blank=True)
    payment_terms = models.CharField(
        "délai de paiement", max_length=3, choices=PaymentTerms, default=PaymentTerms.DAYS_30
    )
    retention_percent = models.DecimalField("retenue de garantie (%)", max_digits=4, decimal_places=2, default=0)
    net = MoneyField("total HT", default=0)
    vat = MoneyField("TVA", default=0)
    gross = MoneyField("total TTC", default=0)
    cancelled_on = models.DateField("reste annulé le", null=True, blank=True)
    cancel_reason = models.CharField("motif de l’annulation", max_length=300, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="saisie par")
    created_at = models.DateTimeField("saisie le", auto_now_add=True)
    search = stored_search_key("number", "subject")

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = "commande"
        verbose_name_plural = "commandes"
        ordering = ["-ordered_on", "-id"]
        indexes = [
            models.Index(fields=["activity", "-ordered_on", "-id"], name="invoicing_order_activity"),
            models.Index(fields=["-ordered_on", "-id"], name="invoicing_order_date"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(gross=F("net") + F("vat")),
                name="invoicing_order_gross_sum",
                violation_error_message="Le total TTC est la somme du HT et de la TVA.",
            ),
            models.CheckConstraint(
                condition=Q(gross__gt=0),
                name="invoicing_order_positive",
                violation_error_message="Le total d’une commande est supérieur à zéro.",
            ),
            models.CheckConstraint(
                condition=Q(retention_percent__gte=0) & Q(retention_percent__lte=5),
                name="invoicing_order_retention_range",
                violation_error_message="Une retenue de garantie est comprise entre 0 et 5\u00a0%% (loi 71-584).",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_on__isnull=True, cancel_reason="")
                | (Q(cancelled_on__isnull=False) & ~Q(cancel_reason="")),
                name="invoicing_order_cancel_reason",
                violation_error_message="Une annulation a une date et un motif.",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_on__isnull=True) | Q(cancelled_on__gte=F("ordered_on")),
                name="invoicing_order_cancelled_after",
                violation_error_message="L’annulation ne peut pas précéder la commande.",
            ),
        ]

    def __str__(self) -> str:
        return f"Commande {self.number}"


class OfOrderQuerySet(models.QuerySet[Part]):
    """What belongs to an order: seen by whoever may see the order."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """Those of the orders one may see."""
        return self.filter(order__in=Order.objects.visible_to(user))


class OrderAmendment(models.Model):
    """An avenant: lines that the customer and the activity added to an order, or took back from it. Never changes."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="amendments", verbose_name="commande")
    rank = models.PositiveSmallIntegerField("rang")
    subject = models.CharField("objet", max_length=160)
    agreed_on = models.DateField("convenu le")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="saisi par")
    created_at = models.DateTimeField("saisi le", auto_now_add=True)

    objects = OfOrderQuerySet["OrderAmendment"].as_manager()

    class Meta:
        verbose_name = "avenant"
        verbose_name_plural = "avenants"
        ordering = ["order", "rank"]
        constraints = [models.UniqueConstraint(fields=["order", "rank"], name="invoicing_amendment_rank_once")]

    def __str__(self) -> str:
        return f"Avenant {self.rank}"


class OrderLine(models.Model):
    """One line as agreed: what, how much, at which price excl. VAT. A discount or a reduction has a negative quantity.

    The lines of an amendment name it; the others were there from the start.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines", verbose_name="commande")
    amendment = models.ForeignKey(
        OrderAmendment, on_delete=models.PROTECT, null=True, blank=True, related_name="lines", verbose_name="avenant"
    )
    position = models.PositiveSmallIntegerField("rang")
    chapter = models.CharField("chapitre", max_length=120, blank=True)
    label = models.CharField("désignation", max_length=160)
    description = models.TextField("détail", blank=True, max_length=2000)
    nature = models.CharField("nature", max_length=8, choices=SupplyNature, default=SupplyNature.SERVICES)
    quantity = models.DecimalField("quantité", max_digits=12, decimal_places=4)
    unit = models.CharField("unité", max_length=3, choices=Unit, default=Unit.UNIT)
    unit_price = models.DecimalField("prix unitaire HT", max_digits=14, decimal_places=6)
    discount_percent = models.DecimalField("remise (%)", max_digits=5, decimal_places=2, default=0)
    vat_code = models.ForeignKey(VatCode, on_delete=models.PROTECT, related_name="+", verbose_name="TVA")
    net = MoneyField("montant HT")

    objects = OfOrderQuerySet["OrderLine"].as_manager()

    class Meta:
        verbose_name = "ligne de commande"
        verbose_name_plural = "lignes de commande"
        ordering = ["order", "position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="invoicing_orderline_position_once"),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0),
                name="invoicing_orderline_price_positive",
                violation_error_message="Un prix unitaire n’est pas négatif\u00a0: mettez la quantité en négatif.",
            ),
            models.CheckConstraint(
                condition=~Q(quantity=0),
                name="invoicing_orderline_quantity_not_zero",
                violation_error_message="La quantité d’une ligne n’est pas nulle.",
            ),
            models.CheckConstraint(
                condition=Q(discount_percent__gte=0) & Q(discount_percent__lte=100),
                name="invoicing_orderline_discount_range",
                violation_error_message="Une remise est comprise entre 0 et 100\u00a0%%.",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class ScheduleStep(models.Model):
    """When to invoice what: a deposit (a percentage, or an amount excl. VAT), a progress reached, the final invoice."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="steps", verbose_name="commande")
    position = models.PositiveSmallIntegerField("rang")
    kind = models.CharField("étape", max_length=8, choices=StepKind)
    percent = models.DecimalField(
        "part (%)",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="De la commande\u00a0; pour une situation, l’avancement atteint.",
    )
    amount = MoneyField("montant HT", null=True, blank=True)
    planned_on = models.DateField("prévue le", null=True, blank=True)

    objects = OfOrderQuerySet["ScheduleStep"].as_manager()

    class Meta:
        verbose_name = "étape de l’échéancier"
        verbose_name_plural = "étapes de l’échéancier"
        ordering = ["order", "position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="invoicing_step_position_once"),
            models.CheckConstraint(
                condition=Q(kind=StepKind.DEPOSIT, percent__gt=0, amount__isnull=True)
                | Q(kind=StepKind.DEPOSIT, percent__isnull=True, amount__gt=0)
                | Q(kind=StepKind.PROGRESS, percent__gt=0, amount__isnull=True)
                | Q(kind=StepKind.FINAL, percent__isnull=True, amount__isnull=True),
                name="invoicing_step_part",
                violation_error_message="Un acompte a un pourcentage ou un montant, une situation un avancement, "
                "et le solde ni l’un ni l’autre.",
            ),
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__lte=100),
                name="invoicing_step_percent_range",
                violation_error_message="Une part ne dépasse pas 100\u00a0%%.",
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(kind=StepKind.FINAL),
                name="invoicing_step_final_once",
                violation_error_message="Une commande a un seul solde.",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
