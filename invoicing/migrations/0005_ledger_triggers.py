"""The books hold by themselves: balanced, immutable once validated, closed when closed, with exact monthly balances."""

from django.db import migrations

FORWARD = r"""
CREATE FUNCTION invoicing_check_entry_balance(entry bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE total_debit numeric; total_credit numeric; line_count int;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM invoicing_entry WHERE id = entry) THEN RETURN; END IF;
    SELECT coalesce(sum(debit), 0), coalesce(sum(credit), 0), count(*) INTO total_debit, total_credit, line_count
        FROM invoicing_entryline WHERE entry_id = entry;
    IF total_debit <> total_credit OR line_count < 2 THEN
        RAISE EXCEPTION 'entry % is not balanced: debit %, credit %, % lines', entry, total_debit, total_credit, line_count
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoicing_entry_balanced';
    END IF;
END $$;

CREATE FUNCTION invoicing_entry_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM invoicing_check_entry_balance(NEW.id);
    RETURN NULL;
END $$;

CREATE FUNCTION invoicing_line_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN PERFORM invoicing_check_entry_balance(NEW.entry_id); END IF;
    IF TG_OP <> 'INSERT' THEN PERFORM invoicing_check_entry_balance(OLD.entry_id); END IF;
    RETURN NULL;
END $$;

-- The month must be open in the entry's own fiscal year; FOR SHARE makes a lock or a closing wait for postings under way.
CREATE FUNCTION invoicing_check_period_open(day date, year bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE found_state text;
BEGIN
    SELECT state INTO found_state FROM invoicing_period
        WHERE fiscal_year_id = year AND daterange(starts_on, ends_on, '[]') @> day FOR SHARE;
    IF found_state IS DISTINCT FROM 'OPEN' THEN
        RAISE EXCEPTION 'the period of % is not open (%)', day, coalesce(found_state, 'none')
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoicing_period_open';
    END IF;
END $$;

CREATE FUNCTION invoicing_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        IF OLD.state = 'VALIDATED' THEN
            RAISE EXCEPTION 'entry % is validated: % refused', OLD.number, TG_OP
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        PERFORM invoicing_check_period_open(OLD.entry_on, OLD.fiscal_year_id);
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    PERFORM invoicing_check_period_open(NEW.entry_on, NEW.fiscal_year_id);
    RETURN NEW;
END $$;

-- A validated line changes in nothing but its matching letter.
CREATE FUNCTION invoicing_entryline_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE entry_row invoicing_entry%ROWTYPE;
BEGIN
    IF TG_OP = 'UPDATE' AND
       (NEW.entry_id, NEW.position, NEW.entry_on, NEW.account_id, NEW.auxiliary_id, NEW.activity_id, NEW.label, NEW.debit,
        NEW.credit, NEW.due_on) IS NOT DISTINCT FROM
       (OLD.entry_id, OLD.position, OLD.entry_on, OLD.account_id, OLD.auxiliary_id, OLD.activity_id, OLD.label, OLD.debit,
        OLD.credit, OLD.due_on)
    THEN RETURN NEW; END IF;
    IF TG_OP <> 'INSERT' AND EXISTS (SELECT 1 FROM invoicing_entry WHERE id = OLD.entry_id AND state = 'VALIDATED') THEN
        RAISE EXCEPTION 'the entry of line % is validated: % refused', OLD.id, TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    SELECT * INTO entry_row FROM invoicing_entry WHERE id = NEW.entry_id;
    IF entry_row.state = 'VALIDATED' THEN
        RAISE EXCEPTION 'entry % is validated: % of a line refused', entry_row.number, TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    NEW.entry_on := entry_row.entry_on;
    RETURN NEW;
END $$;

CREATE FUNCTION invoicing_entry_date_to_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE invoicing_entryline SET entry_on = NEW.entry_on WHERE entry_id = NEW.id;
    RETURN NULL;
END $$;

CREATE FUNCTION invoicing_period_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'CLOSED' THEN
        RAISE EXCEPTION 'period % is closed: % refused', OLD.starts_on, TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION invoicing_fiscalyear_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.closed_on IS NOT NULL THEN
        RAISE EXCEPTION 'the fiscal year from % is closed: % refused', OLD.starts_on, TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;

-- Rows are locked in one order (account, activity, month), so that two postings never wait for each other in a circle.
CREATE FUNCTION invoicing_balances_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO invoicing_monthlybalance AS balance (month, account_id, activity_id, debit, credit)
    SELECT date_trunc('month', entry_on)::date, account_id, activity_id, sum(debit), sum(credit) FROM added
    GROUP BY 1, 2, 3 ORDER BY 2, 3, 1
    ON CONFLICT (month, account_id, activity_id)
    DO UPDATE SET debit = balance.debit + excluded.debit, credit = balance.credit + excluded.credit;
    RETURN NULL;
END $$;

CREATE FUNCTION invoicing_balances_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO invoicing_monthlybalance AS balance (month, account_id, activity_id, debit, credit)
    SELECT date_trunc('month', entry_on)::date, account_id, activity_id, -sum(debit), -sum(credit) FROM removed
    GROUP BY 1, 2, 3 ORDER BY 2, 3, 1
    ON CONFLICT (month, account_id, activity_id)
    DO UPDATE SET debit = balance.debit + excluded.debit, credit = balance.credit + excluded.credit;
    RETURN NULL;
END $$;

CREATE FUNCTION invoicing_balances_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO invoicing_monthlybalance AS balance (month, account_id, activity_id, debit, credit)
    SELECT date_trunc('month', entry_on)::date, account_id, activity_id, sum(debit), sum(credit)
    FROM (SELECT entry_on, account_id, activity_id, debit, credit FROM added
          UNION ALL SELECT entry_on, account_id, activity_id, -debit, -credit FROM removed) AS moved
    GROUP BY 1, 2, 3 HAVING sum(debit) <> 0 OR sum(credit) <> 0 ORDER BY 2, 3, 1
    ON CONFLICT (month, account_id, activity_id)
    DO UPDATE SET debit = balance.debit + excluded.debit, credit = balance.credit + excluded.credit;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER invoicing_entry_balanced AFTER INSERT ON invoicing_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoicing_entry_balanced();
CREATE CONSTRAINT TRIGGER invoicing_line_balanced AFTER INSERT OR DELETE OR UPDATE OF entry_id, debit, credit
    ON invoicing_entryline DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invoicing_line_balanced();
CREATE TRIGGER invoicing_entry_guard BEFORE INSERT OR UPDATE OR DELETE ON invoicing_entry
    FOR EACH ROW EXECUTE FUNCTION invoicing_entry_guard();
CREATE TRIGGER invoicing_entry_date_to_lines AFTER UPDATE OF entry_on ON invoicing_entry
    FOR EACH ROW WHEN (OLD.entry_on <> NEW.entry_on) EXECUTE FUNCTION invoicing_entry_date_to_lines();
CREATE TRIGGER invoicing_entryline_guard BEFORE INSERT OR UPDATE OR DELETE ON invoicing_entryline
    FOR EACH ROW EXECUTE FUNCTION invoicing_entryline_guard();
CREATE TRIGGER invoicing_period_guard BEFORE UPDATE OR DELETE ON invoicing_period
    FOR EACH ROW EXECUTE FUNCTION invoicing_period_guard();
CREATE TRIGGER invoicing_fiscalyear_guard BEFORE UPDATE OR DELETE ON invoicing_fiscalyear
    FOR EACH ROW EXECUTE FUNCTION invoicing_fiscalyear_guard();
CREATE TRIGGER invoicing_balances_added AFTER INSERT ON invoicing_entryline
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION invoicing_balances_added();
CREATE TRIGGER invoicing_balances_removed AFTER DELETE ON invoicing_entryline
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION invoicing_balances_removed();
CREATE TRIGGER invoicing_balances_changed AFTER UPDATE ON invoicing_entryline
    REFERENCING NEW TABLE AS added OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION invoicing_balances_changed();
CREATE TRIGGER invoicing_entry_no_truncate BEFORE TRUNCATE ON invoicing_entry
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER invoicing_entryline_no_truncate BEFORE TRUNCATE ON invoicing_entryline
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""

REVERSE = """
DROP TRIGGER invoicing_entryline_no_truncate ON invoicing_entryline;
DROP TRIGGER invoicing_entry_no_truncate ON invoicing_entry;
DROP TRIGGER invoicing_balances_changed ON invoicing_entryline;
DROP TRIGGER invoicing_balances_removed ON invoicing_entryline;
DROP TRIGGER invoicing_balances_added ON invoicing_entryline;
DROP TRIGGER invoicing_fiscalyear_guard ON invoicing_fiscalyear;
DROP TRIGGER invoicing_period_guard ON invoicing_period;
DROP TRIGGER invoicing_entryline_guard ON invoicing_entryline;
DROP TRIGGER invoicing_entry_date_to_lines ON invoicing_entry;
DROP TRIGGER invoicing_entry_guard ON invoicing_entry;
DROP TRIGGER invoicing_line_balanced ON invoicing_entryline;
DROP TRIGGER invoicing_entry_balanced ON invoicing_entry;
DROP FUNCTION invoicing_balances_changed();
DROP FUNCTION invoicing_balances_removed();
DROP FUNCTION invoicing_balances_added();
DROP FUNCTION invoicing_fiscalyear_guard();
DROP FUNCTION invoicing_period_guard();
DROP FUNCTION invoicing_entry_date_to_lines();
DROP FUNCTION invoicing_entryline_guard();
DROP FUNCTION invoicing_entry_guard();
DROP FUNCTION invoicing_check_period_open(date, bigint);
DROP FUNCTION invoicing_line_balanced();
DROP FUNCTION invoicing_entry_balanced();
DROP FUNCTION invoicing_check_entry_balance(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0004_ledger")]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
