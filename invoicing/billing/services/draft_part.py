"""Preparing the next invoice of an order: a deposit, a progress invoice or the final one."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction

from cae_backoffice.core.errors import RefusalError
from invoicing.billing.rules import (
    Advance,
    deposit_lines,
    deposit_of,
    deposit_problems,
    final_lines,
    progress_lines,
    progress_problems,
)
from invoicing.invoices.enums import InvoiceKind, InvoiceState
from invoicing.invoices.models import Invoice
from invoicing.invoices.queries.orders import order_position
from invoicing.invoices.rules import DraftContent, DraftLine, SaleTerms, may_draft_for
from invoicing.invoices.rules.orders import OrderPosition, part_problems
from invoicing.invoices.services import save_draft
from invoicing.orders.enums import StepKind
from invoicing.orders.models import Order
from invoicing.orders.queries import locked_order
from invoicing.pricing.rules import HUNDRED
from members.people.models import User


@transaction.atomic
def draft_deposit(*, order: Order, by: User, percent: Decimal | None = None, amount: Decimal | None = None) -> Invoice:
    """Prepare a deposit invoice (386): a percentage of the order, or an amount excl. VAT, split over its VAT rates.

    Refused: neither or both, more than remains, and whatever keeps an order from being invoiced (see `open_position`).
    """
    position = open_position(order, by)
    if (percent is None) == (amount is None):
        raise RefusalError("Indiquez un pourcentage ou un montant HT.")
    if percent is not None and not (percent.is_finite() and 0 < percent <= HUNDRED):
        raise RefusalError("Un acompte est compris entre 0 et 100\u00a0% de la commande.")
    asked = deposit_of(position, percent) if percent is not None else amount or Decimal(0)
    _refuse(deposit_problems(position, asked))
    title = f"Acompte\u00a0: {position.order.subject}"
    terms = SaleTerms(kind=InvoiceKind.DEPOSIT, order=position.order, part=StepKind.DEPOSIT)
    return _write(position, title, deposit_lines(position, asked), terms, by)


@transaction.atomic
def draft_progress(*, order: Order, advance: Advance, by: User, retention_due_on: date | None = None) -> Invoice:
    """Prepare a progress invoice (situation): what is reached, less what was invoiced.

    It leaves enough to take the deposits off with the final invoice. Refused: a line or a rate beyond the order, a
    step back, nothing new, and whatever keeps an order from being invoiced.
    """
    position = open_position(order, by)
    _refuse(progress_problems(position, advance))
    rank = _progress_invoices(position.order) + 1
    title = f"Situation n°\u00a0{rank}\u00a0: {position.order.subject}"
    terms = _with_retention(position.order, StepKind.PROGRESS, retention_due_on)
    return _write(position, title, progress_lines(position, advance), terms, by)


@transaction.atomic
def draft_final(*, order: Order, by: User, retention_due_on: date | None = None) -> Invoice:
    """Prepare the final invoice: all that remains, the deposits taken off. Refused when nothing remains."""
    position = open_position(order, by)
    title = f"Solde\u00a0: {position.order.subject}"
    terms = _with_retention(position.order, StepKind.FINAL, retention_due_on)
    return _write(position, title, final_lines(position), terms, by)


def open_position(order: Order, by: User) -> OrderPosition:
    """Where an order stands, locked. Refused: an activity of others, a rest that is cancelled, an invoice of it that is
    in preparation already, nothing left to invoice.
    """
    current = locked_order(order)
    if not may_draft_for(by, current.activity):
        raise RefusalError("Vous n’écrivez pas de factures pour cette activité.")
    position = order_position(current)
    if current.cancelled_on:
        raise RefusalError(f"Le reste de cette commande est annulé depuis le {current.cancelled_on:%d/%m/%Y}.")
    if position.in_preparation:
        raise RefusalError(
            "Cette commande a déjà une facture en préparation\u00a0: faites-la émettre ou supprimez-la d’abord."
        )
    if position.is_complete:
        raise RefusalError("Tout est déjà facturé sur cette commande.")
    return position


def _with_retention(order: Order, part: str, due_on: date | None) -> SaleTerms:
    percent = order.retention_percent
    return SaleTerms(retention_percent=percent, retention_due_on=due_on if percent else None, order=order, part=part)


def _progress_invoices(order: Order) -> int:
    return Invoice.objects.filter(order=order, part=StepKind.PROGRESS, state=InvoiceState.ISSUED).count()


def _write(position: OrderPosition, title: str, lines: Sequence[DraftLine], terms: SaleTerms, by: User) -> Invoice:
    order = position.order
    _refuse(list(part_problems(terms.part, lines, position)))
    content = DraftContent(
        activity=order.activity,
        customer=order.customer,
        subject=title[:160],
        delivery_address=order.delivery_address,
        purchase_order=order.purchase_order,
        payment_terms=order.payment_terms,
        lines=lines,
        terms=terms,
    )
    return save_draft(invoice=None, content=content, by=by)


def _refuse(problems: Sequence[str]) -> None:
    if problems:
        raise RefusalError(dict.fromkeys(problems))
