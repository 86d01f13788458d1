"""A whole assembly on the manager's pages: agenda, convocation, session, minutes."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from members.assemblies.enums import VotingMethod
from members.assemblies.models import Assembly, Convocation, NominalVote, Proxy, Resolution
from members.assemblies.services import convene_assembly
from members.associates.models import Admission, College, CollegeMembership
from members.cooperative.models import Statutes
from tests.members.factories import (
    clerk,
    make_admission,
    make_assembly,
    make_college,
    make_person,
    make_resolution,
    make_statutes,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cooperative")]
Queries = Callable[[int], AbstractContextManager[object]]
LIST = "/gestion/members/assembly/"
NAMES = ("Alix", "Bao", "Cleo", "Dany")


@pytest.fixture
def associates() -> None:
    """Four, for a long time, in a cooperative with statutes."""
    make_statutes()
    for name in NAMES:
        make_admission(make_person(name, "Hue"), timezone.localdate() - timedelta(days=400))


@pytest.fixture
def assembly(associates: None) -> Assembly:
    """Of today, convened in time, with a show of hands, a nominal and a secret vote."""
    today = timezone.localdate()
    planned = make_assembly(today)
    for method in VotingMethod:
        make_resolution(planned, title=f"Point {method.label}", method=method)
    sent_on = today - timedelta(days=20)
    return convene_assembly(assembly=planned, record_on=sent_on, convened_on=sent_on, by=clerk())


def page_of(assembly: Assembly, name: str = "change") -> str:
    """The address of one of its pages."""
    return f"{LIST}{assembly.pk}/{name}/"


def seat(name: str) -> int:
    """The id of somebody's line."""
    return Convocation.objects.get(person__first_name=name).pk


def test_planning_and_convening(manager_client: Client, associates: None) -> None:
    """The form, the agenda, too late, in time."""
    today = timezone.localdate()
    typed = {
        "kind": "ORDINARY",
        "held_on": f"{today + timedelta(days=20):%d/%m/%Y}",
        "starts_at": "18:00",
        "place": "Ici",
    }
    response = manager_client.post(f"{LIST}add/", typed)
    assert response.status_code == 302, response.context["errors"]
    assembly = Assembly.objects.get()
    candidate = make_person("Elio", "Roux")
    point = {"title": "Admission", "majority": "TWO_THIRDS", "method": "HANDS", "person_1": candidate.pk}
    assert manager_client.post(page_of(assembly, "resolution"), point).status_code == 302
    manager_client.post(page_of(assembly, "resolution"), {"title": "De trop", "majority": "SIMPLE", "method": "HANDS"})
    extra = Resolution.objects.get(title="De trop")
    assert manager_client.post(page_of(assembly, "retrait"), {"resolution": extra.pk}).status_code == 302
    page = manager_client.get(page_of(assembly)).content.decode()
    for shown in ("1. Admission", "deux tiers, vote à main levée", "Admet\u00a0: Elio Roux", "Convoquer"):
        assert shown in page
    late = {"record_on": f"{today}", "convened_on": f"{today + timedelta(days=6)}"}
    refused = manager_client.post(page_of(assembly, "convocation"), late).content.decode()
    assert "La convocation part au moins 15 jours avant l’assemblée (C. com. R223-20" in refused
    assert not Convocation.objects.exists()
    in_time = {"record_on": f"{today}", "convened_on": f"{today}"}
    assert manager_client.post(page_of(assembly, "convocation"), in_time).status_code == 302
    assert Convocation.objects.count() == 4
    frozen = manager_client.get(page_of(assembly)).content.decode()
    assert ("Convoquer" in frozen, "Séance" in frozen, 'name="place"' in frozen) == (False, True, False)
    assert manager_client.post(page_of(assembly), typed).status_code == 403


def test_a_session_from_the_attendance_to_the_minutes(manager_client: Client, assembly: Assembly) -> None:
    """Each button does one thing; a refusal is told above the page."""
    hands, nominal, secret = assembly.resolutions.order_by("number")
    session = page_of(assembly, "seance")
    refused = manager_client.post(page_of(assembly, "vote"), {"resolution": hands.pk}, follow=True)
    assert "Le quorum n’est pas atteint\u00a0: 0 présent ou représenté sur 4, il en faut 2" in refused.content.decode()
    for name, presence in (("Alix", "PRESENT"), ("Bao", "REMOTE")):
        manager_client.post(page_of(assembly, "presence"), {"seat": seat(name), "presence": presence})
    proxy = {"giver": seat("Cleo"), "holder": seat("Alix")}
    assert manager_client.post(page_of(assembly, "pouvoir"), proxy)["Location"] == session
    twice = manager_client.post(page_of(assembly, "pouvoir"), proxy).content.decode()
    assert "Cleo Hue a déjà donné pouvoir." in twice
    shown = manager_client.get(session).content.decode()
    for text in ("3 / 2", "atteint, sur 4 associés", "donné à Alix Hue", "en tient 1", "Ouvrir le vote"):
        assert text in shown
    manager_client.post(page_of(assembly, "vote"), {"resolution": hands.pk})
    tally = hands.tallies.get()
    counted = {f"in_favour_{tally.pk}": "2", f"against_{tally.pk}": "1", f"abstentions_{tally.pk}": "1"}
    count = f"{page_of(assembly, 'decompte')}?resolution={hands.pk}"
    assert "4 voix comptées, où 3 associés peuvent voter." in manager_client.post(count, counted).content.decode()
    assert manager_client.post(count, counted | {f"abstentions_{tally.pk}": "0"}).status_code == 302
    manager_client.post(page_of(assembly, "vote"), {"resolution": nominal.pk})
    votes = {f"choice_{seat('Alix')}": "AGAINST", f"choice_{seat('Cleo')}": "AGAINST", f"choice_{seat('Bao')}": ""}
    assert manager_client.post(f"{page_of(assembly, 'votes')}?resolution={nominal.pk}", votes).status_code == 302
    assert NominalVote.objects.count() == 2
    assert "2 votants" in manager_client.get(session).content.decode()
    manager_client.post(page_of(assembly, "vote-clos"), {"resolution": nominal.pk})
    assert [r.state for r in assembly.resolutions.order_by("number")] == ["ADOPTED", "REJECTED", "PENDING"]
    closing = {"chair": "Alix Hue", "secretary": "Bao Hue", "on": f"{timezone.localdate()}"}
    assert manager_client.post(page_of(assembly, "cloture"), closing).status_code == 302
    minutes = manager_client.get(page_of(assembly, "proces-verbal")).content.decode()
    for text in (
        "Résolution 1\u00a0: Point À main levée",
        "La résolution est adoptée</strong>, avec 66,67\u00a0% des voix exprimées",
        "Alix Hue\u00a0: contre",
        "Associés convoqués\u00a0: 4. Présents\u00a0: 1, à distance\u00a0: 1, représentés\u00a0: 1. Quorum\u00a0: 2.",
        "L’assemblée est close le",
    ):
        assert text in minutes
    assert "Ouvrir le vote" not in manager_client.get(session).content.decode()
    assert secret.signatures.count() == 0


def test_the_counts_of_a_secret_vote_are_hidden_while_it_is_open(manager_client: Client, assembly: Assembly) -> None:
    """Neither on the session's page nor in the minutes."""
    secret = assembly.resolutions.get(method=VotingMethod.SECRET)
    for name in NAMES:
        manager_client.post(page_of(assembly, "presence"), {"seat": seat(name), "presence": "PRESENT"})
    manager_client.post(page_of(assembly, "vote"), {"resolution": secret.pk})
    for name in ("seance", "proces-verbal"):
        assert "0 pour" not in manager_client.get(page_of(assembly, name)).content.decode()


def test_attendance_is_searched_and_taken_back(manager_client: Client, assembly: Assembly) -> None:
    """By name and by presence; buttons come back to the same place; strangers are not found."""
    manager_client.post(page_of(assembly, "pouvoir"), {"giver": seat("Cleo"), "holder": seat("Alix")})
    back = manager_client.post(
        page_of(assembly, "presence"), {"seat": seat("Bao"), "presence": "PRESENT", "back": "q=bao"}
    )
    assert back["Location"] == f"{page_of(assembly, 'seance')}?q=bao"
    found = manager_client.get(f"{page_of(assembly, 'seance')}?q=BÀO").context["page"]
    assert [c.person.first_name for c in found] == ["Bao"]
    absent = manager_client.get(f"{page_of(assembly, 'seance')}?presence=ABSENT").context["page"]
    assert [c.person.first_name for c in absent] == ["Alix", "Cleo", "Dany"]
    manager_client.post(page_of(assembly, "pouvoir-retire"), {"seat": seat("Cleo")})
    assert not Proxy.objects.exists()
    for data in ({"seat": "999999", "presence": "PRESENT"}, {"seat": seat("Bao"), "presence": "x"}, {}):
        assert manager_client.post(page_of(assembly, "presence"), data).status_code == 404
    assert manager_client.get(page_of(assembly, "presence")).status_code == 405


def test_what_is_printed(manager_client: Client, assembly: Assembly) -> None:
    """The sheet to sign, a letter for each without an address."""
    sheet = manager_client.get(page_of(assembly, "feuille")).content.decode()
    assert [name in sheet for name in NAMES] == [True] * 4
    letters = manager_client.get(page_of(assembly, "lettres")).content.decode()
    assert letters.count('class="letter"') == 4
    assert "Point À bulletin secret" in letters


def test_an_accountant_reads_and_changes_nothing(accountant_client: Client, assembly: Assembly) -> None:
    """Pages yes, buttons no."""
    page = accountant_client.get(page_of(assembly, "seance")).content.decode()
    assert ("Résolutions" in page, "Ouvrir le vote" in page) == (True, False)
    for name in ("presence", "vote", "convocation", "cloture", "resolution"):
        assert accountant_client.post(page_of(assembly, name), {}).status_code == 403


def test_the_list_shows_state_and_filters(manager_client: Client, assembly: Assembly) -> None:
    """Planned, convened, closed."""
    make_assembly(timezone.localdate() + timedelta(days=60))
    for state, number in (("PLANNED", 1), ("CONVENED", 1), ("CLOSED", 0), ("", 2)):
        response = manager_client.get(f"{LIST}?state={state}")
        assert len(response.context["cl"].result_list) == number, state


def test_list_and_session_cost_the_same_with_one_and_three(
    manager_client: Client, assembly: Assembly, django_assert_num_queries: Queries
) -> None:
    """Assemblies in the list; people and resolutions in the session."""
    for _ in range(2):
        for address, queries in ((LIST, 7), (page_of(assembly, "seance"), 13)):
            manager_client.get(address)
            with django_assert_num_queries(queries):
                manager_client.get(address)
        for name in NAMES[:3]:
            manager_client.post(page_of(assembly, "presence"), {"seat": seat(name), "presence": "PRESENT"})
        for days in (60, 90):
            make_assembly(timezone.localdate() + timedelta(days=days))


def test_statutes_and_colleges_are_kept_by_the_manager(manager_client: Client) -> None:
    """Fifteen days at least, ten to fifty percent; placing somebody ends the place before."""
    typed = {
        "version": "Statuts de 2026",
        "starts_on": "2026-01-01",
        "convening_days": "14",
        "proxies_per_holder": "1",
        "quorum_ordinary": "25",
        "quorum_extraordinary": "50",
        "quorum_second_call": "0",
        "college_method": "MAJORITY",
    }
    refused = manager_client.post("/gestion/members/statutes/add/", typed)
    assert refused.status_code == 200
    assert not Statutes.objects.exists()
    assert manager_client.post("/gestion/members/statutes/add/", typed | {"convening_days": "21"}).status_code == 302
    assert Statutes.objects.get().convening_days == 21
    college = {"name": "Salariés", "weight": "9", "starts_on": "2020-01-01"}
    assert manager_client.post("/gestion/members/college/add/", college).status_code == 200
    assert manager_client.post("/gestion/members/college/add/", college | {"weight": "33.5"}).status_code == 302
    added, other = College.objects.get(), make_college("Soutiens", 20)
    person = make_person()
    for where, day in ((added, "2026-01-01"), (other, "2026-03-01")):
        place = {"person": person.pk, "college": where.pk, "starts_on": day}
        assert manager_client.post("/gestion/members/collegemembership/add/", place).status_code == 302
    assert [m.ends_on is None for m in CollegeMembership.objects.order_by("starts_on")] == [False, True]
    page = manager_client.get("/gestion/members/college/").content.decode()
    assert "33,5\u00a0%" in page
    assert not Admission.objects.exists()
