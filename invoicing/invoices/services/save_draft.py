"""Writing a draft."""

from collections.abc import Iterator
from typing import cast

from django.core.exceptions import ValidationError
from django.db import models, transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.text import control_characters, tidy
from invoicing.invoices.models import Invoice, InvoiceLine
from invoicing.invoices.queries import draft_totals, locked_invoice
from invoicing.invoices.rules import DraftContent, DraftLine, may_draft_for, may_edit
from invoicing.invoices.services.transition import refuse_unless
from invoicing.pricing.rules import line_net, line_problems, total_problems
from members.people.models import User

HEADER = (
    "activity_id",
    "customer_id",
    "subject",
    "supplied_on",
    "delivery_address_id",
    "purchase_order",
    "payment_terms",
    "note",
)
AMOUNTS = ("net", "vat", "gross")
CHECKED_FIELDS = ("subject", "supplied_on", "purchase_order", "payment_terms", "note")
CHECKED_LINE_FIELDS = ("label", "description", "nature", "unit")


@transaction.atomic
def save_draft(*, invoice: Invoice | None, content: DraftContent, by: User) -> Invoice:
    """Create (`invoice` None) or rewrite a draft: its lines are replaced, its totals computed.

    A draft may be incomplete; what the law wants is asked at submission. Refused: a document that is no longer a
    draft, an activity for which the user may not write, figures or texts that no document can hold.
    """
    draft = Invoice(created_by=by, activity=content.activity) if invoice is None else locked_invoice(invoice)
    refuse_unless(allowed=may_edit(by, draft), verb="modifier", invoice=draft)
    activities = {activity.pk: activity for activity in (draft.activity, content.activity)}.values()
    if not all(may_draft_for(by, activity) for activity in activities):
        raise RefusalError("Vous n’écrivez pas de factures pour cette activité.")
    before = {name: getattr(draft, name) for name in HEADER + AMOUNTS} if draft.pk else {}
    _fill_header(draft, content)
    reasons = [*_header_problems(draft), *_line_problems(content)]
    if not reasons:
        amounts = draft_totals(content.lines)
        reasons = total_problems(amounts)
        draft.net, draft.vat, draft.gross = amounts.net, amounts.vat, amounts.gross
    if reasons:
        raise RefusalError(reasons)
    _write(draft, content)
    after = {name: getattr(draft, name) for name in HEADER + AMOUNTS}
    changes = {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}
    audit.record(by=by, action="invoice.drafted", subject=draft, changes={**changes, "lignes": len(content.lines)})
    return draft


def _fill_header(draft: Invoice, content: DraftContent) -> None:
    draft.activity = content.activity
    draft.customer = content.customer
    draft.delivery_address = content.delivery_address
    draft.subject = tidy(content.subject)
    draft.supplied_on = content.supplied_on
    draft.purchase_order = tidy(content.purchase_order)
    draft.payment_terms = content.payment_terms
    draft.note = tidy(content.note)


def _line(draft: Invoice, position: int, line: DraftLine) -> InvoiceLine:
    return InvoiceLine(
        invoice=draft,
        position=position,
        label=tidy(line.label),
        description=tidy(line.description),
        nature=line.nature,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        vat_code=line.vat_code,
        net=line_net(quantity=line.quantity, unit_price=line.unit_price, discount_percent=line.discount_percent),
    )


def _header_problems(draft: Invoice) -> list[str]:
    return list(_field_problems(draft, CHECKED_FIELDS))


def _line_problems(content: DraftContent) -> Iterator[str]:
    for position, line in enumerate(content.lines, start=1):
        problems = line_problems(
            quantity=line.quantity, unit_price=line.unit_price, discount_percent=line.discount_percent
        )
        texts = InvoiceLine(
            label=tidy(line.label), description=tidy(line.description), nature=line.nature, unit=line.unit
        )
        for problem in (*problems, *_field_problems(texts, CHECKED_LINE_FIELDS)):
            yield f"Ligne\u00a0{position}\u00a0: {problem}"


def _field_problems(instance: models.Model, names: tuple[str, ...]) -> Iterator[str]:
    """What the fields' own validators and lengths say of the values, without a query."""
    for name in names:
        field = cast("models.Field[object, object]", instance._meta.get_field(name))
        value = getattr(instance, name)
        title = str(field.verbose_name)
        if isinstance(value, str) and control_characters(value):
            yield f"le champ «\u00a0{title}\u00a0» contient un caractère de contrôle."
        elif isinstance(field, models.TextField) and field.max_length and len(value) > field.max_length:
            yield f"le champ «\u00a0{title}\u00a0» a au plus {field.max_length} caractères."
        elif value not in field.empty_values:
            try:
                field.clean(value, instance)
            except ValidationError as error:
                yield f"{title}\u00a0: {' '.join(error.messages)}"


def _write(draft: Invoice, content: DraftContent) -> None:
    is_new = draft.pk is None
    draft.save(update_fields=None if is_new else [name.removesuffix("_id") for name in HEADER + AMOUNTS])
    if not is_new:
        InvoiceLine.objects.filter(invoice=draft).delete()
    InvoiceLine.objects.bulk_create(
        _line(draft, position, line) for position, line in enumerate(content.lines, start=1)
    )
