"""What is done with transfers between activities: proposed, answered, cancelled, taken back, printed."""

from datetime import date
from decimal import Decimal

from django.db import connection, transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import CENT, NO_BREAK_SPACE, format_euros
from cae_backoffice.core.text import control_characters, tidy
from invoicing.ledger.enums import JournalCode
from invoicing.ledger.models import Account, Entry
from invoicing.ledger.rules import EntryDraft, signed
from invoicing.ledger.services import post_entry
from invoicing.pricing.rules import MAX_AMOUNT
from invoicing.rendering import wording
from invoicing.rendering.colours import accent
from invoicing.rendering.pdf import render_page
from invoicing.transfers.enums import TransferState
from invoicing.transfers.models import InternalTransfer, TransferSettings
from invoicing.transfers.queries import locked_transfer
from invoicing.transfers.rules import may_act_for, may_answer, may_cancel, may_reverse
from members.activities.models import Activity
from members.cooperative.queries import the_cooperative
from members.people.models import User

ACCOUNT = "6587"
MAX_LABEL, MAX_REASON = 120, 300
NEXT = """
    INSERT INTO invoicing_transfersequence AS sequence (year, last_number) VALUES (%s, 1)
    ON CONFLICT (year) DO UPDATE SET last_number = sequence.last_number + 1
    RETURNING last_number
"""


def load_transfer_settings(
    accounts: type[Account] = Account, settings: type[TransferSettings] = TransferSettings
) -> None:
    """Name the account that comes with the software, where none is set. A migration passes the models of its time."""
    settings.objects.get_or_create(pk=1, defaults={"account": accounts.objects.get(number=ACCOUNT)})


@transaction.atomic
def propose_transfer(
    *,
    payer: Activity,
    payee: Activity,
    proposer: Activity,
    amount: Decimal,
    label: str,
    concerns_on: date,
    by: User,
    details: str = "",
) -> InternalTransfer:
    """Propose that one activity gives another an amount; the one that did not propose answers.

    Refused: for an activity one does not speak for, to itself, without amount or label.
    """
    if not may_act_for(by, proposer):
        raise RefusalError("Vous ne parlez pas pour cette activité.")
    label = tidy(label)
    proposed = InternalTransfer(
        payer=payer,
        payee=payee,
        proposer=proposer,
        amount=amount,
        label=label,
        details=tidy(details),
        concerns_on=concerns_on,
        proposed_by=by,
    )
    _refuse_wrong(proposed)
    proposed.save(force_insert=True)
    changes = {"verse": str(payer), "reçoit": str(payee), "amount": amount, "objet": label}
    audit.record(by=by, action="transfer.proposed", subject=proposed, changes=changes)
    return proposed


@transaction.atomic
def accept_transfer(*, transfer: InternalTransfer, by: User, on: date) -> InternalTransfer:
    """Say yes for the activity that did not propose it: the voucher gets its number, and the amount moves that day.

    Refused: for another activity, once answered, on a day for which the books are not open.
    """
    locked = locked_transfer(transfer)
    if not may_answer(by, locked):
        raise RefusalError(_not_now(locked))
    _accept(locked, on, by)
    audit.record(by=by, action="transfer.accepted", subject=locked, changes={"number": locked.number})
    return locked


@transaction.atomic
def refuse_transfer(*, transfer: InternalTransfer, reason: str, by: User) -> InternalTransfer:
    """Say no, with the reason that the proposer will read."""
    locked = locked_transfer(transfer)
    if not may_answer(by, locked):
        raise RefusalError(_not_now(locked))
    return _end(locked, TransferState.REFUSED, reason, "transfer.refused", by)


@transaction.atomic
def cancel_transfer(*, transfer: InternalTransfer, reason: str, by: User) -> InternalTransfer:
    """Take a proposal back before it is answered, with the reason."""
    locked = locked_transfer(transfer)
    if not may_cancel(by, locked):
        raise RefusalError(_not_now(locked))
    return _end(locked, TransferState.CANCELLED, reason, "transfer.cancelled", by)


@transaction.atomic
def reverse_transfer(*, transfer: InternalTransfer, reason: str, by: User, on: date) -> InternalTransfer:
    """Take an accepted transfer back by an opposite one, accepted at once, with a voucher of its own.

    Refused: to those who do not keep the books, twice, a reversal, before the transfer.
    """
    locked = locked_transfer(transfer)
    if not may_reverse(by, locked):
        raise RefusalError(_not_now(locked))
    reason = _checked_reason(reason)
    if locked.accepted_on and on < locked.accepted_on:
        raise RefusalError(f"Le transfert {locked.number} n’est accepté que le {locked.accepted_on:%d/%m/%Y}.")
    opposite = InternalTransfer(
        payer=locked.payee,
        payee=locked.payer,
        proposer=locked.proposer,
        amount=locked.amount,
        label=f"Annulation de {locked.number}",
        concerns_on=locked.concerns_on,
        reason=reason,
        reverses=locked,
        proposed_by=by,
    )
    _accept(opposite, on, by)
    changes = {"number": opposite.number, "motif": reason}
    audit.record(by=by, action="transfer.reversed", subject=locked, changes=changes)
    return opposite


def render_voucher(*, transfer: InternalTransfer) -> bytes:
    """The voucher of an accepted transfer as a page to keep. It is not stored: what it shows never changes."""
    cooperative = the_cooperative()
    if cooperative is None or transfer.state != TransferState.ACCEPTED:
        raise RefusalError("Seul un transfert accepté a un bordereau.")
    context = {
        "transfer": transfer,
        "cooperative": cooperative,
        "siren": wording.grouped(cooperative.siren, wording.SIREN_GROUPS),
        "town": f"{cooperative.postcode}{NO_BREAK_SPACE}{cooperative.city}",
        "accent": accent(cooperative.colour),
    }
    return render_page("documents/transfer.html", "transfer.css", context, identifier=transfer.number or "")


def _refuse_wrong(proposed: InternalTransfer) -> None:
    reasons = []
    if proposed.payer_id == proposed.payee_id:
        reasons.append("Un transfert va d’une activité à une autre.")
    elif proposed.proposer_id not in {proposed.payer_id, proposed.payee_id}:
        reasons.append("L’une des deux activités propose le transfert.")
    amount: Decimal = proposed.amount
    if not amount.is_finite() or not 0 < amount <= MAX_AMOUNT or amount != amount.quantize(CENT):
        reasons.append("Un transfert a un montant positif, en euros et centimes.")
    if not proposed.label or len(proposed.label) > MAX_LABEL or control_characters(proposed.label + proposed.details):
        reasons.append(f"L’objet d’un transfert tient en {MAX_LABEL} caractères.")
    if reasons:
        raise RefusalError(reasons)


def _accept(transfer: InternalTransfer, on: date, by: User) -> None:
    transfer.number = f"V{on.year}-{_next_number(on.year):05d}"
    transfer.state, transfer.accepted_on = TransferState.ACCEPTED, on
    transfer.entry = _post(transfer, on, by)
    transfer.save()


def _post(transfer: InternalTransfer, on: date, by: User) -> Entry:
    """One account on both sides: the general ledger does not move, the two activities do."""
    account = TransferSettings.objects.select_related("account").get().account.number
    label = f"{transfer.number} {transfer.label}"[:160]
    return post_entry(
        entry=EntryDraft(
            journal=JournalCode.MISCELLANEOUS,
            entry_on=on,
            voucher_number=transfer.number or "",
            voucher_on=on,
            label=label,
            lines=(
                signed(account, transfer.amount, activity_id=transfer.payer_id, label=label),
                signed(account, -transfer.amount, activity_id=transfer.payee_id, label=label),
            ),
            source_type=InternalTransfer._meta.label_lower,
        ),
        by=by,
    )


def _end(transfer: InternalTransfer, state: TransferState, reason: str, action: str, by: User) -> InternalTransfer:
    transfer.state, transfer.reason = state, _checked_reason(reason)
    transfer.save(update_fields=["state", "reason"])
    audit.record(by=by, action=action, subject=transfer, changes={"motif": transfer.reason})
    return transfer


def _checked_reason(reason: str) -> str:
    reason = tidy(reason)
    if not reason or len(reason) > MAX_REASON or control_characters(reason):
        raise RefusalError(f"Indiquez le motif, en {MAX_REASON} caractères au plus.")
    return reason


def _not_now(transfer: InternalTransfer) -> str:
    amount, state = format_euros(transfer.amount), transfer.get_state_display().lower()
    return f"Ce transfert de {amount} est à l’état «\u00a0{state}\u00a0»\u00a0: vous ne pouvez pas faire cela."


def _next_number(year: int) -> int:
    """The next number of the year's vouchers; the sequence stays locked until the caller's transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [year])
        (number,) = cursor.fetchone()
    return int(number)
