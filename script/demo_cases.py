"""The demonstration's worked example: a demolition with a gap, a seizure that two cameras cover.

Both took place yesterday and are read in as facts; two recorders are docked with real recordings of
those minutes; each is tied to its action by the lead officer, assessed, and its case is tried.

Holds always: only a site that the demonstration made for itself gets it; every verdict and refusal
that is shown is the product's own.
"""

import hashlib
import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cases import (
    arrived,
    assess,
    case_file,
    case_steps,
    finding_rows,
    links,
    records,
    register,
    steps,
    team,
)
from cases.arrived import NewInterval, Reached
from cases.case_file import NewFixation
from cases.coverage_report import shown
from cases.finding_follow import follow
from cases.finding_rows import Wanted
from cases.finding_words import sentence_of
from cases.reading import ActionDetails, CaseDetails, Origin, TeamMember
from cases.records import NewAwareness, NewDocument, NewSignature, Said
from cases.trying import Step, StepRefused
from devices.makes import load_makes
from devices.recorders import add_recorder, assign_recorder
from evidence.case_vocabulary import (
    ActionState,
    ActionType,
    Awareness,
    CaseState,
    Category,
    IdentityMode,
    MetadataGroup,
    TeamRole,
)
from evidence.enforcing import may_enforce
from evidence.finding_rules import FindingKind
from evidence.ratio import day_of
from evidence.register_words import word
from people import bodies
from people.bodies import UnitKind, UnitStanding
from people.staff import members
from people.units import find_unit
from script.cards import ZONE
from script.studio import Clip, Studio
from storage.ledger import Ledger
from storage.site import Site

UNIT = "一中队"
RECORDERS = ("7201001", "7201002")
POWER = "0301"
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Film:
    """A recording: which recorder made it, from when to when after the day's 09:00, in seconds."""

    recorder: int
    start: int
    end: int


FILMS = (
    *(Film(0, 0, 210), Film(0, 300, 480)),  # the demolition, 8 minutes, 90 s of it missing
    *(Film(0, 3600, 3780), Film(1, 3750, 3960)),  # the seizure, 6 minutes by two cameras
)
DEMOLITION, SEIZURE = (0, 480), (3600, 3960)
_BEFORE_CLOSING = (
    *(CaseState.FILED, CaseState.INVESTIGATING, CaseState.DECIDED),
    *(CaseState.SERVED, CaseState.EXECUTED),
)


class CasesTrouble(Exception):
    """The worked example could not be had; the message is for people."""


@dataclass(frozen=True)
class Filmed:
    """The two cards, and the digest of each recording on them."""

    cards: tuple[Path, ...]
    digests: Mapping[Film, str]


def make_cards(folder: Path, nine: datetime) -> Filmed:
    """The two recorders as they come back, with small recordings of real minutes.

    `nine` is nine o'clock of the day by the recorders' clocks, without a zone.
    """
    clips = {film: _clip(film, nine) for film in FILMS}
    made = Studio.open().make(clips.values())
    digests: dict[Film, str] = {}
    for number, film in enumerate(FILMS, 1):
        recorder, begins = RECORDERS[film.recorder], nine + film.start * _SECOND
        card = folder / f"A11-{recorder}" / "DCIM"
        card.mkdir(parents=True, exist_ok=True)
        name = f"A11_{recorder}_320001_{begins:%Y%m%d%H%M%S}_{number:04}.mp4"
        content = made[clips[film]].read_bytes()
        (card / name).write_bytes(content)
        digests[film] = hashlib.sha256(content).hexdigest()
    return Filmed(tuple(folder / f"A11-{recorder}" for recorder in RECORDERS), digests)


def _clip(film: Film, nine: datetime) -> Clip:
    wall = nine + film.start * _SECOND
    label = f"A11_{RECORDERS[film.recorder]}"
    return Clip("minutes", film.end - film.start, film.start + 7, label, wall, wall)


def prepare(site: Site) -> None:
    """Puts the unit's capacity and the two recorders on record."""
    ledger = site.ledger
    standing = UnitStanding(
        from_day=day_of(ledger.clock()) - timedelta(days=365),
        kind=UnitKind.AGENCY,
        capacity_basis="三定方案",
        powers=(POWER,),
        profile="XX",
    )
    bodies.state_unit(ledger, UNIT, new=standing)
    for number in RECORDERS:
        add_recorder(ledger, load_makes(), number=number, make="zfy")
        assign_recorder(ledger, number, unit=UNIT)


def dock(command: Callable[..., list[str]], cards: Sequence[Path]) -> None:
    """Takes the cards as the product does, and waits until what they hold is measured."""
    words = command("ingest", *map(str, cards), "--wait", "--json")
    measured = {**os.environ, "LIUHEN_PREVIEWS": "true"}  # what is not measured covers nothing
    ran = subprocess.run(words, capture_output=True, text=True, check=False, env=measured)
    if ran.returncode != 0:
        raise CasesTrouble(f"The recorders of the worked example were not taken: {ran.stdout}")


# --- the story ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """What the example is about: ids of actions and of the finding, and lines to print."""

    lines: tuple[str, ...]
    demolition: str
    seizure: str
    finding: str


class Story:
    """Both actions from their facts to their cases' next step."""

    def __init__(self, site: Site, nine: datetime, *, digests: Mapping[Film, str]) -> None:
        self.site = site
        self.digests = digests
        self.ledger: Ledger = site.ledger
        self.nine = (nine - ZONE).replace(tzinfo=UTC)
        self.crew = self._officers()
        self.lines: list[str] = []

    def tell(self) -> Told:
        """All of it. Raises `CasesTrouble` where the register lacks officers."""
        demolition = self._action(ActionType.FORCED_DEMOLITION, "1", DEMOLITION)
        seizure = self._action(ActionType.SEIZURE, "2", SEIZURE)
        for film, recording in self.digests.items():
            action = demolition if film.start < SEIZURE[0] else seizure
            links.link(self.ledger, recording, action=action[1], person=self.crew[0])
        follow(self.ledger)
        for name, (case, number) in (("强制拆除", demolition), ("扣押", seizure)):
            self._document(case, number)
            self._try(name, case, action=number)
        return Told(tuple(self.lines), demolition[1], seizure[1], self._finding(demolition[1]))

    def _officers(self) -> tuple[str, str]:
        day = day_of(self.nine)
        with self.site.database.read() as connection:
            unit = find_unit(connection, UNIT).id
            able = [
                (one.officer_number or "", one.id)
                for one in members(connection, units=[unit]).values()
                if (found := may_enforce(one.facts, day)).may_enforce
                and found.posting is not None
                and found.posting.unit_id == unit
            ]
        if len(able) < 2:
            raise CasesTrouble(f"{UNIT} has fewer than two officers who may enforce")
        first, second, *_ = sorted(able)
        return first[1], second[1]

    def _action(self, kind: ActionType, number: str, span: tuple[int, int]) -> tuple[str, str]:
        """A case with one action that began and ended yesterday, as the platform tells of them."""
        details = CaseDetails(f"〔示例〕{number}号", UNIT, Category.COMPULSION, power_item=POWER)
        case = register.add_case(self.ledger, details, origin=Origin("demo", number)).id
        about = ActionDetails(UNIT, kind, Category.COMPULSION, power_item=POWER, case=case)
        action = register.add_action(self.ledger, about, origin=Origin("demo", number)).id
        lead, second = self.crew
        crew = [
            TeamMember(lead, TeamRole.LEAD, is_recorder_person=True),
            TeamMember(second, TeamRole.ASSIST),
        ]
        team.state_team(self.ledger, action, members=crew)
        start, end = (self.nine + at * _SECOND for at in span)
        for state, at in ((ActionState.STARTED, start), (ActionState.ENDED, end)):
            arrived.action_reached(self.ledger, action, state=state, reached=Reached(at, lead))
        window = NewInterval(start, end, lead)
        arrived.declare_interval(self.ledger, action, new=window)
        for reached in _BEFORE_CLOSING:
            arrived.case_reached(self.ledger, case, state=reached, reached=Reached(end, lead))
        return case, action

    def _document(self, case: str, action: str) -> None:
        """All that both need beside their footage: elements, identity, signed paper, fixation."""
        lead, second = self.crew
        paper = hashlib.sha256(action.encode()).hexdigest()
        plain, on_paper = (Said(lead, self.ledger.clock(), one) for one in (None, paper))
        for group in MetadataGroup:
            records.describe(self.ledger, action, said=plain, group=group, text="如实记录")
        records.show_identity(self.ledger, action, said=plain, mode=IdentityMode.SHOWN)
        aware = NewAwareness(Awareness.VISIBLE_DEVICE)
        records.note_awareness(self.ledger, action, said=plain, new=aware)
        document = NewDocument("现场笔录", template="T-1")
        records.add_document(self.ledger, action, said=on_paper, new=document)
        for signer in (lead, second, "COUNTERPART"):
            records.sign(self.ledger, action, said=on_paper, new=NewSignature(signer))
        with self.site.database.read() as connection:
            filmed = tuple(links.recordings_of(connection, action))
        case_file.fix(self.ledger, case, said=on_paper, new=NewFixation(filmed))

    def _try(self, name: str, case: str, *, action: str) -> None:
        with self.site.database.read() as connection:
            result = assess.latest(connection, action)
        if result is None:
            raise CasesTrouble(f"The action {action} was not assessed")
        self.lines.append(f"{name}: {result.verdict.value} {word(result.verdict)[0]}")
        video = result.body["video"]
        for gap in video["gaps"] if isinstance(video, dict) else ():
            begins, ends = (shown(datetime.fromisoformat(str(gap[at]))) for at in ("from", "to"))
            self.lines.append(f"    缺口 gap {begins} - {ends}, {gap['seconds']} s")
        self._step("办结行为 settle", lambda step: steps.settle(self.ledger, action, step=step))
        self._step("结案 close", lambda step: case_steps.close(self.ledger, case, step=step))

    def _step(self, name: str, take: Callable[[Step], None]) -> None:
        try:
            take(Step(self.crew[0], self.ledger.clock()))
        except StepRefused as refused:
            for one in refused.told:
                self.lines.append(f"    {name}: 拒绝 refused {one.code}: {one.said[0]}")
                self.lines += [f"        {c.article} {c.quote}" for c in one.clauses[:1]]
        else:
            self.lines.append(f"    {name}: 通过 passed")

    def _finding(self, action: str) -> str:
        follow(self.ledger)
        wanted = Wanted(kinds=(FindingKind.COVERAGE_GAP,), action=action)
        with self.site.database.read() as connection:
            (found,) = finding_rows.page(connection, wanted)
        self.lines.append(f"{found.number}: {sentence_of(found)[0]}")
        return found.number
