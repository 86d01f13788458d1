"""The unalterable record of payments (CGI 286-I-3° bis). Nothing here changes (database triggers)."""

from typing import NoReturn

from django.db import models
from django.db.models import F, Q

from cae_backoffice.core.money import MoneyField
from invoicing.ledger.models import LedgerQuerySet
from invoicing.payments.enums import ClosingKind, PaymentEventKind
from members.people.models import User


class ChainedModel(models.Model):
    """A link of a chain that the database writes: position, hashes and instant come from its trigger."""

    position = models.BigIntegerField("position", primary_key=True, editable=False)
    recorded_at = models.DateTimeField("enregistré le", editable=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="auteur")
    previous_hash = models.CharField("empreinte précédente", max_length=64, editable=False)
    hash = models.CharField("empreinte", max_length=64, editable=False)

    class Meta:
        abstract = True

    def save(self, *_args: object, **_kwargs: object) -> NoReturn:
        """Refused: the room's services write the chain."""
        raise TypeError("payment events and closings are written by invoicing.payments.services")


class PaymentEvent(ChainedModel):
    """One act on payments, append-only and chained by SHA-256 (CGI 286-I-3° bis). What leaves the bank is negative."""

    kind = models.CharField("nature", max_length=9, choices=PaymentEventKind)
    happened_on = models.DateField("date")
    amount = MoneyField("montant")
    details = models.JSONField("références", default=dict)

    objects = LedgerQuerySet["PaymentEvent"].as_manager()

    class Meta:
        verbose_name = "événement de paiement"
        verbose_name_plural = "journal des paiements"
        ordering = ["-position"]
        indexes = [models.Index(fields=["happened_on"], name="invoicing_paymentevent_day")]

    def __str__(self) -> str:
        return f"{self.position} · {self.get_kind_display()}"


class PaymentClosing(ChainedModel):
    """A closing of payments: after it no event may be dated in its period.

    `total` sums what was received less what bounced or was refunded in the period; `running_total` the same over every
    event up to `last_position`, since the first. The trigger reckons them.
    """

    kind = models.CharField("période", max_length=5, choices=ClosingKind)
    starts_on = models.DateField("du")
    ends_on = models.DateField("au")
    event_count = models.PositiveIntegerField("événements", editable=False)
    total = MoneyField("total de la période", editable=False)
    running_total = MoneyField("total perpétuel", max_digits=18, editable=False)
    last_position = models.BigIntegerField("dernier événement", editable=False)

    objects = LedgerQuerySet["PaymentClosing"].as_manager()

    class Meta:
        verbose_name = "clôture des encaissements"
        verbose_name_plural = "clôtures des encaissements"
        ordering = ["-position"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "starts_on"], name="invoicing_closing_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="invoicing_closing_dates"),
        ]

    def __str__(self) -> str:
        return f"Clôture du {self.starts_on:%d/%m/%Y} au {self.ends_on:%d/%m/%Y}"
