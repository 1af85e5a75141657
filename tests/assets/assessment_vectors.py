"""Assessments worked out by the words of `docs/formats/assessment.md`, second by second.

Holds always: nothing of the product is imported here. A case states the inputs; the verdict and
every number beside it come from walking through the seconds of the window.
"""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

START = 1_710_000_000
Case = dict[str, Any]


def assessments() -> dict[str, Any]:
    """The file's content."""
    cases = (_whole(), _gap(), _seams(), _left_alone(), _waiting(), _decided_late(), _by_text())
    return {"accepted": [{"canonical": _canonical(_body(case))} for case in cases]}


# --- cases: seconds count from the start of the action --------------------------------------------


def _case(length: int, **more: object) -> Case:
    stayed = [_person("O-11", "OFFICER", 0, to=length), _person("O-12", "OFFICER", 0, to=length)]
    return {
        "length": length,
        "tier": "MANDATORY",
        "exemption": None,
        "flags": [],
        "team": stayed,
        "footage": [],
        "excluded": [],
        "decisions": [],
        "waits_for": [],
        **more,
    }


def _whole() -> Case:
    return _case(
        5400, footage=[_film("R-1", "D-1", (-110, 2850)), _film("R-2", "D-2", (2700, 5465))]
    )


def _gap() -> Case:
    hidden = [{"recording": "R-9", "reason": "COVERT"}]
    films = [_film("R-1", "D-1", (-5, 4200)), _film("R-2", "D-1", (4290, 7205))]
    return _case(7200, footage=films, excluded=hidden)


def _seams() -> Case:
    """Picture with one seam; sound with seven, which are too many."""
    sound = [(100 * n, 100 * n + 95) for n in range(8)]
    film = _film("R-1", "D-1", (-9, 400), (404, 809))
    film["audio"] = [*sound[:-1], (700, 809)]
    return _case(800, footage=[film])


def _left_alone() -> Case:
    team = [
        _person("A-07", "AUXILIARY", 0, to=2700),
        _person("O-11", "OFFICER", 0, to=2100),
        _person("O-12", "OFFICER", 0, to=1200),
    ]
    flags = ["TEAM_BELOW_TWO", "AUX_ALONE"]
    return _case(2700, team=team, footage=[_film("R-1", "D-1", (-9, 2400))], flags=flags)


def _waiting() -> Case:
    return _case(600, waits_for=[{"assignment": "As-1", "limit": _moment(90_000)}])


def _decided_late() -> Case:
    late = [{"number": 1, "entered": _moment(1), "record": "RECORD"}]
    flags = ["CLOCK_ASSUMED", "DECIDED_AFTER_START"]
    film = _film("R-1", "D-1", (0, 600), basis="ASSUMED")
    return _case(600, tier="DISCRETIONARY", decisions=late, footage=[film], flags=flags)


def _by_text() -> Case:
    return _case(2400, tier="DISCRETIONARY", exemption=True)


def _film(recording: str, device: str, *spans: tuple[int, int], basis: str = "LINEAR") -> Case:
    clock = {"id": device, "basis": basis, "uncertainty_s": None if basis == "ASSUMED" else 1}
    times = list(spans)
    return {
        "recording": recording,
        "device": device,
        "clock": clock,
        "video": times,
        "audio": times,
    }


def _person(person: str, kind: str, start: int, *, to: int) -> Case:
    return {"person": person, "kind": kind, "may_enforce": kind == "OFFICER", **_span(start, to)}


# --- what follows from a case ---------------------------------------------------------------------


def _body(case: Case) -> Case:
    video, audio = (_covered(case, modality) for modality in ("video", "audio"))
    alone = _runs(case, lambda second: _alone(case, second))
    below = _runs(case, lambda second: _officers(case, second) < 2)
    return {
        "v": 1,
        "action": "A-1",
        "window": {"number": 1, **_span(0, case["length"])},
        "tier": case["tier"],
        "verdict": _verdict(case, video, audio=audio),
        "flags": case["flags"],
        "video": video,
        "audio": audio,
        "team_below": {"least": 2, "seconds": _sum(below), "spans": below},
        "aux_alone": {"seconds": _sum(alone), "spans": alone, "footage_s": _seen(case)},
        "seam_rule": {"max_s": 5, "total_s": 30},
        "rules": {"profiles": ["XX@1", "default@1"], "versions": {"coverage": 1, "presence": 1}},
        "inputs": {
            **{name: case[name] for name in ("exemption", "decisions", "team", "excluded")},
            "footage": [_stated(film) for film in case["footage"]],
            "waits_for": case["waits_for"],
        },
    }


def _verdict(case: Case, video: Case, *, audio: Case) -> str:
    if case["exemption"]:
        return "TEXT_EXEMPT"
    if case["tier"] == "DISCRETIONARY":
        return "NO_DECISION"  # the only decision of a case here came too late
    if not video["seconds"] and not audio["seconds"]:
        found = "NONE"
    elif video["gaps"] or audio["gaps"]:
        found = "GAP"
    else:
        found = "SEAMED" if video["seams"] or audio["seams"] else "FULL"
    return "PROVISIONAL" if case["waits_for"] and found in ("GAP", "NONE") else found


def _covered(case: Case, modality: str) -> Case:
    missing = _runs(case, lambda second: not _devices(case, second, modality=modality))
    ends = (_moment(0), _moment(case["length"]))
    seams = [
        one
        for one in missing
        if one["from"] != ends[0] and one["to"] != ends[1] and one["seconds"] <= 5
    ]
    seams = seams if _sum(seams) <= 30 else []
    twice = _runs(case, lambda second: len(_devices(case, second, modality=modality)) > 1)
    return {
        "seconds": case["length"] - _sum(missing),
        "gaps": [one for one in missing if one not in seams],
        "seams": seams,
        "overlap_s": _sum(twice),
    }


def _devices(case: Case, second: int, *, modality: str) -> set[str]:
    return {
        film["device"]
        for film in case["footage"]
        if any(start <= second < end for start, end in film[modality])
    }


def _officers(case: Case, second: int) -> int:
    return sum(one["may_enforce"] and _is_there(one, second) for one in case["team"])


def _alone(case: Case, second: int) -> bool:
    auxiliaries = [one for one in case["team"] if one["kind"] == "AUXILIARY"]
    is_there = any(_is_there(one, second) for one in auxiliaries)
    return is_there and not _officers(case, second)


def _is_there(one: Case, second: int) -> bool:
    return bool(one["from"] <= _moment(second) < one["to"])  # texts of one length sort as times


def _seen(case: Case) -> int:
    return sum(
        _alone(case, second)
        and any(_devices(case, second, modality=one) for one in ("video", "audio"))
        for second in range(case["length"])
    )


def _runs(case: Case, holds: Callable[[int], bool]) -> list[Case]:
    found: list[Case] = []
    for told, group in groupby(range(case["length"]), key=holds):
        seconds = list(group)
        if told:
            found.append(_span(seconds[0], seconds[-1] + 1))
    return found


def _sum(spans: Iterable[Case]) -> int:
    return sum(one["seconds"] for one in spans)


def _stated(film: Case) -> Case:
    spans = {name: [_span(*one) for one in film[name]] for name in ("video", "audio")}
    return {**film, **spans}


def _span(start: int, end: int) -> Case:
    return {"from": _moment(start), "to": _moment(end), "seconds": end - start}


def _moment(second: int) -> str:
    return f"{datetime.fromtimestamp(START + second, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _canonical(body: Case) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
