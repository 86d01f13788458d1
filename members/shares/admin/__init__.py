"""Shares on the staff's pages."""

from members.shares.admin.classes import ShareClassAdmin
from members.shares.admin.movements import ShareMovementAdmin

__all__ = ["ShareClassAdmin", "ShareMovementAdmin"]
