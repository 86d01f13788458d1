"""Writing the imagined sales through the services: the entrepreneur drafts, an accountant approves and issues."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cached_property, partial
from random import Random

from django.db import connection

from cae_backoffice.core.money import CENT, round_cents
from cae_backoffice.core.periods import ONE_DAY
from cae_backoffice.demo.activities import DEMO_MEMBER, Venture
from cae_backoffice.demo.agenda import Agenda, Moment
from cae_backoffice.demo.catalogue import table
from cae_backoffice.demo.collecting import Collecting
from cae_backoffice.demo.customers import Client
from cae_backoffice.demo.people import Clerks
from cae_backoffice.demo.sales import Sale, Sold, imagine_sale
from cae_backoffice.demo.turnover import history
from invoicing.customers.enums import CustomerKind
from invoicing.invoices.models import Invoice
from invoicing.invoices.queries.credits import creditable
from invoicing.invoices.rules import DraftContent, DraftLine
from invoicing.invoices.rules.credits import CreditContent
from invoicing.invoices.services import (
    approve_invoice,
    issue_credit_note,
    issue_invoice,
    return_invoice,
    save_draft,
    submit_invoice,
)
from invoicing.ledger.services import open_fiscal_year
from invoicing.pricing.enums import SupplyNature
from invoicing.pricing.models import VatCode
from members.people.models import User

VAT_CODES = {"20": "FR20", "10": "FR10", "5.5": "FR5.5", "formation": "EXO-FORMATION"}
SUBCONTRACTING, EU_GOODS, EU_SERVICES = "AUTO-BTP", "UE-BIENS", "UE-SERVICES"
DRAFT, RETURNED, SUBMITTED, APPROVED = "draft", "returned", "submitted", "approved"
OPEN_OF_DEMO_MEMBER = (DRAFT, DRAFT, DRAFT, RETURNED, SUBMITTED, SUBMITTED, APPROVED)
OPEN_OF_OTHERS = (DRAFT, SUBMITTED, SUBMITTED, DRAFT, APPROVED, SUBMITTED, DRAFT, RETURNED, SUBMITTED, APPROVED)

NEWEST_PDF_FIRST = """
    UPDATE procrastinate_jobs AS job SET priority = -ranked.rank
    FROM (
        SELECT id, row_number() OVER (ORDER BY activity_id = %s DESC, issued_on DESC, id DESC) AS rank
        FROM invoicing_invoice WHERE state = 'ISSUED'
    ) AS ranked
    WHERE job.status = 'todo' AND (job.args ->> 'invoice_id')::bigint = ranked.id
"""


def open_books(by: User, today: date) -> None:
    """Open the fiscal years: a first one from the first sales to the end of the next year, then calendar years, to the
    one that follows today's.
    """
    starts_on = history(today).starts_on
    for year in range(starts_on.year + 1, today.year + 2):
        ends_on = date(year, 12, 31)
        open_fiscal_year(starts_on=starts_on, ends_on=ends_on, by=by)
        starts_on = ends_on + ONE_DAY


class Billing:
    """The documents of the demo: the agenda brings each sale and credit note; `collecting` awaits their payment."""

    def __init__(self, agenda: Agenda, clerks: Clerks, collecting: Collecting, report: Callable[[int], None]) -> None:
        self._agenda = agenda
        self._clerks = clerks
        self._collecting = collecting
        self._report = report
        self.issued = 0
        self._credited = 0

    @cached_property
    def _vat_codes(self) -> dict[str, VatCode]:
        """The VAT codes that come with the software, by code."""
        return {code.code: code for code in VatCode.objects.order_by("valid_from")}

    def plan(self, sales: Iterable[Sale]) -> None:
        """Put every sale down for its day."""
        for sale in sales:
            self._agenda.add(sale.on, Moment.DOCUMENTS, partial(self._sell, sale))

    def _sell(self, sale: Sale, on: date) -> None:
        """As one clerk after the other would: the entrepreneur drafts, an accountant approves and issues."""
        issued = self.issue(self._draft(sale, on), sale.venture.author(on), on)
        self._collecting.expect(sale, issued)
        if sale.credited_on:
            self._agenda.add(sale.credited_on, Moment.DOCUMENTS, partial(self._credit, issued))

    def issue(self, invoice: Invoice, author: User, on: date) -> Invoice:
        """Submitted by its author, approved and issued by an accountant."""
        by = self._clerks.accountant()
        submit_invoice(invoice=invoice, by=author, on=on)
        approve_invoice(invoice=invoice, by=by, on=on)
        issued = issue_invoice(invoice=invoice, by=by, on=on)
        self._count()
        return issued

    @property
    def chance(self) -> Random:
        """The clerks' dice."""
        return self._clerks.chance

    def lines_of(self, sale: Sale) -> list[DraftLine]:
        """The lines of a sale, with their VAT codes."""
        return [self._line(sale, sold) for sold in sale.lines]

    def _credit(self, invoice: Invoice, on: date) -> None:
        reason = self._clerks.chance.choice(table("cooperative")["contracts"]["credit_reasons"])
        by = self._clerks.accountant()
        self._credited += 1
        content = _half_of(invoice) if self._credited % 2 else None
        credit_note = issue_credit_note(invoice=invoice, reason=reason, by=by, on=on, content=content)
        self._collecting.credit(invoice, credit_note, on)
        self._count()

    def _count(self) -> None:
        self.issued += 1
        self._report(self.issued)

    def leave_open(self, ventures: Sequence[Venture], clients: Sequence[Sequence[Client]], today: date) -> None:
        """Leave documents in every state before issue: many of the demo's entrepreneur, some of the others."""
        selling = [venture for venture in ventures if _sells(venture, today)]
        others = [venture for venture in selling if venture.number != DEMO_MEMBER]
        count = min(len(others), max(len(OPEN_OF_OTHERS) // 2, len(selling) // 2))
        wanted = [
            (venture, state) for venture in selling if venture.number == DEMO_MEMBER for state in OPEN_OF_DEMO_MEMBER
        ]
        chosen = self._clerks.chance.sample(others, k=count)
        wanted += [(venture, OPEN_OF_OTHERS[i % len(OPEN_OF_OTHERS)]) for i, venture in enumerate(chosen)]
        for venture, state in wanted:
            aim = venture.idea.trade.invoice
            sale = imagine_sale(venture, clients[venture.number], today, self._clerks.chance, aim=aim)
            self._leave(self._draft(sale, today), venture.author(today), state, today)

    def _leave(self, invoice: Invoice, author: User, state: str, today: date) -> None:
        if state == DRAFT:
            return
        submit_invoice(invoice=invoice, by=author, on=today)
        if state == RETURNED:
            reason = self._clerks.chance.choice(table("cooperative")["contracts"]["return_reasons"])
            return_invoice(invoice=invoice, reason=reason, by=self._clerks.accountant())
        if state == APPROVED:
            approve_invoice(invoice=invoice, by=self._clerks.accountant(), on=today)

    def _draft(self, sale: Sale, on: date) -> Invoice:
        """The sale as its activity's entrepreneur writes it down."""
        content = DraftContent(
            activity=sale.venture.activity,
            customer=sale.client.customer,
            subject=sale.subject,
            supplied_on=sale.supplied_on,
            delivery_address=sale.client.delivery_address if sale.is_delivered_elsewhere else None,
            purchase_order=sale.purchase_order,
            payment_terms=sale.payment_terms,
            note=sale.note,
            lines=self.lines_of(sale),
        )
        return save_draft(invoice=None, content=content, by=sale.venture.author(on))

    def vat_code(self, sale: Sale, sold: Sold) -> VatCode:
        """The code under which this line is sold to this customer."""
        return self._vat_codes[_vat_code(sale, sold)]

    def _line(self, sale: Sale, sold: Sold) -> DraftLine:
        line = sold.line
        return DraftLine(
            label=line.label,
            description=line.detail,
            nature=line.nature,
            quantity=sold.quantity,
            unit=line.unit,
            unit_price=line.price,
            discount_percent=sold.discount,
            vat_code=self.vat_code(sale, sold),
        )


def render_newest_first(demo: Venture) -> None:
    """Put the waiting PDF jobs in order: the demo entrepreneur's, then the newest; what people issue later goes first.

    Thousands of documents are rendered in the background after the demo has opened. Priorities are below the zero of
    ordinary jobs.
    """
    with connection.cursor() as cursor:
        cursor.execute(NEWEST_PDF_FIRST, [demo.activity.pk])


def _half_of(invoice: Invoice) -> CreditContent:
    """Half of what was invoiced at each VAT rate."""
    rows = [row for row in creditable(invoice).rows if row.net_left > CENT]
    return CreditContent(amounts={row.key: round_cents(row.net_left / 2) for row in rows})


def _vat_code(sale: Sale, sold: Sold) -> str:
    trade, customer = sale.venture.idea.trade, sale.client.customer
    if customer.country != "FR":
        return EU_GOODS if sold.line.nature == SupplyNature.GOODS else EU_SERVICES
    if sale.client.subcontracts:
        return SUBCONTRACTING
    usual = trade.home_vat if customer.kind == CustomerKind.CONSUMER else trade.vat
    return VAT_CODES[sold.line.vat or usual]


def _sells(venture: Venture, on: date) -> bool:
    return any(period.contains(on) for period in venture.selling_periods(on))
