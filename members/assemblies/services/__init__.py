"""Holding a general assembly, one verb per file."""

from members.assemblies.services.attend import give_proxy, mark_presence, revoke_proxy
from members.assemblies.services.close import close_assembly
from members.assemblies.services.convene import convene_assembly
from members.assemblies.services.plan import (
    add_resolution,
    plan_assembly,
    propose_admission,
    propose_due_admissions,
    remove_resolution,
)
from members.assemblies.services.send import send_convocation
from members.assemblies.services.vote import (
    CountedVotes,
    cast_ballot,
    cast_nominal_vote,
    cast_nominal_votes,
    close_vote,
    count_votes,
    open_vote,
)

__all__ = [
    "CountedVotes",
    "add_resolution",
    "cast_ballot",
    "cast_nominal_vote",
    "cast_nominal_votes",
    "close_assembly",
    "close_vote",
    "convene_assembly",
    "count_votes",
    "give_proxy",
    "mark_presence",
    "open_vote",
    "plan_assembly",
    "propose_admission",
    "propose_due_admissions",
    "remove_resolution",
    "revoke_proxy",
    "send_convocation",
]
