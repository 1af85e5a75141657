"""An assessment as answers show it: to the second, with the clauses that it rests on."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from api import models_cases as c
from api.models_register import ClauseShown, Said
from api.register_words import said
from cases.assess import Assessed
from cases.policy import policy_of
from cases.reading import Action
from evidence.assessment import RULES, Exclusion, Flag
from evidence.clockfix import ClockBasis
from evidence.ratio import day_of

_Body = Mapping[str, Any]


def verdict_shown(one: Assessed) -> c.VerdictShown:
    """The verdict of an assessment, without what it rests on."""
    return c.VerdictShown(
        number=one.number,
        verdict=said(one.verdict),
        flags=[_said(Flag, flag) for flag in _flags(one.body)],
        assessed_at=one.assessed_at,
        sha256=one.sha256,
    )


def coverage_shown(connection: Connection, action: Action, *, one: Assessed) -> c.CoverageShown:
    """An assessment with every stretch, and the clauses of the policy of that day."""
    body: _Body = one.body
    window = _stretch(body["window"])
    policy = policy_of(connection, action.details.unit, day=day_of(window.start))
    cited = [each for rule in RULES for each in policy.rule(rule).statement.citations]
    inputs: _Body = body["inputs"]
    return c.CoverageShown(
        **verdict_shown(one).model_dump(),
        window=window,
        video=_covered(body["video"]),
        audio=_covered(body["audio"]),
        team_below=_stretches(body["team_below"]["spans"]),
        aux_alone=_stretches(body["aux_alone"]["spans"]),
        footage=[_footage(each) for each in inputs["footage"]],
        excluded=[
            c.ExcludedShown(recording=each["recording"], reason=_said(Exclusion, each["reason"]))
            for each in inputs["excluded"]
        ],
        clauses=[
            ClauseShown(document=each.source.title, article=each.article, quote=each.quote)
            for each in cited
        ],
    )


def _flags(body: _Body) -> list[str]:
    return [str(flag) for flag in body["flags"]]


def _footage(each: _Body) -> c.FootageShown:
    clock: _Body = each["clock"]
    return c.FootageShown(
        recording=each["recording"],
        device=each["device"],
        clock=_said(ClockBasis, clock["basis"]),
        uncertainty_s=clock["uncertainty_s"],
        video=_stretches(each["video"]),
        audio=_stretches(each["audio"]),
    )


def _covered(body: _Body) -> c.CoveredShown:
    return c.CoveredShown(
        seconds=body["seconds"],
        gaps=_stretches(body["gaps"]),
        seams=_stretches(body["seams"]),
        overlap_s=body["overlap_s"],
    )


def _stretches(found: list[_Body]) -> list[c.StretchShown]:
    return [_stretch(one) for one in found]


def _stretch(body: _Body) -> c.StretchShown:
    start, end = (datetime.fromisoformat(str(body[name])) for name in ("from", "to"))
    return c.StretchShown(start=start, end=end, seconds=body["seconds"])


def _said(kind: type[StrEnum], code: str) -> Said:
    return said(kind(code))
