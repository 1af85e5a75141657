"""The bodies of answers and requests about access: grants, what leaves the house, supervision."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from api.models import Given, Key, Sha256
from api.models_case_given import Line, Long
from api.models_register import Said
from evidence.access import GranteeKind, GrantKind


class GrantGiven(Given):
    """What somebody asks for; `person` uses it here, else whoever asks. A case or recordings.

    An empty text is refused with a sentence that says what is missing (R-020).
    """

    kind: GrantKind
    grantee: GranteeKind = GranteeKind.PERSON
    person: Key | None = None
    outsider: Line | None = None
    purpose: str
    basis: str
    document_number: str
    case: Key | None = None
    recordings: list[Sha256] = Field(default=[], max_length=200)
    from_day: date
    to_day: date


class GrantNote(Given):
    """What is said beside an answer."""

    note: Long | None = None


class RevokeGiven(Given):
    """Why a grant ends."""

    reason: str


class LevelGiven(Given):
    """Why a recording is not for everybody; STATE is refused with where it belongs."""

    level: str
    reason: str


class GrantShown(BaseModel):
    """A grant; `may` are the acts that the reader could do with it now."""

    id: str
    kind: Said
    state: Said
    grantee: Said
    person: str
    person_name: str | None
    outsider: str | None
    purpose: str | None
    basis: str
    document_number: str
    case: str | None
    case_number: str | None
    recordings: list[str]
    from_day: date
    to_day: date
    requester: str
    requester_name: str | None
    requested_at: str
    approver: str | None
    approver_name: str | None
    answered_at: str | None
    note: str | None
    revoked_by: str | None
    revoked_at: str | None
    revoke_reason: str | None
    may: list[str]


class Grants(BaseModel):
    """Grants, the latest first."""

    grants: list[GrantShown]


class LoanGiven(Given):
    """A medium to lend until a day, included."""

    medium: Line
    due_on: date
    receiver: Line


class LoanShown(BaseModel):
    """A lent medium, by its number under its grant; `back_at` is null while it is out."""

    id: str
    grant: str
    number: int
    document_number: str
    medium: str
    due_on: date
    overdue: bool
    receiver: str | None
    lent_at: datetime
    back_at: datetime | None
    back_note: str | None


class CopyShown(BaseModel):
    """A copy that left, with its signed receipt."""

    id: str
    grant: str
    document_number: str
    form: Said
    receiver: str | None
    given_at: datetime
    signed: str


class Outgoing(BaseModel):
    """What left: media, what is out first, and copies."""

    loans: list[LoanShown]
    copies: list[CopyShown]


class LookTried(BaseModel):
    """A look, or a try that was refused."""

    at: str
    recording: str
    person: str
    name: str | None
    kind: str
    denied: bool
    ground: Said | None


class CaseAccess(BaseModel):
    """Who looked at the footage of a case or tried to, and what was granted of it."""

    tries: list[LookTried]
    grants: list[GrantShown]


class LevelShown(BaseModel):
    """How confidential a recording is."""

    recording: str
    level: Said
