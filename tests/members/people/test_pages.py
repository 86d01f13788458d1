"""Signing in and out, one's own account, a forgotten password, and the pages that say no."""

import re

import pytest
from django.core import mail
from django.test import Client, RequestFactory
from django.views.defaults import server_error

from cae_backoffice.core.access import Role
from cae_backoffice.core.audit import history_of
from members.people.models import User
from tests.conftest import signed_in
from tests.members.factories import PASSWORD, make_cooperative, make_user

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "une-phrase-plus-longue"


@pytest.fixture
def user() -> User:
    """An entrepreneur who signs in by typing."""
    make_cooperative()
    return make_user(Role.ENTREPRENEUR, email="camille@example.org", full_name="Camille Martin", password=PASSWORD)


def _sign_in(email: str, password: str, client: Client | None = None) -> int:
    answer = (client or Client()).post("/connexion/", {"username": email, "password": password})
    return answer.status_code


def test_signing_in_takes_the_address_in_any_case(user: User) -> None:
    """And leads home."""
    client = Client()
    answer = client.post("/connexion/", {"username": "Camille@Example.org", "password": PASSWORD})
    assert answer.headers["Location"] == "/"
    assert client.get("/mon-compte/").status_code == 200


def test_the_sign_in_page_is_the_cooperatives_and_french(user: User) -> None:
    """Its name, its colour, and labels tied to their fields."""
    text = Client().get("/connexion/").text
    assert "Bienvenue à Ateliers réunis." in text
    assert '<html lang="fr">' in text
    assert "/theme.css?0f766e" in text
    assert '<label for="id_username">Adresse e-mail' in text


@pytest.mark.parametrize(
    ("email", "password"), [("camille@example.org", "faux"), ("personne@example.org", PASSWORD), ("", "")]
)
def test_wrong_words_do_not_sign_in(user: User, email: str, password: str) -> None:
    """The page comes back, and says nothing of which was wrong."""
    client = Client()
    assert _sign_in(email, password, client) == 200
    assert client.get("/mon-compte/").status_code == 302


def test_a_closed_account_does_not_sign_in(user: User) -> None:
    """Whatever its password."""
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert _sign_in(user.email, PASSWORD) == 200


def test_signing_out_takes_a_press_of_a_button(user: User) -> None:
    """A link alone does not."""
    client = signed_in(user)
    assert client.get("/deconnexion/").status_code == 405
    assert client.post("/deconnexion/").headers["Location"] == "/connexion/"
    assert client.get("/mon-compte/").status_code == 302


def test_one_changes_ones_own_name(user: User) -> None:
    """Through the service, with its trace."""
    assert signed_in(user).post("/mon-compte/", {"full_name": "Camille Petit"}).status_code == 302
    user.refresh_from_db()
    assert user.full_name == "Camille Petit"
    assert [event.action for event in history_of(user)] == ["user.changed"]


def test_an_empty_name_is_refused_at_its_field(user: User) -> None:
    """Nothing changes."""
    answer = signed_in(user).post("/mon-compte/", {"full_name": " ", "email": "autre@example.org", "roles": "MANAGER"})
    assert answer.status_code == 200
    assert 'id="id_full_name_error"' in answer.text
    user.refresh_from_db()
    assert (user.full_name, user.email, user.roles) == ("Camille Martin", "camille@example.org", ["ENTREPRENEUR"])


def test_one_changes_ones_own_password(user: User) -> None:
    """The present one being given; this browser stays signed in."""
    client = Client()
    _sign_in(user.email, PASSWORD, client)
    typed = {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    assert client.post("/mon-compte/mot-de-passe/", typed).status_code == 302
    assert client.get("/mon-compte/").status_code == 200
    assert _sign_in(user.email, PASSWORD) == 200
    assert _sign_in(user.email, NEW_PASSWORD) == 302


@pytest.mark.parametrize(
    "typed",
    [
        {"old_password": "faux", "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD},
        {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": "autre-chose-encore"},
        {"old_password": PASSWORD, "new_password1": "court", "new_password2": "court"},
    ],
)
def test_a_password_is_not_changed_by_mistake(user: User, typed: dict[str, str]) -> None:
    """Wrong old one, two different new ones, a weak one."""
    answer = signed_in(user).post("/mon-compte/mot-de-passe/", typed)
    assert answer.status_code == 200
    assert "errorlist" in answer.text
    assert _sign_in(user.email, PASSWORD) == 302


def test_a_forgotten_password_is_replaced_by_a_link(user: User) -> None:
    """From the message to the new password; the link serves once."""
    client = Client()
    assert (
        client.post("/mot-de-passe/", {"email": "camille@example.org"}).headers["Location"] == "/mot-de-passe/envoye/"
    )
    (message,) = mail.outbox
    assert message.subject == "Votre mot de passe · Ateliers réunis"
    assert "Les Ateliers réunis" in message.body
    found = re.search(r"http://testserver(/mot-de-passe/\S+)", str(message.body))
    assert found is not None
    form = client.get(found[1])
    typed = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    assert client.post(form.headers["Location"], typed).headers["Location"] == "/mot-de-passe/fait/"
    assert _sign_in(user.email, NEW_PASSWORD) == 302
    assert [event.action for event in history_of(user)] == ["user.password_set"]
    assert "Ce lien ne sert plus" in Client().get(found[1]).text


def test_a_weak_password_does_not_use_up_the_link(user: User) -> None:
    """The same form comes back."""
    client = Client()
    client.post("/mot-de-passe/", {"email": "camille@example.org"})
    found = re.search(r"http://testserver(/mot-de-passe/\S+)", str(mail.outbox[0].body))
    assert found is not None
    address = client.get(found[1]).headers["Location"]
    assert client.post(address, {"new_password1": "court", "new_password2": "court"}).status_code == 200
    assert _sign_in(user.email, PASSWORD) == 302


def test_an_unknown_address_gets_the_same_answer(user: User) -> None:
    """Nobody learns who has an account."""
    assert Client().post("/mot-de-passe/", {"email": "x@example.org"}).headers["Location"] == "/mot-de-passe/envoye/"
    assert mail.outbox == []


@pytest.mark.parametrize("address", ["/mot-de-passe/", "/mot-de-passe/envoye/", "/mot-de-passe/fait/"])
def test_the_doors_open_without_signing_in(address: str) -> None:
    """Also before the cooperative is set up."""
    assert Client().get(address).status_code == 200


def test_pages_that_say_no_are_french_and_lead_home(user: User) -> None:
    """A missing page, and one that a right closes."""
    missing = signed_in(user).get("/nulle-part/")
    assert (missing.status_code, "Cette page n’existe pas" in missing.text) == (404, True)
    refused = signed_in(make_user()).get("/mon-activite/")
    assert (refused.status_code, "Cette page ne vous est pas ouverte" in refused.text) == (403, True)
    assert "Cette page n’existe pas" in Client().get("/nulle-part/").text


def test_a_form_without_its_token_is_explained(user: User) -> None:
    """Nothing was written."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    answer = client.post("/mon-compte/", {"full_name": "Autre"})
    assert (answer.status_code, "La page a attendu trop longtemps" in answer.text) == (403, True)


def test_a_breakdown_has_its_page() -> None:
    """Without the database, without the person."""
    answer = server_error(RequestFactory().get("/"))
    assert (answer.status_code, "Une erreur est survenue" in answer.content.decode()) == (500, True)


def test_no_page_carries_inline_script_or_style(user: User) -> None:
    """A strict content policy may come."""
    client = signed_in(user)
    for address in ("/connexion/", "/mon-compte/", "/mot-de-passe/", "/nulle-part/"):
        text = client.get(address).text
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=", text), address
