"""A directory shared with the platform's own connector: files go out, statuses and invoices come in.

out/            what we hand over: NAME, then NAME.sha256, whose presence says that NAME is whole
in/statuses/    status messages (CDAR)
in/invoices/    invoices of suppliers (Factur-X PDF, or CII XML)
in/taken/       what was read, and in/refused/ what could not be, each with a .txt that says why
"""

import os
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from invoicing.einvoicing.services.port import Answer, ChannelError, IncomingFile, Parcel
from invoicing.rendering.status_message import MOST_BYTES

OUT, STATUSES, INVOICES, TAKEN, REFUSED = "out", "in/statuses", "in/invoices", "in/taken", "in/refused"
MOST_AT_ONCE = 200
SUFFIXES = {".pdf", ".xml"}


class FileDrop:
    """The directory that the setting PLATFORM_DIRECTORY names."""

    def __init__(self) -> None:
        self._root = Path(settings.PLATFORM_DIRECTORY)

    def submit(self, parcel: Parcel) -> str:
        """Write the file beside its checksum; each appears under its name only when it is whole."""
        try:
            self._write(parcel.name, parcel.content)
            self._write(f"{parcel.name}.sha256", f"{parcel.sha256}  {parcel.name}\n".encode())
        except OSError as error:
            raise ChannelError(f"Le dossier d’échange est inaccessible\u00a0: {error.strerror}.") from error
        return parcel.name

    def poll(self) -> Sequence[IncomingFile]:
        """The status messages."""
        return self._waiting(STATUSES)

    def fetch(self) -> Sequence[IncomingFile]:
        """The invoices."""
        return self._waiting(INVOICES)

    def take(self, file: IncomingFile) -> None:
        """Move it to the files taken."""
        self._move(file, TAKEN)

    def refuse(self, file: IncomingFile, why: str) -> None:
        """Move it to the files refused."""
        target = self._move(file, REFUSED)
        target.with_name(f"{target.name}.txt").write_text(f"{why}\n")

    def look_up(self, address: str) -> Answer:
        """A directory of files cannot tell."""
        return Answer(address, is_known=None)

    def _write(self, name: str, content: bytes) -> None:
        folder = self._folder(OUT)
        partial, target = folder / f".{name}.{os.getpid()}.partial", folder / name
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)

    def _waiting(self, name: str) -> list[IncomingFile]:
        try:
            paths = [path for path in self._folder(name).iterdir() if _is_offered(path)]
            oldest = sorted(paths, key=lambda path: (path.stat().st_mtime, path.name))[:MOST_AT_ONCE]
            return [IncomingFile(f"{name}/{path.name}", path.name, _head(path)) for path in oldest]
        except OSError as error:
            raise ChannelError(f"Le dossier d’échange est inaccessible\u00a0: {error.strerror}.") from error

    def _move(self, file: IncomingFile, name: str) -> Path:
        target = self._folder(name) / file.name
        (self._root / file.token).replace(target)
        return target

    def _folder(self, name: str) -> Path:
        folder = self._root / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def _is_offered(path: Path) -> bool:
    """Hidden and unfinished files, and links that may lead anywhere, are left alone."""
    is_named = path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
    return is_named and path.is_file() and not path.is_symlink()


def _head(path: Path) -> bytes:
    """The file, or enough of a file that is too large to see that it is."""
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)
