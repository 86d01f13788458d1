"""How money paid on shares reached the cooperative; what was recorded before came by the bank."""

from django.db import migrations, models

PAID_BEFORE = """
ALTER TABLE members_sharemovement DISABLE TRIGGER members_movement_append_only;
UPDATE members_sharemovement SET means = 'BANK' WHERE kind IN ('SUBSCRIPTION', 'PAYMENT') AND paid > 0;
ALTER TABLE members_sharemovement ENABLE TRIGGER members_movement_append_only;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0008_workshop_seats"),
    ]

    operations = [
        migrations.AddField(
            model_name="sharemovement",
            name="means",
            field=models.CharField(
                blank=True,
                default="",
                choices=[("BANK", "Versement à la banque"), ("PAY", "Retenue sur la rémunération")],
                max_length=4,
                verbose_name="moyen",
            ),
            preserve_default=False,
        ),
        migrations.RunSQL(PAID_BEFORE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="sharemovement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind__in", ["SUBSCRIPTION", "PAYMENT"]),
                        ("paid__gt", 0),
                        models.Q(("means", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("kind__in", ["SUBSCRIPTION", "PAYMENT"]), ("paid__gt", 0), _negated=True),
                        ("means", ""),
                    ),
                    _connector="OR",
                ),
                name="members_movement_payment_means",
                violation_error_message="Ce qui est versé porte son moyen, et rien d’autre n’en porte.",
            ),
        ),
    ]
