"""The register on the manager's pages: read, exported, printed, and added to."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone

from members.people.models import Person
from members.shares.models import ShareClass, ShareMovement
from members.shares.services import refund_shares, transfer_shares
from tests.members.factories import (
    clerk,
    make_admission,
    make_cooperative,
    make_person,
    make_share_class,
    make_subscriptions,
)

pytestmark = pytest.mark.django_db
Queries = Callable[[int], AbstractContextManager[object]]
LIST = "/gestion/members/sharemovement/"
REGISTER = f"{LIST}registre/"
CLASSES = "/gestion/members/shareclass/"
DAY = date(2025, 6, 14)


@pytest.fixture
def shares() -> ShareClass:
    """Class A, twenty euros."""
    return make_share_class()


@pytest.fixture
def people(shares: ShareClass) -> dict[str, Person]:
    """Three associates with ten shares each, half paid; Bao has given two to Cleo."""
    found = {name: make_person(name, last) for name, last in (("Alix", "Écuyer"), ("Bao", "Nguyen"), ("Cleo", "Petit"))}
    for person in found.values():
        make_admission(person, DAY)
    make_subscriptions(shares, dict.fromkeys(found.values(), 10), DAY, paid="100.00")
    transfer_shares(
        giver=found["Bao"],
        receiver=found["Cleo"],
        share_class=shares,
        quantity=2,
        on=date(2025, 9, 1),
        today=date(2025, 9, 1),
        decision="=CA",
        by=clerk(),
    )
    return found


def text(client: Client, address: str) -> str:
    """The page, with its status checked."""
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def numbers(client: Client, query: str = "") -> list[int]:
    """The lines in the list."""
    return [m.number for m in client.get(f"{LIST}?{query}").context["cl"].result_list]


def test_the_list_of_movements_filters_and_searches(
    manager_client: Client, people: dict[str, Person], shares: ShareClass
) -> None:
    """The latest first."""
    assert numbers(manager_client) == [5, 4, 3, 2, 1]
    assert numbers(manager_client, "kind__exact=TRANSFER") == [5, 4]
    assert numbers(manager_client, "q=ecuyer") == [1]
    assert numbers(manager_client, "effective_on_from=15/06/2025") == [5, 4]
    assert numbers(manager_client, f"share_class__id__exact={shares.pk}&q=bao") == [4, 2]
    page = text(manager_client, LIST)
    for shown in ("+10", "\u22122", "200,00\u00a0€", "Souscription", "Cession", "Inscrire un mouvement"):
        assert shown in page


def test_exports_hold_the_filtered_list(manager_client: Client, people: dict[str, Person]) -> None:
    """Defused, with real numbers."""
    csv = manager_client.get(f"{LIST}export.csv/?kind__exact=TRANSFER")
    today = f"{timezone.localdate():%Y-%m-%d}"
    assert csv["Content-Disposition"] == f'attachment; filename="mouvements-de-parts-{today}.csv"'
    assert csv.content.decode("utf-8-sig").splitlines()[1:] == [
        "5;01/09/2025;01/09/2025;Petit;Cleo;Cession;;A;2;40,00;20,00;;'=CA",
        "4;01/09/2025;01/09/2025;Nguyen;Bao;Cession;;A;-2;-40,00;-20,00;;'=CA",
    ]
    sheet = openpyxl.load_workbook(io.BytesIO(manager_client.get(f"{LIST}export.xlsx/").content)).active
    assert [cell.value for cell in sheet[3]][7:] == ["A", -2, -40, -20, "", "=CA"]


def test_the_register_of_a_day(manager_client: Client, people: dict[str, Person], shares: ShareClass) -> None:
    """By its date picker; the capital and its floor."""
    page = text(manager_client, f"{REGISTER}?date=2025-06-14")
    assert page.count("10</td>") == 3
    later = text(manager_client, f"{REGISTER}?date=2025-09-01")
    for shown in ("12</td>", "8</td>", "240,00\u00a0€", "120,00\u00a0€", "600,00\u00a0€", "150,00\u00a0€"):
        assert shown in later
    assert "Aucun associé et aucune part le 13/06/2025" in text(manager_client, f"{REGISTER}?date=2025-06-13")
    assert "Nguyen Bao" not in text(manager_client, f"{REGISTER}?date=2025-09-01&q=ecuyer")
    assert "Personne de ce nom" in text(manager_client, f"{REGISTER}?date=2025-09-01&q=zzz")
    assert f"au {timezone.localdate():%d/%m/%Y}" in text(manager_client, f"{REGISTER}?date=x")
    assert manager_client.get(f"{REGISTER}?p=2").status_code == 404


def test_the_register_in_pages(manager_client: Client, shares: ShareClass) -> None:
    """Fifty people each; the totals are those of all."""
    for i in range(52):
        make_admission(make_person(f"P{i:02d}", "Abel"), DAY)
    page = text(manager_client, f"{REGISTER}?date=2025-06-14")
    assert ("Page 1 sur 2" in page, "P49" in page, "P50" in page) == (True, True, False)
    second = text(manager_client, f"{REGISTER}?date=2025-06-14&p=2")
    assert ("P51" in second, "P49" in second, "<strong>52</strong>" in second) == (True, False, True)


def test_the_register_exported_and_printed(manager_client: Client, people: dict[str, Person]) -> None:
    """Whole, for any spreadsheet and for paper."""
    make_cooperative()
    csv = manager_client.get(f"{REGISTER}?date=2025-09-01&format=csv")
    assert csv["Content-Disposition"] == 'attachment; filename="registre-des-parts-2025-09-01.csv"'
    assert csv.content.decode("utf-8-sig").splitlines()[1:] == [
        "Écuyer;Alix;14/06/2025;;10;200,00;100,00;100,00",
        "Nguyen;Bao;14/06/2025;;8;160,00;80,00;80,00",
        "Petit;Cleo;14/06/2025;;12;240,00;120,00;120,00",
    ]
    content = manager_client.get(f"{REGISTER}?date=2025-09-01&format=xlsx").content
    assert openpyxl.load_workbook(io.BytesIO(content)).active.cell(4, 5).value == 12
    printed = text(manager_client, f"{REGISTER}?date=2025-09-01&format=impression")
    for shown in ("Les Ateliers réunis", "Registre des parts sociales au 01/09/2025", "3 associés", "30 parts"):
        assert shown in printed


def test_the_register_costs_the_same_with_one_and_three(
    manager_client: Client, django_assert_num_queries: Queries, cooperative: object, shares: ShareClass
) -> None:
    """A literal number of queries, for the page and for the list of movements."""
    for names in (["Alix"], ["Bao", "Cleo"]):
        for name in names:
            make_admission(make_person(name), DAY)
        manager_client.get(REGISTER)
        with django_assert_num_queries(5):
            manager_client.get(REGISTER)
    for number in (2, 3):
        found = list(Person.objects.order_by("pk")[:number])
        make_subscriptions(shares, dict.fromkeys(found, 1), DAY)
        manager_client.get(LIST)
        with django_assert_num_queries(6):
            manager_client.get(LIST)


def test_certificate_and_slip_are_printed(manager_client: Client, people: dict[str, Person]) -> None:
    """On a day; with both lines of a transfer, from either."""
    bao = people["Bao"]
    page = text(manager_client, f"{LIST}attestation/{bao.pk}/?date=2025-09-01")
    for shown in ("qu’au 01/09/2025, Bao Nguyen", "A · Parts des salariés", "160,00\u00a0€", "80,00\u00a0€"):
        assert shown in page
    assert "ne détient aucune part" in text(manager_client, f"{LIST}attestation/{bao.pk}/?date=2025-01-01")
    assert manager_client.get(f"{LIST}attestation/999999/").status_code == 404
    for movement in ShareMovement.objects.filter(kind="TRANSFER"):
        slip = text(manager_client, f"{LIST}{movement.pk}/bordereau/")
        assert ("Bao Nguyen" in slip, "Cleo Petit" in slip, "Cession du 01/09/2025" in slip) == (True, True, True)
    assert manager_client.get(f"{LIST}999999/bordereau/").status_code == 404


def test_subscribing_several_people_on_one_form(manager_client: Client, people: dict[str, Person]) -> None:
    """Incomplete lines come back; then all is written."""
    url = f"{LIST}souscription/"
    klass = ShareClass.objects.get()
    data: dict[str, object] = {
        "on": "2025-10-01",
        "share_class": klass.pk,
        "decision": "CA du 01/10/2025",
        "person_1": people["Alix"].pk,
        "quantity_1": "3",
        "person_2": people["Bao"].pk,
        "means": "BANK",
    }
    assert "Une ligne donne une personne et un nombre de parts." in manager_client.post(url, data).content.decode()
    twice = manager_client.post(url, data | {"person_2": people["Alix"].pk, "quantity_2": "1"}).content.decode()
    assert "Cette personne figure déjà plus haut." in twice
    too_much = manager_client.post(url, data | {"quantity_2": "1", "paid_1": "60,01"}).content.decode()
    assert "et non 60,01\u00a0€" in too_much
    assert ShareMovement.objects.count() == 5
    done = manager_client.post(url, data | {"quantity_2": "4", "paid_2": "1 0,50"}, follow=True)
    assert "Le mouvement est inscrit au registre." in done.content.decode()
    assert list(ShareMovement.objects.order_by("number").values_list("quantity", "paid")[5:]) == [
        (3, Decimal("60.00")),
        (4, Decimal("10.50")),
    ]
    assert ShareMovement.objects.order_by("number")[5].recorded_on == timezone.localdate()


def test_every_other_movement_from_its_form(manager_client: Client, people: dict[str, Person]) -> None:
    """One after the other, each with the service's effect and refusals on the page."""
    alix, bao = people["Alix"].pk, people["Bao"].pk
    common = {"on": "2025-10-01", "share_class": ShareClass.objects.get().pk, "decision": "CA"}
    for path, typed, line in (
        ("liberation", {"person": alix, "paid": "20,00", "means": "PAY"}, ("PAYMENT", 0, Decimal("20.00"))),
        ("cession", {"giver": alix, "receiver": bao, "quantity": "1"}, ("TRANSFER", 1, Decimal("12.00"))),
        ("remboursement", {"person": alix, "quantity": "1"}, ("REFUND", -1, Decimal("-12.00"))),
        ("annulation", {"person": alix, "quantity": "1"}, ("CANCELLATION", -1, Decimal("-12.00"))),
        ("conversion", {"person": alix, "quantity": "1", "origin": "WORK"}, ("CONVERSION", 1, Decimal("20.00"))),
    ):
        assert "Inscrire au registre" in text(manager_client, f"{LIST}{path}/")
        response = manager_client.post(f"{LIST}{path}/", common | typed)
        assert response.status_code == 302, (path, response.context["form"].errors)
        assert ShareMovement.objects.values_list("kind", "quantity", "paid").latest("number") == line
    before = ShareMovement.objects.count()
    refused = manager_client.post(f"{LIST}remboursement/", common | {"person": alix, "quantity": "99"})
    assert "99\u00a0parts ne peuvent pas en sortir" in refused.content.decode()
    assert ShareMovement.objects.count() == before


def test_classes_are_opened_renamed_and_worth_more(manager_client: Client, people: dict[str, Person]) -> None:
    """The list shows today's nominal, shares and capital."""
    page = text(manager_client, CLASSES)
    for shown in ("Parts des salariés", "20,00\u00a0€", "600,00\u00a0€"):
        assert shown in page
    new = {"code": "b", "name": "Soutien", "nominal": "50", "starts_on": "2025-01-01", "decision": "Statuts"}
    assert manager_client.post(f"{CLASSES}add/", new).status_code == 302
    added = ShareClass.objects.get(code="B")
    assert added.nominals.get().nominal == Decimal("50.00")
    again = manager_client.post(f"{CLASSES}add/", new | {"code": "C", "nominal": "0"}).content.decode()
    assert "supérieur" in again
    assert ShareClass.objects.count() == 2
    rename = {"code": "B", "name": "Soutien", "nominals-TOTAL_FORMS": "0", "nominals-INITIAL_FORMS": "0"}
    assert manager_client.post(f"{CLASSES}{added.pk}/change/", rename).status_code == 302
    typed = {"nominal": "55,50", "starts_on": "2026-01-01", "decision": "AGE"}
    assert manager_client.post(f"{CLASSES}{added.pk}/nominal/", typed).status_code == 302
    assert "55,50\u00a0€" in text(manager_client, f"{CLASSES}{added.pk}/change/")


def test_who_only_reads_adds_nothing(accountant_client: Client, adviser_client: Client, people: object) -> None:
    """The accountant reads; the adviser does not enter."""
    assert "Inscrire un mouvement" not in text(accountant_client, LIST)
    assert accountant_client.post(f"{LIST}remboursement/", {}).status_code == 403
    assert adviser_client.get(REGISTER).status_code == 403


def test_a_left_associate_with_shares_is_marked(manager_client: Client, people: dict[str, Person]) -> None:
    """Until the refund."""
    alix = people["Alix"]
    refund_shares(
        person=alix,
        share_class=ShareClass.objects.get(),
        quantity=4,
        on=date(2025, 10, 1),
        today=date(2025, 10, 1),
        decision="CA",
        by=clerk(),
    )
    admission = alix.admissions.get()
    manager_client.post(
        f"/gestion/members/admission/{admission.pk}/fin/", {"on": "2025-12-31", "reason": "RESIGNATION"}
    )
    assert "sorti le 31/12/2025" in text(manager_client, f"{REGISTER}?date=2026-01-01")
