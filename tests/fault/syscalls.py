"""Every file-system call of the copy fails in turn, and nobody is told a falsehood.

One trial is one kind of call, on one part (card, vault, database, the site's own files), failing
in one way: at its first time, then at its second, and so on until a run makes fewer such calls
and nothing fails any more. strace counts in each thread, so "the third fsync" may fail in several
threads of one run. Calls on the card, the vault and the site's files are all tried; of the
database's, which are SQLite's own and many, every time up to `FIRST`, then each `STRIDE`-th.

After each failure: no row, receipt or exit code 0 may call a file safe that is not there, nobody
may see a stack trace, the exit code is one of the contract, the next plain run heals everything,
and verify is green.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from tests.fault.campaigns import Campaign, Tally
from tests.fault.judge import falsely_safe, look, lost
from tests.fault.kills import Yard, shared_yard, standing, verified
from tests.fault.rig import MIB, Blow, Ended, Ground, fill_card, new_ground

SIZES = (4 * MIB, 3000)
MOST_TIMES = 400
FIRST, STRIDE = 8, 8
ALLOWED_EXITS = frozenset({0, 3, 4})
EIO, ENOSPC, KILL = "error=EIO", "error=ENOSPC", "signal=KILL"
LIES = ("retval=0", "retval=4096", f"retval={4 * MIB}")
FORBIDDEN = (
    *("falsely safe", "false success", "traceback", "wrong exit", "not healed", "not verified"),
    *("lost", "doubled", "left in staging", "no end"),
)

OPEN, STAT = "openat", "fstat,newfstatat"
READ, WRITE = "read,pread64,preadv,preadv2", "write,pwrite64"
RENAME, MKDIR, UNLINK = "rename,renameat,renameat2", "mkdir,mkdirat", "unlink,unlinkat"
LIST, TRUNCATE, CHMOD = "getdents64", "truncate,ftruncate", "chmod,fchmod"

ON_CARD = (OPEN, STAT, READ, LIST, "fcntl", "close")
ON_VAULT = (
    *(OPEN, STAT, READ, WRITE, LIST, "fsync", "flock", "fcntl"),
    *(RENAME, MKDIR, UNLINK, TRUNCATE, CHMOD, "fallocate", "fadvise64"),
)
ON_DATABASE = (OPEN, STAT, READ, WRITE, "fdatasync", "fcntl", TRUNCATE, UNLINK, "mmap")
ON_SITE = (OPEN, STAT, READ, "flock", "close")
# An injected failure of close leaves the file open and its lock held, which no real one does: the
# one lock that others wait for is left out.
PARTS = {
    "vault": ON_VAULT,
    "vault but its lock": ("close",),
    "card": ON_CARD,
    "database": ON_DATABASE,
    "site": ON_SITE,
}
ROOM = (OPEN, WRITE, RENAME, MKDIR, TRUNCATE, "fsync", "fdatasync", "fallocate")
DEADLY = (WRITE, RENAME, MKDIR, TRUNCATE, "fsync", "fdatasync", "flock", UNLINK)


@dataclass(frozen=True)
class Fault:
    """Calls of one kind (as strace names them), where, and how they fail."""

    part: str
    calls: str
    how: str

    def at(self, time: int) -> str:
        """What strace is told: the `time`-th such call of a thread fails."""
        return f"inject={self.calls}:{self.how}:when={time}"


def faults() -> list[Fault]:
    """Every trial of the campaign, in order."""
    found = [Fault(part, calls, EIO) for part, kinds in PARTS.items() for calls in kinds]
    for part in ("vault", "database"):
        found += [Fault(part, calls, ENOSPC) for calls in ROOM if calls in PARTS[part]]
        found += [Fault(part, calls, KILL) for calls in DEADLY if calls in PARTS[part]]
    return found + [Fault("vault", "pwrite64", lie) for lie in LIES]


def campaign(yard: Callable[[], Yard]) -> Campaign:
    """The claim that no failing call makes the product lie, lose or stumble."""
    return Campaign(
        name="syscalls",
        claim="whatever file-system call of an intake fails, nothing is called safe that is not, "
        "nobody sees a stack trace, and the next plain run heals everything",
        trial=partial(_trial, yard),
        forbidden=FORBIDDEN,
        needed=("fired", "fired on card", "fired on vault", "fired on database", "healed"),
        default_count=len(faults()),
        save_every=1,
    )


def proof_campaign() -> Campaign:
    """The same for `script/prove syscalls`; needs strace."""
    return campaign(shared_yard)


def missing() -> str:
    """Why this campaign cannot run here; empty where it can."""
    return "" if shutil.which("strace") else "strace is not installed"


def _trial(yard: Callable[[], Yard], _seed: int, number: int) -> Tally:
    """The fault of this number, at its first time, its second, until it no longer happens."""
    if missing():
        raise RuntimeError(missing())
    fault = faults()[number % len(faults())]
    tally: Tally = Counter()
    for time in _times(fault):
        what = attempt(yard(), fault, time)
        if not what["fired"]:
            return tally
        tally += what + blamed(what, fault, time)
    tally["no end"] += 1
    return tally


def blamed(what: Tally, fault: Fault, time: int) -> Tally:
    """What went wrong, under the name of the fault, so that it can be repeated alone."""
    name = f"{fault.part} {fault.calls.partition(',')[0]} {fault.how} at {time}"
    return Counter({f"{wrong}: {name}": what[wrong] for wrong in FORBIDDEN if what[wrong]})


def _times(fault: Fault) -> Iterator[int]:
    whole = fault.part != "database"
    return (n for n in range(1, MOST_TIMES) if whole or n <= FIRST or n % STRIDE == 0)


def attempt(yard: Yard, fault: Fault, time: int) -> Tally:
    """One run with this fault, what it left, and the run after it; empty if nothing failed."""
    with new_ground() as ground:
        card = fill_card(ground.card, Random(1), SIZES)
        shutil.copytree(yard.made, ground.data)
        log = ground.folder / "strace"
        ended = yard.server.run(ground, ground.ingest(), _blow(ground, card, fault, at=(time, log)))
        if not (ended.killed or "(INJECTED)" in log.read_text(errors="replace")):
            return Counter()
        tally = Counter({"fired": 1, f"fired on {fault.part}": 1, f"fired {fault.how}": 1})
        return tally + _first(ground, card, ended) + _healed(yard, ground, card)


def _blow(ground: Ground, card: dict[str, str], fault: Fault, *, at: tuple[int, Path]) -> Blow:
    time, log = at
    paths = [option for path in places(ground, card)[fault.part] for option in ("-P", path)]
    trace = ("-o", str(log), "-e", f"trace={fault.calls}", "-e", fault.at(time))
    return Blow(strace=(*trace, *paths))


def places(ground: Ground, card: dict[str, str]) -> dict[str, list[str]]:
    """Every path of each part that an intake of this card may touch, as strace wants them."""
    vault, data = ground.vault, ground.data
    stored = [vault / "originals" / sha[:2] / sha for sha in card.values()]
    staged = [vault / "staging" / f"{{pid}}-{number}" for number in range(12)]
    folders = [vault, *(vault / name for name in ("originals", "staging", "damaged"))]
    marker, lock = vault / "liuhen-vault.json", vault / "publishing.lock"
    keys = [data / "keys" / name for name in ("log.key", "station.key", "lookup.key")]
    inside = [*folders, marker, *staged, *stored, *(path.parent for path in stored)]
    parts = {
        "vault": [*inside, lock],
        "vault but its lock": inside,
        "card": [ground.card, *ground.card.rglob("*")],
        "database": [data / f"liuhen.db{end}" for end in ("", "-wal", "-shm", "-journal")],
        "site": [data, data / "site.json", data / ".opening", data / "keys", *keys],
    }
    return {part: sorted({str(path) for path in paths}) for part, paths in parts.items()}


def _first(ground: Ground, card: dict[str, str], ended: Ended) -> Tally:
    """What the run with the fault said and left."""
    picture = look(ground)
    return Counter(
        {
            "falsely safe": len(falsely_safe(picture)),
            "false success": len(lost(picture, card)) if ended.code == 0 else 0,
            "traceback": int(ended.traceback),
            "wrong exit": int(ended.code not in ALLOWED_EXITS and not ended.killed),
            f"exit {ended.code}": 1,
        }
    )


def _healed(yard: Yard, ground: Ground, card: dict[str, str]) -> Tally:
    """What the next plain run made of it."""
    ended = yard.server.run(ground, ground.ingest())
    tally: Tally = Counter({"healed" if ended.code == 0 else "not healed": 1})
    tally["traceback"] += int(ended.traceback)
    tally["not verified"] += int(not verified(yard, ground))
    return tally + standing(ground, card, _partial(ground))


def _partial(ground: Ground) -> frozenset[str]:
    """Originals that are the beginning of a card's file: what a read error left to be kept."""
    whole = [path.read_bytes() for path in ground.card.rglob("*") if path.is_file()]
    stored = (ground.vault / "originals").glob("*/*")
    beginnings = [path for path in stored if _begins_one(path.read_bytes(), whole)]
    return frozenset(path.name for path in beginnings)


def _begins_one(data: bytes, whole: list[bytes]) -> bool:
    return bool(data) and any(file.startswith(data) and file != data for file in whole)
