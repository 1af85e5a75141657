"""Several hands reach for one recorder at the same instant, on both databases, past the acts too.

Each trial is a recorder of its own. Threads wait at a barrier, then take it out through the act, or
write assignments straight into the table, open ones and closed ones. Afterwards the table itself
is asked whether any two assignments of the recorder overlap.
"""

import atexit
import contextlib
import itertools
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from devices import holding, upkeep
from devices.holding import CheckOut, holders
from devices.makes import load_makes
from devices.recorders import add_recorder, assign_recorder
from evidence.entry import time_text
from evidence.errors import LiuhenError
from people import register, units
from people.register import NewCertificate, Newcomer, NewPosting
from storage import schema
from storage.site import SitePlan
from tests.databases import postgres_server
from tests.docking import House, open_house
from tests.fault.campaigns import Campaign, Tally

HANDS = 4
_LONG_AGO = date(2020, 1, 1)
_Attempt = Callable[[], None]


@dataclass(frozen=True)
class Bureau:
    """A site with as many officers as there are hands."""

    name: str
    house: House
    people: tuple[str, ...]

    def race(self, seed: int, number: int) -> Tally:
        """One recorder, all hands at once."""
        recorder, random = f"R{seed}-{number}", Random(f"{seed}/races/{number}")
        ledger = self.house.site.ledger
        add_recorder(ledger, load_makes(), number=recorder, make="zfy")
        assign_recorder(ledger, recorder, unit="局")
        upkeep.note_test(ledger, recorder, passed=True, tested_at=self.house.site.clock())
        attempts = [self._attempt(recorder, place, random=random) for place in range(HANDS)]
        tally = _at_once(attempts)
        tally[f"on {self.name}"] += 1
        tally["overlaps"] += self._overlaps(recorder)
        return tally

    def _attempt(self, recorder: str, place: int, *, random: Random) -> _Attempt:
        now = self.house.site.clock()
        if random.random() < 0.5:
            new = CheckOut(recorder, self.people[place], now, now + timedelta(hours=8))
            ledger = self.house.site.ledger
            return lambda: _ignore(holding.check_out(ledger, new))
        out = now - timedelta(hours=random.randrange(1, 5))
        back = out + timedelta(hours=random.randrange(1, 3)) if random.random() < 0.5 else None
        return partial(self._write, recorder, place, out=out, back=back)

    def _write(self, recorder: str, place: int, *, out: datetime, back: datetime | None) -> None:
        row = {
            "id": f"{recorder}/raw{place}",
            "recorder_id": recorder,
            "number": 100 + place,
            "holder_id": self.people[place],
            "out_at": time_text(out),
            "due_at": time_text(out + timedelta(hours=8)),
            "back_at": None if back is None else time_text(back),
            "stated_at": time_text(out),
        }
        with self.house.site.database.write() as connection:
            connection.execute(schema.assignments.insert().values(**row))

    def _overlaps(self, recorder: str) -> int:
        with self.house.site.database.read() as connection:
            spans = [(one.out_at, one.back_at) for one in holders(connection, recorder)]
            stored = connection.execute(
                select(schema.assignments.c.id).where(schema.assignments.c.recorder_id == recorder)
            ).all()
        if len(stored) != len(spans) or not spans:
            return 1  # what was written must be what is read, and somebody must have won
        pairs = itertools.combinations(spans, 2)
        return sum(
            (end is None or other < end) and (other_end is None or start < other_end)
            for (start, end), (other, other_end) in pairs
        )


def _ignore(_assignment: str) -> None:
    """An act's result that a race does not need."""


def _at_once(attempts: list[_Attempt]) -> Tally:
    """What became of attempts that begin together."""
    gate, tally = threading.Barrier(len(attempts)), Counter[str]()

    def go(attempt: _Attempt) -> None:
        gate.wait()
        try:
            attempt()
        except (LiuhenError, DBAPIError) as error:
            refused = "holds" in str(error) or "with somebody else" in str(error)
            refused = refused or getattr(error, "code", "") == "CHECK_OUT_REFUSED"
            tally["refused" if refused else f"other: {type(error).__name__}"] += 1
        else:
            tally["accepted"] += 1

    threads = [threading.Thread(target=go, args=(attempt,)) for attempt in attempts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tally["other"] = sum(count for name, count in tally.items() if name.startswith("other: "))
    return tally


def founded(name: str, plan: SitePlan, closing: contextlib.ExitStack) -> Bureau:
    """A new site with its bureau and officers."""
    house = closing.enter_context(open_house(plan))
    ledger = house.site.ledger
    with ledger.act() as act:
        bureau = units.insert_unit(act, name="局", parent=None)
        act.enter("unit.added", {"unit": bureau.id})
    certificate = NewCertificate("证", "司法局", _LONG_AGO, date(2099, 1, 1))
    people = tuple(
        register.add_person(
            ledger, Newcomer("甲", f"20000{place}", NewPosting(_LONG_AGO, "局"), certificate)
        )
        for place in range(HANDS)
    )
    return Bureau(name, house, people)


@contextlib.contextmanager
def bureaus(folder: Path) -> Iterator[Mapping[int, Bureau]]:
    """One on each database, by the remainder of a trial's number."""
    with contextlib.ExitStack() as closing:
        server = closing.enter_context(postgres_server())
        plans = {
            "SQLite": SitePlan(folder / "sqlite"),
            "PostgreSQL": SitePlan(folder / "postgres", server.new_database()),
        }
        yield {
            place: founded(name, plan, closing) for place, (name, plan) in enumerate(plans.items())
        }


def campaign(sites: Mapping[int, Bureau]) -> Campaign:
    """The claim, with what it takes to try it."""
    return Campaign(
        name="races",
        claim="of hands that reach for one recorder at once, no two ever have it at a time, on "
        "either database, through the act or past it",
        trial=lambda seed, number: sites[number % len(sites)].race(seed, number),
        forbidden=("overlaps", "other"),
        needed=("accepted", "refused", "on SQLite", "on PostgreSQL"),
        default_count=500,
        save_every=20,
    )


def proof_campaign() -> Campaign:
    """The same for `script/prove races`."""
    closing = contextlib.ExitStack()
    atexit.register(closing.close)
    folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="liuhen-races-")))
    return campaign(closing.enter_context(bureaus(folder)))
