"""The activity's account: groups of accounts, provisions, opening balances, settings of pay, pooled accounts."""

from decimal import Decimal

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import cae_backoffice.core.money
from invoicing.activity_accounts.services.load_groups import load_account_groups

NEVER_CHANGE = ("provision", "openingbalance", "pooledaccount")
GUARDS = "".join(
    f"CREATE TRIGGER invoicing_{table}_never_changes BEFORE UPDATE OR DELETE ON invoicing_{table} "
    "FOR EACH ROW EXECUTE FUNCTION core_refuse_change();"
    f"CREATE TRIGGER invoicing_{table}_no_truncate BEFORE TRUNCATE ON invoicing_{table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();"
    for table in NEVER_CHANGE
)
NO_GUARDS = "".join(
    f"DROP TRIGGER invoicing_{table}_never_changes ON invoicing_{table};"
    f"DROP TRIGGER invoicing_{table}_no_truncate ON invoicing_{table};"
    for table in NEVER_CHANGE
)


def load(apps, _schema_editor):
    load_account_groups(*(apps.get_model("invoicing", name) for name in ("AccountGroup", "ProvisionRule", "Account")))


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0013_contributions"),
        ("members", "0002_triggers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "root",
                    models.CharField(
                        max_length=12,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[1-8][0-9A-Z]*$", "Une racine de compte commence par un chiffre de 1 à 8."
                            )
                        ],
                        verbose_name="racine de compte",
                    ),
                ),
                (
                    "heading",
                    models.CharField(
                        choices=[
                            ("OPENING", "Solde de départ repris"),
                            ("COLLECTED", "Chiffre d’affaires encaissé, hors taxes"),
                            ("OTHER_INCOME", "Autres produits"),
                            ("CONTRIBUTIONS", "Contributions coopératives"),
                            ("EXPENSES", "Achats et frais"),
                            ("PAY", "Rémunérations et cotisations"),
                            ("PROVISIONS", "Provisions"),
                            ("TRANSFERS", "Transferts avec d’autres activités"),
                        ],
                        max_length=14,
                        verbose_name="ligne du compte",
                    ),
                ),
            ],
            options={
                "verbose_name": "racine du compte d’activité",
                "verbose_name_plural": "racines du compte d’activité",
                "ordering": ["root"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("root__regex", "^[1-8][0-9A-Z]*$")),
                        name="invoicing_accountgroup_root",
                        violation_error_message="Une racine de compte commence par un chiffre de 1 à 8.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PaySettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "staff",
                    models.PositiveIntegerField(
                        default=50,
                        help_text="Salariés de la coopérative\xa0: des taux changent à 11 et à 50.",
                        verbose_name="effectif",
                    ),
                ),
                (
                    "accident_rate",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal("2.08"),
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal(0)),
                            django.core.validators.MaxValueValidator(Decimal(100)),
                        ],
                        verbose_name="taux accidents du travail (%)",
                    ),
                ),
                (
                    "transport_levy",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal(0),
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal(0)),
                            django.core.validators.MaxValueValidator(Decimal(100)),
                        ],
                        verbose_name="versement mobilité (%)",
                    ),
                ),
                (
                    "health_cover_employer",
                    cae_backoffice.core.money.MoneyField(
                        decimal_places=2,
                        default=0,
                        max_digits=14,
                        verbose_name="mutuelle, part de l’employeur (€ par mois)",
                    ),
                ),
                (
                    "health_cover_employee",
                    cae_backoffice.core.money.MoneyField(
                        decimal_places=2,
                        default=0,
                        max_digits=14,
                        verbose_name="mutuelle, part du salarié (€ par mois)",
                    ),
                ),
            ],
            options={
                "verbose_name": "réglages de l’estimation de paie",
                "verbose_name_plural": "réglages de l’estimation de paie",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)),
                        name="invoicing_paysettings_single",
                        violation_error_message="Ces réglages n’existent qu’une fois.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("staff__gte", 1)),
                        name="invoicing_paysettings_staff",
                        violation_error_message="L’effectif est d’au moins un salarié.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("accident_rate__gte", 0),
                            ("accident_rate__lte", 100),
                            ("transport_levy__gte", 0),
                            ("transport_levy__lte", 100),
                            ("health_cover_employee__gte", 0),
                            ("health_cover_employer__gte", 0),
                        ),
                        name="invoicing_paysettings_positive",
                        violation_error_message="Les taux vont de 0 à 100\xa0%% et la mutuelle n’est pas négative.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PooledAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("published_on", models.DateField(verbose_name="publié le")),
                ("content", models.JSONField(verbose_name="lignes")),
                (
                    "fiscal_year",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.fiscalyear",
                        verbose_name="exercice",
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="publié par",
                    ),
                ),
            ],
            options={
                "verbose_name": "compte des services mutualisés",
                "verbose_name_plural": "comptes des services mutualisés",
                "ordering": ["-published_on"],
            },
        ),
        migrations.CreateModel(
            name="ProvisionRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("PAID_LEAVE", "Congés payés"),
                            ("BAD_DEBTS", "Créances douteuses"),
                            ("OTHER", "Autre risque"),
                        ],
                        max_length=10,
                        verbose_name="provision",
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="à partir du")),
                (
                    "rate",
                    models.DecimalField(
                        decimal_places=2,
                        help_text="Congés payés\xa0: du coût de la paie du mois. Créances douteuses\xa0: du 416 hors taxes.",
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal(0)),
                            django.core.validators.MaxValueValidator(Decimal(100)),
                        ],
                        verbose_name="taux (%)",
                    ),
                ),
                ("decision", models.CharField(max_length=160, verbose_name="décision")),
                (
                    "balance_account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.account",
                        verbose_name="compte de bilan",
                    ),
                ),
                (
                    "charge_account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.account",
                        verbose_name="compte de charge",
                    ),
                ),
            ],
            options={
                "verbose_name": "règle de provision",
                "verbose_name_plural": "règles de provision",
                "ordering": ["kind", "-valid_from"],
            },
        ),
        migrations.CreateModel(
            name="Provision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("PAID_LEAVE", "Congés payés"),
                            ("BAD_DEBTS", "Créances douteuses"),
                            ("OTHER", "Autre risque"),
                        ],
                        max_length=10,
                        verbose_name="provision",
                    ),
                ),
                ("provided_on", models.DateField(verbose_name="le")),
                (
                    "amount",
                    cae_backoffice.core.money.MoneyField(
                        decimal_places=2, help_text="Négatif pour une reprise.", max_digits=14, verbose_name="montant"
                    ),
                ),
                ("reason", models.CharField(max_length=160, verbose_name="motif")),
                ("is_by_rule", models.BooleanField(default=False, verbose_name="calculée par la règle")),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.activity",
                        verbose_name="activité",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.entry",
                        verbose_name="écriture",
                    ),
                ),
                (
                    "provided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="décidée par",
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="provisions",
                        to="invoicing.provisionrule",
                        verbose_name="règle",
                    ),
                ),
            ],
            options={
                "verbose_name": "provision",
                "verbose_name_plural": "provisions",
                "ordering": ["-provided_on", "-id"],
            },
        ),
        migrations.CreateModel(
            name="OpeningBalance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("opened_on", models.DateField(verbose_name="le")),
                ("amount", cae_backoffice.core.money.MoneyField(decimal_places=2, max_digits=14, verbose_name="solde")),
                (
                    "activity",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.activity",
                        verbose_name="activité",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.entry",
                        verbose_name="écriture",
                    ),
                ),
            ],
            options={
                "verbose_name": "solde de départ",
                "verbose_name_plural": "soldes de départ",
                "ordering": ["activity"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount", 0), _negated=True), name="invoicing_openingbalance_not_zero"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="provisionrule",
            constraint=models.UniqueConstraint(
                fields=("kind", "valid_from"),
                name="invoicing_provisionrule_once",
                violation_error_message="Une règle de cette provision commence déjà ce jour-là.",
            ),
        ),
        migrations.AddConstraint(
            model_name="provisionrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("rate__gte", 0), ("rate__lte", 100)),
                name="invoicing_provisionrule_rate",
                violation_error_message="Un taux est compris entre 0 et 100\xa0%%.",
            ),
        ),
        migrations.AddIndex(
            model_name="provision",
            index=models.Index(fields=["kind", "provided_on"], name="invoicing_provision_kind"),
        ),
        migrations.AddConstraint(
            model_name="provision",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount", 0), _negated=True),
                name="invoicing_provision_not_zero",
                violation_error_message="Une provision a un montant.",
            ),
        ),
        migrations.RunSQL(GUARDS, NO_GUARDS),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
