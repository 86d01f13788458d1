"""What a message says never changes; neither does its log; a message that is sent, failed or cancelled is closed."""

from django.db import migrations

TRIGGERS = """
CREATE FUNCTION core_message_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'QUEUED'
       OR (to_jsonb(NEW) - ARRAY['state', 'attempts', 'next_try_at', 'last_error', 'sent_at'])
          IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['state', 'attempts', 'next_try_at', 'last_error', 'sent_at'])
    THEN
        RAISE EXCEPTION 'outgoing messages never change: UPDATE refused' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER core_message_guard BEFORE UPDATE ON core_outgoingmessage
    FOR EACH ROW EXECUTE FUNCTION core_message_guard();
CREATE TRIGGER core_message_never_deleted BEFORE DELETE ON core_outgoingmessage
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER core_message_no_truncate BEFORE TRUNCATE ON core_outgoingmessage
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER core_messageattachment_never_changes BEFORE UPDATE OR DELETE ON core_messageattachment
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER core_messageattachment_no_truncate BEFORE TRUNCATE ON core_messageattachment
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER core_messageevent_never_changes BEFORE UPDATE OR DELETE ON core_messageevent
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER core_messageevent_no_truncate BEFORE TRUNCATE ON core_messageevent
    FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""

REVERSE = """
DROP TRIGGER core_messageevent_no_truncate ON core_messageevent;
DROP TRIGGER core_messageevent_never_changes ON core_messageevent;
DROP TRIGGER core_messageattachment_no_truncate ON core_messageattachment;
DROP TRIGGER core_messageattachment_never_changes ON core_messageattachment;
DROP TRIGGER core_message_no_truncate ON core_outgoingmessage;
DROP TRIGGER core_message_never_deleted ON core_outgoingmessage;
DROP TRIGGER core_message_guard ON core_outgoingmessage;
DROP FUNCTION core_message_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0003_messages")]

    operations = [migrations.RunSQL(TRIGGERS, REVERSE)]
