"""What a parameter of a policy profile may hold: kinds, and what is wrong with a value of TOML.

Holds always: a value that `wrongs` finds nothing about has a plain form (`plain`) of texts, whole
numbers, truth values, lists and tables, and nothing else; a truth value is never taken for a
number. Lengths of time are texts such as `15 wd`: a number and one of the units of `UNITS`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from evidence.canonical import Json

Words = tuple[str, str]
"""The same in Chinese and English."""

UNITS: Mapping[str, Words] = {
    "wd": ("个工作日", "working days"),
    "cd": ("日", "calendar days"),
    "mo": ("个月", "months"),
    "y": ("年", "years"),
}
"""The units of a length: working days are 工作日, calendar days 日."""

PERMANENT = "permanent"
CASE_ARCHIVE = "case-archive"
NO_UNIT: Words = ("", "")

_LENGTH = re.compile(r"([1-9][0-9]{0,4}) (wd|cd|mo|y)")
_EVERY = re.compile(r"P[1-9][0-9]{0,3}[DMY]")
_MONTH_DAY = re.compile(r"[0-9]{2}-[0-9]{2}")
_COMMON_YEAR = 2023  # without 29 February, which is no day of every year
_MOST_SHOWN = 60


@dataclass(frozen=True)
class Wrong:
    """A value that does not fit: where below the parameter, what it is, what was expected.

    `path` is empty for the value itself, else such as `[2].tier` (rows are counted from 1).
    """

    path: str
    value: str
    expected: Words


@dataclass(frozen=True)
class Simple:
    """A kind that is judged as a whole."""

    expected: Words
    fits: Callable[[object], bool]


@dataclass(frozen=True)
class Several:
    """A list of at least `least` items of one kind, in which nothing stands twice."""

    of: Simple
    least: int = 0

    @property
    def expected(self) -> Words:
        """What fits, in words."""
        chinese, english = self.of.expected
        return (
            f"至少 {self.least} 项、互不重复的列表，每项为{chinese}",
            f"a list of at least {self.least}, none twice, each {english}",
        )


@dataclass(frozen=True)
class Record:
    """A table of named members; at least one of `any_of` must be there where any are named."""

    members: Mapping[str, "Simple | Several"]
    optional: frozenset[str] = frozenset()
    any_of: frozenset[str] = frozenset()

    @property
    def expected(self) -> Words:
        """What fits, in words."""
        names = ", ".join(self.members)
        return (f"含 {names} 的表", f"a table with {names}")


@dataclass(frozen=True)
class Rows:
    """A list of records, at least one, in which no two have the same `key`."""

    row: Record
    key: str

    @property
    def expected(self) -> Words:
        """What fits, in words."""
        chinese, english = self.row.expected
        return (f"至少一行的列表，每行为{chinese}", f"a list of at least one row, each {english}")


Kind = Simple | Several | Record | Rows


# --- simple kinds ---------------------------------------------------------------------------------


def whole(least: int, most: int, *, unit: Words = NO_UNIT) -> Simple:
    """A whole number between two bounds, both included; `unit` says of what."""
    chinese, english = (f"（{unit[0]}）" if unit[0] else "", f" ({unit[1]})" if unit[1] else "")
    expected = (
        f"{least} 到 {most} 的整数{chinese}",
        f"a whole number from {least} to {most}{english}",
    )
    return Simple(expected, lambda value: type(value) is int and least <= value <= most)


def flag() -> Simple:
    """True or false."""
    return Simple(("true 或 false", "true or false"), lambda value: isinstance(value, bool))


def text() -> Simple:
    """A text of one line that is not empty."""
    return Simple(("一行非空文字", "one line of text"), _is_line)


def formed(form: str, expected: Words) -> Simple:
    """A text that follows a pattern wholly; `expected` says the pattern in words."""
    pattern = re.compile(form)
    return Simple(
        expected, lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None
    )


def choice(*words: str) -> Simple:
    """One of some words."""
    expected = (f"以下之一：{'、'.join(words)}", f"one of {', '.join(words)}")
    return Simple(expected, lambda value: isinstance(value, str) and value in words)


def length(*units: str) -> Simple:
    """A length of time such as `15 wd`, in one of the units given."""
    chinese = "、".join(f"{unit}（{UNITS[unit][0]}）" for unit in units)
    english = ", ".join(f"{unit} ({UNITS[unit][1]})" for unit in units)
    expected = (
        f"形如“15 {units[0]}”的期限，单位为 {chinese}",
        f"a length such as “15 {units[0]}” in {english}",
    )
    return Simple(expected, lambda value: _is_length(value, units))


def every() -> Simple:
    """How often, as ISO 8601 writes it: `P30D`, `P1M`, `P1Y`."""
    expected = ("形如 P30D、P1M 的周期", "an interval such as P30D or P1M")
    return Simple(expected, lambda v: isinstance(v, str) and _EVERY.fullmatch(v) is not None)


def month_day() -> Simple:
    """A day of every year as `01-31`; 29 February is none."""
    return Simple(("形如 01-31 的月日", "a month and day such as 01-31"), _is_month_day)


def day() -> Simple:
    """A date, written in TOML without quotation marks."""
    return Simple(
        ("日期，如 2020-06-01（不加引号）", "a date such as 2020-06-01, without quotation marks"),
        lambda value: isinstance(value, date) and not isinstance(value, datetime),
    )


def retention() -> Simple:
    """How long something is kept: `permanent`, `case-archive` (as its case file), or `30 y`."""
    expected = (
        f"{PERMANENT}、{CASE_ARCHIVE} 或形如 30 y、6 mo 的期限",
        f"{PERMANENT}, {CASE_ARCHIVE} or a length such as 30 y or 6 mo",
    )
    fixed = (PERMANENT, CASE_ARCHIVE)
    return Simple(expected, lambda value: value in fixed or _is_length(value, ("y", "mo")))


def _is_line(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value.isprintable()


def _is_length(value: object, units: tuple[str, ...]) -> bool:
    found = _LENGTH.fullmatch(value) if isinstance(value, str) else None
    return found is not None and found[2] in units


def _is_month_day(value: object) -> bool:
    if not isinstance(value, str) or not _MONTH_DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(f"{_COMMON_YEAR}-{value}")
    except ValueError:
        return False
    return True


def length_parts(length_text: str) -> tuple[int, str]:
    """Number and unit of a length such as `15 wd`; raises `ValueError` for another text."""
    found = _LENGTH.fullmatch(length_text)
    if found is None:
        raise ValueError(f"{length_text!r} is not a length")
    return int(found[1]), found[2]


# --- judging a value ------------------------------------------------------------------------------


def wrongs(kind: Kind, value: object) -> Iterator[Wrong]:
    """Everything about a value that does not fit; nothing if it does."""
    match kind:
        case Simple():
            if not kind.fits(value):
                yield Wrong("", shown(value), kind.expected)
        case Several():
            yield from _wrong_items(kind, value)
        case Record():
            yield from _wrong_members(kind, value)
        case Rows():
            yield from _wrong_rows(kind, value)


def plain(kind: Kind, value: object) -> Json:
    """The plain form of a value that fits; members stand in the order of their kind."""
    match kind, value:
        case Several(of=inner), list():
            return [plain(inner, item) for item in value]
        case Rows(row=row), list():
            return [plain(row, item) for item in value]
        case Record(members=members), dict():
            return {name: plain(one, value[name]) for name, one in members.items() if name in value}
        case _:
            return value if isinstance(value, bool | int) else str(value)


def _wrong_items(kind: Several, value: object) -> Iterator[Wrong]:
    if not isinstance(value, list) or len(value) < kind.least:
        yield Wrong("", shown(value), kind.expected)
        return
    for number, item in enumerate(value):
        yield from _below(f"[{number + 1}]", wrongs(kind.of, item))
        if item in value[:number]:
            yield Wrong(f"[{number + 1}]", shown(item), ("不重复的项", "not listed before"))


def _wrong_members(kind: Record, value: object) -> Iterator[Wrong]:
    if not isinstance(value, dict) or (kind.any_of and not kind.any_of & value.keys()):
        yield Wrong("", shown(value), kind.expected)
        return
    for name in value.keys() - kind.members.keys():
        yield Wrong(f".{name}", shown(value[name]), ("已知的项", "a known member"))
    for name, member in kind.members.items():
        if name in value:
            yield from _below(f".{name}", wrongs(member, value[name]))
        elif name not in kind.optional | kind.any_of:
            yield Wrong(f".{name}", "–", member.expected)


def _wrong_rows(kind: Rows, value: object) -> Iterator[Wrong]:
    if not isinstance(value, list) or not value:
        yield Wrong("", shown(value), kind.expected)
        return
    seen: list[object] = []
    for number, item in enumerate(value, start=1):
        yield from _below(f"[{number}]", wrongs(kind.row, item))
        key = item.get(kind.key) if isinstance(item, dict) else None
        if key is not None and key in seen:
            once = ("不与前面各行重复", "not in a row before")
            yield Wrong(f"[{number}].{kind.key}", shown(key), once)
        seen.append(key)


def _below(path: str, found: Iterator[Wrong]) -> Iterator[Wrong]:
    return (Wrong(path + wrong.path, wrong.value, wrong.expected) for wrong in found)


def shown(value: object) -> str:
    """A value as a sentence may show it: short, on one line."""
    words = " ".join((value if isinstance(value, str) else repr(value)).split())
    return words if len(words) <= _MOST_SHOWN else f"{words[: _MOST_SHOWN - 3]}..."
