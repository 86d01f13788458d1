"""The document that an entry comes from: known by its type and id, for the ledger knows no document."""

from __future__ import annotations

from django.apps import apps
from django.db import models
from django.urls import NoReverseMatch, reverse

from invoicing.ledger.models import Entry


def source_address(entry: Entry) -> str:
    """The staff's page of the entry's document; empty when it has none."""
    if not entry.source_type or entry.source_id is None:
        return ""
    try:
        return reverse(f"admin:{entry.source_type.replace('.', '_')}_change", args=[entry.source_id])
    except NoReverseMatch:
        return ""


def source_label(entry: Entry) -> str:
    """The document as it names itself; its kind and number of record when it is gone."""
    if not entry.source_type or entry.source_id is None:
        return ""
    model = apps.get_model(entry.source_type)
    heavy = [field.name for field in model._meta.concrete_fields if isinstance(field, models.BinaryField)]
    found = model._default_manager.filter(pk=entry.source_id).defer(*heavy).first()
    return str(found) if found else f"{model._meta.verbose_name} {entry.source_id}"
