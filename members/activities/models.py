"""The autonomous activities that the cooperative hosts, their brands, and who carries them."""

from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cae_backoffice.core.access import HoldsRoles, Right, has_right
from cae_backoffice.core.periods import DateRange, IdRange
from cae_backoffice.core.text import stored_search_key
from members.activities.enums import Sector
from members.people.models import Person


class Logo(models.Model):
    """A brand's picture, re-encoded as PNG. Rows never change: issued documents refer to them for ten years."""

    sha256 = models.CharField("empreinte", max_length=64, unique=True)
    png = models.BinaryField("image")
    width = models.PositiveIntegerField("largeur (px)")
    height = models.PositiveIntegerField("hauteur (px)")

    class Meta:
        verbose_name = "logo"
        verbose_name_plural = "logos"

    def __str__(self) -> str:
        return f"logo {self.sha256[:8]}"


class ActivityQuerySet(models.QuerySet["Activity"]):
    """Activities that someone may see."""

    def carried_by(self, user_id: int | None) -> Self:
        """Activities that this account's person carries today or will, under a split convention not yet ended."""
        if user_id is None:
            return self.none()
        shares = SplitShare.objects.filter(person__user_id=user_id).filter(
            Q(convention__ends_on__isnull=True) | Q(convention__ends_on__gte=timezone.localdate())
        )
        return self.filter(pk__in=shares.values("convention__activity_id"))

    def visible_to(self, user: HoldsRoles) -> Self:
        """All for the staff who follow members; those of the people one advises; else one's own."""
        if has_right(user, Right.VIEW_ALL_MEMBERS):
            return self
        user_id = getattr(user, "pk", None)
        if not user.is_active or user_id is None:
            return self.none()
        if has_right(user, Right.VIEW_ADVISED_MEMBERS):
            advised = SplitShare.objects.filter(person__adviser_id=user_id).values("convention__activity_id")
            return self.filter(Q(pk__in=advised) | Q(pk__in=Activity.objects.carried_by(user_id).values("pk")))
        return self.carried_by(user_id)


class Activity(models.Model):
    """An autonomous economic activity inside the cooperative, with its brand and its analytic code."""

    code = models.CharField(
        "code analytique",
        max_length=12,
        unique=True,
        validators=[RegexValidator(r"^[A-Z0-9]{2,12}$", "Le code s’écrit en majuscules et chiffres, sans espace.")],
    )
    name = models.CharField("enseigne", max_length=80)
    sector = models.CharField("secteur", max_length=20, choices=Sector)
    naf_code = models.CharField(
        "code NAF",
        max_length=6,
        blank=True,
        validators=[RegexValidator(r"^[0-9]{2}\.[0-9]{2}[A-Z]$", "Un code NAF s’écrit 62.01Z.")],
    )
    description = models.CharField("présentation", max_length=200, blank=True)
    email = models.EmailField("courriel", blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    website = models.URLField("site web", blank=True)
    city = models.CharField("ville", max_length=80, blank=True)
    logo = models.ForeignKey(
        Logo, on_delete=models.PROTECT, null=True, blank=True, related_name="activities", verbose_name="logo"
    )
    colour = models.CharField(
        "couleur de l’enseigne",
        max_length=7,
        blank=True,
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", "Une couleur s’écrit #rrggbb.")],
    )
    search = stored_search_key("name", "code")

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = "activité"
        verbose_name_plural = "activités"
        ordering = ["search", "id"]
        indexes = [models.Index(fields=["search", "id"], name="members_activity_search")]

    def __str__(self) -> str:
        return self.name


class SplitConvention(models.Model):
    """Who carries an activity over a period, and in which shares; one at a time per activity.

    The shares of a convention sum to exactly 100 % (deferred trigger `members_shares_sum`).
    """

    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, related_name="conventions", verbose_name="activité"
    )
    starts_on = models.DateField("du")
    ends_on = models.DateField("au", null=True, blank=True)

    class Meta:
        verbose_name = "convention de répartition"
        verbose_name_plural = "conventions de répartition"
        ordering = ["activity", "-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="members_convention_dates",
                violation_error_message="La convention ne peut pas finir avant de commencer.",
            ),
            ExclusionConstraint(
                name="members_convention_one_at_a_time",
                expressions=[
                    (IdRange("activity"), RangeOperators.OVERLAPS),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                violation_error_message="Une autre convention de cette activité couvre déjà une partie de ces dates.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activity} · convention du {self.starts_on:%d/%m/%Y}"


class SplitShare(models.Model):
    """The part of one person in an activity under a convention, in percent."""

    convention = models.ForeignKey(
        SplitConvention, on_delete=models.CASCADE, related_name="shares", verbose_name="convention"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="shares", verbose_name="personne")
    percent = models.DecimalField("part (%)", max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = "part d’activité"
        verbose_name_plural = "parts d’activité"
        constraints = [
            models.UniqueConstraint(
                fields=["convention", "person"],
                name="members_share_person_once",
                violation_error_message="Cette personne figure déjà dans la convention.",
            ),
            models.CheckConstraint(
                condition=Q(percent__gt=0) & Q(percent__lte=100),
                name="members_share_percent_range",
                violation_error_message="Une part est comprise entre 0,01\u00a0%% et 100\u00a0%%.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}\u00a0: {self.percent}\u00a0%"


class ActivityInsurance(models.Model):
    """A professional insurance of an activity. The decennial one is printed on construction documents.

    Source: C. assur. L241-1 and L243-2; loi 96-603 art. 22-2 (mention on quotes and invoices).
    """

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="insurances", verbose_name="activité")
    is_decennial = models.BooleanField("assurance décennale", default=False)
    insurer = models.CharField("assureur", max_length=120, help_text="Nom et adresse.")
    policy_number = models.CharField("n° de police", max_length=40)
    cover = models.CharField("garantie", max_length=160)
    territory = models.CharField("couverture géographique", max_length=80, default="France métropolitaine")
    starts_on = models.DateField("du")
    ends_on = models.DateField("au")

    class Meta:
        verbose_name = "assurance"
        verbose_name_plural = "assurances"
        ordering = ["activity", "-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")),
                name="members_insurance_dates",
                violation_error_message="L’assurance ne peut pas finir avant de commencer.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.insurer}, police {self.policy_number}"
