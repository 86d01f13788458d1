"""Payments hold by themselves: append-only, chained, closed when closed, never more than there is (CGI 286-I-3° bis)."""

from django.db import migrations

FUNCTIONS = r"""
-- Canonical text of one event: fields joined by U+001F, the instant in UTC with microseconds, the details as jsonb text.
CREATE FUNCTION invoicing_payment_event_hash(
    previous_hash text, pos bigint, recorded_at timestamptz, author_id bigint, kind text, happened_on date,
    amount numeric, details jsonb
) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT encode(sha256(convert_to(concat_ws(chr(31),
        previous_hash, pos, to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        author_id, kind, to_char(happened_on, 'YYYY-MM-DD'), to_char(amount, 'FM999999999999990.00'), details::text),
        'UTF8')), 'hex')
$$;

CREATE FUNCTION invoicing_payment_closing_hash(
    previous_hash text, pos bigint, recorded_at timestamptz, author_id bigint, kind text, starts_on date, ends_on date,
    event_count int, total numeric, running_total numeric, last_position bigint
) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT encode(sha256(convert_to(concat_ws(chr(31),
        previous_hash, pos, to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        author_id, kind, to_char(starts_on, 'YYYY-MM-DD'), to_char(ends_on, 'YYYY-MM-DD'), event_count,
        to_char(total, 'FM999999999999990.00'), to_char(running_total, 'FM9999999999999990.00'), last_position),
        'UTF8')), 'hex')
$$;

-- Events and closings wait for one another (the lock is held to the end of the transaction): positions have no gap,
-- and no event slips into a period while it is being closed.
CREATE FUNCTION invoicing_payment_event_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last_position bigint; last_hash text;
BEGIN
    PERFORM pg_advisory_xact_lock(4242002);
    IF EXISTS (SELECT 1 FROM invoicing_paymentclosing WHERE NEW.happened_on BETWEEN starts_on AND ends_on) THEN
        RAISE EXCEPTION 'payments of % are closed', NEW.happened_on
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoicing_payments_open';
    END IF;
    SELECT position, hash INTO last_position, last_hash FROM invoicing_paymentevent ORDER BY position DESC LIMIT 1;
    NEW.position := coalesce(last_position, 0) + 1;
    NEW.recorded_at := clock_timestamp();
    NEW.previous_hash := coalesce(last_hash, '');
    NEW.hash := invoicing_payment_event_hash(NEW.previous_hash, NEW.position, NEW.recorded_at, NEW.author_id, NEW.kind,
                                             NEW.happened_on, NEW.amount, NEW.details);
    RETURN NEW;
END $$;

CREATE FUNCTION invoicing_payment_closing_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last_position bigint; last_hash text;
BEGIN
    PERFORM pg_advisory_xact_lock(4242002);
    SELECT position, hash INTO last_position, last_hash FROM invoicing_paymentclosing ORDER BY position DESC LIMIT 1;
    SELECT count(*), coalesce(sum(amount) FILTER (WHERE kind IN ('RECEIVED', 'BOUNCED', 'REFUNDED')), 0)
        INTO NEW.event_count, NEW.total
        FROM invoicing_paymentevent WHERE happened_on BETWEEN NEW.starts_on AND NEW.ends_on;
    SELECT coalesce(max(position), 0), coalesce(sum(amount) FILTER (WHERE kind IN ('RECEIVED', 'BOUNCED', 'REFUNDED')), 0)
        INTO NEW.last_position, NEW.running_total FROM invoicing_paymentevent;
    NEW.position := coalesce(last_position, 0) + 1;
    NEW.recorded_at := clock_timestamp();
    NEW.previous_hash := coalesce(last_hash, '');
    NEW.hash := invoicing_payment_closing_hash(NEW.previous_hash, NEW.position, NEW.recorded_at, NEW.author_id, NEW.kind,
        NEW.starts_on, NEW.ends_on, NEW.event_count, NEW.total, NEW.running_total, NEW.last_position);
    RETURN NEW;
END $$;

-- A receipt changes in nothing but its remittance, once. (`search` is reckoned by the database after this trigger.)
CREATE FUNCTION invoicing_receipt_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.remittance_id IS NULL AND NEW.remittance_id IS NOT NULL
       AND to_jsonb(NEW) - 'remittance_id' - 'search' = to_jsonb(OLD) - 'remittance_id' - 'search'
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'receipt % never changes: % refused', OLD.number, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

-- Neither a receipt nor a document is ever allocated or refunded beyond its amount.
CREATE FUNCTION invoicing_check_receipt_left(receipt bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE used numeric; received numeric;
BEGIN
    SELECT amount INTO received FROM invoicing_receipt WHERE id = receipt;
    SELECT coalesce((SELECT sum(amount) FROM invoicing_allocation WHERE receipt_id = receipt), 0)
         + coalesce((SELECT sum(amount) FROM invoicing_refund WHERE receipt_id = receipt), 0) INTO used;
    IF used < 0 OR used > received THEN
        RAISE EXCEPTION 'receipt %: % used of %', receipt, used, received
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoicing_receipt_left';
    END IF;
END $$;

CREATE FUNCTION invoicing_allocation_within() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE paid numeric; owed numeric;
BEGIN
    IF NEW.receipt_id IS NOT NULL THEN PERFORM invoicing_check_receipt_left(NEW.receipt_id); END IF;
    SELECT gross INTO owed FROM invoicing_invoice WHERE id = NEW.invoice_id AND state = 'ISSUED';
    SELECT sum(amount) INTO paid FROM invoicing_allocation WHERE invoice_id = NEW.invoice_id;
    IF owed IS NULL OR paid NOT BETWEEN least(owed, 0) AND greatest(owed, 0) THEN
        RAISE EXCEPTION 'document %: % allocated of %', NEW.invoice_id, paid, owed
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoicing_allocation_within';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION invoicing_refund_within() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.receipt_id IS NOT NULL THEN PERFORM invoicing_check_receipt_left(NEW.receipt_id); END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER invoicing_paymentevent_chain BEFORE INSERT ON invoicing_paymentevent
    FOR EACH ROW EXECUTE FUNCTION invoicing_payment_event_chain();
CREATE TRIGGER invoicing_paymentclosing_chain BEFORE INSERT ON invoicing_paymentclosing
    FOR EACH ROW EXECUTE FUNCTION invoicing_payment_closing_chain();
CREATE TRIGGER invoicing_receipt_guard BEFORE UPDATE OR DELETE ON invoicing_receipt
    FOR EACH ROW EXECUTE FUNCTION invoicing_receipt_guard();
CREATE TRIGGER invoicing_allocation_within AFTER INSERT ON invoicing_allocation
    FOR EACH ROW EXECUTE FUNCTION invoicing_allocation_within();
CREATE TRIGGER invoicing_refund_within AFTER INSERT ON invoicing_refund
    FOR EACH ROW EXECUTE FUNCTION invoicing_refund_within();
"""

DROP_FUNCTIONS = """
DROP TRIGGER invoicing_refund_within ON invoicing_refund;
DROP TRIGGER invoicing_allocation_within ON invoicing_allocation;
DROP TRIGGER invoicing_receipt_guard ON invoicing_receipt;
DROP TRIGGER invoicing_paymentclosing_chain ON invoicing_paymentclosing;
DROP TRIGGER invoicing_paymentevent_chain ON invoicing_paymentevent;
DROP FUNCTION invoicing_refund_within();
DROP FUNCTION invoicing_allocation_within();
DROP FUNCTION invoicing_check_receipt_left(bigint);
DROP FUNCTION invoicing_receipt_guard();
DROP FUNCTION invoicing_payment_closing_chain();
DROP FUNCTION invoicing_payment_event_chain();
DROP FUNCTION invoicing_payment_closing_hash(text, bigint, timestamptz, bigint, text, date, date, int, numeric, numeric, bigint);
DROP FUNCTION invoicing_payment_event_hash(text, bigint, timestamptz, bigint, text, date, numeric, jsonb);
"""

NEVER_CHANGE = (
    "paymentevent",
    "paymentclosing",
    "allocation",
    "allocationvat",
    "bounce",
    "refund",
    "chequeremittance",
    "remittanceslip",
)
NEVER_EMPTIED = (*NEVER_CHANGE, "receipt")


def guards() -> str:
    """The triggers that refuse UPDATE and DELETE, and TRUNCATE."""
    return "".join(
        f"CREATE TRIGGER invoicing_{table}_never_changes BEFORE UPDATE OR DELETE ON invoicing_{table} "
        "FOR EACH ROW EXECUTE FUNCTION core_refuse_change();"
        for table in NEVER_CHANGE
    ) + "".join(
        f"CREATE TRIGGER invoicing_{table}_no_truncate BEFORE TRUNCATE ON invoicing_{table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();"
        for table in NEVER_EMPTIED
    )


def drop_guards() -> str:
    """Their reverse."""
    return "".join(
        f"DROP TRIGGER invoicing_{table}_never_changes ON invoicing_{table};" for table in NEVER_CHANGE
    ) + "".join(f"DROP TRIGGER invoicing_{table}_no_truncate ON invoicing_{table};" for table in NEVER_EMPTIED)


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0008_payments"), ("core", "0002_audit_chain")]

    operations = [
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        migrations.RunSQL(guards(), drop_guards()),
    ]
