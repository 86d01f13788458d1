"""Invoices and credit notes, from draft to the stored PDF. What is issued never changes (database triggers)."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from cae_backoffice.core.access import HoldsRoles, Right, has_right
from cae_backoffice.core.money import MoneyField
from cae_backoffice.core.text import stored_search_key
from invoicing.catalogue.models import Product
from invoicing.customers.models import Customer, DeliveryAddress
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.models.numbers import NumberSequence
from invoicing.ledger.models import Entry, LedgerQuerySet
from invoicing.orders.enums import StepKind
from invoicing.orders.models import Order, OrderLine
from invoicing.pricing.enums import PaymentTerms, SupplyNature, Unit, VatCategory
from invoicing.pricing.models import DocumentAdjustment, VatCode
from members.activities.models import Activity
from members.people.models import User

__all__ = [
    "Invoice",
    "InvoiceAdjustment",
    "InvoiceLine",
    "InvoiceQuerySet",
    "InvoiceVat",
    "IssuedFile",
    "IssuedSnapshot",
    "NumberSequence",
    "RetentionRelease",
]


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    """Documents that someone may see."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """All for those who see every invoice; else those of one's own activities."""
        if has_right(user, Right.VIEW_ALL_INVOICES):
            return self
        if not has_right(user, Right.USE_OWN_PAGES):
            return self.none()
        return self.filter(activity__in=Activity.objects.carried_by(getattr(user, "pk", None)))


class Invoice(models.Model):
    """An invoice, a deposit invoice or a credit note of one activity to one customer.

    The seller is always the cooperative. Amounts are in euros; a credit note's are negative, so that an invoice and
    its full credit note sum to zero. `net`, `vat` and `gross` follow the lines and are written by the services.
    `retention` is the part of `gross` that the customer keeps as a guarantee until its release (loi 71-584, art. 1).

    Credit notes and corrective invoices name the invoice that they correct, and why. A corrective invoice cancels the
    original whole: that cancellation is a credit note `within` it, with its entry and its VAT but no number of the
    sequence, no frozen copy and no PDF of its own.

    An invoice of an order names it and its `part`; its credit notes name it too. One of an order is prepared at a time.
    """

    kind = models.CharField("type", max_length=3, choices=InvoiceKind, default=InvoiceKind.INVOICE)
    state = models.CharField("état", max_length=9, choices=InvoiceState, default=InvoiceState.DRAFT)
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="invoices", verbose_name="activité")
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="invoices", verbose_name="client"
    )
    delivery_address = models.ForeignKey(
        DeliveryAddress,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="adresse de livraison",
    )
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections", verbose_name="corrige"
    )
    correction_reason = models.CharField("motif de la correction", max_length=300, blank=True)
    within = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cancellation",
        verbose_name="facture rectificative qui l’imprime",
    )
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, null=True, blank=True, related_name="invoices", verbose_name="commande"
    )
    part = models.CharField("part de la commande", max_length=8, choices=StepKind, blank=True)
    subject = models.CharField("objet", max_length=160, blank=True)
    supplied_on = models.DateField("date de livraison ou de fin d'exécution", null=True, blank=True)
    purchase_order = models.CharField("n° de commande ou d'engagement", max_length=50, blank=True)
    payment_terms = models.CharField(
        "délai de paiement", max_length=3, choices=PaymentTerms, default=PaymentTerms.DAYS_30
    )
    retention_percent = models.DecimalField("retenue de garantie (%)", max_digits=4, decimal_places=2, default=0)
    retention_due_on = models.DateField("retenue libérable le", null=True, blank=True)
    note = models.TextField("message au client", blank=True, max_length=1000)
    net = MoneyField("total HT", default=0)
    vat = MoneyField("TVA", default=0)
    gross = MoneyField("total TTC", default=0)
    retention = MoneyField("retenue de garantie", default=0)
    number = models.CharField("numéro", max_length=35, null=True, blank=True)
    issued_on = models.DateField("émise le", null=True, blank=True)
    due_on = models.DateField("échéance", null=True, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="rédigée par")
    created_at = models.DateTimeField("créée le", auto_now_add=True)
    submitted_at = models.DateTimeField("soumise le", null=True, blank=True)
    return_reason = models.TextField("motif de renvoi", blank=True)
    search = stored_search_key("number", "subject")

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = "facture"
        verbose_name_plural = "factures"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["activity", "-issued_on", "-id"], name="invoicing_invoice_activity"),
            models.Index(fields=["state", "-id"], name="invoicing_invoice_state"),
            models.Index(fields=["-issued_on", "-id"], name="invoicing_invoice_issued"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["number"],
                name="invoicing_invoice_number_once",
                violation_error_message="Ce numéro de facture existe déjà.",
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=True) | Q(number__regex=r"^[A-Za-z0-9+_/-]{1,35}$"),
                name="invoicing_invoice_number_characters",
                violation_error_message="Un numéro de facture a au plus 35 caractères\u00a0: "
                "lettres, chiffres et + _ / -.",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=InvoiceState.ISSUED,
                    number__isnull=False,
                    issued_on__isnull=False,
                    due_on__isnull=False,
                    customer__isnull=False,
                )
                | (~Q(state=InvoiceState.ISSUED) & Q(number__isnull=True, issued_on__isnull=True, due_on__isnull=True)),
                name="invoicing_invoice_issued_complete",
                violation_error_message="Une facture émise a un numéro, une date, une échéance et un client\u00a0; "
                "une autre n'en a pas encore.",
            ),
            models.CheckConstraint(
                condition=~Q(payment_terms=""),
                name="invoicing_invoice_terms",
                violation_error_message="Une facture a un délai de paiement.",
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | Q(due_on__gte=F("issued_on")),
                name="invoicing_invoice_due_after_issue",
                violation_error_message="L'échéance ne peut pas précéder la date d'émission.",
            ),
            models.CheckConstraint(
                condition=Q(gross=F("net") + F("vat")),
                name="invoicing_invoice_gross_sum",
                violation_error_message="Le total TTC est la somme du HT et de la TVA.",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[InvoiceKind.INVOICE, InvoiceKind.DEPOSIT], corrects__isnull=True)
                | Q(kind__in=[InvoiceKind.CREDIT_NOTE, InvoiceKind.CORRECTIVE], corrects__isnull=False),
                name="invoicing_credit_note_refers",
                violation_error_message="Un avoir ou une facture rectificative corrige une facture, et eux seuls.",
            ),
            models.CheckConstraint(
                condition=Q(within__isnull=True) | Q(kind=InvoiceKind.CREDIT_NOTE, state=InvoiceState.ISSUED),
                name="invoicing_cancellation_is_issued",
                violation_error_message="Une facture rectificative annule par un avoir émis.",
            ),
            models.CheckConstraint(
                condition=Q(retention_percent__gte=0) & Q(retention_percent__lte=5),
                name="invoicing_invoice_retention_range",
                violation_error_message="Une retenue de garantie est comprise entre 0 et 5\u00a0%% (loi 71-584).",
            ),
            models.CheckConstraint(
                condition=Q(retention=0) | Q(retention__gt=0, retention__lt=F("gross"), retention_due_on__isnull=False),
                name="invoicing_invoice_retention_due",
                violation_error_message="Une retenue de garantie a une date de libération.",
            ),
            models.CheckConstraint(
                condition=Q(part="") | Q(order__isnull=False),
                name="invoicing_invoice_part_of_order",
                violation_error_message="Une part est celle d’une commande.",
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=~Q(part="") & ~Q(state=InvoiceState.ISSUED),
                name="invoicing_order_one_in_preparation",
                violation_error_message="Cette commande a déjà une facture en préparation.",
            ),
            models.UniqueConstraint(
                fields=["corrects"],
                condition=Q(kind=InvoiceKind.CORRECTIVE),
                name="invoicing_corrected_once",
                violation_error_message="Cette facture a déjà sa facture rectificative.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number or f'brouillon {self.pk}'}"


class InvoiceLine(models.Model):
    """One line: what was sold, how much of it, at which price excl. VAT. Quantities of a credit note are negative.

    Consecutive lines of the same `chapter` form one. A line that takes off a deposit names its invoice (`deducts`). A
    credit note's line that gives back a quantity names the line sold (`credits`); one that gives back an amount none.
    A line that invoices some of an order's line names it (`order_line`).
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines", verbose_name="facture")
    position = models.PositiveSmallIntegerField("rang")
    label = models.CharField("désignation", max_length=160)
    description = models.TextField("détail", blank=True, max_length=2000)
    chapter = models.CharField("chapitre", max_length=120, blank=True, default="")
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
    deducts = models.ForeignKey(
        Invoice,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="deductions",
        verbose_name="acompte déduit",
    )
    credits = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="credited_by",
        verbose_name="ligne créditée",
    )

    order_line = models.ForeignKey(
        OrderLine, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="ligne de commande"
    )

    class Meta:
        verbose_name = "ligne de facture"
        verbose_name_plural = "lignes de facture"
        ordering = ["invoice", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "position"],
                name="invoicing_line_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0),
                name="invoicing_line_price_positive",
                violation_error_message="Un prix unitaire n'est pas négatif\u00a0: mettez la quantité en négatif.",
            ),
            models.CheckConstraint(
                condition=~Q(unit=""),
                name="invoicing_line_unit",
                violation_error_message="Une ligne a une unité.",
            ),
            models.CheckConstraint(
                condition=~Q(nature=""),
                name="invoicing_line_nature",
                violation_error_message="Une ligne dit si elle vend un bien ou un service.",
            ),
            models.CheckConstraint(
                condition=~Q(quantity=0),
                name="invoicing_line_quantity_not_zero",
                violation_error_message="La quantité d'une ligne n'est pas nulle.",
            ),
            models.CheckConstraint(
                condition=Q(discount_percent__gte=0) & Q(discount_percent__lte=100),
                name="invoicing_line_discount_range",
                violation_error_message="Une remise est comprise entre 0 et 100\u00a0%%.",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class InvoiceAdjustment(DocumentAdjustment):
    """A discount or a charge on a whole invoice; it bears on its lines, not on the deposits that it takes off."""

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="adjustments", verbose_name="facture")

    class Meta(DocumentAdjustment.Meta):
        verbose_name = "remise ou frais d’une facture"
        verbose_name_plural = "remises et frais des factures"
        ordering = ["invoice", "position"]
        constraints = [
            *DocumentAdjustment.Meta.constraints,
            models.UniqueConstraint(
                fields=["invoice", "position"],
                name="invoicing_adjustment_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]


class InvoiceVat(models.Model):
    """VAT of an issued document for one category and rate: computed once on the sum of line nets.

    `pending` is the part of it that becomes due by payment (CGI 269-2 c); the rest was due at issue.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="vat_rows", verbose_name="facture")
    category = models.CharField("catégorie", max_length=2, choices=VatCategory)
    rate = models.DecimalField("taux (%)", max_digits=5, decimal_places=2)
    net = MoneyField("base HT")
    vat = MoneyField("TVA")
    pending = MoneyField("TVA en attente d’encaissement", default=0)

    class Meta:
        verbose_name = "TVA d'une facture"
        verbose_name_plural = "TVA des factures"
        ordering = ["invoice", "category", "-rate"]
        constraints = [models.UniqueConstraint(fields=["invoice", "category", "rate"], name="invoicing_vat_row_once")]

    def __str__(self) -> str:
        return f"{self.category} {self.rate} % : {self.vat}"


class RetentionRelease(models.Model):
    """The end of a retention: what the customer kept is owed like the rest. Never changes."""

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="release", verbose_name="facture")
    released_on = models.DateField("libérée le")
    due_on = models.DateField("échéance")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="+", verbose_name="écriture")
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="libérée par")

    objects = LedgerQuerySet["RetentionRelease"].as_manager()

    class Meta:
        verbose_name = "libération de retenue"
        verbose_name_plural = "libérations de retenue"
        ordering = ["-released_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gte=F("released_on")),
                name="invoicing_release_due",
                violation_error_message="L’échéance ne peut pas précéder la libération.",
            ),
        ]

    def __str__(self) -> str:
        return f"Retenue de {self.invoice.number}"


class IssuedSnapshot(models.Model):
    """Everything an issued document shows, frozen at issue: the only source of its PDF. Never changes."""

    invoice = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, related_name="snapshot", verbose_name="facture", primary_key=True
    )
    content = models.JSONField("contenu")

    class Meta:
        verbose_name = "copie figée"
        verbose_name_plural = "copies figées"

    def __str__(self) -> str:
        return f"copie figée de {self.invoice_id}"


class IssuedFile(models.Model):
    """The PDF of an issued document, rendered once; these bytes are served ever after (10 years). Never changes."""

    invoice = models.OneToOneField(
        Invoice, on_delete=models.PROTECT, related_name="file", verbose_name="facture", primary_key=True
    )
    pdf = models.FileField("PDF", upload_to="documents/%Y/%m/")
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    size = models.PositiveIntegerField("taille (octets)")
    rendered_at = models.DateTimeField("produit le", auto_now_add=True)

    class Meta:
        verbose_name = "PDF émis"
        verbose_name_plural = "PDF émis"

    def __str__(self) -> str:
        return self.pdf.name or ""
