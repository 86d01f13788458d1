"""Saving a plain record with its trace: for data whose rules all stand in constraints and validators."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar, cast

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

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


@transaction.atomic
def save_records(*, model: type[Record], instances: Sequence[Record], by: AbstractBaseUser) -> None:
    """As `save_record`, for many records of one model in as many queries as for one; each leaves its own trace.

    The constraints are asked by the database alone, so that only one of them is said at a time: the caller has asked
    before what it can explain record by record. Raises RefusalError; nothing is written then.
    """
    relations = [field.name for field in model._meta.concrete_fields if field.is_relation]
    ids = [instance.pk for instance in instances if instance.pk is not None]
    before = {stored.pk: _values(stored) for stored in model._base_manager.select_for_update().filter(pk__in=ids)}
    events: list[audit.Event] = []
    created: list[Record] = []
    changed: list[Record] = []
    for instance in instances:
        former, after = before.get(instance.pk, {}), _values(instance)
        changes = {name: [former.get(name), value] for name, value in after.items() if former.get(name) != value}
        if not changes:
            continue
        (changed if former else created).append(instance)
        verb = "changed" if former else "created"
        events.append(audit.Event(f"{model._meta.model_name}.{verb}", instance, changes))
    try:
        for instance in instances:
            instance.clean_fields(exclude=relations)
        with transaction.atomic():
            model._base_manager.bulk_create(created)
            names = [field.name for field in model._meta.concrete_fields if _is_kept(field)]
            model._base_manager.bulk_create(
                changed, update_conflicts=True, unique_fields=[model._meta.pk.name], update_fields=names
            )
    except ValidationError as error:
        raise RefusalError(error.messages) from error
    except IntegrityError as error:
        raise RefusalError(_sentence(model, error)) from error
    audit.record_all(by=by, events=events)


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
        if _is_kept(field) and not isinstance(field, models.BinaryField)
    }


def _is_kept(field: "models.Field[object, object]") -> bool:
    return not field.primary_key and not field.generated


def _sentence(model: type[models.Model], error: IntegrityError) -> str:
    """That of the constraint which the database names."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    sentences = {one.name: str(one.violation_error_message) for one in model._meta.constraints}
    if name not in sentences:
        raise error
    return sentences[name]
