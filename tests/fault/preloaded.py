"""A process that has imported the whole product and forks a child for each run of its command.

`python -m tests.fault.preloaded` reads one request (JSON) a line and answers each with one line.
The child runs `liuhen.main.main` on the request's arguments, in the request's folder and with its
environment, as `python -m liuhen` does, but without the second that imports take. It is killed from
outside (`kill_after` seconds), or at a numbered event: just before or just after the n-th call of
the file system or the database (`kill_at`), counted by a profile function that changes nothing
else.
"""

import itertools
import json
import os
import select
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from liuhen.commands import Loaded
from liuhen.main import main
from people.policies import load_policies

FILE_CALLS = frozenset(
    {
        *("open", "close", "mkdir", "rename", "replace", "unlink", "rmdir", "write", "pwrite"),
        *("pread", "preadv", "read", "fsync", "fdatasync", "ftruncate", "fchmod", "stat", "fstat"),
        *("posix_fallocate", "flock", "listdir", "scandir", "fcntl", "posix_fadvise", "statvfs"),
    }
)
DATABASE_CALLS = frozenset({"execute", "executemany", "commit", "rollback", "close"})
_MODULES = frozenset({"posix", "fcntl"})
_ATTACH_SECONDS = 20.0
_HANGS_SECONDS = 100.0
HUNG = 999
"""The exit code reported for a run that had to be ended because it did not end."""


class _Tripwire:
    """Counts events; kills this process at the one asked for."""

    def __init__(self, kill_at: int | None) -> None:
        self._kill_at = kill_at
        self._numbers = itertools.count(1)
        self.seen = 0

    def __call__(self, _frame: object, event: str, argument: object) -> None:
        """A profile function: `event` happened to the C function `argument`."""
        if event not in ("c_call", "c_return") or not _counts(argument):
            return
        self.seen = next(self._numbers)
        if self.seen == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


def _counts(function: object) -> bool:
    name = getattr(function, "__name__", "")
    if getattr(function, "__module__", None) in _MODULES:
        return name in FILE_CALLS
    owner = getattr(function, "__self__", None)
    return name in DATABASE_CALLS and isinstance(owner, sqlite3.Connection | sqlite3.Cursor)


def serve_requests() -> None:
    """Answers requests until its input ends."""
    dict(Loaded())  # each command's modules; a child would import them anew for each run,
    import_module("storage.migrating")  # and this where it makes a site
    load_policies()
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    for line in sys.stdin:
        answers.write(json.dumps(_run(json.loads(line))) + "\n")
        answers.flush()


def _run(request: Mapping[str, Any]) -> dict[str, Any]:
    ready, go = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(go)
        os.read(ready, 1)
        os._exit(_child(request))
    os.close(ready)
    tracer = _traced(child, request)
    began = time.monotonic()
    os.write(go, b"g")
    os.close(go)
    limit = request["kill_after"]
    killed = _killed_in_time(child, _HANGS_SECONDS if limit is None else limit)
    _, status = os.waitpid(child, 0)
    seconds = time.monotonic() - began
    if tracer is not None:
        tracer.wait()
    code = HUNG if killed and limit is None else os.waitstatus_to_exitcode(status)
    return {"status": code, "seconds": seconds}


def _killed_in_time(child: int, after: float) -> bool:
    """Kills the child after so many seconds, unless it has ended by then; says whether."""
    handle = os.pidfd_open(child)
    try:
        ended, _, _ = select.select([handle], [], [], after)
        if not ended:
            signal.pidfd_send_signal(handle, signal.SIGKILL)
        return not ended
    finally:
        os.close(handle)


def _traced(child: int, request: Mapping[str, Any]) -> "subprocess.Popen[bytes] | None":
    """strace, attached to the waiting child; `{pid}` in its arguments is the child's number."""
    options = [option.format(pid=child) for option in request["strace"]]
    if not options:
        return None
    tracer = subprocess.Popen(["strace", "-f", "-qq", *options, "-p", str(child)])
    status = Path(f"/proc/{child}/status")
    until = time.monotonic() + _ATTACH_SECONDS
    while "TracerPid:\t0\n" in status.read_text() and tracer.poll() is None:
        if time.monotonic() > until:
            break
        time.sleep(0.001)
    return tracer


def _child(request: Mapping[str, Any]) -> int:
    """The command's exit code, its words in the request's files."""
    sys.stdin.close()
    os.chdir(request["folder"])
    os.environ.update(request["environment"])
    for number, path in ((1, request["out"]), (2, request["err"])):
        there = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(there, number)
        os.close(there)
    tripwire = _Tripwire(request["kill_at"])
    if request["count_to"] or request["kill_at"]:
        threading.setprofile(tripwire)
        sys.setprofile(tripwire)
    code = _exit_code(lambda: main(request["args"]))
    sys.setprofile(None)
    if request["count_to"]:
        Path(request["count_to"]).write_text(str(tripwire.seen))
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def _exit_code(run: Callable[[], None]) -> int:
    try:
        run()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001 (as the interpreter does: the trace, and 1)
        traceback.print_exc()
        return 1
    return 0


if __name__ == "__main__":
    serve_requests()
