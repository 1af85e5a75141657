"""Who may see, copy or borrow which recordings, why, and until when: the rules, without a database.

Holds always: to see is not to copy, and neither is to take a medium out (R-204); a grant counts
from its first day to its last, both included, by the days of Asia/Shanghai, and on the day after it
has expired (R-020); what nobody knows to be open to the public is given to no party but redacted.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class GrantKind(StrEnum):
    """What a grant lets somebody do."""

    CONSULT = "CONSULT"
    COPY = "COPY"
    BORROW = "BORROW"


class GranteeKind(StrEnum):
    """Whom a grant is given to."""

    PERSON = "PERSON"
    AGENCY = "AGENCY"
    COUNTERPART = "COUNTERPART"
    COURT = "COURT"


class GrantState(StrEnum):
    """Where a grant stands on a day."""

    REQUESTED = "REQUESTED"
    REFUSED = "REFUSED"
    APPROVED = "APPROVED"
    ACTIVE = "ACTIVE"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"


class GrantAnswer(StrEnum):
    """What was said to a request: by a second person, or by whoever made it."""

    APPROVED = "APPROVED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"


class Confidentiality(StrEnum):
    """Why a recording is not for everybody (R-168)."""

    NONE = "NONE"
    PRIVACY = "PRIVACY"
    COMMERCIAL = "COMMERCIAL"


class CopyForm(StrEnum):
    """In which form a copy leaves the house."""

    ORIGINAL = "ORIGINAL"
    WATERMARKED = "WATERMARKED"
    REDACTED = "REDACTED"


class Ground(StrEnum):
    """Why somebody may look at a recording, the nearest first."""

    OWN = "OWN"
    TEAM = "TEAM"
    GRANT = "GRANT"
    ROLE = "ROLE"


class GrantBar(StrEnum):
    """Why a grant is not approved."""

    APPROVER_ASKED = "APPROVER_ASKED"
    APPROVER_IS_GRANTEE = "APPROVER_IS_GRANTEE"
    GRANT_PAST = "GRANT_PAST"
    CONFIDENTIAL = "CONFIDENTIAL"
    STATE_SECRET = "STATE_SECRET"  # noqa: S105 - a reason, no password
    NO_OBJECTS = "NO_OBJECTS"


@dataclass(frozen=True)
class Term:
    """From which day to which, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class Asking:
    """A request that somebody wants to approve.

    `person` is who would use it here; `levels` are those of its recordings; `has_secret` says that
    one of them is put aside as a state secret.
    """

    kind: GrantKind
    grantee: GranteeKind
    term: Term
    requester: str
    person: str
    levels: Collection[Confidentiality] = ()
    has_secret: bool = False
    is_empty: bool = False


def state_of(
    term: Term, today: date, *, answer: GrantAnswer | None, is_revoked: bool
) -> GrantState:
    """Where a grant stands on a day."""
    if is_revoked:
        return GrantState.REVOKED
    if answer is None:
        return GrantState.REQUESTED if today <= term.last else GrantState.EXPIRED
    if answer is not GrantAnswer.APPROVED:
        return GrantState.REFUSED
    if today < term.first:
        return GrantState.APPROVED
    return GrantState.ACTIVE if today <= term.last else GrantState.EXPIRED


def against_approval(asked: Asking, *, approver: str, today: date) -> list[GrantBar]:
    """Everything that stands against one person's approval, at once."""
    found: list[GrantBar] = []
    if approver == asked.requester:
        found.append(GrantBar.APPROVER_ASKED)
    if approver == asked.person:
        found.append(GrantBar.APPROVER_IS_GRANTEE)
    if today > asked.term.last:
        found.append(GrantBar.GRANT_PAST)
    if asked.is_empty:
        found.append(GrantBar.NO_OBJECTS)
    if asked.has_secret:
        found.append(GrantBar.STATE_SECRET)
    if not all(may_go(asked.kind, asked.grantee, level=one) for one in asked.levels):
        found.append(GrantBar.CONFIDENTIAL)
    return found


def may_go(kind: GrantKind, grantee: GranteeKind, *, level: Confidentiality) -> bool:
    """Whether such a grant may reach a recording of this level at all (R-168).

    A party sees and takes home nothing of what is confidential but a redacted copy.
    """
    if level is Confidentiality.NONE or grantee is not GranteeKind.COUNTERPART:
        return True
    return kind is GrantKind.COPY


def allowed_forms(grantee: GranteeKind, *, level: Confidentiality) -> frozenset[CopyForm]:
    """The forms in which a copy may leave to somebody."""
    if level is not Confidentiality.NONE and grantee is GranteeKind.COUNTERPART:
        return frozenset({CopyForm.REDACTED})
    return frozenset(CopyForm)
