"""Deposit invoices and what takes them off, retentions and their release, doubtful and lost receivables."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import cae_backoffice.core.money
from invoicing.mentions.services import load_legal_texts

NEVER_CHANGE = ("retentionrelease", "doubtfulreceivable", "writeoff")
NEVER_EMPTIED = (*NEVER_CHANGE, "period", "fiscalyear")
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
    load_legal_texts(apps.get_model("invoicing", "LegalText"))


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0009_payment_triggers"),
        ("members", "0002_triggers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DoubtfulReceivable",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("declared_on", models.DateField(verbose_name="douteuse depuis le")),
                ("reason", models.CharField(max_length=160, verbose_name="motif")),
                (
                    "amount",
                    cae_backoffice.core.money.MoneyField(decimal_places=2, max_digits=14, verbose_name="montant"),
                ),
            ],
            options={
                "verbose_name": "créance douteuse",
                "verbose_name_plural": "créances douteuses",
                "ordering": ["-declared_on", "-id"],
            },
        ),
        migrations.CreateModel(
            name="RetentionRelease",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("released_on", models.DateField(verbose_name="libérée le")),
                ("due_on", models.DateField(verbose_name="échéance")),
            ],
            options={
                "verbose_name": "libération de retenue",
                "verbose_name_plural": "libérations de retenue",
                "ordering": ["-released_on", "-id"],
            },
        ),
        migrations.CreateModel(
            name="WriteOff",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("written_off_on", models.DateField(verbose_name="passée en perte le")),
                ("reason", models.CharField(max_length=160, verbose_name="motif")),
                (
                    "amount",
                    cae_backoffice.core.money.MoneyField(decimal_places=2, max_digits=14, verbose_name="montant TTC"),
                ),
            ],
            options={
                "verbose_name": "perte sur créance",
                "verbose_name_plural": "pertes sur créances",
                "ordering": ["-written_off_on", "-id"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="allocation",
            name="invoicing_allocation_one_source",
        ),
        migrations.RemoveConstraint(
            model_name="invoice",
            name="invoicing_credit_note_refers",
        ),
        migrations.AddField(
            model_name="invoice",
            name="retention",
            field=cae_backoffice.core.money.MoneyField(
                decimal_places=2, default=0, max_digits=14, verbose_name="retenue de garantie"
            ),
        ),
        migrations.AddField(
            model_name="invoice",
            name="retention_due_on",
            field=models.DateField(blank=True, null=True, verbose_name="retenue libérable le"),
        ),
        migrations.AddField(
            model_name="invoice",
            name="retention_percent",
            field=models.DecimalField(
                decimal_places=2, default=0, max_digits=4, verbose_name="retenue de garantie (%)"
            ),
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="deducts",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deductions",
                to="invoicing.invoice",
                verbose_name="acompte déduit",
            ),
        ),
        migrations.AlterField(
            model_name="invoice",
            name="kind",
            field=models.CharField(
                choices=[("380", "Facture"), ("381", "Avoir"), ("386", "Facture d’acompte")],
                default="380",
                max_length=3,
                verbose_name="type",
            ),
        ),
        migrations.AlterField(
            model_name="legaltext",
            name="code",
            field=models.CharField(
                choices=[
                    ("LATE_PENALTY", "Pénalités de retard"),
                    ("LATE_PENALTY_PUBLIC", "Intérêts moratoires (organisme public)"),
                    ("RECOVERY_INDEMNITY", "Indemnité forfaitaire de recouvrement"),
                    ("NO_EARLY_DISCOUNT", "Escompte"),
                    ("VAT_ON_DEBITS", "Option pour les débits"),
                    ("MEDIATOR", "Médiateur de la consommation"),
                    ("CAPE", "Mention du CAPE"),
                    ("RETENTION", "Retenue de garantie"),
                    ("DECENNIAL_INSURANCE", "Assurance décennale"),
                ],
                max_length=24,
                verbose_name="mention",
            ),
        ),
        migrations.AlterField(
            model_name="paymentevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("RECEIVED", "Encaissement"),
                    ("ALLOCATED", "Affectation"),
                    ("OFFSET", "Imputation d’un avoir"),
                    ("REMITTED", "Remise de chèques"),
                    ("BOUNCED", "Rejet"),
                    ("REFUNDED", "Remboursement"),
                    ("LOST", "Perte sur créance"),
                ],
                max_length=9,
                verbose_name="nature",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("corrects__isnull", True), ("kind__in", ["380", "386"])),
                    models.Q(("corrects__isnull", False), ("kind", "381")),
                    _connector="OR",
                ),
                name="invoicing_credit_note_refers",
                violation_error_message="Un avoir corrige une facture, et seul un avoir en corrige une.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("retention_percent__gte", 0), ("retention_percent__lte", 5)),
                name="invoicing_invoice_retention_range",
                violation_error_message="Une retenue de garantie est comprise entre 0 et 5\xa0%% (loi 71-584).",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("retention", 0),
                    models.Q(
                        ("retention__gt", 0), ("retention__lt", models.F("gross")), ("retention_due_on__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="invoicing_invoice_retention_due",
                violation_error_message="Une retenue de garantie a une date de libération.",
            ),
        ),
        migrations.AddField(
            model_name="doubtfulreceivable",
            name="declared_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="déclarée par",
            ),
        ),
        migrations.AddField(
            model_name="doubtfulreceivable",
            name="entry",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="invoicing.entry",
                verbose_name="écriture",
            ),
        ),
        migrations.AddField(
            model_name="doubtfulreceivable",
            name="invoice",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="doubt",
                to="invoicing.invoice",
                verbose_name="facture",
            ),
        ),
        migrations.AddField(
            model_name="retentionrelease",
            name="entry",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="invoicing.entry",
                verbose_name="écriture",
            ),
        ),
        migrations.AddField(
            model_name="retentionrelease",
            name="invoice",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="release",
                to="invoicing.invoice",
                verbose_name="facture",
            ),
        ),
        migrations.AddField(
            model_name="retentionrelease",
            name="released_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="libérée par",
            ),
        ),
        migrations.AddField(
            model_name="writeoff",
            name="entry",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="invoicing.entry",
                verbose_name="écriture",
            ),
        ),
        migrations.AddField(
            model_name="writeoff",
            name="invoice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="write_offs",
                to="invoicing.invoice",
                verbose_name="facture",
            ),
        ),
        migrations.AddField(
            model_name="writeoff",
            name="written_off_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="décidée par",
            ),
        ),
        migrations.AddField(
            model_name="allocation",
            name="write_off",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="allocation",
                to="invoicing.writeoff",
                verbose_name="perte",
            ),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("credit_note__isnull", True),
                        ("receipt__isnull", False),
                        ("refund__isnull", True),
                        ("write_off__isnull", True),
                    ),
                    models.Q(
                        ("credit_note__isnull", False),
                        ("receipt__isnull", True),
                        ("refund__isnull", True),
                        ("write_off__isnull", True),
                    ),
                    models.Q(
                        ("credit_note__isnull", True),
                        ("receipt__isnull", True),
                        ("refund__isnull", False),
                        ("write_off__isnull", True),
                    ),
                    models.Q(
                        ("credit_note__isnull", True),
                        ("receipt__isnull", True),
                        ("refund__isnull", True),
                        ("write_off__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="invoicing_allocation_one_source",
            ),
        ),
        migrations.AddConstraint(
            model_name="doubtfulreceivable",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="invoicing_doubtful_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionrelease",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_on__gte", models.F("released_on"))),
                name="invoicing_release_due",
                violation_error_message="L’échéance ne peut pas précéder la libération.",
            ),
        ),
        migrations.AddConstraint(
            model_name="writeoff",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0)), name="invoicing_writeoff_positive"
            ),
        ),
        migrations.RunSQL(GUARDS, NO_GUARDS),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
