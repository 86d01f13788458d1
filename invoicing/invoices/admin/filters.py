"""The filters of the list of documents whose titles would not speak for themselves."""

from __future__ import annotations

from typing import Any

from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter


class IssuedFilter(RangeDateFilter):
    """From one issue date to another."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.title = "date d’émission"


class CustomerKindFilter(ChoicesDropdownFilter):
    """Professionals, consumers or public bodies."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.title = "type de client"
