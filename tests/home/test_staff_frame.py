"""The frame of the staff's pages: menu by rights, colour, sign-in and sign-out, and a theme that speaks French."""

import re
from gettext import GNUTranslations
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from cae_backoffice.core.access import Role
from cae_backoffice.home.colours import shades
from cae_backoffice.home.navigation import GROUPS
from members.cooperative.models import Cooperative
from tests.conftest import signed_in
from tests.invoicing.factories import make_submitted
from tests.members.factories import make_user

ENTRIES = [entry for _group, entries in GROUPS for entry in entries]


def address_of(title: str) -> str:
    """Where a line of the menu leads."""
    (entry,) = (entry for entry in ENTRIES if entry.title == title)
    return f"{entry.list_url}?{entry.query}" if entry.query else entry.list_url


def menu(client: Client, address: str = "/gestion/") -> list[dict[str, object]]:
    """The lines of the menu after « Accueil »."""
    groups = client.get(address).context["sidebar_navigation"]
    return [item for group in groups[1:] for item in group["items"]]


@pytest.mark.django_db
class TestMenu:
    """Only what one may open."""

    @pytest.mark.usefixtures("cooperative")
    @pytest.mark.parametrize("role", [Role.ACCOUNTANT, Role.MANAGER, Role.ADVISER, Role.ADMINISTRATOR])
    def test_each_line_shown_opens_and_each_line_left_out_refuses(self, role: Role) -> None:
        """Whatever the role, for every line of the whole menu."""
        client = signed_in(make_user(role))
        shown = {item["title"] for item in menu(client)}
        answers = {entry.title: client.get(address_of(entry.title), follow=True).status_code for entry in ENTRIES}
        assert answers == {entry.title: 200 if entry.title in shown else 403 for entry in ENTRIES}

    def test_what_is_the_work_of_one_role_alone(self) -> None:
        """The books are the accountant's, accounts the administrator's, members not the accountant's to decide."""
        titles = {
            role: {item["title"] for item in menu(signed_in(make_user(role)))}
            for role in Role
            if role != Role.ENTREPRENEUR
        }
        alone = {
            role: mine - set().union(*(others for other, others in titles.items() if other != role))
            for role, mine in titles.items()
        }
        assert {"Écritures", "Encaissements", "Calculs", "Exports et FEC"} <= alone[Role.ACCOUNTANT]
        assert {"Comptes", "Journal d’audit"} <= alone[Role.ADMINISTRATOR]
        assert titles[Role.ADVISER] < titles[Role.MANAGER]

    def test_titles_are_told_apart(self) -> None:
        """No two lines have one name."""
        assert len({entry.title for entry in ENTRIES}) == len(ENTRIES) > 60

    def test_the_badge_counts_what_waits(self, accountant_client: Client) -> None:
        """On « À valider » alone."""
        make_submitted()
        make_submitted()
        badges = {item["title"]: item.get("badge") for item in menu(accountant_client)}
        assert {title: badge for title, badge in badges.items() if badge} == {"À valider": 2}

    @pytest.mark.usefixtures("cooperative")
    @pytest.mark.parametrize("title", ["À valider", "Factures", "Clients"])
    def test_one_line_is_current(self, accountant_client: Client, title: str) -> None:
        """The approval queue is not « Factures », though both show invoices."""
        assert [item["title"] for item in menu(accountant_client, address_of(title)) if item["active"]] == [title]


@pytest.mark.django_db
class TestDoors:
    """Signing in and out is done on the common pages."""

    def test_signing_in(self, client: Client) -> None:
        """The common page, then back."""
        assert client.get("/gestion/login/?next=/gestion/invoicing/invoice/")["Location"] == (
            "/connexion/?next=/gestion/invoicing/invoice/"
        )

    def test_already_signed_in(self, accountant_client: Client, entrepreneur_client: Client) -> None:
        """On to the home, which refuses those without the right."""
        assert accountant_client.get("/gestion/login/")["Location"] == "/gestion/"
        assert entrepreneur_client.get("/gestion/login/", follow=True).status_code == 403

    def test_signing_out(self, accountant_client: Client) -> None:
        """To the sign-in page."""
        assert accountant_client.post("/gestion/logout/")["Location"] == "/connexion/"
        assert accountant_client.get("/gestion/").status_code == 302

    def test_the_password_is_changed_on_the_account_page(self, accountant_client: Client) -> None:
        """One page for everybody."""
        assert accountant_client.get("/gestion/password_change/")["Location"] == "/mon-compte/"


@pytest.mark.django_db
def test_the_pages_wear_the_cooperatives_colour_and_name(cooperative: Cooperative, accountant_client: Client) -> None:
    """Its shades, and the name in the title."""
    page = accountant_client.get("/gestion/").content.decode()
    assert f"--color-primary-600: {shades(cooperative.colour)['600']};" in page
    assert "| Ateliers réunis" in page


def lightness_and_chroma(shade: str) -> tuple[float, float]:
    """The first two figures of an oklch() value."""
    light, chroma, _hue = re.fullmatch(r"oklch\((\S+) (\S+) (\S+)\)", shade).groups()  # type: ignore[union-attr]
    return float(light), float(chroma)


@given(st.from_regex(r"\A#[0-9a-f]{6}\Z"))
def test_any_colour_gives_readable_shades(colour: str) -> None:
    """From pale to dark; white text on 600 and 700, 500 on black: lightness far enough apart for 4.5 to 1."""
    scale = {name: lightness_and_chroma(shade) for name, shade in shades(colour).items()}
    lights = [light for light, _chroma in scale.values()]
    assert lights == sorted(lights, reverse=True)
    assert scale["600"][0] <= 0.53
    assert scale["500"][0] >= 0.65
    assert max(chroma for _light, chroma in scale.values()) <= 0.15


def test_a_known_colour() -> None:
    """The default green, against the published values of its hue and chroma."""
    assert shades("#0f766e")["600"] == "oklch(0.520 0.0861 186.4)"


def test_the_compiled_french_of_the_theme_is_that_of_its_source() -> None:
    """locale/fr: django.mo is compiled from django.po."""
    folder = Path(settings.LOCALE_PATHS[0]) / "fr" / "LC_MESSAGES"
    source = dict(re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', (folder / "django.po").read_text(), re.MULTILINE))
    with (folder / "django.mo").open("rb") as compiled:
        translations = GNUTranslations(compiled)
    assert len(source) > 40
    assert {text: translations.gettext(text) for text in source} == source
