"""Loading the legal mentions that come with the software."""

import tomllib
from pathlib import Path

from invoicing.mentions.models import LegalText

DATA = Path(__file__).resolve().parent / "data" / "legal_texts.toml"


def load_legal_texts(model: type[LegalText] = LegalText) -> None:
    """Add the texts of `data/legal_texts.toml` that are not there yet; those present are never rewritten.

    A migration passes its own version of the model.
    """
    texts = tomllib.loads(DATA.read_text(encoding="utf-8"))["legal_texts"]
    model._default_manager.bulk_create([model(**text) for text in texts], ignore_conflicts=True)
