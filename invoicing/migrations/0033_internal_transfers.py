"""Transfers between activities: an amount above zero, two activities, and nothing changes once answered."""

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import cae_backoffice.core.money
import cae_backoffice.core.text
from invoicing.transfers.services import load_transfer_settings

GUARD = """
-- A proposal is answered once; what was answered, and any transfer's two sides and amount, never change.
CREATE FUNCTION invoicing_transfer_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = 'PROPOSED'
       AND to_jsonb(NEW) - ARRAY['state', 'reason', 'number', 'accepted_on', 'entry_id', 'search']
         = to_jsonb(OLD) - ARRAY['state', 'reason', 'number', 'accepted_on', 'entry_id', 'search']
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'transfer % is answered or never changes: % refused', OLD.id, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER invoicing_transfer_guard BEFORE UPDATE OR DELETE ON invoicing_internaltransfer
    FOR EACH ROW EXECUTE FUNCTION invoicing_transfer_guard();
CREATE TRIGGER invoicing_internaltransfer_no_truncate BEFORE TRUNCATE ON invoicing_internaltransfer
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""
NO_GUARD = """
DROP TRIGGER invoicing_internaltransfer_no_truncate ON invoicing_internaltransfer;
DROP TRIGGER invoicing_transfer_guard ON invoicing_internaltransfer;
DROP FUNCTION invoicing_transfer_guard();
"""


def load(apps, _schema_editor):
    load_transfer_settings(apps.get_model("invoicing", "Account"), apps.get_model("invoicing", "TransferSettings"))


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0032_reminders"),
        ("members", "0010_deadline_alerts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TransferSequence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(unique=True, verbose_name="année")),
                ("last_number", models.PositiveIntegerField(default=0, verbose_name="dernier numéro")),
            ],
            options={
                "verbose_name": "suite de numéros de transfert",
                "verbose_name_plural": "suites de numéros de transfert",
            },
        ),
        migrations.CreateModel(
            name="InternalTransfer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "amount",
                    cae_backoffice.core.money.MoneyField(decimal_places=2, max_digits=14, verbose_name="montant"),
                ),
                ("label", models.CharField(max_length=120, verbose_name="objet")),
                ("details", models.TextField(blank=True, max_length=1000, verbose_name="détail")),
                ("concerns_on", models.DateField(verbose_name="date du travail ou des frais")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PROPOSED", "Proposé"),
                            ("ACCEPTED", "Accepté"),
                            ("REFUSED", "Refusé"),
                            ("CANCELLED", "Annulé"),
                        ],
                        default="PROPOSED",
                        max_length=9,
                        verbose_name="état",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="motif")),
                ("number", models.CharField(blank=True, max_length=20, null=True, unique=True, verbose_name="numéro")),
                ("accepted_on", models.DateField(blank=True, null=True, verbose_name="accepté le")),
                ("proposed_at", models.DateTimeField(auto_now_add=True, verbose_name="saisi le")),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=cae_backoffice.core.text._Fold(
                            django.db.models.functions.text.Concat(
                                django.db.models.functions.comparison.Coalesce(
                                    models.F("number"), models.Value(""), output_field=models.TextField()
                                ),
                                models.Value(" ", output_field=models.TextField()),
                                django.db.models.functions.comparison.Coalesce(
                                    models.F("label"), models.Value(""), output_field=models.TextField()
                                ),
                                output_field=models.TextField(),
                            )
                        ),
                        output_field=models.TextField(),
                        verbose_name="clé de recherche",
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
                    "payee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.activity",
                        verbose_name="activité qui reçoit",
                    ),
                ),
                (
                    "payer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.activity",
                        verbose_name="activité qui verse",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="saisi par",
                    ),
                ),
                (
                    "proposer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.activity",
                        verbose_name="proposé par",
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="invoicing.internaltransfer",
                        verbose_name="annule",
                    ),
                ),
            ],
            options={
                "verbose_name": "transfert interne",
                "verbose_name_plural": "transferts internes",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["payer", "-id"], name="invoicing_transfer_payer"),
                    models.Index(fields=["payee", "-id"], name="invoicing_transfer_payee"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)),
                        name="invoicing_transfer_positive",
                        violation_error_message="Un transfert a un montant positif.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("payer", models.F("payee")), _negated=True),
                        name="invoicing_transfer_two_activities",
                        violation_error_message="Un transfert va d’une activité à une autre.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("proposer", models.F("payer")), ("proposer", models.F("payee")), _connector="OR"
                        ),
                        name="invoicing_transfer_proposer",
                        violation_error_message="L’une des deux activités propose le transfert.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("accepted_on__isnull", False),
                                ("entry__isnull", False),
                                ("number__isnull", False),
                                ("state", "ACCEPTED"),
                            ),
                            models.Q(
                                models.Q(("state", "ACCEPTED"), _negated=True),
                                ("accepted_on__isnull", True),
                                ("entry__isnull", True),
                                ("number__isnull", True),
                                ("reverses__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="invoicing_transfer_accepted_complete",
                        violation_error_message="Un transfert accepté a un numéro, une date et une écriture.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "REFUSED"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="invoicing_transfer_refusal_reason",
                        violation_error_message="Un refus a son motif.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TransferSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                "verbose_name": "compte des transferts internes",
                "verbose_name_plural": "compte des transferts internes",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="invoicing_transfersettings_single")
                ],
            },
        ),
        migrations.RunSQL(GUARD, NO_GUARD),
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
