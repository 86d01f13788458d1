"""Template filters for what people of the cooperative read; available in every template without `load`."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django import template
from django.apps import apps

from cae_backoffice.core.models import AuditEvent
from cae_backoffice.core.money import NO_BREAK_SPACE, format_decimal, format_euros, round_cents

register = template.Library()

ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


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
def price(value: Decimal | None) -> str:
    """A unit price with two decimals, or as many as it needs: « 45,50 € », « 0,1234 € »; nothing for None."""
    if value is None:
        return ""
    bare = Decimal(f"{value.normalize():f}")
    return format_euros(bare) if bare == round_cents(bare) else f"{format_decimal(bare)}{NO_BREAK_SPACE}€"


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
    "status": "Statut de facture électronique",
    "retried": "Nouvel essai",
    "given_up": "Abandon",
    "credited": "Avoir émis",
    "rendered": "PDF produit",
    "deleted": "Brouillon supprimé",
    "archived": "Archivage",
    "restored": "Retour au catalogue",
    "signed": "Signature",
    "ended": "Fin",
    "amended": "Avenant",
    "deadline_overridden": "Échéance fixée par décision",
    "roles_changed": "Changement de rôles",
    "recorded": "Encaissement enregistré",
    "allocated": "Affectation",
    "bounced": "Rejet (impayé)",
    "refunded": "Remboursement",
    "offset": "Avoir imputé",
    "doubtful": "Créance douteuse",
    "written_off": "Perte sur créance",
    "retention_released": "Retenue libérée",
    "remitted": "Remise en banque",
    "admitted": "Admission comme associé",
    "validated": "Validation définitive",
    "reversed": "Contrepassation",
    "locked": "Verrouillage",
    "unlocked": "Déverrouillage",
    "opened": "Ouverture",
    "closed": "Clôture",
    "received": "Fichier reçu",
    "imported": "Import",
    "discarded": "Abandon",
    "set": "Lettrage",
    "unset": "Délettrage",
    "contact_removed": "Contact effacé",
    "billing_address_removed": "Adresse de facturation retirée",
    "told_apart": "Déclaré distinct",
    "merged": "Fusion",
    "split": "Fusion défaite",
    "link_given": "Lien privé donné",
    "link_revoked": "Lien privé retiré",
    "requested": "Demande d’export",
    "exported": "Export écrit",
    "failed": "Échec",
    "restarted": "Relance",
    "password_set": "Nouveau mot de passe",
    "split_changed": "Nouvelle répartition",
    "sharemovement.recorded": "Inscription",
    "convened": "Convocation",
    "resolution_removed": "Résolution retirée",
    "proxy_revoked": "Pouvoir retiré",
    "attended": "Présence",
    "resolution.opened": "Vote ouvert",
    "cast": "Vote",
    "decided": "Résultat du vote",
    "held": "Entretien",
    "notes_written": "Notes privées écrites",
    "registered": "Inscription à l’atelier",
    "proposed": "Proposition",
    "adopted": "Adoption",
    "asked": "Calcul demandé",
    "posted": "Comptabilisation",
    "contributionrun.reversed": "Annulation",
    "contributionrun.failed": "Calcul refusé",
    "entry.opened": "Soldes de départ repris",
    "provided": "Provisions passées",
    "published": "Publication",
    "dropped": "Abandon du modèle",
    "sent": "Envoi par courriel",
    "stopped": "Arrêt",
    "reminder.cancelled": "Sans objet",
    "lifted": "Levée",
    "resent": "Renvoi",
    "cancelled": "Envoi annulé",
    "first_approved": "Première validation",
    "attached": "Pièce jointe",
    "detached": "Pièce retirée",
    "selfapproval.granted": "Autovalidation accordée",
}


@register.filter
def audit_action(action: str) -> str:
    """The French word for an audited act ("invoice.issued" → « Émission »); its own, or that of its verb."""
    return VERBS.get(action) or VERBS.get(action.rpartition(".")[2], action)


@register.filter
def audit_changes(event: AuditEvent) -> list[str]:
    """One line per field that an event changed: « total HT : 10,00 → 12,00 »."""
    fields = {field.attname: field for field in apps.get_model(event.subject_type)._meta.concrete_fields}
    lines = []
    for name, change in event.changes.items():
        field = fields.get(name)
        label, choices = (str(field.verbose_name), dict(field.flatchoices)) if field else (name, {})
        lines.append(f"{label}\u00a0: {_change(change, choices)}")
    return lines


def _change(change: object, choices: Mapping[object, object]) -> str:
    if isinstance(change, list) and len(change) == 2:  # noqa: PLR2004  [old, new]
        old, new = change
        return _shown(new, choices) if old in (None, "", []) else f"{_shown(old, choices)} → {_shown(new, choices)}"
    return _shown(change, choices)


def _shown(value: object, choices: Mapping[object, object]) -> str:
    if isinstance(value, list):
        return ", ".join(_shown(item, choices) for item in value) or "—"
    if isinstance(value, bool):
        return "oui" if value else "non"
    text = "—" if value in (None, "") else str(choices.get(value, value))
    return french_date(date.fromisoformat(text)) if ISO_DATE.fullmatch(text) else text


@register.filter
def report_cell(cell: object) -> str:
    """A report's cell as people read it: dates and amounts the French way, nothing for None."""
    if isinstance(cell, Decimal):
        return format_decimal(cell)
    return french_date(cell) if isinstance(cell, date) else "" if cell is None else str(cell)
