"""What a guard says when it refuses a step: a code, its facts, and the rule that it applies.

Holds always: codes are public and never change their meaning; a refusal names the rule of the
policy profile whose clauses it rests on; `evidence.refusal_messages` says what it means and what
would lift it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from evidence.canonical import Json


class RefusalCode(StrEnum):
    """Why a step is refused."""

    WRONG_STATE = "WRONG_STATE"
    TEAM_TOO_SMALL = "TEAM_TOO_SMALL"
    CERT_EXPIRED = "CERT_EXPIRED"
    MEMBER_BARRED = "MEMBER_BARRED"
    NO_LEAD = "NO_LEAD"
    NO_RECORDER_PERSON = "NO_RECORDER_PERSON"
    NOT_QUALIFIED = "NOT_QUALIFIED"
    NO_POWER_ITEM = "NO_POWER_ITEM"
    POWER_ITEM_ENDED = "POWER_ITEM_ENDED"
    NO_RECORDER = "NO_RECORDER"
    NO_DECISION = "NO_DECISION"
    EXEMPTION_FORBIDDEN = "EXEMPTION_FORBIDDEN"
    EXEMPTION_REASON = "EXEMPTION_REASON"
    EXEMPTION_APPROVER = "EXEMPTION_APPROVER"
    NO_INTERVAL = "NO_INTERVAL"
    COVERAGE_GAP = "COVERAGE_GAP"
    COVERAGE_NONE = "COVERAGE_NONE"
    COVERAGE_PROVISIONAL = "COVERAGE_PROVISIONAL"
    META_INCOMPLETE = "META_INCOMPLETE"
    MISSING_DOC = "MISSING_DOC"
    SIGNATURES = "SIGNATURES"
    COUNTERPART_SIGNATURE = "COUNTERPART_SIGNATURE"
    REFUSAL_NOTE = "REFUSAL_NOTE"
    WITNESS_OF_BUREAU = "WITNESS_OF_BUREAU"
    WITNESS_SIGNATURE = "WITNESS_SIGNATURE"
    NO_IDENTITY = "NO_IDENTITY"
    NOT_TOLD = "NOT_TOLD"
    NOT_SETTLED = "NOT_SETTLED"
    NOT_FIXED = "NOT_FIXED"
    REVIEW_INCOMPLETE = "REVIEW_INCOMPLETE"
    REVIEW_NOT_AGREED = "REVIEW_NOT_AGREED"
    REVIEW_STALE = "REVIEW_STALE"
    REVIEWER_IN_TEAM = "REVIEWER_IN_TEAM"
    COLLECTIVE_MISSING = "COLLECTIVE_MISSING"
    MINUTES_MISSING = "MINUTES_MISSING"
    VOTES_TOO_FEW = "VOTES_TOO_FEW"
    RELIED_NOT_LINKED = "RELIED_NOT_LINKED"
    STAGE_MISSING = "STAGE_MISSING"
    ITEM_MISSING = "ITEM_MISSING"
    TRANSFER_RECEIPT = "TRANSFER_RECEIPT"
    ALREADY_DECIDED = "ALREADY_DECIDED"
    REASON_MISSING = "REASON_MISSING"
    SECOND_PERSON = "SECOND_PERSON"


_C = RefusalCode
_CODES_OF_RULES: Mapping[str, tuple[RefusalCode, ...]] = {
    "presence": (_C.TEAM_TOO_SMALL,),
    "may_enforce": (_C.CERT_EXPIRED, _C.MEMBER_BARRED),
    "team_roles": (_C.NO_LEAD, _C.NO_RECORDER_PERSON),
    "capacity": (_C.NOT_QUALIFIED, _C.NO_POWER_ITEM, _C.POWER_ITEM_ENDED),
    "coverage": (
        *(_C.NO_RECORDER, _C.COVERAGE_GAP, _C.COVERAGE_NONE, _C.COVERAGE_PROVISIONAL),
        *(_C.NOT_SETTLED, _C.NO_INTERVAL),
    ),
    "tier": (_C.NO_DECISION,),
    "exemption": (_C.EXEMPTION_FORBIDDEN, _C.EXEMPTION_REASON, _C.EXEMPTION_APPROVER),
    "interval": (_C.REASON_MISSING, _C.SECOND_PERSON),
    "metadata": (_C.META_INCOMPLETE,),
    "documents": (_C.MISSING_DOC,),
    "signatures": (
        *(_C.SIGNATURES, _C.COUNTERPART_SIGNATURE, _C.REFUSAL_NOTE),
        *(_C.WITNESS_OF_BUREAU, _C.WITNESS_SIGNATURE),
    ),
    "identity": (_C.NO_IDENTITY,),
    "awareness": (_C.NOT_TOLD,),
    "fixation": (_C.NOT_FIXED,),
    "evidence_both_ways": (_C.REVIEW_INCOMPLETE, _C.RELIED_NOT_LINKED),
    "legal_review": (_C.REVIEW_NOT_AGREED, _C.REVIEW_STALE, _C.REVIEWER_IN_TEAM),
    "collective": (_C.COLLECTIVE_MISSING, _C.MINUTES_MISSING, _C.VOTES_TOO_FEW),
    "stages": (_C.STAGE_MISSING, _C.WRONG_STATE, _C.ALREADY_DECIDED),
    "archive": (_C.ITEM_MISSING,),
    "transfer": (_C.TRANSFER_RECEIPT,),
}
RULE_OF: Mapping[RefusalCode, str] = {
    code: rule for rule, codes in _CODES_OF_RULES.items() for code in codes
}
"""The rule that each code applies."""


@dataclass(frozen=True)
class Refusal:
    """One reason against a step; `facts` hold ids and numbers, no names."""

    code: RefusalCode
    facts: Mapping[str, Json] = field(default_factory=dict)

    @property
    def rule(self) -> str:
        """The id of the rule it rests on."""
        return RULE_OF[self.code]

    def json(self) -> dict[str, Json]:
        """As it stands on record."""
        return {"code": self.code.value, "facts": dict(self.facts), "rule": self.rule}


def listed(values: Iterable[str]) -> list[Json]:
    """Texts in order, each once, as facts hold them."""
    found: list[Json] = []
    found.extend(sorted(set(values)))
    return found
