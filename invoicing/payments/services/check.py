"""What every act on payments asks first."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import models

from cae_backoffice.core.access import Right, has_right
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import format_euros
from cae_backoffice.core.text import control_characters
from invoicing.payments.models import Receipt
from invoicing.payments.queries import is_closed
from invoicing.payments.rules import amount_errors
from members.people.models import User


def refuse_unless_allowed(by: User, on: date) -> None:
    """Only those who keep the books record payments, and on a day whose payments are not closed."""
    if not has_right(by, Right.KEEP_BOOKS):
        raise RefusalError("Vous ne tenez pas les comptes de la coopérative.")
    if is_closed(on):
        raise RefusalError(f"Les encaissements du {on:%d/%m/%Y} sont clôturés\u00a0: choisissez une date ouverte.")


def refuse_bounced(receipt: Receipt) -> None:
    """Nothing more happens to a receipt that the bank took back."""
    if hasattr(receipt, "bounce"):
        raise RefusalError(f"L’encaissement {receipt.number} a été rejeté le {receipt.bounce.bounced_on:%d/%m/%Y}.")


def refuse_before(receipt: Receipt, on: date) -> None:
    """What happens to a receipt happens on its day or later."""
    if on < receipt.received_on:
        raise RefusalError(f"L’encaissement {receipt.number} n’a été reçu que le {receipt.received_on:%d/%m/%Y}.")


def refuse_beyond(amount: Decimal, left: Decimal, name: str) -> None:
    """An amount, positive and in cents, within what is left of `name`."""
    reasons = amount_errors(amount)
    if not reasons and amount > left:
        reasons = [f"{name} n’a plus que {format_euros(left)} de libre\u00a0: {format_euros(amount)} est trop."]
    if reasons:
        raise RefusalError(reasons)


def _title(instance: models.Model, name: str) -> str:
    return str(getattr(instance._meta.get_field(name), "verbose_name", name)).capitalize()


def refuse_invalid(instance: models.Model, *written_later: str) -> None:
    """The fields' own rules, in French sentences, before anything is written."""
    try:
        instance.clean_fields(exclude={"id", *written_later})
    except ValidationError as error:
        raise RefusalError(
            f"{_title(instance, name)}\u00a0: {' '.join(messages)}" for name, messages in error.message_dict.items()
        ) from error
    for field in instance._meta.concrete_fields:
        value = None if field.generated else getattr(instance, field.attname)
        if isinstance(value, str) and control_characters(value):
            raise RefusalError(f"Le champ «\u00a0{field.verbose_name}\u00a0» contient un caractère de contrôle.")
