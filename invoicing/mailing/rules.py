"""Placeholders: which there are for each kind of message, and what a text becomes when they are filled.

Filling replaces names by texts, once: nothing in a template is run, and what a value holds is not filled again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cae_backoffice.core.access import Right, has_right
from invoicing.mailing.enums import TemplateKind
from members.activities.models import Activity
from members.people.models import User

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")

MEANINGS = {
    "numero": "numéro du document",
    "objet": "objet du document",
    "date": "date d’émission",
    "montant": "montant TTC",
    "reste": "ce qui reste à payer",
    "echeance": "date d’échéance",
    "retard": "nombre de jours de retard",
    "penalites": "pénalités de retard à ce jour",
    "indemnite": "indemnité forfaitaire de recouvrement",
    "validite": "date jusqu’à laquelle le devis vaut",
    "client": "nom du client",
    "enseigne": "enseigne de l’activité",
    "cooperative": "nom de la coopérative",
    "iban": "IBAN de la coopérative",
    "lien": "lien privé vers le document",
}
EXAMPLES = {
    "numero": "F2026-00042",
    "objet": "Pose d’un escalier",
    "date": "02/11/2026",
    "montant": "1\u00a0234,56\u00a0€",
    "reste": "1\u00a0234,56\u00a0€",
    "echeance": "02/12/2026",
    "retard": "12",
    "penalites": "4,97\u00a0€",
    "indemnite": "40,00\u00a0€",
    "validite": "02/12/2026",
    "client": "Menuiserie Le Goff",
    "enseigne": "Bois & Cie",
    "cooperative": "Coopérative de l’exemple",
    "iban": "FR76 3000 6000 0112 3456 7890 189",
    "lien": "https://gestion.example.org/documents/…",
}
EVERYWHERE = frozenset({"numero", "objet", "date", "montant", "client", "enseigne", "cooperative", "lien"})
TO_PAY = EVERYWHERE | {"reste", "echeance", "iban"}
OFFERED: dict[TemplateKind, frozenset[str]] = {
    TemplateKind.QUOTE: EVERYWHERE | {"validite"},
    TemplateKind.INVOICE: TO_PAY,
    TemplateKind.CREDIT_NOTE: EVERYWHERE,
    TemplateKind.BEFORE_DUE: TO_PAY,
    TemplateKind.FRIENDLY: TO_PAY | {"retard"},
    TemplateKind.FIRM: TO_PAY | {"retard", "penalites", "indemnite"},
    TemplateKind.FORMAL_NOTICE: TO_PAY | {"retard", "penalites", "indemnite"},
    TemplateKind.THANKS: EVERYWHERE | {"reste"},
}


@dataclass(frozen=True)
class Words:
    """An object and a text."""

    subject: str
    body: str


def placeholders_of(kind: TemplateKind) -> list[tuple[str, str]]:
    """The placeholders of a kind of message with their meanings, in the order in which they are explained."""
    return [(name, meaning) for name, meaning in MEANINGS.items() if name in OFFERED[kind]]


def unknown_placeholders(kind: TemplateKind, *texts: str) -> list[str]:
    """What stands between braces in the texts and is no placeholder of this kind of message."""
    found = [name for text in texts for name in PLACEHOLDER.findall(text)]
    return [name for name in dict.fromkeys(found) if name not in OFFERED[kind]]


def placeholder_problems(kind: TemplateKind, *texts: str) -> list[str]:
    """Each unknown placeholder in a sentence that names it."""
    return [f"«\u00a0{{{name}}}\u00a0» n’existe pas dans ce message." for name in unknown_placeholders(kind, *texts)]


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with the placeholders that have a value replaced; the others stay as they are."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def filled_words(words: Words, values: Mapping[str, str]) -> Words:
    """The same for an object, kept on one line, and a text."""
    return Words(subject=" ".join(filled(words.subject, values).split()), body=filled(words.body, values))


def may_write_templates(user: User, activity: Activity | None) -> bool:
    """Whether the user changes the words of an activity (its own people do), or the cooperative's (None)."""
    if has_right(user, Right.MANAGE_SETTINGS):
        return True
    if activity is None or not has_right(user, Right.DRAFT_INVOICES):
        return False
    return Activity.objects.carried_by(user.pk).filter(pk=activity.pk).exists()
