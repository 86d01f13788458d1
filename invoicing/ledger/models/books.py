"""The books: accounts, journals, fiscal years, and balanced entries that never change once validated."""

from __future__ import annotations

from datetime import date
from typing import Self, TypeVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from cae_backoffice.core.access import HoldsRoles, Right, has_right
from cae_backoffice.core.money import MoneyField
from cae_backoffice.core.periods import DateRange
from cae_backoffice.core.text import stored_search_key
from invoicing.ledger.enums import AuxiliaryKind, EntryState, JournalCode, PeriodState
from members.activities.models import Activity
from members.people.models import User

Record_co = TypeVar("Record_co", bound=models.Model, covariant=True)


class LedgerQuerySet(models.QuerySet[Record_co]):
    """Records of the books: those who keep them see them all, nobody else any."""

    def visible_to(self, user: HoldsRoles) -> Self:
        """All or nothing: an entrepreneur reads the activity's statement, never the books."""
        return self if has_right(user, Right.VIEW_BOOKS) else self.none()


class Account(models.Model):
    """A general account of the French chart of accounts (PCG), as this cooperative uses it."""

    number = models.CharField(
        "numéro",
        max_length=12,
        unique=True,
        validators=[RegexValidator(r"^[1-8][0-9]{2}[0-9A-Z]*$", "Un numéro de compte commence par trois chiffres.")],
    )
    label = models.CharField("libellé", max_length=120)
    auxiliary_kind = models.CharField(
        "comptes auxiliaires", max_length=8, choices=AuxiliaryKind, blank=True, help_text="Compte collectif."
    )
    can_match = models.BooleanField("lettrable", default=False)
    is_active = models.BooleanField("utilisable", default=True)
    search = stored_search_key("number", "label")

    objects = LedgerQuerySet["Account"].as_manager()

    class Meta:
        verbose_name = "compte comptable"
        verbose_name_plural = "plan comptable"
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(number__regex=r"^[1-8][0-9]{2}[0-9A-Z]*$"),
                name="invoicing_account_number",
                violation_error_message="Un numéro de compte commence par trois chiffres.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"


class Auxiliary(models.Model):
    """An auxiliary account: one customer, supplier or member under a collective account."""

    code = models.CharField("code", max_length=20, unique=True)
    kind = models.CharField("type", max_length=8, choices=AuxiliaryKind)
    label = models.CharField("libellé", max_length=120)
    search = stored_search_key("code", "label")

    objects = LedgerQuerySet["Auxiliary"].as_manager()

    class Meta:
        verbose_name = "compte auxiliaire"
        verbose_name_plural = "comptes auxiliaires"
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class Journal(models.Model):
    """A journal of the books."""

    code = models.CharField("code", max_length=2, unique=True, choices=JournalCode)
    label = models.CharField("libellé", max_length=60)

    objects = LedgerQuerySet["Journal"].as_manager()

    class Meta:
        verbose_name = "journal"
        verbose_name_plural = "journaux"
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} · {self.label}"


class FiscalYear(models.Model):
    """An exercice: any start, up to 24 months; it numbers its validated entries without gap."""

    starts_on = models.DateField("du")
    ends_on = models.DateField("au")
    last_entry_number = models.PositiveIntegerField("dernier numéro d'écriture", default=0)
    closed_on = models.DateField("clôturé le", null=True, blank=True)

    objects = LedgerQuerySet["FiscalYear"].as_manager()

    class Meta:
        verbose_name = "exercice"
        verbose_name_plural = "exercices"
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="invoicing_fiscalyear_dates",
                violation_error_message="L'exercice ne peut pas finir avant de commencer.",
            ),
            ExclusionConstraint(
                name="invoicing_fiscalyear_no_overlap",
                expressions=[(DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS)],
                violation_error_message="Un autre exercice couvre déjà une partie de ces dates.",
            ),
        ]

    def __str__(self) -> str:
        return f"Exercice du {self.starts_on:%d/%m/%Y} au {self.ends_on:%d/%m/%Y}"


class Period(models.Model):
    """A month (or the part of it) inside a fiscal year: open, locked, or closed for ever."""

    fiscal_year = models.ForeignKey(
        FiscalYear, on_delete=models.PROTECT, related_name="periods", verbose_name="exercice"
    )
    starts_on = models.DateField("du")
    ends_on = models.DateField("au")
    state = models.CharField("état", max_length=6, choices=PeriodState, default=PeriodState.OPEN)

    objects = LedgerQuerySet["Period"].as_manager()

    class Meta:
        verbose_name = "période"
        verbose_name_plural = "périodes"
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="invoicing_period_dates"),
            ExclusionConstraint(
                name="invoicing_period_no_overlap",
                expressions=[(DateRange("starts_on", "ends_on"), RangeOperators.OVERLAPS)],
                violation_error_message="Une autre période couvre déjà une partie de ces dates.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on:%m/%Y}"


class Entry(models.Model):
    """A balanced accounting entry with its voucher. Its number is given at validation, without gap per fiscal year."""

    fiscal_year = models.ForeignKey(
        FiscalYear, on_delete=models.PROTECT, related_name="entries", verbose_name="exercice"
    )
    journal = models.ForeignKey(Journal, on_delete=models.PROTECT, related_name="entries", verbose_name="journal")
    state = models.CharField("état", max_length=9, choices=EntryState, default=EntryState.DRAFT)
    number = models.PositiveIntegerField("numéro", null=True, blank=True)
    entry_on = models.DateField("date comptable")
    voucher_number = models.CharField("pièce", max_length=40)
    voucher_on = models.DateField("date de pièce")
    label = models.CharField("libellé", max_length=160)
    source_type = models.CharField("type d'origine", max_length=60, blank=True)
    source_id = models.BigIntegerField("identifiant d'origine", null=True, blank=True)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name="contrepasse"
    )
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="saisie par")
    validated_on = models.DateField("validée le", null=True, blank=True)
    validated_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="validée par"
    )

    objects = LedgerQuerySet["Entry"].as_manager()

    class Meta:
        verbose_name = "écriture"
        verbose_name_plural = "écritures"
        ordering = ["-entry_on", "-id"]
        indexes = [
            models.Index(fields=["journal", "entry_on", "id"], name="invoicing_entry_journal"),
            models.Index(fields=["entry_on", "id"], name="invoicing_entry_day"),
            models.Index(fields=["source_type", "source_id"], name="invoicing_entry_source"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["fiscal_year", "number"], name="invoicing_entry_number_once"),
            models.CheckConstraint(
                condition=Q(
                    state=EntryState.VALIDATED,
                    number__isnull=False,
                    validated_on__isnull=False,
                    validated_by__isnull=False,
                )
                | Q(state=EntryState.DRAFT, number__isnull=True, validated_on__isnull=True, validated_by__isnull=True),
                name="invoicing_entry_validated_complete",
                violation_error_message="Une écriture validée a un numéro, une date et un auteur ; "
                "un brouillard n'en a pas.",
            ),
            models.CheckConstraint(
                condition=~Q(voucher_number="") & ~Q(label=""),
                name="invoicing_entry_voucher_named",
                violation_error_message="Une écriture a une pièce et un libellé (LPF A47 A-1).",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.voucher_number} · {self.label}"


class Matching(models.Model):
    """A lettrage: lines of one account and auxiliary that settle one another, under one letter."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", verbose_name="compte")
    letter = models.CharField("lettre", max_length=12)
    matched_on = models.DateField("lettré le")

    class Meta:
        verbose_name = "lettrage"
        verbose_name_plural = "lettrages"
        ordering = ["account", "id"]
        constraints = [models.UniqueConstraint(fields=["account", "letter"], name="invoicing_matching_letter_once")]
        indexes = [
            models.Index(fields=["account", "-id"], name="invoicing_matching_last"),
            models.Index(fields=["matched_on"], name="invoicing_matching_day"),
        ]

    def __str__(self) -> str:
        return self.letter


class EntryLine(models.Model):
    """One line of an entry: an amount on one side of one account, for an activity and an auxiliary where it has one."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="lines", verbose_name="écriture")
    position = models.PositiveIntegerField("rang")
    entry_on = models.DateField("date comptable")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lines", verbose_name="compte")
    auxiliary = models.ForeignKey(
        Auxiliary,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="lines",
        verbose_name="compte auxiliaire",
    )
    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="activité"
    )
    label = models.CharField("libellé", max_length=160)
    debit = MoneyField("débit", default=0)
    credit = MoneyField("crédit", default=0)
    due_on = models.DateField("échéance", null=True, blank=True)
    matching = models.ForeignKey(
        Matching, on_delete=models.PROTECT, null=True, blank=True, related_name="lines", verbose_name="lettrage"
    )

    objects = LedgerQuerySet["EntryLine"].as_manager()

    class Meta:
        verbose_name = "ligne d'écriture"
        verbose_name_plural = "lignes d'écriture"
        ordering = ["entry", "position"]
        indexes = [
            models.Index(fields=["account", "entry_on", "id"], name="invoicing_line_account"),
            models.Index(fields=["activity", "entry_on"], name="invoicing_line_activity"),
            models.Index(fields=["auxiliary", "entry_on", "id"], name="invoicing_line_auxiliary"),
            # Covers the aged receivables: half a million open lines are summed without reading the table.
            models.Index(
                fields=["account", "entry_on"],
                include=["auxiliary", "activity", "due_on", "debit", "credit"],
                condition=Q(matching__isnull=True, auxiliary__isnull=False),
                name="invoicing_line_open",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["entry", "position"], name="invoicing_entryline_position_once"),
            models.CheckConstraint(
                condition=Q(debit__gt=0, credit=0) | Q(debit=0, credit__gt=0),
                name="invoicing_entryline_one_side",
                violation_error_message="Une ligne est au débit ou au crédit, d'un montant positif.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.debit or self.credit}"


class MonthlyBalance(models.Model):
    """Debits and credits of an account, an activity and a month, kept exact by the database (trigger)."""

    month = models.DateField("mois")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", verbose_name="compte")
    activity = models.ForeignKey(
        Activity, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="activité"
    )
    debit = MoneyField("débit", default=0)
    credit = MoneyField("crédit", default=0)

    objects = LedgerQuerySet["MonthlyBalance"].as_manager()

    class Meta:
        verbose_name = "solde mensuel"
        verbose_name_plural = "soldes mensuels"
        constraints = [
            models.UniqueConstraint(
                fields=["month", "account", "activity"], nulls_distinct=False, name="invoicing_monthlybalance_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%m/%Y} {self.account_id}"


def month_of(day: date) -> date:
    """The first day of a day's month: how a monthly balance names its month."""
    return day.replace(day=1)
