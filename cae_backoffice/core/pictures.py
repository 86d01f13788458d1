"""Pictures that people send: read with care, encoded anew, so that nothing but the picture is kept."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from cae_backoffice.core.errors import RefusalError


def readable_picture(content: bytes, *, formats: tuple[str, ...], refusal: str) -> Image.Image:
    """The picture, upright, in red, green, blue and transparency. RefusalError with this sentence when it is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=formats) as opened:
                return ImageOps.exif_transpose(opened).convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError, Warning) as error:
        raise RefusalError(refusal) from error


def bare_jpeg(picture: Image.Image, *, side: int) -> bytes:
    """The picture as JPEG without its metadata, on white, at most `side` pixels wide and high."""
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    bare = Image.new("RGB", picture.size, "white")
    bare.paste(picture, mask=picture.getchannel("A"))
    encoded = io.BytesIO()
    bare.save(encoded, "JPEG", quality=85, optimize=True)
    return encoded.getvalue()


def bare_png(picture: Image.Image, *, side: int) -> bytes:
    """The picture as PNG without its metadata, at most `side` pixels wide and high."""
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    bare = Image.new("RGBA", picture.size)
    bare.paste(picture)
    encoded = io.BytesIO()
    bare.save(encoded, "PNG", optimize=True)
    return encoded.getvalue()
