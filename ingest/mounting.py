"""Cards that the service mounts itself: read-only, and unmounted before it says "may leave".

Holds always: mounted with ro, noexec, nosuid and nodev; a device that is mounted already is left
to whoever mounted it; an unmount that fails is said, never taken for done.
"""

import os
import stat
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from evidence.errors import EnvironmentTrouble, ToolMissing

_OPTIONS = "ro,noexec,nosuid,nodev"
_SECONDS = 60


def block_devices(patterns: Iterable[str]) -> Iterator[Path]:
    """Block devices that match any of the patterns (such as /dev/disk/by-path/*usb*-part1)."""
    for pattern in patterns:
        path = Path(pattern)
        for found in sorted(path.parent.glob(path.name)):
            if _is_block_device(found):
                yield found.resolve()


def is_mounted(device: Path) -> bool:
    """Whether the device is mounted anywhere."""
    number = device.stat().st_rdev
    wanted = f"{os.major(number)}:{os.minor(number)}"
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return any(line.split()[2] == wanted for line in lines)


def mount_read_only(device: Path, target: Path) -> None:
    """Mounts the device; raises `EnvironmentTrouble` with the system's own reason."""
    target.mkdir(parents=True, exist_ok=True)
    _run(["mount", "-o", _OPTIONS, "--", str(device), str(target)], "mounted")


def unmount(target: Path) -> None:
    """Unmounts; raises `EnvironmentTrouble` if the card is still mounted afterwards."""
    _run(["umount", "--", str(target)], "unmounted")
    target.rmdir()


def _is_block_device(path: Path) -> bool:
    try:
        return stat.S_ISBLK(path.stat().st_mode)
    except OSError:
        return False


def _run(command: list[str], what: str) -> None:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except FileNotFoundError as error:
        raise ToolMissing(f"{command[0]} is not installed", tool=command[0]) from error
    except subprocess.TimeoutExpired as error:
        raise EnvironmentTrouble(f"Card could not be {what} in {_SECONDS} s") from error
    if done.returncode:
        reason = done.stderr.strip() or f"exit {done.returncode}"
        raise EnvironmentTrouble(f"Card could not be {what}: {reason}", reason=reason)
