"""Credit notes of a part of an invoice, until nothing is left of it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import ZERO, round_cents
from invoicing.invoices.enums import InvoiceKind
from invoicing.invoices.models import Invoice, InvoiceVat, RetentionRelease
from invoicing.invoices.queries import open_deposits
from invoicing.invoices.queries.credits import creditable
from invoicing.invoices.rules import DraftLine, SaleTerms
from invoicing.invoices.rules.credits import CreditContent, VatKey, credit_problems, whole_of
from invoicing.invoices.services import issue_credit_note
from invoicing.ledger.models import EntryLine
from invoicing.pricing.enums import SupplyNature
from invoicing.rendering.cii import render_cii
from invoicing.rendering.cii_check import problems
from invoicing.rendering.document import from_json
from members.cooperative.models import Cooperative
from tests.invoicing.factories import DAY, accountant, make_customer, make_issued, make_line, make_selling_activity
from tests.members.factories import make_cooperative

pytestmark = pytest.mark.django_db
LATER = date(2026, 11, 20)
S20: VatKey = ("S", Decimal("20.00"))
S10: VatKey = ("S", Decimal("10.00"))


def credit(invoice: Invoice, content: CreditContent | None = None, *, on: date = LATER) -> Invoice:
    """A credit note by the accountant."""
    return issue_credit_note(invoice=invoice, reason="Geste commercial", by=accountant(), on=on, content=content)


def lines_back(invoice: Invoice, **quantities: str) -> CreditContent:
    """So much of the lines of these labels."""
    by_label = {line.label: line.pk for line in invoice.lines.all()}
    return CreditContent(quantities={by_label[label]: Decimal(quantity) for label, quantity in quantities.items()})


def amounts_back(amounts: Mapping[VatKey, str]) -> CreditContent:
    """So much at these rates, excl. VAT."""
    return CreditContent(amounts={key: Decimal(amount) for key, amount in amounts.items()})


def balances(*documents: Invoice) -> dict[str, Decimal]:
    """What the entries of these documents moved, account by account; what comes to nothing is left out."""
    lines = EntryLine.objects.filter(
        entry__source_type="invoicing.invoice", entry__source_id__in=[document.pk for document in documents]
    )
    rows = lines.order_by().values("account__number").annotate(amount=Sum("debit") - Sum("credit"))
    return {row["account__number"]: row["amount"] for row in rows if row["amount"]}


def rows_of(document: Invoice) -> list[tuple[Decimal, Decimal, Decimal, Decimal]]:
    """Rate, net, VAT and pending VAT of each VAT row."""
    return list(document.vat_rows.order_by("-rate").values_list("rate", "net", "vat", "pending"))


def refused(invoice: Invoice, content: CreditContent | None) -> tuple[str, ...]:
    """The reasons of a refusal, after which nothing has changed."""
    before = Invoice.objects.count(), InvoiceVat.objects.count(), EntryLine.objects.count()
    with pytest.raises(RefusalError) as refusal, transaction.atomic():
        credit(invoice, content)
    assert before == (Invoice.objects.count(), InvoiceVat.objects.count(), EntryLine.objects.count())
    return refusal.value.reasons


def test_a_quantity_of_a_line_is_given_back_in_its_own_words() -> None:
    """Half a day of two, at its price and discount; the document refers to the invoice and to nothing else of it."""
    invoice = make_issued(
        lines=[
            make_line("Conseil", "2", "350", discount_percent=Decimal(10)),
            make_line("Livre", "3", "12.50", "FR5.5"),
        ]
    )
    note = credit(invoice, lines_back(invoice, Conseil="0.5"))
    assert (note.kind, note.number, note.corrects, note.correction_reason) == (
        "381", "F2026-00002", invoice, "Geste commercial",
    )  # fmt: skip
    (line,) = note.lines.all()
    assert (line.label, line.quantity, line.unit_price, line.net) == (
        "Conseil",
        Decimal("-0.5"),
        350,
        Decimal("-157.50"),
    )
    assert line.credits == invoice.lines.get(label="Conseil")
    assert (note.net, note.vat, note.gross) == (Decimal("-157.50"), Decimal("-31.50"), Decimal("-189.00"))
    assert rows_of(note) == [(20, Decimal("-157.50"), Decimal("-31.50"), Decimal("-31.50"))]
    document = from_json(note.snapshot.content)
    assert document.corrects is not None
    assert (document.corrects.number, document.corrects.issued_on, len(document.lines)) == ("F2026-00001", DAY, 1)
    assert document.retention is None
    assert balances(note) == {"411": Decimal("-189.00"), "706": Decimal("157.50"), "44574": Decimal("31.50")}


def test_an_amount_is_given_back_by_vat_rate() -> None:
    """30 € at 20 % and 5 € at 10 %; the VAT follows each rate."""
    invoice = make_issued(lines=[make_line("A", "1", "100"), make_line("B", "1", "50", "FR10")])
    note = credit(invoice, amounts_back({S20: "30", S10: "5"}))
    assert rows_of(note) == [(20, -30, -6, -6), (10, -5, Decimal("-0.50"), Decimal("-0.50"))]
    assert [(line.label, line.quantity, line.unit_price) for line in note.lines.all()] == [
        ("Réduction accordée sur la facture F2026-00001", -1, 30),
        ("Réduction accordée sur la facture F2026-00001", -1, 5),
    ]
    assert balances(note) == {"411": Decimal("-41.50"), "706": Decimal(35), "44574": Decimal("6.50")}


def test_an_amount_falls_on_goods_and_services_in_proportion_and_the_last_takes_the_rest() -> None:
    """100 € of goods with VAT due at once, 50 € of services whose VAT waits, at one rate: 10,01 €, again, the rest.

    Two thirds of 10,01 are 6,67 of goods; their VAT is 1,33 at once, of 2,00 in all.
    """
    invoice = make_issued(
        lines=[make_line("Bois", "1", "100", nature=SupplyNature.GOODS), make_line("Pose", "1", "50")]
    )
    assert rows_of(invoice) == [(20, 150, 30, 10)]
    first = credit(invoice, amounts_back({S20: "10.01"}))
    assert balances(first) == {
        "411": Decimal("-12.01"),
        "707": Decimal("6.67"),
        "706": Decimal("3.34"),
        "44571": Decimal("1.33"),
        "44574": Decimal("0.67"),
    }
    second = credit(invoice, amounts_back({S20: "10.01"}))
    rest = credit(invoice)
    assert rest.net == Decimal("-129.98")
    assert balances(invoice, first, second, rest) == {}


def test_the_cent_that_rounding_moved_is_printed_as_one() -> None:
    """Three times a third of 0,3333 at 100 €: 33,33, 33,33 and 33,34, as the whole asked for 100,00."""
    invoice = make_issued(lines=[make_line("Forfait", "0.9999", "100.01")])
    assert invoice.net == Decimal("100.00")
    notes = [credit(invoice, lines_back(invoice, Forfait="0.3333")) for _ in range(3)]
    assert [note.net for note in notes] == [Decimal("-33.33"), Decimal("-33.34"), Decimal("-33.33")]
    document = from_json(notes[1].snapshot.content)
    (adjustment,) = document.lines[0].adjustments
    assert (adjustment.reason, adjustment.is_charge, adjustment.amount) == ("Arrondi", True, Decimal("-0.01"))
    assert problems(render_cii(document)) == []
    assert creditable(invoice).is_spent


def test_never_more_than_what_is_left() -> None:
    """Of a quantity, of a rate, of the whole; another invoice's line is none of this one's."""
    invoice = make_issued(lines=[make_line("Conseil", "2", "350")])
    other = make_issued(lines=[make_line("Autre", "1", "10")])
    assert refused(invoice, lines_back(invoice, Conseil="2.5")) == (
        "«\u00a0Conseil\u00a0»\u00a0: il reste une quantité de 2 à créditer.",
    )
    assert refused(invoice, lines_back(invoice, Conseil="-1"))
    assert refused(invoice, lines_back(other, Autre="1")) == ("Une ligne créditée n’est pas de cette facture.",)
    credit(invoice, amounts_back({S20: "650"}))
    left = "Au taux de 20\u00a0%, il reste 50,00\u00a0€ HT à créditer."
    assert refused(invoice, lines_back(invoice, Conseil="1")) == (left,)
    assert refused(invoice, amounts_back({S20: "50.01"})) == (left,)
    assert refused(invoice, amounts_back({S10: "1"})) == (
        "Un montant est crédité à un taux que la facture ne porte pas.",
    )
    assert refused(invoice, CreditContent()) == ("Indiquez ce que l’avoir rend\u00a0: une quantité ou un montant.",)
    credit(invoice, amounts_back({S20: "50"}))
    assert refused(invoice, None) == ("Cette facture est déjà entièrement créditée\u00a0: F2026-00003, F2026-00004.",)


def test_a_retention_is_released_once_no_more_than_it_is_left() -> None:
    """1 200 € of which 60 € are kept: 1 100 € given back leave 100 €; 50 € more leave 50 €."""
    terms = SaleTerms(retention_percent=Decimal(5), retention_due_on=date(2027, 12, 31))
    invoice = make_issued(lines=[make_line("Toiture", "1", "1000")], terms=terms)
    assert invoice.retention == 60
    first = credit(invoice, amounts_back({S20: "916.67"}))
    assert first.gross == Decimal("-1100.00")
    assert not RetentionRelease.objects.exists()
    second = credit(invoice, amounts_back({S20: "41.67"}))
    assert RetentionRelease.objects.get().invoice == invoice
    rest = credit(invoice)
    assert balances(invoice, first, second, rest) == {}


def test_what_credit_notes_leave_of_a_deposit_may_be_taken_off() -> None:
    """A deposit of 300 € of which 100 € were given back: the final invoice takes 200 € off."""
    activity = make_selling_activity()
    customer = make_customer(activity)
    deposit = make_issued(
        activity, customer=customer, lines=[make_line("Acompte", "1", "300")], terms=SaleTerms(kind=InvoiceKind.DEPOSIT)
    )
    note = credit(deposit, amounts_back({S20: "100"}))
    assert balances(note) == {"411": -120, "4191": 100, "44574": 20}
    final = make_issued(
        activity,
        customer=customer,
        lines=[make_line("Travaux", "1", "1000")],
        terms=SaleTerms(deposits=[deposit]),
        on=LATER,
    )
    assert (final.net, balances(deposit, note, final).get("4191")) == (800, None)
    assert refused(deposit, amounts_back({S20: "10"})) == (
        "Cet acompte est déduit par Facture F2026-00003\u00a0: établissez d’abord l’avoir de cette facture.",
    )
    credit(final)
    assert list(open_deposits()) == [deposit]
    credit(deposit)
    assert list(open_deposits()) == []


def test_crediting_a_final_invoice_by_amount_leaves_its_deposit_taken_off_until_the_rest() -> None:
    """1 000 € less a deposit of 300 €: 700 € may be given back, of the sale; the rest gives the deposit back too."""
    activity = make_selling_activity()
    customer = make_customer(activity)
    deposit = make_issued(
        activity, customer=customer, lines=[make_line("Acompte", "1", "300")], terms=SaleTerms(kind=InvoiceKind.DEPOSIT)
    )
    final = make_issued(
        activity, customer=customer, lines=[make_line("Travaux", "1", "1000")], terms=SaleTerms(deposits=[deposit])
    )
    assert refused(final, lines_back(final, Travaux="0.8")) == (
        "Au taux de 20\u00a0%, il reste 700,00\u00a0€ HT à créditer.",
    )
    assert refused(final, lines_back(final, Travaux="0.7")) == (
        "Cet avoir rendrait tout un taux de TVA sans rendre toutes ses lignes\u00a0: créditez tout ce qui reste.",
    )
    first = credit(final, amounts_back({S20: "500"}))
    assert balances(first) == {"411": -600, "706": 500, "44574": 100}
    rest = credit(final)
    assert balances(rest) == {"411": -240, "706": 500, "4191": -300, "44574": 40}
    assert [line.label for line in rest.lines.all()] == [
        "Réduction accordée sur la facture F2026-00002",
        "Acompte repris sur la facture F2026-00002",
    ]
    assert balances(final, first, rest) == {}
    assert list(open_deposits()) == [deposit]


WISHES = st.lists(st.tuples(st.booleans(), st.integers(0, 9), st.integers(1, 1000)), min_size=1, max_size=5)
LINES = st.lists(
    st.tuples(
        st.decimals(min_value="0.01", max_value=99, places=4),
        st.decimals(min_value="0.01", max_value=500, places=6),
        st.decimals(min_value=0, max_value=50, places=2),
        st.sampled_from(["FR20", "FR10", "FR5.5", "FR2.1", "EXO-FORMATION"]),
        st.sampled_from(list(SupplyNature)),
    ),
    min_size=1,
    max_size=6,
)


def wish(invoice: Invoice, *, by_line: bool, pick: int, share: int) -> CreditContent:
    """A part, in thousandths, of what is left of one line or of one rate."""
    state = creditable(invoice)
    if by_line:
        line = state.lines[pick % len(state.lines)]
        quantity = (line.quantity_left * share / 1000).quantize(Decimal("0.0001"))
        return CreditContent(quantities={line.pk: quantity} if quantity else {})
    row = state.rows[pick % len(state.rows)]
    return CreditContent(amounts={row.key: round_cents(row.net_left * share / 1000)})


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(figures=LINES, wishes=WISHES, on_debits=st.booleans(), deposit=st.booleans(), retained=st.booleans())
def test_an_invoice_and_any_credit_notes_that_end_in_full_sum_to_zero(
    figures: list[tuple[Decimal, Decimal, Decimal, str, SupplyNature]],
    wishes: list[tuple[bool, int, int]],
    on_debits: bool,  # noqa: FBT001
    deposit: bool,  # noqa: FBT001
    retained: bool,  # noqa: FBT001
) -> None:
    """In every account and every VAT row; a platform reads each of them; nothing is ever beyond the invoice."""
    with transaction.atomic():
        make_cooperative()
        Cooperative.objects.update(vat_on_debits=on_debits)
        invoice = _sold(figures, deposit=deposit, retained=retained)
        notes = []
        for by_line, pick, share in wishes:
            content = wish(invoice, by_line=by_line, pick=pick, share=share)
            if not credit_problems(creditable(invoice), content):
                notes.append(credit(invoice, content))
        for note in notes:
            assert problems(render_cii(from_json(note.snapshot.content))) == []
            assert note.gross == sum((row.net + row.vat for row in note.vat_rows.all()), ZERO)
            assert note.net == sum((line.net for line in note.lines.all()), ZERO)
        if not creditable(invoice).is_spent:
            notes.append(credit(invoice))
        family = [invoice, *notes]
        rows = InvoiceVat.objects.filter(invoice__in=family).order_by().values("category", "rate")
        sums = rows.annotate(n=Sum("net"), v=Sum("vat"), p=Sum("pending")).values_list("n", "v", "p")
        assert set(sums) == {(ZERO, ZERO, ZERO)}
        assert balances(*family) == {}
        assert whole_of(creditable(invoice)) == CreditContent() or creditable(invoice).is_spent
        connection.check_constraints()
        transaction.set_rollback(True)


def _sold(
    figures: list[tuple[Decimal, Decimal, Decimal, str, SupplyNature]], *, deposit: bool, retained: bool
) -> Invoice:
    """An invoice of these lines, which takes off a deposit of a third of the first one, or keeps a retention."""
    activity = make_selling_activity()
    customer = make_customer(activity)
    lines: list[DraftLine] = [
        make_line(f"Ligne {i}", str(quantity), str(price), code, discount_percent=discount, nature=nature)
        for i, (quantity, price, discount, code, nature) in enumerate(figures)
    ]
    lines.append(make_line("Forfait", "1", "10"))
    terms = SaleTerms()
    if retained:
        terms = SaleTerms(retention_percent=Decimal(5), retention_due_on=date(2027, 12, 31))
    if deposit:
        asked = make_line("Acompte", "1", str(max(round_cents(lines[0].net / 3), Decimal("0.01"))), figures[0][3])
        first = make_issued(activity, customer=customer, lines=[asked], terms=SaleTerms(kind=InvoiceKind.DEPOSIT))
        terms = SaleTerms(deposits=[first])
    return make_issued(activity, customer=customer, lines=lines, terms=terms)
