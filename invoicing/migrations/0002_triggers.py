"""What is issued never changes: neither the document, nor its lines, VAT, frozen copy or PDF."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION invoicing_refuse_issued_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'ISSUED' THEN
        RAISE EXCEPTION 'invoice % is issued: % refused', OLD.number, TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;

-- Lines are frozen with their document; VAT rows are written by issuing itself, so only later changes are refused.
CREATE FUNCTION invoicing_refuse_issued_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND EXISTS (SELECT 1 FROM invoicing_invoice WHERE id = OLD.invoice_id AND state = 'ISSUED')
       OR TG_OP <> 'DELETE' AND EXISTS (SELECT 1 FROM invoicing_invoice WHERE id = NEW.invoice_id AND state = 'ISSUED')
    THEN
        RAISE EXCEPTION 'the document of this % row is issued: % refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER invoicing_issued_invoice BEFORE UPDATE OR DELETE ON invoicing_invoice
    FOR EACH ROW EXECUTE FUNCTION invoicing_refuse_issued_change();
CREATE TRIGGER invoicing_issued_line BEFORE INSERT OR UPDATE OR DELETE ON invoicing_invoiceline
    FOR EACH ROW EXECUTE FUNCTION invoicing_refuse_issued_part();
CREATE TRIGGER invoicing_issued_vat BEFORE INSERT OR UPDATE OR DELETE ON invoicing_invoicevat
    FOR EACH ROW EXECUTE FUNCTION invoicing_refuse_issued_part();
CREATE TRIGGER invoicing_snapshot_never_changes BEFORE UPDATE OR DELETE ON invoicing_issuedsnapshot
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER invoicing_file_never_changes BEFORE UPDATE OR DELETE ON invoicing_issuedfile
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER invoicing_invoice_no_truncate BEFORE TRUNCATE ON invoicing_invoice
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER invoicing_line_no_truncate BEFORE TRUNCATE ON invoicing_invoiceline
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER invoicing_vat_no_truncate BEFORE TRUNCATE ON invoicing_invoicevat
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER invoicing_snapshot_no_truncate BEFORE TRUNCATE ON invoicing_issuedsnapshot
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER invoicing_file_no_truncate BEFORE TRUNCATE ON invoicing_issuedfile
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""

REVERSE = """
DROP TRIGGER invoicing_file_no_truncate ON invoicing_issuedfile;
DROP TRIGGER invoicing_snapshot_no_truncate ON invoicing_issuedsnapshot;
DROP TRIGGER invoicing_vat_no_truncate ON invoicing_invoicevat;
DROP TRIGGER invoicing_line_no_truncate ON invoicing_invoiceline;
DROP TRIGGER invoicing_invoice_no_truncate ON invoicing_invoice;
DROP TRIGGER invoicing_file_never_changes ON invoicing_issuedfile;
DROP TRIGGER invoicing_snapshot_never_changes ON invoicing_issuedsnapshot;
DROP TRIGGER invoicing_issued_vat ON invoicing_invoicevat;
DROP TRIGGER invoicing_issued_line ON invoicing_invoiceline;
DROP TRIGGER invoicing_issued_invoice ON invoicing_invoice;
DROP FUNCTION invoicing_refuse_issued_part();
DROP FUNCTION invoicing_refuse_issued_change();
"""


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0001_initial"), ("core", "0002_audit_chain")]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
