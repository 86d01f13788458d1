"""The VAT codes that come with the software."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from invoicing.pricing.models import VatCode
from invoicing.pricing.services import load_vat_codes

pytestmark = pytest.mark.django_db


def test_every_code_of_the_domain_is_there() -> None:
    """Mainland, overseas and the reasons for none, each with its source."""
    codes = {code.code: (code.rate, code.category, code.vatex_code) for code in VatCode.objects.all()}
    assert codes == {
        "FR20": (Decimal("20.00"), "S", ""),
        "FR10": (Decimal("10.00"), "S", ""),
        "FR5.5": (Decimal("5.50"), "S", ""),
        "FR2.1": (Decimal("2.10"), "S", ""),
        "DOM8.5": (Decimal("8.50"), "S", ""),
        "DOM2.1": (Decimal("2.10"), "S", ""),
        "EXO-FORMATION": (Decimal(0), "E", "VATEX-FR-CGI261-4"),
        "AUTO-BTP": (Decimal(0), "AE", "VATEX-FR-AE"),
        "UE-SERVICES": (Decimal(0), "AE", "VATEX-EU-AE"),
        "UE-BIENS": (Decimal(0), "K", "VATEX-EU-IC"),
        "EXPORT": (Decimal(0), "G", "VATEX-EU-G"),
        "HORS-CHAMP": (Decimal(0), "O", "VATEX-EU-O"),
    }
    assert not VatCode.objects.filter(source="").exists()
    needing = VatCode.objects.filter(buyer_vat_number_required=True).order_by("code").values_list("code", flat=True)
    assert list(needing) == ["AUTO-BTP", "UE-BIENS", "UE-SERVICES"]


def test_loading_again_changes_nothing_that_was_edited() -> None:
    """Only what is missing comes back."""
    VatCode.objects.filter(code="FR20").update(label="Taux normal")
    VatCode.objects.filter(code="FR10").delete()
    load_vat_codes()
    assert VatCode.objects.count() == 12
    assert VatCode.objects.get(code="FR20").label == "Taux normal"


def test_a_code_is_in_force_between_its_dates() -> None:
    """Both included; the successor takes over."""
    VatCode.objects.filter(code="FR20").update(valid_to=date(2026, 12, 31))
    VatCode.objects.create(
        code="FR20", label="21 %", rate=Decimal(21), category="S", valid_from=date(2027, 1, 1), source="loi imaginaire"
    )

    def rate_on(day: date) -> Decimal:
        return VatCode.objects.in_force(day).get(code="FR20").rate

    assert (rate_on(date(2026, 12, 31)), rate_on(date(2027, 1, 1))) == (Decimal(20), Decimal(21))
    assert not VatCode.objects.in_force(date(2013, 12, 31)).exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"rate": Decimal(0)},
        {"category": "E"},
        {"category": "E", "rate": Decimal(0), "exemption_text": ""},
        {"valid_to": date(2013, 1, 1)},
    ],
)
def test_the_database_refuses_codes_that_make_no_sense(changes: dict[str, object]) -> None:
    """A taxed category has a rate, an untaxed one its reason, a period its order."""
    with pytest.raises(IntegrityError), transaction.atomic():
        VatCode.objects.filter(code="FR20").update(**changes)
