"""Stills: a poster, a contact sheet from keyframes, and photos as pictures a browser shows."""

import sys
from pathlib import Path

from PIL import Image

from evidence.canonical import Json, loads_object
from evidence.errors import DerivativeFailed, Malformed
from render import confine, ffmpeg
from render.check import check_drawing, check_jpeg, check_tool
from render.complaints import complaints, photo_remark
from render.confine import Call, Gathered
from render.extents import extents
from render.ffmpeg import Media, Tiles
from render.photo_place import PYTHON
from render.plan import upright_size
from render.probe import ProbeFacts, VideoFacts

COLUMNS = 6
MOST_TILES = 30
TILE = 192
_SECOND = 1_000_000
_MOST_TIMES = 64 * 1024
_UNREAD = {"DecompressionBombError": "PHOTO_PIXELS", "UnidentifiedImageError": "PHOTO_UNKNOWN"}
_CHILD = Path(__file__).with_name("photo_child.py")


def make_poster(
    media: Media, facts: ProbeFacts, *, video: VideoFacts, folder: Path
) -> dict[str, Json]:
    """Writes `poster.jpg`, a keyframe from a tenth into the recording; else its first."""
    width, height = upright_size(video)
    options: dict[str, str | int] = {"vf": f"scale={width}:{height},setsar=1,format=yuvj420p"}
    is_damaged, made = facts.is_damaged, folder / "poster.jpg"
    ended = ffmpeg.poster(
        media, video.index, options=options, at=facts.length / _SECOND / 10, output=folder
    )
    if not made.exists() or (not is_damaged and (ended.code != 0 or complaints(ended.said))):
        ended = ffmpeg.poster(media, video.index, options=options, at=0.0, output=folder)
    said = check_tool(ended, is_damaged=is_damaged)
    check_jpeg(media, made, size=(width, height))
    return {"width": width, "height": height, **said}


def make_sheet(
    media: Media, facts: ProbeFacts, *, video: VideoFacts, folder: Path
) -> dict[str, Json]:
    """Writes `sheet.jpg`: tiles in rows, and at which microsecond each of them was taken."""
    width, height = upright_size(video, TILE)
    tiles = Tiles(max(facts.length / _SECOND / MOST_TILES, 0.001), width, height)
    size = width * height * 3
    raw = Gathered((MOST_TILES + 1) * size, drop=True)
    times = folder / "times.txt"
    ended = ffmpeg.keyframes(media, video.index, tiles=tiles, sink=raw, times=folder)
    said = check_tool(ended, is_damaged=facts.is_damaged)
    count = len(raw.data) // size
    if count == 0:
        raise DerivativeFailed("no keyframe decodes", why="NO_KEYFRAME")
    with times.open(encoding="ascii", errors="replace") as file:
        at = _times(file.read(_MOST_TIMES), count)
    times.unlink()
    drawn = _compose(bytes(raw.data), tiles, count=count)
    drawn.save(folder / "sheet.jpg", quality=80)
    check_drawing(folder / "sheet.jpg", drawn)
    shape: dict[str, Json] = {"columns": min(COLUMNS, count), "width": width, "height": height}
    return {**shape, "times_us": at, **said}


def make_picture(media: Media, folder: Path) -> dict[str, Json]:
    """Writes `picture.jpg` and `thumb.jpg` of a photo, upright and without its metadata.

    Pillow reads the photo in a confined process of its own. Raises `DerivativeFailed`.
    """
    out = Gathered(_MOST_TIMES)

    def command(name: str) -> list[str]:
        return [sys.executable, "-I", str(_CHILD), name]

    libraries = tuple(dict.fromkeys((*PYTHON, _CHILD)))
    call = Call(command, media.original, folder, media.limits, libraries)
    ended = confine.run(media.way, call, sink=out)
    if ended.code != 0:
        raise _unread(ended.said)
    for name in ("picture.jpg", "thumb.jpg"):
        check_jpeg(media, folder / name)
    try:
        facts = loads_object(bytes(out.data))
    except Malformed as error:
        raise DerivativeFailed("the photo's reader said something else", why="NO_ANSWER") from error
    found = facts.get("reasons")
    lines = map(str, found) if isinstance(found, list) else ()
    return {**facts, "reasons": [photo_remark(line).json() for line in lines]}


def _unread(said: str) -> DerivativeFailed:
    """Why the photo's reader gave up, by the kind of error that its last line begins with."""
    last = (said.strip().splitlines()[-1:] or ["no reason given"])[0][:200]
    kind, message = last.partition(":")[0], f"the photo cannot be read: {last}"
    if kind == "MemoryError":
        return DerivativeFailed(message, code="MEMORY_LIMIT", said=last)
    return DerivativeFailed(message, why=_UNREAD.get(kind, "PHOTO_UNREAD"), said=last)


def _compose(raw: bytes, tiles: Tiles, *, count: int) -> Image.Image:
    rows = -(-count // COLUMNS)
    columns = min(COLUMNS, count)
    sheet = Image.new("RGB", (columns * tiles.width, rows * tiles.height))
    size = tiles.width * tiles.height * 3
    for number in range(count):
        piece = raw[number * size : (number + 1) * size]
        tile = Image.frombytes("RGB", (tiles.width, tiles.height), piece)
        row, column = divmod(number, COLUMNS)
        sheet.paste(tile, (column * tiles.width, row * tiles.height))
    return sheet


def _times(lines: str, count: int) -> list[Json]:
    """Where each tile was taken; empty where ffmpeg did not say it for all."""
    starts = [
        extent.start
        for number in range(count)
        for extent in extents(_only(lines, number))
        if extent is not None
    ]
    return list(starts) if len(starts) == count else []


def _only(lines: str, number: int) -> str:
    """The head of a framecrc listing and its frame of that number."""
    head = [line for line in lines.splitlines() if line.startswith("#")]
    frames = [line for line in lines.splitlines() if not line.startswith("#")]
    return "\n".join([*head, *frames[number : number + 1]])
