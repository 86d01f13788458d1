"""Numbers of the demo: right check digits, and ranges that nobody uses."""

from random import Random

import pytest
from stdnum import iban
from stdnum.eu import vat
from stdnum.fr import siren, siret, tva

from cae_backoffice.demo import identifiers

DRAWS = 200


def test_french_numbers_are_valid() -> None:
    """SIREN, SIRET, VAT number and IBAN pass their checks; a SIREN starts with 0, which is never allocated."""
    dice = Random(1)
    for _ in range(DRAWS):
        number = identifiers.siren(dice)
        assert number.startswith("0")
        assert siren.is_valid(number)
        assert siret.is_valid(identifiers.siret(dice, number))
        assert tva.is_valid(identifiers.french_vat(number))
        assert iban.is_valid(identifiers.french_iban(dice))


@pytest.mark.parametrize("country", ["BE", "DE", "LU"])
def test_european_vat_numbers_are_valid(country: str) -> None:
    """Each country has its own check digits."""
    dice = Random(2)
    assert all(vat.is_valid(identifiers.european_vat(dice, country)) for _ in range(DRAWS))


def test_telephone_numbers_are_those_kept_for_fiction() -> None:
    """Arcep keeps 06 39 98 and 02 61 91 for films and demos."""
    dice = Random(3)
    assert identifiers.mobile(dice).startswith("06 39 98 ")
    assert identifiers.landline(dice).startswith("02 61 91 ")
