"""Who is an associate of the cooperative, from which assembly, until when; in a SCIC, in which college."""

from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from cae_backoffice.core.access import HoldsRoles
from cae_backoffice.core.periods import DateRange, IdRange
from members.associates.enums import AssociateExit
from members.people.models import Person

LEAST_WEIGHT, MOST_WEIGHT = 10, 50
"""Percent of the votes that a college may hold (loi 47-1775, art. 19 octies)."""


class AdmissionQuerySet(models.QuerySet["Admission"]):
    """Admissions that someone may see."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """Those of the people one may see."""
        return self.filter(person__in=Person.objects.visible_to(user))


class Admission(models.Model):
    """A person is an associate from `admitted_on` to `ended_on` (inclusive), by a decision of the general assembly."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="admissions", verbose_name="personne")
    admitted_on = models.DateField("admis le")
    decision = models.CharField(
        "décision", max_length=120, help_text="Par exemple\u00a0: AG du 14/06/2025, résolution 7."
    )
    ended_on = models.DateField("jusqu’au", null=True, blank=True)
    end_reason = models.CharField("motif", max_length=12, choices=AssociateExit, blank=True)

    objects = AdmissionQuerySet.as_manager()

    class Meta:
        verbose_name = "admission comme associé"
        verbose_name_plural = "admissions comme associé"
        ordering = ["-admitted_on", "person"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, end_reason="")
                | (Q(ended_on__gte=F("admitted_on")) & ~Q(end_reason="")),
                name="members_admission_end",
                violation_error_message="La fin suit l’admission et porte un motif.",
            ),
            ExclusionConstraint(
                name="members_admission_once_at_a_time",
                expressions=[
                    (IdRange("person"), RangeOperators.OVERLAPS),
                    (DateRange("admitted_on", "ended_on"), RangeOperators.OVERLAPS),
                ],
                violation_error_message="Cette personne est déjà associée sur une partie de ces dates.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, associé depuis le {self.admitted_on:%d/%m/%Y}"


class College(models.Model):
    """A college of a SCIC: its associates' votes together weigh `weight` percent (loi 47-1775, art. 19 octies)."""

    name = models.CharField("nom", max_length=80)
    weight = models.DecimalField(
        "poids (%)",
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(LEAST_WEIGHT), MaxValueValidator(MOST_WEIGHT)],
    )
    starts_on = models.DateField("à partir du")
    ends_on = models.DateField("jusqu’au", null=True, blank=True)

    class Meta:
        verbose_name = "collège"
        verbose_name_plural = "collèges"
        ordering = ["name", "starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weight__range=(LEAST_WEIGHT, MOST_WEIGHT)),
                name="members_college_weight",
                violation_error_message="Un collège pèse entre 10 et 50\u00a0% des voix (loi 47-1775, art. 19 octies).",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="members_college_dates",
                violation_error_message="La fin d’un collège suit son début.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CollegeMembershipQuerySet(models.QuerySet["CollegeMembership"]):
    """Memberships that someone may see."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """Those of the people one may see."""
        return self.filter(person__in=Person.objects.visible_to(user))


class CollegeMembership(models.Model):
    """In which college an associate votes, over a period."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="colleges", verbose_name="personne")
    college = models.ForeignKey(College, on_delete=models.PROTECT, related_name="memberships", verbose_name="collège")
    starts_on = models.DateField("à partir du")
    ends_on = models.DateField("jusqu’au", null=True, blank=True)

    objects = CollegeMembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "membre d’un collège"
        verbose_name_plural = "membres des collèges"
        ordering = ["person", "-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="members_membership_dates",
                violation_error_message="La fin suit le début.",
            ),
            ExclusionConstraint(
                name="members_membership_once_at_a_time",
                expressions=[
                    (IdRange("person"), RangeOperators.OVERLAPS),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                violation_error_message="Cette personne est déjà dans un collège sur une partie de ces dates.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.college}"
