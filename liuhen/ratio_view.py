"""How commands show the ratio: lines of the board, runs of equal days, the rule and its clauses."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from devices.board import BodyRatio
from evidence.canonical import Json
from evidence.quota import QuotaStatus
from evidence.ratio import RatioAt, RatioDay, RatioSpan, by_day
from evidence.register_words import word
from liuhen.output import Output
from liuhen.register_view import both, said
from people.bodies import Body
from people.policies import Followed
from people.ratio_rule import clauses_for, rule_for, stamp_for

_LACKING = (QuotaStatus.SHORT, QuotaStatus.MET_FLOOR_ONLY)


@dataclass(frozen=True)
class Run:
    """Days after each other, both included, on which the ratio is the same at its worst."""

    first: date
    last: date
    ratio: RatioAt


def runs(spans: Sequence[RatioSpan]) -> list[Run]:
    """The days of a history, equal ones together."""
    return runs_of_days(by_day(spans))


def runs_of_days(days: Iterable[RatioDay]) -> list[Run]:
    """Equal days together, where they follow each other."""
    found: list[Run] = []
    for day in days:
        last = found[-1] if found else None
        if last and last.ratio == day.worst and day.day - last.last == timedelta(days=1):
            found[-1] = Run(last.first, day.day, last.ratio)
        else:
            found.append(Run(day.day, day.day, day.worst))
    return found


# --- words ----------------------------------------------------------------------------------------


def say_board(output: Output, lines: Iterable[BodyRatio], *, names: Mapping[str, str]) -> None:
    """One line for each body, both readings of the demand beside each other.

    An entrusted body names its principal; a shortage names whom it concerns (R-051).
    """
    columns = (
        *("单位 body", "可执法 may enforce", "在册 roster", "有效套数 sets"),
        *("应配(取整) required", "应配(最低口径) mildest", "缺 short", "结论 status"),
        *("委托机关 principal", "缺额通知 concerns"),
    )
    output.table(columns, (_board_row(line, names) for line in lines))


def _board_row(line: BodyRatio, names: Mapping[str, str]) -> tuple[str, ...]:
    principal = names.get(line.body.principal or "", "")
    concerns = "、".join(names.get(unit, unit) for unit in line.notified)
    return (line.body.unit.name, *_numbers(line.ratio), principal, concerns)


def say_runs(output: Output, found: Iterable[tuple[Body, Sequence[Run]]]) -> None:
    """The runs of each body, and when something is missing for the first time."""
    for body, each in found:
        output.say(f"【{body.unit.name}】", f"[{body.unit.name}]")
        columns = (
            *("自 from", "至 to", "可执法 may enforce", "在册 roster", "有效套数 sets"),
            *("应配(取整) required", "应配(最低口径) mildest", "缺 short", "结论 status"),
        )
        output.table(
            columns, ((str(run.first), str(run.last), *_numbers(run.ratio)) for run in each)
        )
        lacking = first_lacking(each)
        if lacking is not None:
            output.say(f"最早不足：{lacking}", f"Something is missing first on {lacking}")


def first_lacking(found: Iterable[Run]) -> date | None:
    """The first day on which something is missing, waived or not; None if on none."""
    return next((run.first for run in found if run.ratio.verdict.unwaived in _LACKING), None)


def say_rule(output: Output, followed: Followed | None, *, day: date) -> None:
    """The rule that was applied, its profile and version, and the words of its clauses."""
    rule = rule_for(followed, day)
    quota, rounding = rule.quota, word(rule.quota.rounding)
    names = _names(followed, day)
    output.say(
        f"规则（{names}）：每 {quota.denominator} 人 {quota.numerator} 套，{rounding[0]}；"
        f"不足 {quota.minimum_below} 人的至少 {quota.minimum} 套；"
        f"人数按{word(rule.headcount)[0]}计",
        f"Rule ({names}): {quota.numerator} for each {quota.denominator}, {rounding[1]}; at least "
        f"{quota.minimum} below {quota.minimum_below}; of {word(rule.headcount)[1]}",
    )
    for clause in clauses_for(followed, day):
        output.say(
            f"依据：《{clause.document}》{clause.article}：「{clause.quote}」",
            f"By clause {clause.article}, quoted as printed",
        )


# --- objects --------------------------------------------------------------------------------------


def body_json(line: BodyRatio, day: date) -> Json:
    """A line of the board with the rule it was judged by."""
    followed = line.body.followed
    unit = line.body.unit
    return {
        "unit": unit.id,
        "name": unit.name,
        "principal": line.body.principal,
        "concerns": [*line.notified],
        "ratio": ratio_json(line.ratio),
        "rule": _rule_json(followed, day),
    }


def runs_json(found: Iterable[tuple[Body, Sequence[Run]]]) -> list[Json]:
    """The runs of each body."""
    return [
        {
            "unit": body.unit.id,
            "name": body.unit.name,
            "first_lacking": _day_or_none(first_lacking(each)),
            "runs": [
                {
                    "first": run.first.isoformat(),
                    "last": run.last.isoformat(),
                    "ratio": ratio_json(run.ratio),
                }
                for run in each
            ],
        }
        for body, each in found
    ]


def ratio_json(ratio: RatioAt) -> dict[str, Json]:
    """Demand and supply; `required` by the rule's rounding, `required_by_floor` by the mildest."""
    verdict = ratio.verdict
    return {
        "people": verdict.people,
        "able": ratio.heads.able,
        "roster": ratio.heads.roster,
        "present": verdict.present,
        "required": verdict.required,
        "required_by_floor": verdict.required_by_floor,
        "short": verdict.short,
        "status": said(verdict.status),
        "unwaived": said(verdict.unwaived),
    }


def _rule_json(followed: Followed | None, day: date) -> Json:
    rule = rule_for(followed, day)
    clauses: list[Json] = [
        {"document": one.document, "article": one.article, "quote": one.quote}
        for one in clauses_for(followed, day)
    ]
    return {
        **stamp_for(followed, day),
        "numerator": rule.quota.numerator,
        "denominator": rule.quota.denominator,
        "minimum": rule.quota.minimum,
        "minimum_below": rule.quota.minimum_below,
        "rounding": said(rule.quota.rounding),
        "headcount": said(rule.headcount),
        "clauses": clauses,
    }


def _numbers(ratio: RatioAt) -> tuple[str, ...]:
    verdict = ratio.verdict
    counts = (ratio.heads.able, ratio.heads.roster, verdict.present, verdict.required)
    return (
        *(str(count) for count in (*counts, verdict.required_by_floor, verdict.short)),
        both(verdict.status),
    )


def _names(followed: Followed | None, day: date) -> str:
    stamp = stamp_for(followed, day)
    names = stamp["profiles"]
    shown = " → ".join(str(name) for name in names) if isinstance(names, list) else ""
    return f"{shown} {stamp['rule']}@{stamp['rule_version']}"


def _day_or_none(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
