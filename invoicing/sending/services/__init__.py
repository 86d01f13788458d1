"""Sending issued documents: by hand, by themselves, again; closing their links."""

from invoicing.sending.services.choose import choose_sending
from invoicing.sending.services.download import download
from invoicing.sending.services.send import (
    resend_document,
    revoke_link,
    send_about,
    send_automatically,
    send_document,
)

__all__ = [
    "choose_sending",
    "download",
    "resend_document",
    "revoke_link",
    "send_about",
    "send_automatically",
    "send_document",
]
