"""Cards made to harm: names, links, pipes, depths, numbers; all is evidence, or on record."""

import hashlib
import json
import os
import resource
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evidence.canonical import Json
from evidence.vocabulary import DockState
from storage.site import SitePlan
from tests.cli import call, run
from tests.docking import House, cards_in, open_house, put

NAMES = (
    b"\xff\xfe not UTF-8.mp4",
    "编号.mp4".encode("gb18030"),
    b"new\nline.mp4",
    b"carriage\rreturn.mp4",
    b"tab\t.mp4",
    b"\x1b[2Jclears the screen.mp4",
    b"\x7f.mp4",
    "\u202e4pm.exe".encode(),  # shown from right to left
    "zero\u200bwidth.mp4".encode(),
    b"-rf",
    b"--json",
    b"back\\slash.mp4",
    b"n" * 255,
    b"...",
    b"..hidden",
    b" ",
    b" .mp4",
    b"'; DROP TABLE entries; --",
    b"[red]markup[/red].mp4",
    b"{name} {0} %s.mp4",
    b"file:.mp4",
    b"http:x.mp4",
    b"CON",
    b"a.MP4",
    b"A.mp4",
    b"a.mp4",
    "é.mp4".encode(),  # composed
    "e\u0301.mp4".encode(),  # and decomposed: two names
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(SitePlan(tmp_path / "site")) as opened:
        yield opened


@pytest.fixture
def quick_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: many files are many fsyncs."""
    memory = Path("/dev/shm")  # noqa: S108 (a folder of our own is made in it)
    if not memory.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


def write(card: Path, name: bytes, data: bytes) -> None:
    path = os.path.join(os.fsencode(card), name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


def passed_over(house: House) -> dict[bytes, Json]:
    """What was not taken and why, from all signed inventories."""
    found: dict[bytes, Json] = {}
    for number in range(house.count("inventories")):
        items = house.inventory(number)["passed_over"]
        assert isinstance(items, list)
        for item in items:
            assert isinstance(item, dict)
            [path] = house.names([str(item["path"])])
            found[path] = item["reason"]
    return found


def test_names_of_every_kind_are_kept_byte_for_byte(house: House, tmp_path: Path) -> None:
    card = tmp_path / "card"
    for number, name in enumerate(NAMES):
        write(card, name, b"%d" % number)
        write(card, b"in \xff folder/" + name, b"in folder %d" % number)
    [taken] = house.take(card)
    assert taken.trouble is None
    sealed = dict(house.sealed())
    for number, name in enumerate(NAMES):
        assert sealed[name] == hashlib.sha256(b"%d" % number).hexdigest()
        inside = hashlib.sha256(b"in folder %d" % number).hexdigest()
        assert sealed[b"in \xff folder/" + name] == inside
    assert len(sealed) == 2 * len(NAMES)
    assert house.receipts()[0]["complete"] is True
    house.assert_green()


def test_no_name_writes_to_the_terminal(tmp_path: Path) -> None:
    card = tmp_path / "card\x1b[31m \udcff"
    for number, name in enumerate(NAMES):
        write(card, name, b"%d" % number)
    data = tmp_path / "data"
    taken = run("ingest", card, "--data", data, COLUMNS="400")
    assert taken.code == 0, taken
    listed = run("recordings", "list", "--data", data, COLUMNS="400")
    receipt = call("receipt", "list", "--json", "--data", data).body["receipts"][0]["receipt"]
    shown = run("receipt", "show", receipt, "--data", data, COLUMNS="400")
    for said in (taken, listed, shown):
        text = said.out + said.err
        assert "Traceback" not in text
        assert [c for c in text if not c.isprintable() and c != "\n"] == []
    assert "\\x1b[2J" in listed.out or "\\u001b[2J" in listed.out
    body = call("recordings", "list", "--json", "--data", data).body
    assert len(body["recordings"]) == len(NAMES)


def test_a_card_of_such_a_name_is_taken_by_the_watch(house: House, tmp_path: Path) -> None:
    slots = tmp_path / "slots"
    card = slots / "\udcff\x1b[31m"
    put(card, {"a.mp4": b"a"})
    with house.serve(cards_in(slots)) as service:
        view = service.wait_state("\\xff\\u001b[31m", DockState.SAFE)
        assert view.key.isprintable()
    assert [row["value"] for row in house.rows("personal_data") if row["kind"] == "card-label"] == [
        "\\xff\\u001b[31m"
    ]
    house.assert_green()


def test_links_pipes_and_sockets_are_on_record_and_never_followed(
    house: House, tmp_path: Path
) -> None:
    outside = put(
        tmp_path / "outside", {"secret": b"not on the card", "folder/secret": b"nor this"}
    )
    card = put(tmp_path / "card", {"real.mp4": b"real"})
    links = {
        "to-file": outside / "secret",
        "to-folder": outside / "folder",
        "inside": card / "real.mp4",
        "up": Path(".."),
        "loop": Path("loop"),
        "nowhere": Path("nowhere at all"),
        "to-device": Path("/dev/zero"),
        "DCIM": outside,
    }
    for name, target in links.items():
        (card / name).symlink_to(target)
    os.mkfifo(card / "pipe")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(card / "socket"))
    listener.close()
    [taken] = house.take(card)
    assert taken.trouble is None
    assert house.sealed() == [(b"real.mp4", hashlib.sha256(b"real").hexdigest())]
    expected: dict[bytes, Json] = {name.encode(): "LINK" for name in links}
    assert passed_over(house) == expected | {b"pipe": "PIPE", b"socket": "SOCKET"}
    house.assert_green()


def test_devices_on_a_card_are_not_opened(house: House, tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make a device")
    card = put(tmp_path / "card", {"real.mp4": b"real"})
    os.mknod(card / "zero.mp4", 0o666 | 0o020000, os.makedev(1, 5))
    house.take(card)
    assert passed_over(house) == {b"zero.mp4": "DEVICE"}
    assert len(house.sealed()) == 1


def test_a_link_that_takes_a_files_place_after_the_listing(house: House, tmp_path: Path) -> None:
    """The swap between look and open that a hostile card would try."""
    slots = tmp_path / "slots"
    outside = put(tmp_path / "outside", {"secret": b"held"})
    card = put(slots / "A", {"bait.mp4": b"bait", "dir/bait.mp4": b"bait 2"})
    with house.serve(cards_in(slots)) as service:
        with (card / "bait.mp4").open("ab"), (card / "dir/bait.mp4").open("ab"):
            service.wait_state("A", DockState.SETTLING)
            (card / "bait.mp4").unlink()
            (card / "bait.mp4").symlink_to(outside / "secret")
            (card / "dir/bait.mp4").unlink()
            (card / "dir").rmdir()
            (card / "dir").symlink_to(outside)
        service.wait_state("A", DockState.INCOMPLETE)
    assert house.sealed() == []
    assert house.count("recordings") == 0
    assert house.verify().findings == ()


def test_a_tree_too_deep_is_said_and_the_rest_is_taken(house: House, tmp_path: Path) -> None:
    card = put(tmp_path / "card", {"top.mp4": b"top", "/".join("d" * 40) + "/ok.mp4": b"deep"})
    descriptor = os.open(card, os.O_RDONLY)
    for _ in range(400):  # deeper than any path can be long
        os.mkdir("d" * 200, dir_fd=descriptor)
        inner = os.open("d" * 200, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = inner
    os.close(os.open("lost.mp4", os.O_WRONLY | os.O_CREAT, dir_fd=descriptor))
    os.close(descriptor)
    [taken] = house.take(card)
    assert taken.intake is not None
    assert max(name for name, _ in house.sealed()) == b"top.mp4"
    assert len(house.sealed()) == 2
    assert list(passed_over(house).values()) == ["TOO_DEEP"]
    assert house.receipts()[0]["complete"] is False
    subprocess.run(["rm", "-rf", card], check=True)
    house.assert_green()


def test_folders_that_look_like_litter_do_not_hide_recordings(house: House, tmp_path: Path) -> None:
    hidden = ["._x/a.mp4", "thumbs.db/b.mp4", "DCIM/desktop.ini/c.mp4", "DCIM/$RECYCLE.BIN/d.mp4"]
    litter = ["$RECYCLE.BIN/e.mp4", ".Trashes/f.mp4", "DCIM/Thumbs.db", "._g.mp4"]
    card = put(tmp_path / "card", {name: name.encode() for name in (*hidden, *litter)})
    house.take(card)
    assert sorted(name.decode() for name, _ in house.sealed()) == sorted(hidden)
    assert sorted(name.decode() for name in passed_over(house)) == sorted(litter)
    assert "RECORDING_IN_LITTER" in house.observed()


def test_empty_and_claimed_times(house: House, tmp_path: Path) -> None:
    card = put(
        tmp_path / "card", {"empty.mp4": b"", "also empty": b"", "old.mp4": b"1", "new.mp4": b"2"}
    )
    os.utime(card / "old.mp4", (-10, -10))
    os.utime(card / "new.mp4", (2**35, 2**35))
    house.take(card)
    rows = house.rows("sightings")
    paths = house.names([row["path"] for row in rows])
    labels = {p: set(json.loads(row["labels"])) for p, row in zip(paths, rows, strict=True)}
    assert "EMPTY" in labels[b"empty.mp4"]
    assert "EMPTY" in labels[b"also empty"]
    assert "TIME_ABSURD" in labels[b"old.mp4"]
    assert "TIME_ABSURD" in labels[b"new.mp4"]
    assert house.count("recordings") == 3
    house.assert_green()


def test_thousands_of_small_files(
    quick_disk: Path, record_property: Callable[[str, object], None]
) -> None:
    """Time and memory are noted with the result, not judged: figures come from the benches.

    Ten thousand by the same road took 63 s and 186 MB in memory, on a machine with two busy cores.
    """
    count = 500
    names = [f"{n // 500:02}/{n:05}.txt" for n in range(count)]
    card = put(quick_disk / "card", {name: name.encode() for name in names})
    began = time.monotonic()
    said = run("ingest", card, "--json", "--data", quick_disk / "data")
    record_property("files", count)
    record_property("seconds", round(time.monotonic() - began, 1))
    record_property("peak_kib", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    assert said.code == 0
    assert said.body["cards"][0]["safe"] == count
