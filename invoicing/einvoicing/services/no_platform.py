"""No platform: what waits, waits; nothing comes in."""

from collections.abc import Sequence

from invoicing.einvoicing.services.port import Answer, ChannelError, IncomingFile, Parcel


class NoPlatform:
    """For a cooperative that has not chosen its platform yet."""

    def submit(self, _parcel: Parcel) -> str:
        """Never taken."""
        raise ChannelError("Aucune plateforme n’est configurée (PLATFORM_CHANNEL).")

    def poll(self) -> Sequence[IncomingFile]:
        """Nothing."""
        return ()

    def fetch(self) -> Sequence[IncomingFile]:
        """Nothing."""
        return ()

    def take(self, file: IncomingFile) -> None:
        """Nothing was offered."""

    def refuse(self, file: IncomingFile, why: str) -> None:
        """Nothing was offered."""

    def look_up(self, address: str) -> Answer:
        """It cannot tell."""
        return Answer(address, is_known=None)
