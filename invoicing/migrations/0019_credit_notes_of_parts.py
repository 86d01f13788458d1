"""Credit notes of parts, corrective invoices; credit notes never give back more than their invoice asked for."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

WITHIN = """
-- Per VAT row, an invoice and its credit notes together lie between nothing and the invoice, and so does their total. The invoice is locked first:
-- of two credit notes at once, the second sees the first.
CREATE FUNCTION invoicing_credit_within() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    corrected bigint;
    sold record;
    back record;
    whole numeric;
BEGIN
    SELECT corrects_id INTO corrected FROM invoicing_invoice WHERE id = NEW.invoice_id AND kind = '381';
    IF corrected IS NULL THEN RETURN NULL; END IF;
    PERFORM 1 FROM invoicing_invoice WHERE id = corrected FOR NO KEY UPDATE;
    SELECT coalesce(sum(net), 0) AS net, coalesce(sum(vat), 0) AS vat, coalesce(sum(pending), 0) AS pending INTO sold
        FROM invoicing_invoicevat
        WHERE invoice_id = corrected AND category = NEW.category AND rate = NEW.rate;
    SELECT sum(part.net) AS net, sum(part.vat) AS vat, sum(part.pending) AS pending INTO back
        FROM invoicing_invoicevat AS part
        JOIN invoicing_invoice AS credit_note ON credit_note.id = part.invoice_id
        WHERE credit_note.corrects_id = corrected AND credit_note.kind = '381'
            AND part.category = NEW.category AND part.rate = NEW.rate;
    SELECT sum(part.net + part.vat) INTO whole
        FROM invoicing_invoicevat AS part JOIN invoicing_invoice AS invoice ON invoice.id = part.invoice_id
        WHERE invoice.id = corrected OR invoice.corrects_id = corrected AND invoice.kind = '381';
    IF sold.net + back.net NOT BETWEEN least(sold.net, 0) AND greatest(sold.net, 0)
        OR sold.vat + back.vat NOT BETWEEN least(sold.vat, 0) AND greatest(sold.vat, 0)
        OR (sold.net + back.net = 0 AND (sold.vat + back.vat <> 0 OR sold.pending + back.pending <> 0))
        OR whole < 0
    THEN
        RAISE EXCEPTION 'invoice %: credit notes give back % and % of % and % at %', corrected, back.net, back.vat,
            sold.net, sold.vat, NEW.rate
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoicing_credit_within';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER invoicing_credit_within AFTER INSERT ON invoicing_invoicevat
    FOR EACH ROW EXECUTE FUNCTION invoicing_credit_within();
"""
NO_WITHIN = """
DROP TRIGGER invoicing_credit_within ON invoicing_invoicevat;
DROP FUNCTION invoicing_credit_within();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0018_mail_templates"),
        ("members", "0008_workshop_seats"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="invoice",
            name="invoicing_credit_note_once",
        ),
        migrations.RemoveConstraint(
            model_name="invoice",
            name="invoicing_credit_note_refers",
        ),
        migrations.AddField(
            model_name="invoice",
            name="correction_reason",
            field=models.CharField(blank=True, max_length=300, verbose_name="motif de la correction"),
        ),
        migrations.AddField(
            model_name="invoice",
            name="within",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cancellation",
                to="invoicing.invoice",
                verbose_name="facture rectificative qui l’imprime",
            ),
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="credits",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="credited_by",
                to="invoicing.invoiceline",
                verbose_name="ligne créditée",
            ),
        ),
        migrations.AlterField(
            model_name="invoice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("380", "Facture"),
                    ("381", "Avoir"),
                    ("384", "Facture rectificative"),
                    ("386", "Facture d’acompte"),
                ],
                default="380",
                max_length=3,
                verbose_name="type",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("corrects__isnull", True), ("kind__in", ["380", "386"])),
                    models.Q(("corrects__isnull", False), ("kind__in", ["381", "384"])),
                    _connector="OR",
                ),
                name="invoicing_credit_note_refers",
                violation_error_message="Un avoir ou une facture rectificative corrige une facture, et eux seuls.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("within__isnull", True), models.Q(("kind", "381"), ("state", "ISSUED")), _connector="OR"
                ),
                name="invoicing_cancellation_is_issued",
                violation_error_message="Une facture rectificative annule par un avoir émis.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invoice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "384")),
                fields=("corrects",),
                name="invoicing_corrected_once",
                violation_error_message="Cette facture a déjà sa facture rectificative.",
            ),
        ),
        migrations.RunSQL(WITHIN, NO_WITHIN),
    ]
