"""The cooperative's identity."""

from decimal import Decimal

import pytest

from cae_backoffice.core.access import Role
from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from members.cooperative.models import Cooperative
from members.cooperative.services import save_cooperative
from tests.members.factories import make_user

pytestmark = pytest.mark.django_db


def test_numbers_may_be_typed_with_spaces(cooperative: Cooperative) -> None:
    """They are stored without; what changed is in the trail."""
    cooperative.siren, cooperative.iban, cooperative.capital = (
        "912 345 675",
        "FR76 3000 6000 0112 3456 7890 189",
        Decimal(50000),
    )
    save_cooperative(cooperative=cooperative, by=make_user(Role.ADMINISTRATOR))
    stored = Cooperative.objects.get()
    assert (stored.siren, stored.iban) == ("912345675", "FR7630006000011234567890189")
    assert history_of(stored).get().changes == {"capital": ["48750.00", "50000"]}


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("siren", "912345676", "Ce SIREN n’est pas valable"),
        ("siret", "91234567500018", "Ce SIRET n’est pas valable"),
        ("siret", "73282932000074", "Le SIRET du siège commence par le SIREN"),
        ("vat_number", "FR00912345675", "Ce numéro de TVA n’est pas valable."),
        ("vat_number", "FR44732829320", "Le numéro de TVA se termine par le SIREN."),
        ("iban", "FR7630006000011234567890188", "Cet IBAN n’est pas valable."),
        ("bic", "AGRI", "Ce BIC n’est pas valable."),
        ("colour", "vert", "Une couleur s’écrit #rrggbb."),
        ("capital", Decimal(-1), "Le capital social ne peut pas être négatif."),
    ],
)
def test_numbers_that_cannot_exist_are_refused(
    cooperative: Cooperative, name: str, value: object, sentence: str
) -> None:
    """Each with its sentence; nothing changes."""
    setattr(cooperative, name, value)
    with pytest.raises(RefusalError) as refusal:
        save_cooperative(cooperative=cooperative, by=make_user(Role.ADMINISTRATOR))
    assert any(reason.startswith(sentence) for reason in refusal.value.reasons)
    assert getattr(Cooperative.objects.get(), name) != value


def test_there_is_one_cooperative(cooperative: Cooperative) -> None:
    """A second set-up changes the first."""
    cooperative.pk, cooperative.short_name = None, "Autre nom"
    save_cooperative(cooperative=cooperative, by=make_user(Role.ADMINISTRATOR))
    assert Cooperative.objects.get().short_name == "Autre nom"
