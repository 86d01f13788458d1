"""Legal texts on the staff's pages."""

from datetime import date

import pytest
from django.test import Client

from invoicing.mentions.models import LegalText
from tests.invoicing.factories import make_issued

pytestmark = pytest.mark.django_db
LIST = "/gestion/invoicing/legaltext/"


def test_a_text_that_documents_carry_is_read_only(accountant_client: Client) -> None:
    """New words are a new text."""
    text = LegalText.objects.in_force(date(2026, 11, 2)).get(code="CAPE")
    url = f"{LIST}{text.pk}/change/"
    assert 'name="text"' in accountant_client.get(url).content.decode()
    make_issued(on=date(2026, 11, 2))
    assert 'name="text"' not in accountant_client.get(url).content.decode()
    assert accountant_client.post(url, {"text": "Autre"}).status_code == 403


def test_new_words_from_a_later_date(accountant_client: Client) -> None:
    """The former ones stay for the days before."""
    make_issued(on=date(2026, 11, 2))
    form = {"code": "CAPE", "text": "Nouveaux mots", "valid_from": "01/01/2027", "source": "C. com. R127-3"}
    assert accountant_client.post(f"{LIST}add/", form)["Location"] == LIST
    assert LegalText.objects.in_force(date(2027, 1, 1)).get(code="CAPE").text == "Nouveaux mots"
    assert LegalText.objects.in_force(date(2026, 12, 31)).get(code="CAPE").text != "Nouveaux mots"


def test_texts_are_for_those_who_keep_the_settings(manager_client: Client) -> None:
    """403 for the others."""
    assert manager_client.get(LIST).status_code == 403
