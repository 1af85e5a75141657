"""Cards that the service mounts itself: read-only, and unmounted before it says "may leave".

Holds always: mounted with ro, noexec, nosuid and nodev; a device that is mounted already is left
to whoever mounted it, unless it is mounted where only we mount: that is what a killed service left;
an unmount that fails is said, never taken for done.
"""

import logging
import os
import re
import stat
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from evidence.errors import EnvironmentTrouble, ToolMissing

log = logging.getLogger(__name__)

_MOUNTS = Path("/proc/self/mountinfo")
_OCTAL = re.compile(rb"\\([0-7]{3})")
_OPTIONS = "ro,noexec,nosuid,nodev"
_OUR_OPTIONS = frozenset(_OPTIONS.encode().split(b","))
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
    return any(line.split()[2] == wanted.encode() for line in _mount_lines())


def mount_read_only(device: Path, target: Path) -> None:
    """Mounts the device; raises `EnvironmentTrouble` with the system's own reason."""
    target.mkdir(parents=True, exist_ok=True)
    _run(["mount", "-o", _OPTIONS, "--", str(device), str(target)], "mounted")


def unmount(target: Path) -> None:
    """Unmounts; raises `EnvironmentTrouble` if the card is still mounted afterwards."""
    _run(["umount", "--", str(target)], "unmounted")
    target.rmdir()


def unmount_leftovers(folder: Path) -> None:
    """Unmounts devices that stand directly in our own folder; what is in use stays and is logged.

    A card that another process of ours is reading is in use, so it is never taken from it.
    """
    try:
        targets = _mounted_devices_in(folder.resolve())
    except OSError as error:  # the watch over the other docks must begin all the same
        log.warning("What is mounted under %s cannot be told: %s", folder, error)
        return
    for target in reversed(targets):  # the newest lies on top
        try:
            unmount(target)
        except (EnvironmentTrouble, OSError) as error:
            log.warning("%s was left mounted and cannot be unmounted: %s", target, error)


def _mounted_devices_in(folder: Path) -> list[Path]:
    """Mount points directly under a folder that are mounted as we mount, in that order.

    A disk that somebody mounted there for writing is not ours and is left alone.
    """
    found = []
    for fields in (line.split() for line in _mount_lines()):
        target = Path(os.fsdecode(_OCTAL.sub(_byte, fields[4])))
        source = fields[fields.index(b"-") + 2]
        options = set(fields[5].split(b","))
        ours = source.startswith(b"/dev/") and options >= _OUR_OPTIONS
        if target.parent == folder and ours:
            found.append(target)
    return found


def _byte(octal: "re.Match[bytes]") -> bytes:
    """The kernel writes blanks and backslashes of a path as three octal digits."""
    return bytes([int(octal[1], 8)])


def _mount_lines() -> list[bytes]:
    return _MOUNTS.read_bytes().splitlines()


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
