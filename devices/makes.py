"""Profiles of recorder makes: data in `devices/makes/*.toml`, checked when loaded.

Holds always: a loaded pattern cannot run away. Every repeat in it is bounded and stands on a
single character, never on a group, so a match costs at most a fixed polynomial of a name of at
most 255 bytes. Every example in a profile is read by the very form it stands under.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import TypeAlias, TypeVar

from devices.wallclock import PIECES
from devices.words import EventKind, NameClock, Scope
from evidence.errors import BadInput

UNKNOWN = "unknown"
MAX_NAME = 255

_NAME_GROUPS = frozenset(
    {*PIECES, "model", "unit", "recorder", "officer", "sequence", "chapter", "mark", "folder"}
)
_LINE_GROUPS = frozenset({*PIECES, "recorder", "officer", "event"})
_ID = re.compile(r"[a-z][a-z0-9-]{0,31}\Z")
_CLASS_OR_ESCAPE = re.compile(r"\\.|\[\^?\]?[^\]]*\]")
_GROUP_HEAD = re.compile(r"\(\?(?:P<[a-z]+>|:)")
_BOUNDED = re.compile(r"\{(?:[0-9]{1,3},)?([0-9]{1,3})\}")
_FLAGS = re.ASCII | re.IGNORECASE | re.VERBOSE
_Word = TypeVar("_Word", bound=StrEnum)


@dataclass(frozen=True)
class Form:
    """One form of file names; `name` matches the whole name without its extension.

    `folder`, where given, must match the last folder too. `first` and `last` bound the counter;
    `chapter` is meant where the name states none.
    """

    id: str
    name: re.Pattern[str]
    folder: re.Pattern[str] | None
    scope: Scope | None
    clock: NameClock
    important: frozenset[str]
    first: int
    last: int
    first_chapter: int | None
    chapter: int | None


@dataclass(frozen=True)
class LogGrammar:
    """How a make writes its card log; `words` holds lower-case beginnings, the longest first."""

    folders: frozenset[str]
    extensions: frozenset[str]
    encodings: tuple[str, ...]
    line: re.Pattern[str]
    words: tuple[tuple[str, EventKind], ...]


@dataclass(frozen=True)
class Identity:
    """What labels and USB serials of a make are worth as claims."""

    label_number: re.Pattern[str] | None
    label_name: re.Pattern[str] | None
    shared_usb_serials: frozenset[str]


@dataclass(frozen=True)
class Make:
    """A make's profile; names are tried against the makes in ascending `rank`."""

    id: str
    title: str
    source: str
    rank: int
    trees: frozenset[str]
    forms: tuple[Form, ...]
    log: LogGrammar | None
    identity: Identity


Makes: TypeAlias = tuple[Make, ...]


@cache
def load_makes() -> Makes:
    """The packaged profiles in the order of their rank, read once; raises `BadInput`."""
    folder = resources.files("devices").joinpath("makes")
    files = [item for item in folder.iterdir() if item.name.endswith(".toml")]
    texts = {f"devices/makes/{item.name}": item.read_text(encoding="utf-8") for item in files}
    return parse_makes(texts)


def parse_makes(texts: Mapping[str, str]) -> Makes:
    """Profiles from TOML texts by place; raises `BadInput` naming the place."""
    makes = [parse_make(text, place) for place, text in sorted(texts.items())]
    for name in ("id", "rank"):
        values = [getattr(make, name) for make in makes]
        if len(set(values)) != len(values):
            raise BadInput(f"Two makes have the same {name}", place="devices/makes")
    if UNKNOWN not in {make.id for make in makes}:
        raise BadInput(f"No profile has the id {UNKNOWN}", place="devices/makes")
    return tuple(sorted(makes, key=lambda make: make.rank))


def parse_make(text: str, place: str) -> Make:
    """One profile from its TOML text; raises `BadInput` naming `place` and what is wrong there."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{place}: not TOML: {error}", place=place) from error
    table = _Table(values, place)
    make = Make(
        id=table.identifier(),
        title=table.text("title"),
        source=table.text("source"),
        rank=table.integer("rank", None, least=0),
        trees=frozenset(item.lower() for item in table.texts("trees")),
        forms=tuple(_form(item) for item in table.tables("form")),
        log=_log(table.table("log")),
        identity=_identity(table.table("identity") or _Table({}, place)),
    )
    table.done()
    if len({form.id for form in make.forms}) != len(make.forms):
        raise table.wrong("two forms have the same id")
    return make


def form_of(makes: Makes, make: str, *, form: str) -> Form | None:
    """The form that a name was read by, or None."""
    found = (f for m in makes if m.id == make for f in m.forms if f.id == form)
    return next(found, None)


class _Table:
    """A TOML table that knows its place and notices keys nobody asked for."""

    def __init__(self, values: Mapping[str, object], place: str) -> None:
        self._values = dict(values)
        self.place = place

    def wrong(self, what: str) -> BadInput:
        return BadInput(f"{self.place}: {what}", place=self.place)

    def done(self) -> None:
        if self._values:
            raise self.wrong(f"unknown key {min(self._values)!r}")

    def text(self, key: str) -> str:
        value = self._values.pop(key, None)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(f"{key} is not a text")
        return value

    def identifier(self) -> str:
        value = self.text("id")
        self.place = f"{self.place} [{value}]"
        if not _ID.match(value):
            raise self.wrong("id is not of the form word-word")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._values.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(f"{key} is not a list of texts")
        return tuple(value)

    def integer(self, key: str, default: int | None, *, least: int) -> int:
        value = self._values.pop(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise self.wrong(f"{key} is not a whole number from {least}")
        return value

    def optional(self, key: str) -> int | None:
        return self.integer(key, None, least=0) if key in self._values else None

    def word(self, key: str, words: type[_Word], *, default: _Word | None) -> _Word | None:
        if key not in self._values:
            return default
        value = self.text(key)
        if value not in list(words):
            raise self.wrong(f"{key} is {value!r}, not one of {', '.join(words)}")
        return words(value)

    def table(self, key: str) -> "_Table | None":
        value = self._values.pop(key, None)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.wrong(f"{key} is not a table")
        return _Table(value, f"{self.place} {key}")

    def tables(self, key: str) -> list["_Table"]:
        value = self._values.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.wrong(f"{key} is not a list of tables")
        return [_Table(item, f"{self.place} {key}") for item in value]

    def pattern(self, key: str, groups: frozenset[str]) -> re.Pattern[str]:
        text = self.text(key)
        trouble = _runaway(text)
        if trouble:
            raise self.wrong(f"{key} {trouble}")
        try:
            compiled = re.compile(text, _FLAGS)
        except re.error as error:
            raise self.wrong(f"{key} is not a pattern: {error}") from error
        strange = compiled.groupindex.keys() - groups
        if strange:
            raise self.wrong(f"{key} has the unknown group {min(strange)!r}")
        return compiled

    def optional_pattern(self, key: str, groups: frozenset[str]) -> re.Pattern[str] | None:
        return self.pattern(key, groups) if key in self._values else None

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._values))


def _runaway(pattern: str) -> str | None:
    """Why a pattern might take more than bounded time, or None."""
    bare = _GROUP_HEAD.sub("(", _CLASS_OR_ESCAPE.sub("c", pattern))
    bare = "".join(bare.split())
    if "\\" in bare or "(?" in bare or "#" in bare:
        return "uses more than characters, classes, groups and bounded repeats"
    if "*" in bare or "+" in bare or "){" in bare:
        return "repeats without bound, or repeats a group"
    if "{" in _BOUNDED.sub("", bare) or any(int(n) > MAX_NAME for n in _BOUNDED.findall(bare)):
        return "has a repeat that is not bounded"
    return None


def _form(table: _Table) -> Form:
    examples = table.texts("examples")
    form = Form(
        id=table.identifier(),
        name=table.pattern("name", _NAME_GROUPS),
        folder=table.optional_pattern("folder", _NAME_GROUPS),
        scope=table.word("scope", Scope, default=None),
        clock=table.word("clock", NameClock, default=NameClock.LOCAL) or NameClock.LOCAL,
        important=frozenset(item.upper() for item in table.texts("important")),
        first=table.integer("first", 1, least=0),
        last=table.integer("last", 9999, least=1),
        first_chapter=table.optional("first_chapter"),
        chapter=table.optional("chapter"),
    )
    table.done()
    _check_counter(form, table)
    _check_examples(examples, table, matches=lambda text: _matches(form, text))
    return form


def _check_counter(form: Form, table: _Table) -> None:
    if (form.scope is not None) != ("sequence" in form.name.groupindex):
        raise table.wrong("a scope and a sequence go together")
    if form.first >= form.last:
        raise table.wrong("first is not below last")
    by_recorder = form.scope in (Scope.RECORDER, Scope.RECORDER_DAY)
    if by_recorder and "recorder" not in form.name.groupindex:
        raise table.wrong(f"scope {form.scope} needs a recorder in the name")
    if form.folder and form.folder.groupindex.keys() & form.name.groupindex.keys():
        raise table.wrong("name and folder have a group in common")


def _check_examples(
    examples: tuple[str, ...], table: _Table, *, matches: Callable[[str], bool]
) -> None:
    if not examples:
        raise table.wrong("there is no example")
    for example in examples:
        if not matches(example):
            raise table.wrong(f"the example {example!r} does not follow the pattern")


def _matches(form: Form, example: str) -> bool:
    folder, stem = _split(example)
    return match(form, folder, stem=stem) is not None


def _split(example: str) -> tuple[str, str]:
    folder, _, name = example.rpartition("/")
    return folder, name


def match(form: Form, folder: str, *, stem: str) -> dict[str, str] | None:
    """The groups of a name (without its extension) in its last folder, or None if not this form."""
    found = form.name.fullmatch(stem)
    if found is None:
        return None
    groups = {key: value for key, value in found.groupdict().items() if value is not None}
    if form.folder is None:
        return groups
    place = form.folder.fullmatch(folder)
    return groups | {k: v for k, v in place.groupdict().items() if v} if place else None


def _log(table: _Table | None) -> LogGrammar | None:
    if table is None:
        return None
    examples = table.texts("examples")
    grammar = LogGrammar(
        folders=frozenset(item.lower() for item in table.texts("folders")),
        extensions=frozenset(item.lower() for item in table.texts("extensions")),
        encodings=table.texts("encodings"),
        line=table.pattern("line", _LINE_GROUPS),
        words=_words(table.table("events") or _Table({}, table.place)),
    )
    table.done()
    _check_encodings(grammar.encodings, table)
    _check_examples(examples, table, matches=lambda text: grammar.line.fullmatch(text) is not None)
    return grammar


def _check_encodings(encodings: tuple[str, ...], table: _Table) -> None:
    for encoding in encodings or ("none",):
        try:
            "".encode(encoding)
        except LookupError as error:
            raise table.wrong(f"encoding {encoding!r} is not known") from error


def _words(table: _Table) -> tuple[tuple[str, EventKind], ...]:
    found: dict[str, EventKind] = {}
    for key in table:
        if key not in list(EventKind):
            raise table.wrong(f"{key} is not a kind of event")
        for word in table.texts(key):
            normal = normal_words(word)
            if not normal or normal in found:
                raise table.wrong(f"the word {word!r} is empty or stands twice")
            found[normal] = EventKind(key)
    return tuple(sorted(found.items(), key=lambda item: (-len(item[0]), item[0])))


def normal_words(text: str) -> str:
    """Text in the form in which event words are compared: lower case, single spaces."""
    return " ".join(text.casefold().split())


def _identity(table: _Table) -> Identity:
    identity = Identity(
        label_number=table.optional_pattern("label_number", frozenset()),
        label_name=table.optional_pattern("label_name", frozenset()),
        shared_usb_serials=frozenset(s.upper() for s in table.texts("shared_usb_serials")),
    )
    table.done()
    return identity
