"""Writing the imagined sales through the services: the entrepreneur drafts, an accountant approves and issues."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from random import Random

from django.db import connection

from cae_backoffice.core.periods import ONE_DAY
from cae_backoffice.demo.activities import DEMO_MEMBER, Venture
from cae_backoffice.demo.catalogue import table
from cae_backoffice.demo.customers import Client
from cae_backoffice.demo.people import Staff
from cae_backoffice.demo.sales import Sale, Sold, imagine_sale
from cae_backoffice.demo.turnover import history
from invoicing.customers.enums import CustomerKind
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import DraftContent, DraftLine
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
SECOND_ACCOUNTANT_PERCENT = 30
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


@dataclass(frozen=True)
class Books:
    """What writing needs at hand: the staff, and the chance of small decisions."""

    staff: Staff
    chance: Random

    @cached_property
    def vat_codes(self) -> dict[str, VatCode]:
        """The VAT codes that come with the software, by code."""
        return {code.code: code for code in VatCode.objects.order_by("valid_from")}


def open_books(by: User, today: date) -> None:
    """Open the fiscal years: a first one from the first sales to the end of the next year, then calendar years, to the
    one that follows today's.
    """
    starts_on = history(today).starts_on
    for year in range(starts_on.year + 1, today.year + 2):
        ends_on = date(year, 12, 31)
        open_fiscal_year(starts_on=starts_on, ends_on=ends_on, by=by)
        starts_on = ends_on + ONE_DAY


def issue_sales(books: Books, sales: Sequence[Sale], report: Callable[[int], None]) -> int:
    """Issue every sale and credit note in the order of days, as one clerk after the other would; how many documents."""
    events = [(sale.on, number, False) for number, sale in enumerate(sales)]
    events += [(sale.credited_on, number, True) for number, sale in enumerate(sales) if sale.credited_on]
    issued: dict[int, Invoice] = {}
    for done, (on, number, is_credit_note) in enumerate(sorted(events), start=1):
        by = _accountant(books)
        if is_credit_note:
            reason = books.chance.choice(table("cooperative")["contracts"]["credit_reasons"])
            issue_credit_note(invoice=issued[number], reason=reason, by=by, on=on)
        else:
            issued[number] = _issue(books, sales[number], by)
        report(done)
    return len(events)


def leave_open(books: Books, ventures: Sequence[Venture], clients: Sequence[Sequence[Client]], today: date) -> None:
    """Leave documents in every state before issue: many of the demo's entrepreneur, some of the others."""
    selling = [venture for venture in ventures if _sells(venture, today)]
    others = [venture for venture in selling if venture.number != DEMO_MEMBER]
    count = min(len(others), max(len(OPEN_OF_OTHERS) // 2, len(selling) // 2))
    wanted = [(venture, state) for venture in selling if venture.number == DEMO_MEMBER for state in OPEN_OF_DEMO_MEMBER]
    chosen = books.chance.sample(others, k=count)
    wanted += [(venture, OPEN_OF_OTHERS[i % len(OPEN_OF_OTHERS)]) for i, venture in enumerate(chosen)]
    reasons = table("cooperative")["contracts"]["return_reasons"]
    for venture, state in wanted:
        aim = venture.idea.trade.invoice
        sale = imagine_sale(venture, clients[venture.number], today, books.chance, aim=aim)
        invoice = _draft(books, sale, today)
        if state == DRAFT:
            continue
        submit_invoice(invoice=invoice, by=venture.author(today), on=today)
        if state == RETURNED:
            return_invoice(invoice=invoice, reason=books.chance.choice(reasons), by=_accountant(books))
        if state == APPROVED:
            approve_invoice(invoice=invoice, by=_accountant(books), on=today)


def render_newest_first(demo: Venture) -> None:
    """Put the waiting PDF jobs in order: the demo entrepreneur's, then the newest; what people issue later goes first.

    Thousands of documents are rendered in the background after the demo has opened. Priorities are below the zero of
    ordinary jobs.
    """
    with connection.cursor() as cursor:
        cursor.execute(NEWEST_PDF_FIRST, [demo.activity.pk])


def _issue(books: Books, sale: Sale, by: User) -> Invoice:
    invoice = _draft(books, sale, sale.on)
    submit_invoice(invoice=invoice, by=sale.venture.author(sale.on), on=sale.on)
    approve_invoice(invoice=invoice, by=by, on=sale.on)
    return issue_invoice(invoice=invoice, by=by, on=sale.on)


def _draft(books: Books, sale: Sale, on: date) -> Invoice:
    customer = sale.client.customer
    content = DraftContent(
        activity=sale.venture.activity,
        customer=customer,
        subject=sale.subject,
        supplied_on=sale.supplied_on,
        delivery_address=sale.client.delivery_address if sale.is_delivered_elsewhere else None,
        purchase_order=sale.purchase_order,
        payment_terms=sale.payment_terms,
        note=sale.note,
        lines=[_line(books, sale, sold) for sold in sale.lines],
    )
    return save_draft(invoice=None, content=content, by=sale.venture.author(on))


def _line(books: Books, sale: Sale, sold: Sold) -> DraftLine:
    line = sold.line
    return DraftLine(
        label=line.label,
        description=line.detail,
        nature=line.nature,
        quantity=sold.quantity,
        unit=line.unit,
        unit_price=line.price,
        discount_percent=sold.discount,
        vat_code=books.vat_codes[_vat_code(sale, sold)],
    )


def _vat_code(sale: Sale, sold: Sold) -> str:
    trade, customer = sale.venture.idea.trade, sale.client.customer
    if customer.country != "FR":
        return EU_GOODS if sold.line.nature == SupplyNature.GOODS else EU_SERVICES
    if sale.client.subcontracts:
        return SUBCONTRACTING
    usual = trade.home_vat if customer.kind == CustomerKind.CONSUMER else trade.vat
    return VAT_CODES[sold.line.vat or usual]


def _accountant(books: Books) -> User:
    first, *others = books.staff.accountants
    return books.chance.choice(others) if books.chance.randrange(100) < SECOND_ACCOUNTANT_PERCENT else first


def _sells(venture: Venture, on: date) -> bool:
    return any(period.contains(on) for period in venture.selling_periods(on))
