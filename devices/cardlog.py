"""The recorder's own log on the card (`LOG/20260829.txt`), read leniently.

Holds always: any bytes are accepted and nothing is raised; what is not understood is counted, not
dropped in silence, and work is bounded: at most `MAX_LOG_BYTES`, `MAX_LINES` and, per line,
`MAX_LINE_BYTES` are looked at. The log itself is evidence and is kept whole elsewhere; this is
only a reading of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from devices.makes import LogGrammar, Make, Makes, normal_words
from devices.wallclock import wall_time
from devices.words import EventKind, Remark, is_unset
from evidence.personal import shown_name

MAX_LOG_BYTES = 8 * 1024 * 1024
MAX_LINES = 100_000
MAX_LINE_BYTES = 4096
_LINE = re.compile(rb"([^\r\n]*)(\r\n|\r|\n|\Z)")


@dataclass(frozen=True)
class LogLine:
    """A line that follows the grammar.

    `number` counts from 1. `time` is YYYY-MM-DDTHH:MM:SS on the recorder's clock, or None where
    none or no real one is written. Numbers are None where absent or factory zeros; the raw fields
    keep what is written. `text` is the event, spelled out for eyes. `damaged` means the line
    holds bytes that are no text: its facts are shown but claim nothing.
    """

    number: int
    make: str
    time: str | None
    recorder: str | None
    recorder_raw: str | None
    officer: str | None
    officer_raw: str | None
    event: EventKind
    text: str
    damaged: bool
    remark: Remark | None


@dataclass(frozen=True)
class CardLog:
    """One log file as read: `damaged` counts lines not understood or with bytes that are no text.

    `truncated` means that there is more than was looked at.
    """

    lines: tuple[LogLine, ...]
    looked_at: int
    damaged: int
    truncated: bool


def read_log(data: bytes, makes: Makes) -> CardLog:
    """Reads a log; give up to `MAX_LOG_BYTES` + 1 bytes, so that more than the limit is seen."""
    found: list[LogLine] = []
    looked_at = damaged = 0
    truncated = len(data) > MAX_LOG_BYTES
    for number, raw in _lines(data[:MAX_LOG_BYTES]):
        if number > MAX_LINES:
            truncated = True
            break
        if not raw.strip():
            continue
        looked_at += 1
        line = _read_line(number, raw, makes=makes)
        damaged += line is None or line.damaged
        if line:
            found.append(line)
    return CardLog(tuple(found), looked_at, damaged, truncated)


def _lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    for number, found in enumerate(_LINE.finditer(data.removeprefix(b"\xef\xbb\xbf")), start=1):
        yield number, found.group(1)


def _read_line(number: int, raw: bytes, *, makes: Makes) -> LogLine | None:
    if len(raw) > MAX_LINE_BYTES:
        return None
    for make in makes:
        line = _by_grammar(number, raw, make=make, log=make.log) if make.log else None
        if line:
            return line
    return None


def _by_grammar(number: int, raw: bytes, *, make: Make, log: LogGrammar) -> LogLine | None:
    text, damaged = _decode(raw.rstrip(b"\x00 \t"), log.encodings)
    found = log.line.fullmatch(text)
    if found is None:
        return None
    groups = found.groupdict()
    time = wall_time(groups)
    event = groups.get("event") or ""
    return LogLine(
        number=number,
        make=make.id,
        time=time.text,
        recorder=_number(groups.get("recorder")),
        recorder_raw=groups.get("recorder"),
        officer=_number(groups.get("officer")),
        officer_raw=groups.get("officer"),
        event=_event(event, log),
        text=shown_name(event.strip().encode("utf-8", "surrogateescape")),
        damaged=damaged,
        remark=time.remark,
    )


def _decode(raw: bytes, encodings: tuple[str, ...]) -> tuple[str, bool]:
    """The text, and whether bytes of it are no text in any of the make's encodings."""
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text, not all(c.isprintable() or c == "\t" for c in text)
    return raw.decode("utf-8", "surrogateescape"), True


def _number(raw: str | None) -> str | None:
    return None if raw is None or is_unset(raw) else raw.upper()


def _event(text: str, log: LogGrammar) -> EventKind:
    normal = normal_words(text)
    for word, kind in log.words:
        if normal.startswith(word) and not _goes_on(word, normal):
            return kind
    return EventKind.OTHER


def _goes_on(word: str, text: str) -> bool:
    """Whether a Latin word is only the beginning of a longer one: "Boot" in "Bootloader"."""
    after = text[len(word) : len(word) + 1]
    return word[-1].isascii() and after.isascii() and after.isalpha()
