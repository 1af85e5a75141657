"""The bodies of answers and requests about disposal; days are Asia/Shanghai's, times UTC texts."""

from typing import Annotated

from pydantic import BaseModel, Field

from api.models import Given, Sha256, Words
from api.models_case_given import Long
from api.models_register import Said
from evidence.disposal import MOST_IN_BATCH, Answer

Originals = Annotated[list[Sha256], Field(min_length=1, max_length=MOST_IN_BATCH)]


class ProposalGiven(Given):
    """What is to go, and why it need not be kept (鉴定意见)."""

    originals: Originals
    appraisal: Long


class DisposalAnswerGiven(Given):
    """An answer to the list of this digest."""

    answer: Answer
    list_sha256: Sha256
    note: Long | None = None


class LineShown(BaseModel):
    """A recording as a list holds it; `size` is in bytes."""

    recording: str
    size: int
    kept_as: Words
    period: str
    start: str
    due_on: str
    basis: str
    again: bool


class AgainstShown(BaseModel):
    """One reason against one recording."""

    recording: str
    code: str
    words: Words


class KeptShown(BaseModel):
    """A recording that is due and must stay, with every reason."""

    line: LineShown
    reasons: list[AgainstShown]


class DoubtShown(BaseModel):
    """A clock that disagrees with ours."""

    source: str
    words: Words
    at: str
    now: str


class DisposalsDue(BaseModel):
    """What became due; `returned` was disposed of and lies in the vault again."""

    lines: list[LineShown]
    kept: list[KeptShown]
    returned: list[str]
    clock: list[DoubtShown]
    next: str | None


class PersonSaid(BaseModel):
    """What somebody said of a batch; the name is null once it is erased."""

    answer: Said
    person: str
    name: str | None
    note: str | None
    at: str


class BatchShown(BaseModel):
    """A batch with its frozen list; `mine` says that whoever asks has approved it."""

    batch: str
    state: Said
    list_sha256: str
    lines: list[LineShown]
    appraisal: str | None
    proposer: str
    proposer_name: str | None
    proposed_at: str
    answers: list[PersonSaid]
    mine: bool
    buried_at: str | None
    certificate: str | None
    certified_at: str | None


class Batches(BaseModel):
    """Batches within reach, newest first."""

    batches: list[BatchShown]


class RehearsalShown(BaseModel):
    """The dry run: whether a batch may be carried out now, and all that stands against it."""

    may: bool
    words: Words
    codes: list[str]
    recordings: list[AgainstShown]
    clock: list[DoubtShown]


class DisposalCertificate(BaseModel):
    """A certificate: its signed note, and the lines it has."""

    certificate: str
    batch: str
    issued_at: str
    signed: str
    lines: list[LineShown]
