"""Cards that the service mounts itself: read-only, and unmounted before it says "may leave".

Holds always: not one byte of the device changes: a read-only mount alone would replay a journal
onto it, so the device itself is made read-only first, and writable again only after our mount is
gone; mounted with ro, noexec, nosuid and nodev; a device that is mounted already is left
to whoever mounted it, unless it is mounted where only we mount: that is what a killed service left;
of two mounts on one folder only our own is unmounted; an unmount that fails is said, never taken
for done.
"""

import contextlib
import logging
import os
import re
import stat
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from evidence.errors import EnvironmentTrouble, ToolMissing

log = logging.getLogger(__name__)

_MOUNTS = Path("/proc/self/mountinfo")
_OCTAL = re.compile(rb"\\([0-7]{3})")
_OPTIONS = "ro,noexec,nosuid,nodev"
_OUR_OPTIONS = frozenset(_OPTIONS.encode().split(b","))
_NAMES_AS_THEY_ARE = ("utf8", "iocharset=utf8")
"""What file systems that keep names in UTF-16 take: FAT knows the first, others the second."""
_WITHOUT_REPLAY = ("norecovery", "noload", "rescue=nologreplay")
"""What XFS, F2FS and ext4, older ext4, and Btrfs call a mount that leaves the journal alone."""
_SECONDS = 60
_REFUSED = "MOUNT_FAILED"


@dataclass(frozen=True)
class _Mount:
    """A line of the mount table; `number` is "major:minor" of what is mounted."""

    id: int
    number: str
    target: Path
    options: frozenset[bytes]
    source: Path


@dataclass(frozen=True)
class Mounted:
    """A mount of ours: the kernel's number of it, and what it took to leave the medium unchanged.

    `made_read_only`: the device could be written to before. `is_unreplayed`: the file system was
    not closed cleanly, and what only its journal knows does not show.
    """

    id: int
    made_read_only: bool
    is_unreplayed: bool


def block_devices(patterns: Iterable[str]) -> Iterator[Path]:
    """Block devices that match any of the patterns (such as /dev/disk/by-path/*usb*-part1)."""
    for pattern in patterns:
        path = Path(pattern)
        for found in sorted(path.parent.glob(path.name)):
            if _is_block_device(found):
                yield found.resolve()


def is_mounted(device: Path) -> bool:
    """Whether the device is mounted anywhere."""
    wanted = _number(device)
    return any(mount.number == wanted for mount in _mounts())


def mount_read_only(device: Path, target: Path) -> Mounted:
    """Makes the device read-only and mounts it.

    Raises `EnvironmentTrouble` with the system's own reason, or if the device does not stand there
    afterwards.
    """
    target.mkdir(parents=True, exist_ok=True)
    made_read_only = _make_read_only(device)
    with contextlib.ExitStack() as undo:
        if made_read_only:
            undo.callback(make_writable_again, device)
        is_unreplayed = _mount(device, target)
        made = [mount.id for mount in _mounts_at(target) if _shows(mount, device)]
        if not made:
            message = f"{device} was mounted at {target} and does not stand there"
            raise EnvironmentTrouble(message, code="MOUNT_IN_THE_WAY", path=str(target))
        undo.pop_all()
    return Mounted(made[-1], made_read_only, is_unreplayed)


def make_writable_again(device: Path) -> None:
    """Takes back what we did to the device; one that is gone or mounted again stays as it is."""
    try:
        if not is_mounted(device):
            _run(["blockdev", "--setrw", str(device)], "made writable again")
    except (EnvironmentTrouble, OSError) as error:  # it ends when the card is pulled
        log.warning("%s stays read-only: %s", device, error)


def unmount(target: Path) -> None:
    """Unmounts; raises `EnvironmentTrouble` if the card is still mounted afterwards."""
    _run(["umount", "--", str(target)], "unmounted")
    target.rmdir()


def unmount_own(target: Path, mount_id: int) -> bool:
    """Unmounts the mount of this number; whether it was still there.

    Raises `EnvironmentTrouble` if it is still mounted, be it because another lies on top of it.
    """
    there = [mount.id for mount in _mounts_at(target)]
    if mount_id not in there:
        return False
    if there[-1] != mount_id:
        message = f"Something else is mounted over the card at {target}"
        raise EnvironmentTrouble(message, code="MOUNT_IN_THE_WAY", path=str(target))
    unmount(target)
    return True


def unmount_leftovers(folder: Path) -> None:
    """Unmounts devices that stand directly in our own folder; what is in use stays and is logged.

    A card that another process of ours is reading is in use, so it is never taken from it. Nobody
    knows any more whether we made the device read-only, so it stays so until it is pulled.
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


def _make_read_only(device: Path) -> bool:
    """Makes the device refuse every write; False if it did already.

    It is claimed meanwhile, as mounting claims it: what somebody has just mounted for writing must
    not lose its device. Raises `EnvironmentTrouble`.
    """
    if _run(["blockdev", "--getro", str(device)], "asked whether it is read-only").strip() == "1":
        return False
    try:
        claim = os.open(device, os.O_RDONLY | os.O_EXCL | os.O_CLOEXEC)
    except OSError as error:
        reason = error.strerror or str(error)
        raise EnvironmentTrouble(
            f"{device} cannot be claimed: {reason}", code=_REFUSED, reason=reason
        ) from error
    try:
        _run(["blockdev", "--setro", str(device)], "made read-only")
    finally:
        os.close(claim)
    return True


def _mount(device: Path, target: Path) -> bool:
    """Mounts; whether the journal had to be left as it is, because it was not closed cleanly.

    An option for names goes without only where each is refused, as by file systems that need none:
    FAT shows a character that its set lacks as "?", so names that differ would look alike.
    """
    named = (f"{_OPTIONS},{names}" for names in _NAMES_AS_THEY_ARE)
    if any(_can_mount_with(options, device, target=target) for options in named):
        return False
    try:
        _mount_with(_OPTIONS, device, target=target)
    except EnvironmentTrouble as refused:
        if refused.code != _REFUSED:
            raise
        unreplayed = (f"{_OPTIONS},{option}" for option in _WITHOUT_REPLAY)
        if not any(_can_mount_with(options, device, target=target) for options in unreplayed):
            raise
        return True
    return False


def _can_mount_with(options: str, device: Path, *, target: Path) -> bool:
    """Mounts with options that only some file systems know; False where this one refuses them."""
    try:
        _mount_with(options, device, target=target)
    except EnvironmentTrouble as refused:
        if refused.code != _REFUSED:  # it did not refuse: it never answered
            raise
        return False
    return True


def _mount_with(options: str, device: Path, *, target: Path) -> None:
    _run(["mount", "-o", options, "--", str(device), str(target)], "mounted")


def _mounted_devices_in(folder: Path) -> list[Path]:
    """Mount points directly under a folder that are mounted as we mount, in that order.

    A disk that somebody mounted there for writing is not ours and is left alone.
    """
    here = [mount for mount in _mounts() if mount.target.parent == folder]
    devices = [mount for mount in here if mount.source.is_relative_to("/dev")]
    return [mount.target for mount in devices if mount.options >= _OUR_OPTIONS]


def _mounts_at(target: Path) -> list[_Mount]:
    real = target.resolve()
    return [mount for mount in _mounts() if mount.target == real]


def _shows(mount: _Mount, device: Path) -> bool:
    """Some kinds of file system have a number of their own, but name the device they lie on."""
    with contextlib.suppress(OSError):
        wanted = _number(device)
        return wanted in (mount.number, _number(mount.source))
    return False


def _number(device: Path) -> str:
    number = device.stat().st_rdev
    return f"{os.major(number)}:{os.minor(number)}"


def _byte(octal: "re.Match[bytes]") -> bytes:
    """The kernel writes blanks and backslashes of a path as three octal digits."""
    return bytes([int(octal[1], 8)])


def _mounts() -> Iterator[_Mount]:
    """Everything that is mounted, the newest last."""
    for fields in (line.split() for line in _MOUNTS.read_bytes().splitlines()):
        yield _Mount(
            id=int(fields[0]),
            number=fields[2].decode(),
            target=_path(fields[4]),
            options=frozenset(fields[5].split(b",")),
            source=_path(fields[fields.index(b"-") + 2]),
        )


def _path(field: bytes) -> Path:
    return Path(os.fsdecode(_OCTAL.sub(_byte, field)))


def _is_block_device(path: Path) -> bool:
    try:
        return stat.S_ISBLK(path.stat().st_mode)
    except OSError:
        return False


def _run(command: list[str], what: str) -> str:
    """What the command printed; raises `EnvironmentTrouble` with its own reason."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except FileNotFoundError as error:
        raise ToolMissing(f"{command[0]} is not installed", tool=command[0]) from error
    except subprocess.TimeoutExpired as error:
        message = f"Card could not be {what} in {_SECONDS} s"
        raise EnvironmentTrouble(message, code="MOUNT_SILENT", seconds=_SECONDS) from error
    if done.returncode:
        reason = done.stderr.strip() or f"exit {done.returncode}"
        raise EnvironmentTrouble(
            f"Card could not be {what}: {reason}", code=_REFUSED, reason=reason
        )
    return done.stdout
