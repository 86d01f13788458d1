"""Contact details that members ask to be corrected."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0011_calendar_link"),
    ]

    operations = [
        migrations.CreateModel(
            name="ContactChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[("WAITING", "En attente"), ("ACCEPTED", "Acceptée"), ("REFUSED", "Refusée")],
                        default="WAITING",
                        max_length=8,
                        verbose_name="état",
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="courriel")),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="téléphone")),
                ("street", models.CharField(blank=True, max_length=120, verbose_name="adresse")),
                ("postcode", models.CharField(blank=True, max_length=10, verbose_name="code postal")),
                ("city", models.CharField(blank=True, max_length=80, verbose_name="ville")),
                ("asked_at", models.DateTimeField(verbose_name="demandé le")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="décidé le")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="motif du refus")),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="décidé par",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_changes",
                        to="members.person",
                        verbose_name="membre",
                    ),
                ),
            ],
            options={
                "verbose_name": "demande de coordonnées",
                "verbose_name_plural": "demandes de coordonnées",
                "ordering": ["-asked_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "WAITING")),
                        fields=("person",),
                        name="members_contactchange_one_waiting",
                        violation_error_message="Une demande de ce membre attend déjà.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", True),
                                ("decided_by__isnull", True),
                                ("reason", ""),
                                ("state", "WAITING"),
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("reason", ""),
                                ("state", "ACCEPTED"),
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("state", "REFUSED"),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="members_contactchange_decided",
                        violation_error_message="Une demande décidée dit par qui et quand, un refus dit pourquoi.",
                    ),
                ],
            },
        ),
    ]
