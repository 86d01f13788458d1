"""What was said of the three-year deadlines, once each; never changed."""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
CREATE TRIGGER members_alert_append_only BEFORE UPDATE OR DELETE ON members_deadlinealert
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER members_alert_no_truncate BEFORE TRUNCATE ON members_deadlinealert
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""

REVERSE = """
DROP TRIGGER members_alert_no_truncate ON members_deadlinealert;
DROP TRIGGER members_alert_append_only ON members_deadlinealert;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0009_means_of_share_payments"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeadlineAlert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("deadline_on", models.DateField(verbose_name="échéance")),
                (
                    "moment",
                    models.CharField(
                        choices=[
                            ("MONTHS_12", "12 mois avant"),
                            ("MONTHS_6", "6 mois avant"),
                            ("MONTHS_3", "3 mois avant"),
                            ("OVERDUE", "Échéance passée"),
                        ],
                        max_length=9,
                        verbose_name="alerte",
                    ),
                ),
                ("raised_on", models.DateField(verbose_name="donnée le")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alerts",
                        to="members.person",
                        verbose_name="membre",
                    ),
                ),
            ],
            options={
                "verbose_name": "alerte d’échéance",
                "verbose_name_plural": "alertes d’échéance",
                "ordering": ["-raised_on", "deadline_on", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "deadline_on", "moment"),
                        name="members_alert_once",
                        violation_error_message="Cette alerte a déjà été donnée.",
                    )
                ],
            },
        ),
        migrations.RunSQL(FORWARD, REVERSE),
    ]
