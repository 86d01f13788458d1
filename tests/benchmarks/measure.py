"""One line of the table, and the stopwatch."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Measure:
    """What was measured, the figure, and the goal it is held against, if any."""

    name: str
    figure: str
    goal: str = ""


def milliseconds(act: Callable[[], object]) -> float:
    """How long one call takes."""
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def median_milliseconds(act: Callable[[], object], *, times: int) -> float:
    """The median of several calls, after one that warms the caches."""
    act()
    return median(milliseconds(act) for _ in range(times))


def median_core_milliseconds(act: Callable[[], object], *, times: int) -> float:
    """The median of what several calls take of a core, after one that warms the caches: the same on a busy machine."""
    act()
    return median(_core_milliseconds(act) for _ in range(times))


def _core_milliseconds(act: Callable[[], object]) -> float:
    started = time.process_time()
    act()
    return (time.process_time() - started) * 1000
