"""Whether shares make a whole, and whether a file is a picture that can be printed."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from cae_backoffice.core.errors import RefusalError
from cae_backoffice.core.money import CENT, NO_BREAK_SPACE, format_decimal
from cae_backoffice.core.pictures import bare_png, readable_picture
from members.people.models import Person

WHOLE = Decimal(100)
LOGO_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
LOGO_SIDE = 1200
LOGO_BYTES = 5 * 1024 * 1024


def percent_text(percent: Decimal) -> str:
    """« 33,34 % », with a no-break space and no useless zeros."""
    return f"{format_decimal(Decimal(f'{percent.normalize():f}'))}{NO_BREAK_SPACE}%"


def share_errors(shares: Mapping[Person, Decimal]) -> list[str]:
    """Why these percentages do not divide an activity, as French sentences: two decimals, above zero, 100 in all."""
    if not shares:
        return ["Une répartition nomme au moins une personne."]
    errors = [
        f"La part de {person} est un pourcentage supérieur à zéro, avec deux décimales au plus."
        for person, percent in shares.items()
        if percent <= 0 or percent != percent.quantize(CENT)
    ]
    total = sum(shares.values(), Decimal(0))
    if total != WHOLE:
        errors.append(f"Les parts font {percent_text(total)} en tout\u00a0: elles doivent faire exactement 100\u00a0%.")
    return errors


@dataclass(frozen=True)
class LogoPicture:
    """A logo as it is kept and printed."""

    png: bytes
    sha256: str
    width: int
    height: int


def logo_picture(image: bytes) -> LogoPicture:
    """Re-encode a picture as PNG without its metadata, at most 1 200 px wide and high.

    Refused: above 5 MB, and what is not a PNG, JPEG, WebP or GIF picture.
    """
    if len(image) > LOGO_BYTES:
        raise RefusalError("Le logo pèse plus de 5\u00a0Mo.")
    refusal = "Ce fichier n’est pas une image PNG, JPEG, WebP ou GIF lisible."
    picture = readable_picture(image, formats=LOGO_FORMATS, refusal=refusal)
    png = bare_png(picture, side=LOGO_SIDE)
    return LogoPicture(png=png, sha256=sha256(png).hexdigest(), width=picture.width, height=picture.height)
