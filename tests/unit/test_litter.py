"""What is passed over, and above all what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.litter import RULES, not_a_card, passed_over


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        (b"System Volume Information/IndexerVolumeGuid", "windows-volume-information"),
        (b"SYSTEM VOLUME INFORMATION/a/b", "windows-volume-information"),
        (b"$RECYCLE.BIN/S-1-5-18/desktop.ini", "windows-recycle-bin"),
        (b"RECYCLER/a", "windows-recycler"),
        (b".Trashes/501/a.mp4", "macos-trashes"),
        (b".Spotlight-V100/Store-V2/x", "macos-spotlight"),
        (b".fseventsd/fseventsd-uuid", "macos-events"),
        (b".TemporaryItems/a", "macos-temporary"),
        (b".Trash-1000/files/a.mp4", "linux-trash"),
        (b"DCIM/.DS_Store", "macos-folder-view"),
        (b"DCIM/100GOPRO/._GX010123.MP4", "macos-apple-double"),
        (b"DCIM/Thumbs.db", "windows-thumbnails"),
        (b"desktop.ini", "windows-folder-view"),
    ],
)
def test_litter_is_passed_over_by_a_named_rule(path: bytes, rule: str) -> None:
    assert passed_over(path) == rule


@pytest.mark.parametrize(
    "path",
    [
        b"LOG/20260829.txt",
        b"DCIM/100GOPRO/GX010123.THM",
        b"DCIM/100GOPRO/GL010123.LRV",
        b"FOUND.000/FILE0000.CHK",
        b"LOST.DIR/1",
        b"lost+found/#123",
        b"DCIM/unknown.dat",
        b"empty",
        b"",
        b"autorun.inf",
        b".hidden.mp4",
        b"System Volume Information",
        b"DCIM/System Volume Information/a.mp4",
        b"DCIM/.Trashes/a.mp4",
        b".Trash-/a.mp4",
        b".Trash-me/a.mp4",
        b"._",
        b".DS_Store/a.mp4",
        b"Thumbs.db.mp4",
        b"\xff/\xfe",
    ],
)
def test_everything_else_is_taken(path: bytes) -> None:
    assert passed_over(path) is None


@pytest.mark.parametrize(
    ("folder", "rule"),
    [
        (b".Trash", "linux-trash"),
        (b".Trash-1000", "linux-trash"),
        (b".Trashes", "macos-trashes"),
        (b".Spotlight-V100", "macos-spotlight"),
        (b".fseventsd", "macos-events"),
        (b".DocumentRevisions-V100", "macos-versions"),
        (b"System Volume Information", "windows-volume-information"),
        (b"lost+found", "file-system-recovered"),
        (b".HIDDEN", None),
        (b".Trash-me", None),
        (b"LOST.DIR", None),
        (b".DS_Store", None),
        (b"A", None),
    ],
)
def test_in_a_dock_only_what_systems_put_there_is_no_card(folder: bytes, rule: str | None) -> None:
    assert not_a_card(folder) == rule


def test_rule_ids_stand_in_signed_inventories_and_never_change() -> None:
    assert [rule.id for rule in RULES] == [
        "windows-volume-information",
        "windows-recycle-bin",
        "windows-recycler",
        "macos-trashes",
        "macos-spotlight",
        "macos-events",
        "macos-temporary",
        "linux-trash",
        "macos-folder-view",
        "macos-apple-double",
        "windows-thumbnails",
        "windows-folder-view",
    ]
    assert all(rule.reason for rule in RULES)


@given(st.binary(max_size=200))
def test_any_bytes_are_accepted(path: bytes) -> None:
    assert passed_over(path) in {None, *(rule.id for rule in RULES)}
