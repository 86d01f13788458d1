"""Reminding customers: proposing, sending, stopping, pausing."""

from invoicing.reminders.services.load_rates import load_interest_rates
from invoicing.reminders.services.pause import lift_pause, pause_customer, pause_invoice
from invoicing.reminders.services.propose import cancel_settled, propose_reminders, stop_reminder
from invoicing.reminders.services.send_reminder import send_reminder

__all__ = [
    "cancel_settled",
    "lift_pause",
    "load_interest_rates",
    "pause_customer",
    "pause_invoice",
    "propose_reminders",
    "send_reminder",
    "stop_reminder",
]
