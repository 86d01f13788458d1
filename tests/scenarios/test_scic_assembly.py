"""The yearly assembly of a SCIC with three colleges, from the convocation to the minutes.

Twelve associates: six salaried (50 % of the votes), four beneficiaries (30 %), two supporters (20 %). The statutes ask
for half of the associates and allow two proxies a person. Three entrepreneurs whose clocks run are to be admitted.
"""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from cae_backoffice.core.errors import RefusalError
from members.assemblies.enums import Choice, Majority, Presence, VotingMethod
from members.assemblies.models import Assembly, Convocation, Proxy, Resolution, Signature
from members.assemblies.queries import admission_radar, quorum_of
from members.assemblies.services import (
    CountedVotes,
    cast_ballot,
    cast_nominal_vote,
    close_assembly,
    close_vote,
    convene_assembly,
    count_votes,
    give_proxy,
    mark_presence,
    open_vote,
    propose_admission,
)
from members.associates.models import Admission, College, CollegeMembership
from members.associates.queries import members_overview
from members.associates.services import join_college
from members.contracts.enums import ContractKind
from members.cooperative.enums import LegalForm
from members.people.models import Person
from tests.members.factories import (
    clerk,
    make_admission,
    make_assembly,
    make_college,
    make_contract,
    make_cooperative,
    make_person,
    make_resolution,
    make_statutes,
)

pytestmark = pytest.mark.django_db

FOUNDED = date(2024, 1, 15)
CONVENED = date(2026, 5, 29)
DAY = date(2026, 6, 20)
SALARIED = ["Alix", "Bao", "Cleo", "Dany", "Elio", "Faye"]
BENEFICIARIES = ["Gaël", "Hana", "Ines", "Jude"]
SUPPORTERS = ["Kim", "Lou"]
CANDIDATES = {"Maé": date(2023, 9, 1), "Noa": date(2023, 11, 15), "Oli": date(2024, 2, 1)}


class Story:
    """The people and the assembly, by their first names, and the words for what they do."""

    def __init__(self) -> None:
        make_cooperative(legal_form=LegalForm.SCIC_SARL, legal_name="La Fabrique commune")
        make_statutes(FOUNDED, version="statuts du 15/01/2024")
        self.colleges = {
            name: make_college(name, weight, FOUNDED)
            for name, weight in (("Salariés", 50), ("Bénéficiaires", 30), ("Soutiens", 20))
        }
        self.people: dict[str, Person] = {}
        groups = (("Salariés", SALARIED), ("Bénéficiaires", BENEFICIARIES), ("Soutiens", SUPPORTERS))
        for college, names in groups:
            for name in names:
                self.people[name] = make_person(name, "Roux")
                make_admission(self.people[name], FOUNDED)
                join_college(person=self.people[name], college=self.colleges[college], on=FOUNDED, by=clerk())
        for name, starts_on in CANDIDATES.items():
            self.people[name] = make_person(name, "Petit")
            make_contract(self.people[name], ContractKind.CESA, starts_on)
        self.assembly: Assembly = make_assembly(DAY)

    def college_of(self, name: str) -> College:
        """By name."""
        return self.colleges[name]

    def seat(self, name: str) -> Convocation:
        """The line of the attendance sheet."""
        return Convocation.objects.get(assembly=self.assembly, person=self.people[name])

    def come(self, *names: str, presence: Presence = Presence.PRESENT) -> None:
        """They arrive."""
        for name in names:
            mark_presence(convocation=self.seat(name), presence=presence, by=clerk())

    def leave(self, *names: str) -> None:
        """They go."""
        self.come(*names, presence=Presence.ABSENT)

    def entrust(self, giver: str, holder: str) -> None:
        """A proxy."""
        give_proxy(giver=self.seat(giver), holder=self.seat(holder), on=DAY, by=clerk())

    def voters(self) -> tuple[int, bool]:
        """How many may vote, and whether the assembly may decide."""
        quorum = quorum_of(self.assembly)
        assert quorum is not None
        return quorum.voters, quorum.is_reached

    def standing(self, name: str, on: date) -> tuple[str, date | None]:
        """Status and deadline."""
        member = members_overview(on=on).get(pk=self.people[name].pk)
        return member.status, member.deadline_on


def test_the_yearly_assembly_of_a_scic(manager_client: Client) -> None:
    """Told in order."""
    story = Story()
    accounts, admissions, statutes = the_radar_names_the_candidates_and_the_agenda_is_set(story)
    the_convocation_leaves_in_time(story)
    proxies_are_given_within_the_limit(story)
    the_quorum_is_reached_lost_and_regained(story, accounts)
    the_accounts_are_approved_by_show_of_hands(story, accounts)
    three_members_are_admitted_by_secret_ballot(story, admissions)
    the_statutes_do_not_change(story, statutes)
    the_minutes_tell_it_all(story, manager_client)


def the_radar_names_the_candidates_and_the_agenda_is_set(story: Story) -> tuple[Resolution, Resolution, Resolution]:
    """Three deadlines fall within the year that follows the June assembly."""
    radar = admission_radar(on=date(2026, 5, 1))
    assert [(m.first_name, m.deadline_on, m.call, m.assembly_id) for m in radar] == [
        ("Maé", date(2026, 9, 1), "AT_ASSEMBLY", story.assembly.pk),
        ("Noa", date(2026, 11, 15), "AT_ASSEMBLY", story.assembly.pk),
        ("Oli", date(2027, 2, 1), "AT_ASSEMBLY", story.assembly.pk),
    ]
    accounts = make_resolution(story.assembly, title="Approbation des comptes 2025")
    admissions = make_resolution(story.assembly, title="Admission de trois associés", method=VotingMethod.SECRET)
    for name in CANDIDATES:
        propose_admission(
            resolution=admissions, person=story.people[name], college=story.college_of("Salariés"), by=clerk()
        )
    statutes = make_resolution(
        story.assembly, title="Siège social", majority=Majority.TWO_THIRDS, method=VotingMethod.NOMINAL
    )
    return accounts, admissions, statutes


def the_convocation_leaves_in_time(story: Story) -> None:
    """A week before is refused with its article; three weeks before, twelve associates are convened."""
    with pytest.raises(RefusalError, match=r"C\. com\. R223-20, statuts du 15/01/2024"):
        convene_assembly(assembly=story.assembly, record_on=CONVENED, convened_on=date(2026, 6, 13), by=clerk())
    story.assembly = convene_assembly(assembly=story.assembly, record_on=CONVENED, convened_on=CONVENED, by=clerk())
    convened = Convocation.objects.filter(assembly=story.assembly)
    assert convened.count() == 12
    assert {c.college.name for c in convened if c.college} == {"Salariés", "Bénéficiaires", "Soutiens"}


def proxies_are_given_within_the_limit(story: Story) -> None:
    """Alix holds two; a third is refused."""
    story.entrust("Ines", "Alix")
    story.entrust("Jude", "Alix")
    with pytest.raises(RefusalError, match="Alix Roux tient déjà 2\u00a0pouvoirs"):
        story.entrust("Lou", "Alix")
    story.entrust("Lou", "Kim")
    assert Proxy.objects.count() == 3


def the_quorum_is_reached_lost_and_regained(story: Story, accounts: Resolution) -> None:
    """Six of twelve are needed. When Alix leaves, the two that she represents are no longer there either."""
    story.come("Alix", "Bao", "Gaël")
    assert story.voters() == (5, False)
    with pytest.raises(RefusalError, match="5 présents ou représentés sur 12, il en faut 6"):
        open_vote(resolution=accounts, on=DAY, by=clerk())
    story.come("Hana", presence=Presence.REMOTE)
    assert story.voters() == (6, True)
    story.leave("Alix")
    assert story.voters() == (3, False)
    with pytest.raises(RefusalError, match="Le quorum n’est pas atteint\u00a0: 3 présents"):
        open_vote(resolution=accounts, on=DAY, by=clerk())
    story.come("Alix", "Cleo", "Kim")
    assert story.voters() == (9, True)


def the_accounts_are_approved_by_show_of_hands(story: Story, accounts: Resolution) -> None:
    """Salaried 2 for, 1 against; beneficiaries 3 for, 1 against; supporters 2 for: 33,33 + 22,5 + 20 = 75,83 %."""
    open_vote(resolution=accounts, on=DAY, by=clerk())
    count_votes(
        resolution=accounts,
        votes={
            story.college_of("Salariés").pk: CountedVotes(2, 1, 0),
            story.college_of("Bénéficiaires").pk: CountedVotes(3, 1, 0),
            story.college_of("Soutiens").pk: CountedVotes(2, 0, 0),
        },
        by=clerk(),
    )
    accounts.refresh_from_db()
    assert (accounts.state, accounts.percent_in_favour, accounts.voters) == ("ADOPTED", Decimal("75.83"), 9)


def three_members_are_admitted_by_secret_ballot(story: Story, admissions: Resolution) -> None:
    """Nobody votes twice, nobody from outside votes; the clocks of the three stop that day."""
    for name in CANDIDATES:
        assert story.standing(name, DAY)[0] == "CESA"
    open_vote(resolution=admissions, on=DAY, by=clerk())
    ballots = {
        "Alix": Choice.IN_FAVOUR, "Bao": Choice.IN_FAVOUR, "Cleo": Choice.AGAINST,
        "Gaël": Choice.IN_FAVOUR, "Hana": Choice.IN_FAVOUR, "Ines": Choice.IN_FAVOUR, "Jude": Choice.ABSTAIN,
        "Kim": Choice.AGAINST, "Lou": Choice.IN_FAVOUR,
    }  # fmt: skip
    for name, choice in ballots.items():
        cast_ballot(resolution=admissions, person=story.people[name], choice=choice, by=clerk())
    for name, sentence in (
        ("Alix", "a déjà voté"),
        ("Dany", "n’est ni présent ni représenté"),
        ("Maé", "n’est pas sur la liste des associés convoqués"),
    ):
        with pytest.raises(RefusalError, match=sentence):
            cast_ballot(resolution=admissions, person=story.people[name], choice=Choice.IN_FAVOUR, by=clerk())
    close_vote(resolution=admissions, by=clerk())
    admissions.refresh_from_db()
    assert (admissions.state, admissions.percent_in_favour) == ("ADOPTED", Decimal("73.33"))  # 33,33 + 30 + 10
    assert Signature.objects.count() == 9
    for name in CANDIDATES:
        assert story.standing(name, date(2026, 6, 19))[0] == "CESA"
        assert story.standing(name, DAY) == ("ASSOCIATE", None)
        admission = Admission.objects.get(person=story.people[name])
        assert (admission.admitted_on, admission.decision) == (DAY, "AG du 20/06/2026, résolution 2")
        membership = CollegeMembership.objects.get(person=story.people[name])
        assert (membership.college.name, membership.starts_on) == ("Salariés", DAY)
    assert list(admission_radar(on=DAY)) == []


def the_statutes_do_not_change(story: Story, statutes: Resolution) -> None:
    """Two thirds are needed: half is not enough. Those just admitted do not vote yet."""
    open_vote(resolution=statutes, on=DAY, by=clerk())
    with pytest.raises(RefusalError, match="n’est pas sur la liste"):
        cast_nominal_vote(resolution=statutes, person=story.people["Maé"], choice=Choice.IN_FAVOUR, by=clerk())
    for name in ("Alix", "Bao", "Cleo", "Gaël", "Hana", "Ines", "Jude", "Kim", "Lou"):
        choice = Choice.IN_FAVOUR if name in {"Alix", "Bao", "Gaël"} else Choice.AGAINST
        if name in {"Kim", "Lou"}:
            choice = Choice.ABSTAIN
        cast_nominal_vote(resolution=statutes, person=story.people[name], choice=choice, by=clerk())
    close_vote(resolution=statutes, by=clerk())
    statutes.refresh_from_db()
    # Salaried 33,33 of 50, beneficiaries 7,5 of 30, the supporters' 20 abstain: 40,83 of 80.
    assert (statutes.state, statutes.percent_in_favour) == ("REJECTED", Decimal("51.04"))


def the_minutes_tell_it_all(story: Story, manager_client: Client) -> None:
    """On a page that is printed and signed."""
    close_assembly(assembly=story.assembly, chair="Alix Roux", secretary="Bao Roux", on=DAY, by=clerk())
    page = manager_client.get(f"/gestion/members/assembly/{story.assembly.pk}/proces-verbal/").content.decode()
    for told in (
        "La Fabrique commune",
        "convoqués le 29/05/2026 d’après la liste des associés au 29/05/2026",
        "Associés convoqués\u00a0: 12. Présents\u00a0: 5, à distance\u00a0: 1, représentés\u00a0: 3. Quorum\u00a0: 6.",
        "Maé Petit (Salariés), Noa Petit (Salariés), Oli Petit (Salariés)",
        "La résolution est adoptée</strong>, avec 73,33\u00a0% des voix exprimées",
        "La résolution est rejetée</strong>, avec 51,04\u00a0% des voix exprimées",
        "Kim Roux\u00a0: abstention",
        "L’assemblée est close le 20/06/2026.",
    ):
        assert told in page
    assert Assembly.objects.get().state == "CLOSED"
