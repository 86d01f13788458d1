"""What an issued document writes in the books, line by line, in euros."""

from datetime import date
from decimal import Decimal

import pytest

from cae_backoffice.core.errors import RefusalError
from invoicing.customers.models import Customer
from invoicing.invoices.enums import InvoiceKind
from invoicing.invoices.models import Invoice, RetentionRelease
from invoicing.invoices.queries import open_deposits, retained_invoices
from invoicing.invoices.rules import SaleTerms
from invoicing.invoices.services import issue_credit_note, issue_invoice, release_retention, save_draft
from invoicing.ledger.models import Entry, EntryLine
from invoicing.pricing.enums import SupplyNature
from invoicing.rendering.cii import render_cii
from invoicing.rendering.document import Reference, Retention, from_json
from members.cooperative.models import Cooperative
from tests.invoicing.factories import (
    DAY,
    accountant,
    make_approved,
    make_content,
    make_customer,
    make_issued,
    make_line,
    make_selling_activity,
)
from tests.invoicing.payments.books import letters
from tests.members.factories import make_cooperative
from tests.oracles.batches import xml_findings

pytestmark = pytest.mark.django_db
GOODS = SupplyNature.GOODS
RELEASABLE_ON = date(2027, 11, 2)


def written(document: Invoice) -> list[tuple[str, Decimal]]:
    """The lines of the document's own entry as account and amount, a credit being negative."""
    entry = Entry.objects.get(source_type="invoicing.invoice", source_id=document.pk, journal__code="VT")
    lines = entry.lines.select_related("account").order_by("position")
    return [(line.account.number, line.debit - line.credit) for line in lines]


def amounts(*lines: tuple[str, str]) -> list[tuple[str, Decimal]]:
    """The same, as a test writes it."""
    return [(account, Decimal(amount)) for account, amount in lines]


def balances(customer: Customer) -> dict[str, Decimal]:
    """The accounts of the customer's activity that are not at zero."""
    totals: dict[str, Decimal] = {}
    for line in EntryLine.objects.filter(activity=customer.activity_id).select_related("account"):
        totals[line.account.number] = totals.get(line.account.number, Decimal(0)) + line.debit - line.credit
    return {account: total for account, total in sorted(totals.items()) if total}


@pytest.fixture
def customer(db: None) -> Customer:
    """A professional customer of a new activity."""
    return make_customer(make_selling_activity())


def deposit_of(customer: Customer, net: str = "300", code: str = "FR20", **line: object) -> Invoice:
    """A deposit invoice of one line."""
    return make_issued(
        customer.activity,
        customer=customer,
        lines=[make_line("Acompte de 30 %", "1", net, code, **line)],
        terms=SaleTerms(kind=InvoiceKind.DEPOSIT),
    )


def test_vat_on_services_waits_and_on_goods_is_due(customer: Customer) -> None:
    invoice = make_issued(
        customer.activity,
        customer=customer,
        lines=[make_line("Pose", "1", "100"), make_line("Meuble", "1", "200", nature=GOODS)],
    )
    assert written(invoice) == amounts(
        ("411", "360"), ("706", "-100"), ("707", "-200"), ("44571", "-40"), ("44574", "-20")
    )
    assert [row.pending for row in invoice.vat_rows.all()] == [Decimal(20)]


def test_with_the_option_for_debits_all_vat_is_due(customer: Customer) -> None:
    make_cooperative(vat_on_debits=True)
    invoice = make_issued(customer.activity, customer=customer, lines=[make_line("Pose", "1", "100")])
    assert written(invoice) == amounts(("411", "120"), ("706", "-100"), ("44571", "-20"))


def test_a_credit_note_is_the_mirror_even_when_the_option_changed(customer: Customer) -> None:
    invoice = make_issued(customer.activity, customer=customer, lines=[make_line("Pose", "1", "100")])
    Cooperative.objects.update(vat_on_debits=True)
    credit_note = issue_credit_note(invoice=invoice, reason="Annulée", by=accountant(), on=DAY)
    assert written(credit_note) == [(account, -amount) for account, amount in written(invoice)]
    assert balances(customer) == {}


def test_training_without_vat_moves_no_vat(customer: Customer) -> None:
    invoice = make_issued(
        customer.activity, customer=customer, lines=[make_line("Formation", "1", "900", "EXO-FORMATION")]
    )
    assert written(invoice) == amounts(("411", "900"), ("706", "-900"))


class TestDeposits:
    """A deposit stands on 4191 until a final invoice takes it off."""

    def test_a_deposit_is_no_sale_yet(self, customer: Customer) -> None:
        assert written(deposit_of(customer)) == amounts(("411", "360"), ("4191", "-300"), ("44574", "-60"))

    def test_vat_on_a_deposit_for_goods_is_due_when_paid(self, customer: Customer) -> None:
        """CGI 269-2 a, since 2023."""
        assert written(deposit_of(customer, nature=GOODS)) == amounts(
            ("411", "360"), ("4191", "-300"), ("44574", "-60")
        )

    def test_with_the_option_for_debits_a_deposit_for_services_owes_its_vat(self, customer: Customer) -> None:
        make_cooperative(vat_on_debits=True)
        assert written(deposit_of(customer)) == amounts(("411", "360"), ("4191", "-300"), ("44571", "-60"))

    def test_the_final_invoice_takes_it_off(self, customer: Customer) -> None:
        """1 000 € of work and 300 € already asked for: 700 € and their VAT remain, and all the turnover is on 706."""
        deposit = deposit_of(customer)
        final = make_issued(
            customer.activity,
            customer=customer,
            lines=[make_line("Chantier", "1", "1000")],
            terms=SaleTerms(deposits=[deposit]),
        )
        assert (final.net, final.vat, final.gross) == (Decimal(700), Decimal(140), Decimal(840))
        assert written(final) == amounts(("411", "840"), ("4191", "300"), ("706", "-1000"), ("44574", "-140"))
        assert balances(customer) == {"411": Decimal(1200), "44574": Decimal(-200), "706": Decimal(-1000)}
        assert letters("4191") == ["A", "A"]
        assert not open_deposits().exists()
        frozen = from_json(final.snapshot.content)
        assert frozen.follows == (Reference(deposit.number or "", DAY, InvoiceKind.DEPOSIT),)
        assert frozen.frame == "S4"
        line = final.lines.get(deducts=deposit)
        assert (line.label, line.quantity, line.net) == (
            f"Acompte déduit\u00a0: {deposit.number} du 02/11/2026",
            Decimal(-1),
            Decimal(-300),
        )

    def test_a_deposit_at_two_rates_is_taken_off_rate_by_rate(self, customer: Customer) -> None:
        deposit = make_issued(
            customer.activity,
            customer=customer,
            lines=[make_line("Acompte, pose", "1", "100", "FR10"), make_line("Acompte, meuble", "1", "200")],
            terms=SaleTerms(kind=InvoiceKind.DEPOSIT),
        )
        final = make_issued(
            customer.activity,
            customer=customer,
            lines=[make_line("Pose", "1", "400", "FR10"), make_line("Meuble", "1", "600")],
            terms=SaleTerms(deposits=[deposit]),
        )
        rows = [(row.rate, row.net, row.vat) for row in final.vat_rows.all()]
        assert rows == [(Decimal(20), Decimal(400), Decimal(80)), (Decimal(10), Decimal(300), Decimal(30))]

    def test_a_final_invoice_of_which_all_was_asked_for_is_issued_at_zero(self, customer: Customer) -> None:
        deposit = deposit_of(customer, "1000")
        final = make_issued(
            customer.activity,
            customer=customer,
            lines=[make_line("Chantier", "1", "1000")],
            terms=SaleTerms(deposits=[deposit]),
        )
        assert written(final) == amounts(("4191", "1000"), ("706", "-1000"))

    def test_a_deposit_is_taken_off_once(self, customer: Customer) -> None:
        deposit = deposit_of(customer)
        terms = SaleTerms(deposits=[deposit])
        second = make_approved(customer.activity, customer=customer, terms=terms)
        make_issued(customer.activity, customer=customer, terms=terms)
        before = Entry.objects.count()
        with pytest.raises(RefusalError, match="est déjà déduit ou annulé"):
            issue_invoice(invoice=second, by=accountant(), on=DAY)
        assert Entry.objects.count() == before

    def test_another_customers_deposit_is_refused(self, customer: Customer) -> None:
        other = make_customer(customer.activity)
        with pytest.raises(RefusalError, match="est celui d’un autre client"):
            make_approved(customer.activity, customer=other, terms=SaleTerms(deposits=[deposit_of(customer)]))

    def test_another_activitys_deposit_is_refused_while_drafting(self, customer: Customer) -> None:
        deposit = deposit_of(make_customer(make_selling_activity()))
        content = make_content(customer.activity, customer=customer, terms=SaleTerms(deposits=[deposit]))
        with pytest.raises(RefusalError, match="celui d’une autre activité"):
            save_draft(invoice=None, content=content, by=accountant())

    def test_a_deposit_takes_no_deposit_off(self, customer: Customer) -> None:
        terms = SaleTerms(kind=InvoiceKind.DEPOSIT, deposits=[deposit_of(customer)])
        with pytest.raises(RefusalError, match="ne déduit pas d’acompte"):
            make_approved(customer.activity, customer=customer, terms=terms)

    def test_a_deposit_taken_off_is_credited_after_its_final_invoice(self, customer: Customer) -> None:
        """Each credit note in its turn brings every account back to zero."""
        deposit = deposit_of(customer)
        final = make_issued(
            customer.activity,
            customer=customer,
            lines=[make_line("Chantier", "1", "1000")],
            terms=SaleTerms(deposits=[deposit]),
        )
        with pytest.raises(RefusalError, match=f"déduit par Facture {final.number}"):
            issue_credit_note(invoice=deposit, reason="Annulé", by=accountant(), on=DAY)
        issue_credit_note(invoice=final, reason="Annulée", by=accountant(), on=DAY)
        assert list(open_deposits()) == [deposit]
        issue_credit_note(invoice=deposit, reason="Annulé", by=accountant(), on=DAY)
        assert balances(customer) == {}
        assert all(letters("4191"))

    def test_whoever_cannot_type_the_terms_keeps_them(self, customer: Customer) -> None:
        """The entrepreneur's sheet knows no deposits: saving it leaves them."""
        deposit = deposit_of(customer)
        terms = SaleTerms(deposits=[deposit], retention_percent=Decimal(5), retention_due_on=RELEASABLE_ON)
        draft = save_draft(
            invoice=None, content=make_content(customer.activity, customer=customer, terms=terms), by=accountant()
        )
        again = make_content(customer.activity, customer=customer, lines=[make_line("Chantier", "1", "1000")])
        saved = save_draft(invoice=draft, content=again, by=accountant())
        assert (saved.net, saved.retention_percent) == (Decimal(700), Decimal(5))
        assert [line.deducts for line in saved.lines.order_by("position")] == [None, deposit]


class TestRetentions:
    """What the customer keeps for a year as a guarantee (loi 71-584)."""

    def retained(self, customer: Customer) -> Invoice:
        """12 480 € excl. VAT at 20 %, 5 % of the total incl. VAT kept."""
        return make_issued(
            customer.activity,
            customer=customer,
            lines=[make_line("Chantier", "1", "12480")],
            terms=SaleTerms(retention_percent=Decimal(5), retention_due_on=RELEASABLE_ON),
        )

    def test_it_stands_on_its_own_account_with_its_own_due_date(self, customer: Customer) -> None:
        invoice = self.retained(customer)
        assert invoice.retention == Decimal("748.80")
        assert written(invoice) == amounts(
            ("411", "14227.20"), ("4117", "748.80"), ("706", "-12480"), ("44574", "-2496")
        )
        assert EntryLine.objects.get(account__number="4117").due_on == RELEASABLE_ON
        frozen = from_json(invoice.snapshot.content)
        assert frozen.retention == Retention(Decimal(5), Decimal("748.80"), RELEASABLE_ON)
        assert "Retenue de garantie en application de la loi n° 71-584 du 16 juillet 1971." in frozen.mentions

    def test_its_release_makes_it_owed(self, customer: Customer) -> None:
        invoice = self.retained(customer)
        assert list(retained_invoices(accountant())) == [invoice]
        release = release_retention(invoice=invoice, on=RELEASABLE_ON, due_on=date(2027, 12, 2), by=accountant())
        lines = release.entry.lines.select_related("account").order_by("position")
        assert [(line.account.number, line.debit, line.credit, line.due_on) for line in lines] == [
            ("411", Decimal("748.80"), Decimal(0), date(2027, 12, 2)),
            ("4117", Decimal(0), Decimal("748.80"), RELEASABLE_ON),
        ]
        assert letters("4117") == ["A", "A"]
        assert not retained_invoices(accountant()).exists()

    def test_it_is_released_once_and_not_before_the_issue(self, customer: Customer) -> None:
        invoice = self.retained(customer)
        with pytest.raises(RefusalError, match="n’est émise que le 02/11/2026"):
            release_retention(invoice=invoice, on=date(2026, 11, 1), due_on=date(2026, 11, 1), by=accountant())
        with pytest.raises(RefusalError, match="précéder la libération"):
            release_retention(invoice=invoice, on=date(2026, 12, 2), due_on=date(2026, 12, 1), by=accountant())
        release_retention(invoice=invoice, on=RELEASABLE_ON, due_on=RELEASABLE_ON, by=accountant())
        with pytest.raises(RefusalError, match="déjà libérée depuis le 02/11/2027"):
            release_retention(invoice=invoice, on=RELEASABLE_ON, due_on=RELEASABLE_ON, by=accountant())
        with pytest.raises(RefusalError, match="ne porte pas de retenue"):
            release_retention(invoice=make_issued(), on=RELEASABLE_ON, due_on=RELEASABLE_ON, by=accountant())
        assert RetentionRelease.objects.count() == 1

    def test_only_those_who_keep_the_books_release(self, customer: Customer) -> None:
        invoice = self.retained(customer)
        with pytest.raises(RefusalError, match="Vous ne tenez pas les comptes"):
            release_retention(
                invoice=invoice, on=RELEASABLE_ON, due_on=RELEASABLE_ON, by=invoice.created_by.__class__()
            )
        assert not RetentionRelease.objects.exists()

    def test_a_credit_note_ends_it(self, customer: Customer) -> None:
        invoice = self.retained(customer)
        issue_credit_note(invoice=invoice, reason="Annulée", by=accountant(), on=DAY)
        assert balances(customer) == {}
        assert not retained_invoices(accountant()).exists()

    @pytest.mark.parametrize(
        ("terms", "reason"),
        [
            (SaleTerms(retention_percent=Decimal(5)), "Indiquez la date"),
            (SaleTerms(retention_percent=Decimal(5), retention_due_on=date(2026, 12, 2)), "après l’échéance"),
            (
                SaleTerms(kind=InvoiceKind.DEPOSIT, retention_percent=Decimal(5), retention_due_on=RELEASABLE_ON),
                "ne porte pas de retenue",
            ),
            (SaleTerms(retention_percent=Decimal("5.01"), retention_due_on=RELEASABLE_ON), "entre 0 et 5"),
            (SaleTerms(retention_percent=Decimal(-1)), "entre 0 et 5"),
            (SaleTerms(kind=InvoiceKind.CREDIT_NOTE), "Un avoir ne se rédige pas"),
        ],
    )
    def test_what_cannot_be_agreed(self, customer: Customer, terms: SaleTerms, reason: str) -> None:
        with pytest.raises(RefusalError, match=reason):
            make_approved(customer.activity, customer=customer, terms=terms)
        assert not Entry.objects.exists()


def test_deposit_final_and_credit_note_are_what_the_platforms_take(customer: Customer) -> None:
    """The XML of each passes the official validators."""
    deposit = deposit_of(customer)
    final = make_issued(
        customer.activity,
        customer=customer,
        lines=[make_line("Chantier", "1", "1000")],
        terms=SaleTerms(deposits=[deposit], retention_percent=Decimal(5), retention_due_on=RELEASABLE_ON),
    )
    credit_note = issue_credit_note(invoice=final, reason="Annulée", by=accountant(), on=DAY)
    documents = [from_json(document.snapshot.content) for document in (deposit, final, credit_note)]
    assert xml_findings([render_cii(document) for document in documents]) == [[], [], []]
