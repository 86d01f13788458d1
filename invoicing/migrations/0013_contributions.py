"""Contribution rules, decisions, runs and their lines; what is adopted or posted never changes."""

import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import cae_backoffice.core.money
import cae_backoffice.core.periods
import invoicing.contributions.models.rules
from invoicing.contributions.services.load_settings import load_contribution_settings
from invoicing.ledger.services.load_chart import load_chart_of_accounts

TRIGGERS = """
-- An adopted version never changes; a proposed one may, and may be withdrawn.
CREATE FUNCTION invoicing_contributionrule_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'IN_FORCE' THEN
        RAISE EXCEPTION 'contribution rule % is adopted: % refused', OLD.id, TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;

-- A posted run changes in nothing but being reversed, once; a reversed or failed one in nothing at all.
CREATE FUNCTION invoicing_contributionrun_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'WAITING' THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'POSTED' AND NEW.state = 'REVERSED'
       AND to_jsonb(NEW) - '{state,reversed_on,reversed_by_id,reversal_reason}'::text[]
         = to_jsonb(OLD) - '{state,reversed_on,reversed_by_id,reversal_reason}'::text[]
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'the run of % is %: % refused', OLD.month, OLD.state, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- Statements and their lines come with the run's posting and at no other time.
CREATE FUNCTION invoicing_contributionstatement_with_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM added JOIN invoicing_contributionrun run ON run.id = added.run_id
               WHERE run.state <> 'WAITING') THEN
        RAISE EXCEPTION 'the run is not being posted: new statement refused'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION invoicing_contributionline_with_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM added JOIN invoicing_contributionstatement statement ON statement.id = added.statement_id
               JOIN invoicing_contributionrun run ON run.id = statement.run_id WHERE run.state <> 'WAITING') THEN
        RAISE EXCEPTION 'the run is not being posted: new line refused'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER invoicing_contributionrule_guard BEFORE UPDATE OR DELETE ON invoicing_contributionrule
    FOR EACH ROW EXECUTE FUNCTION invoicing_contributionrule_guard();
CREATE TRIGGER invoicing_contributionrun_guard BEFORE UPDATE OR DELETE ON invoicing_contributionrun
    FOR EACH ROW EXECUTE FUNCTION invoicing_contributionrun_guard();
CREATE TRIGGER invoicing_contributionstatement_with_run AFTER INSERT ON invoicing_contributionstatement
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION invoicing_contributionstatement_with_run();
CREATE TRIGGER invoicing_contributionline_with_run AFTER INSERT ON invoicing_contributionline
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION invoicing_contributionline_with_run();
"""

NO_TRIGGERS = """
DROP TRIGGER invoicing_contributionline_with_run ON invoicing_contributionline;
DROP TRIGGER invoicing_contributionstatement_with_run ON invoicing_contributionstatement;
DROP TRIGGER invoicing_contributionrun_guard ON invoicing_contributionrun;
DROP TRIGGER invoicing_contributionrule_guard ON invoicing_contributionrule;
DROP FUNCTION invoicing_contributionline_with_run();
DROP FUNCTION invoicing_contributionstatement_with_run();
DROP FUNCTION invoicing_contributionrun_guard();
DROP FUNCTION invoicing_contributionrule_guard();
"""

NEVER_CHANGE = ("contributionstatement", "contributionline")
NEVER_EMPTIED = (*NEVER_CHANGE, "contributionrun", "contributionrule")
GUARDS = "".join(
    f"CREATE TRIGGER invoicing_{table}_never_changes BEFORE UPDATE OR DELETE ON invoicing_{table} "
    "FOR EACH ROW EXECUTE FUNCTION core_refuse_change();"
    for table in NEVER_CHANGE
) + "".join(
    f"CREATE TRIGGER invoicing_{table}_no_truncate BEFORE TRUNCATE ON invoicing_{table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();"
    for table in NEVER_EMPTIED
)
NO_GUARDS = "".join(
    f"DROP TRIGGER invoicing_{table}_never_changes ON invoicing_{table};" for table in NEVER_CHANGE
) + "".join(f"DROP TRIGGER invoicing_{table}_no_truncate ON invoicing_{table};" for table in NEVER_EMPTIED)


def load(apps, _schema_editor):
    load_chart_of_accounts(apps.get_model("invoicing", "Account"), apps.get_model("invoicing", "Journal"))
    load_contribution_settings(
        apps.get_model("invoicing", "Account"),
        apps.get_model("invoicing", "ContributionSettings"),
        apps.get_model("invoicing", "MarginAccount"),
    )


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0012_exports"),
        ("members", "0002_triggers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ContributionRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(verbose_name="mois")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("WAITING", "En cours"),
                            ("POSTED", "Comptabilisé"),
                            ("REVERSED", "Annulé"),
                            ("FAILED", "Refusé"),
                        ],
                        default="WAITING",
                        max_length=8,
                        verbose_name="état",
                    ),
                ),
                ("progress", models.PositiveSmallIntegerField(default=0, verbose_name="avancement (%)")),
                ("failure", models.TextField(blank=True, verbose_name="motif du refus")),
                ("statements_count", models.PositiveIntegerField(default=0, verbose_name="activités")),
                (
                    "total",
                    cae_backoffice.core.money.MoneyField(
                        decimal_places=2, default=0, max_digits=14, verbose_name="total"
                    ),
                ),
                ("context", models.CharField(blank=True, max_length=64, verbose_name="empreinte de la règle")),
                ("asked_at", models.DateTimeField(auto_now_add=True, verbose_name="lancé le")),
                ("posted_on", models.DateField(blank=True, null=True, verbose_name="comptabilisé le")),
                ("reversed_on", models.DateField(blank=True, null=True, verbose_name="annulé le")),
                ("reversal_reason", models.CharField(blank=True, max_length=160, verbose_name="motif de l’annulation")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="lancé par",
                    ),
                ),
                (
                    "reversed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="annulé par",
                    ),
                ),
            ],
            options={
                "verbose_name": "calcul des contributions",
                "verbose_name_plural": "calculs des contributions",
                "ordering": ["-month", "-id"],
            },
        ),
        migrations.CreateModel(
            name="ContributionSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "charge_account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.account",
                        verbose_name="compte de charge des activités",
                    ),
                ),
                (
                    "income_account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.account",
                        verbose_name="compte de produit des services mutualisés",
                    ),
                ),
            ],
            options={
                "verbose_name": "comptes de la contribution",
                "verbose_name_plural": "comptes de la contribution",
            },
        ),
        migrations.CreateModel(
            name="ContributionStatement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "amount",
                    cae_backoffice.core.money.MoneyField(decimal_places=2, max_digits=14, verbose_name="montant"),
                ),
                ("inputs", models.CharField(max_length=40, verbose_name="empreinte des chiffres")),
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
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.entry",
                        verbose_name="écriture",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="invoicing.contributionrun",
                        verbose_name="calcul",
                    ),
                ),
            ],
            options={
                "verbose_name": "relevé de contribution",
                "verbose_name_plural": "relevés de contribution",
                "ordering": ["-run__month", "activity__search"],
            },
        ),
        migrations.CreateModel(
            name="ContributionLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(verbose_name="rang")),
                ("month", models.DateField(verbose_name="mois")),
                ("code", models.CharField(max_length=30, verbose_name="code")),
                ("label", models.CharField(max_length=200, verbose_name="libellé")),
                ("base", cae_backoffice.core.money.MoneyField(decimal_places=2, max_digits=14, verbose_name="base")),
                ("due", cae_backoffice.core.money.MoneyField(decimal_places=2, max_digits=14, verbose_name="dû")),
                (
                    "taken",
                    cae_backoffice.core.money.MoneyField(decimal_places=2, max_digits=14, verbose_name="déjà compté"),
                ),
                (
                    "amount",
                    cae_backoffice.core.money.MoneyField(decimal_places=2, max_digits=14, verbose_name="montant"),
                ),
                ("reason", models.TextField(blank=True, verbose_name="motif de la correction")),
                ("detail", models.JSONField(blank=True, null=True, verbose_name="détail")),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="invoicing.contributionstatement",
                        verbose_name="relevé",
                    ),
                ),
            ],
            options={
                "verbose_name": "ligne de contribution",
                "verbose_name_plural": "lignes de contribution",
                "ordering": ["statement", "position"],
            },
        ),
        migrations.CreateModel(
            name="ContributionWaiver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_on", models.DateField(help_text="Premier jour d’un mois.", verbose_name="du")),
                (
                    "ends_on",
                    models.DateField(
                        blank=True, help_text="Vide\xa0: sans fin. Le mois entamé compte.", null=True, verbose_name="au"
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("whole", "toute la contribution"),
                            ("fee", "le forfait mensuel"),
                            ("minimum", "les minimums"),
                        ],
                        default="whole",
                        max_length=7,
                        verbose_name="ce qui est exonéré",
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        blank=True,
                        help_text="Vide\xa0: toutes les lignes de la règle.",
                        max_length=30,
                        verbose_name="code de ligne",
                    ),
                ),
                (
                    "decision",
                    models.CharField(
                        help_text="Par exemple\xa0: CA du 05/02/2026, point 3.", max_length=200, verbose_name="décision"
                    ),
                ),
                (
                    "activity",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.activity",
                        verbose_name="activité",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        help_text="Vaut pour les activités qu’elle porte seule\xa0; pour une activité partagée, désignez l’activité.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.person",
                        verbose_name="personne",
                    ),
                ),
            ],
            options={
                "verbose_name": "exonération",
                "verbose_name_plural": "exonérations",
                "ordering": ["-starts_on", "-id"],
            },
        ),
        migrations.CreateModel(
            name="MarginAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_on", models.DateField(verbose_name="du")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="au")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.account",
                        verbose_name="compte",
                    ),
                ),
            ],
            options={
                "verbose_name": "compte d’achats déduit de la marge",
                "verbose_name_plural": "comptes d’achats déduits de la marge",
                "ordering": ["account__number", "-starts_on"],
            },
        ),
        migrations.CreateModel(
            name="ContributionOverride",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default="contribution", max_length=30, verbose_name="code de ligne")),
                ("starts_on", models.DateField(help_text="Premier jour d’un mois.", verbose_name="du")),
                (
                    "ends_on",
                    models.DateField(
                        blank=True, help_text="Vide\xa0: sans fin. Le mois entamé compte.", null=True, verbose_name="au"
                    ),
                ),
                (
                    "values",
                    models.TextField(
                        help_text="Comme sous « values » dans une règle\xa0: ALL.rate = 8, CAPE.monthly_fee = 20…",
                        verbose_name="valeurs (TOML)",
                    ),
                ),
                (
                    "decision",
                    models.CharField(
                        help_text="Par exemple\xa0: CA du 05/02/2026, point 3.", max_length=200, verbose_name="décision"
                    ),
                ),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.activity",
                        verbose_name="activité",
                    ),
                ),
            ],
            options={
                "verbose_name": "dérogation",
                "verbose_name_plural": "dérogations",
                "ordering": ["-starts_on", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("starts_on__day", 1)),
                        name="invoicing_contributionoverride_first_of_month",
                        violation_error_message="Une décision vaut pour des mois entiers\xa0: elle commence le premier jour d’un mois.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                        ),
                        name="invoicing_contributionoverride_dates",
                        violation_error_message="La fin ne peut pas précéder le début.",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (cae_backoffice.core.periods.IdRange("activity"), "&&"),
                            (invoicing.contributions.models.rules.TextRange("code"), "&&"),
                            (cae_backoffice.core.periods.DateRange("starts_on", "ends_on"), "&&"),
                        ],
                        name="invoicing_contributionoverride_no_overlap",
                        violation_error_message="Une autre dérogation de cette activité couvre une partie de ces dates.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContributionRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="nom")),
                ("valid_from", models.DateField(verbose_name="en vigueur à partir du")),
                ("decision", models.CharField(max_length=200, verbose_name="décision")),
                ("toml", models.TextField(verbose_name="règle (TOML)")),
                ("content", models.JSONField(default=dict, verbose_name="contenu lu")),
                (
                    "state",
                    models.CharField(
                        choices=[("PROPOSED", "Proposée"), ("IN_FORCE", "Adoptée")],
                        default="PROPOSED",
                        max_length=8,
                        verbose_name="état",
                    ),
                ),
                ("adopted_on", models.DateField(blank=True, null=True, verbose_name="adoptée le")),
                (
                    "adopted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="adoptée par",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="proposée par",
                    ),
                ),
            ],
            options={
                "verbose_name": "version de la règle de contribution",
                "verbose_name_plural": "règles de contribution",
                "ordering": ["-valid_from", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "IN_FORCE")),
                        fields=("valid_from",),
                        name="invoicing_contributionrule_start_once",
                        violation_error_message="Une autre version adoptée commence déjà à cette date.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("valid_from__day", 1)),
                        name="invoicing_contributionrule_first_of_month",
                        violation_error_message="Une version commence le premier jour d’un mois.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("adopted_by__isnull", True), ("adopted_on__isnull", True), ("state", "PROPOSED")),
                            models.Q(
                                ("adopted_by__isnull", False), ("adopted_on__isnull", False), ("state", "IN_FORCE")
                            ),
                            _connector="OR",
                        ),
                        name="invoicing_contributionrule_adopted_complete",
                        violation_error_message="Une version adoptée a une date et un auteur\xa0; une autre n’en a pas.",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="contributionrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["WAITING", "POSTED"])),
                fields=("month",),
                name="invoicing_contributionrun_month_once",
                violation_error_message="Les contributions de ce mois sont déjà calculées.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contributionrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("month__day", 1)), name="invoicing_contributionrun_first_of_month"
            ),
        ),
        migrations.AddConstraint(
            model_name="contributionrun",
            constraint=models.CheckConstraint(
                condition=models.Q(("progress__lte", 100)), name="invoicing_contributionrun_progress"
            ),
        ),
        migrations.AddConstraint(
            model_name="contributionrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("posted_on__isnull", True), ("state__in", ["WAITING", "FAILED"])),
                    models.Q(("posted_on__isnull", False), ("state__in", ["POSTED", "REVERSED"])),
                    _connector="OR",
                ),
                name="invoicing_contributionrun_posted_dated",
            ),
        ),
        migrations.AddConstraint(
            model_name="contributionrun",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("reversed_by__isnull", False),
                        ("reversed_on__isnull", False),
                        ("state", "REVERSED"),
                        models.Q(("reversal_reason", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state", "REVERSED"), _negated=True),
                        ("reversal_reason", ""),
                        ("reversed_by__isnull", True),
                        ("reversed_on__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="invoicing_contributionrun_reversal_complete",
                violation_error_message="Une annulation a une date, un auteur et un motif.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contributionsettings",
            constraint=models.CheckConstraint(
                condition=models.Q(("id", 1)), name="invoicing_contributionsettings_single"
            ),
        ),
        migrations.AddConstraint(
            model_name="contributionstatement",
            constraint=models.UniqueConstraint(fields=("run", "activity"), name="invoicing_contributionstatement_once"),
        ),
        migrations.AddConstraint(
            model_name="contributionstatement",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount", 0), ("entry__isnull", False), _connector="OR"),
                name="invoicing_contributionstatement_posted",
            ),
        ),
        migrations.AddConstraint(
            model_name="contributionline",
            constraint=models.UniqueConstraint(
                fields=("statement", "month", "code"), name="invoicing_contributionline_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="contributionline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("amount", django.db.models.expressions.CombinedExpression(models.F("due"), "-", models.F("taken")))
                ),
                name="invoicing_contributionline_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="contributionwaiver",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("activity__isnull", True), ("person__isnull", False)),
                    models.Q(("activity__isnull", False), ("person__isnull", True)),
                    _connector="OR",
                ),
                name="invoicing_contributionwaiver_of_one",
                violation_error_message="Désignez une activité, ou une personne, mais pas les deux.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contributionwaiver",
            constraint=models.CheckConstraint(
                condition=models.Q(("starts_on__day", 1)),
                name="invoicing_contributionwaiver_first_of_month",
                violation_error_message="Une décision vaut pour des mois entiers\xa0: elle commence le premier jour d’un mois.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contributionwaiver",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                name="invoicing_contributionwaiver_dates",
                violation_error_message="La fin ne peut pas précéder le début.",
            ),
        ),
        migrations.AddConstraint(
            model_name="marginaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                name="invoicing_marginaccount_dates",
                violation_error_message="La fin ne peut pas précéder le début.",
            ),
        ),
        migrations.AddConstraint(
            model_name="marginaccount",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (cae_backoffice.core.periods.IdRange("account"), "&&"),
                    (cae_backoffice.core.periods.DateRange("starts_on", "ends_on"), "&&"),
                ],
                name="invoicing_marginaccount_no_overlap",
                violation_error_message="Ce compte est déjà déduit sur une partie de ces dates.",
            ),
        ),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
        migrations.RunSQL(GUARDS, NO_GUARDS),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
