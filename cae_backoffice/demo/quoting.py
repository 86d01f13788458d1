"""Quotes of the demo: some of its sales, offered first; accepted, declined, left without answer, or still open."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.utils import timezone

from cae_backoffice.demo.billing import Billing
from cae_backoffice.demo.people import Clerks
from cae_backoffice.demo.sales import Sale
from invoicing.quotes.models import Quote, QuoteLink
from invoicing.quotes.rules import QuoteContent, QuoteDraftLine, Visitor
from invoicing.quotes.services import accept_online, expire_quotes, open_link, refuse_online, save_draft, send_quote

MOST_QUOTES = 300
FIRST_CHAPTER_LINES = 4
VALIDITY = timedelta(days=30)
ACCEPTED_PERCENT, ANSWERED_PERCENT, DRAFT_PERCENT = 55, 70, 96
LONGEST_THOUGHT = 20
VISITOR = Visitor(ip_address="192.0.2.10", user_agent="Mozilla/5.0 (démonstration)")
REASONS = ("Trop cher.", "Projet reporté.", "Nous avons choisi un autre prestataire.")

PDFS_LAST = "UPDATE procrastinate_jobs SET priority = -1000000 WHERE task_name = 'invoicing.render_quote_pdf'"


class Quoting:
    """Writes the quotes once the rest of the demo stands; they move no money."""

    def __init__(self, billing: Billing, clerks: Clerks) -> None:
        self._billing = billing
        self._clerks = clerks

    def live(self, sales: Sequence[Sale], today: date) -> int:
        """Offer some of the sales on their day, let the customers answer, end what outlived its validity; how many."""
        chosen = sorted(self._clerks.chance.sample(sales, k=min(MOST_QUOTES, len(sales))), key=lambda sale: sale.on)
        written = sum(self._offer(sale, today) for sale in chosen)
        expire_quotes(on=today)
        with connection.cursor() as cursor:
            cursor.execute(PDFS_LAST)
        return written

    def _offer(self, sale: Sale, today: date) -> int:
        quote = self._draft(sale)
        if self._clerks.chance.randrange(100) >= DRAFT_PERCENT:
            return 1
        sent = send_quote(quote=quote, by=sale.venture.author(sale.on), on=sale.on)
        answered_on = sale.on + timedelta(days=self._clerks.chance.randint(1, LONGEST_THOUGHT))
        if answered_on <= today:
            self._answer(sent, sale, answered_on)
        return 1

    def _draft(self, sale: Sale) -> Quote:
        """The sale as an offer; a long one has chapters, and its last line is an option."""
        lines = [
            QuoteDraftLine(
                label=sold.line.label,
                description=sold.line.detail,
                nature=sold.line.nature,
                quantity=sold.quantity,
                unit=sold.line.unit,
                unit_price=sold.line.price,
                discount_percent=sold.discount,
                vat_code=self._billing.vat_code(sale, sold),
                chapter=_chapter(index, len(sale.lines)),
                is_option=0 < index == len(sale.lines) - 1,
            )
            for index, sold in enumerate(sale.lines)
        ]
        content = QuoteContent(
            activity=sale.venture.activity,
            customer=sale.client.customer,
            subject=sale.subject,
            valid_until=sale.on + VALIDITY,
            execution="Dans les six semaines après l’accord",
            payment_terms=sale.payment_terms,
            lines=lines,
        )
        return save_draft(quote=None, content=content, by=sale.venture.author(sale.on))

    def _answer(self, quote: Quote, sale: Sale, on: date) -> None:
        luck = self._clerks.chance.randrange(100)
        if luck >= ANSWERED_PERCENT:
            return
        sent_at, at = (timezone.make_aware(datetime.combine(day, time(10))) for day in (sale.on, on))
        open_link(quote=quote, by=sale.venture.author(sale.on), at=sent_at)
        link = QuoteLink.objects.select_related("quote", "created_by").get(quote=quote)
        name = sale.client.customer.contact_name or sale.client.customer.name
        if luck >= ACCEPTED_PERCENT:
            reason = self._clerks.chance.choice(REASONS)
            refuse_online(link=link, name=name, reason=reason, visitor=VISITOR, at=at)
            return
        options = [line.pk for line in quote.lines.filter(is_option=True) if self._clerks.chance.randrange(2)]
        accept_online(link=link, name=name, options=options, drawing=None, visitor=VISITOR, at=at)


def _chapter(index: int, count: int) -> str:
    if count <= FIRST_CHAPTER_LINES:
        return ""
    return "Première phase" if index < count // 2 else "Seconde phase"
