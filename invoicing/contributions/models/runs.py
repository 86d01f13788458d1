"""The monthly runs and everything they explain. What a run posted never changes (database triggers)."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from cae_backoffice.core.access import HoldsRoles, Right, has_right
from cae_backoffice.core.money import MoneyField
from invoicing.contributions.enums import RunState
from invoicing.ledger.models import Entry, LedgerQuerySet
from members.activities.models import Activity
from members.people.models import User


class ContributionRun(models.Model):
    """The contributions of a month for every activity: asked for, posted in one go, perhaps taken back.

    `context` is a fingerprint of the rule and fiscal years that reckoned it, so that the next run knows whether it may
    go on from this one.
    """

    month = models.DateField("mois")
    state = models.CharField("état", max_length=8, choices=RunState, default=RunState.WAITING)
    progress = models.PositiveSmallIntegerField("avancement (%)", default=0)
    failure = models.TextField("motif du refus", blank=True)
    statements_count = models.PositiveIntegerField("activités", default=0)
    total = MoneyField("total", default=0)
    context = models.CharField("empreinte de la règle", max_length=64, blank=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="lancé par")
    asked_at = models.DateTimeField("lancé le", auto_now_add=True)
    posted_on = models.DateField("comptabilisé le", null=True, blank=True)
    reversed_on = models.DateField("annulé le", null=True, blank=True)
    reversed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="annulé par"
    )
    reversal_reason = models.CharField("motif de l’annulation", max_length=160, blank=True)

    objects = LedgerQuerySet["ContributionRun"].as_manager()

    class Meta:
        verbose_name = "calcul des contributions"
        verbose_name_plural = "calculs des contributions"
        ordering = ["-month", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["month"],
                condition=Q(state__in=[RunState.WAITING, RunState.POSTED]),
                name="invoicing_contributionrun_month_once",
                violation_error_message="Les contributions de ce mois sont déjà calculées.",
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="invoicing_contributionrun_first_of_month"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="invoicing_contributionrun_progress"),
            models.CheckConstraint(
                condition=Q(state__in=[RunState.WAITING, RunState.FAILED], posted_on__isnull=True)
                | Q(state__in=[RunState.POSTED, RunState.REVERSED], posted_on__isnull=False),
                name="invoicing_contributionrun_posted_dated",
            ),
            models.CheckConstraint(
                condition=Q(state=RunState.REVERSED, reversed_on__isnull=False, reversed_by__isnull=False)
                & ~Q(reversal_reason="")
                | ~Q(state=RunState.REVERSED)
                & Q(reversed_on__isnull=True, reversed_by__isnull=True, reversal_reason=""),
                name="invoicing_contributionrun_reversal_complete",
                violation_error_message="Une annulation a une date, un auteur et un motif.",
            ),
        ]

    def __str__(self) -> str:
        return f"Contributions {self.month:%m/%Y}"


class StatementQuerySet(models.QuerySet["ContributionStatement"]):
    """Statements that someone may see."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """All for those who read the books; else the posted ones of one's own activities."""
        if has_right(user, Right.VIEW_BOOKS):
            return self
        if not has_right(user, Right.USE_OWN_PAGES):
            return self.none()
        own = Activity.objects.carried_by(getattr(user, "pk", None))
        return self.filter(activity__in=own, run__state=RunState.POSTED)


class ContributionStatement(models.Model):
    """What a run takes from one activity, with its entry when there is something to take or to give back.

    `inputs` is a fingerprint of every figure of the activity up to the month: a later document changes it.
    """

    run = models.ForeignKey(ContributionRun, on_delete=models.PROTECT, related_name="statements", verbose_name="calcul")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+", verbose_name="activité")
    amount = MoneyField("montant")
    inputs = models.CharField("empreinte des chiffres", max_length=40)
    entry = models.OneToOneField(
        Entry, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="écriture"
    )

    objects = StatementQuerySet.as_manager()

    class Meta:
        verbose_name = "relevé de contribution"
        verbose_name_plural = "relevés de contribution"
        ordering = ["-run__month", "activity__search"]
        constraints = [
            models.UniqueConstraint(fields=["run", "activity"], name="invoicing_contributionstatement_once"),
            models.CheckConstraint(
                condition=Q(amount=0) | Q(entry__isnull=False),
                name="invoicing_contributionstatement_posted",
            ),
        ]

    def __str__(self) -> str:
        return f"Contribution {self.run.month:%m/%Y} de {self.activity}"


class ContributionLine(models.Model):
    """What a statement takes for one month and one line of the rule, with all that explains it.

    The run's own month, or an earlier one that amounts to something else than what was `taken` for it: a correction,
    with its visible `reason`. `detail` is the line as `rules.stored` writes it.
    """

    statement = models.ForeignKey(
        ContributionStatement, on_delete=models.PROTECT, related_name="lines", verbose_name="relevé"
    )
    position = models.PositiveSmallIntegerField("rang")
    month = models.DateField("mois")
    code = models.CharField("code", max_length=30)
    label = models.CharField("libellé", max_length=200)
    base = MoneyField("base")
    due = MoneyField("dû")
    taken = MoneyField("déjà compté")
    amount = MoneyField("montant")
    reason = models.TextField("motif de la correction", blank=True)
    detail: models.JSONField[Any, Any] = models.JSONField("détail", null=True, blank=True)

    class Meta:
        verbose_name = "ligne de contribution"
        verbose_name_plural = "lignes de contribution"
        ordering = ["statement", "position"]
        constraints = [
            models.UniqueConstraint(fields=["statement", "month", "code"], name="invoicing_contributionline_once"),
            models.CheckConstraint(condition=Q(amount=F("due") - F("taken")), name="invoicing_contributionline_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.label}, {self.month:%m/%Y}"
