"""Money received and returned, what it pays, what is lost, and its unalterable record."""

from invoicing.payments.models.losses import DoubtfulReceivable, WriteOff
from invoicing.payments.models.money import (
    Allocation,
    AllocationVat,
    Bounce,
    ChequeRemittance,
    PaymentSequence,
    Receipt,
    Refund,
    RemittanceSlip,
    held_back,
    paid_so_far,
    payable,
)
from invoicing.payments.models.record import PaymentClosing, PaymentEvent

__all__ = [
    "Allocation",
    "AllocationVat",
    "Bounce",
    "ChequeRemittance",
    "DoubtfulReceivable",
    "PaymentClosing",
    "PaymentEvent",
    "PaymentSequence",
    "Receipt",
    "Refund",
    "RemittanceSlip",
    "WriteOff",
    "held_back",
    "paid_so_far",
    "payable",
]
