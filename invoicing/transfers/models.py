"""Transfers between two activities of the cooperative: one legal person, so neither invoice nor VAT."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from cae_backoffice.core.access import HoldsRoles, Right, has_right
from cae_backoffice.core.money import MoneyField
from cae_backoffice.core.text import stored_search_key
from invoicing.ledger.models import Account, Entry, LedgerQuerySet
from invoicing.transfers.enums import TransferState
from members.activities.models import Activity
from members.people.models import User


class TransferQuerySet(models.QuerySet["InternalTransfer"]):
    """Transfers that someone may see."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """All for those who read the books; else those that one's own activities pay or receive."""
        if has_right(user, Right.VIEW_BOOKS):
            return self
        if not has_right(user, Right.USE_OWN_PAGES):
            return self.none()
        own = Activity.objects.carried_by(getattr(user, "pk", None)).values("pk")
        return self.filter(Q(payer__in=own) | Q(payee__in=own))


class InternalTransfer(models.Model):
    """An amount that one activity of the cooperative gives another, for work done or costs shared.

    One of both activities proposes it, the other accepts or refuses it. Accepted, it has a voucher number, an entry
    that moves the analytics alone, and never changes: an opposite transfer takes it back.
    """

    payer = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+", verbose_name="activité qui verse")
    payee = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+", verbose_name="activité qui reçoit")
    proposer = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+", verbose_name="proposé par")
    amount = MoneyField("montant")
    label = models.CharField("objet", max_length=120)
    details = models.TextField("détail", blank=True, max_length=1000)
    concerns_on = models.DateField("date du travail ou des frais")
    state = models.CharField("état", max_length=9, choices=TransferState, default=TransferState.PROPOSED)
    reason = models.CharField("motif", max_length=300, blank=True)
    number = models.CharField("numéro", max_length=20, null=True, blank=True, unique=True)
    accepted_on = models.DateField("accepté le", null=True, blank=True)
    entry = models.OneToOneField(
        Entry, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="écriture"
    )
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name="annule"
    )
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="saisi par")
    proposed_at = models.DateTimeField("saisi le", auto_now_add=True)
    search = stored_search_key("number", "label")

    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = "transfert interne"
        verbose_name_plural = "transferts internes"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["payer", "-id"], name="invoicing_transfer_payer"),
            models.Index(fields=["payee", "-id"], name="invoicing_transfer_payee"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="invoicing_transfer_positive",
                violation_error_message="Un transfert a un montant positif.",
            ),
            models.CheckConstraint(
                condition=~Q(payer=F("payee")),
                name="invoicing_transfer_two_activities",
                violation_error_message="Un transfert va d’une activité à une autre.",
            ),
            models.CheckConstraint(
                condition=Q(proposer=F("payer")) | Q(proposer=F("payee")),
                name="invoicing_transfer_proposer",
                violation_error_message="L’une des deux activités propose le transfert.",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=TransferState.ACCEPTED, number__isnull=False, accepted_on__isnull=False, entry__isnull=False
                )
                | (
                    ~Q(state=TransferState.ACCEPTED)
                    & Q(number__isnull=True, accepted_on__isnull=True, entry__isnull=True, reverses__isnull=True)
                ),
                name="invoicing_transfer_accepted_complete",
                violation_error_message="Un transfert accepté a un numéro, une date et une écriture.",
            ),
            models.CheckConstraint(
                condition=~Q(state=TransferState.REFUSED) | ~Q(reason=""),
                name="invoicing_transfer_refusal_reason",
                violation_error_message="Un refus a son motif.",
            ),
        ]

    @property
    def receiver(self) -> Activity:
        """The activity that answers."""
        return self.payee if self.proposer_id == self.payer_id else self.payer

    def __str__(self) -> str:
        return f"Transfert {self.number or f'proposé {self.pk}'}"


class TransferSequence(models.Model):
    """The gapless numbering of vouchers in one year: the row that accepting locks."""

    year = models.PositiveSmallIntegerField("année", unique=True)
    last_number = models.PositiveIntegerField("dernier numéro", default=0)

    class Meta:
        verbose_name = "suite de numéros de transfert"
        verbose_name_plural = "suites de numéros de transfert"

    def __str__(self) -> str:
        return f"V{self.year}"


class TransferSettings(models.Model):
    """The account that transfers move, on both sides: it always stands at zero in the general ledger. One row."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", verbose_name="compte")

    objects = LedgerQuerySet["TransferSettings"].as_manager()

    class Meta:
        verbose_name = "compte des transferts internes"
        verbose_name_plural = "compte des transferts internes"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="invoicing_transfersettings_single")]

    def __str__(self) -> str:
        return "Compte des transferts internes"
