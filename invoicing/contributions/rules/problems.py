"""What is wrong in a file that a person wrote, told as sentences that name the place."""

import re
from collections.abc import Iterable
from typing import NamedTuple

MOST_SHOWN = 100
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")  # one problem is one line, and commands no terminal


class Problem(NamedTuple):
    """One thing to correct: the file, its line where known (the first is 1), the key or column, and the sentence."""

    file: str
    line: int | None
    place: str
    sentence: str

    def __str__(self) -> str:
        where = [self.file]
        if self.line is not None:
            where.append(f"ligne {self.line}")
        if self.place:
            where.append(self.place)
        return UNPRINTABLE.sub("\ufffd", f"{', '.join(where)}\u00a0: {self.sentence}")


class FileProblemsError(Exception):
    """A file that cannot be used, with every problem found; nothing was read from it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))
