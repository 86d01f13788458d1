"""Everything a quote sent on a day is made of, read at once."""

from dataclasses import dataclass
from datetime import date

from invoicing.mentions.models import LegalText
from invoicing.pricing.rules import TypedAdjustment
from invoicing.quotes.models import GeneralConditions, Quote, QuoteLine
from invoicing.quotes.queries.quotes import adjustments_of, conditions_for, lines_of
from members.activities.enums import Sector
from members.activities.models import ActivityInsurance
from members.activities.queries import decennial_insurance
from members.contracts.queries import InvoicingRight, invoicing_right
from members.cooperative.models import Cooperative
from members.cooperative.queries import the_cooperative


@dataclass(frozen=True)
class QuoteMaterial:
    """The records a quote is built from, on the day it is sent."""

    quote: Quote
    lines: tuple[QuoteLine, ...]
    adjustments: tuple[TypedAdjustment, ...]
    cooperative: Cooperative | None
    right: InvoicingRight
    insurance: ActivityInsurance | None
    conditions: GeneralConditions | None
    texts: dict[str, str]
    on: date

    @property
    def is_construction(self) -> bool:
        """Whether the activity builds: its insurance is printed (loi 96-603, art. 22-2)."""
        return bool(self.quote.activity.sector == Sector.CONSTRUCTION)


def quote_material(quote: Quote, on: date) -> QuoteMaterial:
    """Read what this quote would be made of if it were sent that day."""
    is_construction = quote.activity.sector == Sector.CONSTRUCTION
    return QuoteMaterial(
        quote=quote,
        lines=tuple(lines_of(quote)),
        adjustments=tuple(adjustments_of(quote)),
        cooperative=the_cooperative(),
        right=invoicing_right(quote.activity, on),
        insurance=decennial_insurance(quote.activity, on) if is_construction else None,
        conditions=conditions_for(quote.activity, on),
        texts={text.code: text.text for text in LegalText.objects.in_force(on)},
        on=on,
    )
