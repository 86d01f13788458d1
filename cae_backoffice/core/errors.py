"""How a service says no."""

from collections.abc import Iterable


class RefusalError(Exception):
    """An act that a rule of the cooperative or of the law forbids; nothing was written.

    `reasons` are complete French sentences, shown to the person as they are.
    """

    def __init__(self, reasons: str | Iterable[str]) -> None:
        self.reasons: tuple[str, ...] = (reasons,) if isinstance(reasons, str) else tuple(reasons)
        super().__init__(" ".join(self.reasons))
