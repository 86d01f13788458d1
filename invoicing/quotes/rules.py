"""What a draft quote holds, who may do what to a quote in which state, and what its lines come to."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import TypeVar

from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import ZERO
from cae_backoffice.core.pictures import bare_png, readable_picture
from invoicing.customers.models import Customer, DeliveryAddress
from invoicing.pricing.enums import PaymentTerms
from invoicing.pricing.models import VatCode
from invoicing.pricing.rules import Totals, TypedAdjustment, TypedLine, adjustment_shares, typed_totals
from invoicing.quotes.enums import QuoteState, SaleSetting
from invoicing.quotes.models import Quote, QuoteLine
from members.activities.models import Activity
from members.people.models import User

MAX_RETENTION = Decimal(5)
"""Percent: loi 71-584 of 16 July 1971, art. 1."""
VALIDITY_DAYS = 30
"""How long a quote is valid unless its author says otherwise."""
MAX_SIGNATURE_BYTES = 300 * 1024
MAX_SIGNATURE_SIDE = 1000
"""Pixels."""
MAX_SIGNED_BYTES = 10 * 1024 * 1024

OPEN_TO_REVISION = frozenset({QuoteState.SENT, QuoteState.REFUSED, QuoteState.EXPIRED, QuoteState.WITHDRAWN})


@dataclass(frozen=True)
class QuoteDraftLine(TypedLine[VatCode]):
    """One line of a quote as it is typed; an option is printed and not summed."""

    is_option: bool = False


@dataclass(frozen=True)
class QuoteContent:
    """Everything a person writes on a draft quote; it may still lack its customer, its validity or its lines."""

    activity: Activity
    customer: Customer | None = None
    delivery_address: DeliveryAddress | None = None
    valid_until: date | None = None
    subject: str = ""
    introduction: str = ""
    execution: str = ""
    sale_setting: str = SaleSetting.DISTANCE
    payment_terms: str = PaymentTerms.DAYS_30
    deposit_percent: Decimal = Decimal(0)
    retention_percent: Decimal = Decimal(0)
    fee: Decimal = ZERO
    terms: str = ""
    lines: Sequence[QuoteDraftLine] = ()
    adjustments: Sequence[TypedAdjustment] = ()


@dataclass(frozen=True)
class Visitor:
    """From where a customer answers online."""

    ip_address: str
    user_agent: str


AnyLine = TypeVar("AnyLine", QuoteDraftLine, QuoteLine)


@dataclass(frozen=True)
class Chapter:
    """Consecutive lines under one title, options left aside in the subtotal; `title` is empty for lines without."""

    title: str
    lines: tuple[QuoteLine, ...]

    @property
    def subtotal(self) -> Decimal:
        """Excl. VAT, of the lines that are no options."""
        return sum((line.net for line in self.lines if not line.is_option), ZERO)


def chapters_of(lines: Iterable[QuoteLine]) -> list[Chapter]:
    """The lines in their order, cut where the chapter changes."""
    return [Chapter(title=title, lines=tuple(group)) for title, group in groupby(lines, key=lambda line: line.chapter)]


def counted(lines: Iterable[AnyLine], chosen: Collection[int] = ()) -> list[AnyLine]:
    """The lines that make the total: all but the options, and the options chosen, by key."""
    return [line for line in lines if not line.is_option or getattr(line, "pk", None) in chosen]


def quote_totals(
    lines: Iterable[AnyLine], chosen: Collection[int] = (), adjustments: Iterable[TypedAdjustment] = ()
) -> Totals:
    """What the quote amounts to with the options chosen; without any, options are left out.

    A discount in percent bears on the options chosen too; one in euros stays what it is.
    """
    kept = counted(lines, chosen)
    return typed_totals(kept, adjustment_shares(adjustments, kept))


def effects_of(adjustments: Iterable[TypedAdjustment], lines: Iterable[AnyLine]) -> list[tuple[str, Decimal]]:
    """The reason of each discount and charge on a quote, and what it adds to the net amount without options."""
    typed = list(adjustments)
    shares = adjustment_shares(typed, counted(lines))
    return [(one.reason, sum((share.effect for share in shares if share.adjustment is one), ZERO)) for one in typed]


def may_edit(user: User, quote: Quote) -> bool:
    """Whether the user may change or delete this draft."""
    return has_right(user, Right.DRAFT_INVOICES) and quote.state == QuoteState.DRAFT


def may_send(user: User, quote: Quote) -> bool:
    """Whether the user may send this draft to its customer."""
    return may_edit(user, quote)


def may_withdraw(user: User, quote: Quote) -> bool:
    """Whether the user may take the offer back: as long as nobody accepted it (C. civ. art. 1115 and 1116)."""
    return has_right(user, Right.DRAFT_INVOICES) and quote.state == QuoteState.SENT


def may_record_answer(user: User, quote: Quote) -> bool:
    """Whether the user may note an answer received on paper; also once expired, for a day before its end."""
    return has_right(user, Right.DRAFT_INVOICES) and quote.state in {QuoteState.SENT, QuoteState.EXPIRED}


def may_revise(user: User, quote: Quote) -> bool:
    """Whether the user may write a new version of what was sent: not of an accepted quote, nor of a replaced one."""
    return has_right(user, Right.DRAFT_INVOICES) and quote.state in OPEN_TO_REVISION


def may_answer_online(quote: Quote, on: date) -> bool:
    """Whether the customer may still accept or refuse that day."""
    return quote.state == QuoteState.SENT and quote.valid_until is not None and on <= quote.valid_until


def signature_png(drawing: bytes) -> bytes:
    """A drawn signature, encoded anew as PNG. Refused: what is no PNG picture, weighs too much or is blank."""
    if len(drawing) > MAX_SIGNATURE_BYTES:
        raise RefusalError("La signature dessinée est trop lourde.")
    picture = readable_picture(drawing, formats=("PNG",), refusal="La signature dessinée n’est pas une image lisible.")
    if len(picture.getcolors(maxcolors=2) or (1, 2)) == 1:
        raise RefusalError("La signature dessinée est vide.")
    return bare_png(picture, side=MAX_SIGNATURE_SIDE)


def signed_file_extension(content: bytes) -> str:
    """`pdf`, `png` or `jpg`, by what the file is. Refused: anything else, and above 10 MB."""
    if len(content) > MAX_SIGNED_BYTES:
        raise RefusalError("Le document signé pèse plus de 10\u00a0Mo.")
    if content.startswith(b"%PDF-"):
        return "pdf"
    refusal = "Le document signé est un PDF, ou une image PNG ou JPEG."
    readable_picture(content, formats=("PNG", "JPEG"), refusal=refusal)
    return "png" if content.startswith(b"\x89PNG") else "jpg"
