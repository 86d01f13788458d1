"""The register of shares is append-only, numbered in the order of its dates, and nobody gives up what they do not hold."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION members_movement_written() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last_number integer; last_day date; shares_left bigint; paid_left numeric;
BEGIN
    PERFORM pg_advisory_xact_lock(7331003);
    SELECT coalesce(max(number), 0), max(effective_on) INTO last_number, last_day FROM members_sharemovement;
    IF NEW.number <> last_number + 1 OR NEW.effective_on < last_day THEN
        RAISE EXCEPTION 'movement % of % does not follow movement % of %',
            NEW.number, NEW.effective_on, last_number, last_day
            USING ERRCODE = 'check_violation', CONSTRAINT = 'members_movement_in_order';
    END IF;
    SELECT coalesce(sum(quantity), 0) + NEW.quantity, coalesce(sum(paid), 0) + NEW.paid INTO shares_left, paid_left
        FROM members_sharemovement WHERE person_id = NEW.person_id AND share_class_id = NEW.share_class_id;
    IF shares_left < 0 OR paid_left < 0 THEN
        RAISE EXCEPTION 'movement % would leave % shares and % euros paid', NEW.number, shares_left, paid_left
            USING ERRCODE = 'check_violation', CONSTRAINT = 'members_movement_holds';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER members_movement_written BEFORE INSERT ON members_sharemovement
    FOR EACH ROW EXECUTE FUNCTION members_movement_written();
CREATE TRIGGER members_movement_append_only BEFORE UPDATE OR DELETE ON members_sharemovement
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER members_movement_no_truncate BEFORE TRUNCATE ON members_sharemovement
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""

REVERSE = """
DROP TRIGGER members_movement_no_truncate ON members_sharemovement;
DROP TRIGGER members_movement_append_only ON members_sharemovement;
DROP TRIGGER members_movement_written ON members_sharemovement;
DROP FUNCTION members_movement_written();
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0003_shares"), ("core", "0002_audit_chain")]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
