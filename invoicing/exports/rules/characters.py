"""Texts in the character sets of other programs: what a set lacks becomes its nearest. Pure."""

import unicodedata

# What word processors type and ISO 8859-15 has not; « œ », « € » and the French quotation marks it has.
TYPOGRAPHY = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-", "…": "...", "\u202f": "\u00a0", "•": "-"}
)


def in_character_set(text: str, codec: str) -> bytes:
    """The text in bytes: typography first becomes plain, then letters lose their accent, at last « ? »."""
    try:
        return text.encode(codec)
    except UnicodeEncodeError:
        plain = text.translate(TYPOGRAPHY)
        return "".join(_nearest(character, codec) for character in plain).encode(codec, errors="replace")


def _nearest(character: str, codec: str) -> str:
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return unicodedata.normalize("NFKD", character)[0]
    return character
