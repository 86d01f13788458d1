"""What the activity's account rests on: its groups of accounts, provisions, opening balances and settings of pay."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from cae_backoffice.core.money import MoneyField
from invoicing.activity_accounts.enums import ProvisionKind, StatementHeading
from invoicing.ledger.models import Account, Entry, FiscalYear, LedgerQuerySet
from members.activities.models import Activity
from members.people.models import User

PERCENT = (MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100)))


class AccountGroup(models.Model):
    """Accounts that begin with a root make a line of the statement; the longest root decides."""

    root = models.CharField(
        "racine de compte",
        max_length=12,
        unique=True,
        validators=[RegexValidator(r"^[1-8][0-9A-Z]*$", "Une racine de compte commence par un chiffre de 1 à 8.")],
    )
    heading = models.CharField("ligne du compte", max_length=14, choices=StatementHeading)

    objects = LedgerQuerySet["AccountGroup"].as_manager()

    class Meta:
        verbose_name = "racine du compte d’activité"
        verbose_name_plural = "racines du compte d’activité"
        ordering = ["root"]
        constraints = [
            models.CheckConstraint(
                condition=Q(root__regex=r"^[1-8][0-9A-Z]*$"),
                name="invoicing_accountgroup_root",
                violation_error_message="Une racine de compte commence par un chiffre de 1 à 8.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.root} · {self.get_heading_display()}"


class ProvisionRule(models.Model):
    """How a kind of provision is reckoned and posted from a day on; a rule in use never changes, another follows it."""

    kind = models.CharField("provision", max_length=10, choices=ProvisionKind)
    valid_from = models.DateField("à partir du")
    rate = models.DecimalField(
        "taux (%)",
        max_digits=5,
        decimal_places=2,
        validators=PERCENT,
        help_text="Congés payés\u00a0: du coût de la paie du mois. Créances douteuses\u00a0: du 416 hors taxes.",
    )
    charge_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", verbose_name="compte de charge"
    )
    balance_account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", verbose_name="compte de bilan"
    )
    decision = models.CharField("décision", max_length=160)

    objects = LedgerQuerySet["ProvisionRule"].as_manager()

    class Meta:
        verbose_name = "règle de provision"
        verbose_name_plural = "règles de provision"
        ordering = ["kind", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "valid_from"],
                name="invoicing_provisionrule_once",
                violation_error_message="Une règle de cette provision commence déjà ce jour-là.",
            ),
            models.CheckConstraint(
                condition=Q(rate__gte=0, rate__lte=100),
                name="invoicing_provisionrule_rate",
                violation_error_message="Un taux est compris entre 0 et 100\u00a0%%.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} à {self.rate}\u00a0% depuis le {self.valid_from:%d/%m/%Y}"


class Provision(models.Model):
    """Money of an activity set aside on a day (positive) or given back (negative), by hand or by rule."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+", verbose_name="activité")
    kind = models.CharField("provision", max_length=10, choices=ProvisionKind)
    provided_on = models.DateField("le")
    amount = MoneyField("montant", help_text="Négatif pour une reprise.")
    reason = models.CharField("motif", max_length=160)
    rule = models.ForeignKey(ProvisionRule, on_delete=models.PROTECT, related_name="provisions", verbose_name="règle")
    is_by_rule = models.BooleanField("calculée par la règle", default=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+", verbose_name="écriture")
    provided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="décidée par")

    objects = LedgerQuerySet["Provision"].as_manager()

    class Meta:
        verbose_name = "provision"
        verbose_name_plural = "provisions"
        ordering = ["-provided_on", "-id"]
        indexes = [models.Index(fields=["kind", "provided_on"], name="invoicing_provision_kind")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(amount=0),
                name="invoicing_provision_not_zero",
                violation_error_message="Une provision a un montant.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} du {self.provided_on:%d/%m/%Y}"


class OpeningBalance(models.Model):
    """What an activity had left when its account was taken over from another software; once per activity."""

    activity = models.OneToOneField(Activity, on_delete=models.PROTECT, related_name="+", verbose_name="activité")
    opened_on = models.DateField("le")
    amount = MoneyField("solde")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+", verbose_name="écriture")

    objects = LedgerQuerySet["OpeningBalance"].as_manager()

    class Meta:
        verbose_name = "solde de départ"
        verbose_name_plural = "soldes de départ"
        ordering = ["activity"]
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="invoicing_openingbalance_not_zero")]

    def __str__(self) -> str:
        return f"Solde de départ au {self.opened_on:%d/%m/%Y}"


class PaySettings(models.Model):
    """What the estimate of pay takes from this cooperative: its size and its own rates; exactly one row."""

    staff = models.PositiveIntegerField(
        "effectif", default=50, help_text="Salariés de la coopérative\u00a0: des taux changent à 11 et à 50."
    )
    accident_rate = models.DecimalField(
        "taux accidents du travail (%)", max_digits=5, decimal_places=2, default=Decimal("2.08"), validators=PERCENT
    )
    transport_levy = models.DecimalField(
        "versement mobilité (%)", max_digits=5, decimal_places=2, default=Decimal(0), validators=PERCENT
    )
    health_cover_employer = MoneyField("mutuelle, part de l’employeur (€ par mois)", default=0)
    health_cover_employee = MoneyField("mutuelle, part du salarié (€ par mois)", default=0)

    class Meta:
        verbose_name = "réglages de l’estimation de paie"
        verbose_name_plural = "réglages de l’estimation de paie"
        constraints = [
            models.CheckConstraint(
                condition=Q(id=1),
                name="invoicing_paysettings_single",
                violation_error_message="Ces réglages n’existent qu’une fois.",
            ),
            models.CheckConstraint(
                condition=Q(staff__gte=1),
                name="invoicing_paysettings_staff",
                violation_error_message="L’effectif est d’au moins un salarié.",
            ),
            models.CheckConstraint(
                condition=Q(accident_rate__gte=0, accident_rate__lte=100)
                & Q(transport_levy__gte=0, transport_levy__lte=100)
                & Q(health_cover_employer__gte=0, health_cover_employee__gte=0),
                name="invoicing_paysettings_positive",
                violation_error_message="Les taux vont de 0 à 100\u00a0%% et la mutuelle n’est pas négative.",
            ),
        ]

    def __str__(self) -> str:
        return "Estimation de paie"


class PooledAccount(models.Model):
    """The account of the pooled services of a fiscal year as it was published to all entrepreneurs; never changes.

    `content` holds its rows: label and amount, income positive. C. trav. R7331-9.
    """

    fiscal_year = models.OneToOneField(FiscalYear, on_delete=models.PROTECT, related_name="+", verbose_name="exercice")
    published_on = models.DateField("publié le")
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="publié par")
    content = models.JSONField("lignes")

    class Meta:
        verbose_name = "compte des services mutualisés"
        verbose_name_plural = "comptes des services mutualisés"
        ordering = ["-published_on"]

    @property
    def rows(self) -> list[tuple[str, Decimal]]:
        """Labels and amounts, income positive."""
        return [(row["label"], Decimal(row["amount"])) for row in self.content]

    @property
    def result(self) -> Decimal:
        """What the pooled services have left of the year, or lack (negative)."""
        return sum((amount for _, amount in self.rows), Decimal(0))

    def __str__(self) -> str:
        return f"Services mutualisés, exercice clos le {self.fiscal_year.ends_on:%d/%m/%Y}"
