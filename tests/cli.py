"""The command line as a test runs it: in this process for many small calls, else in its own."""

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from liuhen.main import main
from tests.footage import REPOSITORY

SECONDS = 60


@dataclass(frozen=True)
class Said:
    """What a command did: its exit code and both streams."""

    code: int
    out: str
    err: str

    @property
    def body(self) -> dict[str, Any]:
        """The one object on standard output; fails where there is not exactly one."""
        found = json.loads(self.out)
        assert isinstance(found, dict), self.out
        assert found["exit"] == self.code
        return found


def call(*arguments: object) -> Said:
    """Runs a command inside this process; an exception that escapes fails the test."""
    out, err = io.StringIO(), io.StringIO()
    mask = os.umask(0o022)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = _exit_of([str(argument) for argument in arguments])
    finally:
        os.umask(mask)
    return Said(code, out.getvalue(), err.getvalue())


def _exit_of(arguments: Sequence[str]) -> int:
    try:
        main(arguments)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


def run(*arguments: object, **environment: str) -> Said:
    """Runs a command in a process of its own."""
    done = subprocess.run(
        command(arguments),
        cwd=REPOSITORY,
        env={**os.environ, **environment},
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    return Said(done.returncode, done.stdout.decode(), done.stderr.decode())


@contextlib.contextmanager
def running(*arguments: object) -> Iterator["subprocess.Popen[str]"]:
    """A command at work, killed at the end if it still is."""
    process = subprocess.Popen(
        command(arguments),
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def command(arguments: Sequence[object]) -> list[str]:
    """The words that start the product."""
    words = [os.fspath(a) if isinstance(a, Path) else str(a) for a in arguments]
    return [sys.executable, "-P", "-m", "liuhen", *words]
