"""The rooms' admin classes, gathered for Django."""

from members.accompaniment.admin import InterviewAdmin, SupportAdmin, WorkshopAdmin
from members.activities.admin import ActivityAdmin
from members.alerts.admin import DeadlineAlertAdmin
from members.assemblies.admin import AssemblyAdmin, RadarAdmin
from members.associates.admin import AdmissionAdmin, CollegeAdmin, CollegeMembershipAdmin, MemberAdmin
from members.contracts.admin import ContractAdmin
from members.cooperative.admin import CooperativeAdmin, StatutesAdmin
from members.own_file.admin import ContactChangeAdmin
from members.people.admin import UserAdmin
from members.shares.admin import ShareClassAdmin, ShareMovementAdmin

__all__ = [
    "ActivityAdmin",
    "AdmissionAdmin",
    "AssemblyAdmin",
    "CollegeAdmin",
    "CollegeMembershipAdmin",
    "ContactChangeAdmin",
    "ContractAdmin",
    "CooperativeAdmin",
    "DeadlineAlertAdmin",
    "InterviewAdmin",
    "MemberAdmin",
    "RadarAdmin",
    "ShareClassAdmin",
    "ShareMovementAdmin",
    "StatutesAdmin",
    "SupportAdmin",
    "UserAdmin",
    "WorkshopAdmin",
]
