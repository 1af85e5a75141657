"""Trials of one campaign in several processes at once, their tallies in the order of the numbers.

`python -m tests.fault.crew MODULE:FUNCTION SEED` is one worker: it makes the campaign, reads
numbers of trials, one a line, and answers each with its tally as a line of JSON, until its orders
end. So each worker has a site and a trap of its own, and what the kernel counts of a process's
children, it counts for each worker alone.

Holds always: a tally is given only after those of all lower numbers, so how far a campaign has come
is one number, as with one process; a stop loses at most the trials under way.
"""

import contextlib
import importlib
import json
import selectors
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from functools import partial
from pathlib import Path
from typing import IO

from evidence.errors import ProgramMistake
from tests.fault.campaigns import Campaign, Source, Tally, alone

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 120
"""Seconds that a worker has to end its trial when nothing more is to be done."""

Make = Callable[[], Campaign]
"""Makes a campaign; a function of a module, so that a worker can find it by its name."""


def source(make: Make, workers: int) -> Source:
    """How trials are run by so many processes; by this one where it is one."""
    return alone if workers == 1 else partial(_together, make, workers)


def _together(
    make: Make, workers: int, _campaign: Campaign, seed: int, numbers: range
) -> Generator[Tally, None, None]:
    left, done = iter(numbers), dict[int, Tally]()
    with contextlib.ExitStack() as crew, selectors.DefaultSelector() as busy:
        for number in _some(left, workers):
            process = crew.enter_context(_worker(make, seed))
            busy.register(_pipe(process.stdout), selectors.EVENT_READ, process)
            _order(process, number)
        for number in numbers:
            while number not in done:
                done.update(_answers(busy, left))
            yield done.pop(number)


def _answers(busy: selectors.BaseSelector, left: Iterator[int]) -> Iterator[tuple[int, Tally]]:
    """What some workers answer next; each gets another number while there are any."""
    for key, _ in busy.select():
        process: subprocess.Popen[str] = key.data
        line = _pipe(process.stdout).readline()
        if not line:
            raise ProgramMistake(f"A worker ended with {process.wait()} in the middle of a trial")
        for number in _some(left, 1):
            _order(process, number)
        answered, tally = json.loads(line)
        yield answered, Counter(tally)


def _some(left: Iterator[int], most: int) -> Iterator[int]:
    for _, number in zip(range(most), left, strict=False):
        yield number


def _order(process: "subprocess.Popen[str]", number: int) -> None:
    orders = _pipe(process.stdin)
    orders.write(f"{number}\n")
    orders.flush()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise ProgramMistake("A worker has no pipe")
    return pipe


@contextlib.contextmanager
def _worker(make: Make, seed: int) -> Iterator["subprocess.Popen[str]"]:
    """One worker, ended by the end of its orders; a key pressed to stop us does not reach it."""
    name = f"{make.__module__}:{make.__qualname__}"
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "tests.fault.crew", name, str(seed)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(BrokenPipeError):
                _pipe(pipe).close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE)
        process.kill()
        process.wait()


def main(name: str, seed: int) -> None:
    """One worker: answers numbers with tallies until its orders end or nobody listens."""
    module, _, function = name.partition(":")
    campaign: Campaign = getattr(importlib.import_module(module), function)()
    with contextlib.suppress(BrokenPipeError):
        for line in sys.stdin:
            tally = campaign.trial(seed, int(line))
            sys.stdout.write(json.dumps([int(line), tally]) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
