"""Auxiliary accounts."""

from django.db import transaction

from invoicing.ledger.enums import AuxiliaryKind
from invoicing.ledger.models import Auxiliary

PREFIXES = {AuxiliaryKind.CUSTOMER: "C", AuxiliaryKind.SUPPLIER: "F", AuxiliaryKind.MEMBER: "M"}


@transaction.atomic
def save_auxiliary(*, kind: AuxiliaryKind, owner_id: int, label: str) -> Auxiliary:
    """The auxiliary account of a customer, supplier or member, made at its first use; its label follows its owner."""
    code = f"{PREFIXES[kind]}{owner_id:06d}"
    auxiliary, _created = Auxiliary.objects.get_or_create(code=code, defaults={"kind": kind, "label": label[:120]})
    if auxiliary.label != label[:120]:
        auxiliary.label = label[:120]
        auxiliary.save(update_fields=["label"])
    return auxiliary
