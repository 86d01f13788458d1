"""Names that may be the same: legal forms and accents go, in Python and in the database alike."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cae_backoffice.core.likeness import FORMS, address_key, likeness, name_key
from invoicing.customers.models import Customer
from tests.invoicing.factories import make_customer, make_selling_activity


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("S.A.R.L. Menuiserie Rosé & Fils", "menuiserie rose fils"),
        ("MENUISERIE ROSE ET FILS", "menuiserie rose et fils"),
        ("Mme Œuvrard-Noël", "oeuvrard noel"),
        ("L’Atelier du M", "l atelier du"),
        ("SARL", ""),
        ("Sarlat Bois", "sarlat bois"),
        ("東京", ""),
    ],
)
def test_name_key(name: str, key: str) -> None:
    assert name_key(name) == key


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("dupont marie", "marie dupont", 100.0),
        ("bio coop", "biocoop", 100.0),
        ("menuiserie rose", "menuiserie rosse", 96.77),
        ("menuiserie rose", "plomberie petit", 42.86),
        ("", "", 0.0),
        ("", "rose", 0.0),
    ],
)
def test_likeness(one: str, other: str, expected: float) -> None:
    """Whatever the order of the words or the spaces; nothing is like nothing."""
    assert likeness(one, other) == likeness(other, one) == pytest.approx(expected, abs=0.01)


def test_address_key() -> None:
    """Accents, punctuation and the kinds of streets."""
    assert address_key("12, avenue du Général-Leclerc") == address_key("12 AV du general leclerc")


NAMES = st.lists(
    st.sampled_from([*FORMS, "S.A.", "Rosé", "fils", "&", "-", "l’été", "Œuvre", "ß", " "])
    | st.text(st.characters(min_codepoint=0x20, max_codepoint=0x17F, exclude_characters="\x7f"), max_size=8),
    min_size=1,
    max_size=8,
).map(lambda words: " ".join(words)[:120])


@pytest.mark.django_db
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(NAMES)
def test_the_database_reduces_names_alike(name: str) -> None:
    """Any European name, with forms in any place."""
    customer = Customer.objects.order_by("pk").first() or make_customer(make_selling_activity())
    Customer.objects.filter(pk=customer.pk).update(name=name)
    assert Customer.objects.get(pk=customer.pk).name_key == name_key(name)
