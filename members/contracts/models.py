"""Contracts between a person and the cooperative, and the three-year clock that starts with the CESA."""

from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from cae_backoffice.core.access import HoldsRoles
from cae_backoffice.core.money import MoneyField
from cae_backoffice.core.periods import DateRange, IdRange
from members.contracts.enums import AmendmentSubject, ContractEnd, ContractKind
from members.people.models import Person, User


class _TwelveMonthsAfter(models.Func):
    """The first day that is no longer inside twelve months from a date."""

    template = "(%(expressions)s + interval '12 months')::date"
    output_field = models.DateField()


def _no_overlap(kind: ContractKind) -> ExclusionConstraint:
    return ExclusionConstraint(
        name=f"members_contract_no_overlap_{kind.value.lower()}",
        expressions=[
            (IdRange("person"), RangeOperators.OVERLAPS),
            (DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS),
        ],
        condition=Q(kind=kind),
        violation_error_message=f"Un autre {kind.label} de cette personne couvre une partie de ces dates.",
    )


class ContractQuerySet(models.QuerySet["Contract"]):
    """Contracts that someone may see."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """Those of the people one may see."""
        return self.filter(person__in=Person.objects.visible_to(user))


class Contract(models.Model):
    """A CAPE (C. com. L127-1), a CESA (C. trav. L7331-1 s.) or an ordinary work contract.

    A CAPE lasts at most twelve months and is renewed at most twice (`renewal` 1 and 2). The fields after the dates
    are the written content of a CESA (C. trav. L7331-2); `ends_on` is the last day, planned or real.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="contracts", verbose_name="personne")
    kind = models.CharField("type", max_length=4, choices=ContractKind)
    renewal = models.PositiveSmallIntegerField("renouvellement n°", default=0)
    signed_on = models.DateField("signé le")
    starts_on = models.DateField("du")
    ends_on = models.DateField("au", null=True, blank=True, help_text="Dernier jour du contrat, inclus.")
    end_reason = models.CharField("motif de fin", max_length=12, choices=ContractEnd, blank=True)
    trial_months = models.PositiveSmallIntegerField("période d’essai (mois)", default=0)
    monthly_hours = models.DecimalField("heures par mois", max_digits=5, decimal_places=2, null=True, blank=True)
    fixed_monthly_pay = MoneyField("part fixe mensuelle brute", null=True, blank=True)
    variable_pay_method = models.TextField("calcul de la part variable", blank=True)
    objectives = models.TextField("objectifs et activité minimale", blank=True)
    means = models.TextField("moyens mis en œuvre et contrôle", blank=True)
    contribution_rule = models.TextField("contribution aux services mutualisés", blank=True)
    statutes_version = models.CharField("version des statuts remise", max_length=60, blank=True)
    client_base_clause = models.TextField("clientèle et propriété intellectuelle", blank=True)
    agreed_deadline_on = models.DateField(
        "échéance convenue pour devenir associé",
        null=True,
        blank=True,
        help_text="Si le contrat en fixe une plus proche.",
    )

    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = "contrat"
        verbose_name_plural = "contrats"
        ordering = ["person", "-starts_on"]
        indexes = [models.Index(fields=["person", "kind", "starts_on"], name="members_contract_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="members_contract_dates",
                violation_error_message="Le contrat ne peut pas finir avant de commencer.",
            ),
            models.CheckConstraint(
                condition=~Q(kind=ContractKind.CAPE)
                | (Q(ends_on__isnull=False) & Q(ends_on__lt=_TwelveMonthsAfter(F("starts_on")))),
                name="members_contract_cape_one_year",
                violation_error_message="Un CAPE dure au plus douze mois (C. com. L127-1).",
            ),
            models.CheckConstraint(
                condition=Q(renewal=0) | (Q(kind=ContractKind.CAPE) & Q(renewal__lte=2)),
                name="members_contract_cape_two_renewals",
                violation_error_message="Un CAPE se renouvelle au plus deux fois (C. com. L127-1).",
            ),
            models.UniqueConstraint(
                fields=["person", "renewal"],
                condition=Q(kind=ContractKind.CAPE),
                name="members_contract_cape_renewal_once",
                violation_error_message="Ce renouvellement du CAPE existe déjà (C. com. L127-1).",
            ),
            models.CheckConstraint(
                condition=Q(trial_months__lte=8) & (Q(trial_months=0) | ~Q(kind=ContractKind.CAPE)),
                name="members_contract_trial_eight_months",
                violation_error_message="La période d’essai d’un CESA dure au plus huit mois (C. trav. L7331-2).",
            ),
            models.CheckConstraint(
                condition=Q(end_reason="") | Q(ends_on__isnull=False),
                name="members_contract_end_reason_dated",
                violation_error_message="Un motif de fin suppose une date de fin.",
            ),
            _no_overlap(ContractKind.CAPE),
            _no_overlap(ContractKind.CESA),
            _no_overlap(ContractKind.WORK),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} de {self.person} du {self.starts_on:%d/%m/%Y}"


class ContractAmendment(models.Model):
    """A signed change to a contract. Append-only: a later amendment corrects an earlier one."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="amendments", verbose_name="contrat")
    number = models.PositiveSmallIntegerField("n°")
    subject = models.CharField("objet", max_length=12, choices=AmendmentSubject)
    signed_on = models.DateField("signé le")
    effective_on = models.DateField("prend effet le")
    description = models.TextField("texte")
    new_ends_on = models.DateField("nouvelle date de fin", null=True, blank=True)
    new_fixed_monthly_pay = MoneyField("nouvelle part fixe mensuelle", null=True, blank=True)
    new_monthly_hours = models.DecimalField(
        "nouvelles heures par mois", max_digits=5, decimal_places=2, null=True, blank=True
    )

    class Meta:
        verbose_name = "avenant"
        verbose_name_plural = "avenants"
        ordering = ["contract", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "number"],
                name="members_amendment_number_once",
                violation_error_message="Ce numéro d’avenant existe déjà.",
            ),
        ]

    def __str__(self) -> str:
        return f"Avenant n° {self.number} · {self.get_subject_display()}"


class AssociateDeadline(models.Model):
    """The day by which a person under CESA must have become associate (C. trav. L7331-3), with its explanation.

    Computed by `members.contracts.rules.three_year_clock` each time a contract of the person is written; the pieces
    are kept so that the figure can be explained. A manager's motivated override replaces the computed date.
    """

    contract = models.OneToOneField(
        Contract, on_delete=models.CASCADE, related_name="deadline", verbose_name="contrat CESA"
    )
    months_subtracted = models.PositiveSmallIntegerField("mois antérieurs déduits")
    days_subtracted = models.PositiveSmallIntegerField("jours antérieurs déduits")
    computed_on = models.DateField("échéance légale")
    override_on = models.DateField("échéance fixée par décision", null=True, blank=True)
    override_reason = models.TextField("motif de la décision", blank=True)
    override_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="décidée par"
    )
    override_decided_on = models.DateField("décidée le", null=True, blank=True)
    deadline_on = models.GeneratedField(
        expression=models.functions.Coalesce(F("override_on"), F("computed_on")),
        output_field=models.DateField(),
        db_persist=True,
        verbose_name="échéance",
    )

    class Meta:
        verbose_name = "échéance des trois ans"
        verbose_name_plural = "échéances des trois ans"
        indexes = [models.Index(fields=["deadline_on"], name="members_deadline_on")]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    override_on__isnull=True,
                    override_reason="",
                    override_by__isnull=True,
                    override_decided_on__isnull=True,
                )
                | (
                    Q(override_on__isnull=False, override_by__isnull=False, override_decided_on__isnull=False)
                    & ~Q(override_reason="")
                ),
                name="members_deadline_override_motivated",
                violation_error_message="Une échéance fixée par décision a une date, un motif et un auteur.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract.person}\u00a0: {self.deadline_on:%d/%m/%Y}"
