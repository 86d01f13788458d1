"""The letter of a formal notice."""

from datetime import date

from cae_backoffice.core.money import NO_BREAK_SPACE
from invoicing.customers.enums import CustomerKind
from invoicing.invoices.models import Invoice
from invoicing.reminders.enums import InterestKind
from invoicing.reminders.models import InterestRate
from invoicing.reminders.queries import frozen, remaining_of
from invoicing.reminders.rules import Claim, rate_on
from invoicing.rendering import wording
from invoicing.rendering.colours import accent
from invoicing.rendering.pdf import render_page
from invoicing.sending.queries import seller

DAYS_TO_PAY = 8


def render_formal_notice(*, invoice: Invoice, claim: Claim, on: date) -> bytes:
    """The formal notice of an unpaid invoice (with `remaining`), as a letter: the sum, its penalties, the deadline."""
    cooperative, document = seller(), frozen(invoice)
    remaining = remaining_of(invoice)
    is_consumer = document.buyer.kind == CustomerKind.CONSUMER
    context = {
        "invoice": invoice,
        "buyer": document.buyer,
        "buyer_address": wording.address_lines(document.buyer.address),
        "cooperative": cooperative,
        "siren": wording.grouped(cooperative.siren, wording.SIREN_GROUPS),
        "town": f"{cooperative.postcode}{NO_BREAK_SPACE}{cooperative.city}",
        "iban": wording.grouped(cooperative.iban, wording.IBAN_GROUPS),
        "on": on,
        "remaining": remaining,
        "claim": claim,
        "parts": [(part.starts_on, part.ends_on, part.days, wording.percent(part.rate)) for part in claim.parts],
        "total": remaining + claim.penalties + claim.indemnity,
        "legal_rate": rate_on(list(InterestRate.objects.all()), InterestKind.LEGAL, on) if is_consumer else None,
        "days_to_pay": DAYS_TO_PAY,
        "accent": accent(document.brand.colour, cooperative.colour),
    }
    identifier = f"mise-en-demeure-{invoice.number}"
    return render_page("documents/formal_notice.html", "formal_notice.css", context, identifier=identifier)
