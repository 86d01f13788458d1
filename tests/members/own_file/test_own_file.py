"""A member reads their own file and asks for corrections."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from cae_backoffice.core.access import Role
from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from members.contracts.enums import ContractKind
from members.own_file.enums import RequestState
from members.own_file.models import ContactChange
from members.own_file.queries import own_file
from members.own_file.services import (
    ContactDetails,
    accept_contact_change,
    ask_contact_change,
    refuse_contact_change,
)
from members.people.models import Person, User
from tests.members.factories import (
    clerk,
    make_admission,
    make_contract,
    make_person,
    make_share_class,
    make_subscriptions,
    make_user,
)

NEW = ContactDetails("alix@example.org", "0240111213", "3 rue des Lices", "49100", "Angers")
TODAY = date(2026, 11, 25)


@pytest.fixture
def user(db: None) -> User:
    """Alix's account."""
    return make_user(Role.ENTREPRENEUR, email="compte@example.org", full_name="Alix Hue")


@pytest.fixture
def alix(user: User) -> Person:
    """Under CESA after a CAPE."""
    person = make_person("Alix", "Hue", user=user, email="ancien@example.org")
    make_contract(person, ContractKind.CAPE, date(2024, 1, 1), ends_on=date(2024, 12, 31))
    make_contract(person, ContractKind.CESA, date(2025, 1, 1))
    return person


def ask(person: Person, by: User, details: ContactDetails = NEW) -> ContactChange:
    """Her request."""
    return ask_contact_change(person=person, details=details, at=timezone.now(), by=by)


def test_where_one_stands(alix: Person, user: User) -> None:
    """The clock with its reckoning; then, an associate, her shares."""
    found = own_file(user, on=TODAY)
    assert (found.status, found.deadline_on) == ("CESA", date(2027, 1, 1))
    assert found.explanation[0].startswith("Le CESA commence le")
    assert [contract.kind for contract in found.contracts] == ["CESA", "CAPE"]
    others = [make_person("Bao"), make_person("Cleo")]
    for person in (alix, *others):
        make_admission(person)
    make_subscriptions(make_share_class(), dict.fromkeys((alix, *others), 10), paid="100.00")
    found = own_file(user, on=TODAY)
    assert (found.status, found.deadline_on, found.explanation) == ("ASSOCIATE", None, ())
    (line,) = found.holdings
    assert (line.holding.shares, line.value, line.unpaid) == (10, 200, 100)
    assert [movement.person for movement in found.movements] == [alix]


def test_as_many_queries_for_one_contract_as_for_three(
    alix: Person, user: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Nine for a member without shares."""
    for year in (0, 2022, 2023):
        if year:
            make_contract(alix, ContractKind.WORK, date(year, 1, 1), ends_on=date(year, 6, 30))
        with django_assert_num_queries(9):
            own_file(user, on=TODAY)


def test_a_request_accepted_changes_the_file(alix: Person, user: User) -> None:
    """Not before; and who asked and who accepted are on record."""
    change = ask(alix, user)
    assert Person.objects.get(pk=alix.pk).email == "ancien@example.org"
    accept_contact_change(change=change, at=timezone.now(), by=clerk())
    person = Person.objects.get(pk=alix.pk)
    assert (person.email, person.phone, person.city) == (NEW.email, NEW.phone, NEW.city)
    change.refresh_from_db()
    assert (change.state, change.decided_by) == (RequestState.ACCEPTED, clerk())
    trail = [(event.action, event.author) for event in history_of(change)]
    assert trail == [("contactchange.accepted", clerk()), ("contactchange.requested", user)]


def test_a_request_refused_says_why(alix: Person, user: User) -> None:
    """The file stays, the member reads the reason, and may ask again."""
    change = ask(alix, user)
    with pytest.raises(RefusalError, match="dit pourquoi"):
        refuse_contact_change(change=change, reason=" ", at=timezone.now(), by=clerk())
    refuse_contact_change(change=change, reason="Adresse illisible", at=timezone.now(), by=clerk())
    assert Person.objects.get(pk=alix.pk).email == "ancien@example.org"
    found = own_file(user, on=TODAY).last_change
    assert found is not None
    assert (found.state, found.reason) == (RequestState.REFUSED, "Adresse illisible")
    ask(alix, user)


def test_what_is_refused_changes_nothing(alix: Person, user: User) -> None:
    """For another, nothing new, twice, by whoever keeps no files, or decided already."""
    other = make_person("Bao")
    same = ContactDetails(alix.email, alix.phone, alix.street, alix.postcode, alix.city)
    for person, details, sentence in (
        (other, NEW, "ses propres coordonnées"),
        (alix, same, "déjà celles"),
        (alix, ContactDetails("pas une adresse", "", "", "", ""), "courriel|e-mail"),
    ):
        with pytest.raises(RefusalError, match=sentence):
            ask(person, user, details)
    assert not ContactChange.objects.exists()
    change = ask(alix, user)
    with pytest.raises(RefusalError, match="attend encore"):
        ask(alix, user)
    with pytest.raises(RefusalError, match="dossiers des membres"):
        accept_contact_change(change=change, at=timezone.now(), by=user)
    accept_contact_change(change=change, at=timezone.now(), by=clerk())
    with pytest.raises(RefusalError, match="déjà décidée"):
        accept_contact_change(change=change, at=timezone.now(), by=clerk())
    assert ContactChange.objects.count() == 1


def test_the_database_wants_a_reason(alix: Person, user: User) -> None:
    """And one waiting request a member."""
    ask(alix, user)
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactChange.objects.update(state=RequestState.REFUSED, decided_at=timezone.now(), decided_by=user)
    with pytest.raises(IntegrityError), transaction.atomic():
        ContactChange.objects.create(person=alix, asked_at=timezone.now())


def test_from_the_page_to_the_decision(alix: Person, user: User, client: Client) -> None:
    """She asks, sees that it waits; the manager accepts."""
    client.force_login(user)
    page = client.get("/mon-dossier/").content.decode()
    assert ("ancien@example.org" in page, "01/01/2027" in page, "pas encore de parts" in page) == (True, True, True)
    typed = {"email": NEW.email, "phone": NEW.phone, "street": NEW.street, "postcode": NEW.postcode, "city": NEW.city}
    wrong = client.post("/mon-dossier/coordonnees/", typed | {"email": "x"}).content.decode()
    assert ContactChange.objects.count() == 0, wrong
    assert client.post("/mon-dossier/coordonnees/", typed).status_code == 302
    assert "attend la réponse" in client.get("/mon-dossier/").content.decode()
    assert client.get("/mon-dossier/attestation-de-parts/").status_code == 200
    change = ContactChange.objects.get()
    staff = Client()
    staff.force_login(clerk())
    record = f"/gestion/members/contactchange/{change.pk}"
    assert NEW.street in staff.get(f"{record}/change/").content.decode()
    assert "Un refus" not in staff.get(f"{record}/refuser/").content.decode()
    assert staff.post(f"{record}/accepter/").status_code == 302
    assert Person.objects.get(pk=alix.pk).email == NEW.email
    assert staff.post(f"{record}/refuser/", {"reason": "x"}).status_code == 200


def test_an_account_that_is_nobodys_has_no_file(client: Client, db: None) -> None:
    """404."""
    client.force_login(make_user(Role.ENTREPRENEUR, email="seul@example.org"))
    assert client.get("/mon-dossier/").status_code == 404
