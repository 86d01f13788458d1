"""Who sends what, and what a message says of a document."""

import re

from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.money import format_euros
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.mailing.enums import TemplateKind
from members.cooperative.models import Cooperative
from members.people.models import User

LINK_DAYS = 180
"""How long a link opens: longer than any dispute about a payment, and another may be sent at any time."""

SEPARATORS = re.compile(r"[\s,;]+")


def may_send(user: User, invoice: Invoice) -> bool:
    """Whether the user sends this document: it is issued and its customer named; which ones one sees is asked apart."""
    return has_right(user, Right.DRAFT_INVOICES) and invoice.state == InvoiceState.ISSUED


def occasion_of(invoice: Invoice) -> TemplateKind:
    """With which words a document leaves."""
    return TemplateKind.CREDIT_NOTE if invoice.kind == InvoiceKind.CREDIT_NOTE else TemplateKind.INVOICE


def values_of(invoice: Invoice, cooperative: Cooperative) -> dict[str, str]:
    """What the placeholders of a message about an issued document become; the link is made when it leaves."""
    iban = cooperative.iban
    return {
        "numero": invoice.number or "",
        "objet": invoice.subject,
        "date": f"{invoice.issued_on:%d/%m/%Y}",
        "montant": format_euros(abs(invoice.gross)),
        "reste": format_euros(invoice.gross - invoice.retention),
        "echeance": f"{invoice.due_on:%d/%m/%Y}",
        "client": invoice.customer.name if invoice.customer else "",
        "enseigne": invoice.activity.name,
        "cooperative": cooperative.legal_name,
        "iban": " ".join(iban[i : i + 4] for i in range(0, len(iban), 4)),
    }


def addresses_in(text: str) -> list[str]:
    """What was typed between commas, semicolons or spaces."""
    return [part for part in SEPARATORS.split(text) if part]
