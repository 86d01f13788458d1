"""Many entries at once: numbered without gap among the others, refused as a whole, taken back as a whole."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cae_backoffice.core.errors import RefusalError
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.models import Entry, EntryLine, Period
from invoicing.ledger.queries import balances_apart
from invoicing.ledger.rules import EntryDraft, LineDraft
from invoicing.ledger.services import lock_period, post_entries, post_entry, reverse_entries
from members.activities.models import Activity
from tests.invoicing.factories import accountant, open_books
from tests.invoicing.payments.books import balance, check_deferred
from tests.members.factories import make_activity

pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 31)


@pytest.fixture
def activities() -> list[Activity]:
    """Three activities, in open books."""
    open_books()
    return [make_activity() for _ in range(3)]


def draft(activity: Activity, amount: str = "10") -> EntryDraft:
    """The activity's charge against a common income."""
    euros = Decimal(amount)
    lines = (LineDraft("6588", debit=euros, activity_id=activity.pk), LineDraft("7588", credit=euros))
    return EntryDraft(JournalCode.MISCELLANEOUS, DAY, f"C-{activity.code}", DAY, "Contribution", lines)


def written() -> tuple[int, int]:
    """Entries and lines."""
    return Entry.objects.count(), EntryLine.objects.count()


def test_they_take_the_next_numbers_in_order_and_keep_the_balances(activities: list[Activity]) -> None:
    first = post_entry(entry=draft(activities[0], "1"), by=accountant())
    ids = post_entries(entries=[draft(activity) for activity in activities], by=accountant())
    last = post_entry(entry=draft(activities[0], "2"), by=accountant())
    check_deferred()
    numbers = dict(Entry.objects.values_list("pk", "number"))
    assert [numbers[pk] for pk in (first.pk, *ids, last.pk)] == [1, 2, 3, 4, 5]
    entry = Entry.objects.get(pk=ids[1])
    assert (entry.state, entry.validated_on, entry.validated_by, entry.voucher_number) == (
        "VALIDATED",
        DAY,
        accountant(),
        f"C-{activities[1].code}",
    )
    assert list(entry.lines.values_list("position", "account__number", "debit", "credit", "label")) == [
        (1, "6588", 10, 0, "Contribution"),
        (2, "7588", 0, 10, "Contribution"),
    ]
    assert (balance("6588", activities[0]), balance("7588")) == (13, -33)
    assert balances_apart() == []


def test_one_that_may_not_be_written_refuses_all(activities: list[Activity]) -> None:
    before = written()
    good = draft(activities[0])
    for bad, sentence in (
        (replace(good, lines=(*good.lines, LineDraft("6588", debit=Decimal(1)))), "équilibrée"),
        (replace(good, lines=(LineDraft("9", debit=Decimal(1)), LineDraft("7588", credit=Decimal(1)))), "n’existe pas"),
    ):
        with pytest.raises(RefusalError, match=sentence):
            post_entries(entries=[good, bad], by=accountant())
    with pytest.raises(ValueError, match="too many values"):
        post_entries(entries=[good, replace(good, entry_on=date(2026, 1, 30))], by=accountant())
    lock_period(period=Period.objects.get(starts_on=date(2026, 1, 1)), by=accountant())
    with pytest.raises(RefusalError, match="verrouillée"):
        post_entries(entries=[good], by=accountant())
    assert (written(), post_entries(entries=[], by=accountant())) == (before, [])


def test_they_are_taken_back_together_and_once(activities: list[Activity]) -> None:
    ids = post_entries(entries=[draft(activity) for activity in activities], by=accountant())
    reverse_entries(entry_ids=ids, on=date(2026, 2, 1), by=accountant())
    check_deferred()
    assert (balance("6588"), balance("7588"), balance("6588", activities[0])) == (0, 0, 0)
    opposites = Entry.objects.filter(reverses__in=ids).order_by("number")
    assert [(entry.number, entry.reverses_id, entry.label) for entry in opposites] == [
        (4 + rank, pk, "Contrepassation : Contribution") for rank, pk in enumerate(ids)
    ]
    before = written()
    with pytest.raises(RefusalError, match="déjà contrepassée"):
        reverse_entries(entry_ids=ids[:1], on=date(2026, 2, 1), by=accountant())
    assert written() == before
