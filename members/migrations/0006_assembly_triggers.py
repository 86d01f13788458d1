"""What an assembly has decided never changes: its list of voters, its votes, its results, and all of it once closed."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION members_assembly_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.closed_on IS NOT NULL OR (TG_OP = 'DELETE' AND OLD.convened_on IS NOT NULL) THEN
        RAISE EXCEPTION 'assembly % is convened or closed: % refused', OLD.id, TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    IF OLD.convened_on IS NOT NULL AND (OLD.kind, OLD.held_on, OLD.record_on, OLD.convened_on)
            IS DISTINCT FROM (NEW.kind, NEW.held_on, NEW.record_on, NEW.convened_on) THEN
        RAISE EXCEPTION 'assembly % is convened: its kind and dates never change', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION members_assembly_is_closed(assembly bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT closed_on IS NOT NULL FROM members_assembly WHERE id = assembly
$$;

CREATE FUNCTION members_convocation_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR members_assembly_is_closed(OLD.assembly_id)
            OR (OLD.assembly_id, OLD.person_id, OLD.college_id)
            IS DISTINCT FROM (NEW.assembly_id, NEW.person_id, NEW.college_id) THEN
        RAISE EXCEPTION 'convocation % never changes: % refused', OLD.id, TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION members_proxy_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE giving bigint; holding bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        SELECT assembly_id INTO giving FROM members_convocation WHERE id = OLD.giver_id;
        holding := giving;
    ELSE
        SELECT assembly_id INTO giving FROM members_convocation WHERE id = NEW.giver_id;
        SELECT assembly_id INTO holding FROM members_convocation WHERE id = NEW.holder_id;
    END IF;
    IF giving <> holding OR members_assembly_is_closed(giving) THEN
        RAISE EXCEPTION 'a proxy is given inside one assembly that is not closed: % refused', TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION members_resolution_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('ADOPTED', 'REJECTED') OR (TG_OP = 'DELETE' AND OLD.state <> 'PENDING') THEN
        RAISE EXCEPTION 'resolution % is decided: % refused', OLD.id, TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION members_tally_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (SELECT state FROM members_resolution WHERE id = NEW.resolution_id) <> 'OPEN' THEN
        RAISE EXCEPTION 'votes are counted while the vote is open: % refused', TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION members_vote_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE assembly bigint; state text;
BEGIN
    SELECT r.assembly_id, r.state INTO assembly, state FROM members_resolution AS r WHERE r.id = NEW.resolution_id;
    IF state <> 'OPEN' OR assembly <> (SELECT assembly_id FROM members_convocation WHERE id = NEW.voter_id) THEN
        RAISE EXCEPTION 'only those convened to the assembly vote, while the vote is open'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER members_assembly_guard BEFORE UPDATE OR DELETE ON members_assembly
    FOR EACH ROW EXECUTE FUNCTION members_assembly_guard();
CREATE TRIGGER members_convocation_guard BEFORE UPDATE OR DELETE ON members_convocation
    FOR EACH ROW EXECUTE FUNCTION members_convocation_guard();
CREATE TRIGGER members_proxy_guard BEFORE INSERT OR UPDATE OR DELETE ON members_proxy
    FOR EACH ROW EXECUTE FUNCTION members_proxy_guard();
CREATE TRIGGER members_resolution_guard BEFORE UPDATE OR DELETE ON members_resolution
    FOR EACH ROW EXECUTE FUNCTION members_resolution_guard();
CREATE TRIGGER members_tally_guard BEFORE INSERT OR UPDATE OR DELETE ON members_tally
    FOR EACH ROW EXECUTE FUNCTION members_tally_guard();
CREATE TRIGGER members_nominalvote_guard BEFORE INSERT ON members_nominalvote
    FOR EACH ROW EXECUTE FUNCTION members_vote_guard();
CREATE TRIGGER members_nominalvote_append_only BEFORE UPDATE OR DELETE ON members_nominalvote
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER members_signature_guard BEFORE INSERT ON members_signature
    FOR EACH ROW EXECUTE FUNCTION members_vote_guard();
CREATE TRIGGER members_signature_append_only BEFORE UPDATE OR DELETE ON members_signature
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
"""

REVERSE = """
DROP TRIGGER members_signature_append_only ON members_signature;
DROP TRIGGER members_signature_guard ON members_signature;
DROP TRIGGER members_nominalvote_append_only ON members_nominalvote;
DROP TRIGGER members_nominalvote_guard ON members_nominalvote;
DROP TRIGGER members_tally_guard ON members_tally;
DROP TRIGGER members_resolution_guard ON members_resolution;
DROP TRIGGER members_proxy_guard ON members_proxy;
DROP TRIGGER members_convocation_guard ON members_convocation;
DROP TRIGGER members_assembly_guard ON members_assembly;
DROP FUNCTION members_vote_guard();
DROP FUNCTION members_tally_guard();
DROP FUNCTION members_resolution_guard();
DROP FUNCTION members_proxy_guard();
DROP FUNCTION members_convocation_guard();
DROP FUNCTION members_assembly_is_closed(bigint);
DROP FUNCTION members_assembly_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0005_assemblies"), ("core", "0002_audit_chain")]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
