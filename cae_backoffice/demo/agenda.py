"""The demo's past, lived in the order of days: books number their entries in the order in which they are validated."""

from collections.abc import Callable
from datetime import date
from enum import IntEnum
from heapq import heappop, heappush
from itertools import count

Act = Callable[[date], None]


class Moment(IntEnum):
    """When in a day something is done."""

    CLOSING = 0  # of what ended the day before
    DOCUMENTS = 1
    RECEIPTS = 2
    CORRECTIONS = 3
    EVENING = 4  # the last entries of a month


class Agenda:
    """What is to be done on which day. What is done may add something for a later moment; after today nothing is."""

    def __init__(self, today: date) -> None:
        self.today = today
        self._waiting: list[tuple[date, Moment, int, Act]] = []
        self._order = count()

    def add(self, on: date, moment: Moment, act: Act) -> None:
        """Put something down for a day; what would come after today has not happened."""
        if on <= self.today:
            heappush(self._waiting, (on, moment, next(self._order), act))

    def live(self) -> None:
        """Do everything, day after day, in the order of moments and then of putting down."""
        while self._waiting:
            on, _, _, act = heappop(self._waiting)
            act(on)
