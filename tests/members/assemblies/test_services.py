"""Planning, convening, attending and voting: what is written, and what is refused with its rule."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from decimal import Decimal

import pytest

from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from members.assemblies.enums import Choice, Presence, VotingMethod
from members.assemblies.models import (
    AdmissionProposal,
    Assembly,
    Convocation,
    NominalVote,
    Proxy,
    Resolution,
    Signature,
    Tally,
)
from members.assemblies.queries import agenda, attendance, entitled, quorum_of
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
    plan_assembly,
    propose_admission,
    remove_resolution,
    revoke_proxy,
)
from members.associates.enums import AssociateExit
from members.associates.models import Admission, CollegeMembership
from members.associates.services import end_admission, join_college
from members.cooperative.enums import LegalForm
from members.people.models import Person
from tests.members.factories import (
    clerk,
    make_admission,
    make_assembly,
    make_college,
    make_cooperative,
    make_person,
    make_resolution,
    make_statutes,
)

pytestmark = pytest.mark.django_db
Queries = Callable[[int], AbstractContextManager[object]]
DAY = date(2026, 6, 20)
RECORD = date(2026, 5, 30)


@pytest.fixture
def people(db: None) -> list[Person]:
    """Six associates of a cooperative that has its statutes."""
    make_statutes()
    names = ("Alix", "Bao", "Cleo", "Dany", "Elio", "Faye")
    found = [make_person(name, "Hue") for name in names]
    for person in found:
        make_admission(person, date(2025, 6, 14))
    return found


def convene(assembly: Assembly, on: date = RECORD, record_on: date = RECORD) -> Assembly:
    """In time, unless said otherwise."""
    return convene_assembly(assembly=assembly, record_on=record_on, convened_on=on, by=clerk())


@pytest.fixture
def resolution(people: list[Person]) -> Resolution:
    """The one point of a convened assembly at which nobody sits yet."""
    found = make_resolution(make_assembly(DAY))
    convene(found.assembly)
    return Resolution.objects.get(pk=found.pk)


def seat(resolution: Resolution, people: list[Person], presence: Presence = Presence.PRESENT) -> None:
    """They come."""
    for person in people:
        mark_presence(convocation=seat_of(resolution, person), presence=presence, by=clerk())


def seat_of(resolution: Resolution, person: Person) -> Convocation:
    """Their line of the attendance sheet."""
    return Convocation.objects.get(assembly=resolution.assembly, person=person)


def with_method(resolution: Resolution, method: VotingMethod) -> Resolution:
    """The same put to the vote in another way."""
    Resolution.objects.filter(pk=resolution.pk).update(method=method)
    return open_vote(resolution=resolution, on=DAY, by=clerk())


def test_an_agenda_grows_and_shrinks_until_it_is_convened(people: list[Person]) -> None:
    """Numbers follow one another."""
    assembly = make_assembly(DAY)
    resolutions = [make_resolution(assembly, title=title) for title in ("Un", "Deux", "Trois")]
    propose_admission(resolution=resolutions[1], person=make_person("Gaël"), college=None, by=clerk())
    remove_resolution(resolution=resolutions[1], by=clerk())
    assert [(r.number, r.title) for r in agenda(assembly)] == [(1, "Un"), (2, "Trois")]
    assert not AdmissionProposal.objects.exists()
    assembly.place = "Ailleurs"
    plan_assembly(assembly=assembly, by=clerk())
    convene(assembly)
    for act in (
        lambda: plan_assembly(assembly=Assembly.objects.get(), by=clerk()),
        lambda: make_resolution(assembly),
        lambda: remove_resolution(resolution=resolutions[0], by=clerk()),
        lambda: propose_admission(resolution=resolutions[0], person=make_person("H"), college=None, by=clerk()),
    ):
        with pytest.raises(RefusalError, match="est convoquée\u00a0: son ordre du jour ne change plus"):
            act()
    assert Resolution.objects.count() == 2


def test_convening_draws_up_the_list_of_the_record_date(people: list[Person]) -> None:
    """Those admitted until then and not gone; later changes do not matter."""
    admission = Admission.objects.get(person=people[0])
    end_admission(admission=admission, on=RECORD - timedelta(days=1), reason=AssociateExit.RESIGNATION, by=clerk())
    make_admission(make_person("Late"), RECORD + timedelta(days=1))
    make_admission(make_person("Just"), RECORD)
    assembly = make_assembly(DAY)
    make_resolution(assembly)
    convene(assembly)
    stored = Assembly.objects.get()
    assert (stored.state, stored.record_on, stored.convened_on) == ("CONVENED", RECORD, RECORD)
    assert [c.person.first_name for c in attendance(stored)] == ["Bao", "Cleo", "Dany", "Elio", "Faye", "Just"]
    assert history_of(stored)[0].changes["associés"] == 6
    with pytest.raises(RefusalError, match="déjà convoquée, depuis le 30/05/2026"):
        convene(assembly)


@pytest.mark.parametrize(
    ("legal_form", "source"),
    [
        (LegalForm.SCOP_SARL, "C. com. R223-20, statuts du 01/01/2020"),
        (LegalForm.SCIC_SA, "C. com. R225-69, statuts du 01/01/2020"),
        (LegalForm.SCOP_SAS, "statuts du 01/01/2020"),
    ],
)
def test_an_assembly_is_not_convened_too_late(people: list[Person], legal_form: LegalForm, source: str) -> None:
    """Fifteen days before, with the article of the company's form; the last day in time is allowed."""
    make_cooperative(legal_form=legal_form)
    assembly = make_assembly(DAY)
    make_resolution(assembly)
    with pytest.raises(RefusalError) as refusal:
        convene(assembly, date(2026, 6, 6))
    assert str(refusal.value) == (
        f"La convocation part au moins 15 jours avant l’assemblée ({source})\u00a0: pour le 20/06/2026, "
        "au plus tard le 05/06/2026."
    )
    assert (Assembly.objects.get().state, Convocation.objects.count()) == ("PLANNED", 0)
    convene(assembly, date(2026, 6, 5))
    assert Convocation.objects.count() == 6


def test_what_a_convocation_needs(people: list[Person]) -> None:
    """An agenda, a list drawn up in time, statutes, associates."""
    assembly = make_assembly(DAY)
    with pytest.raises(RefusalError, match="L’ordre du jour est vide"):
        convene(assembly)
    make_resolution(assembly)
    with pytest.raises(RefusalError, match="arrêtée au plus tard le jour de la convocation"):
        convene(assembly, record_on=RECORD + timedelta(days=1))
    with pytest.raises(RefusalError, match="Personne n’est associé le 01/01/2025"):
        convene(assembly, record_on=date(2025, 1, 1))
    early = make_assembly(date(2019, 12, 31))
    with pytest.raises(RefusalError, match="Aucune version des statuts n’est en vigueur le 31/12/2019"):
        convene(early)
    assert not Convocation.objects.exists()


def test_with_colleges_everybody_has_one(people: list[Person]) -> None:
    """Associates and candidates; the weights make a whole."""
    colleges = [make_college("Salariés", 50), make_college("Bénéficiaires", 30)]
    assembly = make_assembly(DAY)
    resolution = make_resolution(assembly)
    with pytest.raises(RefusalError, match="pèsent ensemble 100\u00a0% des voix, et non 80,00\u00a0%"):
        convene(assembly)
    colleges.append(make_college("Soutiens", 20))
    for person in people[:4]:
        join_college(person=person, college=colleges[0], on=date(2025, 6, 14), by=clerk())
    with pytest.raises(RefusalError, match="Sans collège le 20/06/2026\u00a0: Elio Hue, Faye Hue"):
        convene(assembly)
    for person in people[4:]:
        join_college(person=person, college=colleges[1], on=RECORD, by=clerk())
    propose_admission(resolution=resolution, person=make_person("Gaël"), college=None, by=clerk())
    with pytest.raises(RefusalError, match="Sans collège le 20/06/2026\u00a0: Gaël Martin"):
        convene(assembly)
    AdmissionProposal.objects.update(college=colleges[2])
    convene(assembly)
    assert [c.college.name for c in attendance(assembly) if c.college] == ["Salariés"] * 4 + ["Bénéficiaires"] * 2


def test_changing_college_ends_the_one_before(people: list[Person]) -> None:
    """From the day on; not before it began."""
    first, second = make_college("Salariés", 50), make_college("Soutiens", 50)
    join_college(person=people[0], college=first, on=DAY, by=clerk())
    with pytest.raises(RefusalError, match="Alix Hue est déjà dans «\u00a0Salariés\u00a0» depuis le 20/06/2026"):
        join_college(person=people[0], college=second, on=DAY, by=clerk())
    join_college(person=people[0], college=second, on=date(2026, 7, 1), by=clerk())
    assert [(m.college.name, m.ends_on) for m in CollegeMembership.objects.order_by("starts_on")] == [
        ("Salariés", date(2026, 6, 30)),
        ("Soutiens", None),
    ]


def test_quorum_follows_those_who_come_and_leave(resolution: Resolution, people: list[Person]) -> None:
    """Present, remote, represented while the holder sits; coming ends one's proxy."""
    alix, bao, cleo = (seat_of(resolution, person) for person in people[:3])
    quorum = quorum_of(resolution.assembly)
    assert quorum is not None
    assert (quorum.convened, quorum.voters, quorum.required, quorum.is_reached) == (6, 0, 3, False)
    give_proxy(giver=bao, holder=alix, on=DAY, by=clerk())
    assert [counted(resolution)] == [(0, 0, 0)]
    mark_presence(convocation=alix, presence=Presence.PRESENT, by=clerk())
    assert counted(resolution) == (1, 0, 1)
    mark_presence(convocation=cleo, presence=Presence.REMOTE, by=clerk())
    assert counted(resolution) == (1, 1, 1)
    mark_presence(convocation=alix, presence=Presence.ABSENT, by=clerk())
    assert counted(resolution) == (0, 1, 0)
    mark_presence(convocation=alix, presence=Presence.PRESENT, by=clerk())
    mark_presence(convocation=bao, presence=Presence.PRESENT, by=clerk())
    assert counted(resolution) == (2, 1, 0)
    assert not Proxy.objects.exists()
    mark_presence(convocation=bao, presence=Presence.ABSENT, by=clerk())
    assert counted(resolution) == (1, 1, 0)


def counted(resolution: Resolution) -> tuple[int, int, int]:
    """Present, remote, represented."""
    quorum = quorum_of(resolution.assembly)
    assert quorum is not None
    assert quorum.voters == entitled(resolution.assembly).count()
    return quorum.present, quorum.remote, quorum.represented


def test_proxies_refused(resolution: Resolution, people: list[Person]) -> None:
    """Beyond the limit, to oneself, twice, in a chain, by somebody who sits, to a stranger."""
    alix, bao, cleo, dany, elio, faye = (seat_of(resolution, person) for person in people)
    for giver in (bao, cleo):
        give_proxy(giver=giver, holder=alix, on=DAY, by=clerk())
    mark_presence(convocation=faye, presence=Presence.PRESENT, by=clerk())
    other = make_resolution(make_assembly(date(2026, 12, 5)))
    convene(other.assembly)
    for giver, holder, sentence in (
        (
            dany,
            alix,
            "Alix Hue tient déjà 2\u00a0pouvoirs, le plus que permettent les statuts (statuts du ",
        ),
        (dany, dany, "Un pouvoir se donne à quelqu’un d’autre."),
        (bao, dany, "Bao Hue a déjà donné pouvoir."),
        (dany, bao, "Bao Hue a donné pouvoir à quelqu’un d’autre."),
        (alix, elio, "Alix Hue tient des pouvoirs."),
        (faye, elio, "Faye Hue est présent\u00a0: son vote ne se délègue pas."),
        (dany, seat_of(other, people[4]), "Elio Hue n’est pas convoqué à cette assemblée."),
    ):
        with pytest.raises(RefusalError) as refusal:
            give_proxy(giver=giver, holder=holder, on=DAY, by=clerk())
        assert sentence in str(refusal.value)
    assert Proxy.objects.count() == 2
    revoke_proxy(proxy=Proxy.objects.get(giver=bao), by=clerk())
    give_proxy(giver=dany, holder=alix, on=DAY, by=clerk())


def test_no_vote_without_quorum_nor_before_the_day(resolution: Resolution, people: list[Person]) -> None:
    """The words say how many it takes."""
    seat(resolution, people[:2])
    with pytest.raises(RefusalError) as refusal:
        open_vote(resolution=resolution, on=DAY, by=clerk())
    assert str(refusal.value) == (
        "Le quorum n’est pas atteint\u00a0: 2 présents ou représentés sur 6, il en faut 3 (statuts du 01/01/2020)."
    )
    seat(resolution, people[2:3])
    with pytest.raises(RefusalError, match="L’assemblée se tient le 20/06/2026\u00a0: on n’y vote pas avant"):
        open_vote(resolution=resolution, on=DAY - timedelta(days=1), by=clerk())
    assert Resolution.objects.get().state == "PENDING"
    opened = open_vote(resolution=resolution, on=DAY, by=clerk())
    assert (opened.state, opened.convened, opened.voters) == ("OPEN", 6, 3)
    with pytest.raises(RefusalError, match="La résolution 1 est dans l’état «\u00a0vote ouvert\u00a0»"):
        open_vote(resolution=resolution, on=DAY, by=clerk())


def test_a_show_of_hands(resolution: Resolution, people: list[Person]) -> None:
    """Never more hands than people; then the result is there for ever."""
    seat(resolution, people[:5])
    open_vote(resolution=resolution, on=DAY, by=clerk())
    refusals: list[tuple[dict[int | None, CountedVotes], str]] = [
        ({None: CountedVotes(4, 1, 1)}, "6 voix comptées, où 5 associés peuvent voter."),
        ({None: CountedVotes(4, -1, 0)}, "3 voix comptées"),
        ({}, "Le décompte porte sur chaque collège, une fois."),
    ]
    for votes, sentence in refusals:
        with pytest.raises(RefusalError, match=sentence):
            count_votes(resolution=resolution, votes=votes, by=clerk())
    with pytest.raises(RefusalError, match="se clôt par le décompte des mains"):
        close_vote(resolution=resolution, by=clerk())
    count_votes(resolution=resolution, votes={None: CountedVotes(2, 1, 2)}, by=clerk())
    decided = Resolution.objects.get()
    assert (decided.state, decided.percent_in_favour) == ("ADOPTED", Decimal("66.67"))
    with pytest.raises(RefusalError, match="«\u00a0adoptée\u00a0»"):
        count_votes(resolution=resolution, votes={None: CountedVotes(0, 1, 0)}, by=clerk())


def test_nominal_votes(resolution: Resolution, people: list[Person]) -> None:
    """One each, of those who are there or represented; each is kept with its name."""
    seat(resolution, people[:4])
    give_proxy(giver=seat_of(resolution, people[4]), holder=seat_of(resolution, people[0]), on=DAY, by=clerk())
    opened = with_method(resolution, VotingMethod.NOMINAL)
    with pytest.raises(RefusalError, match="Personne n’a encore voté"):
        close_vote(resolution=opened, by=clerk())
    with pytest.raises(RefusalError, match="se compte par les votes de chacun"):
        count_votes(resolution=opened, votes={None: CountedVotes(1, 0, 0)}, by=clerk())
    for person, choice in zip(people, [*[Choice.IN_FAVOUR] * 2, *[Choice.AGAINST] * 3], strict=False):
        cast_nominal_vote(resolution=opened, person=person, choice=choice, by=clerk())
    for person, sentence in (
        (people[0], "Alix Hue a déjà voté\u00a0: une personne, une voix (loi 47-1775, art. 9)."),
        (people[5], "Faye Hue n’est ni présent ni représenté."),
        (make_person("Gaël"), "Gaël Martin n’est pas sur la liste des associés convoqués\u00a0: seul un associé vote"),
    ):
        with pytest.raises(RefusalError) as refusal:
            cast_nominal_vote(resolution=opened, person=person, choice=Choice.IN_FAVOUR, by=clerk())
        assert sentence in str(refusal.value)
    close_vote(resolution=opened, by=clerk())
    decided = Resolution.objects.get()
    assert (decided.state, decided.percent_in_favour) == ("REJECTED", Decimal("40.00"))
    assert NominalVote.objects.count() == 5


def test_a_secret_ballot_leaves_no_trace_of_who_voted_what(resolution: Resolution, people: list[Person]) -> None:
    """Signatures on one side, counts on the other; nothing in the trail or in any table joins them."""
    seat(resolution, people)
    opened = with_method(resolution, VotingMethod.SECRET)
    choices = [Choice.IN_FAVOUR, Choice.AGAINST, Choice.IN_FAVOUR, Choice.ABSTAIN, Choice.IN_FAVOUR]
    for person, choice in zip(people, choices, strict=False):
        cast_ballot(resolution=opened, person=person, choice=choice, by=clerk())
    with pytest.raises(RefusalError, match="Bao Hue a déjà voté"):
        cast_ballot(resolution=opened, person=people[1], choice=Choice.IN_FAVOUR, by=clerk())
    with pytest.raises(RefusalError, match="déjà dans l’urne en ligne"):
        count_votes(resolution=opened, votes={None: CountedVotes(6, 0, 0)}, by=clerk())
    with pytest.raises(RefusalError, match="On vote ici ainsi\u00a0: à bulletin secret"):
        cast_nominal_vote(resolution=opened, person=people[5], choice=Choice.AGAINST, by=clerk())
    tally = Tally.objects.get()
    assert (tally.in_favour, tally.against, tally.abstentions) == (3, 1, 1)
    signatures = list(Signature.objects.all())
    assert [s.voter.person for s in sorted(signatures, key=lambda s: s.pk)] == people[:5]
    assert {field.name for field in Signature._meta.get_fields()} == {"id", "resolution", "voter"}
    assert {field.name for field in Tally._meta.get_fields()} == {
        "id", "resolution", "college", "in_favour", "against", "abstentions",
    }  # fmt: skip
    for signature in signatures:
        (event,) = history_of(signature)
        assert set(event.changes) == {"resolution_id", "voter_id"}
        assert not any(str(choice) in f"{event.changes}{event.subject_label}" for choice in Choice)
    close_vote(resolution=opened, by=clerk())
    assert Resolution.objects.get().percent_in_favour == Decimal("75.00")


def test_a_secret_ballot_on_paper_is_counted(resolution: Resolution, people: list[Person]) -> None:
    """While the online box is empty."""
    seat(resolution, people[:4])
    opened = with_method(resolution, VotingMethod.SECRET)
    count_votes(resolution=opened, votes={None: CountedVotes(1, 3, 0)}, by=clerk())
    assert (Resolution.objects.get().state, Signature.objects.count()) == ("REJECTED", 0)


def test_an_adopted_admission_is_written_at_once(people: list[Person]) -> None:
    """With its decision; a rejected one writes nothing; an associate is not proposed."""
    assembly = make_assembly(DAY)
    candidates = [make_person("Gaël", "Ybert"), make_person("Hana", "Zola")]
    resolutions = [make_resolution(assembly, title=f"Admission de {person}") for person in candidates]
    for resolution, person in zip(resolutions, candidates, strict=True):
        propose_admission(resolution=resolution, person=person, college=None, by=clerk())
    with pytest.raises(RefusalError, match="figure déjà dans la résolution"):
        propose_admission(resolution=resolutions[0], person=candidates[0], college=None, by=clerk())
    with pytest.raises(RefusalError, match="Alix Hue est déjà associé le 20/06/2026"):
        propose_admission(resolution=resolutions[0], person=people[0], college=None, by=clerk())
    convene(assembly)
    seat(resolutions[0], people)
    for resolution, votes in zip(resolutions, (CountedVotes(6, 0, 0), CountedVotes(2, 4, 0)), strict=True):
        open_vote(resolution=resolution, on=DAY, by=clerk())
        count_votes(resolution=resolution, votes={None: votes}, by=clerk())
    admissions = Admission.objects.filter(person__in=candidates)
    assert [(a.person.first_name, a.admitted_on, a.decision) for a in admissions] == [
        ("Gaël", DAY, "AG du 20/06/2026, résolution 1")
    ]


def test_a_decision_that_cannot_be_written_is_not_taken(people: list[Person]) -> None:
    """The candidate became an associate meanwhile: the vote stays open, nothing is half done."""
    candidate = make_person("Gaël")
    resolution = make_resolution(make_assembly(DAY))
    propose_admission(resolution=resolution, person=candidate, college=None, by=clerk())
    convene(resolution.assembly)
    seat(resolution, people)
    make_admission(candidate, date(2026, 6, 1))
    open_vote(resolution=resolution, on=DAY, by=clerk())
    with pytest.raises(RefusalError, match="déjà associée"):
        count_votes(resolution=resolution, votes={None: CountedVotes(6, 0, 0)}, by=clerk())
    assert (Resolution.objects.get().state, Tally.objects.get().in_favour) == ("OPEN", 0)


def test_closing_an_assembly(resolution: Resolution, people: list[Person]) -> None:
    """Not while a vote is open, not before its day, with a chair; then nothing changes."""
    seat(resolution, people)
    assembly = resolution.assembly

    def close(chair: str = "Alix Hue", on: date = DAY) -> None:
        close_assembly(assembly=assembly, chair=chair, secretary="Bao Hue", on=on, by=clerk())

    open_vote(resolution=resolution, on=DAY, by=clerk())
    with pytest.raises(RefusalError, match="Un vote est encore ouvert"):
        close()
    count_votes(resolution=resolution, votes={None: CountedVotes(6, 0, 0)}, by=clerk())
    with pytest.raises(RefusalError, match="nomme qui a présidé"):
        close(" ")
    with pytest.raises(RefusalError, match="se clôt le jour où elle se tient, ou après"):
        close(on=DAY - timedelta(days=1))
    assert Assembly.objects.get().closed_on is None
    close()
    assert Assembly.objects.get().state == "CLOSED"
    with pytest.raises(RefusalError, match="L’assemblée est close\u00a0: rien n’y change plus"):
        close()
    with pytest.raises(RefusalError, match="L’assemblée est close\u00a0: rien n’y change plus"):
        seat(resolution, people[:1], Presence.ABSENT)


@pytest.mark.parametrize("number", [1, 3])
def test_quorum_and_attendance_cost_the_same(number: int, django_assert_num_queries: Queries) -> None:
    """Whatever the number."""
    make_statutes()
    for i in range(number):
        make_admission(make_person(f"P{i}"), date(2025, 6, 14))
    resolution = make_resolution(make_assembly(DAY))
    convene(resolution.assembly)
    assembly = Assembly.objects.get()
    with django_assert_num_queries(2):
        quorum_of(assembly)
    with django_assert_num_queries(1):
        assert len([(str(c.person), c.college) for c in attendance(assembly)]) == number
