"""Searching and sorting French text without accents or case, and refusing what cannot be printed."""

import unicodedata
from functools import reduce

from django.db import models
from django.db.models import F, Func, Value
from django.db.models.functions import Coalesce, Concat

LIGATURES = {"œ": "oe", "æ": "ae"}
ALLOWED_CONTROLS = "\n\t"


def search_key(text: str) -> str:
    """Fold accents, case and ligatures: « Œuvre d'Été » → "oeuvre d'ete". The database's SearchKey gives the same."""
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in decomposed if not "\u0300" <= c <= "\u036f").lower()
    return reduce(lambda folded, pair: folded.replace(*pair), LIGATURES.items(), bare)


class _Fold(Func):
    template = (
        "replace(replace(lower(regexp_replace(normalize(%(expressions)s, NFKD), "
        "'[\u0300-\u036f]', '', 'g')), 'œ', 'oe'), 'æ', 'ae')"
    )
    output_field = models.TextField()


def folded(field: str) -> Func:
    """What `search_key` makes of a field, in SQL."""
    return _Fold(F(field))


def stored_search_key(*fields: str) -> models.GeneratedField:
    """A stored column, kept by the database, that holds the folded text of the fields, separated by a space."""
    pieces: list[Coalesce | Value] = []
    for name in fields:
        pieces += [Value(" ", output_field=models.TextField())] if pieces else []
        pieces.append(Coalesce(F(name), Value(""), output_field=models.TextField()))
    source = pieces[0] if len(pieces) == 1 else Concat(*pieces, output_field=models.TextField())
    return models.GeneratedField(
        expression=_Fold(source), output_field=models.TextField(), db_persist=True, verbose_name="clé de recherche"
    )


def control_characters(text: str) -> list[str]:
    """The characters that no document can carry: controls (but for line feed and tab), surrogates, non-characters."""
    return [c for c in text if c not in ALLOWED_CONTROLS and unicodedata.category(c) in {"Cc", "Cs", "Cn", "Co"}]


def tidy(text: str) -> str:
    """What was typed, as it is kept: line ends as line feeds, accents composed (NFC), no space around."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
