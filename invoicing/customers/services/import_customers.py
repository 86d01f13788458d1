"""Writing the customers of a file."""

from collections.abc import Sequence

from django.db import transaction

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.records import save_records
from invoicing.customers.models import Customer
from invoicing.customers.queries import ImportLine
from invoicing.customers.services.guards import refuse_stranger
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
    """In as many queries for a thousand lines as for one."""
    if not lines:
        raise RefusalError("Ce fichier n’apporte aucun client.")
    customers = [line.customer for line in lines]
    for customer in {customer.activity_id: customer for customer in customers}.values():
        refuse_stranger(customer, by)
    save_records(model=Customer, instances=customers, by=by)
    return len(lines)
