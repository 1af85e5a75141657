"""Guards by facts alone: every reason is told, all at once, and none where nothing stands."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.case_guards import (
    ActionFact,
    ArchiveFacts,
    CloseFacts,
    CollectiveFact,
    DecideFacts,
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
from evidence.enforcing import Bar
from evidence.guards import (
    CapacityBar,
    CoverageFact,
    ExemptFacts,
    PowerFact,
    SettleFacts,
    StartFacts,
    TeamFact,
    ToldFact,
    WitnessFact,
    cancel_refusals,
    end_refusals,
    exempt_refusals,
    settle_refusals,
    start_refusals,
)
from evidence.policy_catalogue import RULES
from evidence.refusal_messages import LIFTS, SENTENCES, lift_sentence, refusal_sentence
from evidence.refusals import RULE_OF, Refusal, RefusalCode
from evidence.vocabulary import Tier
from tests.guarding import AUXILIARY, DECIDE, EXEMPT, GAP, LEAD, MATE, META, PAPER, SETTLE, START

C = RefusalCode


def codes(refusals: tuple[Refusal, ...]) -> list[str]:
    return [one.code.value for one in refusals]


@pytest.mark.parametrize("code", RefusalCode)
def test_every_code_has_its_rule_its_sentence_and_what_lifts_it(code: RefusalCode) -> None:
    assert RULE_OF[code] in RULES
    bare = Refusal(code)
    for sentence in (refusal_sentence(bare), lift_sentence(bare)):
        assert sentence[0] != sentence[1]
        assert "{" not in sentence[0] + sentence[1]
    assert code in SENTENCES
    assert code in LIFTS


def test_a_sentence_names_people_and_causes_as_the_reader_may_see_them() -> None:
    expired = replace(MATE, bars=(Bar.CERT_EXPIRED,))
    first = start_refusals(replace(START, team=(LEAD, expired)))[0]
    chinese, english = refusal_sentence(first, {"O-12": "张三"})
    assert chinese == "可执法人员只有 1 名，须有 2 名以上（张三 证件已过期）"
    assert english == "only 1 may enforce and 2 are needed (张三: certificate expired)"
    assert first.json()["rule"] == "presence"


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (START, []),
        (replace(START, state=ActionState.STARTED), ["WRONG_STATE"]),
        (
            replace(START, team=(replace(AUXILIARY, role=TeamRole.LEAD), AUXILIARY)),
            ["TEAM_TOO_SMALL", "NO_LEAD", "NO_RECORDER_PERSON"],
        ),
        (replace(START, team=(LEAD, AUXILIARY)), ["TEAM_TOO_SMALL"]),
        (
            replace(START, team=(LEAD, replace(MATE, bars=(Bar.CERT_EXPIRED,)))),
            ["TEAM_TOO_SMALL", "CERT_EXPIRED"],
        ),
        (
            replace(START, team=(LEAD, MATE, replace(MATE, bars=(Bar.SUSPENDED,)))),
            ["MEMBER_BARRED"],
        ),
        (replace(START, team=(replace(LEAD, role=TeamRole.ASSIST), MATE)), ["NO_LEAD"]),
        (replace(START, least=3), ["TEAM_TOO_SMALL"]),
        (replace(START, capacity=CapacityBar.NO_CAPACITY), ["NOT_QUALIFIED"]),
        (replace(START, power=PowerFact(None)), ["NO_POWER_ITEM"]),
        (replace(START, power=PowerFact("0217", in_force=False)), ["POWER_ITEM_ENDED"]),
        (replace(START, power=PowerFact("0217")), []),
        (replace(START, recorders=0), ["NO_RECORDER"]),
        (replace(START, tier=Tier.DISCRETIONARY, recorders=0), ["NO_DECISION"]),
        (replace(START, tier=Tier.DISCRETIONARY, is_decided=True, recorders=0), []),
        (replace(START, tier=Tier.DISCRETIONARY, is_exempted=True, recorders=0), []),
        (replace(START, tier=Tier.ORDINARY, recorders=0), []),
        (replace(START, review=(Refusal(C.REVIEW_NOT_AGREED),)), ["REVIEW_NOT_AGREED"]),
    ],
)
def test_what_stands_against_a_start(facts: StartFacts, told: list[str]) -> None:
    assert codes(start_refusals(facts)) == told


def test_ending_and_cancelling_need_their_facts() -> None:
    assert codes(end_refusals(ActionState.STARTED, has_interval=True)) == []
    assert codes(end_refusals(ActionState.PLANNED, has_interval=False)) == [
        "WRONG_STATE",
        "NO_INTERVAL",
    ]
    assert codes(cancel_refusals(ActionState.PLANNED, has_reason=True)) == []
    assert codes(cancel_refusals(ActionState.ENDED, has_reason=False)) == [
        "WRONG_STATE",
        "REASON_MISSING",
    ]


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (EXEMPT, []),
        (replace(EXEMPT, tier=Tier.MANDATORY, may=False), ["EXEMPTION_FORBIDDEN"]),
        (replace(EXEMPT, documents=0), ["MISSING_DOC"]),
        (replace(EXEMPT, signers=frozenset({"O-11"})), ["SIGNATURES"]),
        (replace(EXEMPT, has_reason=False), ["EXEMPTION_REASON"]),
        (replace(EXEMPT, approver=None), ["EXEMPTION_APPROVER"]),
        (replace(EXEMPT, approver="O-11"), ["EXEMPTION_APPROVER"]),
        (replace(EXEMPT, tier=Tier.ORDINARY, has_reason=False, approver=None), []),
    ],
)
def test_what_stands_against_a_text_instead_of_a_recording(
    facts: ExemptFacts, told: list[str]
) -> None:
    assert codes(exempt_refusals(facts)) == told


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (SETTLE, []),
        (replace(SETTLE, state=ActionState.STARTED), ["WRONG_STATE"]),
        *(
            (replace(SETTLE, coverage=CoverageFact(verdict)), [code])
            for verdict, code in (
                ("GAP", "COVERAGE_GAP"),
                ("NONE", "COVERAGE_NONE"),
                ("PROVISIONAL", "COVERAGE_PROVISIONAL"),
                ("NO_DECISION", "NO_DECISION"),
                (None, "NO_INTERVAL"),
            )
        ),
        *(
            (replace(SETTLE, coverage=CoverageFact(verdict)), [])
            for verdict in ("SEAMED", "TEXT_EXEMPT", "DISCRETION_NOT_RECORDED", "NOT_REQUIRED")
        ),
        (
            replace(SETTLE, groups=frozenset(MetadataGroup) - {MetadataGroup.RESULT}),
            ["META_INCOMPLETE"],
        ),
        (replace(SETTLE, papers=()), ["MISSING_DOC"]),
        (replace(SETTLE, papers=(), required=()), ["MISSING_DOC"]),
        (replace(SETTLE, papers=(replace(PAPER, code="通知书"),)), ["MISSING_DOC"]),
        (replace(SETTLE, papers=(replace(PAPER, code="通知书"),), required=()), []),
        (
            replace(SETTLE, papers=(replace(PAPER, officers=frozenset({"O-11"})),)),
            ["SIGNATURES"],
        ),
        (replace(SETTLE, papers=(replace(PAPER, counterpart=None),)), ["COUNTERPART_SIGNATURE"]),
        (
            replace(SETTLE, papers=(replace(PAPER, counterpart=Signed.REFUSED),)),
            ["REFUSAL_NOTE"],
        ),
        (
            replace(
                SETTLE,
                papers=(replace(PAPER, counterpart=Signed.REFUSED, counterpart_noted=True),),
            ),
            [],
        ),
        (replace(SETTLE, witnesses=(WitnessFact(1),)), ["WITNESS_SIGNATURE"]),
        (
            replace(
                SETTLE,
                witnesses=(WitnessFact(1, of_bureau=True),),
                papers=(replace(PAPER, witness=Signed.REFUSED),),
            ),
            ["WITNESS_OF_BUREAU"],
        ),
        (replace(SETTLE, identity=frozenset()), ["NO_IDENTITY"]),
        (replace(SETTLE, identity_modes=frozenset({IdentityMode.SHOWN})), ["NO_IDENTITY"]),
        (
            replace(
                SETTLE, identity=frozenset(), category=Category.APPROVAL, type=ActionType.HEARING
            ),
            [],
        ),
        (
            replace(
                SETTLE,
                identity=frozenset(),
                type=ActionType.SERVICE_BY_ANNOUNCEMENT,
                papers=(replace(PAPER, counterpart=None),),
            ),
            [],
        ),
        (replace(SETTLE, told=(ToldFact("r", None),)), ["NOT_TOLD"]),
        (replace(SETTLE, told=(ToldFact("r", Awareness.NONE),)), ["NOT_TOLD"]),
        (replace(SETTLE, told=(ToldFact("r", Awareness.VISIBLE_DEVICE),)), []),
        (
            replace(SETTLE, told=(ToldFact("r", Awareness.VISIBLE_DEVICE),), require_verbal=True),
            ["NOT_TOLD"],
        ),
        (
            replace(
                SETTLE,
                told=(ToldFact("r", Awareness.VISIBLE_DEVICE, has_verbal=True),),
                require_verbal=True,
            ),
            [],
        ),
        (
            replace(SETTLE, told=(ToldFact("r", Awareness.SIGNAGE),), require_verbal=True),
            [],
        ),
    ],
)
def test_what_stands_against_settling(facts: SettleFacts, told: list[str]) -> None:
    assert codes(settle_refusals(facts)) == told


def test_one_whole_document_is_enough_where_none_is_required() -> None:
    poor = replace(PAPER, sha256="cd" * 32, officers=frozenset(), counterpart=None)
    assert settle_refusals(replace(SETTLE, required=(), papers=(poor, PAPER))) == ()
    told = settle_refusals(replace(SETTLE, papers=(poor, PAPER)))
    assert codes(told) == ["SIGNATURES", "COUNTERPART_SIGNATURE"]
    assert told[0].facts == {"signed": 0, "least": 2, "document": "cd" * 32}


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (DECIDE, []),
        (replace(DECIDE, state=CaseState.SERVED), ["ALREADY_DECIDED"]),
        (replace(DECIDE, state=CaseState.FILED), ["WRONG_STATE"]),
        (replace(DECIDE, review=ReviewFact()), ["REVIEW_NOT_AGREED"]),
        (replace(DECIDE, review=ReviewFact(), is_major=False), []),
        (
            replace(DECIDE, review=replace(DECIDE.review, opinion=Opinion.PROBLEMS)),
            ["REVIEW_NOT_AGREED"],
        ),
        (replace(DECIDE, review=replace(DECIDE.review, is_current=False)), ["REVIEW_STALE"]),
        (replace(DECIDE, review=replace(DECIDE.review, reviewer="O-11")), ["REVIEWER_IN_TEAM"]),
        (replace(DECIDE, collective_step=True), ["COLLECTIVE_MISSING"]),
        (replace(DECIDE, collective_step=True, is_major=False), []),
        (
            replace(DECIDE, especially_major=True),
            ["COLLECTIVE_MISSING", "MINUTES_MISSING"],
        ),
        (
            replace(
                DECIDE,
                collective_step=True,
                collective=CollectiveFact(7, 4, has_minutes=False, after_review=False),
            ),
            ["COLLECTIVE_MISSING"],
        ),
        (replace(DECIDE, relied_on=frozenset({"r"})), ["RELIED_NOT_LINKED"]),
        (replace(DECIDE, relied_on=frozenset({"r"}), linked=frozenset({"r", "s"})), []),
    ],
)
def test_what_stands_against_a_decision(facts: DecideFacts, told: list[str]) -> None:
    assert codes(decide_refusals(facts)) == told


@pytest.mark.parametrize(
    ("members", "in_favour", "passes"), [(7, 4, True), (7, 3, False), (6, 3, True), (1, 0, False)]
)
def test_half_of_the_votes_is_enough(members: int, in_favour: int, *, passes: bool) -> None:
    votes = CollectiveFact(members, in_favour, has_minutes=True)
    told = codes(decide_refusals(replace(DECIDE, especially_major=True, collective=votes)))
    assert told == ([] if passes else ["VOTES_TOO_FEW"])


def close(*actions: ActionFact, override: Override = Override.FINDING) -> list[str]:
    return codes(close_refusals(CloseFacts(CaseState.EXECUTED, actions, override)))


def test_a_gap_closes_over_its_answered_finding_and_never_where_the_profile_says_so() -> None:
    ended = ActionFact("a", ActionState.ENDED, (GAP,))
    answered = replace(ended, is_answered=True)
    assert close(ActionFact("a", ActionState.SETTLED)) == []
    assert close(ActionFact("a", ActionState.CANCELLED)) == []
    assert close(ActionFact("a", ActionState.ENDED)) == ["NOT_SETTLED"]
    assert close(ended) == ["COVERAGE_GAP"]
    assert close(answered) == []
    assert close(answered, override=Override.NEVER) == ["COVERAGE_GAP"]
    assert close(replace(answered, against=(GAP, META))) == ["NOT_SETTLED"]
    assert close(replace(answered, state=ActionState.STARTED)) == ["NOT_SETTLED"]
    waits = Refusal(C.COVERAGE_PROVISIONAL)
    assert close(replace(answered, against=(waits,))) == ["COVERAGE_PROVISIONAL"]


def test_closing_names_what_is_not_fixed_and_archiving_what_is_missing() -> None:
    facts = CloseFacts(CaseState.DECIDED, (), Override.FINDING, frozenset({"r2", "r1"}))
    told = close_refusals(facts)
    assert codes(told) == ["WRONG_STATE", "NOT_FIXED"]
    assert told[1].facts == {"recordings": ["r1", "r2"]}
    whole = ArchiveFacts(CaseState.CLOSED, frozenset(CaseStage))
    assert archive_refusals(whole) == ()
    partly = replace(whole, stages=frozenset({CaseStage.START}), missing=frozenset({"r1"}))
    assert codes(archive_refusals(partly)) == ["STAGE_MISSING", "ITEM_MISSING"]
    unfiled = ArchiveFacts(CaseState.NOT_FILED, frozenset(), frozenset({"r1"}))
    assert codes(archive_refusals(unfiled)) == ["ITEM_MISSING"]


def test_the_smaller_steps_need_their_order_and_their_facts() -> None:
    assert codes(move_refusals(CaseState.DECIDED, CaseState.SERVED)) == []
    assert codes(move_refusals(CaseState.MATTER, CaseState.MATTER)) == ["WRONG_STATE"]
    assert codes(transfer_refusals(CaseState.INVESTIGATING, has_receipt=False)) == [
        "TRANSFER_RECEIPT"
    ]
    assert codes(file_refusals(CaseState.MATTER, CaseState.FILED, has_reason=False)) == []
    assert codes(file_refusals(CaseState.MATTER, CaseState.NOT_FILED, has_reason=False)) == [
        "REASON_MISSING"
    ]
    left_out = submit_refusals(
        CaseState.INVESTIGATING, linked=frozenset({"a", "b"}), bundle=frozenset({"a"})
    )
    assert codes(left_out) == ["REVIEW_INCOMPLETE"]
    assert left_out[0].facts == {"recordings": ["b"]}


@given(
    st.sampled_from(ActionState),
    st.lists(st.sampled_from([LEAD, MATE, AUXILIARY]), max_size=4),
    st.integers(1, 4),
    st.sampled_from(Tier),
    st.integers(0, 2),
)
def test_one_more_officer_or_recorder_never_adds_a_reason(
    state: ActionState, team: list[TeamFact], least: int, tier: Tier, recorders: int
) -> None:
    facts = StartFacts(state, tuple(team), least, None, PowerFact("1"), tier, recorders=recorders)
    more = replace(facts, team=(*team, MATE), recorders=recorders + 1)
    assert set(codes(start_refusals(more))) <= set(codes(start_refusals(facts)))
