"""Discounts and charges on an invoice: stored, posted, printed, credited; to the cent."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import ZERO
from invoicing.invoices.enums import InvoiceKind
from invoicing.invoices.models import Invoice, InvoiceAdjustment
from invoicing.invoices.rules import DraftLine, SaleTerms
from invoicing.invoices.rules.credits import CreditContent
from invoicing.invoices.services import (
    approve_invoice,
    delete_draft,
    draft_corrective,
    issue_credit_note,
    issue_invoice,
    request_credit_note,
    save_draft,
)
from invoicing.ledger.models import EntryLine
from invoicing.pricing.rules import TypedAdjustment
from invoicing.rendering.cii_check import document_problems
from invoicing.rendering.document import from_json
from members.activities.models import Activity
from tests.conftest import signed_in
from tests.invoicing.factories import (
    DAY,
    accountant,
    entrepreneur_of,
    make_content,
    make_customer,
    make_issued,
    make_line,
    make_selling_activity,
    vat,
)
from tests.members.factories import make_cooperative

pytestmark = pytest.mark.django_db
LOYALTY = TypedAdjustment("Fidélité", percent=Decimal(5))
DELIVERY = TypedAdjustment("Livraison", is_charge=True, amount=Decimal(30))


def mixed() -> list[DraftLine]:
    """1 000 € of work at 20 %, 400 € of books at 5.5 %."""
    return [make_line("Conseil", "1", "1000"), make_line("Livres", "1", "400", "FR5.5", nature="GOODS")]


def entry_of(invoice: Invoice) -> dict[str, Decimal]:
    """Debit less credit, by account."""
    found = EntryLine.objects.filter(entry__source_type="invoicing.invoice", entry__source_id=invoice.pk)
    return {line.account.number: line.debit - line.credit for line in found.select_related("account")}


def test_a_discount_and_a_charge_change_the_sums_the_books_and_the_file() -> None:
    """−70 € and +30 €: 1 360 € net, of which 971,43 € of work and 388,57 € of books."""
    invoice = make_issued(lines=mixed(), adjustments=[LOYALTY, DELIVERY])
    assert (invoice.net, invoice.vat, invoice.gross) == (Decimal("1360.00"), Decimal("215.66"), Decimal("1575.66"))
    assert entry_of(invoice) == {
        "411": Decimal("1575.66"),
        "706": Decimal("-971.43"),
        "707": Decimal("-388.57"),
        "44571": Decimal("-21.37"),
        "44574": Decimal("-194.29"),
    }
    document = from_json(invoice.snapshot.content)
    assert [(one.reason, one.vat_rate, one.effect, one.reason_code) for one in document.adjustments] == [
        ("Fidélité, 5\u00a0%", Decimal("5.50"), Decimal("-20.00"), "95"),
        ("Fidélité, 5\u00a0%", Decimal("20.00"), Decimal("-50.00"), "95"),
        ("Livraison", Decimal("5.50"), Decimal("8.57"), ""),
        ("Livraison", Decimal("20.00"), Decimal("21.43"), ""),
    ]
    assert document_problems(document) == []


def test_its_credit_note_is_the_opposite_in_every_account() -> None:
    invoice = make_issued(lines=mixed(), adjustments=[LOYALTY, DELIVERY])
    credit_note = issue_credit_note(invoice=invoice, reason="Erreur", by=accountant(), on=DAY)
    assert credit_note.net == -invoice.net
    assert entry_of(credit_note) == {account: -amount for account, amount in entry_of(invoice).items()}
    assert credit_note.adjustments.count() == 2
    assert document_problems(from_json(credit_note.snapshot.content)) == []


def test_a_part_of_it_is_credited_by_amounts_until_nothing_is_left() -> None:
    """Lines have no price of their own once the whole has a discount; the last credit note takes the rest."""
    invoice = make_issued(lines=mixed(), adjustments=[LOYALTY, DELIVERY])
    work = {("S", Decimal("20.00")): Decimal(100)}
    first = invoice.lines.order_by("position")[0]
    with pytest.raises(RefusalError, match="n’est pas de cette facture"):
        issue_credit_note(
            invoice=invoice,
            reason="x",
            by=accountant(),
            on=DAY,
            content=CreditContent(quantities={first.pk: Decimal(1)}),
        )
    part = issue_credit_note(
        invoice=invoice, reason="Geste", by=accountant(), on=DAY, content=CreditContent(amounts=work)
    )
    rest = issue_credit_note(invoice=invoice, reason="Erreur", by=accountant(), on=DAY)
    assert (part.net, rest.net) == (Decimal("-100.00"), Decimal("-1260.00"))
    moved = [entry_of(one) for one in (invoice, part, rest)]
    assert {account: sum(one.get(account, ZERO) for one in moved) for account in moved[0]} == dict.fromkeys(
        moved[0], ZERO
    )
    with pytest.raises(RefusalError, match="entièrement créditée"):
        issue_credit_note(invoice=invoice, reason="x", by=accountant(), on=DAY)


def test_once_credited_whole_nothing_is_left() -> None:
    invoice = make_issued(lines=mixed(), adjustments=[LOYALTY])
    issue_credit_note(invoice=invoice, reason="Erreur", by=accountant(), on=DAY)
    with pytest.raises(RefusalError, match="entièrement créditée"):
        issue_credit_note(invoice=invoice, reason="x", by=accountant(), on=DAY)


def test_a_requested_credit_note_and_a_corrective_invoice_keep_it() -> None:
    invoice = make_issued(lines=mixed(), adjustments=[LOYALTY])
    by = accountant()
    corrective = draft_corrective(invoice=invoice, reason="Adresse", by=by)
    assert (corrective.net, corrective.adjustments.count()) == (invoice.net, 1)
    delete_draft(invoice=corrective, by=by)
    asked = request_credit_note(invoice=invoice, reason="Erreur", by=by, on=DAY)
    approve_invoice(invoice=asked, by=by, on=DAY)
    credit_note = issue_invoice(invoice=asked, by=by, on=DAY)
    assert credit_note.net == -invoice.net
    assert entry_of(credit_note) == {account: -amount for account, amount in entry_of(invoice).items()}


def test_a_deposit_bears_none() -> None:
    activity = make_selling_activity()
    content = make_content(activity, adjustments=[LOYALTY], terms=SaleTerms(kind=InvoiceKind.DEPOSIT))
    with pytest.raises(RefusalError, match="Une facture d’acompte ne porte ni remise"):
        save_draft(invoice=None, content=content, by=accountant())
    assert Invoice.objects.count() == 0


def test_a_discount_bears_on_the_work_not_on_the_deposit_taken_off() -> None:
    """5 % of 1 000 €, then 300 € less."""
    activity = make_selling_activity()
    customer = make_customer(activity)
    deposit = make_issued(
        activity,
        customer=customer,
        lines=[make_line("Acompte", "1", "300")],
        terms=SaleTerms(kind=InvoiceKind.DEPOSIT),
    )
    final = make_issued(
        activity,
        customer=customer,
        lines=[make_line("Conseil", "1", "1000")],
        adjustments=[LOYALTY],
        terms=SaleTerms(deposits=[deposit]),
    )
    assert final.net == Decimal("650.00")
    moved = entry_of(final)
    assert (moved["706"], moved["4191"]) == (Decimal("-950.00"), Decimal("300.00"))


@pytest.mark.parametrize(
    ("adjustment", "words"),
    [
        (TypedAdjustment("", percent=Decimal(5)), "ont un motif"),
        (TypedAdjustment("x" * 121, percent=Decimal(5)), "120 caractères"),
        (TypedAdjustment("a\u0007b", percent=Decimal(5)), "caractère de contrôle"),
        (TypedAdjustment("x", amount=Decimal(1401)), "dépassent le total"),
        (TypedAdjustment("x", percent=Decimal(101)), "compris entre"),
    ],
)
def test_what_no_invoice_can_hold_is_refused(adjustment: TypedAdjustment, words: str) -> None:
    activity = make_selling_activity()
    content = make_content(activity, lines=mixed(), adjustments=[adjustment])
    with pytest.raises(RefusalError, match=words):
        save_draft(invoice=None, content=content, by=entrepreneur_of(activity))
    assert (Invoice.objects.count(), InvoiceAdjustment.objects.count()) == (0, 0)


def test_the_database_wants_a_percentage_or_an_amount() -> None:
    activity = make_selling_activity()
    draft = save_draft(invoice=None, content=make_content(activity), by=entrepreneur_of(activity))
    for figures in ({}, {"percent": 5, "amount": 5}, {"percent": 0}, {"percent": 101}, {"amount": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            InvoiceAdjustment.objects.create(invoice=draft, position=1, reason="x", **figures)


class Random(TestCase):
    """Any discounts and charges on any lines."""

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["FR20", "FR10", "FR5.5"]),
                st.sampled_from(["GOODS", "SERVICES"]),
                st.decimals(min_value=1, max_value=9999, places=2),
            ),
            min_size=1,
            max_size=5,
        ),
        st.decimals(min_value=1, max_value=90, places=2),
        st.decimals(min_value="0.01", max_value=500, places=2),
    )
    def test_the_books_hold_what_the_document_says(
        self, sold: list[tuple[str, str, Decimal]], percent: Decimal, charge: Decimal
    ) -> None:
        """Balanced, net and VAT by rate; the file's own rules find nothing."""
        lines = [make_line("x", "1", str(price), code, nature=nature) for code, nature, price in sold]
        adjustments = [
            TypedAdjustment("Remise", percent=percent),
            TypedAdjustment("Frais", is_charge=True, amount=charge),
        ]
        invoice = make_issued(lines=lines, adjustments=adjustments)
        moved = entry_of(invoice)
        assert sum(moved.values()) == 0
        assert moved["411"] == invoice.gross
        assert -moved.get("706", ZERO) - moved.get("707", ZERO) == invoice.net
        assert -moved.get("44571", ZERO) - moved.get("44574", ZERO) == invoice.vat
        assert document_problems(from_json(invoice.snapshot.content)) == []


@pytest.fixture
def activity() -> Activity:
    """An activity with one entrepreneur."""
    make_cooperative()
    return make_selling_activity()


def typed(activity: Activity, **fields: str) -> dict[str, str]:
    """A sheet with one line of 1 000 € and a discount of 5 %."""
    return {
        "activity": str(activity.pk),
        "customer": "",
        "payment_terms": "D30",
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "0",
        "lines-0-label": "Conseil",
        "lines-0-quantity": "1",
        "lines-0-unit": "DAY",
        "lines-0-unit_price": "1 000",
        "lines-0-nature": "SERVICES",
        "lines-0-vat_code": str(vat().pk),
        "adjustments-TOTAL_FORMS": "2",
        "adjustments-INITIAL_FORMS": "0",
        "adjustments-0-kind": "DISCOUNT_PERCENT",
        "adjustments-0-value": "5",
        "adjustments-0-reason": "Fidélité",
        "adjustments-1-kind": "DISCOUNT_PERCENT",
        "adjustments-1-value": "",
        "adjustments-1-reason": "",
    } | fields


def test_an_entrepreneur_types_a_discount(activity: Activity) -> None:
    """Live, saved, shown again, taken away."""
    client = signed_in(entrepreneur_of(activity))
    assert "−50,00\u00a0€".replace("−", "\u2212") in client.post("/factures/totaux/", typed(activity)).text
    client.post("/factures/nouvelle/", typed(activity))
    invoice = Invoice.objects.get()
    assert invoice.net == Decimal("950.00")
    answer = client.get(f"/factures/{invoice.pk}/modifier/")
    assert answer.context["totals"].net == Decimal("950.00")
    assert answer.context["sheet"].adjustments.forms[0]["reason"].value() == "Fidélité"
    assert "Fidélité" in client.get(f"/factures/{invoice.pk}/").text
    shown_again = client.post(f"/factures/{invoice.pk}/modifier/", typed(activity, action="refresh"))
    assert shown_again.context["totals"].net == Decimal("950.00")
    client.post(f"/factures/{invoice.pk}/modifier/", typed(activity, **{"adjustments-0-DELETE": "on"}))
    invoice.refresh_from_db()
    assert (invoice.net, invoice.adjustments.count()) == (Decimal("1000.00"), 0)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"adjustments-0-value": "cent"}, "value"),
        ({"adjustments-0-value": "0"}, "value"),
        ({"adjustments-0-value": "101"}, "value"),
        ({"adjustments-0-value": ""}, "value"),
        ({"adjustments-0-reason": ""}, "reason"),
    ],
)
def test_a_mistake_is_an_error_at_its_field(activity: Activity, fields: dict[str, str], field: str) -> None:
    client = signed_in(entrepreneur_of(activity))
    answer = client.post("/factures/nouvelle/", typed(activity, **fields))
    assert list(answer.context["sheet"].adjustments.forms[0].errors) == [field]
    assert Invoice.objects.count() == 0


def test_the_staff_type_a_discount_too(activity: Activity, client: Client) -> None:
    """In the document's page; its totals follow."""
    client = signed_in(accountant())
    customer = make_customer(activity)
    form = typed(activity, customer=str(customer.pk), kind="380", subject="", **{"adjustments-TOTAL_FORMS": "1"})
    form |= {"adjustments-0-is_charge": "", "adjustments-0-percent": "5", "adjustments-0-amount": ""}
    assert "950,00\u00a0€" in client.post("/gestion/invoicing/invoice/totaux/", form).text
    assert client.post("/gestion/invoicing/invoice/add/", form).status_code == 302
    invoice = Invoice.objects.get()
    assert (invoice.net, invoice.adjustments.get().percent) == (Decimal("950.00"), Decimal("5.00"))
    form["adjustments-0-amount"] = "10"
    answer = client.post("/gestion/invoicing/invoice/add/", form)
    assert "en pourcentage ou en euros" in answer.text
    assert Invoice.objects.count() == 1
