"""What the cooperative decided: versions of its rule, waivers, overrides, and which accounts the rule reads."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from cae_backoffice.core.periods import DateRange, IdRange
from invoicing.contributions.enums import RuleState, WaivedPart
from invoicing.ledger.models import Account, LedgerQuerySet
from members.activities.models import Activity
from members.people.models import Person, User

FIRST_OF_MONTH = Q(starts_on__day=1)
FIRST_OF_MONTH_SENTENCE = "Une décision vaut pour des mois entiers\u00a0: elle commence le premier jour d’un mois."
END_SENTENCE = "La fin ne peut pas précéder le début."


class _TextHash(models.Func):
    """A text as a number, so that an exclusion constraint can compare it without an extension."""

    template = "hashtextextended(%(expressions)s, 0)"
    output_field = models.BigIntegerField()


class TextRange(models.Func):
    """A range that holds one text: equal texts overlap, others do not."""

    function = "int8range"
    template = "%(function)s(%(expressions)s, '[]')"
    output_field = models.Field()

    def __init__(self, field: str) -> None:
        super().__init__(_TextHash(F(field)), _TextHash(F(field)))


class ContributionRule(models.Model):
    """One version of the contribution rule, kept whole as its TOML and as the tables that were read in it.

    A proposed version may be changed and replayed; once adopted it never changes (database trigger). It is in force
    from `valid_from` until another adopted version begins or its own end comes.
    """

    name = models.CharField("nom", max_length=200)
    valid_from = models.DateField("en vigueur à partir du")
    decision = models.CharField("décision", max_length=200)
    toml = models.TextField("règle (TOML)")
    content = models.JSONField("contenu lu", default=dict)
    state = models.CharField("état", max_length=8, choices=RuleState, default=RuleState.PROPOSED)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="proposée par")
    adopted_on = models.DateField("adoptée le", null=True, blank=True)
    adopted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="adoptée par"
    )

    objects = LedgerQuerySet["ContributionRule"].as_manager()

    class Meta:
        verbose_name = "version de la règle de contribution"
        verbose_name_plural = "règles de contribution"
        ordering = ["-valid_from", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["valid_from"],
                condition=Q(state=RuleState.IN_FORCE),
                name="invoicing_contributionrule_start_once",
                violation_error_message="Une autre version adoptée commence déjà à cette date.",
            ),
            models.CheckConstraint(
                condition=Q(valid_from__day=1),
                name="invoicing_contributionrule_first_of_month",
                violation_error_message="Une version commence le premier jour d’un mois.",
            ),
            models.CheckConstraint(
                condition=Q(state=RuleState.PROPOSED, adopted_on__isnull=True, adopted_by__isnull=True)
                | Q(state=RuleState.IN_FORCE, adopted_on__isnull=False, adopted_by__isnull=False),
                name="invoicing_contributionrule_adopted_complete",
                violation_error_message="Une version adoptée a une date et un auteur\u00a0; une autre n’en a pas.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, à partir du {self.valid_from:%d/%m/%Y}"


class ContributionWaiver(models.Model):
    """A decision that spares an activity, or each activity that a person carries alone, a part of the contribution."""

    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="activité"
    )
    person = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="personne",
        help_text="Vaut pour les activités qu’elle porte seule\u00a0; pour une activité partagée, désignez l’activité.",
    )
    starts_on = models.DateField("du", help_text="Premier jour d’un mois.")
    ends_on = models.DateField("au", null=True, blank=True, help_text="Vide\u00a0: sans fin. Le mois entamé compte.")
    part = models.CharField("ce qui est exonéré", max_length=7, choices=WaivedPart, default=WaivedPart.WHOLE)
    code = models.CharField(
        "code de ligne", max_length=30, blank=True, help_text="Vide\u00a0: toutes les lignes de la règle."
    )
    decision = models.CharField("décision", max_length=200, help_text="Par exemple\u00a0: CA du 05/02/2026, point 3.")

    objects = LedgerQuerySet["ContributionWaiver"].as_manager()

    class Meta:
        verbose_name = "exonération"
        verbose_name_plural = "exonérations"
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(activity__isnull=True, person__isnull=False)
                | Q(activity__isnull=False, person__isnull=True),
                name="invoicing_contributionwaiver_of_one",
                violation_error_message="Désignez une activité, ou une personne, mais pas les deux.",
            ),
            models.CheckConstraint(
                condition=FIRST_OF_MONTH,
                name="invoicing_contributionwaiver_first_of_month",
                violation_error_message=FIRST_OF_MONTH_SENTENCE,
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="invoicing_contributionwaiver_dates",
                violation_error_message=END_SENTENCE,
            ),
        ]

    def __str__(self) -> str:
        return f"Exonération de {self.activity or self.person}"


class ContributionOverride(models.Model):
    """A decision that gives one activity other values than the rule's for one of its lines."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+", verbose_name="activité")
    code = models.CharField("code de ligne", max_length=30, default="contribution")
    starts_on = models.DateField("du", help_text="Premier jour d’un mois.")
    ends_on = models.DateField("au", null=True, blank=True, help_text="Vide\u00a0: sans fin. Le mois entamé compte.")
    values = models.TextField(
        "valeurs (TOML)", help_text="Comme sous « values » dans une règle\u00a0: ALL.rate = 8, CAPE.monthly_fee = 20…"
    )
    decision = models.CharField("décision", max_length=200, help_text="Par exemple\u00a0: CA du 05/02/2026, point 3.")

    objects = LedgerQuerySet["ContributionOverride"].as_manager()

    class Meta:
        verbose_name = "dérogation"
        verbose_name_plural = "dérogations"
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=FIRST_OF_MONTH,
                name="invoicing_contributionoverride_first_of_month",
                violation_error_message=FIRST_OF_MONTH_SENTENCE,
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="invoicing_contributionoverride_dates",
                violation_error_message=END_SENTENCE,
            ),
            ExclusionConstraint(
                name="invoicing_contributionoverride_no_overlap",
                expressions=[
                    (IdRange("activity"), RangeOperators.OVERLAPS),
                    (TextRange("code"), RangeOperators.OVERLAPS),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                violation_error_message="Une autre dérogation de cette activité couvre une partie de ces dates.",
            ),
        ]

    def __str__(self) -> str:
        return f"Dérogation de {self.activity}"


class MarginAccount(models.Model):
    """An account whose purchases a gross margin deducts, over a period: materials, goods, subcontracting, travel."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", verbose_name="compte")
    starts_on = models.DateField("du")
    ends_on = models.DateField("au", null=True, blank=True)

    objects = LedgerQuerySet["MarginAccount"].as_manager()

    class Meta:
        verbose_name = "compte d’achats déduit de la marge"
        verbose_name_plural = "comptes d’achats déduits de la marge"
        ordering = ["account__number", "-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="invoicing_marginaccount_dates",
                violation_error_message=END_SENTENCE,
            ),
            ExclusionConstraint(
                name="invoicing_marginaccount_no_overlap",
                expressions=[
                    (IdRange("account"), RangeOperators.OVERLAPS),
                    (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
                ],
                violation_error_message="Ce compte est déjà déduit sur une partie de ces dates.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.account)


class ContributionSettings(models.Model):
    """The pair of accounts that contributions move: each activity's charge, the pooled services' income. One row."""

    charge_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", verbose_name="compte de charge des activités"
    )
    income_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", verbose_name="compte de produit des services mutualisés"
    )

    objects = LedgerQuerySet["ContributionSettings"].as_manager()

    class Meta:
        verbose_name = "comptes de la contribution"
        verbose_name_plural = "comptes de la contribution"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="invoicing_contributionsettings_single"),
        ]

    def __str__(self) -> str:
        return "Comptes de la contribution"
