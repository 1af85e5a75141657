"""Runs one outside program on one untrusted file so that a hostile file gains nothing by it.

Holds always: the program can read its libraries and the one file, and write only into the one
folder; it has no network, no other process to see, makes none itself, has bounded memory, time,
output and descriptors, and dies with us. Where no way of confining works nothing is run at all:
`CONFINEMENT_UNAVAILABLE`.

The first way is bubblewrap (a root of its own, namespaces); the second is landlock
(`render/landlocked.py`). Both refuse the same system calls by seccomp. Which one works here is
tried until one does.
"""

import contextlib
import errno
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path

from evidence.errors import DerivativeFailed, OutOfSpace, ToolMissing
from render.landlocked import refusals

MIB = 1 << 20
MEMORY = 900 * MIB
"""Private memory of one call; with shared libraries it stays below 1 GiB."""
ADDRESS_SPACE = 4096 * MIB
OPEN_FILES = 64
MOST_SAID = 64 * 1024
LAST_MOMENTS = 5.0
"""Seconds in which what was killed lets go of its pipes; a kernel needs a few thousandths."""
_BLOCK = 256 * 1024
_INSIDE = "/in/media"
_OUTSIDE_RIGHTS = ("/etc/alternatives", "/etc/ld.so.cache")  # without them libblas is not found
_LAUNCHER = Path(__file__).with_name("landlocked.py")
_NO_ROOM = os.strerror(errno.ENOSPC)
_REFUSED = refusals()
_BROKEN = frozenset({126, 127})

Sink = Callable[[bytes], None]
"""Given what the program writes to standard output, in order."""


@dataclass
class Gathered:
    """A sink that keeps what is said, up to `most` bytes; the rest is dropped, or too much.

    Raises `DerivativeFailed` (`OUTPUT_LIMIT`) where it is too much.
    """

    most: int
    drop: bool = False
    data: bytearray = field(default_factory=bytearray)

    def __call__(self, block: bytes) -> None:
        """Takes the next bytes."""
        room = self.most - len(self.data)
        if len(block) > room and not self.drop:
            raise DerivativeFailed("The program said too much", code="OUTPUT_LIMIT")
        self.data += block[:room]


Command = Callable[[str], Sequence[str]]
"""The program and its arguments, made from the name the file has inside; never a shell line."""


class Way(StrEnum):
    """How programs are confined here."""

    BUBBLEWRAP = "BUBBLEWRAP"
    LANDLOCK = "LANDLOCK"
    NONE = "NONE"


@dataclass(frozen=True)
class Limits:
    """What one call may use: wall and processor seconds, bytes of private memory and of a file."""

    seconds: float = 60.0
    memory: int = MEMORY
    output: int = 1024 * MIB


@dataclass(frozen=True)
class Call:
    """One program to run on one original.

    `output` is the only folder it may write to, and its working folder; None where it only writes
    to its standard output. `libraries` are folders of its own that it must read.
    """

    command: Command
    original: Path
    output: Path | None = None
    limits: Limits = Limits()
    libraries: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Ended:
    """How a call ended: exit code, and the beginning of what it said on standard error."""

    code: int
    said: str


def run(way: Way, call: Call, *, sink: Sink | None = None) -> Ended:
    """Runs the call to its end.

    Raises `ToolMissing` (`CONFINEMENT_UNAVAILABLE`) where it could not even be started confined,
    `OutOfSpace` where it says that the disk is full, and `DerivativeFailed` where it had to be
    stopped at a limit.
    """
    with _somewhere(call) as output, _refusals() as filter_fd:
        command = _confined(way, call, output=output, filter_fd=filter_fd)
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=output,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"},
                start_new_session=True,
                pass_fds=[filter_fd],
            )
        except OSError as error:
            raise _unavailable(str(error)) from error
        said, in_time = _follow(process, sink or _ignore, seconds=call.limits.seconds)
    return _judged(way, Ended(process.returncode, said), in_time=in_time)


def find() -> Way:
    """The first way that works on this machine; `NONE` is asked again, it may be put right."""
    try:
        return _first()
    except ToolMissing:
        return Way.NONE


@cache
def _first() -> Way:
    """Raises `ToolMissing`, which is not remembered."""
    for way in (Way.BUBBLEWRAP, Way.LANDLOCK):
        if works(way):
            return way
    raise _unavailable("neither bubblewrap nor landlock works here")


def works(way: Way) -> bool:
    """Whether ffprobe starts in this confinement, reads the one file and no other."""
    found = shutil.which("ffprobe")
    if found is None:
        return False
    tool = os.path.realpath(found)  # inside, only what lies under /usr is there
    with tempfile.TemporaryDirectory(prefix="liuhen-confine-") as folder:
        allowed, secret = Path(folder, "allowed"), Path(folder, "secret")
        for path in (allowed, secret):
            path.write_bytes(b"x")
        try:
            started = run(way, Call(lambda _: [tool, "-version"], allowed)).code == 0
            reads = run(way, Call(lambda name: ["/usr/bin/head", name], allowed)).code == 0
            strays = run(way, Call(lambda _: ["/usr/bin/head", str(secret)], allowed)).code == 0
        except (ToolMissing, DerivativeFailed, OutOfSpace):
            return False
    return started and reads and not strays


@contextlib.contextmanager
def _somewhere(call: Call) -> Iterator[Path]:
    if call.output is not None:
        yield call.output.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="liuhen-call-") as folder:
        yield Path(folder)


@contextlib.contextmanager
def _refusals() -> Iterator[int]:
    """The filter of system calls as a file to pass on; an empty one for unknown machines."""
    fd = os.memfd_create("refusals")
    try:
        os.write(fd, _REFUSED)
        os.lseek(fd, 0, os.SEEK_SET)
        yield fd
    finally:
        os.close(fd)


def _confined(way: Way, call: Call, *, output: Path, filter_fd: int) -> list[str]:
    original = str(call.original.absolute())
    libraries = [str(path) for path in call.libraries]
    if way == Way.BUBBLEWRAP:
        inside = _bubblewrap(original, str(output), libraries=libraries)
        refused = ["--seccomp", str(filter_fd)] if _REFUSED else []
        return [*_limits(call.limits), *inside, *refused, *call.command(_INSIDE)]
    if way == Way.LANDLOCK:
        launcher = [sys.executable, "-I", "-S", str(_LAUNCHER), original, str(output)]
        rest = [*libraries, "--", *call.command(original)]
        return [*_limits(call.limits), *launcher, *rest]
    raise _unavailable("neither bubblewrap nor landlock works here")


def _limits(limits: Limits) -> list[str]:
    seconds = int(limits.seconds * (os.cpu_count() or 1)) + 1
    return [
        "/usr/bin/prlimit",
        f"--data={limits.memory}",
        f"--as={ADDRESS_SPACE}",
        f"--cpu={seconds}",
        f"--fsize={limits.output}",
        f"--nofile={OPEN_FILES}",
        "--core=0",
        "--",
    ]


def _bubblewrap(original: str, output: str, *, libraries: Sequence[str]) -> list[str]:
    command = ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    command += ["--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin"]
    command += ["--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64"]
    for path in _OUTSIDE_RIGHTS:
        command += ["--ro-bind-try", path, path]
    command += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]  # noqa: S108 - its own
    for path in libraries:  # after /tmp is emptied: the program itself may be installed there
        command += ["--ro-bind", path, path]
    command += ["--ro-bind", original, _INSIDE, "--bind", output, "/out", "--chdir", "/out"]
    return command


def _follow(process: "subprocess.Popen[bytes]", sink: Sink, *, seconds: float) -> tuple[str, bool]:
    """Reads both pipes to their end or to the deadline; the process is gone when this returns.

    So is what it started, as far as it holds the pipes.
    """
    deadline = time.monotonic() + seconds
    said = bytearray()
    try:
        in_time = _read(process, sink, said=said, deadline=deadline)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        # In a sandbox the program dies with its parent, but a moment after it; until the pipes that
        # it holds are at their end it may still write to a folder that others believe theirs.
        _read(process, lambda _: None, said=said, deadline=time.monotonic() + LAST_MOMENTS)
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
    return said.decode("utf-8", "replace"), in_time


def _read(
    process: "subprocess.Popen[bytes]", sink: Sink, *, said: bytearray, deadline: float
) -> bool:
    """False where the deadline came first."""

    def keep(block: bytes) -> None:
        said.extend(block[: MOST_SAID - len(said)])

    with selectors.DefaultSelector() as selector:
        for pipe, where in ((process.stdout, sink), (process.stderr, keep)):
            if pipe is not None:
                selector.register(pipe, selectors.EVENT_READ, where)
        while selector.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            _pass_on(selector, left)
    return _ends(process, deadline)


def _pass_on(selector: selectors.BaseSelector, seconds: float) -> None:
    """Hands on one block of each pipe that has one; a pipe at its end is let go."""
    for key, _ in selector.select(seconds):
        block = os.read(key.fd, _BLOCK)
        if block:
            key.data(block)
        else:
            selector.unregister(key.fileobj)


def _ends(process: "subprocess.Popen[bytes]", deadline: float) -> bool:
    try:
        process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return False
    return True


def _judged(way: Way, ended: Ended, *, in_time: bool) -> Ended:
    """The end as it is, unless a limit or the confinement itself ended the call."""
    code = 128 - ended.code if ended.code < 0 else ended.code  # 128 + signal, as a shell says it
    if not in_time or code in (128 + signal.SIGXCPU, 128 + signal.SIGKILL):
        raise DerivativeFailed("The time for this file ran out", code="TIME_LIMIT")
    if code == 128 + signal.SIGXFSZ:
        raise DerivativeFailed("The derivative grew beyond its limit", code="OUTPUT_LIMIT")
    if _NO_ROOM in ended.said:
        raise OutOfSpace("No room is left for what is made", free_bytes=0, free_files=0)
    if code != 0 and "Cannot allocate memory" in ended.said:
        raise DerivativeFailed("The file needs more memory than allowed", code="MEMORY_LIMIT")
    if code in _BROKEN or ended.said.startswith(("bwrap: ", "landlocked: ")):
        raise _unavailable(f"{way.value.lower()}: {ended.said.strip()[:200]}")
    return Ended(code, ended.said)


def _unavailable(reason: str) -> ToolMissing:
    return ToolMissing(
        f"Nothing can be run confined: {reason}", code="CONFINEMENT_UNAVAILABLE", reason=reason
    )


def _ignore(_block: bytes) -> None:
    """Standard output nobody asked for."""
