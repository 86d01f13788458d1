"""The audit trail chains itself and cannot be changed; `core_refuse_change` serves every table that never changes."""

from django.db import migrations

FUNCTIONS = r"""
-- Canonical text of one event: fields joined by U+001F, the instant in UTC with microseconds, the changes as jsonb text.
CREATE FUNCTION core_audit_hash(
    previous_hash text, pos bigint, happened_at timestamptz, author_id bigint, action text,
    subject_type text, subject_id bigint, subject_label text, changes jsonb
) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT encode(sha256(convert_to(concat_ws(chr(31),
        previous_hash, pos, to_char(happened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        author_id, action, subject_type, subject_id, subject_label, changes::text), 'UTF8')), 'hex')
$$;

-- Positions have no gap: writers wait for one another (the lock is held to the end of the transaction).
CREATE FUNCTION core_audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last_position bigint; last_hash text;
BEGIN
    PERFORM pg_advisory_xact_lock(4242001);
    SELECT position, hash INTO last_position, last_hash FROM core_auditevent ORDER BY position DESC LIMIT 1;
    NEW.position := coalesce(last_position, 0) + 1;
    NEW.happened_at := clock_timestamp();
    NEW.previous_hash := coalesce(last_hash, '');
    NEW.hash := core_audit_hash(NEW.previous_hash, NEW.position, NEW.happened_at, NEW.author_id, NEW.action,
                                NEW.subject_type, NEW.subject_id, NEW.subject_label, NEW.changes);
    RETURN NEW;
END $$;

CREATE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% rows never change: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER core_audit_chain BEFORE INSERT ON core_auditevent
    FOR EACH ROW EXECUTE FUNCTION core_audit_chain();
CREATE TRIGGER core_audit_append_only BEFORE UPDATE OR DELETE ON core_auditevent
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER core_audit_no_truncate BEFORE TRUNCATE ON core_auditevent
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""

REVERSE = """
DROP TRIGGER core_audit_no_truncate ON core_auditevent;
DROP TRIGGER core_audit_append_only ON core_auditevent;
DROP TRIGGER core_audit_chain ON core_auditevent;
DROP FUNCTION core_refuse_change();
DROP FUNCTION core_audit_chain();
DROP FUNCTION core_audit_hash(text, bigint, timestamptz, bigint, text, text, bigint, text, jsonb);
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [migrations.RunSQL(FUNCTIONS, REVERSE)]
