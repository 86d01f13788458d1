"""No more people are registered for a workshop than it has seats."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION members_workshop_seats() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wanted bigint; room integer; taken integer;
BEGIN
    wanted := CASE TG_TABLE_NAME WHEN 'members_workshop' THEN NEW.id ELSE (to_jsonb(NEW) ->> 'workshop_id')::bigint END;
    SELECT seats INTO room FROM members_workshop WHERE id = wanted FOR UPDATE;
    SELECT count(*) INTO taken FROM members_workshopregistration WHERE workshop_id = wanted AND withdrawn_on IS NULL;
    IF taken > room THEN
        RAISE EXCEPTION 'workshop % has % seats for % people', wanted, room, taken
            USING ERRCODE = 'check_violation', CONSTRAINT = 'members_workshop_seats_left';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER members_registration_has_seat AFTER INSERT OR UPDATE ON members_workshopregistration
    FOR EACH ROW EXECUTE FUNCTION members_workshop_seats();
CREATE TRIGGER members_workshop_keeps_seats AFTER UPDATE OF seats ON members_workshop
    FOR EACH ROW EXECUTE FUNCTION members_workshop_seats();
"""

REVERSE = """
DROP TRIGGER members_workshop_keeps_seats ON members_workshop;
DROP TRIGGER members_registration_has_seat ON members_workshopregistration;
DROP FUNCTION members_workshop_seats();
"""


class Migration(migrations.Migration):
    dependencies = [("members", "0007_accompaniment")]

    operations = [migrations.RunSQL(FORWARD, REVERSE)]
