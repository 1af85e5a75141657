"""The demonstration: recorders are docked, everything becomes safe, everything is verified.

`script/demo [--once] [--card DIR]... [--data DIR] [--port N] [--no-cases]`

Without `--once` the page is up while recorders are docked, and stays up.

Holds always: a real card given with `--card` is read where it lies and never changed; a site that
took one is never removed; what the last demonstration left is removed by the next one, and the
service never outlives this program.
"""

import argparse
import contextlib
import errno
import fcntl
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from devices.makes import load_makes
from devices.recorders import add_recorder
from evidence.errors import BadInput, LiuhenError
from liuhen import bootstrap
from liuhen.settings import load
from script import demo_cases
from script.cards import ZONE, CardMade, make_cards
from script.demo_page import (
    ADMINISTRATOR,
    BUREAU,
    Lines,
    PageTrouble,
    make_people,
    needs_people,
    port_to_use,
)
from script.demo_register import Bureau, RegisterTrouble, found, make_files, read_in
from script.studio import ROOT, CannotMake, Studio
from storage.site import Site

HOME = ROOT / "build" / "demo"
NEEDED_BYTES = 400 * 1024 * 1024
BETWEEN_DOCKS = 0.7
BETWEEN_SHOWN = 2.0
MADE_CARDS_SECONDS = 300.0
STOP_SECONDS = 30.0
START_SECONDS = 60.0
OFFICER = "222222"
"""Whose number the first card's names carry."""

PARTIAL = 4  # the product took what it could, and said what it could not
CANNOT_BE_HAD = 3
STOPPED = 130


@dataclass(frozen=True)
class Demo:
    """Where everything lies, and what was asked for."""

    home: Path
    data: Path
    cards: tuple[Path, ...]
    recorders: int
    seconds: float
    port: int | None = None
    cases: bool = True

    @property
    def docks(self) -> Path:
        """The dock's folder: what lies in it is docked."""
        return self.home / "dock"

    @property
    def shelf(self) -> Path:
        """Where recorders lie that are not docked."""
        return self.home / "recorders"

    @property
    def has_bureau(self) -> bool:
        """Whether people and recorders are invented for it: not for a site that is to be kept."""
        return not self.cards and self.data == self.home / "site"

    def liuhen(self, *arguments: str) -> list[str]:
        """The product's command line for this site."""
        program = [sys.executable, "-P", "-m", "liuhen", "--data", str(self.data)]
        return [*program, *arguments]

    def serve(self, *arguments: str) -> list[str]:
        """The service over the dock, and over each real card as a dock of its own."""
        real = [part for card in self.cards for part in ("--card", str(card))]
        return self.liuhen("serve", "--dock", str(self.docks), *real, *arguments)


class CannotRun(Exception):
    """The demonstration cannot be had here; the message is for people."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 when all is safe and verified; else the product's own, 3 or 130."""
    asked = _parser().parse_args(arguments)
    # Said for both: a shell that starts us in the background has SIGINT ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop_politely)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # `nohup` means to go on
        signal.signal(signal.SIGHUP, _stop_politely)
    try:
        demo = _demo(asked)
        with _alone(demo.home):
            return _run(demo, once=asked.once)
    except KeyboardInterrupt:
        print("\nStopped. What was safe stays safe; nothing else was touched.")
        return STOPPED
    except (CannotRun, CannotMake) as trouble:
        advice = f" {trouble.advice}." if isinstance(trouble, CannotMake) else ""
        print(f"{trouble}.{advice} Nothing outside {asked.home} was touched.", file=sys.stderr)
    except (PageTrouble, RegisterTrouble, demo_cases.CasesTrouble, LiuhenError) as trouble:
        print(f"{trouble}. Nothing outside {asked.home} was touched.", file=sys.stderr)
    except OSError as error:
        print(
            f"{_in_words(error, asked.home)}. Put that right and run this again.", file=sys.stderr
        )
    return CANNOT_BE_HAD


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="script/demo", description=__doc__.split("\n")[0])
    parser.add_argument("--once", action="store_true", help="end by itself when all is verified")
    real = "a real card's folder, docked beside the made ones; never changed"
    parser.add_argument("--card", type=Path, action="append", default=[], metavar="DIR", help=real)
    parser.add_argument("--data", type=Path, metavar="DIR", help="a site to keep")
    parser.add_argument("--recorders", type=int, default=6, help="how many cards to make")
    parser.add_argument("--seconds", type=float, default=4.0, help="length of the recordings")
    port = "the page's port, 0 for any; usually 8620 where that is free"
    parser.add_argument("--port", type=int, help=port)
    parser.add_argument("--no-cases", action="store_true", help="leave out the worked example")
    parser.add_argument("--home", type=Path, default=HOME, help="where made cards and docks lie")
    return parser


def _demo(asked: argparse.Namespace) -> Demo:
    for card in asked.card:
        if not card.is_dir():
            raise CannotRun(f"{card} is not a folder")
    # A docked card may not be a link; the folder behind it may.
    cards = tuple(dict.fromkeys(card.resolve() for card in asked.card))
    home: Path = asked.home.absolute()
    data: Path = asked.data.absolute() if asked.data else home / "site"
    for card in cards:
        if data.is_relative_to(card) or card.is_relative_to(data):
            raise CannotRun(f"The site {data} and the card {card} may not lie in one another")
    if asked.recorders < 1 and not cards:
        raise CannotRun("There is nothing to dock: name a card or at least one recorder")
    return Demo(
        *(home, data, cards, max(asked.recorders, 0), asked.seconds, asked.port),
        cases=not asked.no_cases,
    )


# --- the steps --------------------------------------------------------------------------------


def _run(demo: Demo, *, once: bool) -> int:
    made = _prepare(demo)
    first_code = _enlist(demo)
    _register(demo, made)
    _work_cases(demo)
    if not once:
        return _show(demo, made, code=first_code)
    code = _dock_all(demo, made)
    if code not in (0, PARTIAL):
        return code
    verified = _verify(demo)
    _say_what_next(demo, made)
    return code or verified


def _verify(demo: Demo) -> int:
    step("Verifying everything that is stored, against the log and byte by byte")
    return subprocess.run(demo.liuhen("verify"), check=False).returncode


def _prepare(demo: Demo) -> list[CardMade]:
    """Clears what the last run left, and makes the cards."""
    _clear(demo)
    free = shutil.disk_usage(demo.home).free
    if free < NEEDED_BYTES:
        raise CannotRun(f"{demo.home} has {free >> 20} MiB free; {NEEDED_BYTES >> 20} are needed")
    for folder in (demo.docks, demo.shelf):
        folder.mkdir()
    if demo.cards and demo.data == demo.home / "site":
        (demo.home / "took-a-real-card").touch()
    if demo.recorders == 0:
        return []
    step(f"Making {demo.recorders} cards as recorders leave them")
    remark = Studio.open().remark
    if remark:
        print(f"  {remark}")
    made = make_cards(
        demo.shelf, seconds=demo.seconds, recorders=demo.recorders, base=_yesterday_morning()
    )
    for card in made:
        print(f"  {card.folder.name:14} {len(card.files):2} files  {'; '.join(card.problems)}")
    return made


def _clear(demo: Demo) -> None:
    took_real = demo.home / "took-a-real-card"
    site = demo.home / "site"
    if took_real.exists() and site.exists():
        kept = demo.home / f"site-kept-{datetime.now(UTC):%Y%m%d-%H%M%S}"
        site.rename(kept)
        print(f"The last demonstration took a real card: its site is kept as {_short(kept)}")
    took_real.unlink(missing_ok=True)
    for folder in (site, *(demo.docks, demo.shelf, demo.home / "register", demo.home / "cases")):
        if folder.exists():
            shutil.rmtree(folder)


def _yesterday_morning() -> datetime:
    """08:30 of yesterday on the recorders' clocks: the same all day, so clips are made once."""
    now = datetime.now(UTC) + ZONE
    return datetime(now.year, now.month, now.day, 8, 30) - timedelta(days=1)  # noqa: DTZ001


def _enlist(demo: Demo) -> str | None:
    """Reads in the people and recorders of an invented bureau; its administrator's one-time code.

    A site that somebody named or that takes a real card gets none of them.
    """
    if not demo.has_bureau:
        return None
    step(
        "Reading in a roster of 200 people, ten rows of it with faults, and a list of 60 recorders"
    )
    code = found(demo.data, Bureau(BUREAU, *ADMINISTRATOR))
    read_in(demo.data, make_files(demo.home / "register"))
    return code


def _register(demo: Demo, made: Sequence[CardMade]) -> None:
    """Puts the made recorders on the register, as a bureau does before their first day."""
    with _site(demo) as site:
        for card in made:
            # One that is there already is one of a site that was kept.
            with contextlib.suppress(BadInput):
                add_recorder(site.ledger, load_makes(), number=card.recorder, make=card.make)


def _work_cases(demo: Demo) -> None:
    """The worked example of cases, at a site with the invented bureau; where to look comes last."""
    if demo.cards or demo.data != demo.home / "site" or not demo.cases:
        return
    step("Two actions of yesterday: a demolition with a gap, a seizure that two cameras cover")
    nine = _yesterday_morning() + timedelta(minutes=30)
    filmed = demo_cases.make_cards(demo.home / "cases", nine)
    with _site(demo) as site:
        demo_cases.prepare(site)
    demo_cases.dock(demo.liuhen, filmed.cards)
    with _site(demo) as site:
        told = demo_cases.Story(site, nine, digests=filmed.digests).tell()
    for line in told.lines:
        print(f"  {line}")
    liuhen = f"{_short(ROOT / 'script' / 'liuhen')} --data {_short(demo.data)}"
    for command, why in (
        (f"finding show {told.finding}", "the gap, its history and its clauses"),
        ("finding list", "all that was found"),
        (f"link list --action {told.demolition}", "what it was filmed with"),
        ("report coverage coverage.xlsx", "rates, and each gap with its proof"),
    ):
        print(f"  {liuhen} {command}  # {why}")


@contextmanager
def _site(demo: Demo) -> Iterator[Site]:
    site = bootstrap.open_or_make(load(demo.data, None), bootstrap.operator())
    try:
        yield site
    finally:
        site.close()


def _dock_all(demo: Demo, made: Sequence[CardMade]) -> int:
    """Docks one recorder after the other while the service runs; its exit code."""
    count = len(made) + len(demo.cards)
    step(f"Docking {count}: each may be taken away when its line says so")
    with _service(demo.serve("--once", str(count))) as service:
        for card in made:
            ended = _wait(service, BETWEEN_DOCKS)
            if ended is not None:
                return ended or 1
            os.rename(card.folder, demo.docks / card.folder.name)
        # A real card may take hours; the made ones take seconds or something is wrong.
        code = _wait(service, None if demo.cards else MADE_CARDS_SECONDS)
    if code is None:
        print(f"Not everything was safe after {MADE_CARDS_SECONDS:.0f} s", file=sys.stderr)
        return 1
    for docked in sorted(demo.docks.iterdir()):
        os.rename(docked, demo.shelf / docked.name)
    return code


def _show(demo: Demo, made: Sequence[CardMade], *, code: str | None) -> int:
    """Docks the recorders while the page is up, and keeps the service up until somebody ends it."""
    step("Starting the service with its page")
    command = demo.serve("--port", str(port_to_use(demo.port)))
    try:
        with _service(command, stdout=subprocess.PIPE) as service:
            lines = Lines(service)
            lines.start()
            if not lines.wait(lambda: lines.address is not None, START_SECONDS):
                return _wait(service, STOP_SECONDS) or 1
            _say_log_ins(demo, lines, code=code)
            _dock_shown(demo, made, lines=lines)
            _verify(demo)
            _say_what_next(demo, made)
            print(f"\nThe page stays at {lines.address} until Ctrl-C", flush=True)
            service.wait()
    except KeyboardInterrupt:
        print("\nEnded. What was safe stays safe.")
        return 0
    return service.returncode


def _say_log_ins(demo: Demo, lines: Lines, *, code: str | None) -> None:
    """Makes one account for each role, and says where and how to log in.

    `code` is the administrator's where there is a bureau, else the service prints one to make it.
    """
    address = lines.address or ""
    step(f"The page is at {address}")
    is_new = needs_people(address)
    if is_new:
        lines.wait(lambda: lines.code is not None, START_SECONDS)  # printed after the address
    if is_new or code is not None:
        people = make_people(address, code or lines.code or "", officer=OFFICER, is_new=is_new)
        print(f"  {'role':14} {'log-in':11} password")
        for one in people:
            print(f"  {one.role:14} {one.login:11} {one.password}   {one.purpose}")
    else:
        print("  This site has its accounts already: log in as before.")
    dock, shelf = _short(demo.docks), _short(demo.shelf)
    print(f"  Dock a recorder:   mv {shelf}/NAME {dock}/")
    print(f"  Dock a copy:       cp -a FOLDER {dock}/")
    print(f"  Take one away:     mv {dock}/NAME {shelf}/", flush=True)


def _dock_shown(demo: Demo, made: Sequence[CardMade], *, lines: Lines) -> None:
    """Docks one recorder after the other, slowly enough to be watched, until all may leave."""
    count = len(made) + len(demo.cards)
    step(f"Docking {count}: watch them on the page")
    for card in made:
        lines.wait(lambda: False, BETWEEN_SHOWN)
        os.rename(card.folder, demo.docks / card.folder.name)
    seconds = None if demo.cards else MADE_CARDS_SECONDS
    if not lines.wait(lambda: len(lines.free) >= count, seconds):
        print("Not everything is safe yet; the page says what is missing", flush=True)


def _say_what_next(demo: Demo, made: Sequence[CardMade]) -> None:
    liuhen = f"{_short(ROOT / 'script' / 'liuhen')} --data {_short(demo.data)}"
    originals = _short(demo.data / "vault" / "originals")
    step("What to look at next")
    of_bureau = [("ratio show", "add --unit 一中队 to see who and what counts")]
    for command, why in (
        ("recordings list", "every file of every card"),
        *(of_bureau if demo.has_bureau else ()),
        ("receipt list", "then: receipt show RECEIPT"),
        ("checkpoint", "the log's head; keep it elsewhere, then: verify --checkpoint FILE"),
        ("verify", "as often as you like; it changes nothing"),
    ):
        print(f"  {liuhen} {command:16} # {why}")
    if made:
        print("Try to falsify a recording yourself, and verify again:")
        print(f'  f=$(find {originals} -type f -size +100k | head -n 1); chmod u+w "$f"')
        print('  printf X | dd of="$f" bs=1 seek=50000 conv=notrunc status=none')
        print(f"  {liuhen} verify")
    print(f"How it works: {_short(ROOT / 'README.md')} and {_short(ROOT / 'docs')}")


# --- processes --------------------------------------------------------------------------------


@contextmanager
def _service(
    command: Sequence[str], *, stdout: int | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """The service for the time of the block: asked to end, waited for, at last killed."""
    tied = ["setpriv", "--pdeathsig", "TERM", "--"] if shutil.which("setpriv") else []
    process = subprocess.Popen([*tied, *command], stdout=stdout)
    try:
        yield process
    finally:
        _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is not None:
        return
    # A second Ctrl-C, or a terminal that is closed, must not leave the service behind while it
    # finishes its last act.
    numbers = (signal.SIGINT, signal.SIGHUP)
    before = [signal.signal(number, signal.SIG_IGN) for number in numbers]
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    finally:
        for number, old in zip(numbers, before, strict=True):
            signal.signal(number, old)


def _wait(process: "subprocess.Popen[bytes]", seconds: float | None) -> int | None:
    """Exit code of the process, or `None` when it is still running after that time."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Refuses a second demonstration in the same place."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "running.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotRun(f"Another demonstration is running in {home}") from error
        yield


def _stop_politely(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


# --- words ------------------------------------------------------------------------------------


def step(title: str) -> None:
    """Announces a step."""
    print(f"\n== {title}", flush=True)


def _short(path: Path) -> str:
    """The path as one would type it here."""
    here = Path.cwd()
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))


def _in_words(error: OSError, home: Path) -> str:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return f"{'The disk is full' if full else error.strerror or error} ({error.filename or home})"


if __name__ == "__main__":
    sys.exit(main())
