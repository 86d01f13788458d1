"""What is left to take once earlier months are known better, and what another rule would have given."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from cae_backoffice.core.money import ZERO, format_euros
from invoicing.contributions.rules.engine import contributions
from invoicing.contributions.rules.explanation import of_month
from invoicing.contributions.rules.figures import History
from invoicing.contributions.rules.lines import MonthLine
from invoicing.contributions.rules.terms import Rule


class Correction(NamedTuple):
    """An earlier month that amounts to something else than what was taken for it."""

    month: date
    due: Decimal
    taken: Decimal

    @property
    def amount(self) -> Decimal:
        """What is still to take, or to give back when it is negative."""
        return self.due - self.taken

    @property
    def sentence(self) -> str:
        """The visible reason of the correction."""
        return (
            f"Correction {of_month(self.month)}\u00a0: {format_euros(self.due)} d’après les documents connus, "
            f"{format_euros(self.taken)} déjà comptés, soit {format_euros(self.amount)}."
        )


class Settlement(NamedTuple):
    """What a run takes for one line of the rule: the month's own share, and the corrections of earlier months."""

    code: str
    month: date
    due: Decimal
    corrections: tuple[Correction, ...]

    @property
    def amount(self) -> Decimal:
        """The whole amount to post."""
        return self.due + sum((correction.amount for correction in self.corrections), ZERO)


class Difference(NamedTuple):
    """An activity's contributions over the same months under the rule in force and under a proposed one."""

    activity: str
    current: Decimal
    proposed: Decimal

    @property
    def amount(self) -> Decimal:
        """What the activity would pay more, or less when it is negative."""
        return self.proposed - self.current


def settle(
    lines: Iterable[MonthLine], *, month: date, taken: Mapping[tuple[date, str], Decimal]
) -> tuple[Settlement, ...]:
    """What to take in a month's run, given the months reckoned anew and what earlier runs took for each of them.

    `taken` sums, by month and line code, all that was posted for that month, corrections included. A month that owes
    nothing any more is given back. The sum of all that is taken is always what the lines amount to.
    """
    due = {(line.month, line.code): line.due for line in lines if line.month <= month}
    codes = dict.fromkeys([*(code for _, code in due), *(code for _, code in taken)])
    known = sorted({*due, *taken})
    return tuple(
        Settlement(
            code,
            month,
            due.get((month, code), ZERO) - taken.get((month, code), ZERO),
            tuple(
                Correction(key[0], due.get(key, ZERO), taken.get(key, ZERO))
                for key in known
                if key[1] == code and key[0] < month and due.get(key, ZERO) != taken.get(key, ZERO)
            ),
        )
        for code in codes
    )


def total(lines: Iterable[MonthLine]) -> Decimal:
    """What lines amount to together."""
    return sum((line.due for line in lines), ZERO)


def replay(
    histories: Iterable[History], *, current: Rule, proposed: Rule, fiscal_starts: Sequence[date] = ()
) -> list[Difference]:
    """Each activity under both rules, in the order given."""
    return [
        Difference(
            history.activity,
            total(contributions(history, current, fiscal_starts=fiscal_starts)),
            total(contributions(history, proposed, fiscal_starts=fiscal_starts)),
        )
        for history in histories
    ]
