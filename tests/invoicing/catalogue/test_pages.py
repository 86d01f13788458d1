"""The catalogue's pages of those who carry activities, and of the staff."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from invoicing.catalogue.models import Product
from members.activities.models import Activity
from tests.conftest import signed_in
from tests.invoicing.factories import accountant, entrepreneur_of, make_product, make_selling_activity, vat
from tests.members.factories import make_activity, make_cooperative

pytestmark = pytest.mark.django_db
LIST_QUERIES = 6
SEARCH_QUERIES = 4
ADMIN_LIST_QUERIES = 6


@pytest.fixture
def activity() -> Activity:
    """An activity with one entrepreneur."""
    make_cooperative()
    return make_selling_activity()


@pytest.fixture
def client(activity: Activity) -> Client:
    """The entrepreneur's browser."""
    return signed_in(entrepreneur_of(activity))


def typed(**fields: str) -> dict[str, str]:
    """A product, as typed."""
    return {
        "label": "Journée de conseil",
        "reference": "",
        "description": "",
        "nature": "SERVICES",
        "unit": "DAY",
        "unit_price": "1 350,50 €",
        "vat_code": str(vat().pk),
    } | fields


def test_a_product_is_created_as_the_french_type_numbers(client: Client, activity: Activity) -> None:
    assert "Votre premier produit" in client.get("/catalogue/").text
    assert client.post("/catalogue/nouveau/", typed(reference="J-1")).headers["Location"] == "/catalogue/"
    product = Product.objects.get()
    assert (product.activity, product.reference, product.unit_price) == (activity, "J-1", Decimal("1350.50"))
    assert "1\u202f350,50\u00a0€" in client.get("/catalogue/").text


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"label": ""}, "label"),
        ({"unit_price": "cent"}, "unit_price"),
        ({"unit_price": ""}, "unit_price"),
        ({"unit": "FOOT"}, "unit"),
        ({"vat_code": "0"}, "vat_code"),
        ({"unit_price": "-5"}, "__all__"),
    ],
)
def test_each_mistake_is_an_error_and_nothing_is_written(client: Client, fields: dict[str, str], field: str) -> None:
    answer = client.post("/catalogue/nouveau/", typed(**fields))
    assert list(answer.context["form"].errors) == [field]
    assert Product.objects.count() == 0


def test_a_duplicate_is_said_in_words(client: Client, activity: Activity) -> None:
    make_product(activity)
    answer = client.post("/catalogue/nouveau/", typed())
    assert "L’activité a déjà un produit de cette désignation." in answer.text
    assert Product.objects.count() == 1


def test_the_code_of_the_contributions_is_not_typed_here(client: Client) -> None:
    client.post("/catalogue/nouveau/", typed(contribution_code="FORM"))
    assert Product.objects.get().contribution_code == ""


def test_with_several_activities_one_is_chosen(client: Client, activity: Activity) -> None:
    second = make_activity([entrepreneur_of(activity).person], name="Graphisme")
    foreign = make_selling_activity()
    for refused in ("", str(foreign.pk)):
        assert client.post("/catalogue/nouveau/", typed(activity=refused)).status_code == 200
    assert Product.objects.count() == 0
    client.post("/catalogue/nouveau/", typed(activity=str(second.pk)))
    assert Product.objects.get().activity == second


def test_a_product_is_changed_archived_and_offered_again(client: Client, activity: Activity) -> None:
    product = make_product(activity)
    client.post(f"/catalogue/{product.pk}/modifier/", typed(label="Conseil", activity="999"))
    product.refresh_from_db()
    assert (product.label, product.activity) == ("Conseil", activity)
    assert client.get(f"/catalogue/{product.pk}/archiver/").status_code == 405
    client.post(f"/catalogue/{product.pk}/archiver/")
    assert "Conseil</a>" not in client.get("/catalogue/").text
    assert "Conseil</a>" in client.get("/catalogue/?archives=1").text
    answer = client.post(f"/catalogue/{product.pk}/archiver/", follow=True)
    assert "Ce produit est déjà archivé." in answer.text
    client.post(f"/catalogue/{product.pk}/restaurer/")
    assert Product.objects.get().is_archived is False


def test_the_vat_code_that_a_product_has_stays_offered(client: Client, activity: Activity) -> None:
    code = vat()
    product = make_product(activity, vat_code=code)
    type(code).objects.filter(pk=code.pk).update(valid_to="2020-12-31")
    assert f'<option value="{code.pk}" selected>' in client.get(f"/catalogue/{product.pk}/modifier/").text


def test_words_find_without_accents(client: Client, activity: Activity) -> None:
    make_product(activity, "Étude de sol", reference="SOL")
    make_product(activity, "Formation")
    found = client.get("/catalogue/?q=etude+sol").context["page"].object_list
    assert [product.label for product in found] == ["Étude de sol"]
    assert "Aucun produit ne correspond" in client.get("/catalogue/?q=rien").text


def test_a_line_is_offered_what_its_activity_sells(client: Client, activity: Activity) -> None:
    product = make_product(activity, "Étude <b>", unit_price=Decimal("12.5"), description="Deux jours")
    answer = client.get(f"/catalogue/chercher/?q=etu&activite={activity.pk}").text
    assert f'data-product="{product.pk}"' in answer
    assert 'data-label="Étude &lt;b&gt;"' in answer
    assert 'data-unit-price="12,50\u00a0€"' in answer
    for nothing in ("q=zzz", "q=", f"q=etu&activite={make_selling_activity().pk}"):
        assert client.get(f"/catalogue/chercher/?{nothing}").text.count("<li") == 0


def test_lists_take_the_same_queries_whatever_they_hold(
    client: Client, activity: Activity, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    staff = signed_in(accountant())
    listed = reverse("admin:invoicing_product_changelist")
    for count in (1, 2):
        for number in range(count):
            make_product(activity, f"Produit {count}-{number}")
        with django_assert_num_queries(LIST_QUERIES):
            client.get("/catalogue/")
        with django_assert_num_queries(SEARCH_QUERIES):
            client.get("/catalogue/chercher/?q=produit")
        with django_assert_num_queries(ADMIN_LIST_QUERIES):
            staff.get(listed)


def test_the_accountant_classifies_a_product(activity: Activity) -> None:
    product = make_product(activity)
    address = reverse("admin:invoicing_product_change", args=[product.pk])
    fields = typed(unit_price="350", contribution_code="FORM-ST")
    assert signed_in(accountant()).post(address, fields).status_code == 302
    product.refresh_from_db()
    assert product.contribution_code == "FORM-ST"
    answer = signed_in(accountant()).post(address, typed(unit_price="-1"))
    assert "négatif" in answer.text
