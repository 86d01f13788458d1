"""Auxiliary accounts."""

from invoicing.ledger.enums import AuxiliaryKind
from invoicing.ledger.models import Auxiliary

PREFIXES = {AuxiliaryKind.CUSTOMER: "C", AuxiliaryKind.SUPPLIER: "F", AuxiliaryKind.MEMBER: "M"}


def save_auxiliary(*, kind: AuxiliaryKind, owner_id: int, label: str) -> Auxiliary:
    """The auxiliary account of a customer, supplier or member, made at its first use; its label follows its owner.

    One statement when nothing changed; two writers of the same account wait for each other and make one.
    """
    wanted = Auxiliary(code=f"{PREFIXES[kind]}{owner_id:06d}", kind=kind, label=label[:120])
    found = Auxiliary.objects.filter(code=wanted.code).first()
    if found is not None and found.label == wanted.label:
        return found
    (saved,) = Auxiliary.objects.bulk_create(
        [wanted], update_conflicts=True, unique_fields=["code"], update_fields=["label"]
    )
    return saved
