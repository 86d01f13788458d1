"""The rooms' admin classes, gathered for Django."""

from members.activities.admin import ActivityAdmin
from members.associates.admin import AdmissionAdmin, MemberAdmin
from members.contracts.admin import ContractAdmin
from members.cooperative.admin import CooperativeAdmin
from members.people.admin import UserAdmin
from members.shares.admin import ShareClassAdmin, ShareMovementAdmin

__all__ = [
    "ActivityAdmin",
    "AdmissionAdmin",
    "ContractAdmin",
    "CooperativeAdmin",
    "MemberAdmin",
    "ShareClassAdmin",
    "ShareMovementAdmin",
    "UserAdmin",
]
