"""Customers: identifiers, refusals, archive, and who sees and writes them."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cae_backoffice.core.access import Role
from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.models import AuditEvent
from invoicing.customers.enums import CustomerKind
from invoicing.customers.models import Customer, DeliveryAddress
from invoicing.customers.queries import customer_list, customers_to_invoice, delivery_addresses
from invoicing.customers.services import archive_customer, save_customer, save_delivery_address
from tests.invoicing.factories import (
    accountant,
    entrepreneur_of,
    make_customer,
    make_delivery_address,
    make_selling_activity,
)
from tests.members.factories import make_user

pytestmark = pytest.mark.django_db


def unsaved(kind: CustomerKind = CustomerKind.PROFESSIONAL, **fields: Any) -> Customer:  # noqa: ANN401
    """A complete French customer, as a form would hand it over."""
    values = {
        "kind": kind,
        "name": "Menuiserie Rose",
        "street": "8 rue des Lilas",
        "postcode": "35000",
        "city": "Rennes",
        "siren": "" if kind == CustomerKind.CONSUMER else "303265045",
    }
    if "activity" not in fields:
        fields["activity"] = make_selling_activity()
    return Customer(**(values | fields))


def refused(customer: Customer) -> tuple[str, ...]:
    """The reasons; nothing was written."""
    count, events = Customer.objects.count(), AuditEvent.objects.count()
    with pytest.raises(RefusalError) as refusal:
        save_customer(customer=customer, by=accountant())
    assert (Customer.objects.count(), AuditEvent.objects.count()) == (count, events)
    return refusal.value.reasons


def test_identifiers_are_written_as_in_the_registers() -> None:
    """Spaces, dots and dashes go, letters rise, names are tidied."""
    customer = save_customer(
        customer=unsaved(
            siren="303 265 045",
            siret="303\u00a0265\u202f045 00011",
            vat_number="fr 40.303-265-045",
            country=" fr ",
            name="  Menuiserie   Rose ",
            city="Re\u0301zé ",
            notes="Appeler\r\nle matin ",
        ),
        by=accountant(),
    )
    customer.refresh_from_db()
    assert (customer.siren, customer.siret, customer.vat_number) == ("303265045", "30326504500011", "FR40303265045")
    assert (customer.country, customer.name, customer.city) == ("FR", "Menuiserie Rose", "Rézé")
    assert customer.notes == "Appeler\nle matin"
    assert history_of(customer).get().action == "customer.created"


def test_a_public_bodys_siren_comes_from_its_siret() -> None:
    """The first nine digits."""
    customer = unsaved(CustomerKind.PUBLIC, siren="", siret="21350109100010")
    assert save_customer(customer=customer, by=accountant()).siren == "213501091"


@pytest.mark.parametrize(
    ("kind", "fields", "reason"),
    [
        ("PROFESSIONAL", {"siren": "303265046"}, "Ce SIREN n'existe pas\u00a0: vérifiez ses neuf chiffres."),
        ("PROFESSIONAL", {"siret": "30326504500012"}, "Ce SIRET n'existe pas\u00a0: vérifiez ses quatorze chiffres."),
        ("PROFESSIONAL", {"vat_number": "FR41303265045"},
         "Ce numéro de TVA n'existe pas\u00a0: il commence par le pays, par exemple FR."),
        ("PROFESSIONAL", {"siren": ""}, "Un professionnel établi en France a un SIREN."),
        ("PROFESSIONAL", {"siret": "21350109100010"}, "Le SIRET commence par le SIREN du client."),
        ("PROFESSIONAL", {"postcode": "3500"}, "Un code postal français a cinq chiffres."),
        ("PROFESSIONAL", {"country": "FRA"}, None),
        ("PROFESSIONAL", {"city": "a\x00b"}, "Le champ «\u00a0ville\u00a0» contient un caractère de contrôle."),
        ("PUBLIC", {}, "Un organisme public a un SIRET."),
        ("CONSUMER", {"siren": "303265045"}, "Un particulier n'a ni SIREN, ni SIRET, ni numéro de TVA."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_french(kind: str, fields: dict[str, str], reason: str | None) -> None:
    """One wrong thing, one sentence."""
    reasons = refused(unsaved(CustomerKind(kind), **fields))
    assert reasons == (reason,) if reason else reasons


def test_a_foreign_professional_has_no_siren() -> None:
    """Nor a French postcode; a European VAT number is checked."""
    customer = unsaved(siren="", country="DE", postcode="D-10115", vat_number="DE136695976")
    assert save_customer(customer=customer, by=accountant()).pk


def test_a_customer_does_not_change_activity() -> None:
    """Its documents would follow."""
    customer = make_customer(make_selling_activity())
    customer.activity = make_selling_activity()
    assert refused(customer) == ("Un client ne change pas d’activité\u00a0: créez-le dans l’autre.",)


def test_an_entrepreneur_writes_the_customers_of_their_activities_only() -> None:
    """The accountant writes all; a manager none."""
    mine, other = make_selling_activity(), make_selling_activity()
    user = entrepreneur_of(mine)
    assert save_customer(customer=unsaved(activity=mine), by=user).pk
    foreign = make_customer(other)
    for by, customer in ((user, unsaved(activity=other)), (user, foreign), (make_user(Role.MANAGER), foreign)):
        with pytest.raises(RefusalError) as refusal:
            save_customer(customer=customer, by=by)
        assert refusal.value.reasons == ("Vous n’écrivez pas les clients de cette activité.",)
    with pytest.raises(RefusalError):
        save_delivery_address(address=DeliveryAddress(customer=foreign), by=user)
    with pytest.raises(RefusalError):
        archive_customer(customer=foreign, by=user)
    assert Customer.objects.count() == 2


def test_archiving_takes_a_customer_out_of_the_choices() -> None:
    """It stays in the list; a second time is refused."""
    kept, gone = (make_customer(make_selling_activity()) for _ in range(2))
    archived = archive_customer(customer=gone, by=accountant())
    assert archived.is_archived
    assert history_of(archived)[0].action == "customer.archived"
    assert list(customers_to_invoice(accountant())) == [kept]
    assert set(customer_list(accountant())) == {kept, gone}
    with pytest.raises(RefusalError) as refusal:
        archive_customer(customer=gone, by=accountant())
    assert refusal.value.reasons == ("Ce client est déjà archivé.",)


def test_delivery_addresses() -> None:
    """Checked and tidied like a customer's."""
    customer = make_customer(make_selling_activity())
    place = {"customer": customer, "label": " Chantier ", "street": "1 quai", "city": "Lorient", "country": "fr"}
    saved = save_delivery_address(address=DeliveryAddress(**place, postcode=" 56100"), by=accountant())
    assert (saved.label, saved.postcode, saved.country) == ("Chantier", "56100", "FR")
    for postcode, sentence in (("561", "Un code postal français a cinq chiffres."), ("5\x07", None)):
        with pytest.raises(RefusalError) as refusal:
            save_delivery_address(address=DeliveryAddress(**place, postcode=postcode), by=accountant())
        assert sentence is None or refusal.value.reasons == (sentence,)
    assert DeliveryAddress.objects.count() == 1


def test_who_sees_which_customers() -> None:
    """The accountant all, entrepreneurs their own, the other roles none."""
    mine, other = make_customer(make_selling_activity()), make_customer(make_selling_activity())
    place = make_delivery_address(mine)
    user = entrepreneur_of(mine.activity)
    assert set(customer_list(accountant())) == {mine, other}
    assert (list(customer_list(user)), list(delivery_addresses(user))) == ([mine], [place])
    assert list(delivery_addresses(entrepreneur_of(other.activity))) == []
    for role in (Role.MANAGER, Role.ADVISER, Role.ADMINISTRATOR):
        assert list(customer_list(make_user(role))) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_one_query(count: int) -> None:
    """With the activities' names."""
    for _ in range(count):
        make_customer(make_selling_activity())
    user = accountant()
    with CaptureQueriesContext(connection) as queries:
        names = [(customer.name, customer.activity.name) for customer in customer_list(user)]
    assert (len(names), len(queries)) == (count, 1)


def test_the_database_refuses_a_consumer_with_a_siren() -> None:
    """Past the service too."""
    customer = make_customer(make_selling_activity())
    with pytest.raises(IntegrityError), transaction.atomic():
        Customer.objects.filter(pk=customer.pk).update(kind=CustomerKind.CONSUMER)
