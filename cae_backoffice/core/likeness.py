"""Names that may be the same: stripped of what varies (accents, case, legal form, civility), then compared.

The database computes the same key (`stored_name_key`), so that candidates are found there, set by set, and only these
are compared here.
"""

import re
from functools import lru_cache

from django.db import models
from django.db.models import Func
from rapidfuzz import fuzz

from cae_backoffice.core.text import folded, search_key

FORMS = (
    "sa", "sas", "sasu", "sarl", "eurl", "sci", "snc", "scp", "scop", "scic", "scm", "selarl", "selas", "gie", "gaec",
    "earl", "ei", "eirl", "me", "societe", "ste", "association", "asso", "etablissements", "etablissement", "ets",
    "entreprise", "cie", "compagnie", "monsieur", "madame", "mademoiselle", "m", "mr", "mme", "mlle",
)  # fmt: skip
"""Legal forms and civilities, as whole words: « SARL Rose » and « Rose » are alike.

The database's column holds them too: another list takes a migration that rebuilds it."""

ADDRESS_FORMS = re.compile(r"\b(avenue|boulevard|place|chemin|route|impasse|allee)\b")
SHORT_FORMS = {
    "avenue": "av", "boulevard": "bd", "place": "pl", "chemin": "ch", "route": "rte", "impasse": "imp", "allee": "all",
}  # fmt: skip
KEPT = 1 << 17
"""How many keys are remembered: each name is compared with many others."""

_WORDS = re.compile(rf"\b({'|'.join(FORMS)})\b")


@lru_cache(maxsize=KEPT)
def name_key(name: str) -> str:
    """« S.A.R.L. Menuiserie Rosé & Fils » → "menuiserie rose fils"; empty when nothing but forms is left."""
    bare = re.sub(r"[^a-z0-9]+", " ", search_key(name).replace(".", ""))
    return " ".join(_WORDS.sub("", bare).split())


class NameKey(Func):
    """What `name_key` does, in SQL."""

    template = (
        "btrim(regexp_replace(regexp_replace(regexp_replace(replace(%(expressions)s, '.', ''), '[^a-z0-9]+', ' ', 'g'),"
        f" '\\m({'|'.join(FORMS)})\\M', '', 'g'), ' +', ' ', 'g'))"
    )
    output_field = models.TextField()


def stored_name_key(field: str) -> models.GeneratedField:
    """A stored column, kept by the database, that holds the `name_key` of a field."""
    return models.GeneratedField(
        expression=NameKey(folded(field)), output_field=models.TextField(), db_persist=True, verbose_name="nom réduit"
    )


def likeness(one: str, other: str) -> float:
    """How alike two name keys are, from 0 to 100, whatever the order of their words; 0 when one is empty."""
    if not one or not other:
        return 0.0
    return max(fuzz.token_sort_ratio(one, other), fuzz.ratio(one.replace(" ", ""), other.replace(" ", "")))


@lru_cache(maxsize=KEPT)
def address_key(street: str) -> str:
    """« 12, av. du Général-Leclerc » → "12 av du general leclerc"."""
    bare = " ".join(re.sub(r"[^a-z0-9]+", " ", search_key(street)).split())
    return ADDRESS_FORMS.sub(lambda match: SHORT_FORMS[match.group()], bare)
