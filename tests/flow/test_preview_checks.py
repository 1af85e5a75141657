"""Posters, sheets and peaks are checked: what is spoilt, short or failed is no preview."""

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from evidence.errors import DerivativeFailed
from evidence.remarks import Remark, RemarkCode
from render import confine
from render.check import check_drawing, check_jpeg, check_tool
from render.confine import Ended
from render.ffmpeg import Media
from render.peaks import make_peaks
from render.pictures import make_sheet
from render.probe import probe
from tests.footage import footage_dir, give_up_without

SIZE = (320, 240)


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    give_up_without("ffmpeg")
    path = tmp_path_factory.mktemp("picture") / "whole.jpg"
    source = ["-f", "lavfi", "-i", f"testsrc2=s={SIZE[0]}x{SIZE[1]}", "-frames:v", "1"]
    subprocess.run(["ffmpeg", "-v", "error", *source, path], check=True)
    return path


def media(path: Path) -> Media:
    return Media(confine.find(), path)


def test_a_whole_picture_passes(picture: Path) -> None:
    check_jpeg(media(picture), picture)
    check_jpeg(media(picture), picture, size=SIZE)


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2] + b"\xff\xd9"


def spoilt(data: bytes) -> bytes:
    return data[: len(data) // 2] + bytes(400) + data[len(data) // 2 + 400 :]


def empty(_data: bytes) -> bytes:
    return b""


def nothing_but_ends(_data: bytes) -> bytes:
    return b"\xff\xd8\xff\xd9"


def twice(data: bytes) -> bytes:
    return data + data


@pytest.mark.parametrize("spoil", [cut, spoilt, empty, nothing_but_ends, twice])
def test_a_spoilt_picture_does_not(
    picture: Path, tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    """Though it begins and ends like one."""
    path = tmp_path / "spoilt.jpg"
    path.write_bytes(spoil(picture.read_bytes()))
    refused(media(picture), path)


def test_a_picture_of_another_size_or_none_does_not(picture: Path, tmp_path: Path) -> None:
    with pytest.raises(DerivativeFailed):
        check_jpeg(media(picture), picture, size=(SIZE[1], SIZE[1]))
    link = tmp_path / "link.jpg"
    link.symlink_to(picture)
    refused(media(picture), link)
    refused(media(picture), tmp_path / "none.jpg")


def refused(of: Media, path: Path) -> None:
    with pytest.raises(DerivativeFailed) as caught:
        check_jpeg(of, path)
    assert caught.value.facts["why"] == "NOT_WHOLE"


@pytest.mark.parametrize("spoil", [cut, spoilt, empty, nothing_but_ends])
def test_a_sheet_that_is_not_what_was_drawn_is_refused(
    tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    path, drawn = tmp_path / "sheet.jpg", Image.linear_gradient("L").resize(SIZE).convert("RGB")
    drawn.save(path, quality=80)
    check_drawing(path, drawn)
    whole = path.read_bytes()
    for bad, of in (
        (spoil(whole), drawn),
        (whole, drawn.rotate(90)),
        (whole, drawn.crop((0, 0, 8, 8))),
    ):
        path.write_bytes(bad)
        with pytest.raises(DerivativeFailed) as caught:
            check_drawing(path, of)
        assert caught.value.facts["why"] == "NOT_WHOLE"


def spoilt_but_keyframes(path: Path) -> bytes:
    """The file with the second half of each picture between keyframes overwritten.

    Its head stays: that is read of every picture, to tell which are keyframes.
    """
    asked = ["-v", "error", "-of", "json", "-show_entries", "packet=pos,size,flags", str(path)]
    said = subprocess.run(["ffprobe", *asked], check=True, capture_output=True).stdout
    data = bytearray(path.read_bytes())
    for packet in json.loads(said)["packets"]:
        start, size = int(packet["pos"]), int(packet["size"])
        if "K" not in packet["flags"]:
            data[start + size // 2 : start + size] = b"\xff" * (size - size // 2)
    return bytes(data)


def test_a_sheet_shows_keyframes_and_nothing_else_is_decoded(tmp_path: Path) -> None:
    """One a second, each brighter; all between them is white, and here too spoilt to decode."""
    whole, spoilt_between = tmp_path / "whole.mp4", tmp_path / "spoilt.mp4"
    bright = "geq=lum='if(mod(N,10),235,40+45*floor(N/10))':cb=128:cr=128"
    film = ["-f", "lavfi", "-i", f"nullsrc=s=160x120:r=10:d=4,{bright}", "-pix_fmt", "yuv420p"]
    keys = ["-c:v", "libx264", "-g", "10", "-x264-params", "scenecut=0:bframes=0"]
    subprocess.run(["ffmpeg", "-v", "error", *film, *keys, whole], check=True)
    spoilt_between.write_bytes(spoilt_but_keyframes(whole))
    facts = probe(media(whole))
    assert facts.video is not None
    assert probe(media(spoilt_between)).is_damaged
    said = make_sheet(media(spoilt_between), facts, video=facts.video, folder=tmp_path)
    shape = {"columns": 4, "width": 160, "height": 120}
    assert said == {**shape, "times_us": [0, 1_000_000, 2_000_000, 3_000_000]}
    with Image.open(tmp_path / "sheet.jpg") as sheet:
        assert sheet.size == (640, 120)
        shades = [sheet.convert("L").getpixel((80 + 160 * number, 60)) for number in range(4)]
    assert shades == pytest.approx([28, 80, 132, 185], abs=4)  # 40 + 45 n of 16 to 235, as 0 to 255


def test_noise_in_the_purest_colours_is_what_was_drawn(tmp_path: Path) -> None:
    """The worst that compression does to a picture, at a size that ends within a block."""
    chance, colours = Random(7), (b"\xff\0\0", b"\0\0\xff", b"\0\xff\0")
    size = (386, 530)
    points = b"".join(chance.choice(colours) for _ in range(size[0] * size[1]))
    drawn = Image.frombytes("RGB", size, points)
    drawn.save(tmp_path / "sheet.jpg", quality=80)
    check_drawing(tmp_path / "sheet.jpg", drawn)


def test_a_tool_that_ended_badly_made_nothing() -> None:
    with pytest.raises(DerivativeFailed) as caught:
        check_tool(Ended(1, "Conversion failed!"), is_damaged=False)
    assert (caught.value.facts["why"], caught.value.facts["exit"]) == ("TOOL_ENDED", 1)


def test_complaints_are_kept() -> None:
    assert check_tool(Ended(0, ""), is_damaged=False) == {}
    said = "[h264 @ 0x1] Invalid NAL unit size (-1 > 551)."
    kept = Remark(RemarkCode.PICTURE_BROKEN, {"count": 1}, said.replace(" @ 0x1", ""))
    assert check_tool(Ended(69, said), is_damaged=True) == {"reasons": [kept.json()]}


def test_peaks_last_as_long_as_the_sound(tmp_path: Path) -> None:
    path = tmp_path / "speech.wav"
    shutil.copyfile(footage_dir() / "audio_speech.wav", path)
    facts = probe(media(path))
    assert facts.sound is not None
    assert facts.sound_extent is not None
    make_peaks(media(path), facts.sound.index, facts=facts, folder=tmp_path)
    longer = replace(facts.sound_extent, end=facts.sound_extent.end + 500_000)
    with pytest.raises(DerivativeFailed) as caught:
        make_peaks(
            media(path),
            facts.sound.index,
            facts=replace(facts, sound_extent=longer),
            folder=tmp_path,
        )
    assert caught.value.facts["why"] == "OTHER_LENGTH"
