"""Holds against disposals, two disposals, one person twice, and clocks that jump; both databases.

Each trial has a recording of its own, whose batch two persons approved and whose delay is over.
Threads wait at a barrier and then reach for it at once. Afterwards the vault is asked for the bytes
and the log for what it says: whoever was answered with success must have had their way.
"""

import atexit
import contextlib
import hashlib
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

from sqlalchemy import Connection, select

from cases import disposal, disposal_clock, holds
from cases.disposal import DisposalRefused, Proposal, Said
from cases.disposal_clock import Explanation, Machine
from cases.disposal_rows import Batch
from cases.holds import NewHold
from evidence.disposal import Answer
from evidence.disposal_clock import JumpKind
from evidence.errors import BadInput, LiuhenError
from evidence.retention_holds import HoldKind, scope_of
from storage import schema
from storage.scrub import scrub
from storage.site import SitePlan
from tests.casework import Hands, bureau
from tests.databases import postgres_server
from tests.disposing import Disposing
from tests.docking import put
from tests.fault.campaigns import Campaign, Tally
from tests.filming import between, camera, dock

AT_ONCE = 20
"""Recordings that are docked together: a docking takes longer than a race."""
_FRESH = 40
_BOOTED = datetime(2024, 1, 1, tzinfo=UTC)
AWAY: Sequence[datetime | timedelta] = (
    *(timedelta(days=days) for days in (-3, 3, -365 * 5, 365 * 20)),
    *(datetime(year, 1, 1, tzinfo=UTC) for year in (1970, 2099)),
)
_Deed = Callable[[], object]


@dataclass
class Boot:
    """The clock that nobody can set: what the wall clock shows without `skew`."""

    clock: Hands
    skew: timedelta = timedelta(0)

    def __call__(self) -> tuple[str, float]:
        """The one boot of a campaign, and the seconds since."""
        return "boot", (self.clock.now - self.skew - _BOOTED).total_seconds()


@dataclass
class Ground:
    """A bureau on one database, with batches that are ready and footage that is not due."""

    name: str
    letting_go: Disposing
    folder: Path
    recorder: str
    boot: Boot
    ready: list[Batch] = field(default_factory=list)
    fresh: list[str] = field(default_factory=list)
    made: int = 0

    def batch(self) -> Batch:
        """A batch that may be carried out at once."""
        if not self.ready:
            found = self._footage(AT_ONCE)
            self.letting_go.later(120)
            self.fresh.clear()  # by now it is due as well
            made = [self.letting_go.approved(one, wait=0) for one in found]
            self.letting_go.office.clock.now += timedelta(days=8)
            self.ready = [self.letting_go.batch(one.id) for one in made]
        return self.ready.pop()

    def not_due(self) -> str:
        """A recording of today."""
        if not self.fresh:
            self.fresh = self._footage(_FRESH)
        return self.fresh.pop()

    def _footage(self, count: int) -> list[str]:
        office = self.letting_go.office
        with contextlib.suppress(BadInput):  # where it stood still for a short while only
            self.letting_go.later(0)
        day = f"{office.clock.now - timedelta(days=1):%Y-%m-%d}"
        self.made += 1
        clips = [between(f"08:{n:02}:00", "23:00:00", day=day) for n in range(count)]
        return dock(office, self.folder / f"{self.made}", self.recorder, clips=clips)

    def bytes_of(self, recording: str) -> bool:
        """Whether they are in the vault."""
        return self.letting_go.has(recording)

    # --- trials ---------------------------------------------------------------------------------

    def hold_against_disposal(self, seed: int, number: int) -> Tally:
        """A hold and an execution at once: one has its way, the other is told."""
        batch, random = self.batch(), Random(f"{seed}/hold/{number}")
        recording = batch.lines[0].recording
        place, execute = partial(self._hold, recording), partial(self.letting_go.carry_out, batch)
        done = _at_once([place, execute] if random.random() < 0.5 else [execute, place])
        held, gone = done[place], done[execute]
        tally = Counter({f"on {self.name}": 1, "held": held == "", "disposed": gone == ""})
        tally["told"] += held == "HOLD_TOO_LATE"
        tally["told"] += gone == "DISPOSAL_REFUSED"
        is_kept = held == "" and gone == "DISPOSAL_REFUSED" and self.bytes_of(recording)
        is_gone = gone == "" and held == "HOLD_TOO_LATE" and not self.bytes_of(recording)
        tally["wrong"] += not (is_kept or is_gone)
        return tally

    def double_disposal(self, seed: int, number: int) -> Tally:
        """Two execute one batch, or one person approves it in two sessions, at once."""
        if Random(f"{seed}/double/{number}").random() < 0.5:
            return self._twice_approved()
        batch = self.batch()
        deeds = [partial(self.letting_go.carry_out, batch) for _ in range(2)]
        said = sorted(_at_once(deeds).values())
        tally = Counter({f"on {self.name}": 1, "disposed twice at once": 1})
        found = self.letting_go.office.house.entries("disposal.certified")
        papers = [one for one in found if one.facts["batch"] == batch.id]
        is_right = said == ["", "DISPOSAL_REFUSED"] and len(papers) == 1
        tally["wrong"] += not is_right or self.bytes_of(batch.lines[0].recording)
        return tally

    def _twice_approved(self) -> Tally:
        found = self._footage(1)
        self.letting_go.later(120)
        batch = self.letting_go.proposed(*found)
        deeds = [partial(self.letting_go.approve, batch, self.letting_go.first) for _ in range(2)]
        said = sorted(_at_once(deeds).values())
        tally = Counter({f"on {self.name}": 1, "approved twice by one person": 1})
        now = self.letting_go.batch(batch.id)
        tally["wrong"] += said != ["", "DISPOSAL_REFUSED"] or len(now.approvers) != 1
        refusal = Said(Answer.REFUSED, self.letting_go.second, batch.list_sha256)
        disposal.answer(self.letting_go.house, batch.id, said=refusal)
        return tally

    def clock_jump(self, seed: int, number: int) -> Tally:
        """The clock is elsewhere while somebody sweeps, docks or verifies; nothing is let go."""
        random, office = Random(f"{seed}/clock/{number}"), self.letting_go.office
        ready = self.batch()  # first: days pass until it is ready
        recording, before = self.not_due(), office.clock.now
        to = AWAY[number // 2 % len(AWAY)]
        there = to if isinstance(to, datetime) else before + to
        self.boot.skew, office.clock.now = there - before, there
        during = random.choice(("sweep", "intake", "verify"))
        docked = self._meanwhile(during, number)
        tally = Counter({f"on {self.name}": 1, during: 1})
        tally["early"] += self._goes(recording, ready)
        self.boot.skew, office.clock.now = timedelta(0), before + timedelta(minutes=1)
        tally["early"] += self._goes(recording, None)
        wrong = Explanation(
            *(JumpKind.CLOCK_WAS_WRONG, "电池", self.letting_go.first, self.letting_go.second)
        )
        with contextlib.suppress(BadInput):  # where it left nothing in the log
            disposal_clock.explain_jumps(office.ledger, self.letting_go.machine, said=wrong)
        tally["early"] += self._goes(recording, None)
        for one in docked:
            tally["early"] += self._goes(one, None)
        tally["late but sound"] += self._had_its_way(ready)
        return tally

    def _meanwhile(self, what: str, number: int) -> list[str]:
        house = self.letting_go.office.house
        if what == "sweep":
            scrub(house.site, limit=2, progress=lambda _: None, stop=lambda: False)
        elif what == "verify":
            house.verify()
        else:
            name = f"A11_{self.recorder}_000000_20240101080000_0001.mp4"
            body = f"clock {self.name} {number}".encode()
            house.take(put(self.folder / f"jump-{number}", {name: body}))
            with house.site.database.read() as connection:
                return [one for one in _digests(connection) if one == _sha256(body)]
        return []

    def _goes(self, recording: str, ready: Batch | None) -> int:
        """How many things went that must stay: one not due, or a batch by a wrong clock."""
        house, first = self.letting_go.house, self.letting_go.first
        gone = 0
        try:
            disposal.propose(house, Proposal((recording,), first, "x"))
            gone += 1
        except DisposalRefused:
            pass
        if ready is not None:
            try:
                self.letting_go.carry_out(ready)
                gone += 1
            except DisposalRefused:
                gone += not self.bytes_of(ready.lines[0].recording)
        return gone + (not self.bytes_of(recording))

    def _had_its_way(self, ready: Batch) -> int:
        self.letting_go.carry_out(ready)
        return not self.bytes_of(ready.lines[0].recording)

    def _hold(self, recording: str) -> str:
        office, first = self.letting_go.office, self.letting_go.first
        day = (office.clock.now + timedelta(days=30)).date()
        scope = scope_of(recordings=[recording])
        new = NewHold(HoldKind.COMPLAINT, "投诉", scope, day, owner=first, person=first)
        return holds.place_hold(office.ledger, new)


def _at_once(deeds: Sequence[_Deed]) -> dict[_Deed, str]:
    """The error's code of each deed, "" for success; all begin together."""
    gate, said = threading.Barrier(len(deeds)), dict[_Deed, str]()

    def go(deed: _Deed) -> None:
        gate.wait()
        try:
            deed()
        except LiuhenError as error:
            said[deed] = error.code
        else:
            said[deed] = ""

    threads = [threading.Thread(target=go, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _digests(connection: Connection) -> list[str]:
    return [str(one) for one in connection.execute(select(schema.recordings.c.id)).scalars()]


@contextlib.contextmanager
def grounds(folder: Path) -> Iterator[Mapping[int, Ground]]:
    """One on each database, by the remainder of a trial's number."""
    with contextlib.ExitStack() as closing:
        server = closing.enter_context(postgres_server())
        plans = {
            "SQLite": SitePlan(folder / "sqlite"),
            "PostgreSQL": SitePlan(folder / "postgres", server.new_database()),
        }
        found = {}
        for place, (name, plan) in enumerate(plans.items()):
            office = closing.enter_context(bureau(plan, profile="ZJ"))
            office.clock.set("2024-02-01 18:00")
            recorder = camera(office, f"200000{place}")
            cards = folder / f"cards-{place}"
            boot = Boot(office.clock)
            letting_go = replace(Disposing.of(office), machine=Machine(boot=boot))
            database = office.house.site.database
            disposal_clock.mark_boot(database, letting_go.machine, now=office.clock.now)
            found[place] = Ground(name, letting_go, cards, recorder, boot)
        yield found


def campaigns(found: Mapping[int, Ground]) -> dict[str, Campaign]:
    """The claims, with what it takes to try them."""
    both = ("on SQLite", "on PostgreSQL")

    def at(number: int) -> Ground:
        return found[number % len(found)]

    made = (
        Campaign(
            name="hold-against-disposal",
            claim="a hold that was answered with success keeps its bytes, however close a disposal "
            "is, and a disposal that has its way leaves none acknowledged; the other one is told",
            trial=lambda seed, number: at(number).hold_against_disposal(seed, number),
            forbidden=("wrong",),
            needed=("held", "disposed", "told", *both),
            default_count=1000,
            save_every=20,
        ),
        Campaign(
            name="double-disposal",
            claim="a batch goes once and has one certificate, and one person in two sessions "
            "approves once, however many try at the same instant",
            trial=lambda seed, number: at(number).double_disposal(seed, number),
            forbidden=("wrong",),
            needed=("disposed twice at once", "approved twice by one person", *both),
            default_count=200,
            save_every=20,
        ),
        Campaign(
            name="clock-jumps",
            claim="while the clock is days or years off, in 1970 or in 2099, around sweep, intake "
            "and verify, nothing is let go early, then or after it was put right",
            trial=lambda seed, number: at(number).clock_jump(seed, number),
            forbidden=("early",),
            needed=("sweep", "intake", "verify", "late but sound", *both),
            default_count=120,
            save_every=12,
        ),
    )
    return {one.name: one for one in made}


def proof_campaign(name: str) -> Campaign:
    """One of them for `script/prove`."""
    closing = contextlib.ExitStack()
    atexit.register(closing.close)
    folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="liuhen-disposals-")))
    return campaigns(closing.enter_context(grounds(folder)))[name]
