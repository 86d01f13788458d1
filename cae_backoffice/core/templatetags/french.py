"""Template filters for what people of the cooperative read; available in every template without `load`."""

from datetime import date
from decimal import Decimal

from django import template
from django.apps import apps

from cae_backoffice.core.models import AuditEvent
from cae_backoffice.core.money import format_decimal, format_euros

register = template.Library()


@register.filter
def euros(amount: Decimal | None) -> str:
    """« 1 234,56 € »; nothing for None."""
    return "" if amount is None else format_euros(amount)


@register.filter
def number(value: Decimal | None) -> str:
    """A decimal without trailing zeros: « 1 234,5 »; nothing for None."""
    if value is None:
        return ""
    return format_decimal(Decimal(f"{value.normalize():f}"))


@register.filter
def french_date(day: date | None) -> str:
    """« 22/11/2026 »; nothing for None."""
    return "" if day is None else f"{day:%d/%m/%Y}"


VERBS = {
    "created": "Création",
    "changed": "Modification",
    "drafted": "Brouillon enregistré",
    "submitted": "Soumission",
    "withdrawn": "Retrait par l’auteur",
    "returned": "Renvoi en brouillon",
    "approved": "Validation",
    "issued": "Émission",
    "rendered": "PDF produit",
    "deleted": "Brouillon supprimé",
    "signed": "Signature",
    "ended": "Fin",
    "amended": "Avenant",
    "deadline_overridden": "Échéance fixée par décision",
    "roles_changed": "Changement de rôles",
    "admitted": "Admission comme associé",
    "split_changed": "Nouvelle répartition",
}


@register.filter
def audit_action(action: str) -> str:
    """The French word for an audited act ("invoice.issued" → « Émission »)."""
    return VERBS.get(action.rpartition(".")[2], action)


@register.filter
def audit_changes(event: AuditEvent) -> list[str]:
    """One line per field that an event changed: « total HT : 10,00 → 12,00 »."""
    model = apps.get_model(event.subject_type)
    labels = {field.attname: str(field.verbose_name) for field in model._meta.concrete_fields}
    return [f"{labels.get(name, name)} : {_change(change)}" for name, change in event.changes.items()]


def _change(change: object) -> str:
    if isinstance(change, list) and len(change) == 2:  # noqa: PLR2004  [old, new]
        old, new = change
        return _shown(new) if old in (None, "") else f"{_shown(old)} → {_shown(new)}"
    return _shown(change)


def _shown(value: object) -> str:
    return {None: "—", "": "—", True: "oui", False: "non"}.get(value, str(value)) if value.__hash__ else str(value)
