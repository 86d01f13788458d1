"""Quotes, their answers, and what they are written from."""

from invoicing.quotes.models.answers import ChosenOption, QuoteAcceptance, QuoteLink, QuoteRefusal
from invoicing.quotes.models.frozen import QuoteFile, QuoteSnapshot
from invoicing.quotes.models.quotes import Quote, QuoteAdjustment, QuoteLine, QuoteSequence
from invoicing.quotes.models.starts import GeneralConditions, QuoteTemplate, QuoteTemplateLine

__all__ = [
    "ChosenOption",
    "GeneralConditions",
    "Quote",
    "QuoteAcceptance",
    "QuoteAdjustment",
    "QuoteFile",
    "QuoteLine",
    "QuoteLink",
    "QuoteRefusal",
    "QuoteSequence",
    "QuoteSnapshot",
    "QuoteTemplate",
    "QuoteTemplateLine",
]
