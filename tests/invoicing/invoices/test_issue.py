"""Issuing an invoice: number, frozen copy, totals, job."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from cae_backoffice.core.access import Role
from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from invoicing.invoices.enums import InvoiceState
from invoicing.invoices.models import Invoice, InvoiceVat, IssuedSnapshot, NumberSequence
from invoicing.invoices.services import approve_invoice, issue_invoice
from invoicing.rendering.document import from_json
from members.contracts.models import Contract
from tests.invoicing.factories import (
    DAY,
    accountant,
    make_approved,
    make_customer,
    make_issued,
    make_line,
    make_selling_activity,
    make_submitted,
)
from tests.members.factories import make_user

pytestmark = pytest.mark.django_db


def jobs() -> list[tuple[str, dict[str, int]]]:
    """Deferred jobs: name and arguments."""
    return list(ProcrastinateJob.objects.order_by("id").values_list("task_name", "args"))


def assert_untouched(invoice: Invoice, state: InvoiceState = InvoiceState.APPROVED) -> None:
    """Nothing of an issue was written."""
    invoice.refresh_from_db()
    assert (invoice.state, invoice.number, invoice.issued_on) == (state, None, None)
    assert not IssuedSnapshot.objects.filter(invoice=invoice).exists()
    assert not InvoiceVat.objects.filter(invoice=invoice).exists()


def test_issuing_numbers_freezes_and_defers_the_pdf() -> None:
    """Everything that makes a document exist for the law, in one act."""
    lines = [make_line("Étude", "2", "350"), make_line("Livre", "3", "12.50", "FR5.5"), make_line("Stage", "1", "400")]
    approved = make_approved(lines=lines, subject="Mission d’automne")
    issued = issue_invoice(invoice=approved, by=accountant(), on=DAY)

    issued.refresh_from_db()
    assert (issued.number, issued.state) == ("F2026-00001", "ISSUED")
    assert (issued.issued_on, issued.due_on) == (DAY, date(2026, 12, 2))
    assert (issued.net, issued.vat, issued.gross) == (Decimal("1137.50"), Decimal("222.06"), Decimal("1359.56"))
    rows = [(row.category, row.rate, row.net, row.vat) for row in issued.vat_rows.order_by("-rate")]
    assert rows == [
        ("S", Decimal("20.00"), Decimal("1100.00"), Decimal("220.00")),
        ("S", Decimal("5.50"), Decimal("37.50"), Decimal("2.06")),
    ]
    document = from_json(issued.snapshot.content)
    assert (document.number, document.issued_on, document.gross) == ("F2026-00001", DAY, Decimal("1359.56"))
    assert document.subject == "Mission d’automne"
    assert document.seller.legal_name == "Les Ateliers réunis"
    assert [line.label for line in document.lines] == ["Étude", "Livre", "Stage"]
    assert jobs() == [("invoicing.render_invoice_pdf", {"invoice_id": issued.pk, "user_id": accountant().pk})]
    event = history_of(issued)[0]
    assert (event.action, event.author, event.changes["number"]) == (
        "invoice.issued",
        accountant(),
        [None, "F2026-00001"],
    )


def test_numbers_follow_one_another_and_start_again_each_year() -> None:
    """F2026-00001, F2026-00002, then F2027-00001."""
    activity = make_selling_activity()
    numbers = [make_issued(activity, on=day).number for day in (DAY, DAY, date(2026, 12, 31), date(2027, 1, 4))]
    assert numbers == ["F2026-00001", "F2026-00002", "F2026-00003", "F2027-00001"]


def test_a_date_before_the_last_one_issued_is_refused() -> None:
    """In the year, and across New Year's Eve."""
    activity = make_selling_activity()
    make_issued(activity, on=DAY)
    late = make_approved(activity, on=date(2026, 11, 1))
    with pytest.raises(RefusalError) as refusal:
        issue_invoice(invoice=late, by=accountant(), on=date(2026, 11, 1))
    assert refusal.value.reasons == (
        "La date d’émission (01/11/2026) précède celle du dernier document émis (02/11/2026).",
    )
    assert_untouched(late)

    make_issued(activity, on=date(2027, 1, 4))
    with pytest.raises(RefusalError) as refusal:
        issue_invoice(invoice=late, by=accountant(), on=date(2026, 12, 31))
    assert refusal.value.reasons == (
        "La date d’émission (31/12/2026) précède celle du dernier document émis (04/01/2027).",
    )
    assert_untouched(late)
    assert list(NumberSequence.objects.order_by("year").values_list("year", "last_number")) == [(2026, 1), (2027, 1)]


def test_everything_is_asked_again_on_the_day_of_issue() -> None:
    """The contract may have ended between approval and issue."""
    approved = make_approved()
    Contract.objects.update(ends_on=date(2026, 11, 30), end_reason="RESIGNATION")
    with pytest.raises(RefusalError) as refusal:
        issue_invoice(invoice=approved, by=accountant(), on=date(2026, 12, 1))
    assert len(refusal.value.reasons) == 1
    assert "n’a de CAPE ni de CESA en cours" in refusal.value.reasons[0]
    assert_untouched(approved)
    assert not NumberSequence.objects.exists()
    assert jobs() == []


def test_only_an_approved_document_is_issued_and_only_once() -> None:
    """A submitted one waits for approval; an issued one keeps its number."""
    submitted = make_submitted()
    with pytest.raises(RefusalError) as refusal:
        issue_invoice(invoice=submitted, by=accountant(), on=DAY)
    assert refusal.value.reasons == (
        "Vous ne pouvez pas émettre ce document dans son état actuel («\u00a0À valider\u00a0»).",
    )
    assert_untouched(submitted, InvoiceState.SUBMITTED)
    issued = issue_invoice(invoice=approve_invoice(invoice=submitted, by=accountant(), on=DAY), by=accountant(), on=DAY)
    with pytest.raises(RefusalError):
        issue_invoice(invoice=issued, by=accountant(), on=DAY)
    issued.refresh_from_db()
    assert issued.number == "F2026-00001"
    assert len(jobs()) == 1


@pytest.mark.parametrize("role", [Role.ENTREPRENEUR, Role.MANAGER, Role.ADVISER, Role.ADMINISTRATOR])
def test_only_those_who_may_issue_do(role: Role) -> None:
    """The right is checked in the service too."""
    approved = make_approved()
    with pytest.raises(RefusalError):
        issue_invoice(invoice=approved, by=make_user(role), on=DAY)
    assert_untouched(approved)


def test_later_changes_of_the_records_do_not_reach_what_is_issued() -> None:
    """The frozen copy keeps the customer's name and the cooperative's address of that day."""
    activity = make_selling_activity()
    customer = make_customer(activity, name="Avant SARL")
    issued = make_issued(activity, customer=customer)
    customer.name = "Après SARL"
    customer.save()
    assert from_json(IssuedSnapshot.objects.get(invoice=issued).content).buyer.name == "Avant SARL"


def test_ten_lines_are_issued_in_thirty_statements() -> None:
    """Reading 10 (with the person's contracts, the deposits taken off, the discounts and the billing address),
    numbering 2, writing 4, the entry 9, the customer's account 2, audit 1; the savepoint's two are the test's.
    However many lines there are.
    """
    approved = make_approved(lines=[make_line(f"Ligne {i}") for i in range(10)])
    by = accountant()
    make_issued()
    with CaptureQueriesContext(connection) as queries:
        issue_invoice(invoice=approved, by=by, on=DAY)
    assert len(queries) == 30, [query["sql"][:90] for query in queries]
