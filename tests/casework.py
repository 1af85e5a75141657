"""A bureau with officers, auxiliaries, cases and actions, made by the acts themselves."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone

from cases import arrived, records, register, steps, team
from cases.arrived import NewInterval
from cases.reading import ActionDetails, CaseDetails, TeamMember
from cases.records import NewAwareness, NewDocument, NewSignature, Said
from cases.trying import Step, StepRefused
from evidence.case_vocabulary import (
    ActionType,
    Awareness,
    Category,
    IdentityMode,
    MetadataGroup,
    RecordChoice,
    TeamRole,
)
from evidence.enforcing import PersonKind
from people import bodies, units
from people.bodies import UnitKind, UnitStanding
from storage.ledger import Ledger
from storage.site import SitePlan
from tests.docking import House, open_house
from tests.registering import LONG_AGO, hire

CHINA = timezone(timedelta(hours=8))
PAPER = "ab" * 32


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

    def step(self, person: str, document: str | None = None) -> Step:
        """Somebody takes a step now."""
        return Step(person, self.clock(), document)

    def described(self, action: str, *signers: str, paper: str = PAPER) -> None:
        """All that an action needs beside its footage: elements, identity, a signed document."""
        ledger, who = self.ledger, signers[0]
        for group in MetadataGroup:
            records.describe(
                ledger, action, said=self.said(who), group=group, text=f"{group.value} 如实"
            )
        records.show_identity(ledger, action, said=self.said(who), mode=IdentityMode.SHOWN)
        mode = NewAwareness(Awareness.VISIBLE_DEVICE)
        records.note_awareness(ledger, action, said=self.said(who), new=mode)
        document = NewDocument("检查笔录", template="T-1")
        records.add_document(ledger, action, said=self.said(who, paper), new=document)
        for signer in (*signers, "COUNTERPART"):
            signed = NewSignature(signer)
            records.sign(ledger, action, said=self.said(who, paper), new=signed)

    def ended(self, action: str, start: str, end: str, *, by: str) -> None:
        """Starts an action when it begins and ends it when it is over."""
        self.clock.set(start)
        steps.start(self.ledger, action, step=self.step(by))
        self.clock.set(end)
        self.clock()
        interval = NewInterval(moment(start), moment(end), by)
        steps.end(self.ledger, action, step=self.step(by), interval=interval)

    def not_recorded(self, action: str, *, by: str) -> None:
        """Somebody decides that an action is not recorded."""
        choice = RecordChoice.NOT_RECORD
        records.decide(self.ledger, action, said=self.said(by), choice=choice, reason="例行")

    def said(self, person: str | None = None, document: str | None = None) -> Said:
        """Somebody says something now."""
        return Said(person, self.clock(), document)


def codes(take: Callable[[], object]) -> list[str]:
    """The codes of all that stands against a step; none where it passes.

    Each must name a clause, say something in both languages, and say what would lift it.
    """
    try:
        take()
    except StepRefused as refused:
        for one in refused.told:
            assert one.clauses
            assert one.said[0] != one.said[1]
            assert one.lift[0] != one.lift[1]
        return [one.code for one in refused.told]
    return []


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
