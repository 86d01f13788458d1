"""Two real connections at the same moment."""

from typing import Any

import pytest

from cae_backoffice.core.audit import check_chain
from cae_backoffice.core.errors import RefusalError
from invoicing.quotes.enums import QuoteState
from invoicing.quotes.models import Quote, QuoteAcceptance
from invoicing.quotes.services import accept_online, expire_quotes, refuse_online, send_quote
from tests.invoicing.factories import DAY, accountant, make_selling_activity
from tests.invoicing.invoices.test_races import at_once
from tests.invoicing.quotes.books import VISITOR, draft_quote, link_of, noon, sent_quote

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_customers_who_click_at_once_accept_once() -> None:
    quote = sent_quote()
    answer: dict[str, Any] = {"options": [], "drawing": None, "visitor": VISITOR, "at": noon(DAY)}
    links = [link_of(quote), link_of(quote)]
    answers = at_once(
        *[lambda i=i: accept_online(link=links[i], name=f"Client {i}", **answer) for i in range(2)],
    )
    assert sorted(type(one).__name__ for one in answers) == ["QuoteAcceptance", "RefusalError"]
    assert QuoteAcceptance.objects.count() == 1
    assert check_chain().first_broken is None


def test_a_yes_and_a_no_at_once_leave_one_answer() -> None:
    quote = sent_quote()
    link = link_of(quote)
    common: dict[str, Any] = {"link": link, "name": "Ana", "visitor": VISITOR, "at": noon(DAY)}
    answers = at_once(
        lambda: accept_online(options=[], drawing=None, **common),
        lambda: refuse_online(reason="", **common),
        lambda: expire_quotes(on=DAY),
    )
    refused = [one for one in answers if isinstance(one, RefusalError)]
    assert len(refused) == 1
    stored = Quote.objects.get(pk=quote.pk)
    assert (hasattr(stored, "acceptance"), hasattr(stored, "refusal")) in {(True, False), (False, True)}
    assert stored.state == (QuoteState.ACCEPTED if hasattr(stored, "acceptance") else QuoteState.REFUSED)


def test_quotes_sent_at_once_get_consecutive_numbers() -> None:
    activity, by = make_selling_activity(), accountant()
    drafts = [draft_quote(activity) for _ in range(4)]
    sent = at_once(*[lambda i=i: send_quote(quote=i, by=by, on=DAY) for i in drafts])
    assert sorted(quote.number for quote in sent) == [f"D2026-0000{i}" for i in range(1, 5)]
