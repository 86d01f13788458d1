"""The activities of the demo: which members carry which, their brands, logos, insurances and conventions."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from cae_backoffice.core.periods import Period, merge
from cae_backoffice.demo.catalogue import Idea, ideas_by_sector, slug, table
from cae_backoffice.demo.chance import dice
from cae_backoffice.demo.identifiers import digits, landline, mobile
from cae_backoffice.demo.logos import draw_logo
from cae_backoffice.demo.people import Member, Staff
from members.activities.enums import Sector
from members.activities.models import Activity, ActivityInsurance
from members.activities.services import save_activity, save_insurance, set_logo, start_convention
from members.people.models import User

WHOLE = Decimal(100)
SHARES = (Decimal(60), Decimal(40))
DEMO_MEMBER, TWO_ACTIVITIES, SHARER, JOINER = 0, 1, 2, 3
LOGO_PERCENT = 75
PREFIXES = {
    Sector.CONSTRUCTION: "BAT",
    Sector.AGRICULTURE: "AGR",
    Sector.DIGITAL: "NUM",
    Sector.COMMUNICATION: "COM",
    Sector.CRAFTS: "ART",
    Sector.SERVICES: "SER",
    Sector.TRAINING: "FOR",
}
SECTOR_WEIGHTS = {
    Sector.CONSTRUCTION: 9,
    Sector.AGRICULTURE: 6,
    Sector.DIGITAL: 9,
    Sector.COMMUNICATION: 10,
    Sector.CRAFTS: 9,
    Sector.SERVICES: 9,
    Sector.TRAINING: 9,
}
COLOURS = (
    "#b4432f", "#1f6f78", "#7a3e6d", "#2f6b3c", "#c07a12", "#2b4c7e", "#8a2f4a", "#4b6b1f", "#a8512b", "#35607a",
    "#5b4a9e", "#0f766e", "#9a3412", "#3f5f2a", "#a21c5b", "#1d4f91", "#7c5a16", "#44403c", "#be3a55", "#256d5b",
)  # fmt: skip
RENEWED_AHEAD = timedelta(days=60)
INSURERS = (
    "Mutuelle des Bâtisseurs de l’Ouest, 12 rue des Compagnons, 44000 Nantes",
    "Assurances du Cordeau, 3 place des Tailleurs de pierre, 72000 Le Mans",
)


@dataclass(frozen=True)
class Venture:
    """An activity of the demo with what its sales are imagined from."""

    number: int
    activity: Activity
    idea: Idea
    members: tuple[Member, ...]

    def author(self, on: date) -> User:
        """Who writes its documents on a day: the member who has been there longest and may still sell."""
        for member in self.members:
            if member.user and any(period.contains(on) for period in member.career.selling_periods()):
                return member.user
        raise LookupError(f"nobody of {self.activity} may sell on {on}")

    def selling_periods(self, today: date) -> list[Period]:
        """The days, up to today, on which at least one of its members may sell."""
        return [
            Period(period.starts_on, min(period.ends_on or today, today))
            for period in merge(period for member in self.members for period in member.career.selling_periods())
            if period.starts_on <= today
        ]


def found_activities(staff: Staff, members: list[Member], today: date) -> list[Venture]:
    """Give every member under contract an activity; one member has two, one activity is carried by two people."""
    teams = _teams(members)
    ideas = _ideas(len(teams))
    ventures: list[Venture] = []
    for number, (team, idea) in enumerate(zip(teams, ideas, strict=True)):
        rank = sum(venture.idea.trade.sector == idea.trade.sector for venture in ventures) + 1
        activity = _open(number, rank, idea, team, staff.managers[0])
        _share_out(activity, team, staff.managers[0])
        if idea.trade.decennial:
            _insure(activity, idea.trade.decennial, team, staff.managers[0], today)
        ventures.append(Venture(number, activity, idea, team))
    return ventures


def _teams(members: list[Member]) -> list[tuple[Member, ...]]:
    teams: list[tuple[Member, ...]] = []
    for number, member in enumerate(members):
        if number == SHARER and len(members) > JOINER:
            teams.append((member, members[JOINER]))
        elif member.career.stretches and number != JOINER:
            teams.append((member,))
        if number == TWO_ACTIVITIES:
            teams.append((member,))
    return teams


def _ideas(count: int) -> list[Idea]:
    """So many activities, spread over the sectors by weight; the first is the demo entrepreneur's."""
    chance = dice("ideas")
    wanted = table("cooperative")["demo_member"]["activity"]
    queues = {sector: chance.sample(ideas, k=len(ideas)) for sector, ideas in ideas_by_sector().items()}
    demo = next(idea for queue in queues.values() for idea in queue if idea.name == wanted)
    queues[demo.trade.sector].remove(demo)
    found = [demo]
    placed = dict.fromkeys(SECTOR_WEIGHTS, 0)
    placed[Sector(demo.trade.sector)] = 1
    while len(found) < count:
        sector = min(SECTOR_WEIGHTS, key=lambda sector: (placed[sector] + 1) / SECTOR_WEIGHTS[sector])
        placed[sector] += 1
        found.append(queues[sector].pop())
    return found


def _open(number: int, rank: int, idea: Idea, team: tuple[Member, ...], by: User) -> Activity:
    chance = dice("activity", idea.name)
    domain = f"{slug(idea.name)}.exemple.test"
    activity = Activity(
        code=f"{PREFIXES[Sector(idea.trade.sector)]}{rank:02d}",
        name=idea.name,
        sector=idea.trade.sector,
        naf_code=idea.trade.naf,
        description=idea.tagline,
        email=f"{chance.choice(('bonjour', 'contact'))}@{domain}",
        phone=landline(chance) if chance.randrange(3) == 0 else mobile(chance),
        website=f"https://{domain}" if chance.randrange(4) else "",
        city=team[0].person.city,
        colour=COLOURS[number % len(COLOURS)],
    )
    save_activity(activity=activity, by=by)
    if number == 0 or chance.randrange(100) < LOGO_PERCENT:
        activity = set_logo(activity=activity, image=draw_logo(idea.name, activity.colour), by=by)
    return activity


def _share_out(activity: Activity, team: tuple[Member, ...], by: User) -> None:
    """One convention for one person; a person who joins later opens a second convention, 60/40."""
    first = team[0]
    begins = first.career.stretches[0].period.starts_on
    start_convention(activity=activity, starts_on=begins, shares={first.person: WHOLE}, by=by)
    for joiner in team[1:]:
        shares = dict(zip((first.person, joiner.person), SHARES, strict=True))
        start_convention(activity=activity, starts_on=joiner.career.stretches[0].period.starts_on, shares=shares, by=by)


def _insure(activity: Activity, cover: str, team: tuple[Member, ...], by: User, today: date) -> None:
    """A decennial policy for each calendar year since the activity began, the next one when the year ends soon."""
    chance = dice("insurance", activity.name)
    insurer, policy = chance.choice(INSURERS), f"DEC-{digits(chance, 7)}"
    first_year = (team[0].career.stretches[0].period.starts_on - timedelta(days=1)).year
    for year in range(first_year, (today + RENEWED_AHEAD).year + 1):
        insurance = ActivityInsurance(
            activity=activity,
            is_decennial=True,
            insurer=insurer,
            policy_number=policy,
            cover=cover,
            starts_on=date(year, 1, 1),
            ends_on=date(year, 12, 31),
        )
        save_insurance(insurance=insurance, by=by)
