"""Customers suspected to be one: by identifier, by name and address; and those that were told apart."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.models import AuditEvent
from invoicing.customers.enums import CustomerKind, Likeness
from invoicing.customers.models import Customer, DistinctPair
from invoicing.customers.queries import (
    blocks_of_activities,
    duplicates,
    own_suspected_pairs,
    similar_customers,
    suspected_pairs,
)
from invoicing.customers.services import tell_apart
from members.activities.models import Activity
from tests.conftest import signed_in
from tests.invoicing.factories import accountant, entrepreneur_of, make_customer, make_selling_activity

pytestmark = pytest.mark.django_db

SIREN, SIRET, OTHER_SIRET = "732829320", "73282932000074", "73282932000082"
BELGIAN = {"country": "BE", "siren": "", "postcode": "1000", "city": "Bruxelles"}


@pytest.fixture
def activity() -> Activity:
    """An activity with one entrepreneur."""
    return make_selling_activity()


def company(activity: Activity, name: str, **fields: Any) -> Customer:  # noqa: ANN401
    """A company abroad, which has no SIREN."""
    return make_customer(activity, name=name, **(BELGIAN | fields))


def person(activity: Activity, name: str, **fields: Any) -> Customer:  # noqa: ANN401
    """Someone who lives 8 rue des Lilas, Rennes."""
    return make_customer(activity, CustomerKind.CONSUMER, name=name, **fields)


def found() -> list[tuple[str, str, Likeness]]:
    """What the accountant sees."""
    user = accountant()
    pairs = [
        pair for block in blocks_of_activities(user) for pair in suspected_pairs(user, activities=block.activities)
    ]
    return [(pair.first.name, pair.second.name, pair.kind) for pair in pairs]


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ({"siren": SIREN, "siret": SIRET}, {"siren": SIREN, "siret": SIRET}, Likeness.SIRET),
        ({"siren": SIREN, "siret": SIRET}, {"siren": SIREN, "siret": OTHER_SIRET}, Likeness.SIREN),
        ({"siren": SIREN}, {"siren": SIREN}, Likeness.SIREN),
        (BELGIAN | {"vat_number": "BE0428759497"}, BELGIAN | {"vat_number": "BE0428759497"}, Likeness.VAT),
    ],
)
def test_an_identifier_in_common(
    activity: Activity, one: dict[str, Any], other: dict[str, Any], kind: Likeness
) -> None:
    """Whatever the names, the surest reason alone."""
    make_customer(activity, name="Rose", **one)
    make_customer(activity, name="Autre chose", street="Ailleurs", **other)
    assert found() == [("Rose", "Autre chose", kind)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SARL Menuiserie Rosé", "Menuiserie Rose"),
        ("Menuiserie Rose", "Menuiserie Rosse"),
        ("Rose Menuiserie", "Menuiserie Rose"),
        ("Bio Coop", "BIOCOOP S.A."),
    ],
)
def test_a_very_near_name(activity: Activity, one: str, other: str) -> None:
    """Of companies, wherever they are."""
    company(activity, one)
    company(activity, other, postcode="4000", city="Liège", street="Ailleurs")
    assert found() == [(one, other, Likeness.NAME)]


def test_a_near_name_at_one_address(activity: Activity) -> None:
    """A name that is only near needs the address; a street is read with its abbreviations."""
    company(activity, "Menuiserie Rose et Fils", street="12, avenue Louise")
    company(activity, "Menuiserie Rose", street="12 av. Louise")
    company(activity, "Menuiserie Rose et Cie du Nord", street="99 avenue Louise")
    assert found() == [("Menuiserie Rose et Fils", "Menuiserie Rose", Likeness.NAME_AND_ADDRESS)]


def test_two_people_of_one_name_live_in_one_town(activity: Activity) -> None:
    """Or they are two people."""
    person(activity, "Marie Dupont")
    person(activity, "Mme Dupont Marie", street="1 rue du Port")
    person(activity, "Marie Dupont", postcode="56100", city="Lorient")
    assert found() == [("Marie Dupont", "Mme Dupont Marie", Likeness.NAME)]


def test_what_is_no_duplicate(activity: Activity) -> None:
    """Two SIREN, two activities, two archived records, two names at one address."""
    make_customer(activity, name="Rose")
    make_customer(activity, name="Rose")
    company(activity, "Belle Rose")
    company(make_selling_activity(), "Belle Rose")
    person(activity, "Paul Martin", is_archived=True)
    person(activity, "Paul Martin", is_archived=True)
    person(activity, "Jeanne Le Bihan")
    assert found() == []


def test_a_record_without_siren_is_held_against_those_that_have_one(activity: Activity) -> None:
    """A company once typed as a person."""
    make_customer(activity, name="Menuiserie Rose", siren=SIREN)
    person(activity, "Menuiserie Rose")
    assert found() == [("Menuiserie Rose", "Menuiserie Rose", Likeness.NAME)]


def test_those_told_apart_are_suspected_no_more(activity: Activity) -> None:
    """Remembered once, whichever way it is said; the trail names both."""
    one, other = person(activity, "Marie Dupont"), person(activity, "Marie Dupond")
    by = entrepreneur_of(activity)
    pair = tell_apart(customer=other, other=one, by=by)
    assert tell_apart(customer=one, other=other, by=by) == pair
    assert (found(), similar_customers(one), similar_customers(other)) == ([], [], [])
    event = history_of(other).get()
    assert (event.action, event.changes) == ("customer.told_apart", {"autre": "Marie Dupont"})


def test_only_two_customers_of_ones_activity_are_told_apart(activity: Activity) -> None:
    """Neither a stranger's, nor a customer from itself; nothing is written."""
    one, foreign = person(activity, "Marie Dupont"), person(make_selling_activity(), "Marie Dupont")
    before = AuditEvent.objects.count()
    by = entrepreneur_of(activity)
    for customer, other in ((one, foreign), (foreign, one), (one, one)):
        with pytest.raises(RefusalError):
            tell_apart(customer=customer, other=other, by=by)
    with pytest.raises(IntegrityError), transaction.atomic():
        DistinctPair.objects.create(first=foreign, second=one)
    assert (DistinctPair.objects.count(), AuditEvent.objects.count()) == (0, before)


def test_similar_customers_of_what_is_typed(activity: Activity) -> None:
    """The surest first, none of another activity, not oneself, at most five."""
    company(make_selling_activity(), "Menuiserie Rose")
    near = company(activity, "Menuiserie Rosse", postcode="4000", city="Liège")
    same = company(activity, "Bois", vat_number="BE0428759497")
    typed = Customer(
        activity=activity, kind="PROFESSIONAL", name="Menuiserie Rose", vat_number="BE0428759497", street="x", **BELGIAN
    )
    similar = [(found.customer, found.kind) for found in similar_customers(typed)]
    assert similar == [(same, Likeness.VAT), (near, Likeness.NAME)]
    assert [found.customer for found in similar_customers(near)] == []
    for _ in range(6):
        company(activity, "Menuiserie Rose")
    assert len(similar_customers(typed)) == 5


def typed(**fields: str) -> dict[str, Any]:
    """A person, as typed."""
    form = {"kind": "CONSUMER", "name": "Marie Dupond", "street": "8 rue des Lilas", "postcode": "35000"}
    return form | {"city": "Rennes", "country": "FR"} | fields


def test_whoever_types_a_similar_customer_is_warned_and_goes_on(activity: Activity) -> None:
    """Nothing is written before; then the two are told apart."""
    existing = person(activity, "Marie Dupont")
    client = signed_in(entrepreneur_of(activity))
    answer = client.post("/clients/nouveau/", typed())
    assert "Un client semblable existe déjà" in answer.text
    assert f'href="/clients/{existing.pk}/"' in answer.text
    assert Customer.objects.count() == 1
    assert client.post("/clients/nouveau/", typed(distinct="0")).status_code == 200, "another one was seen"
    assert client.post("/clients/nouveau/", typed(distinct=str(existing.pk))).status_code == 302
    pair = DistinctPair.objects.get()
    assert (pair.first, pair.second.name) == (existing, "Marie Dupond")
    url = f"/clients/{pair.second_id}/modifier/"
    assert client.post(url, typed(name="Marie Dupont")).status_code == 302, "said once for all"


def test_a_customer_changed_into_anothers_likeness(activity: Activity) -> None:
    """The same on the sheet of one that exists."""
    person(activity, "Marie Dupont")
    other = person(activity, "Paul Martin")
    client = signed_in(entrepreneur_of(activity))
    answer = client.post(f"/clients/{other.pk}/modifier/", typed())
    assert "Un client semblable existe déjà" in answer.text
    other.refresh_from_db()
    assert other.name == "Paul Martin"


def test_ones_own_duplicates(activity: Activity) -> None:
    """Shown with a button that remembers; a stranger's are neither shown nor touched."""
    one, other = person(activity, "Marie Dupont"), person(activity, "Marie Dupond")
    foreign = make_selling_activity()
    person(foreign, "Luc Petit"), person(foreign, "Luc Petit")
    user = entrepreneur_of(activity)
    client = signed_in(user)
    assert [pair.customers for pair in own_suspected_pairs(user)] == [(one, other)]
    page = client.get("/clients/doublons/")
    assert ("Marie Dupond" in page.text, "Luc Petit" in page.text) == (True, False)
    assert client.post(f"/clients/{one.pk}/distinct/", {"autre": str(other.pk)}).headers["Location"] == (
        "/clients/doublons/"
    )
    assert "Aucun doublon" in client.get("/clients/doublons/").text
    stranger = Customer.objects.filter(activity=foreign).order_by("pk")[0]
    assert client.post(f"/clients/{stranger.pk}/distinct/", {"autre": str(one.pk)}).status_code == 404
    assert client.post(f"/clients/{one.pk}/distinct/", {"autre": str(stranger.pk)}).status_code == 404


def test_an_empty_block_leads_to_the_next(accountant_client: Client, three_activities: list[Activity]) -> None:
    """It says so, and the other pages remain within reach, as do the files."""
    Customer.objects.filter(activity=three_activities[2]).update(is_archived=True)
    page = accountant_client.get("/gestion/clients/doublons/?p=2").text
    assert ("Rien sur cette page." in page, "p=3" in page, "CSV" in page) == (True, True, True)


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_take_the_same_queries_whatever_they_hold(
    accountant_client: Client, activity: Activity, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Session, account, cooperative, activities, candidates, identities and customers; the staff's, filter and menu."""
    for n in range(count):
        person(activity, f"Marie Dupont{'abc'[n] * 20}"), person(activity, f"Marie Dupont{'abc'[n] * 20}")
    client = signed_in(entrepreneur_of(activity))
    client.get("/clients/doublons/")
    with django_assert_num_queries(7):
        assert len(client.get("/clients/doublons/").context["page"]) == count
    accountant_client.get("/gestion/clients/doublons/")
    with django_assert_num_queries(9):
        assert len(accountant_client.get("/gestion/clients/doublons/").context["rows"]) == count


@pytest.fixture
def three_activities(monkeypatch: pytest.MonkeyPatch) -> list[Activity]:
    """Atelier with 2 customers, Boutique with 3, Cuisine with 2, and blocks of 4; Dessin has a single customer."""
    monkeypatch.setattr(duplicates, "BLOCK", 4)
    activities = []
    for name, number in (("Cuisine", 2), ("Atelier", 2), ("Boutique", 3), ("Dessin", 1)):
        activities.append(make_selling_activity(name=name))
        for _ in range(number):
            person(activities[-1], f"{name} Martin")
    return activities[:3]


def test_pairs_are_looked_for_block_by_block(three_activities: list[Activity]) -> None:
    """By the activities' names, at most four customers at once, an activity never cut."""
    cuisine, atelier, boutique = three_activities
    blocks = blocks_of_activities(accountant())
    assert [block.activities for block in blocks] == [(atelier.pk,), (boutique.pk,), (cuisine.pk,)]
    make_customer(cuisine, siren=SIREN)
    assert [name for name, _, _ in found()] == ["Atelier Martin"] + ["Boutique Martin"] * 3 + ["Cuisine Martin"]
    Customer.objects.filter(activity=boutique).last().delete()  # type: ignore[union-attr]
    assert [block.activities for block in blocks_of_activities(accountant())] == [
        (atelier.pk, boutique.pk),
        (cuisine.pk,),
    ]
    assert [block.first for block in blocks_of_activities(accountant(), activity=cuisine)] == ["Cuisine"]


def test_the_staffs_page_opens_one_block(
    accountant_client: Client,
    three_activities: list[Activity],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    """As many queries as with a single block; the pages follow one another; a file holds them all."""
    url = "/gestion/clients/doublons/"
    names = []
    for mark in ("", "2", "3", "9"):
        accountant_client.get(f"{url}?p={mark}")
        with django_assert_num_queries(9):
            page = accountant_client.get(f"{url}?p={mark}")
        names.append(sorted({row.cells[1] for row, _ in page.context["rows"]}))
    assert names == [["Atelier"], ["Boutique"], ["Cuisine"], ["Cuisine"]]
    assert "Activités de Boutique à Boutique (2 sur 3)" in accountant_client.get(f"{url}?p=2").text
    answer = accountant_client.get(f"{url}?format=csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert [line.split(";")[1].strip('"') for line in lines[1:]] == ["Atelier"] + ["Boutique"] * 3 + ["Cuisine"]
    workbook = accountant_client.get(f"{url}?format=xlsx")
    assert b"".join(workbook.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]


def test_the_staff_tell_pairs_apart(accountant_client: Client, activity: Activity) -> None:
    """Those chosen; of one activity or of all."""
    for name in ("Marie Dupont", "Luc Petit"):
        person(activity, name), person(activity, name)
    url = "/gestion/clients/doublons/"
    assert accountant_client.get(f"{url}?activity={make_selling_activity().pk}").context["rows"] == []
    rows = accountant_client.get(f"{url}?activity={activity.pk}").context["rows"]
    key = next(row.key for row, _ in rows if row.cells[2] == "Luc Petit")
    accountant_client.post(url, {"act": "distincts", "row": [str(key)]})
    assert [name for name, _, _ in found()] == ["Marie Dupont"]
    answer = accountant_client.post(url, {"act": "distincts", "row": ["7"]}, follow=True)
    assert "Un de ces clients n’existe plus" in answer.text


def test_the_staff_are_warned_after_saving(accountant_client: Client, activity: Activity) -> None:
    """A message that names the other one."""
    person(activity, "Marie Dupont")
    data = typed(activity=str(activity.pk))
    for prefix in ("contacts", "billing_addresses", "delivery_addresses"):
        data |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    answer = accountant_client.post("/gestion/invoicing/customer/add/", data, follow=True)
    assert Customer.objects.count() == 2
    assert "Un client semblable existe déjà" in answer.text
