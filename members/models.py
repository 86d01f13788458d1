"""The rooms' models, gathered for Django."""

from members.accompaniment.models import (
    Interview,
    InterviewNote,
    SupportedMember,
    Workshop,
    WorkshopRegistration,
)
from members.activities.models import Activity, ActivityInsurance, Logo, SplitConvention, SplitShare
from members.alerts.models import DeadlineAlert
from members.assemblies.models import (
    AdmissionProposal,
    Assembly,
    Convocation,
    NominalVote,
    Proxy,
    RadarMember,
    Resolution,
    Signature,
    Tally,
)
from members.associates.models import Admission, College, CollegeMembership
from members.calendars.models import CalendarLink
from members.contracts.models import AssociateDeadline, Contract, ContractAmendment
from members.cooperative.models import Cooperative, Statutes
from members.own_file.models import ContactChange
from members.people.models import Person, User
from members.shares.models import ShareClass, ShareMovement, ShareNominal

__all__ = [
    "Activity",
    "ActivityInsurance",
    "Admission",
    "AdmissionProposal",
    "Assembly",
    "AssociateDeadline",
    "CalendarLink",
    "College",
    "CollegeMembership",
    "ContactChange",
    "Contract",
    "ContractAmendment",
    "Convocation",
    "Cooperative",
    "DeadlineAlert",
    "Interview",
    "InterviewNote",
    "Logo",
    "NominalVote",
    "Person",
    "Proxy",
    "RadarMember",
    "Resolution",
    "ShareClass",
    "ShareMovement",
    "ShareNominal",
    "Signature",
    "SplitConvention",
    "SplitShare",
    "Statutes",
    "SupportedMember",
    "Tally",
    "User",
    "Workshop",
    "WorkshopRegistration",
]
