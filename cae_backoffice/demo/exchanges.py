"""What activities of the demo give one another, and the invoices that come back by themselves."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from cae_backoffice.core.periods import add_months
from cae_backoffice.demo.activities import DEMO_MEMBER, Venture
from cae_backoffice.demo.agenda import Agenda, Moment
from cae_backoffice.demo.people import Clerks
from cae_backoffice.demo.sales import next_working_day
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import DraftLine
from invoicing.recurring.enums import Frequency
from invoicing.recurring.rules import Schedule
from invoicing.recurring.services import RecurringContent, make_recurring, prepare_recurring
from invoicing.transfers.services import accept_transfer, propose_transfer, refuse_transfer

MONTHS_BETWEEN, DAY_OF_MONTH = 2, 8
AMOUNT = Decimal(45)
LABELS = ("Salle partagée", "Coup de main sur un chantier", "Illustrations d’un dépliant", "Stand commun au salon")
RECURRING = 3
FREQUENCIES = (Frequency.MONTHLY, Frequency.QUARTERLY, Frequency.YEARLY)


class Exchanges:
    """Every other month an activity asks another for an amount; most accept, one in four does not."""

    def __init__(self, agenda: Agenda, clerks: Clerks, ventures: Sequence[Venture]) -> None:
        self._agenda = agenda
        self._clerks = clerks
        self._ventures = ventures

    def plan(self, starts_on: date) -> None:
        """Up to today; the last one still waits."""
        month, number = starts_on, 0
        while month <= self._agenda.today:
            day = next_working_day(month.replace(day=DAY_OF_MONTH))
            self._agenda.add(day, Moment.EVENING, partial(self._exchange, number))
            month, number = add_months(month, MONTHS_BETWEEN), number + 1

    def _exchange(self, number: int, on: date) -> None:
        selling = [venture for venture in self._ventures if _sells(venture, on)]
        if len(selling) < MONTHS_BETWEEN:
            return
        first = number % len(selling)
        payee, payer = selling[first], selling[(first + 1) % len(selling)]
        asked = propose_transfer(
            payer=payer.activity,
            payee=payee.activity,
            proposer=payee.activity,
            amount=AMOUNT * (1 + number % 5),
            label=LABELS[number % len(LABELS)],
            concerns_on=on - timedelta(days=6),
            by=payee.author(on),
        )
        answer = next_working_day(on + timedelta(days=3))
        if answer > self._agenda.today:
            return
        if number % len(LABELS) == len(LABELS) - 1:
            refuse_transfer(transfer=asked, reason="Ce n’est pas ce que nous avions convenu.", by=payer.author(on))
        else:
            accept_transfer(transfer=asked, by=payer.author(on), on=on)

    def leave_recurring(self, today: date) -> None:
        """A few invoices that come back, of the demo's entrepreneur and of two others, prepared up to today."""
        others = [venture for venture in self._ventures if venture.number != DEMO_MEMBER and _sells(venture, today)]
        mine = [venture for venture in self._ventures if venture.number == DEMO_MEMBER and _sells(venture, today)]
        for number, venture in enumerate([*mine, *others][:RECURRING]):
            sold = Invoice.objects.filter(
                activity=venture.activity,
                state=InvoiceState.ISSUED,
                kind=InvoiceKind.INVOICE,
                customer__is_archived=False,
                adjustments=None,
                lines__deducts=None,
            )
            invoice = sold.order_by("-issued_on", "-pk").first()
            if invoice is not None:
                self._make(venture, invoice, number, today)

    def _make(self, venture: Venture, invoice: Invoice, number: int, today: date) -> None:
        lines = [
            DraftLine(
                label=f"{line.label[:100]} ({'{mois}' if number == 0 else '{période}'})",
                quantity=line.quantity,
                unit_price=line.unit_price,
                vat_code=line.vat_code,
                nature=line.nature,
                unit=line.unit,
            )
            for line in invoice.lines.select_related("vat_code").order_by("position")[:2]
        ]
        schedule = Schedule(FREQUENCIES[number], 31, today.replace(day=1))
        content = RecurringContent(schedule=schedule, lines=lines, subject="Prestation de {mois}", days_ahead=10)
        recurring = make_recurring(invoice=invoice, content=content, by=venture.author(today))
        prepare_recurring(recurring=recurring, on=today)


def _sells(venture: Venture, on: date) -> bool:
    return any(period.contains(on) for period in venture.selling_periods(on))
