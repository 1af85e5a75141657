"""The demonstration's cards: what recorders leave, the same every time, and read as meant."""

import hashlib
import os
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pytest

from devices.cardlog import read_log
from devices.gaps import log_gaps, sequence_gaps
from devices.litter import passed_over
from devices.makes import load_makes
from devices.names import NameFacts, read_name
from script.cards import CardMade, Shift, make_cards, plans
from script.studio import ENCODERS, PICTURES, CannotMake, Clip, Studio
from tests.footage import give_up, give_up_without

BASE = datetime(2026, 3, 4, 9, 0)  # noqa: DTZ001 (a recorder's clock has no zone)
MEDIA = (".mp4", ".avi", ".m4a", ".jpg", ".lrv", ".thm")


@pytest.fixture(scope="module")
def cards(tmp_path_factory: pytest.TempPathFactory) -> dict[str, CardMade]:
    give_up_without("ffmpeg")
    made = make_cards(tmp_path_factory.mktemp("cards"), seconds=1, base=BASE)
    return {card.folder.name: card for card in made}


def files_of(card: CardMade) -> list[Path]:
    return sorted(path for path in card.folder.rglob("*") if path.is_file())


def names_of(card: CardMade) -> list[NameFacts]:
    taken = [path for path in card.files if passed_over(path.encode()) is None]
    return [read_name(path.encode(), load_makes()) for path in taken]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def decode(path: Path) -> "subprocess.CompletedProcess[str]":
    command = ["ffmpeg", "-v", "error", "-nostdin", "-i", str(path), "-f", "null", "-"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_what_is_named_is_what_is_there(cards: dict[str, CardMade]) -> None:
    assert len(cards) == 6
    for card in cards.values():
        there = [path.relative_to(card.folder).as_posix() for path in files_of(card)]
        assert there == list(card.files)


def test_every_recording_plays_but_the_broken_ones(cards: dict[str, CardMade]) -> None:
    media = [path for card in cards.values() for path in files_of(card)]
    media = [p for p in media if p.suffix.lower() in MEDIA and not p.name.startswith("._")]
    assert len(media) > 20
    broken = [path.name[-8:-4] for path in media if decode(path).returncode != 0]
    assert broken == ["0012", "0014"]


def test_no_two_recordings_are_the_same(cards: dict[str, CardMade]) -> None:
    files = [path for card in cards.values() for path in files_of(card) if path.stat().st_size]
    digests = {digest(path) for path in files}
    assert len(digests) == len(files)


def test_the_product_reads_the_names_as_they_are_meant(cards: dict[str, CardMade]) -> None:
    for card in cards.values():
        facts = [name for name in names_of(card) if name.form]
        assert card.make in {name.make for name in facts}
        assert {name.recorder for name in facts} <= {card.recorder or None}
    [marked] = [name for name in names_of(cards["A11-2222222"]) if name.important]
    assert (marked.officer, marked.sequence) == ("222222", 2)
    assert marked.claimed_time == "2026-03-04T09:22:34"


def test_the_troubled_card_has_its_troubles_and_the_others_none(cards: dict[str, CardMade]) -> None:
    makes = load_makes()
    for card in cards.values():
        names = names_of(card)
        logs = [read_log(path.read_bytes(), makes) for path in card.folder.glob("LOG/*.txt")]
        gaps = [(gap.first, gap.last) for gap in sequence_gaps(names, makes).found]
        lost = [gap.at for gap in log_gaps(logs, names).found]
        troubled = card.folder.name == "A11-9090909"
        assert gaps == ([(13, 13)] if troubled else [])
        assert lost == (["2026-03-04T11:26:41"] if troubled else [])
    litter = [path for path in cards["A11-9090909"].files if passed_over(path.encode())]
    assert len(litter) == 3


def test_a_clip_made_again_is_the_same_to_the_byte(tmp_path: Path) -> None:
    give_up_without("ffmpeg")
    pictures = [Clip("small", 0.4, seed, "A11", BASE, BASE) for seed in range(len(PICTURES))]
    clips = [*pictures, *(Clip(kind, 0.4, 1, "A11", BASE, BASE) for kind in ENCODERS)]
    made = [Studio.open(tmp_path / name).make(clips) for name in ("one", "two")]
    for clip in clips:
        assert digest(made[0][clip]) == digest(made[1][clip]), clip


def test_the_same_again_is_the_same(cards: dict[str, CardMade], tmp_path: Path) -> None:
    for card in make_cards(tmp_path, seconds=1, base=BASE):
        first = cards[card.folder.name]
        assert card.files == first.files
        for path in card.files:
            assert digest(card.folder / path) == digest(first.folder / path), path
            assert (card.folder / path).stat().st_mtime == (first.folder / path).stat().st_mtime


def test_a_folder_that_is_there_is_left_alone(cards: dict[str, CardMade]) -> None:
    out = cards["CAR"].folder.parent
    with pytest.raises(CannotMake, match="is there already"):
        make_cards(out, seconds=1, base=BASE)
    assert files_of(cards["CAR"])


def test_seed_and_number_of_recorders_change_what_is_planned() -> None:
    one, other = (plans(Shift(BASE, 1.0, seed), 20) for seed in (1, 2))
    assert len({plan.name for plan in one}) == 20
    assert [plan.name for plan in one] == [plan.name for plan in other]
    clips = [
        {i.content for p in many for i in p.items if isinstance(i.content, Clip)}
        for many in (one, other)
    ]
    assert not clips[0] & clips[1]


def test_without_ffmpeg_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(CannotMake, match="ffmpeg is not installed"):
        Studio.open(tmp_path, program="no-such-program")


def test_without_a_font_the_picture_lacks_its_clock_and_it_is_said(tmp_path: Path) -> None:
    give_up_without("ffmpeg")
    opened = Studio.open(tmp_path)
    if opened.font is None:
        give_up("no font is installed", ci=bool(os.environ.get("CI")))
    clip = Clip("photo", 1, 3, "A11", BASE, BASE)
    bare = Studio(opened.ffmpeg, opened.version, None, tmp_path)
    assert opened.remark is None
    assert "show no clock" in (bare.remark or "")
    assert bare.make([clip])[clip].read_bytes() != opened.make([clip])[clip].read_bytes()


def test_a_clip_that_fails_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    broken = Studio(shutil.which("false") or "false", "none", None, tmp_path)
    with pytest.raises(CannotMake, match="could not make a photo clip: nothing"):
        broken.make([Clip("photo", 1, 3, "A11", BASE, BASE)])
    assert list(tmp_path.iterdir()) == []
