"""The staff's pages in the cooperative's colour: eleven shades that stay readable, in daylight and at night."""

import math

SHADES: dict[str, tuple[float, float]] = {
    "50": (0.977, 0.12),
    "100": (0.948, 0.24),
    "200": (0.902, 0.45),
    "300": (0.83, 0.70),
    "400": (0.74, 0.90),
    "500": (0.66, 1.0),
    "600": (0.52, 1.0),
    "700": (0.46, 0.92),
    "800": (0.40, 0.80),
    "900": (0.34, 0.66),
    "950": (0.26, 0.50),
}
"""Lightness of each shade, and its part of the colour's own chroma. White text stands on 600; 500 is text on black."""

MOST_CHROMA = 0.15
"""Beyond, a screen cannot show a dark and a light shade of the same hue."""


def shades(colour: str) -> dict[str, str]:
    """The shades of a « #rrggbb » colour as CSS oklch() values, keyed 50 to 950."""
    chroma, hue = _chroma_and_hue(colour)
    kept = min(chroma, MOST_CHROMA)
    return {name: f"oklch({light:.3f} {kept * part:.4f} {hue:.1f})" for name, (light, part) in SHADES.items()}


def _chroma_and_hue(colour: str) -> tuple[float, float]:
    """Chroma and hue (degrees) in Oklch, by the published matrices (Björn Ottosson, 2020)."""
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  sRGB's own
