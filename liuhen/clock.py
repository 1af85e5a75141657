"""The outside world's time and this process's name: the only place that asks for them."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

from ingest.station import Process


def now() -> datetime:
    """The time by this machine's clock, in UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds that never run backwards, from an arbitrary start."""
    return time.monotonic()


def this_process() -> Process:
    """A name for this process that no other process on any machine shares."""
    pid = os.getpid()
    return Process(f"{boot_name()}/{pid}/{_started(pid)}", _is_alive)


def _is_alive(name: str) -> bool:
    """Whether the named process lives; one on another machine is taken to, until its claim ends."""
    boot, _, rest = name.partition("/")
    pid, _, started = rest.partition("/")
    if boot != boot_name() or not pid.isdigit():
        return True
    return _started(int(pid)) == started


def boot_name() -> str:
    """A name that this boot of the machine has alone."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return os.uname().nodename


def _started(pid: int) -> str:
    """When the process began, in the kernel's ticks since boot; empty if there is none."""
    try:
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if after_name[0] == "Z" else after_name[19]
