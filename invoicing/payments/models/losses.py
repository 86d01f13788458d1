"""Receivables that are doubtful or lost. Nothing here changes (database triggers)."""

from django.db import models
from django.db.models import Q

from cae_backoffice.core.money import MoneyField
from invoicing.invoices.models import Invoice
from invoicing.ledger.models import Entry, LedgerQuerySet
from members.people.models import User


class DoubtfulReceivable(models.Model):
    """An invoice whose payment has become doubtful: what is left of it stands on 416 from that day (PCG 416)."""

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="doubt", verbose_name="facture")
    declared_on = models.DateField("douteuse depuis le")
    reason = models.CharField("motif", max_length=160)
    amount = MoneyField("montant")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="+", verbose_name="écriture")
    declared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="déclarée par")

    objects = LedgerQuerySet["DoubtfulReceivable"].as_manager()

    class Meta:
        verbose_name = "créance douteuse"
        verbose_name_plural = "créances douteuses"
        ordering = ["-declared_on", "-id"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="invoicing_doubtful_positive")]

    def __str__(self) -> str:
        return f"Créance douteuse {self.invoice.number}"


class WriteOff(models.Model):
    """What of an invoice is lost for good: 654 excl. VAT; its VAT is no longer owed to the State (CGI 272-1)."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="write_offs", verbose_name="facture")
    written_off_on = models.DateField("passée en perte le")
    reason = models.CharField("motif", max_length=160)
    amount = MoneyField("montant TTC")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="+", verbose_name="écriture")
    written_off_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="décidée par")

    objects = LedgerQuerySet["WriteOff"].as_manager()

    class Meta:
        verbose_name = "perte sur créance"
        verbose_name_plural = "pertes sur créances"
        ordering = ["-written_off_on", "-id"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="invoicing_writeoff_positive")]

    def __str__(self) -> str:
        return f"Perte sur {self.invoice.number}"
