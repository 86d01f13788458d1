"""The rooms' models, gathered for Django."""

from members.activities.models import Activity, ActivityInsurance, Logo, SplitConvention, SplitShare
from members.associates.models import Admission
from members.contracts.models import AssociateDeadline, Contract, ContractAmendment
from members.cooperative.models import Cooperative
from members.people.models import Person, User
from members.shares.models import ShareClass, ShareMovement, ShareNominal

__all__ = [
    "Activity",
    "ActivityInsurance",
    "Admission",
    "AssociateDeadline",
    "Contract",
    "ContractAmendment",
    "Cooperative",
    "Logo",
    "Person",
    "ShareClass",
    "ShareMovement",
    "ShareNominal",
    "SplitConvention",
    "SplitShare",
    "User",
]
