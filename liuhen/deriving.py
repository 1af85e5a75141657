"""The service's hold on the process that makes derivatives; see `liuhen.worker`.

Holds always: the worker ends at once, in the middle of whatever it does, so its temporary files lie
in a folder of ours, which goes with it.
"""

import contextlib
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from liuhen import clock
from liuhen.settings import Settings

log = logging.getLogger(__name__)

_RESTART_SECONDS = 10.0
_STOP_SECONDS = 5.0


class Deriving:
    """Starts the worker when it is first wanted, and again if it dies; ends it with us."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process: subprocess.Popen[str] | None = None
        self._started_at: float | None = None
        self._said: str | None = None
        self._temporary: tempfile.TemporaryDirectory[str] | None = None

    @property
    def temporary(self) -> Path | None:
        """Where the worker's temporary files lie while there is one."""
        return None if self._temporary is None else Path(self._temporary.name)

    def ensure(self) -> None:
        """Starts the worker unless it lives, or has died only just now."""
        if self._process is not None and self._process.poll() is None:
            return
        now = clock.monotonic()
        if self._started_at is not None and now - self._started_at < _RESTART_SECONDS:
            return
        if self._process is not None:
            log.warning("The worker ended with %s and is started again", self._process.returncode)
        self._started_at, self._said = now, None
        self._process = self._start()

    def give_way(self, *, busy: bool) -> None:
        """Tells the worker to rest while docks are busy, or to go on."""
        order = "0" if busy else "1"
        if order != self._said and self._tell(order):
            self._said = order

    def stop(self) -> None:
        """Ends the worker; what it was doing is done again later."""
        process = self._process
        if process is None:
            return
        with contextlib.suppress(OSError):
            if process.stdin is not None:
                process.stdin.close()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._process = None
        if self._temporary is not None:
            self._temporary.cleanup()
        self._temporary = None

    def _start(self) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "liuhen.worker"]
        setpriv = shutil.which("setpriv")
        if setpriv is not None:  # our own kill -9 must not leave it behind
            command = [setpriv, "--pdeathsig", "KILL", "--", *command]
        if self._temporary is None:
            self._temporary = tempfile.TemporaryDirectory(
                prefix="liuhen-worker-", ignore_cleanup_errors=True
            )
        environment = {**os.environ, "TMPDIR": self._temporary.name}
        process = subprocess.Popen(command, stdin=subprocess.PIPE, text=True, env=environment)
        self._process = process
        self._tell(self._settings.model_dump_json())
        return process

    def _tell(self, line: str) -> bool:
        process = self._process
        if process is None or process.stdin is None:
            return False
        try:
            process.stdin.write(line + "\n")
            process.stdin.flush()
        except OSError:  # it died; `ensure` sees to it
            return False
        return True
