"""What the tests of the activity's account share: an activity, its months, and entries typed by the accountant."""

from datetime import date
from decimal import Decimal

import pytest

from cae_backoffice.core.money import ZERO
from invoicing.activity_accounts.queries.figures import months_of
from invoicing.activity_accounts.rules.statement import MonthFigures, Statement, statement_of
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.models import Entry
from invoicing.ledger.rules import EntryDraft, LineDraft
from invoicing.ledger.services import post_entry
from members.activities.models import Activity
from members.cooperative.models import Cooperative
from tests.invoicing.factories import accountant, make_selling_activity, open_books

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


@pytest.fixture
def activity(cooperative: Cooperative) -> Activity:
    """One that sells all through 2026."""
    open_books()
    return make_selling_activity()


def november(activity: Activity) -> MonthFigures:
    """What November 2026 brought."""
    months = months_of([activity.pk])[activity.pk]
    return months[0] if months else MonthFigures(NOVEMBER, {})


def statement(activity: Activity, first: date = NOVEMBER, last: date = DECEMBER) -> Statement:
    """The account over some months."""
    return statement_of(months_of([activity.pk])[activity.pk], first_month=first, last_month=last)


def book(*lines: tuple[str, Activity | None, str], on: date = date(2026, 11, 25)) -> Entry:
    """An entry typed by the accountant; debits are positive."""
    drafts = tuple(
        LineDraft(
            account,
            debit=max(Decimal(amount), ZERO),
            credit=max(-Decimal(amount), ZERO),
            activity_id=activity.pk if activity else None,
        )
        for account, activity, amount in lines
    )
    return post_entry(
        entry=EntryDraft(JournalCode.MISCELLANEOUS, on, "OD1", on, "Écriture d’essai", drafts), by=accountant()
    )
