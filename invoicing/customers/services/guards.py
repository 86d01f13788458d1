"""What every service of customers refuses first."""

from collections.abc import Iterator

from django.db import models

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.text import control_characters
from invoicing.customers.models import Customer
from invoicing.customers.rules import may_write_for
from members.people.models import User


def refuse_stranger(customer: Customer, by: User) -> None:
    """Refuse whoever does not write the customers of this one's activity."""
    if customer.activity_id is None or not may_write_for(by, customer.activity):
        raise RefusalError("Vous n’écrivez pas les clients de cette activité.")


def refuse_controls(instance: models.Model) -> None:
    """Refuse texts that no document can carry, naming each field."""
    if reasons := list(_control_problems(instance)):
        raise RefusalError(reasons)


def _control_problems(instance: models.Model) -> Iterator[str]:
    for field in instance._meta.concrete_fields:
        value = getattr(instance, field.attname) if not field.generated else ""
        if isinstance(value, str) and control_characters(value):
            yield f"Le champ «\u00a0{field.verbose_name}\u00a0» contient un caractère de contrôle."
