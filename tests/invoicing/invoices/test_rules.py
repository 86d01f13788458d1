"""Who may do what in which state: the whole table."""

import pytest

from cae_backoffice.core.access import Role
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.rules import (
    may_approve,
    may_credit,
    may_draft_for,
    may_edit,
    may_issue,
    may_return,
    may_submit,
    may_withdraw,
)
from tests.invoicing.factories import entrepreneur_of, make_draft, make_selling_activity
from tests.members.factories import make_user

pytestmark = pytest.mark.django_db

RULES = {
    "edit": may_edit,
    "submit": may_submit,
    "withdraw": may_withdraw,
    "return": may_return,
    "approve": may_approve,
    "issue": may_issue,
    "credit": may_credit,
}
TABLE: dict[InvoiceState, dict[str, set[str]]] = {
    InvoiceState.DRAFT: {"author": {"edit", "submit"}, "accountant": {"edit", "submit"}},
    InvoiceState.SUBMITTED: {"author": {"withdraw"}, "accountant": {"return", "approve"}},
    InvoiceState.APPROVED: {"author": set(), "accountant": {"return", "issue"}},
    InvoiceState.ISSUED: {"author": set(), "accountant": {"credit"}},
}


@pytest.mark.parametrize("state", InvoiceState)
def test_who_may_do_what(state: InvoiceState) -> None:
    """The author is the activity's entrepreneur; managers, advisers and administrators may do nothing."""
    activity = make_selling_activity()
    author = entrepreneur_of(activity)
    invoice = make_draft(activity, by=author)
    invoice.state = state
    users = {"author": author, "accountant": make_user(Role.ACCOUNTANT)}
    for name, user in users.items():
        assert {rule for rule, may in RULES.items() if may(user, invoice)} == TABLE[state][name]
    for role in (Role.MANAGER, Role.ADVISER, Role.ADMINISTRATOR):
        assert not any(may(make_user(role), invoice) for may in RULES.values())


def test_a_credit_note_is_not_credited() -> None:
    """Only an invoice is."""
    invoice = make_draft()
    invoice.state, invoice.kind = InvoiceState.ISSUED, InvoiceKind.CREDIT_NOTE
    assert not may_credit(make_user(Role.ACCOUNTANT), invoice)


def test_who_drafts_for_an_activity() -> None:
    """The staff who see every invoice, and those who carry the activity, as long as their account is open."""
    activity = make_selling_activity()
    author = entrepreneur_of(activity)
    assert may_draft_for(author, activity)
    assert may_draft_for(make_user(Role.ACCOUNTANT), activity)
    assert not may_draft_for(entrepreneur_of(make_selling_activity()), activity)
    assert not may_draft_for(make_user(Role.MANAGER), activity)
    author.is_active = False
    assert not may_draft_for(author, activity)
