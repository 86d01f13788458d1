"""In SQL, past every service: what was sent and what was answered cannot change; drafts still can."""

import pytest
from django.db import IntegrityError, connection, transaction

from invoicing.quotes.models import GeneralConditions, Quote
from tests.invoicing.factories import DAY
from tests.invoicing.quotes.books import accept, draft_quote, line, sent_quote

pytestmark = pytest.mark.django_db


def run(statement: str) -> int:
    """Execute one statement; the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        connection.check_constraints()
        return int(cursor.rowcount)


def assert_refused(statement: str) -> None:
    """The database says no."""
    with pytest.raises(IntegrityError), transaction.atomic():
        run(statement)


@pytest.mark.parametrize(
    "change",
    [
        "net = net + 1, gross = gross + 1",
        "number = 'D2026-09999'",
        "valid_until = valid_until + 1",
        "customer_id = NULL",
        "conditions_id = NULL",
        "state = 'DRAFT'",
        "state = 'ACCEPTED'",
        "state = 'REFUSED'",
    ],
)
def test_a_sent_quote_does_not_change(change: str) -> None:
    GeneralConditions.objects.create(valid_from=DAY, text="Conditions")
    quote = sent_quote()
    assert_refused(f"UPDATE invoicing_quote SET {change} WHERE id = {quote.pk}")
    assert Quote.objects.filter(pk=quote.pk).values().get() == Quote.objects.filter(number=quote.number).values().get()


def test_neither_do_its_lines_nor_conditions() -> None:
    conditions = GeneralConditions.objects.create(valid_from=DAY, text="Conditions")
    quote, draft = sent_quote(), draft_quote()
    assert_refused(f"UPDATE invoicing_quoteline SET net = net + 1 WHERE quote_id = {quote.pk}")
    assert_refused(f"UPDATE invoicing_quoteline SET quote_id = {draft.pk}, position = 9 WHERE quote_id = {quote.pk}")
    assert_refused(f"UPDATE invoicing_quoteline SET quote_id = {quote.pk}, position = 9 WHERE quote_id = {draft.pk}")
    assert_refused(f"DELETE FROM invoicing_quoteline WHERE quote_id = {quote.pk}")
    assert_refused(f"DELETE FROM invoicing_quote WHERE id = {quote.pk}")
    assert_refused(f"UPDATE invoicing_generalconditions SET text = 'Autre' WHERE id = {conditions.pk}")
    assert run(f"UPDATE invoicing_quoteline SET label = 'Autre' WHERE quote_id = {draft.pk}") == 1


def test_an_answer_does_not_change_and_is_final() -> None:
    quote = sent_quote(lines=[line(), line(is_option=True)])
    accept(quote, [quote.lines.get(is_option=True).pk])
    assert_refused("UPDATE invoicing_quoteacceptance SET name = 'Autre'")
    assert_refused("DELETE FROM invoicing_quoteacceptance")
    assert_refused("DELETE FROM invoicing_chosenoption")
    for state in ("SENT", "EXPIRED", "REPLACED", "WITHDRAWN"):
        assert_refused(f"UPDATE invoicing_quote SET state = '{state}' WHERE id = {quote.pk}")


def test_what_was_not_sent_is_not_answered() -> None:
    draft = draft_quote()
    assert_refused(f"UPDATE invoicing_quote SET state = 'ACCEPTED' WHERE id = {draft.pk}")
    assert_refused(f"UPDATE invoicing_quote SET state = 'SENT' WHERE id = {draft.pk}")
