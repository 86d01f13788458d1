"""What happens to an order before and beside its invoices."""

from invoicing.orders.services.amend_order import amend_order
from invoicing.orders.services.cancel_remainder import cancel_remainder
from invoicing.orders.services.hand_over import hand_over_orders
from invoicing.orders.services.order_of_quote import order_of_quote
from invoicing.orders.services.place_order import place_order
from invoicing.orders.services.plan_order import plan_order

__all__ = ["amend_order", "cancel_remainder", "hand_over_orders", "order_of_quote", "place_order", "plan_order"]
