"""The demo's contributions: the rule voted before the first sales, and the run of each month once it has ended."""

from datetime import date
from functools import partial
from pathlib import Path

from cae_backoffice.core.periods import add_months
from cae_backoffice.demo.agenda import Agenda, Moment
from cae_backoffice.demo.people import Clerks
from invoicing.contributions.services import adopt_rule, propose_rule, run_contributions

RULE = Path(__file__).resolve().parent / "data" / "contribution.toml"


class Contributing:
    """The runs put down in the agenda, before the closings of the same mornings: December's belongs to its year."""

    def __init__(self, agenda: Agenda, clerks: Clerks) -> None:
        self._agenda = agenda
        self._clerks = clerks

    def plan(self, starts_on: date) -> None:
        """The rule on the first day, then every month up to the one before today's."""
        self._agenda.add(starts_on, Moment.CLOSING, self._adopt)
        month = starts_on
        while month <= self._agenda.today:
            self._agenda.add(add_months(month, 1), Moment.CLOSING, partial(self._run, month))
            month = add_months(month, 1)

    def _adopt(self, on: date) -> None:
        by = self._clerks.accountant()
        (rule,) = propose_rule(toml=RULE.read_text(encoding="utf-8"), by=by)
        adopt_rule(stored=rule, by=by, on=on)

    def _run(self, month: date, on: date) -> None:
        run_contributions(month=month, by=self._clerks.accountant(), on=on)
