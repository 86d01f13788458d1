"""VAT codes on the staff's pages."""

from decimal import Decimal

import pytest
from django.test import Client

from invoicing.pricing.models import VatCode
from tests.invoicing.factories import make_draft, vat

pytestmark = pytest.mark.django_db
LIST = "/gestion/invoicing/vatcode/"


def posted(code: VatCode, **fields: str) -> dict[str, str]:
    """The form as the browser posts it."""
    form = {
        "code": code.code,
        "label": code.label,
        "category": code.category,
        "rate": "20",
        "valid_from": f"{code.valid_from:%d/%m/%Y}",
        "valid_to": "",
        "source": code.source,
        "vatex_code": "",
        "exemption_text": "",
    }
    return form | fields


def test_the_list(accountant_client: Client) -> None:
    """All twelve that come with the software."""
    assert accountant_client.get(LIST).context["cl"].result_count == VatCode.objects.count()


def test_a_code_that_no_line_uses_is_changed(accountant_client: Client) -> None:
    """Its label, for example."""
    code = vat()
    accountant_client.post(f"{LIST}{code.pk}/change/", posted(code, label="Taux plein"))
    code.refresh_from_db()
    assert code.label == "Taux plein"


def test_a_code_in_use_can_only_end(accountant_client: Client) -> None:
    """What documents said stays what they said."""
    make_draft()
    code = vat()
    page = accountant_client.get(f"{LIST}{code.pk}/change/").content.decode()
    assert 'name="rate"' not in page
    assert 'name="valid_to"' in page
    accountant_client.post(f"{LIST}{code.pk}/change/", posted(code, rate="21", label="Autre", valid_to="31/12/2026"))
    code.refresh_from_db()
    assert (code.rate, code.label, f"{code.valid_to}") == (Decimal("20.00"), "20\u00a0% (taux normal)", "2026-12-31")


def test_the_rules_of_a_code_are_told(accountant_client: Client) -> None:
    """A rate beyond 100 %."""
    code = vat()
    page = accountant_client.post(f"{LIST}{code.pk}/change/", posted(code, rate="120")).content.decode()
    assert "Un taux de TVA est compris entre 0 et 100\u00a0%." in page


def test_codes_are_for_those_who_keep_the_settings(manager_client: Client) -> None:
    """403 for the others."""
    assert manager_client.get(LIST).status_code == 403
