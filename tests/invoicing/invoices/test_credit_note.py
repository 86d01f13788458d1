"""The full credit note: the mirror of an issued invoice, once."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cae_backoffice.core.access import Role
from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import ZERO
from invoicing.customers.models import Customer
from invoicing.invoices.models import Invoice, InvoiceVat
from invoicing.invoices.services import issue_credit_note
from invoicing.pricing.models import VatCode
from invoicing.rendering.document import Correction, from_json
from members.contracts.models import Contract
from members.cooperative.enums import CreditNoteNumbering
from members.cooperative.models import Cooperative
from tests.invoicing.factories import DAY, accountant, make_approved, make_issued, make_line, make_selling_activity
from tests.members.factories import make_cooperative, make_user

pytestmark = pytest.mark.django_db


def credit(invoice: Invoice, *, on: date = DAY, reason: str = "Erreur de client") -> Invoice:
    """The credit note, by the accountant."""
    return issue_credit_note(invoice=invoice, reason=reason, by=accountant(), on=on)


def test_a_credit_note_mirrors_its_invoice() -> None:
    """Opposite quantities and amounts, same prices; it refers to number, date and reason; it is issued at once."""
    invoice = make_issued(lines=[make_line(), make_line("Livre", "3", "12.50", "FR5.5")], note="Merci")
    credit_note = credit(invoice, on=date(2026, 11, 20), reason=" Erreur de client ")
    credit_note.refresh_from_db()
    assert (credit_note.kind, credit_note.state, credit_note.number) == ("381", "ISSUED", "F2026-00002")
    assert (credit_note.corrects, credit_note.due_on) == (invoice, date(2026, 11, 20))
    assert (credit_note.net, credit_note.vat, credit_note.gross) == (-invoice.net, -invoice.vat, -invoice.gross)
    assert [(line.quantity, line.unit_price, line.net) for line in credit_note.lines.order_by("position")] == [
        (Decimal(-2), Decimal(350), Decimal("-700.00")),
        (Decimal(-3), Decimal("12.5"), Decimal("-37.50")),
    ]
    document = from_json(credit_note.snapshot.content)
    assert document.corrects == Correction(number="F2026-00001", issued_on=DAY, reason="Erreur de client")
    assert (document.kind, document.number, document.gross) == ("381", "F2026-00002", credit_note.gross)
    assert history_of(invoice)[0].changes == {"avoir": "F2026-00002"}
    assert history_of(credit_note)[0].changes["motif"] == "Erreur de client"


def test_invoice_and_credit_note_sum_to_zero_per_vat_row_whatever_changed_since() -> None:
    """Neither a new rate nor a renamed customer reaches the credit note."""
    invoice = make_issued(lines=[make_line(unit_price="33.33"), make_line(unit_price="0.33", code="FR2.1")])
    VatCode.objects.filter(code="FR20").update(rate=Decimal("21.00"))
    Customer.objects.update(name="Nouveau nom")
    credit_note = credit(invoice)
    rows = InvoiceVat.objects.values("category", "rate").annotate(net=Sum("net"), vat=Sum("vat"))
    assert [(row["net"], row["vat"]) for row in rows] == [(ZERO, ZERO), (ZERO, ZERO)]
    assert Invoice.objects.aggregate(total=Sum("gross"))["total"] == ZERO
    original, mirror = from_json(invoice.snapshot.content), from_json(credit_note.snapshot.content)
    assert mirror.buyer == original.buyer


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.decimals(min_value=1, max_value=1000, places=4),
            st.decimals(min_value=1, max_value=1000, places=6),
            st.decimals(min_value=0, max_value=50, places=2),
            st.sampled_from(["FR20", "FR10", "FR5.5", "FR2.1", "EXO-FORMATION"]),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_any_invoice_and_its_credit_note_sum_to_zero(
    figures: list[tuple[Decimal, Decimal, Decimal, str]],
) -> None:
    """Net, VAT per row and gross, through the services and the database."""
    with transaction.atomic():
        lines = [
            make_line("x", str(quantity), str(price), code, discount_percent=discount)
            for quantity, price, discount, code in figures
        ]
        invoice = make_issued(lines=lines)
        credit_note = credit(invoice)
        pair = [invoice.pk, credit_note.pk]
        rows = InvoiceVat.objects.filter(invoice__in=pair).order_by()
        per_rate = rows.values("category", "rate").annotate(n=Sum("net"), v=Sum("vat"))
        assert {(row["n"], row["v"]) for row in per_rate} == {(ZERO, ZERO)}
        sums = Invoice.objects.filter(pk__in=pair).aggregate(n=Sum("net"), v=Sum("vat"), g=Sum("gross"))
        assert set(sums.values()) == {ZERO}
        assert sum(row.net for row in invoice.vat_rows.all()) == sum(line.net for line in invoice.lines.all())
        transaction.set_rollback(True)


def test_a_second_credit_note_is_refused_also_by_the_database() -> None:
    """An invoice is not given back twice."""
    invoice = make_issued()
    credit(invoice)
    with pytest.raises(RefusalError) as refusal:
        credit(invoice)
    assert refusal.value.reasons == ("Cette facture est déjà entièrement créditée\u00a0: F2026-00002.",)
    second = Invoice(kind="381", corrects=invoice, activity=invoice.activity, created_by=accountant())
    second.save()
    with pytest.raises(IntegrityError, match="invoicing_credit_within"), transaction.atomic():
        InvoiceVat.objects.create(invoice=second, category="S", rate=20, net=Decimal("-0.01"), vat=ZERO)
    assert InvoiceVat.objects.filter(invoice=second).count() == 0


def test_neither_a_draft_nor_a_credit_note_is_credited() -> None:
    """Only what is issued, and only an invoice."""
    approved = make_approved()
    credit_note = credit(make_issued())
    for document in (approved, credit_note):
        with pytest.raises(RefusalError) as refusal:
            credit(document)
        assert refusal.value.reasons[0].startswith("Vous ne pouvez pas corriger par un avoir ce document")
    assert Invoice.objects.count() == 3


def test_a_credit_note_needs_a_printable_reason_and_a_date_that_follows() -> None:
    """Nothing is written, no number is lost."""
    make_cooperative(credit_note_numbering=CreditNoteNumbering.OWN_SEQUENCE)
    invoice = make_issued()
    for on, reason, sentence in (
        (DAY, "  ", "Indiquez le motif de l’avoir."),
        (DAY, "Oups 😀", "Motif\u00a0: un document ne peut pas imprimer «\u00a0😀\u00a0» (U+1F600)."),
        (DAY, "x" * 301, "Le motif de l’avoir a au plus 300 caractères."),
        (date(2026, 11, 1), "Erreur", "L’avoir ne peut pas précéder la facture qu’il corrige."),
    ):
        with pytest.raises(RefusalError) as refusal:
            credit(invoice, on=on, reason=reason)
        assert refusal.value.reasons == (sentence,)
    assert Invoice.objects.count() == 1
    assert credit(invoice).number == "A2026-00001"


def test_credit_notes_may_have_their_own_sequence() -> None:
    """By setting; invoices go on in theirs."""
    make_cooperative(credit_note_numbering=CreditNoteNumbering.OWN_SEQUENCE)
    activity = make_selling_activity()
    first = make_issued(activity)
    assert [credit(first).number, make_issued(activity).number] == ["A2026-00001", "F2026-00002"]


def test_a_credit_note_is_possible_after_the_member_has_left() -> None:
    """The cooperative must always be able to correct; its own identity is today's."""
    invoice = make_issued()
    Contract.objects.update(ends_on=date(2026, 11, 10), end_reason="RESIGNATION")
    Cooperative.objects.update(capital=Decimal("50000.00"))
    credit_note = credit(invoice, on=date(2026, 12, 1))
    assert from_json(credit_note.snapshot.content).seller.capital == Decimal("50000.00")


@pytest.mark.parametrize("role", [Role.ENTREPRENEUR, Role.MANAGER, Role.ADVISER, Role.ADMINISTRATOR])
def test_only_those_who_may_issue_credit(role: Role) -> None:
    """The right is checked in the service too."""
    invoice = make_issued()
    with pytest.raises(RefusalError):
        issue_credit_note(invoice=invoice, reason="Erreur", by=make_user(role), on=DAY)
    assert Invoice.objects.count() == 1
