"""Accompaniment on the staff's pages."""

from members.accompaniment.admin.interviews import InterviewAdmin, SupportAdmin
from members.accompaniment.admin.workshops import WorkshopAdmin

__all__ = ["InterviewAdmin", "SupportAdmin", "WorkshopAdmin"]
