"""The words of cases and enforcement actions, as rows and screens use them.

`evidence.case_words` says each in Chinese and English; parts 3.1 and 3.2 of the requirements.
"""

from enum import StrEnum


class Category(StrEnum):
    """The ten categories of enforcement activity (R-002); OTHER needs a name."""

    APPROVAL = "APPROVAL"
    PENALTY = "PENALTY"
    LEVY = "LEVY"
    COMPULSION = "COMPULSION"
    CONFIRMATION = "CONFIRMATION"
    RULING = "RULING"
    PAYMENT = "PAYMENT"
    AWARD = "AWARD"
    INSPECTION = "INSPECTION"
    OTHER = "OTHER"


class CaseState(StrEnum):
    """Where a case stands. What was reached elsewhere is taken as a fact (R-218)."""

    MATTER = "MATTER"
    FILED = "FILED"
    NOT_FILED = "NOT_FILED"
    INVESTIGATING = "INVESTIGATING"
    REVIEW = "REVIEW"
    COLLECTIVE = "COLLECTIVE"
    DECIDED = "DECIDED"
    SERVED = "SERVED"
    EXECUTED = "EXECUTED"
    CLOSED = "CLOSED"
    ARCHIVED = "ARCHIVED"
    TRANSFERRED = "TRANSFERRED"


class ActionState(StrEnum):
    """Where an enforcement action stands."""

    PLANNED = "PLANNED"
    STARTED = "STARTED"
    ENDED = "ENDED"
    SETTLED = "SETTLED"
    CANCELLED = "CANCELLED"


class StepBasis(StrEnum):
    """Why a state was reached: past the guard here, or as a fact that came from elsewhere."""

    GUARDED = "GUARDED"
    IMPORTED = "IMPORTED"


class ActionType(StrEnum):
    """What is done; the codes of `tier.catalogue`. OTHER needs a name."""

    SEAL_UP = "SEAL_UP"
    SEIZURE = "SEIZURE"
    FORCED_DEMOLITION = "FORCED_DEMOLITION"
    ON_SITE = "ON_SITE"
    EVIDENCE_TAKING = "EVIDENCE_TAKING"
    HEARING = "HEARING"
    SERVICE_BY_LEAVING = "SERVICE_BY_LEAVING"
    SERVICE_BY_ANNOUNCEMENT = "SERVICE_BY_ANNOUNCEMENT"
    INSPECTION = "INSPECTION"
    INQUIRY = "INQUIRY"
    SCENE_EXAMINATION = "SCENE_EXAMINATION"
    OTHER = "OTHER"


class TeamRole(StrEnum):
    """Who answers for what in an action (R-038)."""

    LEAD = "LEAD"
    ASSIST = "ASSIST"


class ActionFact(StrEnum):
    """What a record of an action is about."""

    DECISION = "DECISION"
    EXEMPTION = "EXEMPTION"
    AWARENESS = "AWARENESS"
    IDENTITY = "IDENTITY"
    NOTICE = "NOTICE"
    DOCUMENT = "DOCUMENT"
    SIGNATURE = "SIGNATURE"
    WITNESS = "WITNESS"
    METADATA = "METADATA"
    PARTY = "PARTY"


class CaseFact(StrEnum):
    """What a record of a case is about."""

    FIXATION = "FIXATION"
    REVIEW_SUBMITTED = "REVIEW_SUBMITTED"
    REVIEW_OPINION = "REVIEW_OPINION"
    COLLECTIVE = "COLLECTIVE"
    MANIFEST = "MANIFEST"
    STAGE = "STAGE"
    TAG = "TAG"
    REMEDIES = "REMEDIES"


class Bearing(StrEnum):
    """Which way a recording bears in a case: for the party, against, or neither (R-061)."""

    FOR = "FOR"
    AGAINST = "AGAINST"
    NEUTRAL = "NEUTRAL"


class RecordChoice(StrEnum):
    """What was decided where it is left to those on the spot (R-146)."""

    RECORD = "RECORD"
    NOT_RECORD = "NOT_RECORD"


class Awareness(StrEnum):
    """How the counterpart knew of the recording (R-196); NONE makes it covert (R-197)."""

    VISIBLE_DEVICE = "VISIBLE_DEVICE"
    VERBAL_NOTICE = "VERBAL_NOTICE"
    SIGNAGE = "SIGNAGE"
    NONE = "NONE"


class IdentityMode(StrEnum):
    """How the certificates were seen (R-078, R-129)."""

    SHOWN = "SHOWN"
    WORN = "WORN"


class NoticeItem(StrEnum):
    """What the counterpart is told (R-066)."""

    CAUSE = "CAUSE"
    BASIS = "BASIS"
    STATEMENT = "STATEMENT"
    DEFENCE = "DEFENCE"
    HEARING = "HEARING"
    REMEDY = "REMEDY"


class Signed(StrEnum):
    """What became of a signature that was asked for (R-193, R-194)."""

    SIGNED = "SIGNED"
    REFUSED = "REFUSED"


class Signer(StrEnum):
    """Who signs beside the officers, who are named by their person's id."""

    COUNTERPART = "COUNTERPART"
    WITNESS = "WITNESS"


class MetadataGroup(StrEnum):
    """The six groups that a record must state."""

    TIME = "TIME"
    PLACE = "PLACE"
    PEOPLE = "PEOPLE"
    CAUSE = "CAUSE"
    COURSE = "COURSE"
    RESULT = "RESULT"


class CaseStage(StrEnum):
    """The four stages of which each needs a record (R-080)."""

    START = "START"
    INVESTIGATE = "INVESTIGATE"
    DECIDE = "DECIDE"
    SERVE_EXECUTE = "SERVE_EXECUTE"


class Opinion(StrEnum):
    """What legal review came to (R-160)."""

    AGREE = "AGREE"
    PROBLEMS = "PROBLEMS"


class ImportKind(StrEnum):
    """What a file that was read in holds."""

    CASES = "CASES"
    ACTIONS = "ACTIONS"


class ProposalKind(StrEnum):
    """What one person proposes and a second one answers."""

    INTERVAL = "INTERVAL"
    EXEMPTION = "EXEMPTION"
    UNLINK = "UNLINK"


class ProposalAnswer(StrEnum):
    """What became of a proposal; only who made it withdraws it."""

    APPROVED = "APPROVED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"
