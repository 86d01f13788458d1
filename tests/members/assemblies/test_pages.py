"""An associate's own assemblies, and the secret vote from a phone."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from members.assemblies.enums import Presence, VotingMethod
from members.assemblies.models import Assembly, Convocation, Resolution, Signature, Tally
from members.assemblies.services import (
    convene_assembly,
    give_proxy,
    mark_presence,
    open_vote,
    send_convocation,
)
from members.assemblies.tasks import send_convocations
from members.people.models import Person
from tests.conftest import signed_in
from tests.members.factories import (
    clerk,
    make_admission,
    make_assembly,
    make_cooperative,
    make_entrepreneur,
    make_person,
    make_resolution,
    make_statutes,
)

pytestmark = pytest.mark.django_db
Queries = Callable[[int], AbstractContextManager[object]]
DAY = date(2026, 6, 20)


@pytest.fixture
def people() -> list[Person]:
    """Three associates with accounts, and one without who has given Alix a proxy."""
    make_cooperative()
    make_statutes()
    found = [make_entrepreneur(name, "Hue") for name in ("Alix", "Bao", "Cleo")]
    found.append(make_person("Dany", "Hue", email="dany@example.org"))
    for person in found:
        make_admission(person, date(2025, 6, 14))
    return found


@pytest.fixture
def resolution(people: list[Person]) -> Resolution:
    """A secret vote that is open; Alix and Bao sit, Alix speaks for Dany too."""
    resolution = make_resolution(make_assembly(DAY), title="Élection du gérant", method=VotingMethod.SECRET)
    convene_assembly(assembly=resolution.assembly, record_on=date(2026, 5, 1), convened_on=date(2026, 5, 1), by=clerk())
    seats = {seat.person.first_name: seat for seat in Convocation.objects.all()}
    give_proxy(giver=seats["Dany"], holder=seats["Alix"], on=DAY, by=clerk())
    for name in ("Alix", "Bao"):
        mark_presence(convocation=seats[name], presence=Presence.PRESENT, by=clerk())
    return open_vote(resolution=resolution, on=DAY, by=clerk())


def client_of(person: Person) -> Client:
    """Their browser."""
    assert person.user is not None
    return signed_in(person.user)


def ballot(resolution: Resolution, person: Person, choice: str = "IN_FAVOUR") -> dict[str, Any]:
    """What the form posts for somebody's voice."""
    seat = Convocation.objects.get(assembly=resolution.assembly, person=person)
    return {"resolution": resolution.pk, "voice": seat.pk, "choice": choice}


def test_voting_for_oneself_and_for_whom_one_represents(resolution: Resolution, people: list[Person]) -> None:
    """One ballot for each voice; then the page says that it is in the box, not what it says."""
    client = client_of(people[0])
    url = f"/assemblees/{resolution.assembly_id}/"
    assert "Élection" not in client.get("/assemblees/").content.decode()
    page = client.get(url).content.decode()
    for shown in (
        "Votre vote",
        "Au nom de Dany Hue",
        "Vous tenez le pouvoir de Dany Hue",
        "Vous êtes noté\u00a0: présent",
    ):
        assert shown in page
    for person, choice in ((people[0], "AGAINST"), (people[3], "IN_FAVOUR")):
        done = client.post(f"{url}vote/", ballot(resolution, person, choice), follow=True)
        assert "Le bulletin est dans l’urne." in done.content.decode()
    page = client.get(url).content.decode()
    assert ("Vous avez voté." in page, "La voix de Dany Hue est dans l’urne." in page) == (True, True)
    assert "Mettre dans l’urne" not in page
    again = client.post(f"{url}vote/", ballot(resolution, people[0]), follow=True)
    assert "a déjà voté" in again.content.decode()
    tally = Tally.objects.get()
    assert (tally.in_favour, tally.against, Signature.objects.count()) == (1, 1, 2)


def test_nobody_votes_for_another_nor_when_absent(resolution: Resolution, people: list[Person]) -> None:
    """A voice that is not entrusted is not found; an absent has no ballot; a choice is needed."""
    url = f"/assemblees/{resolution.assembly_id}/"
    assert client_of(people[1]).post(f"{url}vote/", ballot(resolution, people[0])).status_code == 404
    absent = client_of(people[2])
    assert "Mettre dans l’urne" not in absent.get(url).content.decode()
    refused = absent.post(f"{url}vote/", ballot(resolution, people[2]), follow=True).content.decode()
    assert "Cleo Hue n’est ni présent ni représenté." in refused
    unclear = client_of(people[1]).post(f"{url}vote/", ballot(resolution, people[1], "MAYBE"), follow=True)
    assert "Choisissez pour, contre ou abstention." in unclear.content.decode()
    outside = make_entrepreneur("Elio", "Roux")
    assert client_of(outside).get(url).status_code == 404
    assert client_of(outside).post(f"{url}vote/", ballot(resolution, people[0])).status_code == 404
    assert "Aucune convocation" in client_of(outside).get("/assemblees/").content.decode()
    assert not Signature.objects.exists()


def test_the_pages_cost_the_same_with_one_and_three(
    resolution: Resolution, people: list[Person], django_assert_num_queries: Queries
) -> None:
    """Assemblies in the list; resolutions and voices on the page."""
    client = client_of(people[0])
    url = f"/assemblees/{resolution.assembly_id}/"
    costs = (("/assemblees/", 4), (url, 11))
    for address, queries in costs:
        client.get(address)
        with django_assert_num_queries(queries):
            client.get(address)
    give_proxy(
        giver=Convocation.objects.get(person=people[2]),
        holder=Convocation.objects.get(person=people[0]),
        on=DAY,
        by=clerk(),
    )
    for day in (date(2026, 9, 1), date(2026, 10, 1)):
        other = make_resolution(make_assembly(day))
        convene_assembly(assembly=other.assembly, record_on=date(2026, 5, 1), convened_on=date(2026, 5, 1), by=clerk())
    for address, queries in costs:
        with django_assert_num_queries(queries):
            client.get(address)


def test_convocations_leave_by_mail_once(resolution: Resolution, people: list[Person]) -> None:
    """With date, place and agenda; those without an address get a letter."""
    assert Assembly.objects.get().state == "CONVENED"
    for _ in range(2):
        send_convocations(resolution.assembly_id)
    (message,) = mail.outbox
    assert message.to == ["dany@example.org"]
    assert message.subject == "Convocation\u00a0: assemblée générale ordinaire du 20/06/2026"
    for shown in ("Dany Hue,", "samedi 20 juin 2026 à 18:00", "Salle des fêtes, Nantes", "1. Élection du gérant"):
        assert shown in message.body
    seats = Convocation.objects.order_by("person__search")
    assert [seat.sent_at is not None for seat in seats] == [False, False, False, True]
    assert send_convocation(convocation=seats[0], at=timezone.now()) is False
