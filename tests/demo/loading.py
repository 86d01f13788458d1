"""The small demo that this folder's tests read: its day, its size, and how it is loaded."""

import io
from datetime import date

from django.core.management import call_command

TODAY = date(2026, 11, 23)
MEMBERS = 8


def load(members: int) -> str:
    """Load the demo as it stands on TODAY; what was printed."""
    printed = io.StringIO()
    call_command("load_demo", today=TODAY, members=members, stdout=printed)
    return printed.getvalue()
