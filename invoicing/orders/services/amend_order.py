"""Adding to an order what was agreed later."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.text import tidy
from invoicing.orders.models import Order, OrderAmendment
from invoicing.orders.queries import locked_order
from invoicing.orders.rules import lines_problems, may_order_for
from invoicing.orders.services.lines import agreed_totals, refuse_control_characters, write_lines
from invoicing.pricing.models import VatCode
from invoicing.pricing.rules import MAX_LINES, TypedLine, total_problems
from members.people.models import User


@transaction.atomic
def amend_order(
    *, order: Order, subject: str, lines: Sequence[TypedLine[VatCode]], agreed_on: date, by: User
) -> OrderAmendment:
    """Add the lines of an amendment (avenant) to an order; a reduction is a line with a negative quantity.

    Whether the rest can bear a reduction is asked by who knows what was invoiced. Refused: figures that no line can
    hold, a total that is no longer above zero, an amendment before the order, an order whose rest is cancelled.
    """
    current = locked_order(order)
    if not may_order_for(by, current.activity):
        raise RefusalError("Vous n’écrivez pas de commandes pour cette activité.")
    present = current.lines.count()
    reasons = list(lines_problems(lines))
    if not subject.strip():
        reasons.append("Indiquez l’objet de l’avenant.")
    if present + len(lines) > MAX_LINES:
        reasons.append(f"Une commande a au plus {MAX_LINES} lignes.")
    if agreed_on < current.ordered_on:
        reasons.append("Un avenant ne peut pas précéder la commande.")
    if current.cancelled_on:
        reasons.append("Le reste de cette commande est annulé.")
    if reasons:
        raise RefusalError(reasons)
    texts = [text for line in lines for text in (tidy(line.label), tidy(line.description), tidy(line.chapter))]
    refuse_control_characters(tidy(subject), *texts)
    amendment = OrderAmendment.objects.create(
        order=current,
        rank=current.amendments.count() + 1,
        subject=tidy(subject),
        agreed_on=agreed_on,
        created_by=by,
    )
    write_lines(order=current, lines=lines, amendment=amendment, after=present)
    _write_amounts(current)
    changes = {"avenant": amendment.rank, "gross": [order.gross, current.gross], "lignes": len(lines)}
    audit.record(by=by, action="order.amended", subject=current, changes=changes)
    return amendment


def _write_amounts(order: Order) -> None:
    amounts = agreed_totals(order)
    reasons = total_problems(amounts)
    if amounts.gross <= 0:
        reasons.append("Le total d’une commande est supérieur à zéro.")
    if reasons:
        raise RefusalError(reasons)
    order.net, order.vat, order.gross = amounts.net, amounts.vat, amounts.gross
    order.save(update_fields=["net", "vat", "gross"])
