"""Money received and returned, and what it pays. Nothing here changes (database triggers)."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Self, TypeVar

from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from cae_backoffice.core.access import HoldsRoles, Right, has_right
from cae_backoffice.core.money import ZERO, MoneyField, format_euros
from cae_backoffice.core.text import stored_search_key
from invoicing.customers.models import Customer
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.ledger.models import Entry, EntryLine, LedgerQuerySet
from invoicing.payments.enums import PaymentMethod
from invoicing.payments.models.losses import WriteOff
from invoicing.pricing.enums import VatCategory
from members.people.models import User

Record_co = TypeVar("Record_co", bound=models.Model, covariant=True)


class PaymentSequence(models.Model):
    """The gapless numbering of receipts, remittances or refunds in one year: the row that recording locks."""

    prefix = models.CharField("préfixe", max_length=4)
    year = models.PositiveSmallIntegerField("année")
    last_number = models.PositiveIntegerField("dernier numéro", default=0)

    class Meta:
        verbose_name = "suite de numéros de paiement"
        verbose_name_plural = "suites de numéros de paiement"
        constraints = [models.UniqueConstraint(fields=["prefix", "year"], name="invoicing_paymentsequence_once")]

    def __str__(self) -> str:
        return f"{self.prefix}{self.year}"


class ChequeRemittance(models.Model):
    """Cheques taken to the bank together, under one number and one entry (512 against 5112)."""

    number = models.CharField("numéro", max_length=20, unique=True)
    remitted_on = models.DateField("remis le")
    total = MoneyField("total")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="+", verbose_name="écriture")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="établie par")

    objects = LedgerQuerySet["ChequeRemittance"].as_manager()

    class Meta:
        verbose_name = "remise de chèques"
        verbose_name_plural = "remises de chèques"
        ordering = ["-remitted_on", "-id"]
        constraints = [models.CheckConstraint(condition=Q(total__gt=0), name="invoicing_remittance_positive")]

    def __str__(self) -> str:
        return f"Remise {self.number}"


class RemittanceSlip(models.Model):
    """The PDF slip of a remittance, rendered once; these bytes are served ever after."""

    remittance = models.OneToOneField(
        ChequeRemittance, on_delete=models.PROTECT, related_name="slip", verbose_name="remise", primary_key=True
    )
    pdf = models.FileField("PDF", upload_to="documents/%Y/%m/")
    sha256 = models.CharField("empreinte SHA-256", max_length=64)
    size = models.PositiveIntegerField("taille (octets)")
    rendered_at = models.DateTimeField("produit le", auto_now_add=True)

    class Meta:
        verbose_name = "bordereau de remise"
        verbose_name_plural = "bordereaux de remise"

    def __str__(self) -> str:
        return self.pdf.name or ""


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    """Receipts that someone may see, and what is left of them."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """All for those who read the books; else those that pay invoices of one's own activities."""
        if has_right(user, Right.VIEW_BOOKS):
            return self
        if not has_right(user, Right.USE_OWN_PAGES):
            return self.none()
        own = Allocation.objects.filter(receipt=OuterRef("pk"), invoice__in=Invoice.objects.visible_to(user))
        return self.filter(models.Exists(own))

    def with_left(self) -> Self:
        """Annotate `left`: what neither pays an invoice nor was refunded; nothing of a bounced receipt."""
        allocated = _sum_of(Allocation.objects.filter(receipt=OuterRef("pk")), "receipt")
        refunded = _sum_of(Refund.objects.filter(receipt=OuterRef("pk")), "receipt")
        left = Case(
            When(bounce__isnull=False, then=Value(ZERO)),
            default=F("amount") - allocated - refunded,
            output_field=MoneyField(),
        )
        return self.annotate(left=left)


class Receipt(models.Model):
    """Money that came in: what a customer, or someone not yet known, paid on a day.

    `rest_line` is the line, on 411 or 471, that holds what was not allocated when the receipt was recorded.
    """

    number = models.CharField("numéro", max_length=20, unique=True)
    method = models.CharField("moyen", max_length=8, choices=PaymentMethod)
    received_on = models.DateField("reçu le")
    amount = MoneyField("montant")
    payer = models.CharField("payeur", max_length=120)
    reference = models.CharField("référence", max_length=120, blank=True)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="receipts", verbose_name="client"
    )
    bank_name = models.CharField("banque du chèque", max_length=80, blank=True)
    cheque_number = models.CharField("n° de chèque", max_length=20, blank=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="+", verbose_name="écriture")
    rest_line = models.OneToOneField(
        EntryLine, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="ligne du reste"
    )
    remittance = models.ForeignKey(
        ChequeRemittance, models.PROTECT, null=True, blank=True, related_name="receipts", verbose_name="remise"
    )
    search = stored_search_key("number", "payer", "reference", "cheque_number")

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = "encaissement"
        verbose_name_plural = "encaissements"
        ordering = ["-received_on", "-id"]
        indexes = [models.Index(fields=["-received_on", "-id"], name="invoicing_receipt_received")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="invoicing_receipt_positive"),
            models.CheckConstraint(
                condition=Q(method=PaymentMethod.CHEQUE) | Q(bank_name="", cheque_number="", remittance__isnull=True),
                name="invoicing_receipt_cheque",
                violation_error_message="Seul un chèque a une banque, un numéro et une remise.",
            ),
        ]

    def __str__(self) -> str:
        return f"Encaissement {self.number}"


class Refund(models.Model):
    """Money given back to a customer: an over-payment (`receipt`) or what a credit note owes (`credit_note`)."""

    number = models.CharField("numéro", max_length=20, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="refunds", verbose_name="client")
    receipt = models.ForeignKey(
        Receipt, on_delete=models.PROTECT, null=True, blank=True, related_name="refunds", verbose_name="encaissement"
    )
    credit_note = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="refunds", verbose_name="avoir"
    )
    amount = MoneyField("montant")
    refunded_on = models.DateField("remboursé le")
    method = models.CharField("moyen", max_length=8, choices=PaymentMethod, default=PaymentMethod.TRANSFER)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="+", verbose_name="écriture")
    line = models.OneToOneField(EntryLine, on_delete=models.PROTECT, related_name="+", verbose_name="ligne du client")

    objects = LedgerQuerySet["Refund"].as_manager()

    class Meta:
        verbose_name = "remboursement"
        verbose_name_plural = "remboursements"
        ordering = ["-refunded_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="invoicing_refund_positive"),
            models.CheckConstraint(
                condition=Q(receipt__isnull=True, credit_note__isnull=False)
                | Q(receipt__isnull=False, credit_note__isnull=True),
                name="invoicing_refund_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"Remboursement {self.number}"


def _sum_of(rows: models.QuerySet[Record_co], key: str) -> Coalesce:
    """The sum of the rows' amounts as a correlated subquery, zero when there is none."""
    total = rows.order_by().values(key).annotate(total=Sum("amount")).values("total")
    return Coalesce(Subquery(total, output_field=MoneyField()), ZERO)


def paid_so_far() -> Coalesce:
    """An expression on documents: all that was allocated to each, reversals deducted (negative on a credit note)."""
    return _sum_of(Allocation.objects.filter(invoice=OuterRef("pk")), "invoice")


def held_back() -> Case:
    """An expression on documents: the retention that the customer may still keep."""
    return Case(When(release=None, then=F("retention")), default=Value(ZERO), output_field=MoneyField())


def payable() -> Q:
    """Issued invoices that still wait for money: what a receipt may be allocated to."""
    waiting = Invoice.objects.filter(state=InvoiceState.ISSUED).exclude(kind=InvoiceKind.CREDIT_NOTE)
    owed = waiting.alias(paid=paid_so_far(), held=held_back()).filter(gross__gt=F("paid") + F("held"))
    return Q(pk__in=owed.order_by().values("pk"))


def one_of(*names: str) -> Q:
    """Exactly one of these references is there."""
    chosen = (Q(**{f"{other}__isnull": other != name for other in names}) for name in names)
    return reduce(or_, chosen)


class AllocationQuerySet(models.QuerySet["Allocation"]):
    """Allocations that someone may see."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """All for those who read the books; else those of the documents one may see."""
        if has_right(user, Right.VIEW_BOOKS):
            return self
        return self.filter(invoice__in=Invoice.objects.visible_to(user))


class Allocation(models.Model):
    """A part of a receipt, of a credit note, of a refund or of a loss that settles a document.

    It is negative when it takes back another (`reverses`) or when the document settled is a credit note. `line` is the
    line of 411 by which the document is settled; `entry` is empty when nothing had to move in the books.
    """

    receipt = models.ForeignKey(
        Receipt,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="allocations",
        verbose_name="encaissement",
    )
    credit_note = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="offsets", verbose_name="avoir"
    )
    refund = models.ForeignKey(
        Refund,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="allocations",
        verbose_name="remboursement",
    )
    write_off = models.OneToOneField(
        WriteOff, on_delete=models.PROTECT, null=True, blank=True, related_name="allocation", verbose_name="perte"
    )
    invoice = models.ForeignKey(
        Invoice, models.PROTECT, related_name="allocations", verbose_name="facture", limit_choices_to=payable
    )
    amount = MoneyField("montant")
    allocated_on = models.DateField("affecté le")
    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="écriture"
    )
    line = models.ForeignKey(
        EntryLine, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="ligne du client"
    )
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name="annule"
    )

    objects = AllocationQuerySet.as_manager()

    class Meta:
        verbose_name = "affectation"
        verbose_name_plural = "affectations"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="invoicing_allocation_not_zero"),
            models.CheckConstraint(
                condition=one_of("receipt", "credit_note", "refund", "write_off"),
                name="invoicing_allocation_one_source",
            ),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True) | Q(receipt__isnull=False, amount__lt=0),
                name="invoicing_allocation_reversal_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"Affectation de {format_euros(self.amount)}"


class AllocationVat(models.Model):
    """The part of an allocation that falls on one VAT row of the document, and the VAT that became due by it.

    Of a loss, `due_vat` is the pending VAT that never becomes due.
    """

    allocation = models.ForeignKey(
        Allocation, on_delete=models.PROTECT, related_name="vat_rows", verbose_name="affectation"
    )
    category = models.CharField("catégorie", max_length=2, choices=VatCategory)
    rate = models.DecimalField("taux (%)", max_digits=5, decimal_places=2)
    net = MoneyField("HT")
    vat = MoneyField("TVA")
    due_vat = MoneyField("TVA devenue exigible")

    class Meta:
        verbose_name = "TVA d’une affectation"
        verbose_name_plural = "TVA des affectations"
        ordering = ["allocation", "category", "-rate"]
        constraints = [
            models.UniqueConstraint(fields=["allocation", "category", "rate"], name="invoicing_allocationvat_once")
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.rate} % : {self.vat}"


class Bounce(models.Model):
    """A receipt that the bank took back: unpaid cheque, rejected debit. `line` takes back what was left of it."""

    receipt = models.OneToOneField(
        Receipt, on_delete=models.PROTECT, related_name="bounce", verbose_name="encaissement"
    )
    bounced_on = models.DateField("rejeté le")
    reason = models.CharField("motif", max_length=160)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="+", verbose_name="écriture")
    line = models.OneToOneField(
        EntryLine, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="ligne du reste"
    )

    objects = LedgerQuerySet["Bounce"].as_manager()

    class Meta:
        verbose_name = "impayé"
        verbose_name_plural = "impayés"
        ordering = ["-bounced_on", "-id"]

    def __str__(self) -> str:
        return f"Impayé du {self.bounced_on:%d/%m/%Y}"
