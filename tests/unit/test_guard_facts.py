"""What each refusal tells besides its code: the facts that its sentence and what lifts it need."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

import pytest

from evidence.canonical import Json
from evidence.case_guards import (
    ActionFact,
    ArchiveFacts,
    CloseFacts,
    CollectiveFact,
    Override,
    ReviewFact,
    archive_refusals,
    close_refusals,
    decide_refusals,
    file_refusals,
    move_refusals,
    submit_refusals,
    transfer_refusals,
)
from evidence.case_vocabulary import (
    ActionState,
    ActionType,
    Awareness,
    CaseStage,
    CaseState,
    Category,
    IdentityMode,
    MetadataGroup,
    Opinion,
    Signed,
    TeamRole,
)
from evidence.enforcing import Bar, PersonKind
from evidence.guards import (
    CapacityBar,
    CoverageFact,
    PowerFact,
    TeamFact,
    ToldFact,
    WitnessFact,
    cancel_refusals,
    end_refusals,
    exempt_refusals,
    settle_refusals,
    start_refusals,
)
from evidence.refusal_messages import lift_sentence, refusal_sentence
from evidence.refusals import Refusal
from tests.guarding import AUXILIARY, DECIDE, EXEMPT, GAP, LEAD, MATE, META, PAPER, SETTLE, START

Told = Mapping[str, Mapping[str, Json]]
Refusals = Callable[[], tuple[Refusal, ...]]
"""Asked within each test, not before, so that a campaign can change what it asks."""

EXPIRED = replace(MATE, bars=(Bar.CERT_EXPIRED, Bar.NOT_ON_POST))
SUSPENDED = replace(MATE, person="O-13", bars=(Bar.SUSPENDED,))
OUTSIDER = TeamFact("E-1", TeamRole.ASSIST, PersonKind.EXTERNAL)
CAUSE: Mapping[str, Json] = {"person": "O-12", "bars": ["CERT_EXPIRED", "NOT_ON_POST"]}
BARE = replace(PAPER, officers=frozenset({"O-11"}), counterpart=None)
UNSIGNED = replace(PAPER, counterpart=None)
NAMED = {"document": PAPER.sha256}


def facts_of(refusals: tuple[Refusal, ...]) -> dict[str, Mapping[str, Json]]:
    """The facts of each refusal by its code; every sentence is whole with them."""
    for one in refusals:
        for sentence in (*refusal_sentence(one), *lift_sentence(one)):
            assert sentence
            assert "?" not in sentence
        assert one.json() == {"code": one.code.value, "facts": dict(one.facts), "rule": one.rule}
    assert len({one.code for one in refusals}) == len(refusals)
    return {one.code.value: one.facts for one in refusals}


@pytest.mark.parametrize(
    ("refusals", "told"),
    [
        (
            partial(start_refusals, replace(START, state=ActionState.STARTED)),
            {"WRONG_STATE": {"state": "STARTED", "allowed": ["PLANNED"]}},
        ),
        (
            partial(start_refusals, replace(START, team=(LEAD, EXPIRED))),
            {
                "TEAM_TOO_SMALL": {"officers": 1, "least": 2, "causes": [CAUSE]},
                "CERT_EXPIRED": CAUSE,
            },
        ),
        (
            partial(start_refusals, replace(START, team=(LEAD, AUXILIARY, OUTSIDER))),
            {"TEAM_TOO_SMALL": {"officers": 1, "least": 2, "causes": []}},
        ),
        (
            partial(start_refusals, replace(START, team=(LEAD, MATE, SUSPENDED))),
            {"MEMBER_BARRED": {"person": "O-13", "bars": ["SUSPENDED"]}},
        ),
        (
            partial(
                start_refusals,
                replace(START, team=(replace(EXPIRED, role=TeamRole.LEAD),), least=0),
            ),
            {"CERT_EXPIRED": CAUSE, "NO_LEAD": {}, "NO_RECORDER_PERSON": {}},
        ),
        (
            partial(
                start_refusals, replace(START, team=(LEAD, replace(MATE, is_recorder_person=True)))
            ),
            {"NO_RECORDER_PERSON": {}},
        ),
        (
            partial(
                start_refusals,
                replace(START, capacity=CapacityBar.NOT_STATED, power=PowerFact(None)),
            ),
            {"NOT_QUALIFIED": {"why": "NOT_STATED"}, "NO_POWER_ITEM": {}},
        ),
        (
            partial(
                start_refusals, replace(START, power=PowerFact("0217", in_force=False), recorders=0)
            ),
            {"POWER_ITEM_ENDED": {"item": "0217"}, "NO_RECORDER": {"recorders": 0}},
        ),
        (
            partial(end_refusals, ActionState.ENDED, has_interval=False),
            {"WRONG_STATE": {"state": "ENDED", "allowed": ["STARTED"]}, "NO_INTERVAL": {}},
        ),
        (
            partial(cancel_refusals, ActionState.STARTED, has_reason=False),
            {"WRONG_STATE": {"state": "STARTED", "allowed": ["PLANNED"]}, "REASON_MISSING": {}},
        ),
        (
            partial(
                exempt_refusals,
                replace(EXEMPT, may=False, documents=0, signers=frozenset({"O-11"})),
            ),
            {
                "EXEMPTION_FORBIDDEN": {"tier": "DISCRETIONARY"},
                "MISSING_DOC": {"documents": []},
                "SIGNATURES": {"signed": 1, "least": 2, "document": None},
            },
        ),
    ],
)
def test_what_is_told_of_a_start_an_end_and_a_text(refusals: Refusals, told: Told) -> None:
    assert facts_of(refusals()) == told


@pytest.mark.parametrize(
    ("refusals", "told"),
    [
        (
            partial(settle_refusals, replace(SETTLE, coverage=CoverageFact("GAP", 90, 60))),
            {"COVERAGE_GAP": {"verdict": "GAP", "video_s": 90, "audio_s": 60}},
        ),
        (
            partial(
                settle_refusals,
                replace(SETTLE, groups=frozenset({MetadataGroup.TIME}), state=ActionState.PLANNED),
            ),
            {
                "WRONG_STATE": {"state": "PLANNED", "allowed": ["ENDED"]},
                "META_INCOMPLETE": {"missing": ["PLACE", "PEOPLE", "CAUSE", "COURSE", "RESULT"]},
            },
        ),
        (
            partial(
                settle_refusals, replace(SETTLE, required=("检查笔录", "勘验笔录", "询问笔录"))
            ),
            {"MISSING_DOC": {"documents": ["勘验笔录", "询问笔录"]}},
        ),
        (
            partial(settle_refusals, replace(SETTLE, required=(), papers=())),
            {"MISSING_DOC": {"documents": []}},
        ),
        (
            partial(settle_refusals, replace(SETTLE, required=(), papers=(BARE, UNSIGNED))),
            {"COUNTERPART_SIGNATURE": NAMED},
        ),
        (
            partial(settle_refusals, replace(SETTLE, papers=(BARE,), witnesses=(WitnessFact(3),))),
            {
                "SIGNATURES": {"signed": 1, "least": 2, **NAMED},
                "COUNTERPART_SIGNATURE": NAMED,
                "WITNESS_SIGNATURE": NAMED,
            },
        ),
        (
            partial(settle_refusals, replace(SETTLE, papers=(PAPER, replace(BARE, code="通知书")))),
            {},
        ),
        (
            partial(
                settle_refusals,
                replace(SETTLE, papers=(replace(PAPER, counterpart=Signed.REFUSED),)),
            ),
            {"REFUSAL_NOTE": NAMED},
        ),
        (
            partial(
                settle_refusals,
                replace(
                    SETTLE,
                    papers=(replace(PAPER, witness=Signed.SIGNED),),
                    witnesses=(WitnessFact(3), WitnessFact(4, of_bureau=True)),
                ),
            ),
            {"WITNESS_OF_BUREAU": {"record": 4}},
        ),
        (
            partial(
                settle_refusals,
                replace(
                    SETTLE, identity=frozenset(), identity_modes=frozenset({IdentityMode.WORN})
                ),
            ),
            {"NO_IDENTITY": {"modes": ["WORN"]}},
        ),
        *(
            (
                partial(
                    settle_refusals,
                    replace(SETTLE, identity=frozenset(), type=type_, category=category),
                ),
                {"NO_IDENTITY": {"modes": ["SHOWN", "WORN"]}},
            )
            for type_, category in (
                (ActionType.HEARING, Category.PENALTY),
                (ActionType.EVIDENCE_TAKING, Category.APPROVAL),
            )
        ),
        (
            partial(
                settle_refusals,
                replace(
                    SETTLE,
                    told=(
                        ToldFact("r2", Awareness.VISIBLE_DEVICE),
                        ToldFact("r1", None, has_verbal=True),
                        ToldFact("r3", Awareness.SIGNAGE),
                    ),
                    require_verbal=True,
                ),
            ),
            {"NOT_TOLD": {"recordings": ["r1", "r2"], "require_verbal": True}},
        ),
        (
            partial(settle_refusals, replace(SETTLE, told=(ToldFact("r1", None),))),
            {"NOT_TOLD": {"recordings": ["r1"], "require_verbal": False}},
        ),
    ],
)
def test_what_is_told_of_settling(refusals: Refusals, told: Told) -> None:
    assert facts_of(refusals()) == told


MINUTES = CollectiveFact(7, 4, has_minutes=True)


@pytest.mark.parametrize(
    ("refusals", "told"),
    [
        (
            partial(decide_refusals, replace(DECIDE, review=ReviewFact())),
            {"REVIEW_NOT_AGREED": {"round": 0, "opinion": None}},
        ),
        (
            partial(
                decide_refusals,
                replace(DECIDE, review=ReviewFact(2, Opinion.PROBLEMS, "O-11", is_current=False)),
            ),
            {
                "REVIEW_NOT_AGREED": {"round": 2, "opinion": "PROBLEMS"},
                "REVIEW_STALE": {"round": 2},
                "REVIEWER_IN_TEAM": {"person": "O-11"},
            },
        ),
        (
            partial(
                decide_refusals,
                replace(
                    DECIDE,
                    especially_major=True,
                    collective=replace(MINUTES, in_favour=3, has_minutes=False),
                ),
            ),
            {"MINUTES_MISSING": {}, "VOTES_TOO_FEW": {"members": 7, "in_favour": 3}},
        ),
        (
            partial(
                decide_refusals,
                replace(
                    DECIDE, collective_step=True, collective=replace(MINUTES, has_minutes=False)
                ),
            ),
            {},
        ),
        (
            partial(decide_refusals, replace(DECIDE, is_major=False, especially_major=True)),
            {"COLLECTIVE_MISSING": {}, "MINUTES_MISSING": {}},
        ),
        (
            partial(
                decide_refusals,
                replace(DECIDE, relied_on=frozenset({"s", "r", "q"}), linked=frozenset({"q", "p"})),
            ),
            {"RELIED_NOT_LINKED": {"recordings": ["r", "s"]}},
        ),
        (
            partial(move_refusals, CaseState.FILED, CaseState.DECIDED),
            {
                "WRONG_STATE": {
                    "state": "FILED",
                    "allowed": ["COLLECTIVE", "INVESTIGATING", "REVIEW"],
                }
            },
        ),
        (
            partial(move_refusals, CaseState.ARCHIVED, CaseState.DECIDED),
            {"ALREADY_DECIDED": {"state": "ARCHIVED"}},
        ),
        (
            partial(move_refusals, CaseState.CLOSED, CaseState.SERVED),
            {"WRONG_STATE": {"state": "CLOSED", "allowed": ["DECIDED"]}},
        ),
        (
            partial(move_refusals, CaseState.CLOSED, CaseState.MATTER),
            {"WRONG_STATE": {"state": "CLOSED", "allowed": []}},
        ),
        (
            partial(
                submit_refusals,
                CaseState.FILED,
                linked=frozenset({"c", "b", "a"}),
                bundle=frozenset({"a"}),
            ),
            {
                "WRONG_STATE": {"state": "FILED", "allowed": ["INVESTIGATING", "REVIEW"]},
                "REVIEW_INCOMPLETE": {"recordings": ["b", "c"]},
            },
        ),
        (
            partial(
                submit_refusals,
                CaseState.INVESTIGATING,
                linked=frozenset({"a"}),
                bundle=frozenset({"a", "b"}),
            ),
            {},
        ),
    ],
)
def test_what_is_told_of_review_and_decision(refusals: Refusals, told: Told) -> None:
    assert facts_of(refusals()) == told


@pytest.mark.parametrize(
    ("action", "override", "told"),
    [
        (
            ActionFact("a", ActionState.ENDED, (GAP, META)),
            Override.FINDING,
            {
                "COVERAGE_GAP": {**GAP.facts, "action": "a", "override": "finding"},
                "NOT_SETTLED": {"action": "a", "state": "ENDED", "codes": ["META_INCOMPLETE"]},
            },
        ),
        (
            ActionFact("a", ActionState.ENDED, (GAP,), is_answered=True),
            Override.NEVER,
            {"COVERAGE_GAP": {**GAP.facts, "action": "a", "override": "never"}},
        ),
        (
            ActionFact("a", ActionState.STARTED, (GAP,), is_answered=True),
            Override.FINDING,
            {"NOT_SETTLED": {"action": "a", "state": "STARTED", "codes": []}},
        ),
        (
            ActionFact("a", ActionState.ENDED),
            Override.FINDING,
            {"NOT_SETTLED": {"action": "a", "state": "ENDED", "codes": []}},
        ),
    ],
)
def test_what_is_told_of_closing_over_an_action(
    action: ActionFact, override: Override, told: Told
) -> None:
    facts = CloseFacts(CaseState.EXECUTED, (action,), override)
    assert facts_of(close_refusals(facts)) == told


def test_what_is_told_of_archiving_handing_over_and_filing() -> None:
    partly = ArchiveFacts(
        CaseState.EXECUTED, frozenset({CaseStage.INVESTIGATE}), frozenset({"r2", "r1"})
    )
    assert facts_of(archive_refusals(partly)) == {
        "WRONG_STATE": {"state": "EXECUTED", "allowed": ["CLOSED", "NOT_FILED"]},
        "STAGE_MISSING": {"stages": ["START", "DECIDE", "SERVE_EXECUTE"]},
        "ITEM_MISSING": {"items": ["r1", "r2"]},
    }
    assert transfer_refusals(CaseState.DECIDED, has_receipt=True) == ()
    assert set(facts_of(transfer_refusals(CaseState.FILED, has_receipt=False))) == {
        *("WRONG_STATE", "TRANSFER_RECEIPT"),
    }
    assert set(facts_of(file_refusals(CaseState.FILED, CaseState.NOT_FILED, has_reason=False))) == {
        *("WRONG_STATE", "REASON_MISSING"),
    }
    assert file_refusals(CaseState.MATTER, CaseState.NOT_FILED, has_reason=True) == ()
