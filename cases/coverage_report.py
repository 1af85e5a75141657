"""记录率、及时上传率 and every gap to the second, with what proves it (R-088, R-100, R-110).

Holds always: each rate says what is counted of what; provisional and unknown stand beside it, never
in it; a unit with nothing has a line of zeros; every gap names the digest of its assessment and the
entry of the log that holds it, and each recording of its action with whether it counted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from cases.finding_look import Look
from cases.finding_words import clauses_in
from cases.report_rows import (
    ActionLine,
    Asked,
    Fleet,
    OutingLine,
    Register,
    UploadLine,
    actions_within,
    entries_of,
    outings_due,
    register,
    uploads,
)
from devices.report_words import basis
from evidence.assessment import Exclusion
from evidence.canonical import Json
from evidence.case_vocabulary import ActionType
from evidence.coverage import Modality, Verdict
from evidence.entry import time_text
from evidence.rates import Rate, coverage_text, recording_rate, timely_rate
from evidence.ratio import SHANGHAI
from evidence.register_words import word
from evidence.report import Cell, Report, ReportKind, Table, both, columns
from evidence.report_messages import DEFINITIONS
from people.ratio_rule import Clause

NOTHING = "—"
RULES = ("tier", "coverage", "docking")


@dataclass(frozen=True)
class CoverageSeen:
    """What the report is made of."""

    asked: Asked
    register: Register
    actions: Sequence[ActionLine]
    outings: Sequence[OutingLine]
    uploads: Sequence[UploadLine]
    entries: Mapping[str, int]
    clauses: Sequence[tuple[str, Clause]]


def see_coverage(connection: Connection, asked: Asked) -> CoverageSeen:
    """Reads what is on record. Raises `BadInput` for days in the wrong order or to come."""
    asked.check()
    look = Look(connection, asked.now)
    actions, fleet = actions_within(connection, asked), Fleet.read(look)
    lacking = [one for one in actions if gaps_of(one)]
    proofs = entries_of(
        connection,
        results=[one.sha256 for one in lacking if one.sha256 is not None],
        recordings=[recording for one in lacking for recording, _ in recordings_of(one)],
    )
    return CoverageSeen(
        asked,
        register(connection, asked),
        actions,
        outings_due(fleet, asked),
        uploads(fleet, asked),
        proofs,
        clauses(look, asked, rules=RULES),
    )


def clauses(look: Look, asked: Asked, *, rules: Sequence[str]) -> list[tuple[str, Clause]]:
    """The clauses that the units' policies rest on at the end of the days, by profile."""
    found: dict[tuple[str, Clause], None] = {}
    for unit in [None, *sorted(asked.within or ())]:
        policy = look.policy(unit, asked.last)
        if policy is None:
            continue
        named = "、".join(profile.name for profile in policy.line)
        for rule in rules:
            found.update(dict.fromkeys((named, one) for one in clauses_in(policy, rule)))
    return list(found)


# --- gaps -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gap:
    """One gap: what is missing, from when to when (UTC), and for how many seconds."""

    modality: Modality
    start: datetime
    end: datetime
    seconds: int


def gaps_of(line: ActionLine) -> list[Gap]:
    """The gaps of an action that had to be recorded."""
    if line.body is None or line.verdict not in (Verdict.GAP, Verdict.NONE):
        return []
    return [
        Gap(modality, _moment(gap["from"]), _moment(gap["to"]), int(gap["seconds"]))
        for modality in Modality
        for gap in line.body[modality.value.lower()]["gaps"]
    ]


def recordings_of(line: ActionLine) -> list[tuple[str, str | None]]:
    """The recordings linked to an action, each with the reason why it does not count, if any."""
    if line.body is None:
        return []
    inputs = line.body["inputs"]
    counted: list[tuple[str, str | None]] = [(one["recording"], None) for one in inputs["footage"]]
    return counted + [(one["recording"], one["reason"]) for one in inputs["excluded"]]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


# --- the report as an object ----------------------------------------------------------------------


def coverage_json(seen: CoverageSeen) -> dict[str, Json]:
    """The report for programs."""
    definitions: list[Json] = [
        {"name": {"zh": name[0], "en": name[1]}, "says": {"zh": said[0], "en": said[1]}}
        for name, said in DEFINITIONS
    ]
    return {
        "days": seen.asked.json(),
        "units": [_unit_json(seen, unit) for unit in seen.register.units],
        "total": _rates_json(seen, None),
        "gaps": [_gap_json(seen, line) for line in seen.actions if gaps_of(line)],
        "definitions": definitions,
        "clauses": clauses_json(seen.clauses),
    }


def clauses_json(found: Sequence[tuple[str, Clause]]) -> list[Json]:
    """Clauses for programs."""
    return [
        {"profiles": named, "document": one.document, "article": one.article, "quote": one.quote}
        for named, one in found
    ]


def _unit_json(seen: CoverageSeen, unit: str) -> Json:
    return {"unit": unit, "name": seen.register.unit(unit), **_rates_json(seen, unit)}


def _rates_json(seen: CoverageSeen, unit: str | None) -> dict[str, Json]:
    actions, recording, outings, recordings = _rates(seen, unit)
    return {
        "actions": actions,
        "recording": rate_json(recording),
        "outings": rate_json(outings),
        "recordings": rate_json(recordings),
    }


def _rates(seen: CoverageSeen, unit: str | None) -> tuple[int, Rate, Rate, Rate]:
    """Of a unit, or of all: how many actions, and the three rates."""
    actions = [one for one in seen.actions if unit in (None, one.unit)]
    return (
        len(actions),
        recording_rate((one.tier, one.verdict) for one in actions),
        timely_rate(one.timely for one in seen.outings if unit in (None, one.unit)),
        timely_rate(one.timely for one in seen.uploads if unit in (None, one.unit)),
    )


def rate_json(rate: Rate) -> Json:
    """A rate for programs; `per_mille` is cut off, null of nothing."""
    return {
        "good": rate.good,
        "judged": rate.judged,
        "pending": rate.pending,
        "unknown": rate.unknown,
        "per_mille": rate.per_mille,
        "text": rate.text(),
    }


def _gap_json(seen: CoverageSeen, line: ActionLine) -> Json:
    gaps: list[Json] = [
        {
            "modality": gap.modality.value,
            "from": time_text(gap.start),
            "to": time_text(gap.end),
            "seconds": gap.seconds,
        }
        for gap in gaps_of(line)
    ]
    recordings: list[Json] = [
        {"recording": recording, "entry": seen.entries.get(recording), "excluded": reason}
        for recording, reason in recordings_of(line)
    ]
    return {
        "action": line.action,
        "unit": line.unit,
        "case_number": line.case_number,
        "type": line.type,
        "from": time_text(line.start),
        "to": time_text(line.end),
        "verdict": line.verdict,
        "assessment": line.sha256,
        "entry": seen.entries.get(line.sha256 or ""),
        "gaps": gaps,
        "recordings": recordings,
    }


# --- the report as tables -------------------------------------------------------------------------


def coverage_report(seen: CoverageSeen) -> Report:
    """The report as Excel and PDF take it."""
    actions, recording, outings, recordings = _rates(seen, None)
    return Report(
        ReportKind.COVERAGE,
        ("执法音像记录覆盖情况报告", "Report of coverage"),
        [
            (("起止日期", "days"), f"{seen.asked.first} 至 {seen.asked.last}"),
            (("行为数", "actions"), actions),
            (("记录率", "recording rate"), _rate_cell(recording)),
            (("及时上传率（设备）", "timely upload, recorders"), _rate_cell(outings)),
            (("及时上传率（录像）", "timely upload, recordings"), _rate_cell(recordings)),
            *[((f"口径：{n[0]}", f"definition: {n[1]}"), both(said)) for n, said in DEFINITIONS],
            *basis(seen.register.position, seen.asked.now),
        ],
        [_units(seen), _gaps(seen), _proofs(seen), clauses_table(seen.clauses)],
    )


def _rate_cell(rate: Rate) -> str:
    return f"{rate.text()}（{rate.good}/{rate.judged}）"


def _units(seen: CoverageSeen) -> Table:
    return Table(
        ("各单位", "Each unit"),
        columns(
            ("单位", "unit", 4),
            ("行为数", "actions", 2),
            ("应全程记录且已评定", "mandatory, assessed", 3),
            ("其中全程覆盖", "of these whole", 2),
            ("暂定", "provisional", 2),
            ("未评定", "not assessed", 2),
            ("记录率", "recording rate", 2),
            ("应还次数", "outings judged", 2),
            ("按时", "in time", 2),
            ("未到期", "not due", 2),
            ("及时率·设备", "timely, recorders", 2),
            ("入库录像", "recordings judged", 2),
            ("按时", "in time", 2),
            ("无领用记录", "no outing known", 2),
            ("及时率·录像", "timely, recordings", 2),
        ),
        [_unit_row(seen, unit) for unit in seen.register.units],
    )


def _unit_row(seen: CoverageSeen, unit: str) -> list[Cell]:
    actions, recording, outings, recordings = _rates(seen, unit)
    return [
        *(seen.register.unit(unit), actions, recording.judged, recording.good),
        *(recording.pending, recording.unknown, recording.text()),
        *(outings.judged, outings.good, outings.pending, outings.text()),
        *(recordings.judged, recordings.good, recordings.unknown, recordings.text()),
    ]


def _gaps(seen: CoverageSeen) -> Table:
    return Table(
        ("缺口", "Gaps"),
        columns(
            ("单位", "unit", 3),
            ("案号", "case", 3),
            ("行为", "action", 3),
            ("类别", "type", 3),
            ("结论", "verdict", 3),
            ("覆盖", "covered", 2),
            ("图像或声音", "picture or sound", 2),
            ("起", "from", 3),
            ("止", "to", 3),
            ("秒", "seconds", 1),
        ),
        [row for line in seen.actions for row in _gap_rows(seen, line)],
        ("没有缺口", "no gap"),
    )


def _gap_rows(seen: CoverageSeen, line: ActionLine) -> Iterator[list[Cell]]:
    for gap in gaps_of(line):
        covered = (line.body or {})[gap.modality.value.lower()]["seconds"]
        yield [
            *action_cells(seen.register, line),
            both(word(Verdict(line.verdict or ""))),
            coverage_text(covered, line.seconds),
            both(word(gap.modality)),
            shown(gap.start),
            shown(gap.end),
            gap.seconds,
        ]


def action_cells(names: Register, line: ActionLine) -> list[Cell]:
    """Unit, case, action and type of an action."""
    kind = both(word(ActionType(line.type)))
    return [names.unit(line.unit), line.case_number or NOTHING, line.action, kind]


def _proofs(seen: CoverageSeen) -> Table:
    return Table(
        ("缺口的证明", "What proves the gaps"),
        columns(
            ("行为", "action", 3),
            ("内容", "what", 3),
            ("摘要 SHA-256", "digest", 8),
            ("日志条目", "entry of the log", 2),
            ("是否计入", "counted", 3),
        ),
        [row for line in seen.actions if gaps_of(line) for row in _proof_rows(seen, line)],
    )


def _proof_rows(seen: CoverageSeen, line: ActionLine) -> Iterator[list[Cell]]:
    sha256 = line.sha256 or NOTHING
    yield [line.action, "评定 assessment", sha256, _entry(seen, sha256), NOTHING]
    for recording, reason in recordings_of(line):
        counted = "计入 yes" if reason is None else both(word(Exclusion(reason)))
        yield [line.action, "录像 recording", recording, _entry(seen, recording), counted]


def _entry(seen: CoverageSeen, digest: str) -> Cell:
    return seen.entries.get(digest, NOTHING)


def clauses_table(found: Sequence[tuple[str, Clause]]) -> Table:
    """The clauses as printed, with the profiles and versions they are from."""
    return Table(
        ("条文依据", "Clauses"),
        columns(
            ("政策档及版本", "profiles and versions", 3),
            ("文件", "document", 4),
            ("条款", "article", 2),
            ("原文", "as printed", 9),
        ),
        [[named, one.document, one.article or NOTHING, one.quote] for named, one in found],
    )


def shown(at: datetime) -> str:
    """A moment as it is written in China, to the second."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"
