"""One new recording, and one changed action, followed among a million beside ten thousand.

`python -m bench.following [--small N] [--large N] [--rounds N] [--database URL] [--write]`

Two sites are filled with the same kind of work: N recordings of N / 1000 cameras, N / 10 actions,
about 1.6 links an action, an outing and a docking for each camera and day; written straight into
the tables, because this measures following. Each round seals one more recording on the one site and
then on the other, and corrects one action's interval on each: what is timed is
`cases.follow.catch_up`, with the acts it makes. Figures are medians of ratios within a round.
"""

import argparse
import hashlib
import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random

from sqlalchemy import Connection, Table, insert, select, update

from cases import arrived, follow
from cases.arrived import NewInterval
from cases.clocks import microseconds
from evidence.canonical import dumps
from evidence.entry import time_text
from evidence.errors import ProgramMistake
from evidence.interval import Span
from evidence.media import MediaFacts
from evidence.vocabulary import ReadBack
from liuhen import clock
from storage import media_facts, schema
from storage.items import add_item
from storage.ledger import Act
from storage.site import Actor, Site, SitePlan, open_site
from storage.vault import Stored
from tests.fault.figures import record
from tests.fault.prove import describe_commit

FIGURES = Path(__file__).parents[1] / "docs" / "FIGURES.md"
HEADING = "Following"
COLUMNS = ("figure", "ms", "ms beside", "ratio", "spread", "goal", "reached", "commit", "day")
GOAL = 2.0
BEGAN = datetime(2023, 1, 1, tzinfo=UTC)
A_CAMERA = 1000
A_DAY = 20
"""Recordings of one camera in all, and on a day."""

_HOURS = (1, 6)
"""When the two actions of a camera's day begin, in UTC."""

_BATCH = 20_000
_FACTS = MediaFacts("ffmpeg", ((0, 1_200_000_000),), ((0, 1_200_000_000),))
Row = dict[str, str | int | None]


@dataclass(frozen=True)
class Shot:
    """One recording of a camera, the `number`-th of all."""

    number: int

    @property
    def camera(self) -> int:
        """Whose it is: the camera's person has the same number."""
        return self.number // A_CAMERA

    @property
    def day(self) -> int:
        """Days since the beginning."""
        return self.number % A_CAMERA // A_DAY

    @property
    def at(self) -> datetime:
        """When it began: every half an hour."""
        return BEGAN + timedelta(days=self.day, hours=0.5 * (self.number % A_DAY))

    @property
    def sha256(self) -> str:
        """Its digest."""
        return hashlib.sha256(str(self.number).encode()).hexdigest()

    @property
    def session(self) -> str:
        """The docking of that camera's day."""
        return f"S{self.camera}-{self.day}"


@dataclass
class Rows:
    """Rows on their way into the tables, a batch at a time."""

    connection: Connection
    waiting: dict[Table, list[Row]] = field(default_factory=dict)

    def add(self, table: Table, **row: str | int | None) -> None:
        """One more row."""
        batch = self.waiting.setdefault(table, [])
        batch.append(row)
        if len(batch) >= _BATCH:
            self.write()

    def write(self) -> None:
        """What waits, in the order of the tables that others point to."""
        for table in schema.metadata.sorted_tables:
            if batch := self.waiting.pop(table, []):
                self.connection.execute(insert(table), batch)


def fill(site: Site, count: int) -> None:
    """Writes the site's rows; the log stays as it is."""
    with site.database.write() as connection:
        rows = Rows(connection)
        rows.add(schema.units, id="u", parent_id=None, name="局", added_at=time_text(BEGAN))
        for camera in range(-(-count // A_CAMERA)):
            _add_camera(rows, camera)
            for day in range(A_CAMERA // A_DAY):
                _add_day(rows, camera, day=day)
        rows.write()
        shots = map(Shot, range(count))
        while batch := list(islice(shots, _BATCH)):
            for shot in batch:
                _add_shot(rows, shot)
        rows.write()
        size = select(schema.log_head.c.size).scalar_subquery()
        connection.execute(update(schema.case_follow).values(position=size))
        follow.remember_policies(connection)


def _add_camera(rows: Rows, camera: int) -> None:
    """A recorder, whoever has it every day, and a certificate."""
    said, person = time_text(BEGAN), f"p{camera}"
    rows.add(schema.recorders, id=f"R{camera}", make="zfy", added_at=said)
    number = "c1:" + hashlib.sha256(person.encode()).hexdigest()
    opened = {"kind": "officer-number", "salt": "", "value": f"{300_000 + camera}"}
    rows.add(schema.personal_data, id=number, **opened)
    rows.add(schema.persons, id=person, full_name=number, officer_number=number, added_at=said)
    posting = {"status": "ACTIVE", "reason": None, "import_id": None, "stated_at": said}
    served = {"from_day": "2020-01-01", "unit_id": "u", "kind": "OFFICER"}
    rows.add(
        schema.postings,
        id=f"{person}/0",
        person_id=person,
        number=0,
        on_establishment=1,
        on_post=1,
        **served,
        **posting,
    )
    paper = {"kind": "LAW", "certificate_number": number, "issuer": "司法局", "import_id": None}
    valid = {"valid_from": "2020-01-01", "valid_to": "2099-12-31", "stated_at": said}
    rows.add(schema.certificates, id=f"c{camera}", person_id=person, **paper, **valid)


def _add_day(rows: Rows, camera: int, *, day: int) -> None:
    """An outing, a docking, and two actions of whoever has the camera."""
    begins = BEGAN + timedelta(days=day)
    out, back = time_text(begins - timedelta(hours=1)), time_text(begins + timedelta(hours=12))
    rows.add(
        schema.assignments,
        id=f"R{camera}/{day}",
        recorder_id=f"R{camera}",
        number=day,
        holder_id=f"p{camera}",
        supervisor_id=None,
        out_at=out,
        due_at=back,
        back_at=back,
        clock_offset_ms="0",
        stated_at=back,
    )
    _add_session(rows, f"S{camera}-{day}", camera=camera, at=back)
    for number, hour in enumerate(_HOURS):
        _add_action(rows, camera, day=day, number=number, at=begins + timedelta(hours=hour))


def _add_session(rows: Rows, session: str, *, camera: int, at: str) -> None:
    docked = {"dock": "dock-1", "source": "MOUNT", "card": "c", "card_basis": "SERIAL"}
    rows.add(schema.dock_sessions, id=session, **docked, label=None, zone="UTC", opened_at=at)
    claimed = {"subject": "RECORDER", "verdict": "AGREED", "value": f"R{camera}", "sources": "[]"}
    rows.add(schema.claims, id=f"{session}/R", session_id=session, **claimed, judged_at=at)


def _add_action(rows: Rows, camera: int, *, day: int, number: int, at: datetime) -> None:
    action, said = f"A{camera}-{day}-{number}", time_text(at)
    rows.add(schema.actions, id=action, source="hand", external_id=action, added_at=said)
    whole: Row = {"id": f"{action}/0", "action_id": action, "number": 0, "stated_at": said}
    flags = {"touches_liberty": 0, "touches_life_health": 0, "touches_major_property": 1}
    what = {"case_id": None, "unit_id": "u", "type": "SEIZURE", "category": "COMPULSION"}
    none = ("type_name", "category_name", "power_item", "place", "room_id", "tier_raised")
    empty: Row = dict.fromkeys((*none, "planned_from", "planned_to", "import_id"))
    rows.add(schema.action_statements, **whole, **what, **flags, **empty)
    state = {"state": "ENDED", "at": said, "body": "{}", "person_id": f"p{camera}"}
    rows.add(schema.action_states, **whole, **state)
    ends = time_text(at + timedelta(minutes=50))
    lasted = {"starts_at": said, "ends_at": ends, "declared_by": f"p{camera}"}
    none_yet: Row = dict.fromkeys(("basis_sha256", "reason", "second_person"))
    rows.add(schema.action_intervals, **whole, **lasted, **none_yet)
    there: Row = {"role": "LEAD", "is_recorder_person": 1, "is_withdrawn": 0}
    gone: Row = {"came_at": None, "left_at": None}
    rows.add(schema.action_team, **whole, person_id=f"p{camera}", **there, **gone)
    start = microseconds(at) // 1_000_000
    _add_span(rows, "ACTION", owner=action, tie=f"person/p{camera}", span=Span(start, start + 3000))


def _add_span(rows: Rows, side: str, *, owner: str, tie: str, span: Span) -> None:
    row: Row = {"side": side, "owner": owner, "tie": tie, "start_s": span.start}
    rows.add(schema.spans, id=f"{side}/{owner}/{tie}/0", **row, end_s=span.end)


def _add_shot(rows: Rows, shot: Shot) -> None:
    sealed = time_text(BEGAN + timedelta(days=shot.day, hours=12))
    rows.add(schema.recordings, id=shot.sha256, size=shot.number, sealed_at=sealed)
    rows.add(schema.sightings, **_sighting(shot, sealed))
    rows.add(
        schema.media_facts,
        id=f"{shot.sha256}/0",
        recording_id=shot.sha256,
        number=0,
        tool=_FACTS.tool,
        video=dumps([[0, 1_200_000_000]]).decode(),
        sound=dumps([[0, 1_200_000_000]]).decode(),
        labels="[]",
        place=None,
        measured_at=sealed,
    )
    start = microseconds(shot.at) // 1_000_000
    for tie in (f"person/p{shot.camera}", f"recorder/R{shot.camera}"):
        _add_span(rows, "FOOTAGE", owner=shot.sha256, tie=tie, span=Span(start, start + 1200))
    _add_link(rows, shot, sealed=sealed)


def _add_link(rows: Rows, shot: Shot, *, sealed: str) -> None:
    """Recordings of the two actions' hours belong to them: two an action."""
    hour = (shot.at - BEGAN - timedelta(days=shot.day)) / timedelta(hours=1)
    for number, began in enumerate(_HOURS):
        if began <= hour < began + 1:
            tied = {"basis": "AUTO", "reasons": json.dumps(["HOLDER", "OVERLAP"])}
            rows.add(
                schema.links,
                id=f"{shot.sha256}/0",
                recording_id=shot.sha256,
                number=0,
                action_id=f"A{shot.camera}-{shot.day}-{number}",
                person_id=None,
                stated_at=sealed,
                **tied,
            )


def _sighting(shot: Shot, sealed: str) -> Row:
    nothing = dict.fromkeys(("container_time", "container_zone", "file_time"))
    return {
        "id": f"{shot.session}/{shot.number}",
        "session_id": shot.session,
        "recording_id": shot.sha256,
        "path": "c1:" + shot.sha256,
        "size": shot.number,
        "mtime_ns": "0",
        "kind": "VIDEO",
        "labels": "[]",
        "priority": 0,
        "name_time": shot.at.replace(tzinfo=None).isoformat(),
        "zone": "UTC",
        "sealed_at": sealed,
        **nothing,
    }


# --- what is timed --------------------------------------------------------------------------------


@dataclass
class Ground:
    """A filled site, and what is still to be done on it."""

    site: Site
    count: int
    random: Random

    def new_recording(self, number: int) -> float:
        """Seals one more recording, of an hour of some action; returns the seconds to follow it."""
        camera = self.random.randrange(-(-self.count // A_CAMERA))
        place = camera * A_CAMERA + self.random.randrange(A_CAMERA // A_DAY) * A_DAY + 3
        with self.site.ledger.act() as act:
            sha256 = _seal(act, Shot(place), number=number, vault=self.site.vault.vault_id)
        media_facts.state(self.site.ledger, sha256, facts=_FACTS)
        return self._followed()

    def changed_action(self, number: int) -> float:
        """Corrects one action's interval; returns the seconds to follow that."""
        camera = self.random.randrange(-(-self.count // A_CAMERA))
        day = self.random.randrange(A_CAMERA // A_DAY)
        at = BEGAN + timedelta(days=day, hours=_HOURS[0], seconds=number + 1)
        second = f"p{(camera + 1) % -(-self.count // A_CAMERA)}"
        told = {"reason": "更正", "second_person": second}
        new = NewInterval(at, at + timedelta(minutes=50), f"p{camera}", **told)
        arrived.declare_interval(self.site.ledger, f"A{camera}-{day}-0", new=new)
        return self._followed()

    def _followed(self) -> float:
        start = time.perf_counter()
        followed = follow.catch_up(self.site.ledger)
        taken = time.perf_counter() - start
        if not followed:
            raise ProgramMistake("There was nothing to follow, so nothing was measured")
        return taken


def _seal(act: Act, shot: Shot, *, number: int, vault: str) -> str:
    sha256 = hashlib.sha256(f"new {number}".encode()).hexdigest()
    stored = Stored(sha256, 1, ReadBack.DIRECT, was_there=False)
    add_item(act, stored, vault_id=vault)
    row = _sighting(shot, act.at_text)
    changed = {"id": f"{shot.session}/new-{number}", "recording_id": sha256}
    act.insert(schema.sightings, {**row, **changed, "path": "c1:" + sha256})
    act.enter("recording.sealed", {"recording": sha256, "session": shot.session})
    return sha256


def grounds(folder: Path, sizes: tuple[int, int], *, database: str | None) -> Iterator[Ground]:
    """A site of each size."""
    for size in sizes:
        url = None if database is None else database.format(size=size)
        site = open_site(SitePlan(folder / str(size), url), clock.now, actor=Actor("service"))
        start = time.perf_counter()
        fill(site, size)
        print(f"{size} recordings written in {time.perf_counter() - start:.0f} s", flush=True)
        yield Ground(site, size, Random(20240516))


def measure(small: Ground, large: Ground, *, rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Seconds on the small site and on the large one, for each round; the first one warms up."""
    found: dict[str, list[tuple[float, float]]] = {"new recording": [], "changed action": []}
    for number in range(rounds + 1):
        pair = (small.new_recording(number), large.new_recording(number))
        other = (small.changed_action(number), large.changed_action(number))
        if number:
            found["new recording"].append(pair)
            found["changed action"].append(other)
    return found


def main() -> None:
    """Measures, prints, and with `--write` records."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--database", help="PostgreSQL, with {size} in the name of the database")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sizes = (given.small, given.large)
        small, large = grounds(Path(folder), sizes, database=given.database)
        found = measure(small, large, rounds=given.rounds)
        small.site.close()
        large.site.close()
    kind = "SQLite" if given.database is None else "PostgreSQL"
    for name, pairs in found.items():
        _tell(f"{name}, {kind}", pairs, sizes=sizes, write=given.write)


def _tell(
    name: str, pairs: list[tuple[float, float]], *, sizes: tuple[int, int], write: bool
) -> None:
    ratios = sorted(large / small for small, large in pairs)
    median = statistics.median(ratios)
    small, large = (1000 * statistics.median(one) for one in zip(*pairs, strict=True))
    tenth = len(ratios) // 10
    row = (
        f"{name}: {sizes[1]:,} recordings beside {sizes[0]:,}",
        f"{large:.1f}",
        f"{small:.1f}",
        f"{median:.2f}",
        f"{ratios[tenth]:.2f} to {ratios[-1 - tenth]:.2f}",
        f"≤ {GOAL:.0f}",
        "yes" if median <= GOAL else "no",
    )
    print(*row, sep="  ", flush=True)
    if write:
        day = f"{datetime.now(UTC):%Y-%m-%d}"
        record(FIGURES, HEADING, columns=COLUMNS, row=(*row, describe_commit(), day))


if __name__ == "__main__":
    main()
