"""Exports: the jobs, and the mark of what they exported."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FUNCTIONS = r"""
-- A text on one line of a file: without control characters nor line separators, without spaces around; `otherwise` when
-- nothing is left.
CREATE FUNCTION invoicing_one_line(value text, otherwise text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(
        nullif(
            btrim(
                CASE WHEN value ~ '[\x01-\x1F\x7F-\u009F\u2028\u2029]'
                     THEN regexp_replace(value, '[\x01-\x1F\x7F-\u009F\u2028\u2029]', ' ', 'g') ELSE value END,
                U&' \00A0\1680\2000\2001\2002\2003\2004\2005\2006\2007\2008\2009\200A\202F\205F\3000'
            ),
            ''
        ),
        otherwise
    )
$$;

-- The mark of an exported entry, and a finished export, stand for ever.
CREATE TRIGGER invoicing_exportedentry_never_changes BEFORE UPDATE OR DELETE ON invoicing_exportedentry
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER invoicing_exportedentry_no_truncate BEFORE TRUNCATE ON invoicing_exportedentry
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER invoicing_exportjob_never_changes BEFORE UPDATE OR DELETE ON invoicing_exportjob
    FOR EACH ROW WHEN (OLD.state = 'DONE') EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER invoicing_exportjob_no_truncate BEFORE TRUNCATE ON invoicing_exportjob
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""

DROP_FUNCTIONS = """
DROP TRIGGER invoicing_exportjob_no_truncate ON invoicing_exportjob;
DROP TRIGGER invoicing_exportjob_never_changes ON invoicing_exportjob;
DROP TRIGGER invoicing_exportedentry_no_truncate ON invoicing_exportedentry;
DROP TRIGGER invoicing_exportedentry_never_changes ON invoicing_exportedentry;
DROP FUNCTION invoicing_one_line(text, text);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0011_ledger_at_scale"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ExportJob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("FEC", "FEC (administration fiscale)"),
                            ("CSV", "CSV"),
                            ("SAGE_PNM", "Sage (PNM)"),
                            ("QUADRA", "Cegid Quadra (ASCII)"),
                            ("CEGID_TRA", "Cegid (TRA)"),
                        ],
                        max_length=9,
                        verbose_name="format",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="du")),
                ("ends_on", models.DateField(verbose_name="au")),
                (
                    "journals",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("VT", "Ventes"),
                                ("AC", "Achats"),
                                ("BQ", "Banque"),
                                ("NF", "Notes de frais"),
                                ("PA", "Paie"),
                                ("OD", "Opérations diverses"),
                                ("AN", "À-nouveaux"),
                            ],
                            max_length=2,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="journaux",
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("NEW", "Les écritures jamais exportées dans ce format"),
                            ("ALL", "Toutes, même déjà exportées"),
                        ],
                        default="ALL",
                        max_length=3,
                        verbose_name="écritures",
                    ),
                ),
                (
                    "encoding",
                    models.CharField(
                        choices=[("UTF-8", "UTF-8"), ("ISO-8859-15", "ISO 8859-15")],
                        default="UTF-8",
                        max_length=11,
                        verbose_name="jeu de caractères",
                    ),
                ),
                ("with_drafts", models.BooleanField(default=False, verbose_name="malgré les brouillards")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("WAITING", "En attente"),
                            ("RUNNING", "En cours"),
                            ("DONE", "Terminé"),
                            ("FAILED", "Échoué"),
                        ],
                        default="WAITING",
                        max_length=7,
                        verbose_name="état",
                    ),
                ),
                ("lines_done", models.PositiveIntegerField(default=0, verbose_name="lignes écrites")),
                ("lines_total", models.PositiveIntegerField(default=0, verbose_name="lignes à écrire")),
                ("file", models.FileField(blank=True, upload_to="exports/%Y/%m/", verbose_name="fichier")),
                ("file_name", models.CharField(blank=True, max_length=80, verbose_name="nom du fichier")),
                ("sha256", models.CharField(blank=True, max_length=64, verbose_name="empreinte SHA-256")),
                ("size", models.PositiveBigIntegerField(default=0, verbose_name="taille (octets)")),
                ("description", models.TextField(blank=True, verbose_name="description du fichier")),
                ("warning", models.TextField(blank=True, verbose_name="avertissement")),
                ("error", models.TextField(blank=True, verbose_name="erreur")),
                ("requested_at", models.DateTimeField(auto_now_add=True, verbose_name="demandé le")),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="commencé le")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="terminé le")),
                (
                    "fiscal_year",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.fiscalyear",
                        verbose_name="exercice",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="demandé par",
                    ),
                ),
            ],
            options={
                "verbose_name": "export comptable",
                "verbose_name_plural": "exports comptables",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="ExportedEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="marks",
                        to="invoicing.exportjob",
                        verbose_name="export",
                    ),
                ),
            ],
            options={
                "verbose_name": "écriture exportée",
                "verbose_name_plural": "écritures exportées",
                "ordering": ["-id"],
            },
        ),
        migrations.AddConstraint(
            model_name="exportjob",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                name="invoicing_exportjob_dates",
                violation_error_message="La fin précède le début.",
            ),
        ),
        migrations.AddConstraint(
            model_name="exportjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("fiscal_year__isnull", False), ("journals", []), ("kind", "FEC"), ("scope", "ALL")),
                    models.Q(
                        models.Q(("kind", "FEC"), _negated=True), ("fiscal_year__isnull", True), ("with_drafts", False)
                    ),
                    _connector="OR",
                ),
                name="invoicing_exportjob_fec_of_a_year",
                violation_error_message="Un FEC porte sur un exercice entier.",
            ),
        ),
        migrations.AddConstraint(
            model_name="exportjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("error", ""),
                        ("finished_at__isnull", False),
                        ("state", "DONE"),
                        models.Q(("file", ""), _negated=True),
                        models.Q(("sha256", ""), _negated=True),
                    ),
                    models.Q(
                        ("file", ""),
                        ("finished_at__isnull", False),
                        ("state", "FAILED"),
                        models.Q(("error", ""), _negated=True),
                    ),
                    models.Q(
                        ("error", ""),
                        ("file", ""),
                        ("finished_at__isnull", True),
                        ("state__in", ["WAITING", "RUNNING"]),
                    ),
                    _connector="OR",
                ),
                name="invoicing_exportjob_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="exportedentry",
            constraint=models.UniqueConstraint(fields=("job", "entry"), name="invoicing_exportedentry_once"),
        ),
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
    ]
