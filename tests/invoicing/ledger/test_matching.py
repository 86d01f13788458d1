"""Letters: one row read to find the next, dated as the last of their lines, never in a closed year; and the pages."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cae_backoffice.core.errors import RefusalError
from invoicing.ledger.models import Account, EntryLine, Matching
from invoicing.ledger.services import close_fiscal_year, match_lines, unmatch
from tests.invoicing.factories import accountant
from tests.invoicing.ledger.books import MARCH, customer, line_of, open_years, post

pytestmark = pytest.mark.django_db
APRIL = date(2026, 4, 2)


def settled_pair(voucher: str = "F1") -> list[EntryLine]:
    """The 411 lines of an invoice of 120 € and of its payment in April."""
    invoice = post(("411", "120"), ("706", "-120"), auxiliary=customer(), voucher=voucher)
    payment = post(("512", "120"), ("411", "-120"), auxiliary=customer(), voucher=f"R{voucher}", on=APRIL)
    return [line_of(invoice), line_of(payment)]


def letters() -> list[str]:
    """Of the 411 lines, in order of writing."""
    lines = EntryLine.objects.filter(account__number="411").select_related("matching").order_by("pk")
    return [line.matching.letter if line.matching else "" for line in lines]


def address(**more: str) -> str:
    """The customer's ledger in 2026."""
    query = {"auxiliary": "C000007", "starts_on": "2026-01-01", "ends_on": "2026-12-31", **more}
    return f"{reverse('auxiliary-ledger')}?{'&'.join(f'{name}={value}' for name, value in query.items())}"


def test_the_next_letter_costs_the_same_after_a_thousand() -> None:
    open_years()
    first, second = settled_pair("F1"), settled_pair("F2")
    with CaptureQueriesContext(connection) as before:
        match_lines(lines=first, on=APRIL, by=accountant())
    account = Account.objects.get(number="411")
    Matching.objects.bulk_create(Matching(account=account, letter=f"X{n:04d}", matched_on=APRIL) for n in range(1000))
    Matching.objects.create(account=account, letter="BZZ", matched_on=APRIL)
    with CaptureQueriesContext(connection) as after:
        assert match_lines(lines=second, on=APRIL, by=accountant()).letter == "CAA"
    read = [query["sql"] for query in after if query["sql"].startswith('SELECT "invoicing_matching"')]
    assert (len(before), [sql.endswith("LIMIT 1") for sql in read]) == (len(after), [True])


def test_each_account_has_letters_of_its_own_and_none_comes_back() -> None:
    open_years()
    first = match_lines(lines=settled_pair("F1"), on=APRIL, by=accountant())
    unmatch(matching=first, by=accountant())
    second = match_lines(lines=settled_pair("F2"), on=APRIL, by=accountant())
    other = post(("512", "5"), ("580", "-5"), voucher="V1"), post(("580", "5"), ("530", "-5"), voucher="V2")
    third = match_lines(lines=[line_of(entry, "580") for entry in other], on=APRIL, by=accountant())
    assert [first.letter, second.letter, third.letter] == ["A", "B", "A"]


def test_a_letter_is_not_older_than_its_lines() -> None:
    open_years()
    assert match_lines(lines=settled_pair(), on=MARCH, by=accountant()).matched_on == APRIL


def test_what_does_not_go_together_is_refused_and_nothing_changes() -> None:
    open_years()
    invoice, payment = settled_pair()
    other = line_of(post(("411", "-120"), ("706", "120"), auxiliary=customer(8, "Autre"), voucher="F9"))
    bank = EntryLine.objects.get(account__number="512")
    for lines, reason in (
        ([], "Choisissez les lignes à lettrer."),
        ([invoice], "il reste 120,00"),
        ([invoice, other], "même compte auxiliaire"),
        ([bank], "n’est pas lettrable"),
    ):
        with pytest.raises(RefusalError, match=reason):
            match_lines(lines=lines, on=APRIL, by=accountant())
    match_lines(lines=[invoice, payment], on=APRIL, by=accountant())
    with pytest.raises(RefusalError, match="déjà lettrée"):
        match_lines(lines=[invoice, payment], on=APRIL, by=accountant())
    assert letters() == ["A", "A", ""]


def test_the_letters_of_a_closed_year_stay() -> None:
    year, _ = open_years()
    pair = settled_pair("F1")
    matching = match_lines(lines=pair, on=APRIL, by=accountant())
    left = settled_pair("F2")
    close_fiscal_year(year=year, on=date(2027, 2, 1), by=accountant())
    with pytest.raises(RefusalError, match="son lettrage ne change plus"):
        unmatch(matching=matching, by=accountant())
    with pytest.raises(RefusalError, match="son lettrage ne change plus"):
        match_lines(lines=left, on=date(2027, 2, 2), by=accountant())
    assert letters() == ["A", "A", "", "", "", ""]


def test_the_accountant_matches_and_unmatches_on_the_page(accountant_client: Client) -> None:
    open_years()
    with connection.cursor() as cursor:  # a number that French pages would write with a space
        cursor.execute("ALTER SEQUENCE invoicing_entryline_id_seq RESTART WITH 1234567")
    pair = settled_pair()
    chosen = [line.pk for line in pair]
    page = accountant_client.get(address()).content.decode()
    assert all(f'name="row" value="{pk}"' in page for pk in chosen)
    answer = accountant_client.post(address(), {"row": chosen, "act": "match"}, follow=True)
    assert "Lettre A posée sur 2 lignes." in answer.content.decode()
    assert letters() == ["A", "A"]
    assert f'value="{pair[0].pk}"' not in accountant_client.get(address(lines="open")).content.decode()
    answer = accountant_client.post(address(), {"row": chosen[:1], "act": "unmatch"}, follow=True)
    assert "1 lettrage(s) retiré(s)." in answer.content.decode()
    assert letters() == ["", ""]


@pytest.mark.parametrize(
    ("chosen", "act", "reason"),
    [
        (slice(0, 1), "match", "Les lignes ne se soldent pas"),
        (slice(0, 0), "match", "Cochez d’abord des lignes."),
        (slice(0, 2), "unmatch", "Aucune de ces lignes n’est lettrée."),
        (slice(0, 2), "burn", "Cochez d’abord des lignes."),
    ],
)
def test_the_page_says_why_not(accountant_client: Client, chosen: slice, act: str, reason: str) -> None:
    open_years()
    keys = [line.pk for line in settled_pair()][chosen]
    answer = accountant_client.post(address(), {"row": keys, "act": act}, follow=True)
    assert reason in answer.content.decode()
    assert letters() == ["", ""]


def test_only_those_who_keep_the_books_match(manager_client: Client) -> None:
    open_years()
    keys = [line.pk for line in settled_pair()]
    assert manager_client.post(address(), {"row": keys, "act": "match"}).status_code == 403
    assert letters() == ["", ""]


def test_a_report_without_acts_takes_none(accountant_client: Client) -> None:
    assert accountant_client.post(reverse("trial-balance")).status_code == 405
