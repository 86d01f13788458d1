"""What the document font prints, and what it reports."""

import io
from decimal import Decimal

import pytest
from pypdf import PdfReader

from cae_backoffice.core.money import format_euros
from invoicing.rendering.font import repertoire, unprintable
from invoicing.rendering.pdf import render_pdf
from invoicing.rendering.wording import COUNTRIES, UNTAXED
from tests.invoicing.rendering.samples import CAPE, DECENNIAL_INSURANCE, sample_document, sample_logo


@pytest.mark.parametrize(
    "text",
    [
        "Où l’œuvre s’achève : « Ça, naïf ! » — Noël à L’Haÿ‑les‑Roses… 1\u202f234,56\u00a0€",
        "Łódź, Dvořák, Şişli, Ðorđe, Nguyễn Thị Hạnh, Ħal Qormi, Iași, Ōsaka",
        "−5 % • 3 × 2,5 m² ± 1 mm ≥ 40 °C → n° 4, ½ journée, CO₂, Ω, ✓ ✔ ✗",
        "cafe\u0301 décomposé, ligne\r\nsuivante\tet tabulation",
        format_euros(Decimal(-1234567)),
        CAPE + DECENNIAL_INSURANCE,
        "".join(COUNTRIES.values()).upper() + "".join(name for names in UNTAXED.values() for name in names),
    ],
)
def test_european_text_is_printable(text: str) -> None:
    """French and its neighbours, typography, measures."""
    assert unprintable(text) == []


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("Merci 😀 !", ["😀"]),
        ("שלום", ["ש", "ל", "ו", "ם"]),
        ("a\x00b\x07c\x1b", ["\x00", "\x07", "\x1b"]),
        ("facture\u202eexe.fdp", ["\u202e"]),
        ("1️⃣", ["\ufe0f", "\u20e3"]),
        ("漢字\ud800", ["漢", "字", "\ud800"]),
    ],
)
def test_what_cannot_be_printed_is_reported(text: str, reported: list[str]) -> None:
    """Emoji, right-to-left and Asian scripts, controls, surrogates: each one, in order."""
    assert unprintable(text) == reported


def test_every_printable_character_is_embedded_from_our_own_files() -> None:
    """No font of the machine takes part, so the PDF is the same everywhere."""
    letters = "".join(sorted(repertoire()))
    pdf = render_pdf(sample_document(lines=1, note=letters, subject=letters), logo=sample_logo())
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in PdfReader(io.BytesIO(pdf)).pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]
    }
    assert {name.partition("+")[2] for name in fonts} == {"CAE-Document", "CAE-Document-Semi-Bold"}
