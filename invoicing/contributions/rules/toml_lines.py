"""On which line of a TOML text each key stands: the standard parser does not tell."""

import re
from collections import Counter

Path = tuple[str | int, ...]
HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
KEY = re.compile(r"""^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=(.*)$""")
PIECE = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")
TEXT_OR_COMMENT = re.compile(r""""(?:\\.|[^"\\])*"|'[^']*'|\#.*""")


class _Scan:
    """Where the reading stands: the table, the arrays of tables met, and the value that is still open."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.counts: Counter[Path] = Counter()
        self.table: Path = ()
        self.open_value: Path | None = None
        self.depth = 0
        self.elements = 0

    def header(self, number: int, brackets: str, name: str) -> None:
        """`[a.b]` and `[[a.b]]`: the latter adds an element."""
        pieces = _pieces(name)
        path: Path = ()
        for rank, piece in enumerate(pieces):
            path = (*path, piece)
            if rank == len(pieces) - 1 and brackets == "[[":
                self.counts[path] += 1
            if self.counts[path]:
                path = (*path, self.counts[path] - 1)
        self.table = path
        self.lines.setdefault(path, number)

    def value(self, number: int, text: str) -> None:
        """The rest of a value: the tables of an array are numbered as they open."""
        bare = TEXT_OR_COMMENT.sub("", text)
        for character in bare:
            if character == "{" and self.depth == 1 and self.open_value is not None:
                self.lines[(*self.open_value, self.elements)] = number
                self.elements += 1
            self.depth += (character in "[{") - (character in "]}")
        if self.depth <= 0:
            self.open_value, self.depth = None, 0


def key_lines(text: str) -> dict[Path, int]:
    """The line (the first is 1) of each table, key and array element of a text that TOML accepts, as far as seen."""
    scan = _Scan()
    for number, line in enumerate(text.split("\n"), 1):
        if scan.open_value is not None:
            scan.value(number, line)
        elif header := HEADER.match(line):
            scan.header(number, header[1], header[2])
        elif key := KEY.match(line):
            scan.open_value = (*scan.table, *_pieces(key[1]))
            scan.lines[scan.open_value] = number
            scan.depth = scan.elements = 0
            scan.value(number, key[2])
    return scan.lines


def line_of(lines: dict[Path, int], path: Path) -> int | None:
    """The line of a key, or of the nearest table around it."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return None


def _pieces(name: str) -> list[str]:
    return [piece.strip("\"'") for piece in PIECE.findall(name)]
