"""What goes to the platform and what comes from it."""

import django.db.models.deletion
from django.db import migrations, models

import cae_backoffice.core.money


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0025_orders"),
        ("members", "0010_deadline_alerts"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReceivedInvoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="nom du fichier")),
                ("file", models.FileField(upload_to="received/%Y/%m/", verbose_name="fichier")),
                ("sha256", models.CharField(max_length=64, unique=True, verbose_name="empreinte SHA-256")),
                ("size", models.PositiveIntegerField(verbose_name="taille (octets)")),
                ("received_at", models.DateTimeField(auto_now_add=True, verbose_name="reçue le")),
                ("address", models.CharField(blank=True, max_length=125, verbose_name="adresse de réception")),
                ("seller_name", models.CharField(blank=True, max_length=200, verbose_name="fournisseur")),
                ("seller_siren", models.CharField(blank=True, max_length=9, verbose_name="SIREN du fournisseur")),
                ("number", models.CharField(blank=True, max_length=60, verbose_name="numéro")),
                ("issued_on", models.DateField(blank=True, null=True, verbose_name="datée du")),
                (
                    "gross",
                    cae_backoffice.core.money.MoneyField(
                        blank=True, decimal_places=2, max_digits=14, null=True, verbose_name="total TTC"
                    ),
                ),
                ("problem", models.CharField(blank=True, max_length=500, verbose_name="problème")),
                (
                    "activity",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="received_invoices",
                        to="members.activity",
                        verbose_name="activité",
                    ),
                ),
            ],
            options={
                "verbose_name": "facture reçue",
                "verbose_name_plural": "factures reçues",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Transmission",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("INVOICE", "Facture"), ("STATUS", "Statut")], max_length=7, verbose_name="nature"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("WAITING", "En attente"),
                            ("SENT", "Envoyée"),
                            ("ACKNOWLEDGED", "Reçue par la plateforme"),
                            ("STUCK", "Bloquée"),
                            ("FAILED", "Abandonnée"),
                        ],
                        default="WAITING",
                        max_length=12,
                        verbose_name="état",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="essais")),
                ("next_try_at", models.DateTimeField(blank=True, null=True, verbose_name="prochain essai")),
                ("last_error", models.CharField(blank=True, max_length=500, verbose_name="dernière erreur")),
                ("sha256", models.CharField(blank=True, max_length=64, verbose_name="empreinte SHA-256")),
                ("tracking", models.CharField(blank=True, max_length=100, verbose_name="référence de la plateforme")),
                ("queued_at", models.DateTimeField(auto_now_add=True, verbose_name="mise en attente le")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="envoyée le")),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transmissions",
                        to="invoicing.invoice",
                        verbose_name="document",
                    ),
                ),
                (
                    "status",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="invoicing.documentstatus",
                        verbose_name="statut",
                    ),
                ),
            ],
            options={
                "verbose_name": "transmission à la plateforme",
                "verbose_name_plural": "transmissions à la plateforme",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "WAITING")),
                        fields=["next_try_at", "id"],
                        name="invoicing_transmission_next",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "INVOICE")), fields=("invoice",), name="invoicing_transmission_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "INVOICE"), ("status__isnull", True)),
                            models.Q(("kind", "STATUS"), ("status__isnull", False)),
                            _connector="OR",
                        ),
                        name="invoicing_transmission_of_one_thing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["SENT", "ACKNOWLEDGED"]), _negated=True),
                            models.Q(models.Q(("sha256", ""), _negated=True), ("sent_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="invoicing_transmission_sent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["STUCK", "FAILED"]), _negated=True),
                            models.Q(("last_error", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="invoicing_transmission_why",
                        violation_error_message="Une transmission bloquée ou abandonnée dit pourquoi.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("next_try_at__isnull", False), ("state", "WAITING")),
                            models.Q(models.Q(("state", "WAITING"), _negated=True), ("next_try_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="invoicing_transmission_next_try",
                    ),
                ],
            },
        ),
    ]
