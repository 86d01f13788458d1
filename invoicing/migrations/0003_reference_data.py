"""The VAT codes and legal mentions that come with the software."""

from django.db import migrations

from invoicing.mentions.services import load_legal_texts
from invoicing.pricing.services import load_vat_codes


def load(apps, _schema_editor):
    load_vat_codes(apps.get_model("invoicing", "VatCode"))
    load_legal_texts(apps.get_model("invoicing", "LegalText"))


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0002_triggers")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
