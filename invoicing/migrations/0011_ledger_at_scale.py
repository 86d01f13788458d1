"""The books at their real volumes: pages and checks by index, templates and files of entries, the whole chart."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import cae_backoffice.core.money
from invoicing.ledger.services import load_chart_of_accounts

FORWARD = r"""
-- The balance of an entry is proved once per statement and entry, not once per line: a file or a closing writes entries
-- of many thousand lines. A row stands here from the statement to the proof, at the end of the transaction.
CREATE UNLOGGED TABLE invoicing_entrytouched (entry_id bigint PRIMARY KEY);

CREATE FUNCTION invoicing_entries_touched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO invoicing_entrytouched SELECT DISTINCT entry_id FROM added ORDER BY 1 ON CONFLICT DO NOTHING;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO invoicing_entrytouched SELECT DISTINCT entry_id FROM removed ORDER BY 1 ON CONFLICT DO NOTHING;
    ELSE
        INSERT INTO invoicing_entrytouched
        SELECT DISTINCT entry_id FROM (
            (SELECT id, entry_id, debit, credit FROM added EXCEPT SELECT id, entry_id, debit, credit FROM removed)
            UNION ALL
            (SELECT id, entry_id, debit, credit FROM removed EXCEPT SELECT id, entry_id, debit, credit FROM added)
        ) AS changed ORDER BY 1 ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION invoicing_touched_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM invoicing_check_entry_balance(NEW.entry_id);
    DELETE FROM invoicing_entrytouched WHERE entry_id = NEW.entry_id;
    RETURN NULL;
END $$;

DROP TRIGGER invoicing_line_balanced ON invoicing_entryline;
DROP FUNCTION invoicing_line_balanced();
CREATE TRIGGER invoicing_entries_touched_added AFTER INSERT ON invoicing_entryline
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION invoicing_entries_touched();
CREATE TRIGGER invoicing_entries_touched_removed AFTER DELETE ON invoicing_entryline
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION invoicing_entries_touched();
CREATE TRIGGER invoicing_entries_touched_changed AFTER UPDATE ON invoicing_entryline
    REFERENCING NEW TABLE AS added OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION invoicing_entries_touched();
CREATE CONSTRAINT TRIGGER invoicing_touched_balanced AFTER INSERT ON invoicing_entrytouched
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoicing_touched_balanced();

-- A file that was imported is the voucher of its entries.
CREATE FUNCTION invoicing_entryimport_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.imported_on IS NOT NULL THEN
        RAISE EXCEPTION 'file % is imported: % refused', OLD.file_name, TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invoicing_entryimport_guard BEFORE UPDATE OR DELETE ON invoicing_entryimport
    FOR EACH ROW EXECUTE FUNCTION invoicing_entryimport_guard();
"""

REVERSE = r"""
DROP TRIGGER invoicing_entryimport_guard ON invoicing_entryimport;
DROP FUNCTION invoicing_entryimport_guard();
DROP TRIGGER invoicing_entries_touched_changed ON invoicing_entryline;
DROP TRIGGER invoicing_entries_touched_removed ON invoicing_entryline;
DROP TRIGGER invoicing_entries_touched_added ON invoicing_entryline;
DROP FUNCTION invoicing_entries_touched();
DROP TABLE invoicing_entrytouched;
DROP FUNCTION invoicing_touched_balanced();
CREATE FUNCTION invoicing_line_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN PERFORM invoicing_check_entry_balance(NEW.entry_id); END IF;
    IF TG_OP <> 'INSERT' THEN PERFORM invoicing_check_entry_balance(OLD.entry_id); END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER invoicing_line_balanced AFTER INSERT OR DELETE OR UPDATE OF entry_id, debit, credit
    ON invoicing_entryline DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoicing_line_balanced();
"""


def load(apps, _schema_editor):
    load_chart_of_accounts(apps.get_model("invoicing", "Account"), apps.get_model("invoicing", "Journal"))


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0010_deposits_retentions_losses"),
        ("members", "0002_triggers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EntryImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file_name", models.CharField(max_length=200, verbose_name="fichier")),
                (
                    "sha256",
                    models.CharField(
                        error_messages={"unique": "Ce fichier a déjà été reçu."},
                        max_length=64,
                        unique=True,
                        verbose_name="empreinte",
                    ),
                ),
                ("content", models.BinaryField(verbose_name="contenu")),
                ("received_on", models.DateField(verbose_name="reçu le")),
                ("imported_on", models.DateField(blank=True, null=True, verbose_name="importé le")),
                ("entry_count", models.PositiveIntegerField(default=0, verbose_name="écritures")),
                ("line_count", models.PositiveIntegerField(default=0, verbose_name="lignes")),
            ],
            options={
                "verbose_name": "fichier d’écritures",
                "verbose_name_plural": "import d’écritures",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="EntryTemplate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="nom")),
                ("label", models.CharField(max_length=160, verbose_name="libellé")),
            ],
            options={
                "verbose_name": "modèle d’écriture",
                "verbose_name_plural": "modèles d’écriture",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="EntryTemplateLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(verbose_name="rang")),
                (
                    "side",
                    models.CharField(
                        choices=[("DEBIT", "Débit"), ("CREDIT", "Crédit")], max_length=6, verbose_name="sens"
                    ),
                ),
                ("label", models.CharField(blank=True, max_length=160, verbose_name="libellé")),
                (
                    "amount",
                    cae_backoffice.core.money.MoneyField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="montant"
                    ),
                ),
                (
                    "percentage",
                    models.DecimalField(
                        blank=True,
                        decimal_places=3,
                        max_digits=6,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="pourcentage",
                    ),
                ),
            ],
            options={
                "verbose_name": "ligne du modèle",
                "verbose_name_plural": "lignes du modèle",
                "ordering": ["template", "position"],
            },
        ),
        migrations.RemoveIndex(
            model_name="entryline",
            name="invoicing_line_open",
        ),
        migrations.AlterField(
            model_name="entryline",
            name="position",
            field=models.PositiveIntegerField(verbose_name="rang"),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["entry_on", "id"], name="invoicing_entry_day"),
        ),
        migrations.AddIndex(
            model_name="entryline",
            index=models.Index(fields=["auxiliary", "entry_on", "id"], name="invoicing_line_auxiliary"),
        ),
        migrations.AddIndex(
            model_name="entryline",
            index=models.Index(
                condition=models.Q(("auxiliary__isnull", False), ("matching__isnull", True)),
                fields=["account", "entry_on"],
                include=("auxiliary", "activity", "due_on", "debit", "credit"),
                name="invoicing_line_open",
            ),
        ),
        migrations.AddIndex(
            model_name="matching",
            index=models.Index(fields=["account", "-id"], name="invoicing_matching_last"),
        ),
        migrations.AddIndex(
            model_name="matching",
            index=models.Index(fields=["matched_on"], name="invoicing_matching_day"),
        ),
        migrations.AddField(
            model_name="entryimport",
            name="imported_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="importé par",
            ),
        ),
        migrations.AddField(
            model_name="entryimport",
            name="received_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="reçu de",
            ),
        ),
        migrations.AddField(
            model_name="entrytemplate",
            name="journal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="invoicing.journal",
                verbose_name="journal",
            ),
        ),
        migrations.AddField(
            model_name="entrytemplateline",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="invoicing.account",
                verbose_name="compte",
            ),
        ),
        migrations.AddField(
            model_name="entrytemplateline",
            name="activity",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="members.activity",
                verbose_name="activité",
            ),
        ),
        migrations.AddField(
            model_name="entrytemplateline",
            name="auxiliary",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="invoicing.auxiliary",
                verbose_name="compte auxiliaire",
            ),
        ),
        migrations.AddField(
            model_name="entrytemplateline",
            name="template",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="lines",
                to="invoicing.entrytemplate",
                verbose_name="modèle d’écriture",
            ),
        ),
        migrations.AddConstraint(
            model_name="entryimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("imported_by__isnull", True), ("imported_on__isnull", True)),
                    models.Q(("imported_by__isnull", False), ("imported_on__isnull", False)),
                    _connector="OR",
                ),
                name="invoicing_entryimport_whole",
                violation_error_message="Un import a une date et un auteur.",
            ),
        ),
        migrations.AddConstraint(
            model_name="entrytemplateline",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__isnull", True), ("percentage__isnull", True), _connector="OR"),
                name="invoicing_templateline_one_amount",
                violation_error_message="Une ligne du modèle a un montant ou un pourcentage, pas les deux.",
            ),
        ),
        migrations.AddConstraint(
            model_name="entrytemplateline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount__isnull", True), ("amount__gt", 0), _connector="OR"),
                    models.Q(
                        ("percentage__isnull", True),
                        models.Q(("percentage__gt", 0), ("percentage__lte", 100)),
                        _connector="OR",
                    ),
                ),
                name="invoicing_templateline_positive",
                violation_error_message="Le montant est positif\u00a0; le pourcentage est entre 0 et 100.",
            ),
        ),
        migrations.RunSQL(FORWARD, REVERSE),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
