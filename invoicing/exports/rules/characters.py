"""Texts in the character sets of other programs: what a set lacks becomes its nearest. Pure."""

import codecs
import unicodedata
from functools import lru_cache, partial

# What word processors type and older sets have not.
TYPOGRAPHY = {
    "’": "'",
    "‘": "'",
    "“": '"',
    "”": '"',
    "–": "-",
    "—": "-",
    "‑": "-",
    "•": "-",
    "…": "...",
    "\u202f": "\u00a0",
}
CODECS = ("iso-8859-15", "cp1252")


def in_character_set(text: str, codec: str) -> bytes:
    """The text in bytes: typography becomes plain, then letters lose their accent, at last « ? »."""
    return text.encode(codec, errors=_handler(codec))


@lru_cache(maxsize=4096)
def nearest(character: str, codec: str) -> str:
    """What stands for a character that the set lacks."""
    plain = TYPOGRAPHY.get(character) or unicodedata.normalize("NFKD", character)[0]
    if plain.isspace() and not character.isspace():  # an accent alone stands on a space
        return "?"
    try:
        plain.encode(codec)
    except UnicodeEncodeError:
        return "?"
    return plain


def _handler(codec: str) -> str:
    return f"nearest in {codec}"


def _replace(error: UnicodeError, codec: str) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(nearest(character, codec) for character in missing), error.end


for _codec in CODECS:  # the error itself only names the family of these sets
    codecs.register_error(_handler(_codec), partial(_replace, codec=_codec))
