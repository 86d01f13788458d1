"""The customers' pages of those who carry activities."""

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from cae_backoffice.core.access import Role
from invoicing.customers.enums import CustomerKind
from invoicing.customers.models import Customer, DeliveryAddress
from members.activities.models import Activity
from tests.conftest import signed_in
from tests.invoicing.factories import (
    entrepreneur_of,
    make_customer,
    make_delivery_address,
    make_draft,
    make_selling_activity,
    next_siren,
    siret_of,
)
from tests.members.factories import make_activity, make_user

pytestmark = pytest.mark.django_db
LIST_QUERIES = 6


@pytest.fixture
def activity() -> Activity:
    """An activity with one entrepreneur."""
    return make_selling_activity()


@pytest.fixture
def client(activity: Activity) -> Client:
    """The entrepreneur's browser."""
    return signed_in(entrepreneur_of(activity))


def typed(**fields: str) -> dict[str, str]:
    """A professional, as typed."""
    return {
        "kind": "PROFESSIONAL",
        "name": "Boulangerie des Ponts",
        "siren": "732 829 320",
        "street": "8 rue des Lilas",
        "postcode": "44000",
        "city": "Nantes",
        "country": "FR",
    } | fields


def test_a_professional_is_created_with_the_siren_as_one_types_it(client: Client, activity: Activity) -> None:
    """Spaces are let go; the one activity needs no choice."""
    assert client.post("/clients/nouveau/", typed()).headers["Location"] == "/clients/"
    customer = Customer.objects.get()
    assert (customer.name, customer.siren, customer.activity) == ("Boulangerie des Ponts", "732829320", activity)


def test_the_siret_gives_the_siren(client: Client) -> None:
    """A public body may type the SIRET alone."""
    siren = next_siren()
    client.post("/clients/nouveau/", typed(kind="PUBLIC", siren="", siret=siret_of(siren), service_code="RH-2"))
    customer = Customer.objects.get()
    assert (customer.siren, customer.siret, customer.service_code) == (siren, siret_of(siren), "RH-2")


def test_a_consumer_keeps_no_identifier(client: Client) -> None:
    """Even one left in a hidden field, right or wrong."""
    client.post("/clients/nouveau/", typed(kind="CONSUMER", siren="1234", service_code="X"))
    customer = Customer.objects.get()
    assert (customer.kind, customer.siren, customer.service_code) == ("CONSUMER", "", "")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"siren": ""}, "siren"),
        ({"siren": "732829321"}, "siren"),
        ({"siren": "12"}, "siren"),
        ({"siret": "40483304800022"}, "siret"),
        ({"kind": "PUBLIC", "siret": ""}, "siret"),
        ({"vat_number": "FR00000000000"}, "vat_number"),
        ({"name": ""}, "name"),
        ({"street": ""}, "street"),
        ({"email": "pas une adresse"}, "email"),
        ({"country": "ZZ"}, "country"),
        ({"kind": "ROBOT"}, "kind"),
    ],
)
def test_each_mistake_is_one_error_at_its_field(client: Client, fields: dict[str, str], field: str) -> None:
    """What was typed stays, and nothing is written."""
    answer = client.post("/clients/nouveau/", typed(**fields))
    assert answer.status_code == 200
    errors = answer.context["form"].errors
    assert {name: len(messages) for name, messages in errors.items()} == {field: 1}
    assert fields.get("name", "Boulangerie des Ponts") in answer.text
    assert Customer.objects.count() == 0


def test_what_the_service_refuses_is_said(client: Client) -> None:
    """A control character in a name."""
    answer = client.post("/clients/nouveau/", typed(name="Boulan\u0007gerie"))
    assert "caractère de contrôle" in answer.text
    assert Customer.objects.count() == 0


def test_a_customer_abroad_needs_no_siren(client: Client) -> None:
    """Nor a French postcode."""
    client.post("/clients/nouveau/", typed(siren="", country="BE", postcode="1000", city="Bruxelles"))
    assert Customer.objects.get().country == "BE"


def test_with_several_activities_one_is_chosen(client: Client, activity: Activity) -> None:
    """A stranger's activity is not offered, nor accepted."""
    person = entrepreneur_of(activity).person
    second, foreign = make_activity([person], name="Graphisme"), make_selling_activity()
    assert client.post("/clients/nouveau/", typed(activity=str(foreign.pk))).status_code == 200
    assert client.post("/clients/nouveau/", typed()).status_code == 200
    assert Customer.objects.count() == 0
    client.post("/clients/nouveau/", typed(activity=str(second.pk)))
    assert Customer.objects.get().activity == second


def test_a_customer_created_from_a_draft_returns_to_it(client: Client, activity: Activity) -> None:
    """And is chosen there."""
    draft = make_draft(activity, by=entrepreneur_of(activity), customer=None)
    assert "revenir à la facture" in client.get(f"/clients/nouveau/?brouillon={draft.pk}").text
    answer = client.post("/clients/nouveau/", typed(brouillon=str(draft.pk)))
    customer = Customer.objects.get()
    assert answer.headers["Location"] == f"/factures/{draft.pk}/modifier/?client={customer.pk}"
    assert f'<option value="{customer.pk}" selected>' in client.get(answer.headers["Location"]).text


def test_a_customer_is_changed(client: Client, activity: Activity) -> None:
    """Its activity is not asked again."""
    customer = make_customer(activity)
    assert client.get(f"/clients/{customer.pk}/modifier/").status_code == 200
    client.post(f"/clients/{customer.pk}/modifier/", typed(city="Rezé", activity="999"))
    customer.refresh_from_db()
    assert (customer.city, customer.activity) == ("Rezé", activity)


def test_a_customer_is_archived_once(client: Client, activity: Activity) -> None:
    """A second time is refused with its reason."""
    customer = make_customer(activity, name="Ancien client")
    assert client.get(f"/clients/{customer.pk}/archiver/").status_code == 405
    assert client.post(f"/clients/{customer.pk}/archiver/").headers["Location"] == "/clients/"
    assert "Ancien client</a>" not in client.get("/clients/").text
    assert "Ancien client</a>" in client.get("/clients/?etat=archives").text
    answer = client.post(f"/clients/{customer.pk}/archiver/", follow=True)
    assert "Ce client est déjà archivé." in answer.text


def test_delivery_addresses_are_added_and_changed(client: Client, activity: Activity) -> None:
    """Each on its page; what lacks is said at its field."""
    customer = make_customer(activity)
    place = {
        "kind": "SITE",
        "label": "Chantier",
        "street": "1 quai",
        "postcode": "44100",
        "city": "Nantes",
        "country": "FR",
    }
    answer = client.post(f"/clients/{customer.pk}/adresses/nouvelle/", place | {"city": ""})
    assert list(answer.context["form"].errors) == ["city"]
    answer = client.post(f"/clients/{customer.pk}/adresses/nouvelle/", place)
    assert answer.headers["Location"] == f"/clients/{customer.pk}/modifier/"
    address = DeliveryAddress.objects.get()
    client.post(f"/clients/adresses/{address.pk}/modifier/", place | {"label": "Dépôt"})
    address.refresh_from_db()
    assert (address.label, address.customer) == ("Dépôt", customer)


def test_another_entrepreneurs_customers_do_not_exist(client: Client) -> None:
    """404 everywhere, and nothing changes."""
    foreign = make_customer(make_selling_activity(), name="À un autre")
    address = make_delivery_address(foreign)
    assert "À un autre" not in client.get("/clients/").text
    for path in (
        f"/clients/{foreign.pk}/modifier/",
        f"/clients/{foreign.pk}/adresses/nouvelle/",
        f"/clients/adresses/{address.pk}/modifier/",
    ):
        assert client.get(path).status_code == 404
        assert client.post(path, typed()).status_code == 404
    assert client.post(f"/clients/{foreign.pk}/archiver/").status_code == 404
    foreign.refresh_from_db()
    assert (foreign.name, foreign.is_archived) == ("À un autre", False)


def test_staff_use_their_own_pages() -> None:
    """403."""
    accountant = signed_in(make_user(Role.ACCOUNTANT))
    assert [accountant.get(path).status_code for path in ("/clients/", "/clients/nouveau/")] == [403, 403]


def test_someone_who_is_also_accountant_sees_here_only_their_own(activity: Activity) -> None:
    """The rest is in the back office."""
    user = entrepreneur_of(activity)
    user.roles = [Role.ACCOUNTANT, Role.ENTREPRENEUR]
    user.save()
    foreign = make_customer(make_selling_activity(), name="À un autre")
    assert "À un autre" not in signed_in(user).get("/clients/").text
    assert signed_in(user).get(f"/clients/{foreign.pk}/modifier/").status_code == 404


def test_without_activity_no_customer_is_created() -> None:
    """A sentence says why."""
    answer = signed_in(make_user(Role.ENTREPRENEUR)).get("/clients/nouveau/", follow=True)
    assert "rattaché à aucune activité" in answer.text


def test_the_search_ignores_accents_and_case(client: Client, activity: Activity) -> None:
    """By name, SIREN or city; an empty answer leads on."""
    make_customer(activity, CustomerKind.CONSUMER, name="Élodie Bernard")
    make_customer(activity, name="Menuiserie Le Goff")
    text = client.get("/clients/?q=elodie").text
    assert ("Élodie Bernard" in text, "Menuiserie" in text) == (True, False)
    assert "Menuiserie" in client.get("/clients/?q=RENNES+goff").text
    assert "Aucun client ne correspond" in client.get("/clients/?q=zzz").text


def test_an_empty_list_says_what_to_do(client: Client) -> None:
    """Create the first one."""
    assert "Votre premier client" in client.get("/clients/").text


@pytest.mark.parametrize("customers", [1, 3])
def test_the_list_takes_the_same_queries_whatever_the_number(
    client: Client, activity: Activity, customers: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Session and account included."""
    for _ in range(customers):
        make_customer(activity)
    with django_assert_num_queries(LIST_QUERIES):
        assert client.get("/clients/").status_code == 200
