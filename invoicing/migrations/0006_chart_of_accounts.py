"""The chart of accounts and the journals."""

from django.db import migrations

from invoicing.ledger.services import load_chart_of_accounts


def load(apps, _schema_editor):
    load_chart_of_accounts(apps.get_model("invoicing", "Account"), apps.get_model("invoicing", "Journal"))


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0005_ledger_triggers")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
