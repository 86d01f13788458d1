"""The part of a document's VAT that waits for its payment."""

from django.db import migrations

import cae_backoffice.core.money


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0006_chart_of_accounts")]

    operations = [
        migrations.AddField(
            model_name="invoicevat",
            name="pending",
            field=cae_backoffice.core.money.MoneyField(
                decimal_places=2, default=0, max_digits=14, verbose_name="TVA en attente d’encaissement"
            ),
        ),
    ]
