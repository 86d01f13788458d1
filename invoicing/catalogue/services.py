"""Writing the catalogue of an activity."""

from decimal import Decimal

from django.db import transaction

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.records import save_record
from cae_backoffice.core.text import control_characters, tidy
from invoicing.catalogue.models import Product
from invoicing.catalogue.rules import may_classify, may_write_for
from invoicing.pricing.rules import line_problems
from members.people.models import User

TEXTS = ("reference", "label", "description", "contribution_code")


@transaction.atomic
def save_product(*, product: Product, by: User) -> Product:
    """Create or change a product; the documents that name it keep their words and prices.

    Refused: an activity the user does not write for, another activity than before, a code of the contribution rules
    set by who does not run them, a reference or a label that the activity already has, a price that no line can hold.
    """
    _refuse_stranger(product, by)
    before = _locked(product) if product.pk else None
    if before and before.activity_id != product.activity_id:
        raise RefusalError("Un produit ne change pas d’activité\u00a0: créez-le dans l’autre.")
    for name in TEXTS:
        setattr(product, name, tidy(getattr(product, name)))
    if product.contribution_code != (before.contribution_code if before else "") and not may_classify(by):
        raise RefusalError("Le code des contributions est donné par la coopérative.")
    if any(control_characters(getattr(product, name)) for name in TEXTS):
        raise RefusalError("Le produit contient un caractère de contrôle.")
    if product.unit_price is not None and (problems := _price_problems(product)):
        raise RefusalError(problems)
    return save_record(instance=product, by=by)


@transaction.atomic
def archive_product(*, product: Product, by: User) -> Product:
    """Offer a product no more on new lines. Refused when it is archived already."""
    _refuse_stranger(product, by)
    current = _locked(product)
    if current.is_archived:
        raise RefusalError("Ce produit est déjà archivé.")
    current.is_archived = True
    return save_record(instance=current, by=by, action="archived")


@transaction.atomic
def restore_product(*, product: Product, by: User) -> Product:
    """Offer an archived product again. Refused when another one has its label meanwhile."""
    _refuse_stranger(product, by)
    current = _locked(product)
    if not current.is_archived:
        raise RefusalError("Ce produit n’est pas archivé.")
    current.is_archived = False
    return save_record(instance=current, by=by, action="restored")


def _locked(product: Product) -> Product:
    return Product.objects.select_for_update(of=("self",)).get(pk=product.pk)


def _price_problems(product: Product) -> list[str]:
    """Those of one unit of it on a line."""
    return line_problems(quantity=Decimal(1), unit_price=product.unit_price, discount_percent=Decimal(0))


def _refuse_stranger(product: Product, by: User) -> None:
    if product.activity_id is None or not may_write_for(by, product.activity):
        raise RefusalError("Vous n’écrivez pas le catalogue de cette activité.")
