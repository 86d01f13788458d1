"""The port to the accredited platform: what any channel does, and what it answers.

A channel is a class without arguments that does these five things; the setting PLATFORM_CHANNEL names it. Directories
(`file_drop`) and no platform at all (`no_platform`) are ours; the platform's HTTP interface will be a third.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class ChannelError(Exception):
    """The channel did not take a file, in a French sentence; it is tried again later."""


class FinalChannelError(ChannelError):
    """The channel will never take this file: someone has to look."""


@dataclass(frozen=True)
class Parcel:
    """A file to hand over. Handing the same bytes over twice under one name is handing them over once."""

    name: str
    content: bytes
    sha256: str


@dataclass(frozen=True)
class IncomingFile:
    """A file that the platform holds for us; `token` is how the channel knows it again."""

    token: str
    name: str
    content: bytes


@dataclass(frozen=True)
class Answer:
    """Whether the directory of the reform knows an address; None when this channel cannot tell."""

    address: str
    is_known: bool | None


class Channel(Protocol):
    """A way to the platform."""

    def submit(self, parcel: Parcel) -> str:
        """Hand a file over; the platform's reference of it. ChannelError when it is not taken."""

    def poll(self) -> Sequence[IncomingFile]:
        """The status messages that wait for us, the oldest first."""

    def fetch(self) -> Sequence[IncomingFile]:
        """The invoices of suppliers that wait for us, the oldest first."""

    def take(self, file: IncomingFile) -> None:
        """Say that a file is safely stored here: it is not offered again."""

    def refuse(self, file: IncomingFile, why: str) -> None:
        """Put a file aside that cannot be read, with why: it is not offered again."""

    def look_up(self, address: str) -> Answer:
        """Whether an electronic address is in the directory."""
