"""Two real connections at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import pytest
from django.conf import settings
from django.db import connections, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from cae_backoffice.core.audit import check_chain
from cae_backoffice.core.errors import RefusalError
from invoicing.invoices.models import Invoice, IssuedFile, IssuedSnapshot, NumberSequence
from invoicing.invoices.queries import sequence_gaps
from invoicing.invoices.services import approve_invoice, issue_credit_note, issue_invoice, store_pdf
from tests.invoicing.factories import (
    DAY,
    accountant,
    make_approved,
    make_issued,
    make_selling_activity,
    make_submitted,
)

pytestmark = pytest.mark.django_db(transaction=True)

WAIT = 20


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run each act on its own connection, all let go together; results or refusals, in order."""
    barrier = Barrier(len(acts), timeout=WAIT)

    def run(act: Callable[[], Any]) -> Any:  # noqa: ANN401
        try:
            barrier.wait()
            return act()
        except RefusalError as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(timeout=WAIT) for future in [pool.submit(run, act) for act in acts]]


def job_count() -> int:
    """Deferred PDF jobs."""
    count: int = ProcrastinateJob.objects.filter(task_name="invoicing.render_invoice_pdf").count()
    return count


def test_clerks_who_issue_at_once_get_consecutive_numbers() -> None:
    """The first document of the year included: no gap, no duplicate, an audit trail that holds."""
    activity, by = make_selling_activity(), accountant()
    approved = [make_approved(activity) for _ in range(6)]
    issued = at_once(*[lambda i=i: issue_invoice(invoice=i, by=by, on=DAY) for i in approved])
    assert sorted(invoice.number for invoice in issued) == [f"F2026-{n:05d}" for n in range(1, 7)]
    assert (sequence_gaps(), job_count(), check_chain().first_broken) == ([], 6, None)


def test_the_second_clerk_waits_for_the_first_and_follows() -> None:
    """While the first transaction is open the second has no number; after its commit, the next one."""
    activity, by = make_selling_activity(), accountant()
    make_issued(activity)
    first, second = make_approved(activity), make_approved(activity)
    numbered, finish = Event(), Event()

    def slow() -> str | None:
        with transaction.atomic():
            number = issue_invoice(invoice=first, by=by, on=DAY).number
            numbered.set()
            finish.wait(WAIT)
            return number

    def fast() -> str | None:
        numbered.wait(WAIT)
        finish_soon()
        return issue_invoice(invoice=second, by=by, on=DAY).number

    def finish_soon() -> None:
        assert Invoice.objects.filter(number="F2026-00002").count() == 0
        finish.set()

    assert at_once(slow, fast) == ["F2026-00002", "F2026-00003"]


def test_a_rolled_back_issue_leaves_neither_number_nor_job() -> None:
    """The next one takes the number that was never used."""
    activity, by = make_selling_activity(), accountant()
    approved = make_approved(activity)
    with transaction.atomic():
        assert issue_invoice(invoice=approved, by=by, on=DAY).number == "F2026-00001"
        assert job_count() == 1
        transaction.set_rollback(True)
    approved.refresh_from_db()
    assert (approved.state, approved.number, job_count()) == ("APPROVED", None, 0)
    assert not NumberSequence.objects.exists()
    assert not IssuedSnapshot.objects.exists()
    assert issue_invoice(invoice=approved, by=by, on=DAY).number == "F2026-00001"
    assert (job_count(), sequence_gaps()) == (1, [])


@pytest.mark.parametrize("act", ["approve", "issue", "credit"])
def test_of_two_identical_acts_one_is_refused(act: str) -> None:
    """Approving, issuing and crediting the same document twice at once."""
    by = accountant()
    acts: dict[str, tuple[Callable[[], Invoice], Callable[[Invoice], Invoice]]] = {
        "approve": (make_submitted, lambda invoice: approve_invoice(invoice=invoice, by=by, on=DAY)),
        "issue": (make_approved, lambda invoice: issue_invoice(invoice=invoice, by=by, on=DAY)),
        "credit": (make_issued, lambda invoice: issue_credit_note(invoice=invoice, reason="Erreur", by=by, on=DAY)),
    }
    make, do = acts[act]
    invoice = make()
    results = at_once(lambda: do(invoice), lambda: do(invoice))
    assert sorted(isinstance(result, RefusalError) for result in results) == [False, True]
    assert sequence_gaps() == []
    assert Invoice.objects.filter(kind="381").count() == (1 if act == "credit" else 0)


def test_two_workers_that_render_at_once_keep_one_file() -> None:
    """Both hand back the same row, and the media folder holds one file."""
    invoice, by = make_issued(), accountant()
    folder = Path(str(settings.MEDIA_ROOT)) / "documents"
    before = set(folder.rglob("*.pdf"))
    first, second = at_once(*[lambda: store_pdf(invoice=invoice, by=by)] * 2)
    assert first.sha256 == second.sha256 == IssuedFile.objects.get().sha256
    assert {path.name for path in set(folder.rglob("*.pdf")) - before} == {Path(first.pdf.name).name}
