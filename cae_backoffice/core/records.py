"""Saving a plain record with its trace: for data whose rules all stand in constraints and validators."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar, cast

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import models, transaction

from cae_backoffice.core import audit
from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.text import control_characters

Record = TypeVar("Record", bound=models.Model)
SECRET_FIELDS = frozenset({"password"})


@transaction.atomic
def save_record(*, instance: Record, by: AbstractBaseUser, action: str = "") -> Record:
    """Create or change one record and write what changed to the audit trail; saving without a change writes nothing.

    `action` names the event when "changed" says too little. Raises RefusalError with the sentences of the fields'
    validators and of the constraints.
    """
    before = _stored_values(instance)
    try:
        instance.full_clean()
    except ValidationError as error:
        raise RefusalError(error.messages) from error
    after = _values(instance)
    changes = {name: [before.get(name), value] for name, value in after.items() if before.get(name) != value}
    if before and not changes:
        return instance
    instance.save()
    verb = action or ("changed" if before else "created")
    audit.record(by=by, action=f"{instance._meta.model_name}.{verb}", subject=instance, changes=changes)
    return instance


def field_problems(instance: models.Model, names: Iterable[str]) -> Iterator[str]:
    """What the fields' own validators and lengths say of the values, in French sentences, without a query."""
    for name in names:
        field = cast("models.Field[object, object]", instance._meta.get_field(name))
        value = getattr(instance, name)
        title = str(field.verbose_name)
        if isinstance(value, str) and control_characters(value):
            yield f"le champ «\u00a0{title}\u00a0» contient un caractère de contrôle."
        elif isinstance(field, models.TextField) and field.max_length and len(value) > field.max_length:
            yield f"le champ «\u00a0{title}\u00a0» a au plus {field.max_length} caractères."
        elif value not in field.empty_values:
            try:
                field.clean(value, instance)
            except ValidationError as error:
                yield f"{title}\u00a0: {' '.join(error.messages)}"


def _stored_values(instance: models.Model) -> dict[str, Any]:
    if instance.pk is None:
        return {}
    manager = type(instance)._base_manager
    stored = manager.select_for_update(of=("self",)).filter(pk=instance.pk).first()
    return _values(stored) if stored else {}


def _values(instance: models.Model) -> dict[str, Any]:
    """Field values as the trail shows them: no generated column, no picture, no secret."""
    return {
        field.attname: "•••" if field.name in SECRET_FIELDS else getattr(instance, field.attname)
        for field in instance._meta.concrete_fields
        if not field.primary_key and not field.generated and not isinstance(field, models.BinaryField)
    }
