"""What the tests of transfers share."""

from datetime import date
from decimal import Decimal

from invoicing.transfers.models import InternalTransfer
from invoicing.transfers.services import accept_transfer, propose_transfer
from members.activities.models import Activity
from tests.invoicing.factories import accountant, entrepreneur_of, open_books

ON = date(2026, 3, 10)


def proposed(payer: Activity, payee: Activity, amount: str = "250", label: str = "Atelier commun") -> InternalTransfer:
    """The payee asks for an amount; its entrepreneur writes it."""
    open_books()
    return propose_transfer(
        payer=payer,
        payee=payee,
        proposer=payee,
        amount=Decimal(amount),
        label=label,
        concerns_on=date(2026, 3, 2),
        by=entrepreneur_of(payee),
    )


def accepted(payer: Activity, payee: Activity, amount: str = "250", on: date = ON) -> InternalTransfer:
    """The same, accepted by the accountant for the payer."""
    return accept_transfer(transfer=proposed(payer, payee, amount), by=accountant(), on=on)
