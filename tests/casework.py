"""A bureau with officers, auxiliaries, cases and actions, made by the acts themselves."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone

from cases import arrived, register, team
from cases.arrived import NewInterval
from cases.reading import ActionDetails, CaseDetails, TeamMember
from cases.records import Said
from evidence.case_vocabulary import ActionType, Category, TeamRole
from evidence.enforcing import PersonKind
from people import bodies, units
from people.bodies import UnitKind, UnitStanding
from storage.ledger import Ledger
from storage.site import SitePlan
from tests.docking import House, open_house
from tests.registering import LONG_AGO, hire

CHINA = timezone(timedelta(hours=8))


@dataclass
class Hands:
    """The clock of a test: it says what it is told to say, a second later each time."""

    now: datetime = field(default=datetime(2024, 1, 2, tzinfo=UTC))

    def __call__(self) -> datetime:
        """The time now."""
        self.now += timedelta(milliseconds=1)
        return self.now

    def set(self, text: str) -> datetime:
        """Goes to a moment in China, such as 2024-04-18 15:00; returns it."""
        self.now = moment(text)
        return self.now


def moment(text: str) -> datetime:
    """A moment in China as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA).astimezone(UTC)


@dataclass
class Bureau:
    """A site with one bureau, qualified since long ago, and whoever was hired."""

    house: House
    clock: Hands
    unit: str

    @property
    def ledger(self) -> Ledger:
        """Where acts go."""
        return self.house.site.ledger

    def officer(self, until: date = date(2099, 12, 31)) -> str:
        """An officer with a certificate until that day; returns the person."""
        return hire(self.house, self.unit, until=until)

    def auxiliary(self) -> str:
        """An auxiliary."""
        return hire(self.house, self.unit, kind=PersonKind.AUXILIARY)

    def stated(self, from_day: date, profile: str, *powers: str) -> None:
        """That the bureau follows a profile from a day on, with these items of its power list."""
        standing = UnitStanding(
            from_day=from_day,
            kind=UnitKind.AGENCY,
            capacity_basis="法定行政机关",
            powers=powers,
            profile=profile,
        )
        bodies.state_unit(self.ledger, self.unit, new=standing)

    def case(self, number: str, *, is_major: bool = False) -> str:
        """A case; returns its id."""
        details = CaseDetails(
            number, self.unit, Category.PENALTY, power_item="0217", is_major=is_major
        )
        return register.add_case(self.ledger, details).id

    def action(
        self,
        kind: ActionType,
        *people: str,
        case: str | None = None,
        change: Callable[[ActionDetails], ActionDetails] = lambda details: details,
    ) -> str:
        """A planned action with these people, the first of them its lead; returns its id."""
        details = ActionDetails(self.unit, kind, Category.COMPULSION, power_item="0217", case=case)
        action = register.add_action(self.ledger, change(details)).id
        if people:
            self.team(action, *people)
        return action

    def team(self, action: str, *people: str) -> None:
        """These people as the team, the first as lead and keeper of the record."""
        members = [
            TeamMember(one, TeamRole.ASSIST if place else TeamRole.LEAD, place == 0)
            for place, one in enumerate(people)
        ]
        team.state_team(self.ledger, action, members=members)

    def lasted(self, action: str, start: str, end: str, *, by: str) -> None:
        """Declares the first version of an action's interval."""
        new = NewInterval(moment(start), moment(end), by)
        arrived.declare_interval(self.ledger, action, new=new)

    def said(self, person: str | None = None, document: str | None = None) -> Said:
        """Somebody says something now."""
        return Said(person, self.clock(), document)


@contextmanager
def bureau(plan: SitePlan, profile: str = "XX") -> Iterator[Bureau]:
    """A bureau that follows a profile, qualified for every item of the power list."""
    clock = Hands()
    with open_house(plan, ticks=clock) as house:
        ledger = house.site.ledger
        with ledger.act() as act:
            unit = units.insert_unit(act, name="局", parent=None)
            act.enter("unit.added", {"unit": unit.id})
        made = Bureau(house, clock, unit.id)
        made.stated(LONG_AGO, profile)
        yield made
