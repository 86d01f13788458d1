"""The QR code that a banking app reads to prepare a transfer (EPC069-12, version 002)."""

from decimal import Decimal
from io import BytesIO

import segno

from cae_backoffice.core.money import ZERO
from invoicing.rendering.document import FrozenDocument

LONGEST_NAME = 70
LONGEST_REFERENCE = 140
MOST = Decimal("999999999.99")
UTF_8 = "1"


def amount_to_transfer(document: FrozenDocument) -> Decimal:
    """What the buyer transfers now: the amount due without what was paid before and the retention; zero if nothing."""
    if document.is_credit_note or not document.seller.iban:
        return ZERO
    kept = document.retention.amount if document.retention else ZERO
    amount = document.amount_due - kept
    return amount if ZERO < amount <= MOST else ZERO


def epc_payload(document: FrozenDocument) -> str:
    """The lines of the code: to whom, on which account, how much, with the document's number as reference; or nothing.

    The BIC may be empty in the European Economic Area. No purpose, no structured reference, no note: what is empty at
    the end is left out.
    """
    amount = amount_to_transfer(document)
    if not amount:
        return ""
    seller = document.seller
    return "\n".join(
        (
            "BCD",
            "002",
            UTF_8,
            "SCT",
            seller.bic,
            seller.legal_name[:LONGEST_NAME],
            seller.iban,
            f"EUR{amount:.2f}",
            "",
            "",
            document.number[:LONGEST_REFERENCE],
        )
    )


def qr_code(payload: str) -> segno.QRCode:
    """With the level of error correction that the standard asks for (M)."""
    return segno.make_qr(payload, error="m", boost_error=False, encoding="utf-8")


def qr_picture(payload: str) -> bytes:
    """The code as an SVG, with the blank margin that readers need."""
    picture = BytesIO()
    qr_code(payload).save(picture, kind="svg", border=4, xmldecl=False, svgns=True, light="#fff")
    return picture.getvalue()
