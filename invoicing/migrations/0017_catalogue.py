"""The products of the activities, and the product of a line."""

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.db import migrations, models

import cae_backoffice.core.text


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0016_customer_contacts"),
        ("members", "0008_workshop_seats"),
    ]

    operations = [
        migrations.CreateModel(
            name="Product",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(blank=True, max_length=40, verbose_name="référence")),
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
                        ],
                        default="C62",
                        max_length=3,
                        verbose_name="unité",
                    ),
                ),
                ("unit_price", models.DecimalField(decimal_places=6, max_digits=14, verbose_name="prix unitaire HT")),
                (
                    "contribution_code",
                    models.CharField(
                        blank=True,
                        help_text="Le code sous lequel une règle de contribution peut exclure ce produit de sa base.",
                        max_length=40,
                        verbose_name="code produit des contributions",
                    ),
                ),
                ("is_archived", models.BooleanField(default=False, verbose_name="archivé")),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=cae_backoffice.core.text._Fold(
                            django.db.models.functions.text.Concat(
                                django.db.models.functions.comparison.Coalesce(
                                    models.F("reference"), models.Value(""), output_field=models.TextField()
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
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="products",
                        to="members.activity",
                        verbose_name="activité",
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
                "verbose_name": "produit",
                "verbose_name_plural": "produits",
                "ordering": ["search", "id"],
            },
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="product",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="invoicing.product",
                verbose_name="produit",
            ),
        ),
        migrations.AddIndex(
            model_name="product",
            index=models.Index(fields=["activity", "search"], name="invoicing_product_activity"),
        ),
        migrations.AddIndex(
            model_name="product",
            index=models.Index(
                condition=models.Q(("contribution_code", ""), _negated=True),
                fields=["contribution_code"],
                name="invoicing_product_contribution",
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.UniqueConstraint(
                models.F("activity"),
                django.db.models.functions.text.Lower("reference"),
                condition=models.Q(("reference", ""), _negated=True),
                name="invoicing_product_reference_once",
                violation_error_message="L’activité a déjà un produit de cette référence.",
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.UniqueConstraint(
                models.F("activity"),
                django.db.models.functions.text.Lower("label"),
                condition=models.Q(("is_archived", False)),
                name="invoicing_product_label_once",
                violation_error_message="L’activité a déjà un produit de cette désignation.",
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(("unit_price__gte", 0)),
                name="invoicing_product_price_positive",
                violation_error_message="Un prix unitaire n’est pas négatif.",
            ),
        ),
    ]
