"""Activities on the staff's pages."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from members.activities.enums import Sector
from members.activities.models import Activity, ActivityInsurance, SplitShare
from tests.members.factories import make_activity, make_person

pytestmark = pytest.mark.django_db
Queries = Callable[[int], AbstractContextManager[object]]
LIST = "/gestion/members/activity/"
NO_ROWS = {f"insurances-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")} | {
    f"conventions-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")
}


def activity_data(**changes: object) -> dict[str, object]:
    """What the form of an activity posts."""
    return {"name": "Charpentes Durand", "code": "CHA01", "sector": "CONSTRUCTION"} | changes


def test_adding_an_activity(manager_client: Client) -> None:
    """A faulty code comes back in the form."""
    faulty = manager_client.post(f"{LIST}add/", activity_data(code="cha 01"))
    assert "Le code s’écrit en majuscules et chiffres, sans espace." in faulty.content.decode()
    assert manager_client.post(f"{LIST}add/", activity_data()).status_code == 302
    assert Activity.objects.get().code == "CHA01"


def test_adding_an_insurance(manager_client: Client) -> None:
    """On the activity's page, through its service; faulty dates are refused."""
    activity = make_activity([make_person()])
    row = {
        "activity": activity.pk,
        "insurer": "Mutuelle du bâtiment, Nantes",
        "policy_number": "P-1",
        "cover": "Charpente",
        "territory": "France métropolitaine",
        "starts_on": "2026-01-01",
        "ends_on": "2025-12-31",
        "is_decennial": "on",
    }

    def post(**changes: object) -> str:
        rows = {f"insurances-0-{name}": value for name, value in (row | changes).items()}
        counts = NO_ROWS | {"insurances-TOTAL_FORMS": "1", "insurances-MAX_NUM_FORMS": "1000"}
        data = activity_data(code=activity.code) | counts | rows
        return manager_client.post(f"{LIST}{activity.pk}/change/", data, follow=True).content.decode()

    assert "L’assurance ne peut pas finir avant de commencer." in post()
    assert not ActivityInsurance.objects.exists()
    post(ends_on="2026-12-31")
    assert ActivityInsurance.objects.get().is_decennial


def test_dividing_an_activity(manager_client: Client) -> None:
    """Shares typed the French way; a sum that is not 100 % is refused with the figure."""
    alix, bao = make_person("Alix"), make_person("Bao")
    activity = make_activity([alix])
    url = f"{LIST}{activity.pk}/repartition/"
    assert "Les parts font exactement 100\u00a0%." in manager_client.get(url).content.decode()
    data = {"starts_on": "2026-01-01", "person_1": alix.pk, "percent_1": "66,67", "person_2": bao.pk}
    short = manager_client.post(url, data | {"percent_2": "33"})
    assert "Les parts font 99,67\u00a0% en tout" in short.content.decode()
    half = manager_client.post(url, data | {"percent_2": ""})
    assert "Une ligne donne une personne et sa part." in half.content.decode()
    twice = manager_client.post(url, data | {"person_2": alix.pk, "percent_2": "33,33"})
    assert "Cette personne figure déjà plus haut." in twice.content.decode()
    assert SplitShare.objects.count() == 1
    manager_client.post(url, data | {"percent_2": "33,33"})
    newest = SplitShare.objects.filter(convention__starts_on=date(2026, 1, 1)).values_list("person", "percent")
    assert set(newest) == {(alix.pk, Decimal("66.67")), (bao.pk, Decimal("33.33"))}
    page = manager_client.get(f"{LIST}{activity.pk}/change/").content.decode()
    assert "Alix Martin 66,67\u00a0%, Bao Martin 33,33\u00a0%" in page


def test_uploading_a_logo(manager_client: Client) -> None:
    """What is no picture is refused in the form; a picture shows on the page."""
    activity = make_activity()
    url = f"{LIST}{activity.pk}/logo/"
    wrong = manager_client.post(url, {"image": SimpleUploadedFile("logo.png", b"<svg/>")})
    assert "n’est pas une image PNG" in wrong.content.decode()
    file = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(file, "PNG")
    manager_client.post(url, {"image": SimpleUploadedFile("logo.png", file.getvalue())})
    assert Activity.objects.get().logo is not None
    assert "data:image/png;base64," in manager_client.get(f"{LIST}{activity.pk}/change/").content.decode()


def test_the_accountant_reads_only(accountant_client: Client) -> None:
    """No form, no act."""
    activity = make_activity([make_person()])
    page = accountant_client.get(f"{LIST}{activity.pk}/change/")
    assert page.context["actions_detail"] == []
    assert 'name="code"' not in page.content.decode()
    assert accountant_client.post(f"{LIST}{activity.pk}/change/", activity_data()).status_code == 403
    assert accountant_client.get(f"{LIST}{activity.pk}/logo/").status_code == 403


def test_filters_and_search(manager_client: Client) -> None:
    """By sector, by whether somebody carries it, without accents."""
    carried = make_activity([make_person()], name="Écorce", sector=Sector.CRAFTS)
    alone = make_activity(name="Vide", sector=Sector.DIGITAL)
    found = {
        query: list(manager_client.get(f"{LIST}?{query}").context["cl"].result_list)
        for query in ("carried=oui", "carried=non", "sector__exact=DIGITAL", "q=ecorce", "o=3")
    }
    assert found == {
        "carried=oui": [carried],
        "carried=non": [alone],
        "sector__exact=DIGITAL": [alone],
        "q=ecorce": [carried],
        "o=3": [alone, carried],
    }


def test_the_list_costs_the_same_with_one_and_three(
    manager_client: Client, django_assert_num_queries: Queries, cooperative: object
) -> None:
    """A literal number of queries."""
    for names in (["Alix"], ["Bao", "Cleo"]):
        for name in names:
            make_activity([make_person(name)])
        manager_client.get(LIST)
        with django_assert_num_queries(5):
            manager_client.get(LIST)
