"""Which status may follow which, and which reasons each takes. Pure: values in, values out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from cae_backoffice.core.access import HoldsRoles, Right, has_right
from invoicing.einvoicing.enums import MAX_COMMENT
from invoicing.einvoicing.enums import LifecycleStatus as Status
from invoicing.einvoicing.enums import StatusReason as Reason
from invoicing.rendering.document import FrozenDocument
from invoicing.rendering.reform import DIRECTORY, DOMESTIC, NO_PLATFORM

_ORDER = {
    Reason.ORDER_NUMBER, Reason.SIRET, Reason.ROUTING_CODE, Reason.CONTRACT_REFERENCE, Reason.REFERENCE,
}  # fmt: skip
_LINES = {
    Reason.UNIT_PRICE, Reason.DISCOUNT, Reason.QUANTITY, Reason.ARTICLE, Reason.MEANS_OF_PAYMENT, Reason.QUALITY,
    Reason.DELIVERY,
}  # fmt: skip
_INVOICE = {
    Reason.VAT_RATE, Reason.TOTAL, Reason.RECKONING, Reason.MENTION_MISSING, Reason.DUPLICATE, Reason.WRONG_BUYER,
    Reason.TRANSACTION_UNKNOWN, Reason.SELLER_UNKNOWN, Reason.CONTRACT_ENDED, Reason.INVOICED_TWICE, Reason.ADDRESS,
}  # fmt: skip
REASONS: Mapping[str, frozenset[Reason]] = {
    Status.PARTLY_APPROVED: frozenset({Reason.OTHER} | _ORDER | _LINES),
    Status.DISPUTED: frozenset(
        {Reason.OTHER, Reason.BENEFICIARY_ACCOUNT, Reason.BUYER_UNKNOWN} | _INVOICE | _ORDER | _LINES
    ),
    Status.SUSPENDED: frozenset({Reason.VOUCHER_MISSING, Reason.BENEFICIARY_ACCOUNT} | _ORDER),
    Status.REFUSED: frozenset(_INVOICE | {Reason.ORDER_NUMBER, Reason.CONTRACT_REFERENCE}),
    Status.REJECTED: frozenset(
        {reason for reason in Reason if reason.value.startswith("REJ_")}
        | {Reason.DUPLICATE, Reason.BUYER_UNKNOWN, Reason.ROUTING, Reason.ADDRESS, Reason.RECKONING}
    ),
    Status.INADMISSIBLE: frozenset(reason for reason in Reason if reason.value.startswith("IRR_")),
}
"""The reasons of the statuses that must give one (schematron of the status messages, BR-FR-CDV-CL-09)."""

_STOPPED = {Status.REJECTED, Status.INADMISSIBLE}
_TREATED = {
    Status.TAKEN_IN_CHARGE, Status.APPROVED, Status.PARTLY_APPROVED, Status.DISPUTED, Status.SUSPENDED, Status.REFUSED,
    Status.PAYMENT_SENT,
}  # fmt: skip
FOLLOWING: Mapping[str, frozenset[Status]] = {
    "": frozenset({Status.DEPOSITED, *_STOPPED}),
    Status.DEPOSITED: frozenset(
        {Status.ISSUED_BY_PLATFORM, Status.RECEIVED_BY_PLATFORM, Status.MADE_AVAILABLE, *_TREATED, *_STOPPED}
    ),
    Status.ISSUED_BY_PLATFORM: frozenset(
        {Status.RECEIVED_BY_PLATFORM, Status.MADE_AVAILABLE, *_TREATED, Status.REJECTED}
    ),
    Status.RECEIVED_BY_PLATFORM: frozenset({Status.MADE_AVAILABLE, *_TREATED, Status.REJECTED}),
    Status.MADE_AVAILABLE: frozenset(_TREATED),
    Status.TAKEN_IN_CHARGE: frozenset(_TREATED - {Status.TAKEN_IN_CHARGE}),
    Status.APPROVED: frozenset({Status.DISPUTED, Status.PAYMENT_SENT}),
    Status.PARTLY_APPROVED: frozenset({Status.APPROVED, Status.DISPUTED, Status.REFUSED, Status.PAYMENT_SENT}),
    Status.DISPUTED: frozenset(_TREATED - {Status.DISPUTED}),
    Status.SUSPENDED: frozenset({Status.COMPLETED, Status.REFUSED}),
    Status.COMPLETED: frozenset(_TREATED),
    Status.PAYMENT_SENT: frozenset({Status.DISPUTED}),
    Status.REFUSED: frozenset(),
    Status.REJECTED: frozenset(),
    Status.INADMISSIBLE: frozenset(),
}
"""What may follow each status; platforms need not say every step. « Encaissée » stands beside: it follows the money."""


@dataclass(frozen=True)
class CollectedPart:
    """What of a payment falls on one VAT row of a document, in euros; negative when it is taken back."""

    category: str
    rate: Decimal
    net: Decimal
    vat: Decimal


def status_errors(*, last: str, code: str, reason: str, comment: str) -> list[str]:
    """Why a status cannot be recorded after the last one (empty: none yet); empty when it can."""
    status = Status(code)
    errors = []
    if status == Status.COLLECTED:
        errors.append("Le statut «\u00a0Encaissée\u00a0» suit les encaissements\u00a0: il ne se saisit pas.")
    elif status not in FOLLOWING[last]:
        before = f"«\u00a0{Status(last).label}\u00a0»" if last else "un document qui n’a pas encore été déposé"
        errors.append(f"Le statut «\u00a0{status.label}\u00a0» ne peut pas suivre {before}.")
    allowed = REASONS.get(status, frozenset())
    if allowed and not reason:
        errors.append(f"Le statut «\u00a0{status.label}\u00a0» demande un motif.")
    elif reason and reason not in allowed:
        errors.append(f"Ce motif ne va pas avec le statut «\u00a0{status.label}\u00a0».")
    if reason == Reason.OTHER and not comment:
        errors.append("Précisez «\u00a0Autre motif\u00a0» par un commentaire.")
    if len(comment) > MAX_COMMENT:
        errors.append(f"Un commentaire a au plus {MAX_COMMENT} caractères.")
    return errors


def goes_to_platform(document: FrozenDocument) -> bool:
    """Whether the reform sends a document through the platforms: a sale to a company or a public body of France.

    What concerns consumers and other countries is reported instead; what is outside the VAT is neither.
    """
    address = document.buyer.electronic_address
    return (
        document.treatment == DOMESTIC
        and document.buyer.electronic_scheme == DIRECTORY
        and not address.endswith(f"_{NO_PLATFORM}")
    )


def pause_after(attempts: int) -> timedelta:
    """How long to wait after so many attempts that failed: one, two, four minutes, up to four hours."""
    return min(timedelta(minutes=2 ** (attempts - 1)), timedelta(hours=4))


def suffix_of(address: str) -> str:
    """What stands behind the SIREN in an electronic address: the activity it is for; empty without."""
    return address.partition("_")[2].upper()


def may_record_status(user: HoldsRoles) -> bool:
    """Whether the person may write what a customer or a platform answered: whoever keeps the books."""
    return has_right(user, Right.KEEP_BOOKS)
