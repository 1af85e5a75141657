"""`script/prove working-days`: each working-day term beside two packages that know nothing of us.

A trial is one month of start days, 2019 to 2026, each with every length from 0 to 60. Both packages
are asked anew, in an environment of their own that the first trial makes from
`requirements/calendar.lock`; the seed changes nothing, since nothing is left out.
"""

import fcntl
import hashlib
import subprocess
import sys
from calendar import monthrange
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from evidence.terms import Due, Term, due_after
from evidence.vocabulary import TermUnit
from evidence.workdays import calendar_of
from people.calendar import shipped
from tests.fault.campaigns import Campaign, Tally

ROOT = Path(__file__).resolve().parents[2]
ASKED = ROOT / "tests" / "assets" / "make_working_days.py"
LOCK = ROOT / "requirements" / "calendar.lock"
PLACE = ROOT / "build" / "prove" / "working-days"
FIRST_YEAR, YEARS, LONGEST = 2019, 8, 60
MONTHS = tuple(f"{FIRST_YEAR + n // 12}-{n % 12 + 1:02}" for n in range(12 * YEARS))
PACKAGES = ("chinesecalendar", "holidays")

Answers = Iterable[str]
"""Lines `package start length answer`; an answer beyond the package's data is `beyond`."""


def campaign(
    ask: Callable[[str], Answers] | None = None, term: Callable[..., Due] = due_after
) -> Campaign:
    """Month after month; a test of this campaign brings answers or a broken rule of its own."""
    calendar = calendar_of(shipped())

    def trial(seed: int, number: int) -> Tally:
        del seed
        month = MONTHS[number % len(MONTHS)]
        tally: Tally = Counter(unanswered=questions(month))
        for line in (ask or asked_of_both)(month):
            package, start, count, answer = line.split()
            found = term(
                date.fromisoformat(start),
                Term(int(count), TermUnit.WORKING_DAY),
                calendar=calendar,
                roll=True,
            )
            tally[package if str(found.day or "beyond") == answer else "different"] += 1
            tally["beyond the data"] += answer == "beyond"
            tally["unanswered"] -= 1
        return tally

    return Campaign(
        name="working-days",
        claim="every working-day term from 2019 to 2026 of 0 to 60 days ends on the day that two "
        "packages which know nothing of us say, or beyond their data",
        trial=trial,
        forbidden=("different", "unanswered"),
        needed=(*PACKAGES, "beyond the data"),
        default_count=len(MONTHS),
        save_every=12,
    )


def questions(month: str) -> int:
    """How many answers a month such as 2024-02 must have: packages by start days by lengths."""
    year, _, number = month.partition("-")
    return len(PACKAGES) * monthrange(int(year), int(number))[1] * (LONGEST + 1)


def asked_of_both(month: str) -> list[str]:
    """Both packages' answers for the start days of a month such as 2024-02."""
    done = subprocess.run(
        [environment(), "-P", ASKED, month], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def environment() -> Path:
    """The Python of the environment that has both packages, made where it is not there yet."""
    PLACE.mkdir(parents=True, exist_ok=True)
    wanted = PLACE / hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]
    python, done = wanted / "bin" / "python", wanted / "done"
    with (PLACE / "making").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            subprocess.run([sys.executable, "-m", "venv", "--clear", wanted], check=True)
            install = ("-m", "pip", "install", "--quiet", "--require-hashes", "-r", LOCK)
            subprocess.run([python, *install], check=True)
            done.touch()
    return python
