"""The small demo that this folder's tests read: its day, its size, and how it is loaded."""

import io
from datetime import date

from django.core.management import call_command

TODAY = date(2026, 11, 23)
MEMBERS = 8


def load(members: int, today: date = TODAY) -> str:
    """Load the demo as it stands on a day; what was printed."""
    printed = io.StringIO()
    call_command("load_demo", today=today, members=members, stdout=printed)
    return printed.getvalue()
