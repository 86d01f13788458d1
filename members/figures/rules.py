"""Statistics that tell nothing about a single person. Pure: values in, values out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

FEWEST_SHOWN = 5
"""Fewer people than this are not shown (secret statistique; DOMAIN §8)."""

HIDDEN = "s"
"""What stands in place of a hidden number."""

Cells = list[list[int | None]]


@dataclass(frozen=True)
class Count:
    """A line of a table: how many women, men and others."""

    label: str
    women: int
    men: int
    others: int

    @property
    def cells(self) -> tuple[int, int, int, int]:
        """With their sum."""
        return self.women, self.men, self.others, self.women + self.men + self.others


@dataclass(frozen=True)
class ShownCount:
    """The same as it may be shown: None stands for a hidden number."""

    label: str
    cells: tuple[int | None, ...]


def shown_counts(counts: Sequence[Count], *, total: str = "") -> list[ShownCount]:
    """The lines, and their sum when it has a name, with what must not be read hidden.

    Between one and four people is hidden. A number that could be found by subtracting the others of its line or of its
    column from their total is protected by hiding the smallest of these too, so that no line and no column hides just
    one number.
    """
    lines = [list(count.cells) for count in counts]
    if total:
        lines.append([sum(column) for column in zip(*lines, strict=True)] if lines else [0, 0, 0, 0])
    labels = [count.label for count in counts] + ([total] if total else [])
    shown = _protected(lines, is_summed=bool(total))
    return [ShownCount(label, tuple(cells)) for label, cells in zip(labels, shown, strict=True)]


def _protected(lines: Sequence[Sequence[int]], *, is_summed: bool) -> Cells:
    hidden = {
        (row, col) for row, line in enumerate(lines) for col, value in enumerate(line) if 0 < value < FEWEST_SHOWN
    }
    while alone := next(_groups_with_one_hidden(lines, hidden, is_summed=is_summed), None):
        hidden.add(min((place for place in alone if place not in hidden), key=lambda place: _cost(lines, place)))
    return [
        [None if (row, col) in hidden else value for col, value in enumerate(line)] for row, line in enumerate(lines)
    ]


def _groups_with_one_hidden(
    lines: Sequence[Sequence[int]], hidden: set[tuple[int, int]], *, is_summed: bool
) -> Iterator[list[tuple[int, int]]]:
    """Each line, and each column of a table with a sum, in which one hidden number follows from the others."""
    rows = [[(row, col) for col in range(len(line))] for row, line in enumerate(lines)]
    columns = [list(column) for column in zip(*rows, strict=True)] if is_summed else []
    for group in (*columns, *rows):
        if sum(place in hidden for place in group) == 1 and len(group) > 1:
            yield group


def _cost(lines: Sequence[Sequence[int]], place: tuple[int, int]) -> tuple[bool, int]:
    """The smallest number first, a zero last: it tells least when hidden."""
    value = lines[place[0]][place[1]]
    return value == 0, value


@dataclass(frozen=True)
class Cohort:
    """Who entered in a year, and how many of them were still there after one, two, three and five years.

    None: not everyone of the year has had so long yet.
    """

    year: int
    entered: int
    present: tuple[int | None, ...]


def shown_cohort(cohort: Cohort) -> tuple[int | None, ...]:
    """Percents of the year's entries still present, hidden for a year in which fewer than five entered."""
    if 0 < cohort.entered < FEWEST_SHOWN:
        return tuple(None for _ in cohort.present)
    return tuple(None if n is None or not cohort.entered else round(100 * n / cohort.entered) for n in cohort.present)


def age_bands(counts: Iterable[tuple[int | None, str, int]]) -> list[Count]:
    """Ages in years with a gender and how many, gathered by bands of ten years; the unknown ages last."""
    bands: dict[str, dict[str, int]] = {}
    for age, gender, number in sorted(counts, key=lambda each: (each[0] is None, each[0] or 0)):
        band = bands.setdefault(_band(age), {})
        band[gender] = band.get(gender, 0) + number
    return [Count(label, found.get("F", 0), found.get("M", 0), found.get("X", 0)) for label, found in bands.items()]


def _band(age: int | None) -> str:
    if age is None:
        return "Âge inconnu"
    if age < 30:  # noqa: PLR2004  the bands of the pyramid
        return "Moins de 30 ans"
    if age >= 60:  # noqa: PLR2004
        return "60 ans et plus"
    return f"De {age // 10 * 10} à {age // 10 * 10 + 9} ans"
