"""Facts of an action and a case against which nothing stands, for tests of guards to spoil."""

from evidence.case_guards import DecideFacts, ReviewFact
from evidence.case_vocabulary import (
    ActionState,
    ActionType,
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
    CoverageFact,
    ExemptFacts,
    PaperFact,
    PowerFact,
    SettleFacts,
    StartFacts,
    TeamFact,
)
from evidence.refusals import Refusal
from evidence.refusals import RefusalCode as C
from evidence.vocabulary import Tier

LEAD = TeamFact("O-11", TeamRole.LEAD, PersonKind.OFFICER, is_recorder_person=True)
MATE = TeamFact("O-12", TeamRole.ASSIST, PersonKind.OFFICER)
AUXILIARY = TeamFact("A-07", TeamRole.ASSIST, PersonKind.AUXILIARY, (Bar.NOT_OFFICER,))
START = StartFacts(
    ActionState.PLANNED,
    (LEAD, MATE),
    least=2,
    capacity=None,
    power=PowerFact("0217", in_force=True),
    tier=Tier.MANDATORY,
    recorders=1,
)
PAPER = PaperFact("ab" * 32, "检查笔录", frozenset({"O-11", "O-12"}), counterpart=Signed.SIGNED)
SETTLE = SettleFacts(
    state=ActionState.ENDED,
    type=ActionType.INSPECTION,
    category=Category.INSPECTION,
    coverage=CoverageFact("FULL"),
    groups=frozenset(MetadataGroup),
    required=("检查笔录",),
    papers=(PAPER,),
    least_signatures=2,
    identity=frozenset({IdentityMode.WORN}),
    identity_modes=frozenset(IdentityMode),
)
DECIDE = DecideFacts(
    CaseState.REVIEW,
    is_major=True,
    especially_major=False,
    collective_step=False,
    review=ReviewFact(1, Opinion.AGREE, "R-1", is_current=True),
    collective=None,
    team=frozenset({"O-11"}),
)
GAP = Refusal(C.COVERAGE_GAP, {"video_s": 90, "audio_s": 90})
META = Refusal(C.META_INCOMPLETE, {"missing": ["RESULT"]})
EXEMPT = ExemptFacts(
    Tier.DISCRETIONARY,
    may=True,
    documents=1,
    signers=frozenset({"O-11", "O-12"}),
    least=2,
    has_reason=True,
    approver="O-20",
    team=frozenset({"O-11", "O-12"}),
)
