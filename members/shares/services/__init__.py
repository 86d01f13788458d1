"""Writing the register of shares, one verb per file."""

from members.shares.services.convert import convert_into_shares
from members.shares.services.pay import pay_shares
from members.shares.services.share_class import create_share_class, set_nominal
from members.shares.services.subscribe import Subscription, subscribe
from members.shares.services.transfer import transfer_shares
from members.shares.services.withdraw import cancel_shares, refund_shares

__all__ = [
    "Subscription",
    "cancel_shares",
    "convert_into_shares",
    "create_share_class",
    "pay_shares",
    "refund_shares",
    "set_nominal",
    "subscribe",
    "transfer_shares",
]
