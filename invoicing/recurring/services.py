"""What is done with recurring invoices: set up, changed, paused, resumed, and prepared day after day."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db import transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.periods import ONE_DAY
from cae_backoffice.core.text import control_characters, tidy
from invoicing.invoices.enums import InvoiceKind
from invoicing.invoices.models import Invoice
from invoicing.invoices.rules import DraftContent, DraftLine, may_draft_for
from invoicing.invoices.services import save_draft, submit_invoice
from invoicing.pricing.rules import line_problems
from invoicing.recurring.models import Occurrence, RecurringInvoice, RecurringLine
from invoicing.recurring.queries import locked_recurring, under_way
from invoicing.recurring.rules import Schedule, days_to_prepare, filled, may_manage
from members.contracts.queries import invoicing_right
from members.people.models import User

MAX_DAYS_AHEAD = 60
LAST_DAY = 31


@dataclass(frozen=True)
class RecurringContent:
    """Everything a person writes on a recurring invoice; `lines` may hold placeholders."""

    schedule: Schedule
    lines: Sequence[DraftLine]
    subject: str = ""
    days_ahead: int = 5
    is_submitted: bool = False


@transaction.atomic
def make_recurring(*, invoice: Invoice, content: RecurringContent, by: User) -> RecurringInvoice:
    """Let an invoice, drafted or issued, come back: its customer, terms and lines, as `content` puts them.

    Refused: for an activity one does not write for, without a customer or a line, a credit note or a deposit, a
    schedule that has no day.
    """
    if not may_draft_for(by, invoice.activity):
        raise RefusalError("Vous n’écrivez pas de factures pour cette activité.")
    if invoice.kind not in {InvoiceKind.INVOICE, InvoiceKind.CORRECTIVE} or invoice.customer is None:
        raise RefusalError("Seule une facture qui a un client devient récurrente.")
    if invoice.adjustments.exists():
        raise RefusalError("Une remise sur toute la facture ne revient pas\u00a0: mettez-la d’abord sur ses lignes.")
    _refuse_wrong(content)
    recurring = RecurringInvoice(
        activity=invoice.activity,
        customer=invoice.customer,
        purchase_order=invoice.purchase_order,
        payment_terms=invoice.payment_terms,
        note=invoice.note,
        created_by=by,
        prepares_from=content.schedule.starts_on,
    )
    _write(recurring, content)
    changes = {"fréquence": recurring.get_frequency_display(), "modèle": str(invoice)}
    audit.record(by=by, action="recurring.created", subject=recurring, changes=changes)
    return recurring


@transaction.atomic
def change_recurring(*, recurring: RecurringInvoice, content: RecurringContent, by: User) -> RecurringInvoice:
    """Change what it says and when; what was prepared stays as it is, and no day is prepared twice."""
    locked = locked_recurring(recurring)
    _refuse_stranger(locked, by)
    _refuse_wrong(content)
    last = locked.occurrences.order_by("-falls_on").first()
    if last:
        locked.prepares_from = max(locked.prepares_from, last.falls_on + ONE_DAY)
    _write(locked, content)
    audit.record(by=by, action="recurring.changed", subject=locked, changes={"objet": locked.subject})
    return locked


@transaction.atomic
def pause_recurring(*, recurring: RecurringInvoice, by: User) -> RecurringInvoice:
    """Prepare nothing until it is resumed."""
    locked = locked_recurring(recurring)
    _refuse_stranger(locked, by)
    if locked.is_paused:
        raise RefusalError("Cette facture récurrente est déjà suspendue.")
    locked.is_paused = True
    locked.save(update_fields=["is_paused"])
    audit.record(by=by, action="recurring.paused", subject=locked, changes={})
    return locked


@transaction.atomic
def resume_recurring(*, recurring: RecurringInvoice, by: User, on: date) -> RecurringInvoice:
    """Prepare again, from this day on: what fell during the pause is skipped."""
    locked = locked_recurring(recurring)
    _refuse_stranger(locked, by)
    if not locked.is_paused:
        raise RefusalError("Cette facture récurrente n’est pas suspendue.")
    locked.is_paused, locked.prepares_from = False, max(locked.prepares_from, on)
    locked.save(update_fields=["is_paused", "prepares_from"])
    audit.record(by=by, action="recurring.resumed", subject=locked, changes={"à partir du": on})
    return locked


def prepare_due(*, on: date) -> list[Occurrence]:
    """Prepare every draft that is due that day, each in its own transaction; what was prepared is left alone."""
    return [time for recurring in under_way() for time in prepare_recurring(recurring=recurring, on=on)]


@transaction.atomic
def prepare_recurring(*, recurring: RecurringInvoice, on: date) -> list[Occurrence]:
    """Prepare the drafts of one recurring invoice that are due that day: the time missed too, after a day without jobs.

    What cannot be prepared is written down with its reason, once.
    """
    locked = locked_recurring(recurring)
    if locked.is_paused:
        return []
    done = set(locked.occurrences.values_list("falls_on", flat=True))
    days = days_to_prepare(locked, until=on + timedelta(days=locked.days_ahead))
    return [_prepare(locked, day, on) for day in days if day not in done]


@transaction.atomic
def prepare_again(*, occurrence: Occurrence, by: User, on: date) -> Occurrence:
    """Try once more what could not be prepared, now that the reason is gone. Refused when there is a draft."""
    locked = locked_recurring(occurrence.recurring)
    _refuse_stranger(locked, by)
    current = Occurrence.objects.select_for_update().get(pk=occurrence.pk)
    if current.document is not None:
        raise RefusalError("Le brouillon de cette échéance existe déjà.")
    found = _attempt(locked, current.falls_on, on)
    current.document, current.refusal, current.prepared_on = found.document, found.refusal, on
    current.save()
    return current


def _prepare(recurring: RecurringInvoice, day: date, on: date) -> Occurrence:
    occurrence = _attempt(recurring, day, on)
    occurrence.save(force_insert=True)
    return occurrence


def _attempt(recurring: RecurringInvoice, day: date, on: date) -> Occurrence:
    """The time as it should be written: with its draft, or with why there is none or why it was not submitted."""
    occurrence = Occurrence(recurring=recurring, falls_on=day, prepared_on=on)
    try:
        with transaction.atomic():
            draft = _draft(recurring, day)
    except RefusalError as refusal:
        occurrence.refusal = "\n".join(refusal.reasons)
        return occurrence
    occurrence.document = draft.pk
    if recurring.is_submitted:
        try:
            submit_invoice(invoice=draft, by=recurring.created_by, on=day)
        except RefusalError as refusal:
            occurrence.refusal = "\n".join(refusal.reasons)
    return occurrence


def _draft(recurring: RecurringInvoice, day: date) -> Invoice:
    right = invoicing_right(recurring.activity, day)
    if not right.allowed:
        raise RefusalError(right.reason)
    if recurring.customer.is_archived:
        raise RefusalError(f"Le client «\u00a0{recurring.customer}\u00a0» est archivé.")
    content = DraftContent(
        activity=recurring.activity,
        customer=recurring.customer,
        subject=filled(recurring.subject, recurring.frequency, day),
        purchase_order=recurring.purchase_order,
        payment_terms=recurring.payment_terms,
        note=recurring.note,
        lines=[
            replace(
                line,
                label=filled(line.label, recurring.frequency, day),
                description=filled(line.description, recurring.frequency, day),
            )
            for line in draft_lines(recurring)
        ],
    )
    return save_draft(invoice=None, content=content, by=recurring.created_by)


def draft_lines(recurring: RecurringInvoice) -> list[DraftLine]:
    """Its lines as they are typed."""
    return [
        DraftLine(
            label=line.label,
            description=line.description,
            chapter=line.chapter,
            nature=line.nature,
            quantity=line.quantity,
            unit=line.unit,
            unit_price=line.unit_price,
            discount_percent=line.discount_percent,
            vat_code=line.vat_code,
        )
        for line in recurring.lines.select_related("vat_code").order_by("position")
    ]


def _refuse_stranger(recurring: RecurringInvoice, by: User) -> None:
    if not may_manage(by, recurring):
        raise RefusalError("Vous n’écrivez pas de factures pour cette activité.")


def _refuse_wrong(content: RecurringContent) -> None:
    schedule, reasons = content.schedule, []
    if not 1 <= schedule.day <= LAST_DAY:
        reasons.append("Le jour du mois va de 1 à 31.")
    elif next(schedule.days(), None) is None:
        reasons.append("Aucune facture ne tombe entre ces dates.")
    if not 0 <= content.days_ahead <= MAX_DAYS_AHEAD:
        reasons.append(f"Une facture se prépare au plus {MAX_DAYS_AHEAD} jours avant sa date.")
    if not content.lines:
        reasons.append("Une facture récurrente a au moins une ligne.")
    for position, line in enumerate(content.lines, start=1):
        if not tidy(line.label) or control_characters(line.label + line.description):
            reasons.append(f"Ligne\u00a0{position}\u00a0: la désignation manque.")
        reasons += [
            f"Ligne\u00a0{position}\u00a0: {problem}"
            for problem in line_problems(
                quantity=line.quantity, unit_price=line.unit_price, discount_percent=line.discount_percent
            )
        ]
    if reasons:
        raise RefusalError(reasons)


def _write(recurring: RecurringInvoice, content: RecurringContent) -> None:
    schedule = content.schedule
    recurring.subject, recurring.frequency, recurring.day = tidy(content.subject), schedule.frequency, schedule.day
    recurring.starts_on, recurring.ends_on, recurring.times = schedule.starts_on, schedule.ends_on, schedule.times
    recurring.days_ahead, recurring.is_submitted = content.days_ahead, content.is_submitted
    recurring.save()
    recurring.lines.all().delete()
    RecurringLine.objects.bulk_create(
        RecurringLine(
            recurring=recurring,
            position=position,
            chapter=line.chapter,
            label=tidy(line.label),
            description=tidy(line.description),
            nature=line.nature,
            quantity=line.quantity,
            unit=line.unit,
            unit_price=line.unit_price,
            discount_percent=line.discount_percent,
            vat_code=line.vat_code,
        )
        for position, line in enumerate(content.lines, start=1)
    )
