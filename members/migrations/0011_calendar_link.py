"""The private links of calendars."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0010_deadline_alerts"),
    ]

    operations = [
        migrations.CreateModel(
            name="CalendarLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "digest",
                    models.CharField(editable=False, max_length=64, unique=True, verbose_name="empreinte du secret"),
                ),
                ("expires_at", models.DateTimeField(verbose_name="expire le")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="retiré le")),
                ("uses", models.PositiveIntegerField(default=0, verbose_name="ouvertures")),
                ("last_used_at", models.DateTimeField(blank=True, null=True, verbose_name="dernière ouverture")),
                (
                    "minute_began_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="début de la minute comptée"
                    ),
                ),
                (
                    "minute_uses",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="ouvertures de cette minute"),
                ),
                ("created_at", models.DateTimeField(verbose_name="créé le")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calendar_links",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="compte",
                    ),
                ),
            ],
            options={
                "verbose_name": "lien d’agenda",
                "verbose_name_plural": "liens d’agenda",
                "ordering": ["-created_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at__isnull", True)),
                        fields=("owner",),
                        name="members_calendar_link_one_live",
                        violation_error_message="Ce compte a déjà un lien d’agenda.",
                    )
                ],
            },
        ),
    ]
