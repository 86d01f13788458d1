"""Mail servers that answer as told: what leaves the building is the one thing that tests replace."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class Killed(BaseException):
    """The worker's process ends here: nothing after this line runs."""


class Server(BaseEmailBackend):
    """Keeps what it accepts; before (`opening`) or after (`answer`) that, it raises what it is told to."""

    def __init__(
        self, *, opening: BaseException | None = None, answer: BaseException | None = None, accepts: bool = True
    ) -> None:
        super().__init__()
        self.opening, self.answer, self.accepts = opening, answer, accepts
        self.accepted: list[EmailMessage] = []

    def open(self) -> None:
        """Connect."""
        if self.opening:
            raise self.opening

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Accept, then answer."""
        if self.accepts:
            for mail in email_messages:
                mail.message()
                self.accepted.append(mail)
        if self.answer:
            raise self.answer
        return len(email_messages)
