"""Putting a resolution to the vote, and what follows from its adoption."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Count, F

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.records import save_record
from members.assemblies.enums import Choice, Majority, ResolutionState, VotingMethod
from members.assemblies.models import Convocation, NominalVote, Resolution, Signature, Tally
from members.assemblies.queries import entitled, quorum_of
from members.assemblies.rules import Count as Votes
from members.assemblies.rules import is_adopted, percent_of, share_in_favour, voters_text
from members.assemblies.services.state import locked_resolution, statutes_of
from members.associates.services import admit_associate, join_college
from members.cooperative.enums import CollegeMethod
from members.people.models import Person, User

COLUMNS = {Choice.IN_FAVOUR: "in_favour", Choice.AGAINST: "against", Choice.ABSTAIN: "abstentions"}


@dataclass(frozen=True)
class CountedVotes:
    """Hands or papers counted in one college, or in the room."""

    in_favour: int
    against: int
    abstentions: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.in_favour + self.against + self.abstentions


@transaction.atomic
def open_vote(*, resolution: Resolution, on: date, by: User) -> Resolution:
    """Put a resolution to the vote of those who are there. Refused: before the day, without the quorum, while another
    vote is open, twice."""
    resolution = locked_resolution(resolution, ResolutionState.PENDING)
    assembly = resolution.assembly
    if on < assembly.held_on:
        raise RefusalError(f"L’assemblée se tient le {assembly.held_on:%d/%m/%Y}\u00a0: on n’y vote pas avant.")
    quorum = quorum_of(assembly, statutes_of(assembly))
    if quorum is None or not quorum.is_reached:
        text = voters_text(quorum) if quorum else ""
        raise RefusalError(f"Le quorum n’est pas atteint\u00a0: {text} ({statutes_of(assembly).version}).")
    resolution.state = ResolutionState.OPEN
    resolution.convened, resolution.voters = quorum.convened, quorum.voters
    save_record(instance=resolution, by=by, action="opened")
    colleges = sorted(set(assembly.convocations.values_list("college_id", flat=True)), key=lambda pk: pk or 0)
    Tally.objects.bulk_create([Tally(resolution=resolution, college_id=college) for college in colleges])
    return resolution


@transaction.atomic
def count_votes(*, resolution: Resolution, votes: Mapping[int | None, CountedVotes], by: User) -> Resolution:
    """Write down the hands, or the papers of a secret vote, counted in each college (None: in the room); it is closed.

    Refused: for a nominal vote or once ballots are in the online box, more votes than people who may vote, a college
    left out.
    """
    resolution = locked_resolution(resolution, ResolutionState.OPEN)
    if resolution.method == VotingMethod.NOMINAL:
        raise RefusalError("Un vote nominal se compte par les votes de chacun.")
    if resolution.signatures.exists():
        raise RefusalError("Des bulletins sont déjà dans l’urne en ligne : le vote s’y poursuit.")
    by_college = entitled(resolution.assembly).order_by().values("college").annotate(people=Count("pk"))
    there: dict[int | None, int] = dict(by_college.values_list("college", "people"))
    tallies = list(resolution.tallies.select_related("college"))
    if {tally.college_id for tally in tallies} != set(votes):
        raise RefusalError("Le décompte porte sur chaque collège, une fois.")
    for tally in tallies:
        counted, present = votes[tally.college_id], there.get(tally.college_id, 0)
        if min(counted.in_favour, counted.against, counted.abstentions) < 0 or counted.total > present:
            where = f" dans «\u00a0{tally.college}\u00a0»" if tally.college else ""
            raise RefusalError(f"{counted.total} voix comptées{where}, où {present} associés peuvent voter.")
        tally.in_favour, tally.against, tally.abstentions = counted.in_favour, counted.against, counted.abstentions
        tally.save()
    return _decide(resolution, by)


@transaction.atomic
def cast_nominal_vote(*, resolution: Resolution, person: Person, choice: Choice, by: User) -> NominalVote:
    """Write down what an associate votes openly. Refused: a stranger to the list, an absent, a second vote."""
    resolution = _open(resolution, VotingMethod.NOMINAL)
    voter = _voter(resolution, person)
    vote = save_record(instance=NominalVote(resolution=resolution, voter=voter, choice=choice), by=by, action="cast")
    _add_to_tally(resolution, voter, choice)
    return vote


@transaction.atomic
def cast_nominal_votes(*, resolution: Resolution, votes: Mapping[Person, Choice], by: User) -> list[NominalVote]:
    """Write down what several associates vote openly, all or none. Refused like one vote."""
    return [
        cast_nominal_vote(resolution=resolution, person=person, choice=choice, by=by)
        for person, choice in votes.items()
    ]


@transaction.atomic
def cast_ballot(*, resolution: Resolution, person: Person, choice: Choice, by: User) -> Signature:
    """Put an associate's ballot into the box. What remains: that they have voted, and counts higher by one.

    The trail names the voter, never the choice. Refused like a nominal vote.
    """
    resolution = _open(resolution, VotingMethod.SECRET)
    voter = _voter(resolution, person)
    signature = save_record(instance=Signature(resolution=resolution, voter=voter), by=by, action="signed")
    _add_to_tally(resolution, voter, choice)
    return signature


@transaction.atomic
def close_vote(*, resolution: Resolution, by: User) -> Resolution:
    """Count a nominal or a secret vote; an adopted admission is written at once. Refused: hands are counted instead,
    and a secret vote into whose box nobody has put a ballot."""
    resolution = locked_resolution(resolution, ResolutionState.OPEN)
    if resolution.method == VotingMethod.HANDS:
        raise RefusalError("Un vote à main levée se clôt par le décompte des mains.")
    if not (resolution.signatures.exists() or resolution.nominal_votes.exists()):
        raise RefusalError("Personne n’a encore voté.")
    return _decide(resolution, by)


def _open(resolution: Resolution, method: VotingMethod) -> Resolution:
    resolution = locked_resolution(resolution, ResolutionState.OPEN)
    if resolution.method != method:
        raise RefusalError(f"On vote ici ainsi\u00a0: {resolution.get_method_display().lower()}.")
    return resolution


def _voter(resolution: Resolution, person: Person) -> Convocation:
    convocation = Convocation.objects.filter(assembly=resolution.assembly, person=person).first()
    if convocation is None:
        raise RefusalError(
            f"{person} n’est pas sur la liste des associés convoqués\u00a0: seul un associé vote, d’une voix "
            "(loi 47-1775, art. 9)."
        )
    if not entitled(resolution.assembly).filter(pk=convocation.pk).exists():
        raise RefusalError(f"{person} n’est ni présent ni représenté.")
    votes = (NominalVote, Signature)
    if any(model.objects.filter(resolution=resolution, voter=convocation).exists() for model in votes):
        raise RefusalError(f"{person} a déjà voté\u00a0: une personne, une voix (loi 47-1775, art. 9).")
    return convocation


def _add_to_tally(resolution: Resolution, voter: Convocation, choice: Choice) -> None:
    column = COLUMNS[choice]
    tally = next(tally for tally in resolution.tallies.all() if tally.college_id == voter.college_id)
    Tally.objects.filter(pk=tally.pk).update(**{column: F(column) + 1})


def _decide(resolution: Resolution, by: User) -> Resolution:
    tallies = resolution.tallies.select_related("college")
    counts = [
        Votes(tally.in_favour, tally.against, tally.college.weight if tally.college else None) for tally in tallies
    ]
    statutes = statutes_of(resolution.assembly)
    share = share_in_favour(counts, CollegeMethod(statutes.college_method))
    adopted = is_adopted(share, Majority(resolution.majority))
    resolution.state = ResolutionState.ADOPTED if adopted else ResolutionState.REJECTED
    resolution.percent_in_favour = percent_of(share)
    resolution.save()
    if adopted:
        _admit(resolution, by)
    audit.record(
        by=by,
        action="resolution.decided",
        subject=resolution,
        changes={"état": resolution.get_state_display(), "pour (%)": resolution.percent_in_favour},
    )
    return resolution


def _admit(resolution: Resolution, by: User) -> None:
    """The admissions that the resolution decides: from that day on the three-year clock of each has stopped."""
    held_on = resolution.assembly.held_on
    for proposal in resolution.proposals.select_related("person", "college"):
        admit_associate(person=proposal.person, on=held_on, decision=str(resolution), by=by)
        if proposal.college is not None:
            join_college(person=proposal.person, college=proposal.college, on=held_on, by=by)
