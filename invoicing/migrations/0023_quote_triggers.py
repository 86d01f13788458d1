"""What was sent and what was answered never changes; a quote moves only the way that quotes go."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION invoicing_quote_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'DRAFT' THEN
            RAISE EXCEPTION 'quote % was sent: DELETE refused', OLD.number
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state = 'DRAFT' AND NEW.state NOT IN ('DRAFT', 'SENT')
        OR OLD.state <> 'DRAFT' AND (
            to_jsonb(NEW) - 'state' - 'search' <> to_jsonb(OLD) - 'state' - 'search'
            OR NEW.state <> OLD.state AND NOT (
                OLD.state = 'SENT' AND NEW.state IN ('ACCEPTED', 'REFUSED', 'EXPIRED', 'WITHDRAWN', 'REPLACED')
                OR OLD.state = 'EXPIRED' AND NEW.state IN ('ACCEPTED', 'REFUSED', 'REPLACED')
                OR OLD.state IN ('REFUSED', 'WITHDRAWN') AND NEW.state = 'REPLACED'
            )
        )
    THEN
        RAISE EXCEPTION 'quote % is %: this UPDATE is refused', OLD.number, OLD.state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION invoicing_quote_part_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND EXISTS (SELECT 1 FROM invoicing_quote WHERE id = OLD.quote_id AND state <> 'DRAFT')
        OR TG_OP <> 'DELETE' AND EXISTS (SELECT 1 FROM invoicing_quote WHERE id = NEW.quote_id AND state <> 'DRAFT')
    THEN
        RAISE EXCEPTION 'the quote of this % row was sent: % refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;

-- An accepted quote has its acceptance, a refused one its refusal, when the transaction ends.
CREATE FUNCTION invoicing_quote_answered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'ACCEPTED' AND NOT EXISTS (SELECT 1 FROM invoicing_quoteacceptance WHERE quote_id = NEW.id)
        OR NEW.state = 'REFUSED' AND NOT EXISTS (SELECT 1 FROM invoicing_quoterefusal WHERE quote_id = NEW.id)
    THEN
        RAISE EXCEPTION 'quote % is % without an answer', NEW.number, NEW.state
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION invoicing_conditions_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM invoicing_quote WHERE conditions_id = OLD.id) THEN
        RAISE EXCEPTION 'general conditions % went with a quote: % refused', OLD.id, TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER invoicing_quote_guard BEFORE UPDATE OR DELETE ON invoicing_quote
    FOR EACH ROW EXECUTE FUNCTION invoicing_quote_guard();
CREATE CONSTRAINT TRIGGER invoicing_quote_answered AFTER INSERT OR UPDATE ON invoicing_quote
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoicing_quote_answered();
CREATE TRIGGER invoicing_quoteline_guard BEFORE INSERT OR UPDATE OR DELETE ON invoicing_quoteline
    FOR EACH ROW EXECUTE FUNCTION invoicing_quote_part_guard();
CREATE TRIGGER invoicing_conditions_guard BEFORE UPDATE OR DELETE ON invoicing_generalconditions
    FOR EACH ROW EXECUTE FUNCTION invoicing_conditions_guard();
CREATE TRIGGER invoicing_quoteacceptance_never_changes BEFORE UPDATE OR DELETE ON invoicing_quoteacceptance
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER invoicing_chosenoption_never_changes BEFORE UPDATE OR DELETE ON invoicing_chosenoption
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER invoicing_quoterefusal_never_changes BEFORE UPDATE OR DELETE ON invoicing_quoterefusal
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER invoicing_quote_no_truncate BEFORE TRUNCATE ON invoicing_quote
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER invoicing_quoteline_no_truncate BEFORE TRUNCATE ON invoicing_quoteline
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER invoicing_conditions_no_truncate BEFORE TRUNCATE ON invoicing_generalconditions
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER invoicing_quoteacceptance_no_truncate BEFORE TRUNCATE ON invoicing_quoteacceptance
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER invoicing_chosenoption_no_truncate BEFORE TRUNCATE ON invoicing_chosenoption
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER invoicing_quoterefusal_no_truncate BEFORE TRUNCATE ON invoicing_quoterefusal
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""

REVERSE = """
DROP TRIGGER invoicing_quoterefusal_no_truncate ON invoicing_quoterefusal;
DROP TRIGGER invoicing_chosenoption_no_truncate ON invoicing_chosenoption;
DROP TRIGGER invoicing_quoteacceptance_no_truncate ON invoicing_quoteacceptance;
DROP TRIGGER invoicing_conditions_no_truncate ON invoicing_generalconditions;
DROP TRIGGER invoicing_quoteline_no_truncate ON invoicing_quoteline;
DROP TRIGGER invoicing_quote_no_truncate ON invoicing_quote;
DROP TRIGGER invoicing_quoterefusal_never_changes ON invoicing_quoterefusal;
DROP TRIGGER invoicing_chosenoption_never_changes ON invoicing_chosenoption;
DROP TRIGGER invoicing_quoteacceptance_never_changes ON invoicing_quoteacceptance;
DROP TRIGGER invoicing_conditions_guard ON invoicing_generalconditions;
DROP TRIGGER invoicing_quoteline_guard ON invoicing_quoteline;
DROP TRIGGER invoicing_quote_answered ON invoicing_quote;
DROP TRIGGER invoicing_quote_guard ON invoicing_quote;
DROP FUNCTION invoicing_conditions_guard();
DROP FUNCTION invoicing_quote_answered();
DROP FUNCTION invoicing_quote_part_guard();
DROP FUNCTION invoicing_quote_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0022_quotes"), ("core", "0002_audit_chain")]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
