"""Recurring invoices: what they say, when, and what became of each time."""

import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

import cae_backoffice.core.text


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0033_internal_transfers"),
        ("members", "0010_deadline_alerts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RecurringInvoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(blank=True, max_length=160, verbose_name="objet")),
                (
                    "purchase_order",
                    models.CharField(blank=True, max_length=50, verbose_name="n° de commande ou d'engagement"),
                ),
                (
                    "payment_terms",
                    models.CharField(
                        choices=[
                            ("D0", "À réception"),
                            ("D15", "15 jours"),
                            ("D30", "30 jours"),
                            ("M45", "45 jours fin de mois"),
                            ("D60", "60 jours"),
                        ],
                        default="D30",
                        max_length=3,
                        verbose_name="délai de paiement",
                    ),
                ),
                ("note", models.TextField(blank=True, max_length=1000, verbose_name="message au client")),
                (
                    "frequency",
                    models.CharField(
                        choices=[
                            ("MONTHLY", "Tous les mois"),
                            ("QUARTERLY", "Tous les trois mois"),
                            ("YEARLY", "Tous les ans"),
                        ],
                        default="MONTHLY",
                        max_length=9,
                        verbose_name="fréquence",
                    ),
                ),
                (
                    "day",
                    models.PositiveSmallIntegerField(
                        help_text="31 pour le dernier jour du mois.", verbose_name="jour du mois"
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="à partir du")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="jusqu'au")),
                ("times", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="nombre de factures")),
                (
                    "days_ahead",
                    models.PositiveSmallIntegerField(
                        default=5, help_text="Jours avant la date.", verbose_name="préparée"
                    ),
                ),
                ("is_submitted", models.BooleanField(default=False, verbose_name="soumise aussitôt")),
                ("is_paused", models.BooleanField(default=False, verbose_name="suspendue")),
                ("prepares_from", models.DateField(verbose_name="prépare à partir du")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="mise en place le")),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=cae_backoffice.core.text._Fold(
                            django.db.models.functions.comparison.Coalesce(
                                models.F("subject"), models.Value(""), output_field=models.TextField()
                            )
                        ),
                        output_field=models.TextField(),
                        verbose_name="clé de recherche",
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
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="mise en place par",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.customer",
                        verbose_name="client",
                    ),
                ),
            ],
            options={
                "verbose_name": "facture récurrente",
                "verbose_name_plural": "factures récurrentes",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Occurrence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("falls_on", models.DateField(verbose_name="pour le")),
                ("prepared_on", models.DateField(verbose_name="préparée le")),
                ("document", models.PositiveBigIntegerField(blank=True, null=True, verbose_name="brouillon")),
                ("refusal", models.TextField(blank=True, verbose_name="refus")),
                (
                    "recurring",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="occurrences",
                        to="invoicing.recurringinvoice",
                        verbose_name="facture récurrente",
                    ),
                ),
            ],
            options={
                "verbose_name": "échéance de facture récurrente",
                "verbose_name_plural": "échéances de factures récurrentes",
                "ordering": ["-falls_on", "-id"],
            },
        ),
        migrations.CreateModel(
            name="RecurringLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(verbose_name="rang")),
                ("chapter", models.CharField(blank=True, default="", max_length=120, verbose_name="chapitre")),
                ("label", models.CharField(max_length=160, verbose_name="désignation")),
                ("description", models.TextField(blank=True, max_length=2000, verbose_name="détail")),
                (
                    "nature",
                    models.CharField(
                        choices=[("GOODS", "Bien"), ("SERVICES", "Prestation de services")],
                        default="SERVICES",
                        max_length=8,
                        verbose_name="nature",
                    ),
                ),
                ("quantity", models.DecimalField(decimal_places=4, max_digits=12, verbose_name="quantité")),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("C62", "unité"),
                            ("LS", "forfait"),
                            ("HUR", "heure"),
                            ("DAY", "jour"),
                            ("MON", "mois"),
                            ("MTR", "m"),
                            ("MTK", "m²"),
                            ("MTQ", "m³"),
                            ("KGM", "kg"),
                            ("TNE", "t"),
                            ("LTR", "l"),
                            ("KMT", "km"),
                            ("H87", "pièce"),
                            ("HAD", "demi-journée"),
                            ("WEE", "semaine"),
                            ("ANN", "an"),
                            ("SET", "ensemble"),
                            ("LO", "lot"),
                            ("PR", "paire"),
                            ("HAR", "ha"),
                            ("GRM", "g"),
                            ("CMT", "cm"),
                            ("KWH", "kWh"),
                            ("MIN", "minute"),
                            ("IE", "personne"),
                        ],
                        default="C62",
                        max_length=3,
                        verbose_name="unité",
                    ),
                ),
                ("unit_price", models.DecimalField(decimal_places=6, max_digits=14, verbose_name="prix unitaire HT")),
                (
                    "discount_percent",
                    models.DecimalField(decimal_places=2, default=0, max_digits=5, verbose_name="remise (%)"),
                ),
                (
                    "recurring",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="invoicing.recurringinvoice",
                        verbose_name="facture",
                    ),
                ),
                (
                    "vat_code",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.vatcode",
                        verbose_name="TVA",
                    ),
                ),
            ],
            options={
                "verbose_name": "ligne de facture récurrente",
                "verbose_name_plural": "lignes de facture récurrente",
                "ordering": ["recurring", "position"],
            },
        ),
        migrations.AddIndex(
            model_name="recurringinvoice",
            index=models.Index(fields=["activity", "-id"], name="invoicing_recurring_activity"),
        ),
        migrations.AddConstraint(
            model_name="recurringinvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("day__gte", 1), ("day__lte", 31)),
                name="invoicing_recurring_day",
                violation_error_message="Le jour du mois va de 1 à 31.",
            ),
        ),
        migrations.AddConstraint(
            model_name="recurringinvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__isnull", True), ("ends_on__gte", models.F("starts_on")), _connector="OR"),
                name="invoicing_recurring_ends_after_start",
                violation_error_message="La fin ne peut pas précéder le début.",
            ),
        ),
        migrations.AddConstraint(
            model_name="recurringinvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("times__isnull", True), ("times__gte", 1), _connector="OR"),
                name="invoicing_recurring_times",
                violation_error_message="Il y a au moins une facture.",
            ),
        ),
        migrations.AddConstraint(
            model_name="recurringinvoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("days_ahead__lte", 60)),
                name="invoicing_recurring_days_ahead",
                violation_error_message="Une facture se prépare au plus 60 jours avant sa date.",
            ),
        ),
        migrations.AddConstraint(
            model_name="occurrence",
            constraint=models.UniqueConstraint(
                fields=("recurring", "falls_on"),
                name="invoicing_occurrence_once",
                violation_error_message="La facture de ce jour est déjà préparée.",
            ),
        ),
        migrations.AddConstraint(
            model_name="occurrence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("document__isnull", False), models.Q(("refusal", ""), _negated=True), _connector="OR"
                ),
                name="invoicing_occurrence_said",
                violation_error_message="Une échéance a son brouillon, ou la raison de son absence.",
            ),
        ),
        migrations.AddConstraint(
            model_name="recurringline",
            constraint=models.UniqueConstraint(
                fields=("recurring", "position"), name="invoicing_recurringline_position_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="recurringline",
            constraint=models.CheckConstraint(
                condition=models.Q(("unit_price__gte", 0)), name="invoicing_recurringline_price_positive"
            ),
        ),
        migrations.AddConstraint(
            model_name="recurringline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity", 0), _negated=True), name="invoicing_recurringline_quantity_not_zero"
            ),
        ),
    ]
