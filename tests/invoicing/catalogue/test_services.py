"""Products: refusals, archive, who writes them, and the lines that name them."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from cae_backoffice.core.access import Role
from cae_backoffice.core.audit import history_of
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.models import AuditEvent
from invoicing.catalogue.models import Product
from invoicing.catalogue.queries import matching, own_products, suggestions
from invoicing.catalogue.services import archive_product, restore_product, save_product
from invoicing.invoices.models import Invoice, InvoiceLine
from invoicing.invoices.services import save_draft
from tests.invoicing.factories import (
    accountant,
    entrepreneur_of,
    make_content,
    make_line,
    make_product,
    make_selling_activity,
    vat,
)
from tests.members.factories import make_activity, make_user

pytestmark = pytest.mark.django_db


def refused(product: Product, match: str) -> None:
    """With these words; nothing was written."""
    before = list(Product.objects.order_by("pk").values()), AuditEvent.objects.count()
    with pytest.raises(RefusalError, match=match):
        save_product(product=product, by=entrepreneur_of(product.activity))
    assert (list(Product.objects.order_by("pk").values()), AuditEvent.objects.count()) == before


def unsaved(**fields: object) -> Product:
    """A product as a form hands it over."""
    if "activity" not in fields:
        fields["activity"] = make_selling_activity()
    return Product(**{"label": "Conseil", "unit_price": Decimal(350), "vat_code": vat(), **fields})


def test_texts_are_tidied_and_the_author_recorded() -> None:
    product = unsaved(label=" Conseil ", reference=" C-1 ", description="Ligne\r\ndeux ")
    save_product(product=product, by=entrepreneur_of(product.activity))
    stored = Product.objects.get()
    assert (stored.label, stored.reference, stored.description) == ("Conseil", "C-1", "Ligne\ndeux")
    event = history_of(stored).get()
    assert (event.action, event.author) == ("product.created", entrepreneur_of(product.activity))


def test_a_reference_or_a_label_stands_once_in_an_activity() -> None:
    first = make_product(make_selling_activity(), "Conseil", reference="C-1")
    refused(unsaved(activity=first.activity, label="Autre", reference="c-1"), "déjà un produit de cette référence")
    refused(unsaved(activity=first.activity, label="CONSEIL"), "déjà un produit de cette désignation")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_product(first.activity, "conseil")
    other = unsaved(label="Conseil", reference="C-1")
    save_product(product=other, by=entrepreneur_of(other.activity))
    assert Product.objects.count() == 2


def test_without_reference_there_is_no_duplicate() -> None:
    activity = make_selling_activity()
    make_product(activity, "Conseil")
    save_product(product=unsaved(activity=activity, label="Formation"), by=entrepreneur_of(activity))
    assert Product.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"unit_price": Decimal(-1)}, "n’est pas négatif"),
        ({"unit_price": Decimal("1.1234567")}, "au plus 6 décimales"),
        ({"label": ""}, "obligatoire|vide"),
        ({"label": "Con\u0007seil"}, "caractère de contrôle"),
        ({"contribution_code": "FORM"}, "donné par la coopérative"),
    ],
)
def test_what_no_product_can_hold_is_refused(fields: dict[str, object], words: str) -> None:
    refused(unsaved(**fields), words)


def test_only_who_carries_the_activity_writes_its_catalogue() -> None:
    product = make_product(make_selling_activity())
    stranger = entrepreneur_of(make_selling_activity())
    for act in (save_product, archive_product, restore_product):
        with pytest.raises(RefusalError, match="Vous n’écrivez pas le catalogue"):
            act(product=product, by=stranger)
    with pytest.raises(RefusalError, match="Vous n’écrivez pas le catalogue"):
        save_product(product=product, by=make_user(Role.MANAGER))


def test_a_product_stays_with_its_activity() -> None:
    product = make_product(make_selling_activity())
    person = entrepreneur_of(product.activity).person
    product.activity = make_activity([person], name="Graphisme")
    refused(product, "ne change pas d’activité")


def test_the_accountant_gives_the_code_and_the_entrepreneur_keeps_it() -> None:
    product = make_product(make_selling_activity())
    product.contribution_code = "FORM"
    save_product(product=product, by=accountant())
    product.label = "Formation"
    save_product(product=product, by=entrepreneur_of(product.activity))
    product.contribution_code = ""
    refused(product, "donné par la coopérative")
    product.refresh_from_db()
    assert (product.label, product.contribution_code) == ("Formation", "FORM")


def test_an_archived_product_comes_back_unless_another_took_its_label() -> None:
    product = make_product(make_selling_activity(), "Conseil")
    author = entrepreneur_of(product.activity)
    with pytest.raises(RefusalError, match="n’est pas archivé"):
        restore_product(product=product, by=author)
    archive_product(product=product, by=author)
    with pytest.raises(RefusalError, match="déjà archivé"):
        archive_product(product=product, by=author)
    second = make_product(product.activity, "Conseil")
    with pytest.raises(RefusalError, match="déjà un produit de cette désignation"):
        restore_product(product=product, by=author)
    archive_product(product=second, by=author)
    assert restore_product(product=product, by=author).is_archived is False
    actions = [event.action for event in reversed(history_of(product))]
    assert actions == ["product.archived", "product.restored"]


def test_what_is_offered_is_ones_own_and_not_archived() -> None:
    product = make_product(make_selling_activity(), "Journée d’étude", reference="ET-1")
    author = entrepreneur_of(product.activity)
    second = make_product(make_activity([author.person], name="Graphisme"), "Étude de logo")
    make_product(product.activity, "Étude ancienne", is_archived=True)
    make_product(make_selling_activity(), "Étude d’ailleurs")
    assert suggestions(author, activity_id=None, words="etude") == [second, product]
    assert suggestions(author, activity_id=product.activity_id, words="et-1 jour") == [product]
    assert suggestions(author, activity_id=product.activity_id, words="logo") == []
    assert matching(own_products(author), "étude").count() == 3
    assert own_products(accountant()).count() == 0


def test_a_line_names_a_product_of_its_activity_which_then_cannot_go() -> None:
    product = make_product(make_selling_activity())
    author = entrepreneur_of(product.activity)
    content = make_content(product.activity, lines=[make_line(product_id=product.pk)])
    save_draft(invoice=None, content=content, by=author)
    assert InvoiceLine.objects.get().product == product
    with pytest.raises(ProtectedError):
        product.delete()


@pytest.mark.parametrize("foreign", [True, False])
def test_a_line_of_another_activitys_product_is_refused(foreign: bool) -> None:  # noqa: FBT001
    activity = make_selling_activity()
    key = make_product(make_selling_activity()).pk if foreign else 999_999
    content = make_content(activity, lines=[make_line(product_id=key)])
    with pytest.raises(RefusalError, match="catalogue d’une autre activité"):
        save_draft(invoice=None, content=content, by=entrepreneur_of(activity))
    assert Invoice.objects.count() == 0
