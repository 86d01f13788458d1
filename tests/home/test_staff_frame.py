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
from members.cooperative.models import Cooperative
from tests.conftest import signed_in
from tests.invoicing.factories import make_submitted
from tests.members.factories import make_user

MENU = {
    "Membres": "/gestion/members/person/",
    "Contrats": "/gestion/members/contract/",
    "Associés": "/gestion/members/admission/",
    "Activités": "/gestion/members/activity/",
    "Entretiens dus": "/gestion/members/supportedmember/?missing=SOME",
    "Entretiens": "/gestion/members/interview/",
    "Ateliers": "/gestion/members/workshop/",
    "Radar des admissions": "/gestion/members/radarmember/",
    "Assemblées": "/gestion/members/assembly/",
    "Parts sociales": "/gestion/members/sharemovement/",
    "Catégories de parts": "/gestion/members/shareclass/",
    "Collèges": "/gestion/members/college/",
    "Membres des collèges": "/gestion/members/collegemembership/",
    "Statuts": "/gestion/members/statutes/",
    "À valider": "/gestion/invoicing/invoice/a-valider/",
    "Factures": "/gestion/invoicing/invoice/",
    "Clients": "/gestion/invoicing/customer/",
    "Liens privés des clients": "/gestion/invoicing/customerlink/",
    "Importer des clients": "/clients/importer/",
    "Autovalidations": "/gestion/invoicing/selfapproval/",
    "Doublons de clients": "/gestion/clients/doublons/",
    "Envois": "/gestion/invoicing/documentsending/",
    "Relances": "/gestion/invoicing/reminder/",
    "Relances en pause": "/gestion/invoicing/reminderpause/",
    "Encaissements": "/gestion/invoicing/receipt/",
    "Affectations": "/gestion/invoicing/allocation/",
    "Remises de chèques": "/gestion/invoicing/chequeremittance/",
    "Remboursements": "/gestion/invoicing/refund/",
    "Retenues libérées": "/gestion/invoicing/retentionrelease/",
    "Créances douteuses": "/gestion/invoicing/doubtfulreceivable/",
    "Pertes sur créances": "/gestion/invoicing/writeoff/",
    "Clôtures": "/gestion/invoicing/paymentclosing/",
    "Journal des paiements": "/gestion/invoicing/paymentevent/",
    "Calculs": "/gestion/invoicing/contributionrun/",
    "Relevés": "/gestion/invoicing/contributionstatement/",
    "Aperçu d’un mois": "/gestion/contributions/apercu/",
    "Essayer une règle": "/gestion/contributions/essai/",
    "Règles": "/gestion/invoicing/contributionrule/",
    "Exonérations": "/gestion/invoicing/contributionwaiver/",
    "Dérogations": "/gestion/invoicing/contributionoverride/",
    "Achats déduits": "/gestion/invoicing/marginaccount/",
    "Comptes utilisés": "/gestion/invoicing/contributionsettings/",
    "Écritures": "/gestion/invoicing/entry/",
    "Modèles d’écriture": "/gestion/invoicing/entrytemplate/",
    "Import d’écritures": "/gestion/invoicing/entryimport/",
    "Journaux": "/gestion/livres/journaux/",
    "Grand livre": "/gestion/livres/grand-livre/",
    "Grand livre auxiliaire": "/gestion/livres/auxiliaire/",
    "Balance générale": "/gestion/livres/balance/",
    "Balance analytique": "/gestion/livres/balance-analytique/",
    "Balance âgée": "/gestion/livres/balance-agee/",
    "Postes clients ouverts": "/gestion/livres/postes-ouverts/",
    "Déclaration de TVA": "/gestion/livres/tva/",
    "Exports et FEC": "/gestion/invoicing/exportjob/",
    "Exercices": "/gestion/invoicing/fiscalyear/",
    "Périodes": "/gestion/invoicing/period/",
    "Plan comptable": "/gestion/invoicing/account/",
    "Comptes auxiliaires": "/gestion/invoicing/auxiliary/",
    "Comptes des activités": "/gestion/comptes-activites/",
    "Provisions": "/gestion/invoicing/provision/",
    "Provisions selon la règle": "/gestion/provisions-selon-la-regle/",
    "Règles de provision": "/gestion/invoicing/provisionrule/",
    "Soldes de départ": "/gestion/invoicing/openingbalance/",
    "Reprendre des soldes": "/gestion/reprise-de-soldes/",
    "Services mutualisés": "/gestion/invoicing/pooledaccount/",
    "Lignes et comptes": "/gestion/invoicing/accountgroup/",
    "Coopérative": "/gestion/members/cooperative/",
    "Codes de TVA": "/gestion/invoicing/vatcode/",
    "Mentions légales": "/gestion/invoicing/legaltext/",
    "Plans de relance": "/gestion/invoicing/reminderplan/",
    "Taux d’intérêt": "/gestion/invoicing/interestrate/",
    "Validation": "/gestion/invoicing/approvalsettings/",
    "Motifs de renvoi": "/gestion/invoicing/returnreason/",
    "Modèles de messages": "/gestion/invoicing/mailtemplate/",
    "Estimation de paie": "/gestion/invoicing/paysettings/",
    "Comptes": "/gestion/members/user/",
    "Messages envoyés": "/gestion/core/outgoingmessage/",
    "Journal d’audit": "/gestion/core/auditevent/",
}
MEMBERS = ["Membres", "Contrats", "Associés", "Activités", "Entretiens dus", "Entretiens", "Ateliers"]
ADVISED = ["Radar des admissions", "Membres des collèges"]
DEMOCRACY = [*ADVISED, "Assemblées", "Parts sociales", "Catégories de parts", "Collèges", "Statuts"]
INVOICING = [
    "À valider",
    "Factures",
    "Clients",
    "Liens privés des clients",
    "Importer des clients",
    "Doublons de clients",
    "Envois",
    "Relances",
    "Relances en pause",
    "Autovalidations",
]
PAYMENTS = [
    "Encaissements", "Affectations", "Remises de chèques", "Remboursements", "Retenues libérées", "Créances douteuses",
    "Pertes sur créances", "Clôtures", "Journal des paiements",
]  # fmt: skip
CONTRIBUTIONS = [
    "Calculs", "Relevés", "Aperçu d’un mois", "Essayer une règle", "Règles", "Exonérations", "Dérogations",
    "Achats déduits", "Comptes utilisés",
]  # fmt: skip
BOOKS = [
    "Écritures", "Modèles d’écriture", "Import d’écritures", "Journaux", "Grand livre", "Grand livre auxiliaire",
    "Balance générale", "Balance analytique", "Balance âgée", "Postes clients ouverts", "Déclaration de TVA",
    "Exports et FEC", "Exercices", "Périodes", "Plan comptable", "Comptes auxiliaires",
]  # fmt: skip
STATEMENTS = ["Comptes des activités"]
ACCOUNTS = [
    *STATEMENTS, "Provisions", "Provisions selon la règle", "Règles de provision", "Soldes de départ",
    "Reprendre des soldes", "Services mutualisés", "Lignes et comptes",
]  # fmt: skip
SETTINGS = [
    "Coopérative", "Codes de TVA", "Mentions légales", "Plans de relance", "Taux d’intérêt", "Validation",
    "Motifs de renvoi", "Modèles de messages",
    "Estimation de paie",
]  # fmt: skip
MAIL = ["Messages envoyés"]


def menu(client: Client, address: str = "/gestion/") -> list[dict[str, object]]:
    """The lines of the menu after « Accueil »."""
    groups = client.get(address).context["sidebar_navigation"]
    return [item for group in groups[1:] for item in group["items"]]


@pytest.mark.django_db
class TestMenu:
    """Only what one may open."""

    @pytest.mark.usefixtures("cooperative")
    @pytest.mark.parametrize(
        ("role", "titles"),
        [
            (
                Role.ACCOUNTANT,
                [*MEMBERS, *DEMOCRACY, *INVOICING, *PAYMENTS, *CONTRIBUTIONS, *BOOKS, *ACCOUNTS, *SETTINGS, *MAIL],
            ),
            (Role.MANAGER, [*MEMBERS, *DEMOCRACY, *STATEMENTS, *MAIL]),
            (Role.ADVISER, [*MEMBERS, *ADVISED, *STATEMENTS]),
            (Role.ADMINISTRATOR, [*MEMBERS, *DEMOCRACY, *SETTINGS, *MAIL, "Comptes", "Journal d’audit"]),
        ],
    )
    def test_each_role_has_its_lines_and_all_of_them_open(self, role: Role, titles: list[str]) -> None:
        """The addresses answer; those left out of the menu refuse."""
        client = signed_in(make_user(role))
        lines = {item["title"]: item["link"] for item in menu(client)}
        assert lines == {title: MENU[title] for title in titles}
        for title, address in MENU.items():
            assert client.get(address, follow=True).status_code == (200 if title in titles else 403), title

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
        assert [item["title"] for item in menu(accountant_client, MENU[title]) if item["active"]] == [title]


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
