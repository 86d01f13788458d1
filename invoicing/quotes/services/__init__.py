"""What can be done to a quote, one verb per file."""

from invoicing.quotes.services.accept import accept_by_hand, accept_online
from invoicing.quotes.services.copy import draft_from_template, duplicate_quote, revise_quote
from invoicing.quotes.services.delete_draft import delete_draft
from invoicing.quotes.services.expire import expire_quotes
from invoicing.quotes.services.hand_over import hand_over_quotes
from invoicing.quotes.services.mail_quote import mail_quote
from invoicing.quotes.services.open_link import open_link
from invoicing.quotes.services.refuse import refuse_by_hand, refuse_online
from invoicing.quotes.services.save_conditions import save_conditions
from invoicing.quotes.services.save_draft import save_draft
from invoicing.quotes.services.send_quote import send_quote
from invoicing.quotes.services.store_pdf import store_pdf
from invoicing.quotes.services.templates import delete_template, save_as_template
from invoicing.quotes.services.withdraw_quote import withdraw_quote

__all__ = [
    "accept_by_hand",
    "accept_online",
    "delete_draft",
    "delete_template",
    "draft_from_template",
    "duplicate_quote",
    "expire_quotes",
    "hand_over_quotes",
    "mail_quote",
    "open_link",
    "refuse_by_hand",
    "refuse_online",
    "revise_quote",
    "save_as_template",
    "save_conditions",
    "save_draft",
    "send_quote",
    "store_pdf",
    "withdraw_quote",
]
