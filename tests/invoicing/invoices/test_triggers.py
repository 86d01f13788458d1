"""In SQL, past every service: what is issued cannot change; drafts still can."""

import pytest
from django.db import IntegrityError, connection, transaction

from invoicing.invoices.models import Invoice
from invoicing.invoices.services import issue_credit_note, store_pdf
from tests.invoicing.factories import DAY, accountant, make_draft, make_issued

pytestmark = pytest.mark.django_db

LINE = (
    "INSERT INTO invoicing_invoiceline (invoice_id, position, label, description, chapter, nature, quantity, unit,"
    " unit_price, discount_percent, vat_code_id, net)"
    " SELECT {invoice}, 99, 'x', '', '', 'GOODS', 1, 'C62', 1, 0, min(id), 1"
    " FROM invoicing_vatcode"
)
TABLES = {
    "invoicing_invoice": "id",
    "invoicing_invoiceline": "invoice_id",
    "invoicing_invoicevat": "invoice_id",
    "invoicing_issuedsnapshot": "invoice_id",
    "invoicing_issuedfile": "invoice_id",
}
COLUMNS = {
    "invoicing_invoice": [
        "state = 'DRAFT'",
        "gross = gross + 1, net = net + 1",
        "number = 'F2026-99999'",
        "note = 'x'",
    ],
    "invoicing_invoiceline": ["net = net + 1", "label = 'x'", "invoice_id = {draft}"],
    "invoicing_invoicevat": ["vat = vat + 1", "invoice_id = {draft}"],
    "invoicing_issuedsnapshot": ["content = '{{}}'"],
    "invoicing_issuedfile": ["sha256 = 'x'", "pdf = 'x'"],
}


def run(statement: str) -> int:
    """Execute one statement; the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.rowcount)


def rows_of(invoice: Invoice) -> list[list[tuple[object, ...]]]:
    """Everything the database holds of a document."""
    found = []
    for table, key in TABLES.items():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table} WHERE {key} = %s ORDER BY 1", [invoice.pk])
            found.append(cursor.fetchall())
    return found


def assert_refused(statement: str, invoice: Invoice) -> None:
    """The statement fails and the document is what it was."""
    before = rows_of(invoice)
    with pytest.raises(IntegrityError), transaction.atomic():
        run(statement)
    assert rows_of(invoice) == before


def issued_with_file() -> Invoice:
    """An issued invoice with its PDF."""
    invoice = make_issued()
    store_pdf(invoice=invoice, by=accountant())
    assert all(rows_of(invoice))
    return invoice


def test_what_is_issued_is_neither_updated_nor_deleted() -> None:
    """Document, lines, VAT, frozen copy, PDF: each column tried."""
    invoice, draft = issued_with_file(), make_draft()
    for table, key in TABLES.items():
        for change in COLUMNS[table]:
            assignment = change.format(draft=draft.pk)
            assert_refused(f"UPDATE {table} SET {assignment} WHERE {key} = {invoice.pk}", invoice)
        assert_refused(f"DELETE FROM {table} WHERE {key} = {invoice.pk}", invoice)


def test_nothing_is_added_to_what_is_issued() -> None:
    """Neither a line nor a VAT row, nor a draft's line moved in."""
    invoice, draft = make_issued(), make_draft()
    assert_refused(LINE.format(invoice=invoice.pk), invoice)
    assert_refused(
        "INSERT INTO invoicing_invoicevat (invoice_id, category, rate, net, vat)"
        f" VALUES ({invoice.pk}, 'S', 10, 1, 0.1)",
        invoice,
    )
    assert_refused(
        f"UPDATE invoicing_invoiceline SET invoice_id = {invoice.pk}, position = 98 WHERE invoice_id = {draft.pk}",
        invoice,
    )


def test_tables_of_documents_are_never_truncated() -> None:
    """Not even with their dependants."""
    invoice = issued_with_file()
    run("SET CONSTRAINTS ALL IMMEDIATE")  # else PostgreSQL refuses for the checks still pending in this transaction
    for table in TABLES:
        assert_refused(f"TRUNCATE {table} CASCADE", invoice)


def test_a_credit_note_is_as_final_as_an_invoice() -> None:
    """The same triggers."""
    credit_note = issue_credit_note(invoice=make_issued(), reason="Erreur", by=accountant(), on=DAY)
    assert_refused(f"UPDATE invoicing_invoice SET note = 'x' WHERE id = {credit_note.pk}", credit_note)
    assert_refused(f"DELETE FROM invoicing_invoiceline WHERE invoice_id = {credit_note.pk}", credit_note)


def test_drafts_still_change() -> None:
    """Update, add, delete."""
    make_issued()
    draft = make_draft()
    assert run(f"UPDATE invoicing_invoice SET note = 'x' WHERE id = {draft.pk}") == 1
    assert run(f"UPDATE invoicing_invoiceline SET label = 'x' WHERE invoice_id = {draft.pk}") == 1
    assert run(LINE.format(invoice=draft.pk)) == 1
    assert run(f"DELETE FROM invoicing_invoiceline WHERE invoice_id = {draft.pk}") == 2
    assert run(f"DELETE FROM invoicing_invoice WHERE id = {draft.pk}") == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE invoicing_invoice SET state = 'ISSUED' WHERE id = {draft}",
        "UPDATE invoicing_invoice SET number = 'F2026-00009' WHERE id = {draft}",
        "UPDATE invoicing_invoice SET gross = gross + 1 WHERE id = {draft}",
        "UPDATE invoicing_invoice SET kind = '381' WHERE id = {draft}",
        "UPDATE invoicing_invoiceline SET quantity = 0 WHERE invoice_id = {draft}",
        "UPDATE invoicing_invoiceline SET unit_price = -1 WHERE invoice_id = {draft}",
        "UPDATE invoicing_invoiceline SET discount_percent = 101 WHERE invoice_id = {draft}",
    ],
)
def test_the_database_knows_what_may_never_be_true(statement: str) -> None:
    """Check constraints on documents and lines."""
    draft = make_draft()
    assert_refused(statement.format(draft=draft.pk), draft)


def test_a_number_is_given_once() -> None:
    """Unique, whatever the state of the sequence."""
    first = make_issued()
    run("DELETE FROM invoicing_numbersequence")
    with pytest.raises(IntegrityError, match="invoicing_invoice_number_once"), transaction.atomic():
        make_issued(first.activity)
