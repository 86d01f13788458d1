"""An invoiced order may follow its customer into the one it was merged into; to no other."""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION invoicing_order_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM invoicing_invoice WHERE order_id = OLD.id)
       AND ((NEW.activity_id, NEW.number, NEW.subject, NEW.ordered_on, NEW.payment_terms,
            NEW.retention_percent, NEW.purchase_order, coalesce(NEW.delivery_address_id, 0), coalesce(NEW.quote_id, 0))
           IS DISTINCT FROM
           (OLD.activity_id, OLD.number, OLD.subject, OLD.ordered_on, OLD.payment_terms,
            OLD.retention_percent, OLD.purchase_order, coalesce(OLD.delivery_address_id, 0), coalesce(OLD.quote_id, 0))
            OR NEW.customer_id <> OLD.customer_id AND NEW.customer_id IS DISTINCT FROM
               (SELECT merged_into_id FROM invoicing_customer WHERE id = OLD.customer_id))
    THEN
        RAISE EXCEPTION 'order % is invoiced: change refused', OLD.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""

REVERSE = """
CREATE OR REPLACE FUNCTION invoicing_order_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM invoicing_invoice WHERE order_id = OLD.id)
       AND (NEW.activity_id, NEW.customer_id, NEW.number, NEW.subject, NEW.ordered_on, NEW.payment_terms,
            NEW.retention_percent, NEW.purchase_order, coalesce(NEW.delivery_address_id, 0), coalesce(NEW.quote_id, 0))
           IS DISTINCT FROM
           (OLD.activity_id, OLD.customer_id, OLD.number, OLD.subject, OLD.ordered_on, OLD.payment_terms,
            OLD.retention_percent, OLD.purchase_order, coalesce(OLD.delivery_address_id, 0), coalesce(OLD.quote_id, 0))
    THEN
        RAISE EXCEPTION 'order % is invoiced: change refused', OLD.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0034_recurring_invoices")]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
