"""An activity's colour as an accent on white paper: always legible, whatever was chosen."""

import re

FALLBACK = "#334155"
HEXADECIMAL = re.compile(r"#[0-9a-fA-F]{6}")
LEGIBLE_CONTRAST = 4.5  # WCAG AA for text
DARKER = 0.9


def accent(*colours: str) -> str:
    """The first well-formed colour, darkened until text in it is legible on white."""
    chosen = next((colour for colour in colours if HEXADECIMAL.fullmatch(colour)), FALLBACK)
    channels = [int(chosen[i : i + 2], 16) for i in (1, 3, 5)]
    while contrast_on_white(channels) < LEGIBLE_CONTRAST:
        channels = [int(channel * DARKER) for channel in channels]
    return "#" + "".join(f"{channel:02x}" for channel in channels)


def contrast_on_white(channels: list[int]) -> float:
    """WCAG contrast ratio between the colour and white."""
    red, green, blue = (_linear(channel / 255) for channel in channels)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  sRGB curve
