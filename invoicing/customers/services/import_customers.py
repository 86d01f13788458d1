"""Writing the customers of a file."""

from collections.abc import Sequence

from django.db import transaction

from cae_backoffice.core.errors import RefusalError
from invoicing.customers.queries import ImportLine
from invoicing.customers.services.save_customer import save_customer
from members.people.models import User


@transaction.atomic
def import_all(*, lines: Sequence[ImportLine], by: User) -> int:
    """Write every line or none; answers how many. Refused, with each sentence, when a line is wrong."""
    if reasons := [f"Ligne {line.line}\u00a0: {error}" for line in lines for error in line.errors]:
        raise RefusalError(reasons)
    return _written(lines, by)


@transaction.atomic
def import_valid(*, lines: Sequence[ImportLine], by: User) -> int:
    """Write the lines in which nothing is wrong, and leave the others; answers how many. Refused when there is none."""
    return _written([line for line in lines if not line.errors], by)


def _written(lines: Sequence[ImportLine], by: User) -> int:
    if not lines:
        raise RefusalError("Ce fichier n’apporte aucun client.")
    for line in lines:
        try:
            save_customer(customer=line.customer, by=by)
        except RefusalError as refusal:
            raise RefusalError(f"Ligne {line.line}\u00a0: {reason}" for reason in refusal.reasons) from refusal
    return len(lines)
