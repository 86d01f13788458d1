"""Writing a draft."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.records import field_problems
from cae_backoffice.core.text import tidy
from invoicing.catalogue.queries import foreign_products
from invoicing.customers.rules import kept_customer
from invoicing.invoices.enums import InvoiceKind
from invoicing.invoices.models import Invoice, InvoiceAdjustment, InvoiceLine
from invoicing.invoices.queries import deductions_of, draft_print, locked_invoice
from invoicing.invoices.queries.orders import position_of
from invoicing.invoices.rules import (
    DRAFTED,
    MAX_RETENTION,
    DraftContent,
    DraftLine,
    SaleTerms,
    may_draft_for,
    may_edit,
    totals_with,
)
from invoicing.invoices.rules.orders import carried
from invoicing.invoices.services.order_draft import relabelled_lines
from invoicing.invoices.services.transition import refuse_unless
from invoicing.pricing.rules import TypedAdjustment, adjustment_problems, line_problems, total_problems
from members.people.models import User

AMOUNTS = ("net", "vat", "gross")
CHECKED_FIELDS = ("subject", "supplied_on", "purchase_order", "payment_terms", "retention_percent", "note")
CHECKED_LINE_FIELDS = ("label", "description", "chapter", "nature", "unit")


class ChangedElsewhereError(RefusalError):
    """Someone, or oneself in another window, wrote the draft since it was opened: nothing is written over it."""

    def __init__(self) -> None:
        super().__init__(
            "Ce brouillon a été modifié ailleurs depuis que vous l’avez ouvert\u00a0: rien n’est enregistré."
        )


@transaction.atomic
def save_draft(*, invoice: Invoice | None, content: DraftContent, by: User, seen: str = "") -> Invoice:
    """Create (`invoice` None) or rewrite a draft: its lines are replaced, its totals computed.

    A draft may be incomplete; what the law wants is asked at submission. Refused: a document that is no longer a
    draft, an activity for which the user may not write, figures or texts that no document can hold; and a draft that is
    no longer as it was `seen` (see `draft_print`), if that is said.
    """
    draft = Invoice(created_by=by, activity=content.activity) if invoice is None else locked_invoice(invoice)
    refuse_unless(allowed=may_edit(by, draft), verb="modifier", invoice=draft)
    if seen and draft.pk and draft_print(draft) != seen:
        raise ChangedElsewhereError
    activities = {activity.pk: activity for activity in (draft.activity, content.activity)}.values()
    if not all(may_draft_for(by, activity) for activity in activities):
        raise RefusalError("Vous n’écrivez pas de factures pour cette activité.")
    before = {name: getattr(draft, name) for name in DRAFTED + AMOUNTS} if draft.pk else {}
    terms = _terms_of(draft, content)
    _fill_header(draft, content, terms)
    lines = _lines_of(draft, content, terms)
    reasons = [*_header_problems(draft, terms), *_line_problems(lines)]
    reasons += _adjustment_problems(content, terms)
    if foreign_products((line.product_id for line in lines), draft.activity):
        reasons.append("Un produit est celui du catalogue d’une autre activité.")
    if not reasons:
        amounts = carried(totals_with(content.adjustments, lines), position_of(draft))
        reasons = total_problems(amounts)
        draft.net, draft.vat, draft.gross = amounts.net, amounts.vat, amounts.gross
    if reasons:
        raise RefusalError(reasons)
    _write(draft, lines, content.adjustments)
    after = {name: getattr(draft, name) for name in DRAFTED + AMOUNTS}
    changes = {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}
    audit.record(by=by, action="invoice.drafted", subject=draft, changes={**changes, "lignes": len(lines)})
    return draft


def _terms_of(draft: Invoice, content: DraftContent) -> SaleTerms:
    """What is typed, else what the draft has. Of an order's invoice only the retention is typed."""
    if content.terms is None:
        return _present_terms(draft)
    if draft.order_id is None or content.terms.order is not None:
        return content.terms
    return replace(
        _present_terms(draft),
        retention_percent=content.terms.retention_percent,
        retention_due_on=content.terms.retention_due_on,
    )


def _lines_of(draft: Invoice, content: DraftContent, terms: SaleTerms) -> list[DraftLine]:
    """What is typed with the deposits taken off; in an order's invoice, the lines it has under the words typed."""
    if content.terms is not None and content.terms.order is not None:
        return list(content.lines)
    if draft.order_id is not None:
        return relabelled_lines(draft, content.lines)
    return [*content.lines, *deductions_of(terms.deposits)]


def _present_terms(draft: Invoice) -> SaleTerms:
    deposits = Invoice.objects.filter(deductions__invoice=draft.pk).distinct().order_by("pk") if draft.pk else ()
    return SaleTerms(
        kind=draft.kind,
        deposits=tuple(deposits),
        retention_percent=draft.retention_percent,
        retention_due_on=draft.retention_due_on,
        order=draft.order,
        part=draft.part,
    )


def _fill_header(draft: Invoice, content: DraftContent, terms: SaleTerms) -> None:
    draft.activity = content.activity
    draft.customer = kept_customer(content.customer) if content.customer else None
    draft.delivery_address = content.delivery_address
    draft.subject = tidy(content.subject)
    draft.supplied_on = content.supplied_on
    draft.purchase_order = tidy(content.purchase_order)
    draft.payment_terms = content.payment_terms
    draft.note = tidy(content.note)
    draft.kind = draft.kind if draft.corrects_id else terms.kind
    draft.retention_percent = terms.retention_percent
    draft.retention_due_on = terms.retention_due_on if terms.retention_percent else None
    draft.order, draft.part = terms.order, terms.part


def _line(draft: Invoice, position: int, line: DraftLine) -> InvoiceLine:
    return InvoiceLine(
        invoice=draft,
        position=position,
        label=tidy(line.label),
        description=tidy(line.description),
        chapter=tidy(line.chapter),
        nature=line.nature,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        vat_code=line.vat_code,
        net=line.net,
        product_id=line.product_id,
        deducts=line.deducts,
        order_line=line.order_line,
    )


def _header_problems(draft: Invoice, terms: SaleTerms) -> list[str]:
    problems = list(field_problems(draft, CHECKED_FIELDS))
    if draft.kind not in {InvoiceKind.INVOICE, InvoiceKind.DEPOSIT} and not draft.corrects_id:
        problems.append("Un avoir ne se rédige pas\u00a0: il s’établit depuis la facture qu’il corrige.")
    if not 0 <= terms.retention_percent <= MAX_RETENTION:
        problems.append(f"Une retenue de garantie est comprise entre 0 et {MAX_RETENTION}\u00a0% (loi 71-584).")
    if any(deposit.activity_id != draft.activity_id for deposit in terms.deposits):
        problems.append("Un acompte déduit est celui d’une autre activité.")
    return problems


def _line_problems(lines: Sequence[DraftLine]) -> Iterator[str]:
    for position, line in enumerate(lines, start=1):
        problems = line_problems(
            quantity=line.quantity, unit_price=line.unit_price, discount_percent=line.discount_percent
        )
        texts = InvoiceLine(
            label=tidy(line.label),
            description=tidy(line.description),
            chapter=tidy(line.chapter),
            nature=line.nature,
            unit=line.unit,
        )
        for problem in (*problems, *field_problems(texts, CHECKED_LINE_FIELDS)):
            yield f"Ligne\u00a0{position}\u00a0: {problem}"


def _adjustment_problems(content: DraftContent, terms: SaleTerms) -> Iterator[str]:
    if content.adjustments and terms.kind == InvoiceKind.DEPOSIT:
        yield "Une facture d’acompte ne porte ni remise ni frais sur le document."
    if content.adjustments and terms.order:
        yield "Une facture de commande ne porte ni remise ni frais sur le document\u00a0: ajoutez un avenant."
    yield from adjustment_problems(content.adjustments, content.lines)
    for adjustment in content.adjustments:
        yield from field_problems(InvoiceAdjustment(reason=tidy(adjustment.reason)), ("reason",))


def _write(draft: Invoice, lines: Sequence[DraftLine], adjustments: Sequence[TypedAdjustment]) -> None:
    is_new = draft.pk is None
    draft.save(update_fields=None if is_new else [name.removesuffix("_id") for name in DRAFTED + AMOUNTS])
    if not is_new:
        InvoiceLine.objects.filter(invoice=draft).delete()
        InvoiceAdjustment.objects.filter(invoice=draft).delete()
    InvoiceLine.objects.bulk_create(_line(draft, position, line) for position, line in enumerate(lines, start=1))
    InvoiceAdjustment.objects.bulk_create(
        InvoiceAdjustment(
            invoice=draft,
            position=position,
            is_charge=adjustment.is_charge,
            reason=tidy(adjustment.reason),
            percent=adjustment.percent,
            amount=adjustment.amount,
        )
        for position, adjustment in enumerate(adjustments, start=1)
    )
