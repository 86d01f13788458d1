"""Discounts and charges on a whole invoice; frozen with it."""

import django.db.models.constraints
import django.db.models.deletion
from django.db import migrations, models

import cae_backoffice.core.money

FORWARD = """
CREATE TRIGGER invoicing_issued_adjustment BEFORE INSERT OR UPDATE OR DELETE ON invoicing_invoiceadjustment
    FOR EACH ROW EXECUTE FUNCTION invoicing_refuse_issued_part();
CREATE TRIGGER invoicing_adjustment_no_truncate BEFORE TRUNCATE ON invoicing_invoiceadjustment
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""
REVERSE = """
DROP TRIGGER invoicing_adjustment_no_truncate ON invoicing_invoiceadjustment;
DROP TRIGGER invoicing_issued_adjustment ON invoicing_invoiceadjustment;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0020_customer_likeness"),
    ]

    operations = [
        migrations.CreateModel(
            name="InvoiceAdjustment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(verbose_name="rang")),
                ("is_charge", models.BooleanField(default=False, verbose_name="frais")),
                ("reason", models.CharField(max_length=120, verbose_name="motif")),
                (
                    "percent",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="pourcentage"
                    ),
                ),
                (
                    "amount",
                    cae_backoffice.core.money.MoneyField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="montant HT"
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="adjustments",
                        to="invoicing.invoice",
                        verbose_name="facture",
                    ),
                ),
            ],
            options={
                "verbose_name": "remise ou frais d’une facture",
                "verbose_name_plural": "remises et frais des factures",
                "ordering": ["invoice", "position"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount__gt", 0), ("amount__isnull", False), ("percent__isnull", True)),
                            models.Q(
                                ("amount__isnull", True),
                                ("percent__gt", 0),
                                ("percent__isnull", False),
                                ("percent__lte", 100),
                            ),
                            _connector="OR",
                        ),
                        name="invoicing_invoiceadjustment_one",
                        violation_error_message="Une remise ou des frais sont en pourcentage ou en euros, au-dessus de zéro.",
                    ),
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("invoice", "position"),
                        name="invoicing_adjustment_position_once",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FORWARD, REVERSE),
    ]
