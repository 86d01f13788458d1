"""Reading the QR code of a printed page back, module by module."""

import re

import pypdfium2
from PIL.Image import Image, Transpose

Matrix = tuple[tuple[int, ...], ...]
SCALE = 4  # pixels a point: more than five for a module
LEAST_MODULE = 4
FINDER = (1, 1, 3, 1, 1)
RUNS = re.compile(rb"\x00+|\x01+")


def matrix_of(pdf: bytes, *, size: int) -> Matrix:
    """The code of `size` modules a side on the last page: found by the marks in its corners, then sampled."""
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[len(document) - 1].render(scale=SCALE, grayscale=True).to_pil()
    picture = page.point([1] * 128 + [0] * 128)
    centres = _finders(picture)
    left, right = min(x for x, _ in centres), max(x for x, _ in centres)
    top, bottom = min(y for _, y in centres), max(y for _, y in centres)
    step_x, step_y = (right - left) / (size - 7), (bottom - top) / (size - 7)
    return tuple(
        tuple(
            int(picture.getpixel((round(left + (column - 3) * step_x), round(top + (row - 3) * step_y))))
            for column in range(size)
        )
        for row in range(size)
    )


def _finders(picture: Image) -> list[tuple[int, int]]:
    """The centres of the corner marks: dark 1, light 1, dark 3, light 1, dark 1, across and down."""
    across = [(x, y) for y, row in enumerate(_rows(picture)) for x in _centres(row)]
    columns = _rows(picture.transpose(Transpose.TRANSPOSE))
    return [(x, y) for x, y in across if any(abs(y - centre) <= 1 for centre in _centres(columns[x]))]


def _rows(picture: Image) -> list[bytes]:
    pixels = picture.tobytes()
    return [pixels[start : start + picture.width] for start in range(0, len(pixels), picture.width)]


def _centres(pixels: bytes) -> list[int]:
    runs = [(run.start(), len(run[0]), run[0][0]) for run in RUNS.finditer(pixels)]
    found = []
    for i in range(len(runs) - 4):
        lengths = [length for _, length, _ in runs[i : i + 5]]
        module = sum(lengths) / 7
        is_mark = runs[i][2] == 1 and module > LEAST_MODULE
        if is_mark and all(abs(n - wanted * module) < module / 2 for n, wanted in zip(lengths, FINDER, strict=True)):
            found.append(round(runs[i][0] + sum(lengths) / 2))
    return found
