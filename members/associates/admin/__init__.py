"""Members and associates on the staff's pages."""

from members.associates.admin.admissions import AdmissionAdmin
from members.associates.admin.colleges import CollegeAdmin, CollegeMembershipAdmin
from members.associates.admin.members import MemberAdmin

__all__ = ["AdmissionAdmin", "CollegeAdmin", "CollegeMembershipAdmin", "MemberAdmin"]
