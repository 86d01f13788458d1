"""Shares of a convention sum to 100 %; amendments and logos never change."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION members_check_shares_sum(convention bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE total numeric;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM members_splitconvention WHERE id = convention) THEN RETURN; END IF;
    SELECT coalesce(sum(percent), 0) INTO total FROM members_splitshare WHERE convention_id = convention;
    IF total <> 100 THEN
        RAISE EXCEPTION 'the shares of convention % sum to % percent, not 100', convention, total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'members_shares_sum';
    END IF;
END $$;

CREATE FUNCTION members_share_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN PERFORM members_check_shares_sum(NEW.convention_id); END IF;
    IF TG_OP <> 'INSERT' THEN PERFORM members_check_shares_sum(OLD.convention_id); END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION members_convention_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM members_check_shares_sum(NEW.id);
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER members_shares_sum AFTER INSERT OR UPDATE OR DELETE ON members_splitshare
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION members_share_written();
CREATE CONSTRAINT TRIGGER members_convention_has_shares AFTER INSERT ON members_splitconvention
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION members_convention_written();
CREATE TRIGGER members_amendment_append_only BEFORE UPDATE OR DELETE ON members_contractamendment
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER members_logo_never_changes BEFORE UPDATE OR DELETE ON members_logo
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""

REVERSE = """
DROP TRIGGER members_logo_never_changes ON members_logo;
DROP TRIGGER members_amendment_append_only ON members_contractamendment;
DROP TRIGGER members_convention_has_shares ON members_splitconvention;
DROP TRIGGER members_shares_sum ON members_splitshare;
DROP FUNCTION members_convention_written();
DROP FUNCTION members_share_written();
DROP FUNCTION members_check_shares_sum(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0001_initial"), ("core", "0002_audit_chain")]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
