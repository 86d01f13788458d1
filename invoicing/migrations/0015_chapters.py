"""The chapter of a line."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0014_activity_accounts"),
    ]

    operations = [
        migrations.AddField(
            model_name="invoiceline",
            name="chapter",
            field=models.CharField(blank=True, default="", max_length=120, verbose_name="chapitre"),
        ),
    ]
