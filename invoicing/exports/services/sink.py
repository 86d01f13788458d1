"""Where an export is written: counted and fingerprinted on the way."""

import hashlib
from collections.abc import Callable
from typing import IO

TOLD_EVERY = 20_000
Tell = Callable[[int], None]


class Sink:
    """A file being written: its size, its lines but for the header, its SHA-256; `tell` hears of the lines at times."""

    def __init__(self, file: IO[bytes], tell: Tell) -> None:
        self._file = file
        self._tell = tell
        self._digest = hashlib.sha256()
        self._told = 0
        self.size = 0
        self.lines = 0

    @property
    def sha256(self) -> str:
        """The fingerprint of what is written so far."""
        return self._digest.hexdigest()

    def write(self, data: bytes, *, lines: int) -> None:
        """Append some lines."""
        self._file.write(data)
        self._digest.update(data)
        self.size += len(data)
        self.lines += lines
        if self.lines - self._told >= TOLD_EVERY:
            self._told = self.lines
            self._tell(self.lines)
