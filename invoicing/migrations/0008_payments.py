"""Receipts, what they pay, remittances, bounces, refunds, and the unalterable record of payments."""

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import cae_backoffice.core.money
import cae_backoffice.core.text
import invoicing.payments.models


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0007_invoicevat_pending"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ChequeRemittance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=20, unique=True, verbose_name="numéro")),
                ("remitted_on", models.DateField(verbose_name="remis le")),
                ("total", cae_backoffice.core.money.MoneyField(decimal_places=2, max_digits=14, verbose_name="total")),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="établie par",
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.entry",
                        verbose_name="écriture",
                    ),
                ),
            ],
            options={
                "verbose_name": "remise de chèques",
                "verbose_name_plural": "remises de chèques",
                "ordering": ["-remitted_on", "-id"],
            },
        ),
        migrations.CreateModel(
            name="RemittanceSlip",
            fields=[
                (
                    "remittance",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="slip",
                        serialize=False,
                        to="invoicing.chequeremittance",
                        verbose_name="remise",
                    ),
                ),
                ("pdf", models.FileField(upload_to="documents/%Y/%m/", verbose_name="PDF")),
                ("sha256", models.CharField(max_length=64, verbose_name="empreinte SHA-256")),
                ("size", models.PositiveIntegerField(verbose_name="taille (octets)")),
                ("rendered_at", models.DateTimeField(auto_now_add=True, verbose_name="produit le")),
            ],
            options={
                "verbose_name": "bordereau de remise",
                "verbose_name_plural": "bordereaux de remise",
            },
        ),
        migrations.CreateModel(
            name="PaymentClosing",
            fields=[
                (
                    "position",
                    models.BigIntegerField(editable=False, primary_key=True, serialize=False, verbose_name="position"),
                ),
                ("recorded_at", models.DateTimeField(editable=False, verbose_name="enregistré le")),
                ("previous_hash", models.CharField(editable=False, max_length=64, verbose_name="empreinte précédente")),
                ("hash", models.CharField(editable=False, max_length=64, verbose_name="empreinte")),
                (
                    "kind",
                    models.CharField(
                        choices=[("DAY", "Journalière"), ("MONTH", "Mensuelle"), ("YEAR", "Annuelle")],
                        max_length=5,
                        verbose_name="période",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="du")),
                ("ends_on", models.DateField(verbose_name="au")),
                ("event_count", models.PositiveIntegerField(editable=False, verbose_name="événements")),
                (
                    "total",
                    cae_backoffice.core.money.MoneyField(
                        decimal_places=2, editable=False, max_digits=14, verbose_name="total de la période"
                    ),
                ),
                (
                    "running_total",
                    cae_backoffice.core.money.MoneyField(
                        decimal_places=2, editable=False, max_digits=18, verbose_name="total perpétuel"
                    ),
                ),
                ("last_position", models.BigIntegerField(editable=False, verbose_name="dernier événement")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="auteur",
                    ),
                ),
            ],
            options={
                "verbose_name": "clôture des encaissements",
                "verbose_name_plural": "clôtures des encaissements",
                "ordering": ["-position"],
            },
        ),
        migrations.CreateModel(
            name="PaymentEvent",
            fields=[
                (
                    "position",
                    models.BigIntegerField(editable=False, primary_key=True, serialize=False, verbose_name="position"),
                ),
                ("recorded_at", models.DateTimeField(editable=False, verbose_name="enregistré le")),
                ("previous_hash", models.CharField(editable=False, max_length=64, verbose_name="empreinte précédente")),
                ("hash", models.CharField(editable=False, max_length=64, verbose_name="empreinte")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("RECEIVED", "Encaissement"),
                            ("ALLOCATED", "Affectation"),
                            ("OFFSET", "Imputation d’un avoir"),
                            ("REMITTED", "Remise de chèques"),
                            ("BOUNCED", "Rejet"),
                            ("REFUNDED", "Remboursement"),
                        ],
                        max_length=9,
                        verbose_name="nature",
                    ),
                ),
                ("happened_on", models.DateField(verbose_name="date")),
                (
                    "amount",
                    cae_backoffice.core.money.MoneyField(decimal_places=2, max_digits=14, verbose_name="montant"),
                ),
                ("details", models.JSONField(default=dict, verbose_name="références")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="auteur",
                    ),
                ),
            ],
            options={
                "verbose_name": "événement de paiement",
                "verbose_name_plural": "journal des paiements",
                "ordering": ["-position"],
            },
        ),
        migrations.CreateModel(
            name="PaymentSequence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("prefix", models.CharField(max_length=4, verbose_name="préfixe")),
                ("year", models.PositiveSmallIntegerField(verbose_name="année")),
                ("last_number", models.PositiveIntegerField(default=0, verbose_name="dernier numéro")),
            ],
            options={
                "verbose_name": "suite de numéros de paiement",
                "verbose_name_plural": "suites de numéros de paiement",
                "constraints": [
                    models.UniqueConstraint(fields=("prefix", "year"), name="invoicing_paymentsequence_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=20, unique=True, verbose_name="numéro")),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("TRANSFER", "Virement"),
                            ("CHEQUE", "Chèque"),
                            ("CARD", "Carte bancaire"),
                            ("CASH", "Espèces"),
                            ("DEBIT", "Prélèvement"),
                        ],
                        max_length=8,
                        verbose_name="moyen",
                    ),
                ),
                ("received_on", models.DateField(verbose_name="reçu le")),
                (
                    "amount",
                    cae_backoffice.core.money.MoneyField(decimal_places=2, max_digits=14, verbose_name="montant"),
                ),
                ("payer", models.CharField(max_length=120, verbose_name="payeur")),
                ("reference", models.CharField(blank=True, max_length=120, verbose_name="référence")),
                ("bank_name", models.CharField(blank=True, max_length=80, verbose_name="banque du chèque")),
                ("cheque_number", models.CharField(blank=True, max_length=20, verbose_name="n° de chèque")),
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
                                    models.F("payer"), models.Value(""), output_field=models.TextField()
                                ),
                                models.Value(" ", output_field=models.TextField()),
                                django.db.models.functions.comparison.Coalesce(
                                    models.F("reference"), models.Value(""), output_field=models.TextField()
                                ),
                                models.Value(" ", output_field=models.TextField()),
                                django.db.models.functions.comparison.Coalesce(
                                    models.F("cheque_number"), models.Value(""), output_field=models.TextField()
                                ),
                                output_field=models.TextField(),
                            )
                        ),
                        output_field=models.TextField(),
                        verbose_name="clé de recherche",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="invoicing.customer",
                        verbose_name="client",
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.entry",
                        verbose_name="écriture",
                    ),
                ),
                (
                    "remittance",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="invoicing.chequeremittance",
                        verbose_name="remise",
                    ),
                ),
                (
                    "rest_line",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.entryline",
                        verbose_name="ligne du reste",
                    ),
                ),
            ],
            options={
                "verbose_name": "encaissement",
                "verbose_name_plural": "encaissements",
                "ordering": ["-received_on", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Bounce",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("bounced_on", models.DateField(verbose_name="rejeté le")),
                ("reason", models.CharField(max_length=160, verbose_name="motif")),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.entry",
                        verbose_name="écriture",
                    ),
                ),
                (
                    "line",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.entryline",
                        verbose_name="ligne du reste",
                    ),
                ),
                (
                    "receipt",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bounce",
                        to="invoicing.receipt",
                        verbose_name="encaissement",
                    ),
                ),
            ],
            options={
                "verbose_name": "impayé",
                "verbose_name_plural": "impayés",
                "ordering": ["-bounced_on", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=20, unique=True, verbose_name="numéro")),
                (
                    "amount",
                    cae_backoffice.core.money.MoneyField(decimal_places=2, max_digits=14, verbose_name="montant"),
                ),
                ("refunded_on", models.DateField(verbose_name="remboursé le")),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("TRANSFER", "Virement"),
                            ("CHEQUE", "Chèque"),
                            ("CARD", "Carte bancaire"),
                            ("CASH", "Espèces"),
                            ("DEBIT", "Prélèvement"),
                        ],
                        default="TRANSFER",
                        max_length=8,
                        verbose_name="moyen",
                    ),
                ),
                (
                    "credit_note",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="invoicing.invoice",
                        verbose_name="avoir",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="invoicing.customer",
                        verbose_name="client",
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.entry",
                        verbose_name="écriture",
                    ),
                ),
                (
                    "line",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.entryline",
                        verbose_name="ligne du client",
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="invoicing.receipt",
                        verbose_name="encaissement",
                    ),
                ),
            ],
            options={
                "verbose_name": "remboursement",
                "verbose_name_plural": "remboursements",
                "ordering": ["-refunded_on", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Allocation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "amount",
                    cae_backoffice.core.money.MoneyField(decimal_places=2, max_digits=14, verbose_name="montant"),
                ),
                ("allocated_on", models.DateField(verbose_name="affecté le")),
                (
                    "credit_note",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offsets",
                        to="invoicing.invoice",
                        verbose_name="avoir",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.entry",
                        verbose_name="écriture",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        limit_choices_to=invoicing.payments.models.payable,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="invoicing.invoice",
                        verbose_name="facture",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.entryline",
                        verbose_name="ligne du client",
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="invoicing.allocation",
                        verbose_name="annule",
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="invoicing.receipt",
                        verbose_name="encaissement",
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="invoicing.refund",
                        verbose_name="remboursement",
                    ),
                ),
            ],
            options={
                "verbose_name": "affectation",
                "verbose_name_plural": "affectations",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="AllocationVat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("S", "Taux normal ou réduit"),
                            ("E", "Exonéré"),
                            ("AE", "Autoliquidation"),
                            ("K", "Livraison intracommunautaire"),
                            ("G", "Exportation"),
                            ("O", "Hors champ"),
                            ("Z", "Taux zéro"),
                        ],
                        max_length=2,
                        verbose_name="catégorie",
                    ),
                ),
                ("rate", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="taux (%)")),
                ("net", cae_backoffice.core.money.MoneyField(decimal_places=2, max_digits=14, verbose_name="HT")),
                ("vat", cae_backoffice.core.money.MoneyField(decimal_places=2, max_digits=14, verbose_name="TVA")),
                (
                    "due_vat",
                    cae_backoffice.core.money.MoneyField(
                        decimal_places=2, max_digits=14, verbose_name="TVA devenue exigible"
                    ),
                ),
                (
                    "allocation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vat_rows",
                        to="invoicing.allocation",
                        verbose_name="affectation",
                    ),
                ),
            ],
            options={
                "verbose_name": "TVA d’une affectation",
                "verbose_name_plural": "TVA des affectations",
                "ordering": ["allocation", "category", "-rate"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("allocation", "category", "rate"), name="invoicing_allocationvat_once"
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="chequeremittance",
            constraint=models.CheckConstraint(
                condition=models.Q(("total__gt", 0)), name="invoicing_remittance_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentclosing",
            constraint=models.UniqueConstraint(fields=("kind", "starts_on"), name="invoicing_closing_once"),
        ),
        migrations.AddConstraint(
            model_name="paymentclosing",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))), name="invoicing_closing_dates"
            ),
        ),
        migrations.AddIndex(
            model_name="paymentevent",
            index=models.Index(fields=["happened_on"], name="invoicing_paymentevent_day"),
        ),
        migrations.AddIndex(
            model_name="receipt",
            index=models.Index(fields=["-received_on", "-id"], name="invoicing_receipt_received"),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="invoicing_receipt_positive"),
        ),
        migrations.AddConstraint(
            model_name="receipt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("method", "CHEQUE"),
                    models.Q(("bank_name", ""), ("cheque_number", ""), ("remittance__isnull", True)),
                    _connector="OR",
                ),
                name="invoicing_receipt_cheque",
                violation_error_message="Seul un chèque a une banque, un numéro et une remise.",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="invoicing_refund_positive"),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("credit_note__isnull", False), ("receipt__isnull", True)),
                    models.Q(("credit_note__isnull", True), ("receipt__isnull", False)),
                    _connector="OR",
                ),
                name="invoicing_refund_of_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount", 0), _negated=True), name="invoicing_allocation_not_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("credit_note__isnull", True), ("receipt__isnull", False), ("refund__isnull", True)),
                    models.Q(("credit_note__isnull", False), ("receipt__isnull", True), ("refund__isnull", True)),
                    models.Q(("credit_note__isnull", True), ("receipt__isnull", True), ("refund__isnull", False)),
                    _connector="OR",
                ),
                name="invoicing_allocation_one_source",
            ),
        ),
        migrations.AddConstraint(
            model_name="allocation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reverses__isnull", True), models.Q(("amount__lt", 0), ("receipt__isnull", False)), _connector="OR"
                ),
                name="invoicing_allocation_reversal_negative",
            ),
        ),
    ]
