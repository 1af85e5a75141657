"""The bodies of answers and requests, as the OpenAPI file states them; times are UTC texts."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from evidence.vocabulary import AccountState, Role
from people.roles import Permission

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
PLAIN = r"^[^\x00-\x1f\x7f]*$"
"""No control characters: PostgreSQL refuses the first of them, and no name of ours has any."""

Key = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=PLAIN)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=PLAIN)]
Password = Annotated[str, StringConstraints(min_length=1, max_length=1024)]


class Given(BaseModel):
    """A request's body: nothing may stand in it that no route knows."""

    model_config = ConfigDict(extra="forbid")


class Words(BaseModel):
    """A sentence in both languages."""

    zh: str
    en: str


class Health(BaseModel):
    """The service answers, and which site it is."""

    ok: Literal[True] = True
    site: str
    version: str


class Setup(BaseModel):
    """Whether the first administrator is still to come."""

    needed: bool


class SetupGiven(Given):
    """What the first administrator types in; the code is the terminal's."""

    code: Short
    bureau: Short
    name: Short
    login: Short
    password: Password


class LoginGiven(Given):
    """A name and a password."""

    login: Short
    password: Password


class PasswordGiven(Given):
    """A one-time code and the password chosen with it."""

    code: Short
    password: Password


class Held(BaseModel):
    """A role that an account holds in a unit."""

    id: str
    role: Role
    unit: str


class UnitNamed(BaseModel):
    """A unit by its name."""

    id: str
    name: str


class Me(BaseModel):
    """Who is logged in; `csrf` goes into the header `X-Liuhen-Csrf` of each change.

    `units` are those in which a role is held, and those below.
    `everywhere` are those of the permissions that reach everything here, not some units alone.
    """

    account: str
    login: str | None
    name: str | None
    roles: list[Held]
    units: list[UnitNamed]
    permissions: list[Permission]
    everywhere: list[Permission]
    csrf: str
    until: str


class NoticeShown(BaseModel):
    """Something to tell about a dock, in words."""

    code: str
    words: Words


class Dock(BaseModel):
    """One docked card as the board shows it; counts are files, sizes bytes."""

    key: str
    dock: str
    card: str
    state: str
    words: Words
    may_leave: bool
    session: str | None
    recorder: str | None
    receipt: str | None
    files: int
    safe: int
    recognised: int
    failed: int
    waiting: int
    bytes_total: int
    bytes_done: int
    current: str
    notices: list[NoticeShown]
    more_notices: int


class Docks(BaseModel):
    """All docks now; `/api/docks/events` sends this object again whenever it has changed."""

    docks: list[Dock]


class Disposed(BaseModel):
    """By what a recording went: `certificate` is null until its bytes are gone."""

    batch: str
    certificate: str | None
    class_words: Words
    period: str
    due_on: str
    basis: str
    buried_at: str
    words: Words


class ListedRecording(BaseModel):
    """One sighting of a recording in the list.

    `labels` are those of this sighting, then what was found by looking into the recording.
    """

    sighting: str
    recording: str
    session: str
    name: str
    size: int
    kind: str
    labels: list[str]
    day: str | None
    sealed_at: str
    dock: str
    recorder: str | None
    officer: str | None
    unit: str | None
    unit_name: str | None
    disposed: str | None = Field(description="the certificate or batch by which it went")


class RecordingsPage(BaseModel):
    """A page of the list, newest first; `next` asks for the one after it."""

    recordings: list[ListedRecording]
    next: str | None


class Sighting(BaseModel):
    """Where and under which name a recording was found; each claimed time is kept apart."""

    id: str
    session: str
    name: str
    kind: str
    labels: list[str]
    name_time: str | None
    container_time: str | None
    container_zone: str | None
    file_time: str | None
    zone: str
    sealed_at: str
    dock: str
    recorder: str | None
    officer: str | None
    unit: str | None
    unit_name: str | None


class RemarkShown(BaseModel):
    """What is wrong with a recording, or why it is not shown as it is.

    `detail` is what a tool said of it, in its own words; null where there is nothing more to say.
    """

    code: str
    words: Words
    detail: str | None


class DerivativeShown(BaseModel):
    """What was made of a recording to look at; it is never evidence itself.

    `remarks` are on the source; `transcoded` says of "video" and "sound" why they are not shown as
    they are.
    """

    kind: str
    state: str
    words: Words | None
    tool: str
    labels: list[str]
    remarks: list[RemarkShown]
    transcoded: dict[str, list[RemarkShown]]
    files: list[str]
    made_at: str
    facts: dict[str, object]


class MakingShown(BaseModel):
    """What is being made of a recording just now; `percent` where it takes long enough to count."""

    kind: str
    percent: int | None


class Recording(BaseModel):
    """One recording: its digests, where it was found, and what there is to look at."""

    recording: str
    size: int
    sealed_at: str
    digests: dict[str, str]
    sightings: list[Sighting]
    derivatives: list[DerivativeShown]
    making: MakingShown | None
    disposed: Disposed | None


class CustodyEntry(BaseModel):
    """One entry of the custody log; `body` is the leaf, byte for byte, as the log holds it.

    Of a look, somebody who may not know who has looked gets neither actor nor facts nor body.
    """

    seq: int
    at: str
    clock: str
    act: str
    words: Words
    actor: str | None
    facts: dict[str, object]
    body: str | None


class Withheld(BaseModel):
    """How many entries do not say whose they are, and why."""

    count: int
    words: Words


class Custody(BaseModel):
    """The entries about one recording and its docking, oldest first; `whole` unless cut off."""

    entries: list[CustodyEntry]
    whole: bool
    withheld: Withheld | None


class ShownBytes(BaseModel):
    """Which bytes of one file went out."""

    what: str
    size: int
    ranges: list[tuple[int, int]]


class Looked(BaseModel):
    """One look at a recording.

    A look that was `cut_short` by the end of the service may have shown more than is known.
    """

    id: str
    account: str
    name: str | None
    kind: str
    opened_at: str
    ended: bool
    cut_short: bool
    shown: list[ShownBytes]


class Looks(BaseModel):
    """The looks at one recording, newest first."""

    views: list[Looked]


class ViewGiven(Given):
    """What is to be seen: the preview, or the original byte by byte."""

    kind: Literal["PREVIEW", "ORIGINAL"]


class ViewOpened(BaseModel):
    """A look that is on record; `files` are addresses that answer while it is open."""

    id: str
    files: dict[str, str]


class Account(BaseModel):
    """An account; names are null once they are erased."""

    account: str
    login: str | None
    name: str | None
    officer_number: str | None
    state: AccountState
    has_password: bool
    roles: list[Held]


class Accounts(BaseModel):
    """All accounts that may be seen."""

    accounts: list[Account]


class AccountGiven(Given):
    """A person who is to have an account."""

    name: Short
    login: Short
    officer_number: Annotated[str, StringConstraints(max_length=64, pattern=PLAIN)] | None = None
    role: Role
    unit: Key


class Invited(BaseModel):
    """The one-time code by which the person chooses a password; it is shown only now."""

    account: str
    code: str


class RoleGiven(Given):
    """A role to give, in a unit."""

    role: Role
    unit: Key


class Done(BaseModel):
    """It was done."""

    ok: Literal[True] = True


class Unit(BaseModel):
    """A unit; `parent` is null for the bureau itself."""

    id: str
    parent: str | None
    name: str


class Units(BaseModel):
    """All units."""

    units: list[Unit]


class UnitGiven(Given):
    """A unit to add below another."""

    name: Short
    parent: Key


class Login(BaseModel):
    """A log-in that was made; `ended_at` is null while it was not ended by anybody."""

    name: str
    account: str
    login: str | None
    address: str
    agent: str
    began_at: str
    seen_at: str
    ended_at: str | None


class Logins(BaseModel):
    """Log-ins, newest first."""

    logins: list[Login]


class FailedJob(BaseModel):
    """A preview that could not be made, and why."""

    recording: str
    kind: str
    code: str
    words: Words
    attempts: int
    made_at: str


class JobsShown(BaseModel):
    """What stands of the previews: how many in each state, and the newest failures."""

    counts: dict[str, int]
    failed: list[FailedJob]


class RetryGiven(Given):
    """Whose failed previews are to be tried anew; null: all."""

    recording: Sha256 | None = None


class Retried(BaseModel):
    """How many failures are tried anew."""

    retried: int


class LogHead(BaseModel):
    """The newest signed checkpoint of the custody log, to be kept elsewhere, and the public key."""

    checkpoint: str
    key: str
    size: int


Limit = Annotated[int, Field(ge=1, le=200)]
