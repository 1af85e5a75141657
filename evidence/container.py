"""The time a media file claims inside itself: MP4 and MOV, AVI, JPEG.

Holds always: any bytes are accepted, nothing is raised for them and nothing loops: at most
`MAX_READS` reads and `MAX_BYTES` bytes are made, and each step goes forward. The zone is what the
format's specification says, never a guess: many cameras write local time where it says UTC, and
that is for whoever compares clocks to find out.

Sources: ISO/IEC 14496-12 (`mvhd`: seconds since 1904 in UTC); the QuickTime format only advises
UTC, so its zone is unknown; AVI `IDIT` and `ICRD` are texts without a zone; EXIF 2.3
DateTimeOriginal is local time.
"""

import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from evidence.personal import shown_name

MAX_READS = 2048
MAX_BYTES = 256 * 1024
MAX_BOXES = 512

Reader = Callable[[int, int], bytes]
"""Gives up to that many bytes from that offset; what it raises is passed on."""


class ClaimedZone(StrEnum):
    """What the format's specification says of the zone."""

    UTC_BY_SPEC = "UTC_BY_SPEC"
    LOCAL = "LOCAL"
    UNKNOWN = "UNKNOWN"


class ContainerRemark(StrEnum):
    """Why there is no time."""

    NOT_READ = "NOT_READ"  # a format that is not looked into
    NOT_FOUND = "NOT_FOUND"  # no such field within the bounds
    NOT_SET = "NOT_SET"  # zero, blank, or in 1904: a clock that was never set
    INVALID = "INVALID"  # a value that is no time
    DATE_ONLY = "DATE_ONLY"  # a day without a time of day


@dataclass(frozen=True)
class ContainerTime:
    """`text` is YYYY-MM-DDTHH:MM:SS in `zone`, or None with a remark.

    `raw` is the value as it stands in the file: a decimal number of seconds since 1904, or text
    spelled out for eyes. `field` names where it was found.
    """

    text: str | None
    raw: str | None
    zone: ClaimedZone
    field: str | None
    remark: ContainerRemark | None


_BOXES = frozenset(
    {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp", b"uuid"}
)
_EPOCH = datetime(1904, 1, 1)  # noqa: DTZ001 - the zone is stated beside the value
_QUICKTIME = b"qt  "
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_C_TIME = re.compile(
    r"[A-Z]{3} (?P<month>[A-Z]{3}) {1,2}(?P<day>[0-9]{1,2}) "
    r"(?P<clock>[0-9]{2}:[0-9]{2}:[0-9]{2}) (?P<year>[0-9]{4})"
)
_DIGITS = re.compile(
    r"(?P<year>[0-9]{4})[:/ -] ?(?P<month>[0-9]{1,2})[:/ -] ?(?P<day>[0-9]{1,2})"
    r"(?:[/T]? {0,2}(?P<clock>[0-9]{2}:[0-9]{2}:[0-9]{2}))?"
)


def claimed_time(read: Reader, size: int) -> ContainerTime:
    """The claimed time of a file of `size` bytes."""
    window = _Window(read, size)
    head = window.take(0, 12)
    if head[4:8] in _BOXES:
        return _movie(window)
    if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
        return _avi(window)
    if head[:3] == b"\xff\xd8\xff":
        return _jpeg(window)
    return _without(ContainerRemark.NOT_READ)


def _without(
    remark: ContainerRemark,
    field: str | None = None,
    *,
    raw: str | None = None,
    zone: ClaimedZone = ClaimedZone.UNKNOWN,
) -> ContainerTime:
    return ContainerTime(None, raw, zone, field, remark)


class _Window:
    """A file through which only so much can be read; what is refused reads as empty."""

    def __init__(self, read: Reader, size: int) -> None:
        self._read = read
        self._reads = MAX_READS
        self._bytes = MAX_BYTES
        self.size = size

    def take(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes; fewer at the end of the file, none beyond a bound."""
        length = min(length, self.size - offset)
        if length <= 0 or offset < 0 or self._reads == 0 or length > self._bytes:
            return b""
        self._reads -= 1
        self._bytes -= length
        return self._read(offset, length)[:length]


def _movie(window: _Window) -> ContainerTime:
    zone = ClaimedZone.UNKNOWN
    for kind, start, end in _boxes(window, 0, end=window.size):
        if kind == b"ftyp" and window.take(start, 4) not in (b"", _QUICKTIME):
            zone = ClaimedZone.UTC_BY_SPEC
        if kind == b"moov":
            header = next(
                (box for box in _boxes(window, start, end=end) if box[0] == b"mvhd"), None
            )
            return _movie_header(window, header[1], zone=zone) if header else _no_header(zone)
    return _no_header(zone)


def _no_header(zone: ClaimedZone) -> ContainerTime:
    return _without(ContainerRemark.NOT_FOUND, zone=zone)


def _boxes(window: _Window, offset: int, *, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start and end of the content of each box in a range; stops at the first broken one."""
    for _ in range(MAX_BOXES):
        head = window.take(offset, 16)
        if offset + 8 > end or len(head) < 8:
            return
        length, kind = struct.unpack_from(">I4s", head)
        header = 8
        if length == 1 and len(head) == 16:
            length, header = struct.unpack_from(">Q", head, 8)[0], 16
        if length == 0:
            length = end - offset
        if length < header:
            return
        yield kind, offset + header, min(offset + length, end)
        offset += length


def _movie_header(window: _Window, start: int, *, zone: ClaimedZone) -> ContainerTime:
    head = window.take(start, 12)
    layout = ">Q" if head[:1] == b"\x01" else ">I"
    if len(head) < 12:
        return _without(ContainerRemark.NOT_FOUND, "mvhd", zone=zone)
    seconds: int = struct.unpack_from(layout, head, 4)[0]
    try:
        moment = _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return _without(ContainerRemark.INVALID, "mvhd", raw=str(seconds), zone=zone)
    if moment.year == _EPOCH.year:
        return _without(ContainerRemark.NOT_SET, "mvhd", raw=str(seconds), zone=zone)
    return ContainerTime(moment.isoformat(), str(seconds), zone, "mvhd", None)


def _avi(window: _Window) -> ContainerTime:
    weaker = _without(ContainerRemark.NOT_FOUND)
    for kind, start, end in _chunks(window, 12, end=window.size):
        inner = (
            _chunks(window, start + 4, end=end) if kind == b"LIST" else iter([(kind, start, end)])
        )
        if window.take(start, 4) == b"movi":
            continue
        for name, first, last in inner:
            if name == b"IDIT":
                return _text_time(window.take(first, min(last - first, 64)), "IDIT")
            if name == b"ICRD" and weaker.field is None:
                weaker = _text_time(window.take(first, min(last - first, 64)), "ICRD")
    return weaker


def _chunks(window: _Window, offset: int, *, end: int) -> Iterator[tuple[bytes, int, int]]:
    for _ in range(MAX_BOXES):
        head = window.take(offset, 8)
        if offset + 8 > end or len(head) < 8:
            return
        kind, length = struct.unpack("<4sI", head)
        yield kind, offset + 8, min(offset + 8 + length, end)
        offset += 8 + length + length % 2


def _jpeg(window: _Window) -> ContainerTime:
    offset = 2
    for _ in range(MAX_BOXES):
        head = window.take(offset, 10)
        if len(head) < 10 or head[0] != 0xFF or head[1] in (0xD8, 0xD9, 0xDA):
            break
        length = struct.unpack_from(">H", head, 2)[0]
        if head[1] == 0xE1 and head[4:10] == b"Exif\x00\x00":
            return _exif(window.take(offset + 10, length - 8))
        if length < 2:
            break
        offset += 2 + length
    return _without(ContainerRemark.NOT_FOUND)


def _exif(tiff: bytes) -> ContainerTime:
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(tiff[:4])
    if order is None or len(tiff) < 8:
        return _without(ContainerRemark.NOT_FOUND)
    first = struct.unpack_from(order + "I", tiff, 4)[0]
    exif = _entry(tiff, order, offset=first, tag=0x8769)
    place = struct.unpack_from(order + "I", exif, 8)[0] if exif else len(tiff)
    taken = _ascii(tiff, order, entry=_entry(tiff, order, offset=place, tag=0x9003))
    if taken is None:
        return _without(ContainerRemark.NOT_FOUND)
    offset = _ascii(tiff, order, entry=_entry(tiff, order, offset=place, tag=0x9011)) or b""
    return _text_time(taken, "DateTimeOriginal", offset=offset, zone=ClaimedZone.LOCAL)


def _entry(tiff: bytes, order: str, *, offset: int, tag: int) -> bytes | None:
    """The 12 bytes of a tag's entry in the directory at `offset`."""
    if offset + 2 > len(tiff):
        return None
    count = struct.unpack_from(order + "H", tiff, offset)[0]
    wanted = struct.pack(order + "H", tag)
    for place in range(offset + 2, min(offset + 2 + 12 * count, len(tiff) - 11), 12):
        if tiff[place : place + 2] == wanted:
            return tiff[place : place + 12]
    return None


def _ascii(tiff: bytes, order: str, *, entry: bytes | None) -> bytes | None:
    if entry is None:
        return None
    kind, count, place = struct.unpack_from(order + "HII", entry, 2)
    if kind != 2:
        return None
    return entry[8 : 8 + count] if count <= 4 else tiff[place : place + min(count, 64)]


def _text_time(
    value: bytes, field: str, *, offset: bytes = b"", zone: ClaimedZone = ClaimedZone.UNKNOWN
) -> ContainerTime:
    """The time of a text such as `2020:08:27 23:16:12` or `THU AUG 27 23:16:12 2020`."""
    value, offset = (item.split(b"\x00")[0].strip() for item in (value, offset))
    raw, text = shown_name(value + offset), value.decode("ascii", "replace").upper()
    found = _C_TIME.fullmatch(text) or _DIGITS.fullmatch(text)
    if not text.strip("0:/ -"):
        return _without(ContainerRemark.NOT_SET, field, raw=raw, zone=zone)
    if found and found["clock"] is None:
        return _without(ContainerRemark.DATE_ONLY, field, raw=raw, zone=zone)
    try:
        moment = datetime.fromisoformat(_iso(found) if found else "")
    except ValueError:
        return _without(ContainerRemark.INVALID, field, raw=raw, zone=zone)
    return ContainerTime(moment.isoformat(), raw, zone, field, None)


def _iso(found: re.Match[str]) -> str:
    month = found["month"]
    if month in _MONTHS:
        month = str(_MONTHS.index(month) + 1)
    return f"{found['year']}-{month:0>2}-{found['day']:0>2}T{found['clock']}"
