"""Drawing the brands' logos: a monogram in a simple shape of the brand's colour, always the same for the same name."""

import io
from collections.abc import Callable
from math import cos, pi, sin

from PIL import Image, ImageDraw, ImageFont

from cae_backoffice.core.text import search_key
from cae_backoffice.demo.chance import dice

SIDE = 400
FINE = 2  # drawn larger, then reduced: smooth edges
LARGE = SIDE * FINE
SMALL_WORDS = {"a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "n", "un", "une"}
WHITE = "#ffffff"

Draw = Callable[[ImageDraw.ImageDraw, str, str], None]


def initials(name: str) -> str:
    """One or two capitals: « L’Œil du Martin-Pêcheur » → "OM"."""
    letters = "".join(c if c.isalnum() else " " for c in search_key(name))
    words = [word for word in letters.split() if word not in SMALL_WORDS] or letters.split()
    return "".join(word[0] for word in words[:2]).upper()


def draw_logo(name: str, colour: str) -> bytes:
    """The logo as PNG, 400 px, on a transparent ground."""
    picture = Image.new("RGBA", (LARGE, LARGE), (255, 255, 255, 0))
    design = dice("logo", name).choice(DESIGNS)
    design(ImageDraw.Draw(picture), initials(name), colour)
    file = io.BytesIO()
    picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(file, "PNG")
    return file.getvalue()


def _letters(draw: ImageDraw.ImageDraw, text: str, size: float, fill: str, centre: tuple[float, float]) -> None:
    font = ImageFont.load_default(size * LARGE)
    draw.text((centre[0] * LARGE, centre[1] * LARGE), text, font=font, fill=fill, anchor="mm")


def _box(left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
    return left * LARGE, top * LARGE, right * LARGE, bottom * LARGE


def _tint(colour: str, share: float) -> str:
    """The colour mixed with white, `share` of the colour left."""
    parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(255 - (255 - part) * share):02x}" for part in parts)


def _disc(draw: ImageDraw.ImageDraw, text: str, colour: str) -> None:
    draw.ellipse(_box(0.02, 0.02, 0.98, 0.98), fill=colour)
    _letters(draw, text, 0.4, WHITE, (0.5, 0.5))


def _ring(draw: ImageDraw.ImageDraw, text: str, colour: str) -> None:
    draw.ellipse(_box(0.03, 0.03, 0.97, 0.97), outline=colour, width=round(0.055 * LARGE))
    draw.arc(_box(0.12, 0.12, 0.88, 0.88), 200, 340, fill=_tint(colour, 0.45), width=round(0.025 * LARGE))
    _letters(draw, text, 0.36, colour, (0.5, 0.52))


def _tile(draw: ImageDraw.ImageDraw, text: str, colour: str) -> None:
    draw.rounded_rectangle(_box(0.03, 0.03, 0.97, 0.97), radius=0.2 * LARGE, fill=colour)
    draw.rounded_rectangle(_box(0.2, 0.76, 0.8, 0.8), radius=0.02 * LARGE, fill=_tint(colour, 0.4))
    _letters(draw, text, 0.42, WHITE, (0.5, 0.44))


def _hexagon(draw: ImageDraw.ImageDraw, text: str, colour: str) -> None:
    corners = [(0.5 + 0.49 * sin(pi * k / 3), 0.5 + 0.49 * cos(pi * k / 3)) for k in range(6)]
    draw.polygon([(x * LARGE, y * LARGE) for x, y in corners], fill=colour)
    _letters(draw, text, 0.36, WHITE, (0.5, 0.5))


def _leaf(draw: ImageDraw.ImageDraw, text: str, colour: str) -> None:
    """Two round corners and two sharp ones."""
    draw.rounded_rectangle(
        _box(0.05, 0.05, 0.95, 0.95), radius=0.44 * LARGE, fill=colour, corners=(True, False, True, False)
    )
    _letters(draw, text, 0.38, WHITE, (0.5, 0.5))


def _overlap(draw: ImageDraw.ImageDraw, text: str, colour: str) -> None:
    draw.ellipse(_box(0.34, 0.05, 0.98, 0.69), fill=_tint(colour, 0.35))
    draw.ellipse(_box(0.02, 0.2, 0.78, 0.96), fill=colour)
    _letters(draw, text, 0.32, WHITE, (0.4, 0.58))


def _horizon(draw: ImageDraw.ImageDraw, text: str, colour: str) -> None:
    """A sun over two bands, the monogram below."""
    draw.pieslice(_box(0.25, 0.04, 0.75, 0.54), 180, 360, fill=colour)
    draw.rounded_rectangle(_box(0.1, 0.32, 0.9, 0.36), radius=0.02 * LARGE, fill=colour)
    draw.rounded_rectangle(_box(0.22, 0.41, 0.78, 0.44), radius=0.015 * LARGE, fill=_tint(colour, 0.5))
    _letters(draw, text, 0.42, colour, (0.5, 0.72))


DESIGNS: tuple[Draw, ...] = (_disc, _ring, _tile, _hexagon, _leaf, _overlap, _horizon)
