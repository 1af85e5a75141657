"""The assessment of one action: what is on record of it, and what that amounts to, to the second.

Holds always: an assessment is a function of its facts and of nothing else. The same facts, in
whatever order, give the same bytes; all that the verdict rests on stands in it, footage that does
not count with the reason. Steps (part 3.3 and decisions C10, D-05, D-20, D-21):

1. ORDINARY needs no footage; a text that may stand for footage, and does, settles the rest.
2. DISCRETIONARY goes by the decision that was entered before or at the start; one that was entered
   afterwards, or none, is NO_DECISION.
3. What must be recorded, or was decided to be, is judged by `evidence.coverage`.
4. While a recorder of the team is out, and its time is not up, GAP and NONE are PROVISIONAL.
5. Where another verdict lies within the known uncertainty of the clocks, it is flagged MARGINAL.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from evidence.canonical import Json, dumps
from evidence.clockfix import ClockBasis
from evidence.coverage import Covered, Modality, SeamRule, Stretch, Verdict, cover_each, verdict
from evidence.interval import Span, clip, subtract, total
from evidence.marginal import ClockReach, is_marginal
from evidence.policy import InForce
from evidence.policy_catalogue import RULES as RULES_KNOWN
from evidence.presence import Presence, Stretches, auxiliary_alone, below
from evidence.vocabulary import Tier

VERSION = 1
"""Of the body's form; it grows when the form changes."""

RULES = ("coverage", "presence")
"""The rules that an assessment applies, by their ids."""


class Flag(StrEnum):
    """What whoever reads a verdict must know besides."""

    MARGINAL = "MARGINAL"
    CLOCK_ASSUMED = "CLOCK_ASSUMED"
    CLOCK_CONSTANT = "CLOCK_CONSTANT"
    CLOCK_UNTRUSTED = "CLOCK_UNTRUSTED"
    EXEMPTION_FORBIDDEN = "EXEMPTION_FORBIDDEN"
    DECIDED_AFTER_START = "DECIDED_AFTER_START"
    TEAM_BELOW_TWO = "TEAM_BELOW_TWO"
    AUX_ALONE = "AUX_ALONE"


class Exclusion(StrEnum):
    """Why linked footage gives no coverage."""

    NOT_STORED = "NOT_STORED"
    NOT_MEASURED = "NOT_MEASURED"
    MISMATCH = "MISMATCH"
    COVERT = "COVERT"
    CLOCK_UNTRUSTED = "CLOCK_UNTRUSTED"
    TRUNCATED = "TRUNCATED"
    STATE_SECRET = "STATE_SECRET"  # noqa: S105 - a kind of footage
    EXTERNAL = "EXTERNAL"
    POST_HOC = "POST_HOC"


@dataclass(frozen=True)
class LinkedFootage:
    """A recording that is linked to the action: when, by true time, it has picture and sound.

    `clock` names the clock that its times were corrected by: what one clock shows moves together.
    """

    recording: str
    device: str
    clock: str
    basis: ClockBasis
    uncertainty_s: int | None
    video: tuple[Span, ...] = ()
    audio: tuple[Span, ...] = ()

    @property
    def stretches(self) -> list[Stretch]:
        """Picture and sound, one by one; none of a clock that nobody can trust."""
        if self.basis is ClockBasis.UNTRUSTED:
            return []
        has = {Modality.VIDEO: self.video, Modality.AUDIO: self.audio}
        return [
            Stretch(self.recording, self.device, modality, span)
            for modality, spans in has.items()
            for span in spans
        ]


@dataclass(frozen=True, order=True)
class Excluded:
    """A recording that is linked and does not count; each reason is an entry of its own."""

    recording: str
    reason: Exclusion


@dataclass(frozen=True, order=True)
class Decision:
    """That a discretionary action is recorded, or not; `entered_at` is when the system had it."""

    number: int
    entered_at: int
    is_record: bool


@dataclass(frozen=True, order=True)
class Outing:
    """A recorder in the hands of somebody of the team.

    `span` is from check-out to return, or to the end of time; `limit_at` is when it had to be
    docked, the hours of `dock.within_hours` included.
    """

    assignment: str
    span: Span
    limit_at: int
    is_reconciled: bool = False


@dataclass(frozen=True)
class CoveragePolicy:
    """The parameters of a profile that bear on an assessment, and what it names them by."""

    seams: SeamRule
    least_officers: int
    stamp: Mapping[str, Json]


@dataclass(frozen=True)
class ActionFacts:
    """All that is on record of an action and bears on its assessment.

    `exemption` is None without an approved text exemption, else whether one may be given for an
    action of this tier and type (`tiering.may_exempt`). `waits_for` are the outings that `pending`
    gives.
    """

    action: str
    window_number: int
    window: Span
    tier: Tier
    exemption: bool | None = None
    decisions: frozenset[Decision] = frozenset()
    presences: frozenset[Presence] = frozenset()
    footage: frozenset[LinkedFootage] = frozenset()
    excluded: frozenset[Excluded] = frozenset()
    waits_for: frozenset[Outing] = frozenset()


@dataclass(frozen=True)
class Assessment:
    """The verdict of an action with everything that it rests on."""

    facts: ActionFacts
    policy: CoveragePolicy
    verdict: Verdict
    flags: tuple[Flag, ...]
    covered: Mapping[Modality, Covered]
    below: Stretches
    aux_alone: Stretches
    aux_footage_s: int = field(default=0)

    @property
    def gaps(self) -> list[tuple[Modality, Span]]:
        """Every gap, picture first, then by time."""
        return [(modality, span) for modality in Modality for span in self.covered[modality].gaps]

    def body(self) -> dict[str, Json]:
        """Inputs and result as canonical JSON takes them; times are texts in UTC."""
        window = self.facts.window
        return {
            "v": VERSION,
            "action": self.facts.action,
            "window": {"number": self.facts.window_number, **_span(window)},
            "tier": self.facts.tier.value,
            "verdict": self.verdict.value,
            "flags": [flag.value for flag in self.flags],
            "video": _covered(self.covered[Modality.VIDEO]),
            "audio": _covered(self.covered[Modality.AUDIO]),
            "team_below": {"least": self.policy.least_officers, **_stretches(self.below)},
            "aux_alone": {**_stretches(self.aux_alone), "footage_s": self.aux_footage_s},
            "inputs": _inputs(self.facts),
            "rules": dict(self.policy.stamp),
            "seam_rule": {"max_s": self.policy.seams.max_s, "total_s": self.policy.seams.total_s},
        }

    def bytes(self) -> bytes:
        """The canonical form, of which the digest is taken."""
        return dumps(self.body())


def assess(facts: ActionFacts, policy: CoveragePolicy) -> Assessment:
    """The assessment of an action; raises `BadInput` for a window of no length."""
    window = facts.window
    stretches = [stretch for one in facts.footage for stretch in one.stretches]
    covered = cover_each(window, stretches, rule=policy.seams)
    team = below(window, facts.presences, least=policy.least_officers)
    alone = auxiliary_alone(window, facts.presences)
    found = _verdict(facts, covered)
    filmed = clip((stretch.span for stretch in stretches), window)
    flags = {
        Flag.MARGINAL: found in _BY_COVERAGE and _is_marginal(facts, policy),
        **_clock_flags(facts),
        Flag.EXEMPTION_FORBIDDEN: facts.exemption is False,
        Flag.DECIDED_AFTER_START: _is_decided_late(facts),
        Flag.TEAM_BELOW_TWO: team.seconds > 0,
        Flag.AUX_ALONE: alone.seconds > 0,
    }
    return Assessment(
        facts=facts,
        policy=policy,
        verdict=found,
        flags=tuple(flag for flag in Flag if flags[flag]),
        covered=covered,
        below=team,
        aux_alone=alone,
        aux_footage_s=alone.seconds - total(subtract(alone.spans, filmed)),
    )


def pending(window: Span, outings: Iterable[Outing], *, now: int) -> frozenset[Outing]:
    """What may still bring footage: out during the action, not reconciled, and not past its limit.

    What is reconciled waits for nothing, and what is overdue is assessed on what is there.
    """
    return frozenset(
        one
        for one in outings
        if one.span.overlap(window) > 0 and not one.is_reconciled and now <= one.limit_at
    )


def coverage_policy(policy: InForce) -> CoveragePolicy:
    """The parameters of the profile in force; raises `BadInput` for one that is still to be set."""
    seams = SeamRule(policy.whole("gap.seam_max_s"), policy.whole("gap.seam_total_s"))
    versions: dict[str, Json] = {rule: RULES_KNOWN[rule].version for rule in RULES}
    profiles: list[Json] = [profile.name for profile in policy.line]
    stamp: dict[str, Json] = {"profiles": profiles, "versions": versions}
    return CoveragePolicy(seams, policy.whole("team.min_officers"), stamp)


# --- the verdict ----------------------------------------------------------------------------------

_BY_COVERAGE = frozenset({Verdict.FULL, Verdict.SEAMED, Verdict.GAP, Verdict.NONE})
_WAITING = frozenset({Verdict.GAP, Verdict.NONE})


def _verdict(facts: ActionFacts, covered: Mapping[Modality, Covered]) -> Verdict:
    if facts.exemption:
        return Verdict.TEXT_EXEMPT
    if facts.tier is Tier.ORDINARY:
        return Verdict.NOT_REQUIRED
    if facts.tier is Tier.DISCRETIONARY:
        decision = _decision(facts)
        if decision is None:
            return Verdict.NO_DECISION
        if not decision.is_record:
            return Verdict.DISCRETION_NOT_RECORDED
    found = verdict(covered)
    return Verdict.PROVISIONAL if found in _WAITING and facts.waits_for else found


def _decision(facts: ActionFacts) -> Decision | None:
    """The last that was entered before or at the start."""
    return max(
        (one for one in facts.decisions if one.entered_at <= facts.window.start), default=None
    )


def _is_decided_late(facts: ActionFacts) -> bool:
    return bool(facts.decisions) and _decision(facts) is None


def _is_marginal(facts: ActionFacts, policy: CoveragePolicy) -> bool:
    """Whether a clock, moved within its known uncertainty, gives another verdict."""
    by_clock: dict[str, list[LinkedFootage]] = defaultdict(list)
    for one in facts.footage:
        by_clock[one.clock].append(one)
    clocks = [
        ClockReach(
            max(one.uncertainty_s or 0 for one in those),
            [stretch for one in those for stretch in one.stretches],
        )
        for those in by_clock.values()
    ]
    return is_marginal(facts.window, clocks, rule=policy.seams)


def _clock_flags(facts: ActionFacts) -> dict[Flag, bool]:
    """What footage that could bear on the action says of the clocks."""
    near = {one.basis for one in facts.footage if _touches(one, facts.window)}
    excluded = {one.reason for one in facts.excluded}
    return {
        Flag.CLOCK_ASSUMED: ClockBasis.ASSUMED in near,
        Flag.CLOCK_CONSTANT: ClockBasis.CONSTANT in near,
        Flag.CLOCK_UNTRUSTED: Exclusion.CLOCK_UNTRUSTED in excluded
        or any(one.basis is ClockBasis.UNTRUSTED for one in facts.footage),
    }


def _touches(footage: LinkedFootage, window: Span) -> bool:
    return any(span.overlap(window) for span in (*footage.video, *footage.audio))


# --- the body -------------------------------------------------------------------------------------


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment_text(second: int) -> str:
    """A second since 1970 as `2024-05-16T01:10:00Z`."""
    return (_EPOCH + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _span(span: Span) -> dict[str, Json]:
    return {
        "from": moment_text(span.start),
        "to": moment_text(span.end),
        "seconds": span.seconds,
    }


def _covered(covered: Covered) -> dict[str, Json]:
    return {
        "seconds": covered.seconds,
        "gaps": [_span(span) for span in covered.gaps],
        "seams": [_span(span) for span in covered.seams],
        "overlap_s": covered.overlap_s,
    }


def _stretches(found: Stretches) -> dict[str, Json]:
    return {"seconds": found.seconds, "spans": [_span(span) for span in found.spans]}


def _inputs(facts: ActionFacts) -> dict[str, Json]:
    return {
        "exemption": facts.exemption,
        "decisions": [_decided(one) for one in sorted(facts.decisions)],
        "team": [_present(one) for one in sorted(facts.presences, key=_by_person)],
        "footage": [_footage(one) for one in sorted(facts.footage, key=_by_recording)],
        "excluded": [
            {"recording": one.recording, "reason": one.reason.value}
            for one in sorted(facts.excluded)
        ],
        "waits_for": [
            {"assignment": one.assignment, "limit": moment_text(one.limit_at)}
            for one in sorted(facts.waits_for)
        ],
    }


def _decided(one: Decision) -> dict[str, Json]:
    said = "RECORD" if one.is_record else "NOT_RECORD"
    return {"number": one.number, "entered": moment_text(one.entered_at), "record": said}


def _present(one: Presence) -> dict[str, Json]:
    return {
        "person": one.person,
        "kind": one.kind.value,
        "may_enforce": one.may_enforce,
        **_span(one.span),
    }


def _by_person(one: Presence) -> tuple[str, Span, str, bool]:
    return one.person, one.span, one.kind.value, one.may_enforce


def _footage(one: LinkedFootage) -> dict[str, Json]:
    return {
        "recording": one.recording,
        "device": one.device,
        "clock": {"id": one.clock, "basis": one.basis.value, "uncertainty_s": one.uncertainty_s},
        "video": [_span(span) for span in sorted(one.video)],
        "audio": [_span(span) for span in sorted(one.audio)],
    }


def _by_recording(one: LinkedFootage) -> tuple[str, str, str]:
    return one.recording, one.device, one.clock
