"""The transfers' pages: of those who carry activities, and of the staff."""

from decimal import Decimal

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from invoicing.transfers.models import InternalTransfer
from members.activities.models import Activity
from tests.conftest import signed_in
from tests.invoicing.factories import accountant, entrepreneur_of, make_selling_activity, open_books
from tests.invoicing.transfers.books import accepted, proposed
from tests.members.factories import make_cooperative

pytestmark = pytest.mark.django_db
LIST_QUERIES = 7
ADMIN_LIST_QUERIES = 6


@pytest.fixture
def two() -> tuple[Activity, Activity]:
    """Who pays and who is paid."""
    make_cooperative()
    return make_selling_activity(name="Traiteur"), make_selling_activity(name="Graphiste")


def state_of(transfer: InternalTransfer) -> str:
    """As it stands in the database."""
    return InternalTransfer.objects.get(pk=transfer.pk).state


def test_what_waits_for_me_comes_first(two: tuple[Activity, Activity]) -> None:
    """For the one who answers, not for the one who asked."""
    payer, payee = two
    proposed(payer, payee)
    assert "Ce qui attend votre réponse" in signed_in(entrepreneur_of(payer)).get("/transferts/").text
    mine = signed_in(entrepreneur_of(payee)).get("/transferts/").text
    assert "Ce qui attend votre réponse" not in mine
    assert "250,00\u00a0€" in mine
    assert "sans facture ni TVA" in signed_in(entrepreneur_of(make_selling_activity())).get("/transferts/").text


def typed(two: tuple[Activity, Activity], **fields: str) -> dict[str, str]:
    """The graphic designer asks the caterer for 1 250,50 €."""
    payer, payee = two
    return {
        "activity": str(payee.pk),
        "other": payer.code,
        "direction": "ASKS",
        "amount": "1 250,50",
        "label": "Carte de visite",
        "concerns_on": "2026-03-02",
    } | fields


def test_one_asks_or_gives(two: tuple[Activity, Activity]) -> None:
    """Both ways; the other activity by its code or its name."""
    payer, payee = two
    client = signed_in(entrepreneur_of(payee))
    assert client.get("/transferts/nouveau/").status_code == 200
    client.post("/transferts/nouveau/", typed(two))
    client.post("/transferts/nouveau/", typed(two, direction="GIVES", other="traiteur", amount="10"))
    asked, given = InternalTransfer.objects.order_by("pk")
    assert (asked.payer, asked.payee, asked.proposer, asked.amount) == (payer, payee, payee, Decimal("1250.50"))
    assert (given.payer, given.payee, given.proposer, given.amount) == (payee, payer, payee, 10)


def test_what_is_wrong_is_said_with_what_was_typed(two: tuple[Activity, Activity]) -> None:
    """Nothing is written."""
    client = signed_in(entrepreneur_of(two[1]))
    assert "Aucune activité" in client.post("/transferts/nouveau/", typed(two, other="boulanger")).text
    page = client.post("/transferts/nouveau/", typed(two, other=two[1].code)).text
    assert "d’une activité à une autre" in page
    assert "Carte de visite" in page
    assert InternalTransfer.objects.count() == 0


def test_one_accepts_refuses_and_takes_back(two: tuple[Activity, Activity]) -> None:
    """Each on its own page; a reason is wanted."""
    payer, payee = two
    answers, asks = signed_in(entrepreneur_of(payer)), signed_in(entrepreneur_of(payee))
    first, second, third = proposed(*two), proposed(*two), proposed(*two)
    assert "Accepter" in answers.get(f"/transferts/{first.pk}/").text
    assert asks.post(f"/transferts/{first.pk}/accepter/").status_code == 403
    answers.post(f"/transferts/{first.pk}/accepter/")
    refused = answers.post(f"/transferts/{second.pk}/refuser/", {"reason": ""}, follow=True)
    assert "Indiquez le motif" in refused.text
    answers.post(f"/transferts/{second.pk}/refuser/", {"reason": "Pas convenu"})
    asks.post(f"/transferts/{third.pk}/retirer/", {"reason": "Erreur"})
    assert [state_of(one) for one in (first, second, third)] == ["ACCEPTED", "REFUSED", "CANCELLED"]
    assert "Pas convenu" in asks.get(f"/transferts/{second.pk}/").text
    voucher = asks.get(f"/transferts/{first.pk}/bordereau/")
    assert (voucher["Content-Type"], voucher.content[:4]) == ("application/pdf", b"%PDF")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_as_much_for_one_as_for_three(
    two: tuple[Activity, Activity], django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for _ in range(rows):
        proposed(*two)
        accepted(*two)
    client = signed_in(entrepreneur_of(two[0]))
    client.get("/transferts/")
    with django_assert_num_queries(LIST_QUERIES):
        client.get("/transferts/")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_staffs_list_does_too(
    two: tuple[Activity, Activity], django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for _ in range(rows):
        accepted(*two)
    client = signed_in(accountant())
    client.get("/gestion/invoicing/internaltransfer/")
    with django_assert_num_queries(ADMIN_LIST_QUERIES):
        client.get("/gestion/invoicing/internaltransfer/")


def test_the_staff_proposes_answers_and_takes_back(two: tuple[Activity, Activity]) -> None:
    """For any activity; each act asks its reason where one is wanted."""
    payer, payee = two
    open_books()
    client: Client = signed_in(accountant())
    address = "/gestion/invoicing/internaltransfer/"
    client.post(
        f"{address}add/",
        {
            "payer": payer.pk, "payee": payee.pk, "proposer": payee.pk, "amount": "40", "label": "Salle",
            "concerns_on": "2026-11-02", "details": "",
        },
    )  # fmt: skip
    transfer = InternalTransfer.objects.get()
    page = f"{address}{transfer.pk}/"
    assert "/accepter/" in client.get(f"{page}change/").text
    client.post(f"{page}accepter/", {})
    assert state_of(transfer) == "ACCEPTED"
    change = client.get(f"{page}change/").text
    assert "/contre-passer/" in change
    assert "/accepter/" not in change
    client.post(f"{page}contre-passer/", {"reason": "Erreur de salle"})
    assert InternalTransfer.objects.get(reverses=transfer).reason == "Erreur de salle"
    second = proposed(*two)
    client.post(f"{address}{second.pk}/refuser/", {"reason": "Non"})
    third = proposed(*two)
    client.post(f"{address}{third.pk}/retirer/", {"reason": "Non"})
    assert [state_of(second), state_of(third)] == ["REFUSED", "CANCELLED"]
