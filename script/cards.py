"""Makes cards as recorders leave them: trees, names, logs and recordings of six makes.

`python -m script.cards OUT_DIR [--recorders N] [--seconds S] [--seed K] [--base TIME]`

Holds always: names and contents follow from seed, base time and ffmpeg alone; every recording
differs from every other; the last card of six is the one with everything that goes wrong.
"""

import argparse
import os
import random
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from script.studio import CannotMake, Clip, Studio

BASE = datetime(2026, 9, 2, 8, 30)  # noqa: DTZ001 (a recorder's clock has no zone)
ZONE = timedelta(hours=8)
BETWEEN = timedelta(minutes=11, seconds=17)


@dataclass(frozen=True)
class Item:
    """One file to put on a card."""

    path: str
    content: Clip | bytes
    written: datetime
    """What the recorder's clock shows when the file is closed."""
    keep: float = 1.0
    """Share of the clip's bytes that is written: below 1 the file ends early."""


@dataclass
class Plan:
    """A card before it is made."""

    name: str
    make: str
    recorder: str
    items: list[Item] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def text(self, path: str, lines: Iterable[str], written: datetime) -> None:
        """Adds a text file with the line ends that recorders write."""
        self.items.append(Item(path, "".join(f"{line}\r\n" for line in lines).encode(), written))


@dataclass(frozen=True)
class CardMade:
    """A card in a folder of its own."""

    folder: Path
    make: str
    recorder: str
    """The number its names carry; empty where the make writes none."""
    files: tuple[str, ...]
    """Paths on the card, with slashes, litter included."""
    problems: tuple[str, ...]
    """What is wrong with it, in words."""


@dataclass(frozen=True)
class Shift:
    """What all cards of one run share."""

    base: datetime
    seconds: float
    seed: int

    def start(self, number: int) -> datetime:
        """When the recording of this number began."""
        return self.base + number * BETWEEN

    def clip(self, kind: str, number: int, *, label: str, utc: bool = True) -> Clip:
        """A clip; `utc` is False for makes that write local time where UTC belongs."""
        wall = self.start(number)
        seconds = self.seconds + (number * 7 + self.seed) % 3
        seed = self.seed * 101 + number * 13 + sum(label.encode())
        return Clip(kind, seconds, seed, label, wall, wall - ZONE if utc else wall)

    def item(self, path: str, clip: Clip, keep: float = 1.0) -> Item:
        """The clip as a file, closed when the recording ended."""
        return Item(path, clip, clip.wall + timedelta(seconds=clip.seconds), keep)


# --- 执法仪 -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recorder:
    """One 执法仪: its model and the numbers in its names."""

    model: str
    number: str
    officer: str

    def name(self, wall: datetime, sequence: int, ending: str) -> str:
        """`MODEL_recorder_officer_YYYYMMDDhhmmss_0001` with `_IMP` and extension as given."""
        stamp = f"{wall:%Y%m%d%H%M%S}"
        return f"{self.model}_{self.number}_{self.officer}_{stamp}_{sequence:04}{ending}"

    def log(self, wall: datetime, event: str) -> str:
        """One line of its log."""
        return f"{wall:%Y/%m/%d-%H:%M:%S} #ID:{self.number} #{event}"

    def runs(self, shift: Shift, clips: Iterable[Clip]) -> list[str]:
        """The log of a day: power on, each recording, then the cable."""
        lines = [self.log(shift.base - timedelta(minutes=3), "Power On")]
        last = shift.base
        for clip in clips:
            last = clip.wall + timedelta(seconds=clip.seconds)
            lines += [self.log(clip.wall, "Record Start"), self.log(last, "Record Stop")]
        return [*lines, self.log(last + timedelta(hours=1), "USB Connect")]


def zfy_card(shift: Shift, number: int) -> Plan:
    """A card in good order: three recordings, one of them marked, a photo and a sound memo."""
    unit = Recorder("A11", "2222222", "222222")
    if number:
        unit = Recorder("A11", f"{3100000 + number}", f"{310000 + number}")
    plan = Plan(f"A11-{unit.number}", "zfy", unit.number)
    label = f"A11_{unit.number}"
    clips = [shift.clip("h264", n, label=label, utc=False) for n in (1, 2, 3)]
    for sequence, (clip, ending) in enumerate(
        zip(clips, (".mp4", "_IMP.mp4", ".mp4"), strict=True), 1
    ):
        plan.items.append(shift.item(f"DCIM/VIDEO/{unit.name(clip.wall, sequence, ending)}", clip))
    photo = shift.clip("photo", 4, label=label, utc=False)
    plan.items.append(shift.item(f"DCIM/PHOTO/{unit.name(photo.wall, 4, '.jpg')}", photo))
    memo = shift.clip("audio", 5, label=label, utc=False)
    plan.items.append(shift.item(f"DCIM/AUDIO/{unit.name(memo.wall, 5, '.m4a')}", memo))
    lines = unit.runs(shift, [*clips, memo])
    plan.text(f"LOG/{shift.base:%Y%m%d}.txt", lines, memo.wall + timedelta(hours=1))
    return plan


def dsj_card(shift: Shift) -> Plan:
    """Two recordings whose names bear a time and no running number."""
    plan = Plan("DSJ-0101017", "zfy", "0101017")
    for number in (1, 2):
        clip = shift.clip("h264", number, label="DSJ_0101017")
        name = f"DSJ_0101017_010236_{clip.wall:%Y%m%d%H%M%S}.MP4"
        plan.items.append(shift.item(f"DCIM/{clip.wall:%Y%m%d}/{name}", clip))
    return plan


def nor_card(shift: Shift) -> Plan:
    """A unit that still has its factory zeros: the names say nothing about who carried it."""
    plan = Plan("NOR-0000000", "zfy", "")
    for number in (1, 2):
        clip = shift.clip("h264", number, label="NOR_0000000")
        name = f"NOR_0000000_000000_{clip.wall:%Y%m%d_%H%M%S}_{number:04}.mp4"
        plan.items.append(shift.item(f"DCIM/100MEDIA/{name}", clip))
    end = shift.start(3)
    line = f"{end:%Y/%m/%d-%H:%M:%S} #ID:0000000-000000#USB Connect"
    plan.text(f"LOG/{shift.base:%Y%m%d}.txt", [line], end)
    plan.problems.append("recorder and officer number were never set")
    return plan


# --- other makes ------------------------------------------------------------------------------


def gopro_card(shift: Shift) -> Plan:
    """A recording in two chapters (HEVC) and one in one (AVC), with thumbnails and small copies."""
    plan = Plan("GOPRO", "gopro", "")
    for number, stem, kind in (
        (1, "GX010123", "hevc"),
        (2, "GX020123", "hevc"),
        (3, "GH010124", "h264"),
    ):
        folder = "DCIM/100GOPRO"
        clip = shift.clip(kind, number, label="GoPro", utc=False)
        small = shift.clip("small", number, label="GoPro", utc=False)
        still = shift.clip("photo", number, label="GoPro", utc=False)
        plan.items.append(shift.item(f"{folder}/{stem}.MP4", clip))
        plan.items.append(shift.item(f"{folder}/{stem}.THM", still))
        plan.items.append(
            shift.item(f"{folder}/{stem.replace('GX', 'GL').replace('GH', 'GL')}.LRV", small)
        )
    plan.items.append(Item("MISC/version.txt", b'{"info version":"2.0"}\n', shift.base))
    return plan


def dashcam_card(shift: Shift) -> Plan:
    """A camera in a car: normal and event recordings, and an older unit's AVI."""
    plan = Plan("CAR", "dashcam", "")
    for number, folder, mark in ((1, "NORMAL", "NOR_D"), (2, "EVENT", "EVT_D")):
        clip = shift.clip("h264", number, label="CAR 7")
        plan.items.append(shift.item(f"{folder}/{clip.wall:%Y%m%d-%H%M%S}_{mark}.mp4", clip))
    old = shift.clip("mjpeg", 3, label="CAR 7 rear")
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    stamp = f"{months[old.wall.month - 1]}.{old.wall:%d.%Y_%H.%M.%S}"
    plan.items.append(shift.item(f"MOVIE/rear_{stamp}.avi", old))
    return plan


def troubled_card(shift: Shift) -> Plan:
    """Everything that goes wrong on one card; its good recordings must be safe all the same."""
    unit = Recorder("A11", "9090909", "909090")
    plan = Plan(f"A11-{unit.number}", "zfy", unit.number)
    clips = {n: shift.clip("h264", n, label=f"A11_{unit.number}", utc=False) for n in range(11, 16)}
    names = {n: f"DCIM/VIDEO/{unit.name(clip.wall, n, '.mp4')}" for n, clip in clips.items()}
    for number, keep in ((11, 1.0), (12, 0.6), (15, 1.0)):
        plan.items.append(shift.item(names[number], clips[number], keep))
    plan.items.append(Item(names[14], b"", clips[14].wall))
    chance = random.Random(shift.seed)
    plan.items.append(Item("DCIM/VIDEO/PREALLOC.dat", chance.randbytes(20_000), shift.start(15)))
    plan.text(f"LOG/{shift.base:%Y%m%d}.txt", unit.runs(shift, clips.values()), shift.start(16))
    for path in (
        "System Volume Information/IndexerVolumeGuid",
        "System Volume Information/WPSettings.dat",
    ):
        plan.items.append(Item(path, chance.randbytes(76), shift.base))
    hidden = names[11].rpartition("/")
    plan.items.append(Item(f"{hidden[0]}/._{hidden[2]}", chance.randbytes(120), shift.base))
    plan.problems += [
        "0012 breaks off in the middle",
        "0013 is not there, though the card's log says that it was begun",
        "0014 is empty",
        "PREALLOC.dat is of no known kind",
    ]
    return plan


def plans(shift: Shift, recorders: int) -> list[Plan]:
    """The first `recorders` cards: one of each make, then more of the first kind."""
    made = [
        zfy_card(shift, 0),
        dsj_card(shift),
        gopro_card(shift),
        nor_card(shift),
        dashcam_card(shift),
        troubled_card(shift),
    ]
    for number in range(1, recorders - len(made) + 1):
        later = Shift(shift.base + timedelta(seconds=number), shift.seconds, shift.seed + number)
        made.append(zfy_card(later, number))
    return made[:recorders]


# --- making them ------------------------------------------------------------------------------


def make_cards(
    out: Path,
    *,
    seconds: float = 4.0,
    seed: int = 1,
    recorders: int = 6,
    base: datetime = BASE,
) -> list[CardMade]:
    """Makes the cards as new folders of `out`.

    `seconds` is the length of the shortest recording, `base` the recorders' clock at the start of
    the shift. Raises `CannotMake` without ffmpeg or where a folder of that name stands, `OSError`
    when `out` cannot be written.
    """
    planned = plans(Shift(base, seconds, seed), recorders)
    clips = [
        item.content for plan in planned for item in plan.items if isinstance(item.content, Clip)
    ]
    made = Studio.open().make(clips)
    return [_write(out, plan, made) for plan in planned]


def _write(out: Path, plan: Plan, made: dict[Clip, Path]) -> CardMade:
    folder = out / plan.name
    if folder.exists():  # it may be somebody's real card
        raise CannotMake(f"{folder} is there already", "Name a folder that does not exist yet")
    for item in plan.items:
        _write_item(folder / item.path, item, made)
    paths = tuple(sorted(item.path for item in plan.items))
    return CardMade(folder, plan.make, plan.recorder, paths, tuple(plan.problems))


def _write_item(path: Path, item: Item, made: dict[Clip, Path]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = item.content if isinstance(item.content, bytes) else made[item.content].read_bytes()
    path.write_bytes(content[: int(len(content) * item.keep)])
    written = (item.written - ZONE).replace(tzinfo=UTC).timestamp()
    os.utime(path, (written, written))


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 3 when the cards cannot be had."""
    parser = argparse.ArgumentParser(prog="python -m script.cards", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--recorders", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--base", type=datetime.fromisoformat, default=BASE)
    asked = parser.parse_args(arguments)
    try:
        cards = make_cards(
            asked.out, seconds=asked.seconds, seed=asked.seed,
            recorders=asked.recorders, base=asked.base,
        )  # fmt: skip
    except CannotMake as trouble:
        print(f"{trouble}. {trouble.advice}, then run this again.", file=sys.stderr)
        return 3
    for card in cards:
        print(f"{card.folder.name:16} {len(card.files):3} files  {'; '.join(card.problems)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
