"""The entrepreneurs' pages in the cooperative's colour: a small stylesheet whose texts always stay readable.

Contrast is WCAG 2.2's ratio of relative luminances: at least 4.5 for text, whatever colour the cooperative chose.
"""

import re

Colour = tuple[int, int, int]

DEFAULT = "#0f766e"
WELL_FORMED = re.compile(r"#[0-9a-fA-F]{6}")
READABLE = 4.5
INK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)
TINTED_PAPER: Colour = (226, 230, 232)
"""Darker than any light surface that the accent's text stands on."""
TINTED_NIGHT: Colour = (48, 54, 64)
"""Lighter than any dark surface that the accent's text stands on."""
STEPS = 40


def stylesheet(colour: str) -> str:
    """The custom properties of the theme; a colour that is not « #rrggbb » gives the default one."""
    accent = _parse(colour)
    button_text = max((WHITE, INK), key=lambda text: contrast(text, accent))
    by_day = _moved_until_readable(accent, towards=INK, on=TINTED_PAPER)
    by_night = _moved_until_readable(accent, towards=WHITE, on=TINTED_NIGHT)
    return (
        f":root {{ --accent: {_hex(accent)}; --on-accent: {_hex(button_text)}; --accent-text: {_hex(by_day)}; }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ --accent-text: {_hex(by_night)}; }} }}\n"
    )


def contrast(one: Colour, other: Colour) -> float:
    """WCAG's contrast ratio, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _moved_until_readable(colour: Colour, *, towards: Colour, on: Colour) -> Colour:
    """The nearest mix of the colour with ink or white that can be read on the surface."""
    mixes = (_mix(colour, towards, step) for step in range(STEPS + 1))
    return next((mix for mix in mixes if contrast(mix, on) >= READABLE), towards)


def _mix(colour: Colour, towards: Colour, step: int) -> Colour:
    red, green, blue = ((a * (STEPS - step) + b * step) // STEPS for a, b in zip(colour, towards, strict=True))
    return red, green, blue


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(channel / 255) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  sRGB's own


def _parse(colour: str) -> Colour:
    digits = colour if WELL_FORMED.fullmatch(colour) else DEFAULT
    return int(digits[1:3], 16), int(digits[3:5], 16), int(digits[5:7], 16)


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
