"""Reads one policy profile from its TOML text, and says everything that is wrong with it.

Holds always: nothing in a text is passed over. A key that is not known, a value that does not fit,
a quotation whose digest differs: each is a `Problem` that names file, line and dotted key. What a
profile must have to be complete or to agree with others is judged in `evidence.policy_checks`.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from evidence.canonical import Json
from evidence.errors import BadInput
from evidence.policy_catalogue import PARAMETERS, RULES
from evidence.policy_kinds import (
    Kind,
    Record,
    Simple,
    Words,
    choice,
    day,
    flag,
    formed,
    plain,
    shown,
    text,
    whole,
    wrongs,
)
from evidence.policy_messages import PROBLEMS
from evidence.policy_profile import DEFAULT, Citation, Profile, Source, Statement, quote_digest
from evidence.vocabulary import Basis, Standing

_ID = formed(
    "[A-Za-z][A-Za-z0-9-]{0,31}",
    (
        "字母开头，由字母、数字和连字符组成的编号",
        "an id of letters, digits and hyphens that begins with a letter",
    ),
)
_SHA256 = formed(
    "[0-9a-f]{64}", ("64 位小写十六进制的 SHA-256", "a SHA-256 of 64 lower-case hexadecimal digits")
)
_PROSE = Simple(
    ("非空文字", "a text"), lambda value: isinstance(value, str) and bool(value.strip())
)
_REMARK = Record({"zh": _PROSE, "en": _PROSE})
_TABLE = Simple(("表", "a table"), lambda value: isinstance(value, dict))
_TABLES = Simple(
    ("表的列表", "a list of tables"),
    lambda value: isinstance(value, list) and all(isinstance(item, dict) for item in value),
)
_BASIS = choice(*(basis.value.lower() for basis in Basis))
_HEADER = re.compile(r"\s*(\[{1,2})\s*([^\[\]]+?)\s*\]{1,2}\s*(?:#.*)?")
_CITING = (Basis.POLICY, Basis.INTERPRETATION)
_EXPLAINED = (Basis.INTERPRETATION, Basis.ENGINEERING, Basis.BUREAU)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong; `place` is such as `XX.toml:12 parameters.ratio.rounding`."""

    code: str
    place: str
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def sentence(self) -> tuple[str, str]:
        """What is wrong and where, in Chinese and English."""
        facts = {**self.facts, "place": self.place}
        chinese, english = PROBLEMS[self.code]
        return chinese.format_map(facts), english.format_map(facts)

    def error(self) -> BadInput:
        """The problem as the reason of a refusal."""
        return BadInput(self.sentence[1], why=self.code, place=self.place, **self.facts)


@dataclass(frozen=True)
class Reading:
    """What a text holds: a profile, unless so much is wrong that there is none."""

    profile: Profile | None
    problems: tuple[Problem, ...]


def read_profile(toml: str, file: str) -> Reading:
    """Reads one text; `file` is how people name it. Raises nothing: problems are returned."""
    problems: list[Problem] = []
    try:
        values = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        return Reading(None, (Problem("POLICY_NOT_TOML", file, {"detail": str(error)}),))
    places = _Places(file, _lines_of_keys(toml))
    table = _Table(values, "", places=places, problems=problems)
    profile = _read(table)
    table.done()
    return Reading(profile, tuple(problems))


# --- tables that notice what nobody asked for -----------------------------------------------------


@dataclass(frozen=True)
class _Places:
    file: str
    lines: Mapping[str, int]

    def of(self, key: str) -> str:
        """The key with its file, and the line of the nearest heading above it."""
        above = key
        while above and above not in self.lines:
            above = _cut(above)
        line = f":{self.lines[above]}" if above else ""
        return f"{self.file}{line} {key}".rstrip()


def _cut(key: str) -> str:
    """The key without its last part."""
    return key[: max(key.rfind("."), key.rfind("["), 0)]


def _lines_of_keys(toml: str) -> dict[str, int]:
    """The line of each heading by its dotted key; tables of a list are numbered from 1."""
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    for number, line in enumerate(toml.splitlines(), start=1):
        heading = _HEADER.fullmatch(line)
        if heading is None:
            continue
        key = heading[2].replace('"', "").replace("'", "")
        if heading[1] == "[[":
            counts[key] = counts.get(key, 0) + 1
            key = f"{key}[{counts[key]}]"
        lines[key] = number
    return lines


class _Table:
    """A table of the text: what is taken from it is judged, what is left is unknown."""

    def __init__(
        self, values: Mapping[str, object], key: str, *, places: _Places, problems: list[Problem]
    ) -> None:
        self._values = dict(values)
        self._key = key
        self._places = places
        self._problems = problems

    def place(self, key: str = "") -> str:
        """How people find a key of this table, or the table."""
        return self._places.of(f"{self._key}.{key}".strip("."))

    def wrong(self, code: str, key: str = "", **facts: str) -> None:
        """Notes a problem with a key, or with the whole table."""
        self._problems.append(Problem(code, self.place(key), facts))

    def has(self, key: str) -> bool:
        return key in self._values

    def take(self, key: str, kind: Kind, *, needed: bool = True) -> object:
        """The value as TOML has it, or None if it is missing or does not fit, which is noted."""
        if key not in self._values:
            if needed:
                self.wrong("POLICY_MISSING_KEY", key, **_both(kind.expected))
            return None
        value = self._values.pop(key)
        found = list(wrongs(kind, value))
        for one in found:
            facts = {"value": one.value, **_both(one.expected)}
            self.wrong("POLICY_WRONG_VALUE", key + one.path, **facts)
        return None if found else value

    def text(self, key: str, kind: Kind = _PROSE, *, needed: bool = True) -> str | None:
        value = self.take(key, kind, needed=needed)
        return value if isinstance(value, str) else None

    def remark(self, *, needed: bool = True) -> Words | None:
        """The remark in Chinese and English."""
        value = self.take("remark", _REMARK, needed=needed)
        return (str(value["zh"]), str(value["en"])) if isinstance(value, dict) else None

    def date(self, key: str, *, needed: bool = True) -> date | None:
        value = self.take(key, day(), needed=needed)
        return value if isinstance(value, date) else None

    def inside(self, key: str) -> "Iterator[tuple[str, _Table]]":
        """The tables below a key, by name."""
        inner = self.take(key, _TABLE, needed=False)
        for name, values in (inner if isinstance(inner, dict) else {}).items():
            below = f"{self._key}.{key}.{name}".strip(".")
            if isinstance(values, dict):
                yield name, _Table(values, below, places=self._places, problems=self._problems)
            else:
                facts = {"value": shown(values), **_both(_TABLE.expected)}
                self._problems.append(Problem("POLICY_WRONG_VALUE", self._places.of(below), facts))

    def tables(self, key: str) -> "Iterator[_Table]":
        """The tables of a list."""
        listed = self.take(key, _TABLES, needed=False)
        for number, values in enumerate(listed if isinstance(listed, list) else [], start=1):
            below = f"{self._key}.{key}[{number}]".strip(".")
            yield _Table(values, below, places=self._places, problems=self._problems)

    def done(self) -> None:
        """Notes every key that nobody took."""
        for key in self._values:
            self.wrong("POLICY_UNKNOWN_KEY", key)


def _both(expected: tuple[str, str]) -> dict[str, str]:
    return {"expected_zh": expected[0], "expected_en": expected[1]}


# --- the parts of a profile -----------------------------------------------------------------------


def _read(table: _Table) -> Profile | None:
    table.take("format", whole(1, 1))
    id_, jurisdiction = table.text("id", _ID), table.text("jurisdiction", text())
    version = table.take("version", whole(1, 10_000))
    valid_from, valid_to = table.date("valid_from"), table.date("valid_to", needed=False)
    inherits = table.text("inherits", _ID, needed=id_ != DEFAULT)
    remark = table.remark()
    sources = {one.id: one for part in table.tables("sources") if (one := _source(part))}
    parameters = _parameters(table, sources)
    rules = _rules(table, sources)
    if id_ is None or jurisdiction is None or valid_from is None or not isinstance(version, int):
        return None
    if valid_to is not None and valid_to < valid_from:
        table.wrong("POLICY_DATES", "valid_to")
        return None
    return Profile(
        id=id_,
        jurisdiction=jurisdiction,
        version=version,
        valid_from=valid_from,
        valid_to=valid_to,
        inherits=inherits,
        remark=remark or ("", ""),
        sources=tuple(sources.values()),
        parameters=parameters,
        rules=rules,
        place=table.place(),
    )


def _source(table: _Table) -> Source | None:
    id_, title = table.text("id", _ID), table.text("title", text())
    number, dated = table.text("number", text(), needed=False), table.date("date", needed=False)
    table.remark(needed=number is None or dated is None)
    sha256 = table.text("sha256", _SHA256)
    table.done()
    if id_ is None or title is None or sha256 is None:
        return None
    return Source(id_, title, number, dated, sha256)


def _parameters(table: _Table, sources: Mapping[str, Source]) -> dict[str, Statement]:
    found: dict[str, Statement] = {}
    for name, part in table.inside("parameters"):
        if name not in PARAMETERS:
            part.wrong("POLICY_UNKNOWN_KEY")
            continue
        standing, value = _standing(part, name)
        statement = _statement(part, sources, name=name, standing=standing, value=value)
        if standing is not None and statement is not None:
            found[name] = statement
    return found


def _rules(table: _Table, sources: Mapping[str, Source]) -> dict[str, Statement]:
    found: dict[str, Statement] = {}
    for name, part in table.inside("rules"):
        if name not in RULES:
            part.wrong("POLICY_UNKNOWN_KEY")
            continue
        statement = _statement(part, sources, name=name, standing=Standing.SET, value=None)
        if statement is not None:
            found[name] = statement
    return found


def _standing(table: _Table, name: str) -> tuple[Standing | None, Json]:
    """What is said of a parameter; a value that does not fit counts as said, and is noted."""
    said = [key for key in ("value", "none", "to_be_set") if table.has(key)]
    if len(said) != 1:
        for key in said:
            table.take(key, Simple(("", ""), lambda _: True))
        table.wrong("POLICY_STANDING")
        return None, None
    kind = PARAMETERS[name].kind
    if said == ["value"]:
        value = table.take("value", kind)
        return (None, None) if value is None else (Standing.SET, plain(kind, value))
    if table.take(said[0], flag()) is not True:
        table.wrong("POLICY_STANDING")
        return None, None
    if not PARAMETERS[name].may_be_none:
        table.wrong("POLICY_MAY_NOT_BE_NONE")
        return None, None
    return (Standing.NONE if said == ["none"] else Standing.TO_BE_SET), None


def _statement(
    table: _Table,
    sources: Mapping[str, Source],
    *,
    name: str,
    standing: Standing | None,
    value: Json,
) -> Statement | None:
    given = table.text("basis", _BASIS)
    remark = table.remark(needed=False)
    cited = [_citation(part, sources) for part in table.tables("citations")]
    table.done()
    if given is None or standing is None:
        return None
    basis = Basis(given.upper())
    if (basis in _CITING) != bool(cited):
        code = "POLICY_NO_CITATION" if basis in _CITING else "POLICY_CITATION_TOO_MANY"
        table.wrong(code, basis=given)
    if basis is Basis.SILENT and standing is not Standing.NONE:
        table.wrong("POLICY_SILENT")
    if basis in _EXPLAINED and remark is None:
        table.wrong("POLICY_NO_REMARK", basis=given)
    citations = tuple(one for one in cited if one is not None)
    return Statement(name, standing, value, basis, citations, remark, table.place())


def _citation(table: _Table, sources: Mapping[str, Source]) -> Citation | None:
    source, article = table.text("source", _ID), table.text("article", text())
    quote, digest = table.text("quote", text()), table.text("digest", _SHA256)
    table.done()
    if source is not None and source not in sources:
        table.wrong("POLICY_NO_SOURCE", "source", value=source)
        return None
    if source is None or article is None or quote is None or digest is None:
        return None
    if digest != quote_digest(quote):
        table.wrong("POLICY_DIGEST_DIFFERS", "digest", expected=quote_digest(quote))
    return Citation(sources[source], article, quote, digest)
