"""The cooperative's shares: classes, their nominal from a date on, and the register of movements."""

from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Abs

from cae_backoffice.core.access import HoldsRoles
from cae_backoffice.core.money import CENT, MoneyField
from cae_backoffice.core.periods import DateRange, IdRange
from members.people.models import Person
from members.shares.enums import ConversionOrigin, MovementKind, PaymentMeans

TAKEN_IN = [MovementKind.SUBSCRIPTION, MovementKind.CONVERSION]
PAID_IN = [MovementKind.SUBSCRIPTION, MovementKind.PAYMENT]
GIVEN_BACK = [MovementKind.REFUND, MovementKind.CANCELLATION]


class ShareClass(models.Model):
    """A class of shares (« parts A »): all of its shares have the same nominal and the same rights."""

    code = models.CharField("code", max_length=6, unique=True, help_text="Par exemple\u00a0: A.")
    name = models.CharField("nom", max_length=80, help_text="Par exemple\u00a0: parts des salariés.")

    class Meta:
        verbose_name = "catégorie de parts"
        verbose_name_plural = "catégories de parts"
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} · {self.name}"


class ShareNominal(models.Model):
    """The nominal of a share of a class, in euros, from a day on: fixed by the statutes, changed by an assembly."""

    share_class = models.ForeignKey(
        ShareClass, on_delete=models.PROTECT, related_name="nominals", verbose_name="catégorie"
    )
    nominal = MoneyField("valeur nominale", validators=[MinValueValidator(CENT)])
    starts_on = models.DateField("à partir du")
    ends_on = models.DateField("jusqu’au", null=True, blank=True)
    decision = models.CharField("décision", max_length=120)

    class Meta:
        verbose_name = "valeur nominale"
        verbose_name_plural = "valeurs nominales"
        ordering = ["share_class", "-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(nominal__gt=0),
                name="members_nominal_positive",
                violation_error_message="La valeur nominale d’une part est supérieure à zéro.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="members_nominal_dates",
                violation_error_message="La fin d’une valeur nominale suit son début.",
            ),
            ExclusionConstraint(
                name="members_nominal_once_at_a_time",
                expressions=[
                    (IdRange("share_class"), RangeOperators.OVERLAPS),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                violation_error_message="Cette catégorie a déjà une valeur nominale sur une partie de ces dates.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.share_class.code} à partir du {self.starts_on:%d/%m/%Y}"


class ShareMovementQuerySet(models.QuerySet["ShareMovement"]):
    """Movements that someone may see."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """Those of the people one may see."""
        return self.filter(person__in=Person.objects.visible_to(user))


class ShareMovement(models.Model):
    """One line of the register of movements: what a holder gained or lost, of one class, on a day. Append-only.

    `quantity`, `amount` (the quantity at the nominal of the day) and `paid` are negative for what the holder gives
    up; `amount` less `paid` is what remains to be paid. A transfer is two lines: the giver's, and the receiver's,
    which refers to it. Lines are numbered without gap in the order of their dates, so that a register once printed
    for a day never changes.
    """

    number = models.PositiveIntegerField("n°", unique=True)
    kind = models.CharField("mouvement", max_length=12, choices=MovementKind)
    effective_on = models.DateField("date")
    recorded_on = models.DateField("inscrit le")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="share_movements", verbose_name="titulaire"
    )
    share_class = models.ForeignKey(
        ShareClass, on_delete=models.PROTECT, related_name="movements", verbose_name="catégorie"
    )
    quantity = models.IntegerField("parts")
    amount = MoneyField("valeur")
    paid = MoneyField("libéré")
    origin = models.CharField("origine", max_length=9, choices=ConversionOrigin, blank=True)
    means = models.CharField("moyen", max_length=4, choices=PaymentMeans, blank=True)
    decision = models.CharField("décision", max_length=120, help_text="Par exemple\u00a0: AG du 14/06/2025.")
    transfer_of = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="received_as",
        verbose_name="cédées par la ligne",
    )

    objects = ShareMovementQuerySet.as_manager()

    class Meta:
        verbose_name = "mouvement de parts"
        verbose_name_plural = "mouvements de parts"
        ordering = ["-number"]
        indexes = [
            models.Index(fields=["person", "share_class"], name="members_movement_holder"),
            models.Index(fields=["effective_on"], name="members_movement_day"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=MovementKind.PAYMENT, quantity=0, amount=0, paid__gt=0)
                | (Q(kind__in=[*TAKEN_IN, MovementKind.TRANSFER]) & Q(quantity__gt=0, amount__gt=0, paid__gte=0))
                | (Q(kind__in=[*GIVEN_BACK, MovementKind.TRANSFER]) & Q(quantity__lt=0, amount__lt=0, paid__lte=0)),
                name="members_movement_signs",
                violation_error_message="Un mouvement ajoute des parts, en retire ou les libère, selon sa nature.",
            ),
            models.CheckConstraint(
                condition=Q(quantity=0) | Q(paid__lte=Abs("amount"), paid__gte=-Abs("amount")),
                name="members_movement_paid_within_value",
                violation_error_message="Le montant libéré ne dépasse pas la valeur des parts.",
            ),
            models.CheckConstraint(
                condition=(~Q(kind=MovementKind.CONVERSION) & Q(origin=""))
                | (Q(kind=MovementKind.CONVERSION, paid=F("amount")) & ~Q(origin="")),
                name="members_movement_conversion_origin",
                violation_error_message="Une conversion, et elle seule, porte son origine et libère toutes ses parts.",
            ),
            models.CheckConstraint(
                condition=(Q(kind__in=PAID_IN, paid__gt=0) & ~Q(means=""))
                | (~Q(kind__in=PAID_IN, paid__gt=0) & Q(means="")),
                name="members_movement_payment_means",
                violation_error_message="Ce qui est versé porte son moyen, et rien d’autre n’en porte.",
            ),
            models.CheckConstraint(
                condition=Q(transfer_of__isnull=True) | Q(kind=MovementKind.TRANSFER, quantity__gt=0),
                name="members_movement_transfer_pair",
                violation_error_message="Seule la ligne de qui reçoit des parts cédées renvoie à une cession.",
            ),
            models.CheckConstraint(
                condition=Q(recorded_on__gte=F("effective_on")),
                name="members_movement_not_ahead",
                violation_error_message="Un mouvement ne s’inscrit pas à l’avance.",
            ),
            models.CheckConstraint(
                condition=~Q(decision=""),
                name="members_movement_decided",
                violation_error_message="Un mouvement porte la décision qui le fonde.",
            ),
        ]

    def __str__(self) -> str:
        return f"Mouvement n°\u00a0{self.number} du {self.effective_on:%d/%m/%Y}"
