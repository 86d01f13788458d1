"""A corrective invoice (384): it cancels an issued invoice and takes its place, in one act."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from cae_backoffice.core.access import Role
from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from invoicing.customers.models import Customer
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.models import Invoice, RetentionRelease
from invoicing.invoices.queries import issued_between, sequence_gaps
from invoicing.invoices.rules import DraftContent, SaleTerms
from invoicing.invoices.services import (
    approve_invoice,
    draft_corrective,
    issue_credit_note,
    issue_invoice,
    save_draft,
    store_pdf,
    submit_invoice,
)
from invoicing.ledger.models import Entry
from invoicing.payments.queries import documents_with_paid
from invoicing.payments.services import settle_corrective
from invoicing.rendering.cii import render_cii
from invoicing.rendering.cii_check import problems
from invoicing.rendering.document import Correction, from_json
from tests.invoicing.factories import (
    DAY,
    accountant,
    entrepreneur_of,
    make_customer,
    make_issued,
    make_line,
    make_selling_activity,
)
from tests.invoicing.invoices.test_partial_credit import balances
from tests.invoicing.payments.books import letters, receive
from tests.members.factories import make_user

pytestmark = pytest.mark.django_db
LATER = date(2026, 11, 20)


def corrected(invoice: Invoice, *, on: date = LATER, **fields: object) -> Invoice:
    """The corrective invoice of this one, with other lines or another header, issued by the accountant."""
    draft = draft_corrective(invoice=invoice, reason="Quantité erronée", by=accountant())
    content = DraftContent(
        activity=draft.activity,
        customer=draft.customer,
        subject=draft.subject,
        payment_terms=draft.payment_terms,
        lines=[make_line("Conseil", "3", "350")],
    )
    draft = save_draft(invoice=draft, content=replace(content, **fields), by=accountant())  # type: ignore[arg-type]
    submit_invoice(invoice=draft, by=accountant(), on=on)
    approve_invoice(invoice=draft, by=accountant(), on=on)
    return issue_invoice(invoice=draft, by=accountant(), on=on)


def remaining(document: Invoice) -> Decimal:
    """What a document waits for."""
    left: Decimal = documents_with_paid(Invoice.objects.filter(pk=document.pk)).get().remaining  # type: ignore[attr-defined]
    return left


def refused(invoice: Invoice, reason: str = "Erreur") -> tuple[str, ...]:
    """Why no corrective invoice may be begun; nothing is written."""
    before = Invoice.objects.count()
    with pytest.raises(RefusalError) as refusal, transaction.atomic():
        draft_corrective(invoice=invoice, reason=reason, by=accountant())
    assert Invoice.objects.count() == before
    return refusal.value.reasons


def test_a_corrective_invoice_carries_its_whole_content_and_cancels_the_original() -> None:
    """Three days instead of two: the sales of both together are those of the new one, and no number is missing."""
    invoice = make_issued()
    new = corrected(invoice)
    assert (new.kind, new.number, new.corrects, new.gross) == ("384", "F2026-00002", invoice, 1260)
    document = from_json(new.snapshot.content)
    assert document.corrects == Correction("F2026-00001", DAY, "Quantité erronée")
    assert (document.gross, [line.quantity for line in document.lines]) == (1260, [3])
    assert problems(render_cii(document)) == []
    cancellation = new.cancellation
    assert (cancellation.kind, cancellation.number, cancellation.gross) == ("381", "F2026-00002/A", -840)
    assert not hasattr(cancellation, "snapshot")
    assert balances(invoice, cancellation) == {}
    assert balances(invoice, cancellation, new) == {
        "411": Decimal(1260), "706": Decimal(-1050), "44574": Decimal(-210),
    }  # fmt: skip
    vouchers = Entry.objects.order_by("number").values_list("voucher_number", flat=True)
    assert list(vouchers) == ["F2026-00001", "F2026-00002", "F2026-00002"]
    assert sequence_gaps() == []
    assert list(issued_between(DAY, LATER)) == [invoice, new]
    assert history_of(invoice)[0].changes == {"rectificative": "F2026-00002"}


def test_its_number_follows_those_of_invoices_and_the_next_one_follows_it() -> None:
    """The cancellation takes none."""
    activity = make_selling_activity()
    new = corrected(make_issued(activity))
    assert [new.number, make_issued(activity, on=LATER).number] == ["F2026-00002", "F2026-00003"]


def test_what_was_paid_of_the_original_pays_the_corrective_invoice() -> None:
    """840 € asked, 300 € paid: the cancellation settles 540 € of the original and 300 € of the new one, once."""
    invoice = make_issued()
    assert invoice.customer is not None
    receive(invoice.customer, "300", (invoice, "300"), on=date(2026, 11, 10))
    new = corrected(invoice)
    written = settle_corrective(corrective=new, by=accountant(), on=LATER)
    assert [(allocation.invoice, allocation.amount) for allocation in written] == [(invoice, 540), (new, 300)]
    assert (remaining(invoice), remaining(new), remaining(new.cancellation)) == (0, 960, 0)
    assert settle_corrective(corrective=new, by=accountant(), on=LATER) == []
    vat = sum(
        (line.credit - line.debit)
        for entry in Entry.objects.all()
        for line in entry.lines.filter(account__number="44571")
    )
    assert vat == 50  # of the 300 € that were paid


def test_an_original_that_nobody_paid_is_settled_by_its_cancellation() -> None:
    """Both lines of 411 get a letter; the new one waits alone."""
    invoice = make_issued()
    new = corrected(invoice)
    settle_corrective(corrective=new, by=accountant(), on=LATER)
    assert letters() == ["A", "", "A"] or letters() == ["A", "A", ""]
    assert (remaining(invoice), remaining(new)) == (0, 1260)


def test_less_than_was_paid_leaves_what_is_owed_to_the_customer() -> None:
    """840 € paid, 420 € asked now: 420 € of the cancellation stay to be given back."""
    invoice = make_issued()
    assert invoice.customer is not None
    receive(invoice.customer, "840", (invoice, "840"), on=date(2026, 11, 10))
    new = corrected(invoice, lines=[make_line("Conseil", "1", "350")])
    settle_corrective(corrective=new, by=accountant(), on=LATER)
    assert (remaining(invoice), remaining(new), remaining(new.cancellation)) == (0, 0, -420)


def test_the_customer_corrected_since_is_the_one_that_it_names() -> None:
    """A wrong name or address is put right on the customer's record, then the invoice is replaced."""
    invoice = make_issued()
    Customer.objects.filter(invoices=invoice).update(name="Le bon nom", street="12 rue Neuve")
    new = corrected(invoice, lines=[make_line()])
    assert from_json(new.snapshot.content).buyer.name == "Le bon nom"
    assert (new.gross, balances(invoice, new.cancellation, new)["706"]) == (840, -700)


def test_another_customer_gets_a_credit_note_and_a_new_invoice() -> None:
    """The first would never learn that nothing is owed any more."""
    invoice = make_issued()
    draft = draft_corrective(invoice=invoice, reason="Mauvais client", by=accountant())
    content = DraftContent(activity=draft.activity, customer=make_customer(draft.activity), lines=[make_line()])
    save_draft(invoice=draft, content=content, by=accountant())
    with pytest.raises(RefusalError) as refusal:
        submit_invoice(invoice=draft, by=accountant(), on=LATER)
    (reason,) = refusal.value.reasons
    assert reason == (
        "Une facture rectificative s’adresse au client de la facture qu’elle remplace\u00a0: pour un autre, "
        "établissez un avoir, puis une nouvelle facture."
    )
    draft.refresh_from_db()
    assert draft.state == InvoiceState.DRAFT


def test_a_retention_of_the_original_is_released_and_the_new_one_keeps_its_own() -> None:
    """5 % of 1 260 €."""
    terms = SaleTerms(retention_percent=Decimal(5), retention_due_on=date(2027, 12, 31))
    invoice = make_issued(terms=terms)
    new = corrected(invoice)
    assert RetentionRelease.objects.get().invoice == invoice
    assert (new.retention, balances(invoice, new.cancellation, new)["4117"]) == (63, 63)


def test_what_cannot_be_replaced_is_said() -> None:
    """Deposits, what takes one off, what was credited, what was replaced or is being."""
    activity = make_selling_activity()
    customer = make_customer(activity)
    deposit = make_issued(activity, customer=customer, terms=SaleTerms(kind=InvoiceKind.DEPOSIT))
    final = make_issued(
        activity, customer=customer, lines=[make_line("Tout", "1", "2000")], terms=SaleTerms(deposits=[deposit])
    )
    instead = "établissez un avoir, puis une nouvelle facture."
    assert refused(deposit) == (f"Une facture d’acompte ne se rectifie pas\u00a0: {instead}",)
    assert refused(final) == (f"Une facture qui déduit un acompte ne se rectifie pas\u00a0: {instead}",)
    credited = make_issued(activity)
    issue_credit_note(invoice=credited, reason="Erreur", by=accountant(), on=DAY)
    assert refused(credited) == (f"Une facture déjà créditée ne se rectifie pas\u00a0: {instead}",)
    invoice = make_issued(activity)
    assert refused(invoice, "  ") == ("Indiquez le motif de la rectification.",)
    assert refused(invoice, "x" * 301) == ("Le motif de la rectification a au plus 300 caractères.",)
    draft = draft_corrective(invoice=invoice, reason="Erreur", by=accountant())
    assert refused(invoice) == (f"Une correction est déjà en cours pour cette facture\u00a0: {draft}.",)
    with pytest.raises(IntegrityError, match="invoicing_corrected_once"), transaction.atomic():
        Invoice.objects.create(kind="384", corrects=invoice, activity=activity, created_by=accountant())


def test_a_credit_note_issued_meanwhile_stops_the_corrective_invoice() -> None:
    """It is asked again on the day of issue; nothing changes."""
    invoice = make_issued()
    draft = draft_corrective(invoice=invoice, reason="Erreur", by=accountant())
    submit_invoice(invoice=draft, by=accountant(), on=LATER)
    approve_invoice(invoice=draft, by=accountant(), on=LATER)
    issue_credit_note(invoice=invoice, reason="Erreur", by=accountant(), on=LATER)
    with pytest.raises(RefusalError) as refusal:
        issue_invoice(invoice=draft, by=accountant(), on=LATER)
    assert "Une facture déjà créditée ne se rectifie pas" in refusal.value.reasons[0]
    assert Invoice.objects.filter(state=InvoiceState.ISSUED).count() == 2


def test_a_corrective_invoice_is_credited_and_replaced_like_any_other() -> None:
    """The original no longer is."""
    invoice = make_issued()
    new = corrected(invoice)
    again = corrected(new, lines=[make_line("Conseil", "4", "350")], on=date(2026, 11, 21))
    note = issue_credit_note(invoice=again, reason="Abandon", by=accountant(), on=date(2026, 11, 22))
    assert note.gross == -1680
    assert balances(invoice, new.cancellation, new, again.cancellation, again, note) == {}
    assert refused(invoice)[0].startswith("Une facture déjà créditée")


def test_the_cancellation_has_no_file_of_its_own() -> None:
    """It is printed on the corrective invoice."""
    new = corrected(make_issued())
    with pytest.raises(RefusalError):
        store_pdf(invoice=new.cancellation, by=accountant())


def test_an_entrepreneur_begins_one_for_their_own_activity_only() -> None:
    """It goes the way of every draft."""
    invoice = make_issued()
    mine = draft_corrective(invoice=invoice, reason="Erreur", by=entrepreneur_of(invoice.activity))
    assert (mine.state, mine.kind, mine.corrects) == ("DRAFT", "384", invoice)
    other = make_issued()
    for by in (entrepreneur_of(invoice.activity), make_user(Role.MANAGER)):
        with pytest.raises(RefusalError):
            draft_corrective(invoice=other, reason="Erreur", by=by)
    assert Invoice.objects.filter(corrects=other).count() == 0
