"""The agenda: everything in the order of days, and nothing after today."""

from datetime import date

from cae_backoffice.demo.agenda import Agenda, Moment


def test_days_then_moments_then_the_order_of_putting_down() -> None:
    """What an act adds comes on its own day, behind what was there before."""
    agenda = Agenda(date(2026, 11, 23))
    done: list[tuple[str, date]] = []

    def act(name: str) -> None:
        agenda.add(
            {"a": date(2026, 3, 2), "b": date(2026, 3, 1), "c": date(2026, 3, 1), "d": date(2026, 3, 1)}[name],
            {"a": Moment.CLOSING, "b": Moment.RECEIPTS, "c": Moment.DOCUMENTS, "d": Moment.DOCUMENTS}[name],
            lambda on: done.append((name, on)),
        )

    for name in "abcd":
        act(name)
    agenda.add(date(2026, 3, 1), Moment.DOCUMENTS, lambda on: agenda.add(on, Moment.DOCUMENTS, lambda _: done.clear()))
    agenda.live()
    assert done == [("b", date(2026, 3, 1)), ("a", date(2026, 3, 2))]


def test_nothing_happens_after_today() -> None:
    """The day itself does."""
    agenda = Agenda(date(2026, 11, 23))
    done: list[date] = []
    agenda.add(date(2026, 11, 24), Moment.CLOSING, done.append)
    agenda.add(date(2026, 11, 23), Moment.EVENING, done.append)
    agenda.live()
    assert done == [date(2026, 11, 23)]
