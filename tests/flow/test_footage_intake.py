"""Every file of the shared footage, on the cards it could have come on, against the manifest.

The trees are those of real recorders; one card bears what is damaged; the same bytes come under
two names on two cards, and two cards have one name for other bytes.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest

from evidence.vocabulary import DockState
from storage.site import SitePlan
from tests.docking import House, cards_in, open_house, put
from tests.footage import manifest

FIRST = "DCIM/VIDEO/A11_2222222_222222_20260902180118_0001.mp4"
LOG = (
    b"2026/09/02-17:59:00 #ID:2222222 #Power On\r\n"
    b"2026/09/02-18:01:18 #ID:2222222 #Record Start\r\n"
    b"2026/09/02-18:21:40 #ID:2222222 #Record Start\r\n"
    b"2026/09/02-19:30:00 #ID:2222222 #Record Start\r\n"  # no file answers to this one
    b"2026/09/02-20:00:00 #ID:2222222 #USB Connect\r\n"
)

CARDS: Mapping[str, Mapping[str, str]] = {
    "A11-2222222": {
        FIRST: "cam_1080p_bframes.mp4",
        "DCIM/VIDEO/A11_2222222_222222_20260902182140_0002_IMP.mp4": (
            "fixed_139s_10fps_bframes_noaudio.mp4"
        ),
        "DCIM/VIDEO/A11_2222222_222222_20260902184500_0004.mp4": "nocam_bbb_trailer_7mb.mp4",
        "DCIM/PHOTO/A11_2222222_222222_20260902184700_0005.jpg": "photo_nikon_gps_DSCN0012.jpg",
        "DCIM/AUDIO/A11_2222222_222222_20260902185000_0006.wav": "audio_speech.wav",
    },
    "GOPRO": {
        "DCIM/100GOPRO/GX010007.MP4": "GX010007.MP4",
        "DCIM/100GOPRO/GX020007.MP4": "GX020007.MP4",
        "DCIM/100GOPRO/GX030007.MP4": "GX030007.MP4",
        "DCIM/100GOPRO/GH010008.MP4": "gopro_max_heromode.mp4",
        "DCIM/100GOPRO/GX010007.THM": "photo_orientation6_landscape.jpg",
        "DCIM/100GOPRO/GL010007.LRV": "long_362s_1080p_lowbitrate.mp4",
    },
    "DCF": {
        "DCIM/100VIDEO/SAM_0001.AVI": "kodak_100_0306_mjpeg.AVI",
        "DCIM/100VIDEO/SAM_0002.MTS": "sony_a7m3_avchd.mts",
        "DCIM/100VIDEO/SAM_0003.mkv": "webcam_book_noaudio.mkv",
    },
    "CAR": {
        "NORMAL/20160828-211608_NOR_D.mp4": "dashcam_road_540p.mp4",
        "EVENT/20160828-211708_EVT_D.mp4": "fragmented_15s_60fps.mp4",
        "MOVIE/copy of the first.mp4": "cam_1080p_bframes.mp4",  # the bytes of another card
    },
    "PHONE": {
        "DCIM/Camera/VID_20240203_150538.mp4": "phone_android_rot90_gps.mp4",
        "DCIM/Camera/IMG_20200827_231612.jpg": "photo_mi_a3_gps_IMG_20200827_231612.jpg",
        "DCIM/Camera/PXL_20240209_202348123.mp4": "phone_pixel_hevc10_hlg_gps.mp4",
        "DCIM/100APPLE/IMG_2927.HEIC": "photo_iphone_IMG_2927.HEIC",
        "DCIM/100APPLE/IMG_2928.MOV": "phone_iphone_rot90_gps.mov",
        "DCIM/100APPLE/IMG_2929.MOV": "phone_iphone_720p60_gps.mov",
        "DCIM/100APPLE/IMG_2930.MP4": "phone_iphone_hevc_editlist_rot90.mp4",
        "DCIM/portrait_4k60.mp4": "phone_android_portrait_4k60.mp4",
        "DCIM/vfr.mp4": "cam_hevc_portrait_vfr.mp4",
        "Videos/MOV00006.3gp": "phone2004_MOV00006.3gp",
        "Recordings/memo.m4a": "audio_iphone_memo_gps.m4a",
        "Recordings/note.amr": "audio_amr_nb.amr",
    },
    "DAMAGED": {
        FIRST: "damaged_corrupted_h264.mp4",  # the name of another card's file
        "DCIM/VIDEO/moov_missing.MP4": "damaged_moov_missing.MP4",
        "DCIM/VIDEO/text.MP4": "damaged_text_named.MP4",
        "DCIM/VIDEO/truncated.mp4": "damaged_truncated_after_moov.mp4",
        "DCIM/VIDEO/zero.MP4": "damaged_zero_bytes.MP4",
        "DCIM/VIDEO/zero again.MP4": "damaged_zero_bytes.MP4",
    },
}
LITTER = {
    "System Volume Information/IndexerVolumeGuid": b"not evidence",
    "DCIM/VIDEO/._A11_2222222.mp4": b"attributes",
}
KINDS = {
    FIRST: {"VIDEO"},
    "DCIM/PHOTO/A11_2222222_222222_20260902184700_0005.jpg": {"PHOTO"},
    "DCIM/AUDIO/A11_2222222_222222_20260902185000_0006.wav": {"AUDIO"},
    "DCIM/100GOPRO/GX010007.THM": {"THUMBNAIL"},
    "DCIM/100GOPRO/GL010007.LRV": {"LOW_RESOLUTION"},
    "LOG/20260902.txt": {"CARD_LOG"},
    "DCIM/100APPLE/IMG_2927.HEIC": {"PHOTO"},
    "DCIM/100VIDEO/SAM_0002.MTS": {"VIDEO"},
    "Recordings/note.amr": {"AUDIO"},
}
LABELS = {
    "DCIM/VIDEO/A11_2222222_222222_20260902182140_0002_IMP.mp4": {"IMPORTANT"},
    "EVENT/20160828-211708_EVT_D.mp4": {"IMPORTANT"},
    "DCIM/VIDEO/zero.MP4": {"EMPTY", "UNKNOWN_NAME"},
    "MOVIE/copy of the first.mp4": {"UNKNOWN_NAME"},
    FIRST: set(),
}


def build(folder: Path) -> dict[str, Path]:
    """The cards as folders, by name."""
    footage = {file.name: file.path for file in manifest()}
    cards = {}
    for name, tree in CARDS.items():
        files = {path: footage[source].read_bytes() for path, source in tree.items()}
        cards[name] = put(folder / name, files)
    put(cards["A11-2222222"], {"LOG/20260902.txt": LOG, **LITTER})
    return cards


def check_against_manifest(house: House, times: int) -> None:
    """Vault, rows and log hold what the manifest says, each file seen `times` times."""
    listed = {file.name: file for file in manifest()}
    used = Counter(source for tree in CARDS.values() for source in tree.values())
    assert set(used) == set(listed), "not every file of the footage is on a card"
    log = hashlib.sha256(LOG).hexdigest()
    expected = {listed[name].sha256: count * times for name, count in used.items()} | {log: times}

    vault = house.site.vault
    assert list(vault.digests()) == sorted(expected)
    for file in listed.values():
        with vault.open(file.sha256) as original:
            assert original.read() == file.path.read_bytes(), file.name
    recordings = {row["id"]: row["size"] for row in house.rows("recordings")}
    sizes = {file.sha256: file.size for file in listed.values()}
    assert recordings == sizes | {log: len(LOG)}
    assert Counter(row["recording_id"] for row in house.rows("sightings")) == expected
    sealed = house.entries("recording.sealed")
    assert Counter(str(entry.facts["recording"]) for entry in sealed) == expected
    first = Counter(str(e.facts["recording"]) for e in sealed if e.facts["first_sighting"])
    assert first == Counter(list(expected))
    assert sum(row.table == "recordings" for e in sealed for row in e.rows) == len(expected)
    assert house.count("copies") == len(expected)


def check_kinds_and_labels(house: House) -> None:
    """Names and places were read as they are meant."""
    rows = house.rows("sightings")
    paths = [path.decode() for path in house.names([row["path"] for row in rows])]
    kinds: dict[str, set[str]] = {}
    labels: dict[str, set[str]] = {}
    for path, row in zip(paths, rows, strict=True):
        kinds.setdefault(path, set()).add(row["kind"])
        labels.setdefault(path, set()).update(json.loads(row["labels"]))
    assert {path: kinds[path] for path in KINDS} == KINDS
    assert {path: labels[path] for path in LABELS} == LABELS
    assert kinds["DCIM/VIDEO/text.MP4"] == {"VIDEO"}  # judged by its name, never by its bytes
    times = {path: row["container_time"] for path, row in zip(paths, rows, strict=True)}
    assert times["NORMAL/20160828-211608_NOR_D.mp4"].startswith("2016-08-28T21:16:08")


def check_inventory(house: House) -> None:
    """Litter is on record, with the rule by which it was passed over."""
    noted = {}
    for number in range(house.count("inventories")):
        body = house.inventory(number)
        passed = body["passed_over"]
        assert isinstance(passed, list)
        for item in passed:
            assert isinstance(item, dict)
            [path] = house.names([str(item["path"])])
            noted[path.decode()] = item["reason"]
    assert noted == {
        "System Volume Information/IndexerVolumeGuid": "windows-volume-information",
        "DCIM/VIDEO/._A11_2222222.mp4": "macos-apple-double",
    }


def check_observations(house: House) -> None:
    """Two docked cards claim one number; a number and a recording are missing; nobody is known."""
    codes = Counter(house.observed())
    assert codes["RECORDER_DOUBLED"] == 2
    assert codes["SEQUENCE_GAP"] == 1  # 0003
    assert codes["LOG_WITHOUT_FILE"] == 1
    assert codes["RECORDER_UNKNOWN"] == 2
    assert codes["RECORDER_NOT_SET"] == 4


@pytest.fixture
def cards(tmp_path: Path) -> dict[str, Path]:
    return build(tmp_path / "slots")


def test_docked_together_under_the_watch(
    cards: dict[str, Path], tmp_path: Path, database_url: str
) -> None:
    with open_house(SitePlan(tmp_path / "site", database_url)) as house:
        with house.serve(cards_in(tmp_path / "slots")) as running:
            running.wait_done(*cards)
            for name in cards:
                assert running.history.states(name)[-1] == DockState.SAFE
        check_against_manifest(house, times=1)
        check_kinds_and_labels(house)
        check_inventory(house)
        check_observations(house)
        receipts = house.receipts()
        assert [body["complete"] for body in receipts] == [True] * len(cards)
        house.assert_green()


def test_taken_once_and_then_once_more(
    cards: dict[str, Path], tmp_path: Path, database_url: str
) -> None:
    with open_house(SitePlan(tmp_path / "site", database_url)) as house:
        for times in (1, 2):
            taken = house.take(*cards.values())
            assert [one.trouble for one in taken] == [None] * len(cards)
            check_against_manifest(house, times=times)
            house.assert_green()
        check_kinds_and_labels(house)
        check_inventory(house)
        assert len(house.receipts()) == 2 * len(cards)
