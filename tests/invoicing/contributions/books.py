"""What the tests of runs share: an adopted rule, documents of a month, and a run read back."""

import itertools
from datetime import date
from decimal import Decimal

from cae_backoffice.core.periods import add_months
from invoicing.contributions.models import ContributionLine, ContributionRule, ContributionRun, ContributionStatement
from invoicing.contributions.services import adopt_rule, propose_rule, run_contributions
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.rules import EntryDraft, LineDraft
from invoicing.ledger.services import post_entry
from invoicing.payments.models import Receipt
from members.activities.models import Activity
from members.contracts.enums import ContractKind
from tests.invoicing.contributions.samples import RULES
from tests.invoicing.factories import accountant, make_customer, make_issued, make_line, open_books
from tests.invoicing.payments.books import receive
from tests.members.factories import make_activity, make_contract, make_entrepreneur

JANUARY, FEBRUARY, MARCH, APRIL, MAY = (date(2026, month, 1) for month in range(1, 6))
ADOPTED_ON = date(2025, 12, 15)
_numbers = itertools.count(1)


def adopted(toml: str) -> ContributionRule:
    """The rule of this text, voted and in force."""
    open_books()
    (stored,) = propose_rule(toml=toml, by=accountant())
    return adopt_rule(stored=stored, by=accountant(), on=ADOPTED_ON)


def adopted_example(name: str) -> ContributionRule:
    """One of the documented rules, in force."""
    return adopted((RULES / f"{name}.toml").read_text())


def activity_under(kind: ContractKind = ContractKind.CESA, starts_on: date = JANUARY, **contract: date) -> Activity:
    """An activity of one person, whose contract starts on 1 January 2026 unless said otherwise."""
    person = make_entrepreneur()
    make_contract(person, kind, starts_on, **contract)
    return make_activity([person])


def billed(activity: Activity, net: str, on: date, **fields: object) -> Invoice:
    """An issued document without VAT, written as it stands; negative for what credit notes exceed."""
    customer = make_customer(activity)
    amount = Decimal(net)
    return Invoice.objects.create(
        **{
            "kind": InvoiceKind.INVOICE,
            "state": InvoiceState.ISSUED,
            "activity": activity,
            "customer": customer,
            "number": f"X2026-{next(_numbers):05d}",
            "issued_on": on,
            "due_on": on,
            "net": amount,
            "gross": amount,
            "created_by": accountant(),
        }
        | fields
    )


def paid(activity: Activity, net: str, on: date) -> Receipt:
    """An invoice at 20 %, issued on 1 January, paid in full that day."""
    invoice = make_issued(activity, on=JANUARY, lines=[make_line("Travail", "1", net)])
    return receive(invoice.customer, str(invoice.gross), (invoice, str(invoice.gross)), on=on)


def bought(activity: Activity, net: str, on: date, account: str = "607") -> None:
    """Goods bought for the activity."""
    open_books()
    amount = Decimal(net)
    lines = (LineDraft(account, debit=amount, activity_id=activity.pk), LineDraft("512", credit=amount))
    post_entry(entry=EntryDraft(JournalCode.PURCHASES, on, f"A{next(_numbers)}", on, "Achat", lines), by=accountant())


def run(month: date) -> ContributionRun:
    """The run of a month, made on the tenth of the next one."""
    return run_contributions(month=month, by=accountant(), on=add_months(month, 1).replace(day=10))


def lines(activity: Activity) -> list[ContributionLine]:
    """What the standing runs took from the activity, in order."""
    found = ContributionLine.objects.filter(statement__activity=activity, statement__run__state="POSTED")
    return list(found.order_by("statement__run__month", "position"))


def amounts(activity: Activity) -> list[tuple[str, str]]:
    """The same as month and amount."""
    return [(f"{line.month:%Y-%m}", str(line.amount)) for line in lines(activity)]


def statement_of(activity: Activity, month: date) -> ContributionStatement:
    """The statement of a month."""
    return ContributionStatement.objects.get(activity=activity, run__month=month, run__state="POSTED")
