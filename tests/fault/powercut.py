"""The power is cut at every change an intake makes to its disks; what was promised must be there.

The disk is `tests.fault.forgetful`: it forgets whatever was not fsynced, names in folders too. It
holds the vault (the database lies on a disk that forgets nothing, so a row that ran ahead of its
original is seen), or the whole site with its database. Trials go through these families in turn:

cut         the power is cut at the n-th change of a first intake
kill        the process is killed at the n-th change, started again, and the power is cut later
lie         a write of the vault is answered and not done
repair      the card of a damaged original is docked again, the power is cut at the n-th change
put back    somebody copied an original back by hand, nothing fsynced; its card is docked again

In every second round of the families a coin decides of each change that was not durable whether
it survives.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random

from tests.fault.campaigns import Campaign, Tally
from tests.fault.judge import falsely_safe, look, lost
from tests.fault.kills import Yard, shared_yard, standing, verified
from tests.fault.rig import KIB, ROOT, Ended, Ground, environment, fill_card, new_ground

SIZES = (300 * KIB, 3000)
MOUNT_SECONDS = 30.0
FAMILIES = (
    *(("cut", "vault"), ("kill", "vault"), ("cut", "site"), ("lie", "vault")),
    *(("kill", "site"), ("repair", "vault"), ("cut", "site"), ("put back", "vault")),
)
CHANGES = {"vault": 32, "site": 770}
"""A little more changes than an intake of this card makes, so that it is cut after its end too."""
STRIDES = {"vault": 1, "site": 9}
WRITES = 8
FORBIDDEN = (
    *("falsely safe", "false success", "lost", "doubled", "not recovered", "not verified"),
    *("damaged copy lost", "traceback", "left in staging"),
)


@dataclass(frozen=True)
class Blackout:
    """What happens in one trial; changes are counted from 1, and 0 is never."""

    family: str
    disk: str
    """What forgets: "vault", or "site" with the database."""
    cut_at: int = 0
    kill_at: int = 0
    lie_at: int = 0
    keep: int | None = None
    serve: bool = False
    """Whether what starts after a kill is the service, which adopts originals without a row."""


@dataclass(frozen=True)
class Scene:
    """The same site on the disk that forgets, and on the plain disk it is found on afterwards."""

    mount: Path
    after_cut: Path
    before: Ground
    after: Ground


def campaign(yard: Callable[[], Yard]) -> Campaign:
    """The claim that a power cut at any moment loses nothing that was promised."""
    return Campaign(
        name="powercut",
        claim="a power cut at any change leaves no row, receipt or exit code 0 without its "
        "original, and the next plain run puts all right",
        trial=partial(_trial, yard),
        forbidden=FORBIDDEN,
        needed=("cut", "after the end", "killed", "lied", "healed"),
        default_count=800,
        save_every=10,
    )


def proof_campaign() -> Campaign:
    """The same for `script/prove powercut`; needs FUSE."""
    return campaign(shared_yard)


def missing() -> str:
    """Why this campaign cannot run here; empty where it can."""
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        return "/dev/fuse cannot be opened"
    return "" if shutil.which("fusermount3") else "fusermount3 is not installed"


def _trial(yard: Callable[[], Yard], seed: int, number: int) -> Tally:
    if missing():
        raise RuntimeError(missing())
    return attempt(yard(), blackout(seed, number))


def blackout(seed: int, number: int) -> Blackout:
    """The blackout of a trial: each family walks through the changes, one after another."""
    chance = Random(f"{seed}/cut/{number}")
    turn, kind = divmod(number, len(FAMILIES))
    family, disk = FAMILIES[kind]
    step = 1 + turn * STRIDES[disk] % CHANGES[disk]
    keep = chance.randrange(1 << 30) if turn % 2 else None
    later = step + chance.randrange(1, 40) if chance.random() < 0.5 else 0
    plans = {
        "cut": Blackout(family, disk, cut_at=step),
        "kill": Blackout(family, disk, kill_at=step, cut_at=later, serve=chance.random() < 0.6),
        "lie": Blackout(family, disk, lie_at=1 + turn % WRITES),
        "repair": Blackout(family, disk, cut_at=step),
        "put back": Blackout(family, disk),
    }
    return replace(plans[family], keep=keep)


def attempt(yard: Yard, what: Blackout) -> Tally:
    """One blackout, a look at what is left, and the run after it."""
    with new_ground() as ground:
        card = fill_card(ground.card, Random(2), SIZES)
        flipped = _prepare(yard, ground, what)
        scene = _scene(ground, what)
        with forgetting(scene, what) as happened:
            if what.family == "put back":
                _put_back(scene.before, card)
            ended = _run(yard, scene.before, what)
        scene.after.settings()
        tally = Counter({f"family {what.family}": 1, **dict.fromkeys(happened(), 1)})
        tally += _left(scene.after, card, ended, what)
        tally["damaged copy lost"] += int(flipped != b"" and not _is_kept(scene.after, flipped))
        return tally + _healed(yard, scene.after, card, what)


def _prepare(yard: Yard, ground: Ground, what: Blackout) -> bytes:
    """The site before the trial; returns the bytes of a damaged original, if there is one."""
    if what.family in ("cut", "kill", "lie") and what.disk == "site":
        return b""
    if what.family in ("repair", "put back"):
        yard.server.run(ground, ground.ingest())
    else:
        shutil.copytree(yard.made, ground.data)
    return _flip(ground) if what.family == "repair" else b""


def _flip(ground: Ground) -> bytes:
    """Damages an original; the empty folder for such is gone, as if somebody had tidied up."""
    path = max((ground.vault / "originals").glob("*/*"), key=lambda path: path.stat().st_size)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)
    (ground.vault / "damaged").rmdir()
    return bytes(data)


def _is_kept(ground: Ground, data: bytes) -> bool:
    return any(path.read_bytes() == data for path in ground.vault.rglob("*") if path.is_file())


def _put_back(ground: Ground, card: dict[str, str]) -> None:
    """A person deletes an original and copies it back from the card; nothing is fsynced."""
    for name, sha in card.items():
        path = ground.vault / "originals" / sha[:2] / sha
        path.unlink(missing_ok=True)
        shutil.copyfile(ground.card / name, path)


def _scene(ground: Ground, what: Blackout) -> Scene:
    """Moves what shall lie on the forgetful disk to where that disk is loaded from."""
    source, mount, target = (ground.folder / name for name in ("source", "mount", "target"))
    source.mkdir()
    mount.mkdir()
    if what.disk == "vault":
        shutil.move(ground.vault, source / "vault")
        before, after = (replace(ground, vault=place / "vault") for place in (mount, target))
    else:
        if ground.data.exists():
            shutil.move(ground.data, source / "data")
        before, after = (
            replace(ground, data=place / "data", vault=place / "data" / "vault")
            for place in (mount, target)
        )
    before.settings()
    return Scene(mount, target, before, after)


@contextlib.contextmanager
def forgetting(scene: Scene, what: Blackout) -> Iterator[Callable[[], list[str]]]:
    """The forgetful disk, mounted; gives what happened on it, once it is unmounted."""
    command = [sys.executable, "-P", "-m", "tests.fault.forgetful", str(scene.mount)]
    command += [str(scene.mount.with_name("source")), str(scene.after_cut)]
    command += ["--cut-at", str(what.cut_at), "--kill-at", str(what.kill_at)]
    command += ["--lie-at", str(what.lie_at)]
    command += [] if what.keep is None else ["--keep", str(what.keep)]
    server = subprocess.Popen(command, cwd=ROOT, env=environment())
    try:
        _await_mount(scene.mount, server)
        yield lambda: _happened(scene)
    finally:
        _unmount(scene.mount)
        server.wait(MOUNT_SECONDS)


def _unmount(mount: Path) -> None:
    """Unmounts; what was just killed may hold the disk for a moment longer."""
    until = time.monotonic() + MOUNT_SECONDS
    command = ["fusermount3", "-u", str(mount)]
    while subprocess.run(command, check=False, capture_output=True).returncode:
        if time.monotonic() > until:
            raise RuntimeError(f"The forgetful disk could not be unmounted from {mount}")
        time.sleep(0.02)


def _await_mount(mount: Path, server: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + MOUNT_SECONDS
    while not mount.is_mount():
        if server.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"The forgetful disk could not be mounted at {mount}")
        time.sleep(0.01)


def _happened(scene: Scene) -> list[str]:
    """Words for what came about; a plan beyond the last change means a cut after the end."""
    text = Path(f"{scene.after_cut}.changes").read_text(encoding="utf-8")
    words = text.split()[1:]
    return words if "cut" in words else [*words, "after the end"]


def _run(yard: Yard, ground: Ground, what: Blackout) -> Ended:
    """The intake; where it was killed and the power is still on, the start after it."""
    ended = yard.server.run(ground, ground.ingest())
    if what.kill_at and ended.killed:
        again = ground.serve() if what.serve else ground.ingest()
        ended = yard.server.run(ground, again)
    return ended


def _left(ground: Ground, card: dict[str, str], ended: Ended, what: Blackout) -> Tally:
    """What is there after the cut, against what was promised before it."""
    picture = look(ground)
    harmed_before = what.family in ("repair", "put back")
    return Counter(
        {
            "falsely safe": 0 if harmed_before else len(falsely_safe(picture)),
            "false success": len(lost(picture, card)) if ended.code == 0 else 0,
            "traceback": int(ended.traceback),
            f"exit {ended.code}": 1,
        }
    )


def _healed(yard: Yard, ground: Ground, card: dict[str, str], what: Blackout) -> Tally:
    """What the next plain run made of it."""
    ended = yard.server.run(ground, ground.ingest())
    tally: Tally = Counter({"healed" if ended.code == 0 else "not recovered": 1})
    tally["traceback"] += int(ended.traceback)
    tally["not verified"] += int(not verified(yard, ground))
    found = standing(ground, card, frozenset())
    if what.family in ("repair", "put back"):
        found["kept aside"] = found.pop("set aside")
    return tally + found
