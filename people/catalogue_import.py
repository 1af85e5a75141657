"""A bureau's own 音像记录事项清单, read from its table and judged row by row.

Holds always: a preview writes nothing; what is wrong is told by the row's number in the file; a
word that is not known is an error and never a guess; no row may ask for less than the level above
(a lower level may raise a tier, never lower it). A row is held against the item above that its
occasion names, or, if it names none or says only that it is on site, that its item names; the
longest such name counts.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from evidence.canonical import Json
from evidence.policy import InForce
from evidence.policy_checks import is_lower
from evidence.policy_kinds import CASE_ARCHIVE, PERMANENT
from evidence.policy_messages import ROWS
from evidence.vocabulary import Tier
from people.sheets import Cells, Sheet, read_sheet

_MOST_LETTERS = 2000
_HEADINGS_WITHIN = 10

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "item": ("事项", "执法事项", "记录事项", "音像记录事项", "事项名称", "item"),
    "occasion": ("环节", "场合", "环节/场合", "记录场合", "记录环节", "执法环节", "occasion"),
    "begins": ("起点", "开始", "开始记录时间", "记录起点", "开始时间", "start"),
    "content": ("内容", "记录内容", "记录过程", "content"),
    "ends": ("终点", "结束", "结束记录时间", "记录终点", "结束时间", "end"),
    "tier": ("类别", "记录类别", "记录要求", "层级", "class", "tier"),
    "period": ("保管期限", "保存期限", "存储期限", "period"),
}
"""What the columns are called where bureaus publish such lists."""

_NEEDED = ("item", "begins", "ends", "tier")
_TIERS: Mapping[str, Tier] = {
    **dict.fromkeys(
        ("应当全程音像记录", "全程音像记录", "全程记录", "全程", "必须记录", "必须", "必录"),
        Tier.MANDATORY,
    ),
    **dict.fromkeys(
        ("根据实际情况音像记录", "根据实际情况记录", "根据实际情况", "视情记录", "视情", "酌情"),
        Tier.DISCRETIONARY,
    ),
    **dict.fromkeys(("一般", "可不记录", "文字记录", "可以不进行音像记录"), Tier.ORDINARY),
    **{tier.value.lower(): tier for tier in Tier},
}
_PERIODS = {
    "永久": PERMANENT,
    "永久保存": PERMANENT,
    "同案卷": CASE_ARCHIVE,
    "同案卷保管期限": CASE_ARCHIVE,
    "同案卷保留期限": CASE_ARCHIVE,
    "与案卷一致": CASE_ARCHIVE,
    "permanent": PERMANENT,
    "case-archive": CASE_ARCHIVE,
}
_IN_BRACKETS = re.compile(r"\([^()]*\)")  # a heading may add (必填)
_YEARS_OR_MONTHS = re.compile(r"([1-9][0-9]{0,2})(年|个月|y|mo)")


@dataclass(frozen=True)
class ListedItem:
    """One row: what is recorded, on which occasion, from where to where, how, and for how long.

    `row` is its number in the file; `period` is null where the list says none; `code` names the
    item above that it was held against, null where there is none.
    """

    row: int
    item: str
    occasion: str | None
    begins: str
    content: str | None
    ends: str
    tier: Tier
    period: str | None
    code: str | None

    def json(self) -> dict[str, Json]:
        """The row as commands print it."""
        return {**vars(self), "tier": self.tier.value}


@dataclass(frozen=True)
class RowFault:
    """One thing wrong with a row; row 0 is the table as a whole."""

    row: int
    code: str
    facts: Mapping[str, str]

    @property
    def sentence(self) -> tuple[str, str]:
        """What is wrong, in Chinese and English."""
        chinese, english = ROWS[self.code]
        return chinese.format_map(self.facts), english.format_map(self.facts)

    def json(self) -> dict[str, Json]:
        """The fault as commands print it."""
        chinese, english = self.sentence
        message: dict[str, Json] = {"zh": chinese, "en": english}
        return {"row": self.row, "code": self.code, "message": message}


@dataclass(frozen=True)
class Preview:
    """What an import would write: rows that are right, and everything that is wrong.

    `profile` names the policy whose list was the level above; `sha256` is of the file.
    """

    sha256: str
    profile: str
    items: tuple[ListedItem, ...]
    faults: tuple[RowFault, ...]


def preview(path: Path, above: InForce) -> Preview:
    """Reads and judges a table (.xlsx, .xls or .csv); `above` is the policy it stands under.

    Raises `BadInput` for a file that is no table, `OSError` for one that cannot be read.
    """
    return preview_of(read_sheet(path), above)


def preview_of(sheet: Sheet, above: InForce) -> Preview:
    """The same of a table that was read."""
    columns, first = _columns(sheet.rows)
    lacking = [HEADINGS[name][0] for name in _NEEDED if name not in columns]
    if lacking:
        faults = (RowFault(0, "ROW_HEADING", {"value": "、".join(lacking)}),)
        return Preview(sheet.sha256, above.profile.name, (), faults)
    judged = _Judged(_levels(above), [], [], {})
    for number, cells in enumerate(sheet.rows[first:], start=first + 1):
        row = {name: cells[at] if at < len(cells) else "" for name, at in columns.items()}
        if any(row.values()):
            judged.take(number, row)
    if not judged.items and not judged.faults:
        judged.faults.append(RowFault(0, "ROW_NONE", {}))
    return Preview(sheet.sha256, above.profile.name, tuple(judged.items), tuple(judged.faults))


def _columns(rows: Cells) -> tuple[dict[str, int], int]:
    """Where each column is, and the place of the first row below the headings.

    The row that has the most of the headings wins; titles above it and empty rows are passed over.
    """
    best: dict[str, int] = {}
    first = 0
    for place, cells in enumerate(rows[:_HEADINGS_WITHIN]):
        words = [_IN_BRACKETS.sub("", _normal(cell)) for cell in cells]
        found = {name: at for name in HEADINGS if (at := _place_of(name, words)) is not None}
        if len(found) > len(best):
            best, first = found, place + 1
    return best, first


def _place_of(name: str, words: list[str]) -> int | None:
    return next((words.index(word) for word in HEADINGS[name] if word in words), None)


def _normal(text: str) -> str:
    """Text as words are compared: half-width, lower case, without white space."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


@dataclass(frozen=True)
class _Level:
    """An item of the list above."""

    item: str
    code: str
    tier: Tier


def _levels(above: InForce) -> tuple[_Level, ...]:
    """The list above, the longest names first; inspection has a tier of its own beside it."""
    inspection = Tier(above.text("tier.inspection"))
    found = [_Level("行政检查", "INSPECTION", inspection)]
    for row in above.rows("tier.catalogue"):
        item, code, tier = str(row["item"]), str(row["code"]), Tier(str(row["tier"]))
        if code == "EVIDENCE_TAKING":
            tier = _stricter(tier, inspection)
        found.append(_Level(item, code, tier))
    return tuple(sorted(found, key=lambda level: -len(level.item)))


def _stricter(one: Tier, other: Tier) -> Tier:
    return other if is_lower(one, than=other) else one


@dataclass(frozen=True)
class _Judged:
    levels: tuple[_Level, ...]
    items: list[ListedItem]
    faults: list[RowFault]
    seen: dict[tuple[str, str], int]

    def take(self, number: int, row: Mapping[str, str]) -> None:
        """Judges one row: it becomes an item, or its faults are noted."""
        found = list(self._wrong(number, row))
        self.faults.extend(found)
        tier = _TIERS.get(_normal(row["tier"]))
        if found or tier is None:
            return
        level = self._level(row)
        listed = ListedItem(
            row=number,
            item=row["item"],
            occasion=row.get("occasion") or None,
            begins=row["begins"],
            content=row.get("content") or None,
            ends=row["ends"],
            tier=tier,
            period=_period(row.get("period", "")),
            code=level.code if level else None,
        )
        self.items.append(listed)

    def _wrong(self, number: int, row: Mapping[str, str]) -> Iterator[RowFault]:
        for name in _NEEDED:
            if not row[name]:
                yield RowFault(number, "ROW_MISSING", {"value": HEADINGS[name][0]})
        for name, text in row.items():
            if len(text) > _MOST_LETTERS:
                yield RowFault(number, "ROW_LONG", {"value": HEADINGS[name][0]})
        period = row.get("period", "")
        if period and _period(period) is None:
            yield RowFault(number, "ROW_PERIOD", {"value": period})
        yield from self._wrong_tier(number, row)
        yield from self._twice(number, row)

    def _wrong_tier(self, number: int, row: Mapping[str, str]) -> Iterator[RowFault]:
        tier, level = _TIERS.get(_normal(row["tier"])), self._level(row)
        if row["tier"] and tier is None:
            yield RowFault(number, "ROW_TIER", {"value": row["tier"]})
        elif tier is not None and level is not None and is_lower(tier, than=level.tier):
            facts = {"value": tier.value, "item": level.item, "tier": level.tier.value}
            yield RowFault(number, "ROW_LOWERED", facts)

    def _twice(self, number: int, row: Mapping[str, str]) -> Iterator[RowFault]:
        key = _normal(row["item"]), _normal(row.get("occasion", ""))
        first = self.seen.setdefault(key, number)
        if first != number and row["item"]:
            yield RowFault(number, "ROW_TWICE", {"value": row["item"], "first": str(first)})

    def _level(self, row: Mapping[str, str]) -> _Level | None:
        """The item above that the row is held against, or None.

        A step such as 留置送达 is an action of its own; 现场执法 only says where the item is done.
        """
        step, item = self._named(row.get("occasion", "")), self._named(row["item"])
        if step is None or item is None:
            return step or item
        if step.code == "ON_SITE" and is_lower(step.tier, than=item.tier):
            return item
        return step

    def _named(self, text: str) -> _Level | None:
        return next((level for level in self.levels if level.item in text), None)


def _period(text: str) -> str | None:
    """A period as the database holds it, or None where it cannot be read."""
    normal = _normal(text)
    found = _YEARS_OR_MONTHS.fullmatch(normal)
    if found is None:
        return _PERIODS.get(normal)
    return f"{found[1]} {'y' if found[2] in ('年', 'y') else 'mo'}"
