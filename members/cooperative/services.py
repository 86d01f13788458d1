"""Writing the cooperative's identity."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.records import save_record
from members.cooperative.models import Cooperative
from members.cooperative.rules import identity_errors

NUMBERS = ("siren", "siret", "vat_number", "iban", "bic")


@transaction.atomic
def save_cooperative(*, cooperative: Cooperative, by: AbstractBaseUser) -> Cooperative:
    """Set up or change the cooperative's identity and settings; documents already issued keep theirs.

    Numbers may be typed with spaces. Refused: a SIREN, SIRET, VAT number, IBAN or BIC that cannot exist.
    """
    cooperative.pk = 1
    for name in NUMBERS:
        setattr(cooperative, name, "".join(getattr(cooperative, name).split()).upper())
    errors = identity_errors(cooperative)
    if errors:
        raise RefusalError(errors)
    return save_record(instance=cooperative, by=by)
