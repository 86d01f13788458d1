"""Imagining careers: which contracts each member signed and when, relative to a day. Pure."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from cae_backoffice.core.periods import ONE_DAY, Period, add_months
from cae_backoffice.demo.chance import dice
from members.associates.enums import AssociateExit
from members.contracts.enums import ContractEnd, ContractKind
from members.contracts.rules import CLOCK_MONTHS

JUNE, DECEMBER, SATURDAY = 6, 12, 5
OVERDUE = (-20, -75)
NEAR_DEADLINES = (25, 58, 84, 112, 171, 205, 240, 268, 301, 338)
FAR_DEADLINES = (390, 430, 470, 520, 560, 610, 655, 700)
OVERRIDDEN = -40
CAPE_AGES = (1, 2, 4, 5, 7, 9, 11, 14, 16, 19, 22, 26, 31)
ASSOCIATE_AGES = (31, 33, 34, 36, 38, 39, 41, 42, 44, 46)


@dataclass(frozen=True)
class Stretch:
    """One contract: its kind, its days, and why it ended if it did."""

    kind: ContractKind
    period: Period
    end_reason: ContractEnd | None = None


@dataclass(frozen=True)
class Career:
    """What happened to one member, from the first meeting on. `deadline_override_on` is a manager's decision."""

    candidate_since_on: date
    stretches: tuple[Stretch, ...] = ()
    admitted_on: date | None = None
    associate_until: date | None = None
    associate_exit: AssociateExit | None = None
    deadline_override_on: date | None = None

    @property
    def last_day(self) -> date | None:
        """The last day of the last contract, if none is open."""
        ends = [stretch.period.ends_on for stretch in self.stretches]
        return max((end for end in ends if end), default=None) if all(ends) else None

    def selling_periods(self) -> list[Period]:
        """The days on which the member may sell: under a CAPE or a CESA."""
        return [stretch.period for stretch in self.stretches if stretch.kind != ContractKind.WORK]


@dataclass(frozen=True)
class Profile:
    """The outline of a career: its kind, and the figure that tells careers of a kind apart (days or months)."""

    kind: str
    figure: int = 0
    with_work_contract: bool = field(default=False, kw_only=True)


FIRST = (
    Profile("CESA", 143),  # the entrepreneur of the demo
    Profile("ASSOCIATE", 40),  # carries two activities
    Profile("CESA", 480),  # shares an activity
    Profile("CAPE", 8),  # with this one
    Profile("CESA", OVERDUE[0]),
    Profile("CANDIDATE", 2),
    Profile("LEFT", 0),
    Profile("EMPLOYEE", 30),
)


def profiles(count: int) -> tuple[Profile, ...]:
    """The outlines of so many members: sixty make a cooperative's proportions, the first eight have every status."""
    others = [
        *(Profile("CANDIDATE", months) for months in (1, 3, 4, 6)),
        *(Profile("CAPE", months) for months in CAPE_AGES),
        *(Profile("CESA", days) for days in (OVERDUE[1], *NEAR_DEADLINES, *FAR_DEADLINES)),
        Profile("OVERRIDDEN", OVERRIDDEN),
        *(Profile("ASSOCIATE", months) for months in ASSOCIATE_AGES),
        *(Profile("LEFT", variant) for variant in (1, 2, 3, 4, 5)),
    ]
    dice("profiles").shuffle(others)
    found = [*FIRST, *others][:count]
    with_work = next((i for i, profile in enumerate(found) if profile in map(_cesa, FAR_DEADLINES)), None)
    if with_work is not None:
        found[with_work] = Profile("CESA", found[with_work].figure, with_work_contract=True)
    return tuple(found)


def career(profile: Profile, today: date, chance: Random) -> Career:
    """The career that such an outline gives on a day."""
    makers = {
        "CANDIDATE": _candidate,
        "CAPE": _under_cape,
        "CESA": _under_cesa,
        "OVERRIDDEN": _overridden,
        "ASSOCIATE": _associate,
        "LEFT": _left,
        "EMPLOYEE": _employee,
    }
    return makers[profile.kind](profile, today, chance)


def assemblies(today: date) -> list[date]:
    """The general assemblies of the last years, in June and December, up to the day before."""
    return assemblies_between(date(today.year - 5, 1, 1), today - ONE_DAY)


def assemblies_between(first: date, last: date) -> list[date]:
    """The general assemblies of a period, both days included."""
    days = [
        _saturday(date(year, month, 1 + 7 * week))
        for year in range(first.year, last.year + 1)
        for month, week in ((JUNE, 2), (DECEMBER, 1))
    ]
    return [day for day in days if first <= day <= last]


def _cesa(days: int) -> Profile:
    return Profile("CESA", days)


def _saturday(day: date) -> date:
    return day + timedelta(days=(SATURDAY - day.weekday()) % 7)


def _start(today: date, months: int, chance: Random) -> date:
    """A first day about so many months ago, never late in a month so that durations are whole months."""
    return add_months(today, -months).replace(day=chance.choice((1, 1, 1, 4, 9, 15, 16)))


def _met(starts_on: date, chance: Random) -> date:
    return starts_on - timedelta(days=chance.randrange(25, 120))


def _capes(starts_on: date, months: int, *, then: ContractEnd | None) -> list[Stretch]:
    """CAPE of twelve months one after the other, the last one shorter if need be, ending for the reason `then`."""
    found = []
    for done in range(0, months, 12):
        period = Period(add_months(starts_on, done), add_months(starts_on, min(done + 12, months)) - ONE_DAY)
        is_last = done + 12 >= months
        found.append(Stretch(ContractKind.CAPE, period, then if is_last else ContractEnd.TERM))
    return found


def _candidate(profile: Profile, today: date, chance: Random) -> Career:
    return Career(today - timedelta(days=30 * profile.figure - chance.randrange(20)))


def _under_cape(profile: Profile, today: date, chance: Random) -> Career:
    starts_on = _start(today, profile.figure, chance)
    if starts_on > today:
        starts_on = add_months(starts_on, -1)
    months = 12
    while add_months(starts_on, months) <= today:
        months += 12
    return Career(_met(starts_on, chance), tuple(_capes(starts_on, months, then=None)))


def _under_cesa(profile: Profile, today: date, chance: Random) -> Career:
    """`figure` is the number of days to the deadline; the CAPE before the CESA is as long as it can have been."""
    deadline = today + timedelta(days=profile.figure)
    starts_on = add_months(deadline, -CLOCK_MONTHS)
    starts_on = starts_on.replace(day=min(starts_on.day, 28))
    possible = [months for months in (6, 9, 12, 12, 24) if add_months(starts_on, months) < add_months(today, -1)]
    cape_months = chance.choice(possible)
    cesa = Stretch(ContractKind.CESA, Period(add_months(starts_on, cape_months)))
    stretches = [*_capes(starts_on, cape_months, then=ContractEnd.NEXT_CONTRACT), cesa]
    if profile.with_work_contract:
        stretches.append(Stretch(ContractKind.WORK, Period(add_months(cesa.period.starts_on, 1))))
    return Career(_met(starts_on, chance), tuple(stretches))


def _overridden(profile: Profile, today: date, chance: Random) -> Career:
    plain = _under_cesa(profile, today, chance)
    return Career(plain.candidate_since_on, plain.stretches, deadline_override_on=today + timedelta(days=75))


def _associate(profile: Profile, today: date, chance: Random) -> Career:
    starts_on = _start(today, profile.figure, chance)
    cape_months = chance.choice((6, 12, 12))
    cesa_on = add_months(starts_on, cape_months)
    stretches = (
        *_capes(starts_on, cape_months, then=ContractEnd.NEXT_CONTRACT),
        Stretch(ContractKind.CESA, Period(cesa_on)),
    )
    return Career(_met(starts_on, chance), stretches, admitted_on=_admission(cesa_on, starts_on, today, chance))


def _admission(cesa_on: date, starts_on: date, today: date, chance: Random) -> date:
    """One of the assemblies between the CESA's first months and its deadline."""
    deadline = add_months(starts_on, CLOCK_MONTHS)
    return chance.choice([day for day in assemblies(today) if add_months(cesa_on, 2) <= day < deadline])


def _left(profile: Profile, today: date, chance: Random) -> Career:
    leave = (_left_at_term, _left_early, _resigned, _past_deadline, _associate_gone, _left_at_term)[profile.figure]
    return leave(today, chance)


def _left_at_term(today: date, chance: Random) -> Career:
    starts_on = _start(today, chance.randrange(17, 30), chance)
    return Career(_met(starts_on, chance), tuple(_capes(starts_on, 12, then=ContractEnd.TERM)))


def _left_early(today: date, chance: Random) -> Career:
    starts_on = _start(today, chance.randrange(14, 24), chance)
    return Career(_met(starts_on, chance), tuple(_capes(starts_on, 7, then=ContractEnd.MUTUAL)))


def _resigned(today: date, chance: Random) -> Career:
    return _until(_start(today, 30, chance), _start(today, 5, chance), ContractEnd.RESIGNATION, chance)


def _past_deadline(today: date, chance: Random) -> Career:
    starts_on = _start(today, 41, chance)
    return _until(starts_on, add_months(starts_on, CLOCK_MONTHS), ContractEnd.DEADLINE, chance)


def _associate_gone(today: date, chance: Random) -> Career:
    starts_on, last_day = _start(today, 44, chance), _start(today, 3, chance)
    gone = _until(starts_on, last_day, ContractEnd.RESIGNATION, chance)
    return Career(
        gone.candidate_since_on,
        gone.stretches,
        admitted_on=_admission(add_months(starts_on, 12), starts_on, add_months(today, -6), chance),
        associate_until=last_day,
        associate_exit=AssociateExit.CONTRACT_END,
    )


def _until(starts_on: date, last_day: date, reason: ContractEnd, chance: Random) -> Career:
    cesa = Stretch(ContractKind.CESA, Period(add_months(starts_on, 12), last_day), reason)
    capes = _capes(starts_on, 12, then=ContractEnd.NEXT_CONTRACT)
    return Career(_met(starts_on, chance), (*capes, cesa))


def _employee(profile: Profile, today: date, chance: Random) -> Career:
    """Began with an activity of one's own, now on the cooperative's staff."""
    starts_on = _start(today, profile.figure, chance)
    work = Stretch(ContractKind.WORK, Period(add_months(starts_on, 12)))
    return Career(_met(starts_on, chance), (*_capes(starts_on, 12, then=ContractEnd.NEXT_CONTRACT), work))
