"""Cards that the service mounts itself: read-only, and unmounted before people may take them.

The cards are ext4 images behind loop devices; each device stands in a folder of the test, so the
service sees no other device of the machine.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from evidence.errors import CardGone, EnvironmentTrouble
from evidence.vocabulary import DockState, SourceKind
from ingest.board import DockView
from ingest.card import Card
from ingest.docked import check_is_seen, open_card
from ingest.mounting import is_mounted, mount_read_only, unmount, unmount_leftovers
from ingest.places import DockRoot, Place, holds_card, places
from storage.site import SitePlan
from tests.cli import call
from tests.docking import House, cards_in, open_house, put, wait_for
from tests.failing_database import entering, failing
from tests.footage import REPOSITORY, give_up, give_up_without

_REAL = shutil.which("mount")
FILES = {"DCIM/a.mp4": b"a" * 5000, "DCIM/b.mp4": b"b", "LOG/1.txt": b"log"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(SitePlan(tmp_path / "site")) as opened:
        yield opened


def image(path: Path, files: dict[str, bytes]) -> Path:
    """An ext4 image that holds the files."""
    put(path.with_suffix(".tree"), files)
    command = ["mkfs.ext4", "-q", "-F", "-d", str(path.with_suffix(".tree")), str(path), "8M"]
    subprocess.run(command, check=True)
    return path


@contextmanager
def inserted(disk: Path, slots: Path) -> Iterator[Path]:
    """The image as a device in a folder; skips where loop devices are not to be had."""
    if os.geteuid() != 0:
        pytest.skip("only root can set up a loop device")
    give_up_without("losetup")
    made = subprocess.run(
        ["losetup", "-f", "--show", str(disk)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        give_up(f"no loop device: {made.stderr.strip()}", ci=False)
    device = Path(made.stdout.strip())
    slots.mkdir(exist_ok=True)
    slot = slots / "slot-1"
    slot.symlink_to(device)
    try:
        yield device
    finally:
        slot.unlink()
        subprocess.run(
            ["blockdev", "--setrw", str(device)], check=True
        )  # the next user finds it so
        subprocess.run(["losetup", "-d", str(device)], check=True)


def dock(tmp_path: Path) -> DockRoot:
    mounts = tmp_path / "mounts"
    return DockRoot("usb", mounts, SourceKind.DEVICE, (str(tmp_path / "slots" / "slot-*"),))


def test_a_device_is_read_only_and_unmounted_before_it_may_leave(
    house: House, tmp_path: Path
) -> None:
    give_up_without("mkfs.ext4")
    disk = image(tmp_path / "disk.img", FILES)
    mounted: list[tuple[DockState, bool]] = []
    with house.serve(dock(tmp_path)) as service, inserted(disk, tmp_path / "slots") as device:
        service.history.tell.append(lambda v: mounted.append((v.state, is_mounted(device))))
        service.wait_state(device.name, DockState.SAFE)
        assert (DockState.COPYING, True) in mounted
        assert (DockState.SAFE, True) not in mounted
        assert list((tmp_path / "mounts").iterdir()) == []
        time.sleep(1.0)  # it stays in its slot: nothing is mounted again
        assert house.count("dock_sessions") == 1
        assert not is_mounted(device)
        assert service.views(device.name)[0].state == DockState.SAFE
    assert house.count("recordings") == len(FILES)
    [session] = house.rows("dock_sessions")
    assert session["source"] == "DEVICE"
    house.assert_green()


def test_it_is_taken_again_after_it_was_put_in_again(house: House, tmp_path: Path) -> None:
    give_up_without("mkfs.ext4")
    disk = image(tmp_path / "disk.img", FILES)
    with house.serve(dock(tmp_path)) as service:
        for times in (1, 2):
            with inserted(disk, tmp_path / "slots") as device:
                wait_for(lambda: house.count("receipts") >= times, f"receipt {times}")  # noqa: B023
                service.wait_state(device.name, DockState.SAFE)
    assert house.count("recordings") == len(FILES)
    assert len({row["id"] for row in house.rows("dock_sessions")}) == 2
    house.assert_green()


def test_names_are_asked_for_as_they_are_and_what_refuses_that_is_mounted_without(
    tmp_path: Path,
) -> None:
    """What FAT would show as "?" must not make two names one; ext4 knows no such option."""
    give_up_without("mkfs.ext4")
    disk, target = image(tmp_path / "disk.img", FILES), tmp_path / "mounts" / "one"
    tool = tmp_path / "bin" / "mount"
    put(tool.parent, {"mount": f'#!/bin/sh\necho "$2" >> "$0.said"\n{_REAL} "$@"\n'.encode()})
    tool.chmod(0o755)
    mount = "import pathlib, sys\nfrom ingest.mounting import mount_read_only\n"
    mount += "mount_read_only(*map(pathlib.Path, sys.argv[1:]))"
    with inserted(disk, tmp_path / "slots") as device:
        command = [sys.executable, "-c", mount, str(device), str(target)]
        path = f"{tool.parent}:{os.environ['PATH']}"
        subprocess.run(command, check=True, cwd=REPOSITORY, env={**os.environ, "PATH": path})
        assert (target / "DCIM" / "b.mp4").read_bytes() == b"b"
        unmount(target)
    safe = "ro,noexec,nosuid,nodev"
    assert Path(f"{tool}.said").read_text().split() == [
        f"{safe},utf8", f"{safe},iocharset=utf8", safe,
    ]  # fmt: skip


def test_a_mount_lets_nothing_be_written_or_run(tmp_path: Path) -> None:
    give_up_without("mkfs.ext4")
    disk = image(tmp_path / "disk.img", FILES)
    with inserted(disk, tmp_path / "slots") as device:
        target = tmp_path / "mounts" / "one"
        mount_read_only(device, target)
        try:
            flags = os.statvfs(target).f_flag
            for flag in (os.ST_RDONLY, os.ST_NOEXEC, os.ST_NOSUID, os.ST_NODEV):
                assert flags & flag
            with pytest.raises(OSError, match="Read-only"):
                (target / "x").touch()
        finally:
            subprocess.run(["umount", str(target)], check=True)


def test_a_device_that_is_mounted_already_is_left_alone(house: House, tmp_path: Path) -> None:
    give_up_without("mkfs.ext4")
    disk = image(tmp_path / "disk.img", FILES)
    with inserted(disk, tmp_path / "slots") as device:
        target = tmp_path / "elsewhere"
        mount_read_only(device, target)
        try:
            with house.serve(dock(tmp_path)) as service:
                view = service.wait_state(device.name, DockState.MOUNTED_ELSEWHERE)
                assert not view.may_leave
                assert house.count("dock_sessions") == 0
                assert is_mounted(device)
                subprocess.run(["umount", str(target)], check=True)
                service.wait_state(device.name, DockState.SAFE)
                assert len(service.station.board.views()) == 1
        finally:
            subprocess.run(["umount", "-q", str(target)], check=False)
    assert house.count("dock_sessions") == 1


def test_one_that_is_gone_is_no_longer_shown_as_mounted_elsewhere(
    house: House, tmp_path: Path
) -> None:
    give_up_without("mkfs.ext4")
    disk = image(tmp_path / "disk.img", FILES)
    target = tmp_path / "elsewhere"
    with inserted(disk, tmp_path / "slots") as device:
        mount_read_only(device, target)
        try:
            with house.serve(dock(tmp_path)) as service:
                service.wait_state(device.name, DockState.MOUNTED_ELSEWHERE)
                (tmp_path / "slots" / "slot-1").rename(tmp_path / "slots" / "out")
                wait_for(lambda: not service.station.board.views(), "it is off the board")
                (tmp_path / "slots" / "out").rename(tmp_path / "slots" / "slot-1")
        finally:
            subprocess.run(["umount", str(target)], check=True)


def test_what_a_killed_service_left_mounted_is_taken_after_a_restart(
    house: House, tmp_path: Path
) -> None:
    give_up_without("mkfs.ext4")
    disk = image(tmp_path / "disk.img", FILES)
    with inserted(disk, tmp_path / "slots") as device:
        root = dock(tmp_path / "a b")  # the kernel writes a blank in a path in its own way
        root = replace(root, patterns=(str(tmp_path / "slots" / "slot-*"),))
        mount_read_only(device, root.path / device.name)
        with house.serve(root) as service:
            service.wait_state(device.name, DockState.SAFE)
        assert not is_mounted(device)
        assert list(root.path.iterdir()) == []
    assert house.count("recordings") == len(FILES)
    house.assert_green()


def test_a_leftover_that_is_in_use_is_left_to_who_uses_it(tmp_path: Path) -> None:
    """Another process of ours may be reading it; one elsewhere is none of our business."""
    give_up_without("mkfs.ext4")
    disk = image(tmp_path / "disk.img", FILES)
    with inserted(disk, tmp_path / "slots") as device:
        ours, deeper = tmp_path / "mounts" / "one", tmp_path / "mounts" / "x" / "two"
        for target in (ours, deeper):
            mount_read_only(device, target)
        reader = (ours / "LOG" / "1.txt").open("rb")
        try:
            unmount_leftovers(tmp_path / "mounts")
            assert (ours.is_mount(), deeper.is_mount()) == (True, True)
            reader.close()
            unmount_leftovers(tmp_path / "mounts")
            assert (ours.exists(), deeper.is_mount()) == (False, True)
        finally:
            reader.close()
            subprocess.run(["umount", "-q", str(ours)], check=False)
            subprocess.run(["umount", str(deeper)], check=True)


def test_one_that_could_not_be_taken_is_tried_again_in_its_slot(
    house: House, tmp_path: Path
) -> None:
    give_up_without("mkfs.ext4")
    disk = image(tmp_path / "disk.img", FILES)
    with (
        failing(house, entering("session.opened")) as (frail, database),
        inserted(disk, tmp_path / "slots") as device,
    ):
        with frail.serve(dock(tmp_path)) as service:
            service.wait_state(device.name, DockState.SAFE)
            shown = service.history.states(device.name)
        assert database.failed == 1
        assert DockState.STORAGE_TROUBLE in shown
        assert not is_mounted(device)
    assert house.count("dock_sessions") == 1
    house.assert_green()


@contextmanager
def mounted_with(options: str, device: Path, target: Path) -> Iterator[None]:
    target.mkdir(parents=True)
    subprocess.run(["mount", "-o", options, str(device), str(target)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(target)], check=True)


OURS = "ro,noexec,nosuid,nodev"


@pytest.mark.parametrize("missing", OURS.split(","))
def test_a_leftover_that_was_not_mounted_as_we_mount_is_left_alone(
    tmp_path: Path, missing: str
) -> None:
    give_up_without("mkfs.ext4")
    disk = image(tmp_path / "disk.img", FILES)
    theirs = ",".join(option for option in OURS.split(",") if option != missing)
    with inserted(disk, tmp_path / "slots") as device:
        target = tmp_path / "mounts" / "one"
        with mounted_with(theirs, device, target):
            unmount_leftovers(tmp_path / "mounts")
            assert target.is_mount()
        target.rmdir()
        mount_read_only(device, target)
        unmount_leftovers(tmp_path / "mounts")
        assert not target.exists()


def place_of(device: Path, tmp_path: Path) -> Place:
    [place] = places(dock(tmp_path))
    assert place.device == device
    return place


@contextmanager
def mounted_over(target: Path) -> Iterator[None]:
    subprocess.run(["mount", "-t", "tmpfs", "other", str(target)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(target)], check=True)


def test_a_mount_of_somebody_else_over_the_card_is_left_alone(tmp_path: Path) -> None:
    give_up_without("mkfs.ext4")
    disk = image(tmp_path / "disk.img", FILES)
    with inserted(disk, tmp_path / "slots") as device:
        docked = open_card(place_of(device, tmp_path))
        with mounted_over(docked.place.path):
            with pytest.raises(EnvironmentTrouble, match="Something else is mounted"):
                docked.let_go()
            assert is_mounted(device)
        docked.let_go()
        docked.let_go()  # harmless when done before
        assert not is_mounted(device)


def test_what_lies_over_the_card_is_not_taken_for_it(tmp_path: Path) -> None:
    give_up_without("mkfs.ext4")
    disk = image(tmp_path / "disk.img", FILES)
    with inserted(disk, tmp_path / "slots") as device:
        docked = open_card(place_of(device, tmp_path))
        check_is_seen(docked, device)
        with mounted_over(docked.place.path):
            other = replace(docked, card=Card(docked.place.path))
            with pytest.raises(EnvironmentTrouble, match="is not /dev/"):
                check_is_seen(other, device)
            other.card.close()
        docked.let_go()


def test_another_card_than_the_one_seen_is_not_taken_for_it(tmp_path: Path) -> None:
    give_up_without("mkfs.ext4")
    disk = image(tmp_path / "disk.img", FILES)
    with inserted(disk, tmp_path / "slots") as device:
        seen = replace(place_of(device, tmp_path), identity="another insertion")
        with pytest.raises(CardGone, match="Another card"):
            open_card(seen)
        assert not is_mounted(device)
        assert list((tmp_path / "mounts").iterdir()) == []


def test_a_folder_for_devices_may_not_lie_in_the_site(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for path in (data / "mounts", data / "vault" / "originals", tmp_path):
        config = put(tmp_path / "config", {"liuhen.toml": toml(data, path).encode()})
        said = call("serve", "--config", config / "liuhen.toml", "--json")
        assert (said.code, said.body["error"]["code"]) == (2, "BAD_INPUT")
        assert said.body["error"]["facts"]["why"] == "INSIDE_SITE"
    assert not data.exists()


def toml(data: Path, mounts: Path) -> str:
    dock = f'[[docks]]\nname = "usb"\nkind = "devices"\npath = "{mounts}"\n'
    return f'data = "{data}"\n{dock}patterns = ["/dev/no-such-device"]\n'


def test_a_device_without_a_file_system_is_said_and_nothing_stays_mounted(
    house: House, tmp_path: Path
) -> None:
    disk = tmp_path / "disk.img"
    disk.write_bytes(bytes(1 << 20))
    with inserted(disk, tmp_path / "slots") as device:
        with house.serve(dock(tmp_path)) as service:
            view = service.wait_state(device.name, DockState.STORAGE_TROUBLE)
            assert [notice.code for notice in view.notices] == ["MOUNT_FAILED"]
        assert not is_mounted(device)
    assert house.count("dock_sessions") == 0


def test_a_card_that_cannot_be_unmounted_is_not_claimed_for_ever(
    house: House, tmp_path: Path
) -> None:
    give_up_without("mkfs.ext4")
    disk = image(tmp_path / "disk.img", FILES)
    busy: list[subprocess.Popen[bytes]] = []
    with inserted(disk, tmp_path / "slots") as device:
        target = tmp_path / "mounts" / device.name

        def sit_down(view: DockView) -> None:
            """Somebody's shell stands in the mounted folder."""
            if view.state == DockState.COPYING and not busy:
                busy.append(subprocess.Popen(["sleep", "60"], cwd=target))

        try:
            with house.serve(dock(tmp_path)) as service:
                service.history.tell.append(sit_down)
                service.wait_state(device.name, DockState.STORAGE_TROUBLE)
                wait_for(lambda: house.count("receipts") == 1, "the receipt")
                wait_for(lambda: house.rows("leases") == [], "the claim is given back")
                assert is_mounted(device)
        finally:
            for process in busy:
                process.kill()
                process.wait()
            subprocess.run(["umount", str(target)], check=True)
    house.assert_green()


def test_a_card_that_somebody_mounted_can_be_unmounted_once_it_may_leave(
    house: House, tmp_path: Path
) -> None:
    give_up_without("mkfs.ext4")
    disk, other = image(tmp_path / "a.img", FILES), image(tmp_path / "b.img", {"c.mp4": b"c"})
    place = tmp_path / "docks" / "A"
    place.mkdir(parents=True)
    with house.serve(cards_in(place.parent)) as service:
        for number, one in enumerate((disk, disk, other), start=1):
            with inserted(one, tmp_path / "slots") as device, mounted_at(device, place):
                wait_for(lambda: house.count("receipts") == number, f"receipt {number}")  # noqa: B023
                service.wait_state("A", DockState.SAFE)
                time.sleep(0.3)  # it is looked at again and again, and stays what it is
                assert house.count("dock_sessions") == number
                wait_for(lambda: unmounts(place), "it can be unmounted")
                service.wait_state("A", DockState.CARD_GONE)
    assert house.count("recordings") == len(FILES) + 1
    house.assert_green()


def test_what_was_mounted_since_a_place_was_seen_is_seen_anew(tmp_path: Path) -> None:
    """Else two docks would take one card, and the second, waiting for the first, hold on to it."""
    give_up_without("mkfs.ext4")
    disk, root = image(tmp_path / "a.img", FILES), cards_in(tmp_path / "docks")
    place = root.path / "A"
    place.mkdir(parents=True)
    [seen] = places(root)
    with inserted(disk, tmp_path / "slots") as device, mounted_at(device, place):
        assert not holds_card(seen)
        with pytest.raises(CardGone):
            open_card(seen)
        [now] = places(root)
        assert holds_card(now)
        open_card(now).let_go()


def test_a_card_that_waits_for_another_dock_can_be_unmounted(house: House, tmp_path: Path) -> None:
    give_up_without("mkfs.ext4")
    disk, place = image(tmp_path / "a.img", FILES), tmp_path / "docks" / "A"
    place.mkdir(parents=True)
    roots = [cards_in(place.parent, name) for name in ("one", "two")]
    with (
        inserted(disk, tmp_path / "slots") as device,
        mounted_at(device, place),
        house.serve(*roots) as service,
    ):
        service.wait_state("A", DockState.SAFE)
        service.wait_state("A", DockState.BUSY_HERE)
        wait_for(lambda: unmounts(place), "it can be unmounted")
    house.assert_green()


@contextmanager
def mounted_at(device: Path, place: Path) -> Iterator[None]:
    """The device mounted by somebody else; if it still is at the end, it goes all the same."""
    subprocess.run(["mount", "-o", "ro", device, place], check=True)
    try:
        yield
    finally:
        if is_mounted(device):
            subprocess.run(["umount", "-l", place], check=True)


def unmounts(place: Path) -> bool:
    """Whether it can be unmounted; a look at the card takes a moment, then another try does it."""
    return subprocess.run(["umount", place], check=False).returncode == 0
