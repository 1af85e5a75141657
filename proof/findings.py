"""What a verification says: findings, notes, what was covered, and the report as JSON.

Holds always: one finding is enough for FAILED; VERIFIED is only said where every byte of every
object was read; the number of findings kept is bounded, and those beyond the bound are counted.
`evidence.finding_messages` has each kind's sentence; `docs/formats/report.md` describes the JSON.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from evidence.canonical import Json

FORMAT = 1
LISTED_PER_KIND = 1000
LONGEST_TEXT = 2000


class State(StrEnum):
    """What the report amounts to."""

    VERIFIED = "VERIFIED"
    FAILED = "FAILED"
    QUICK_ONLY = "QUICK_ONLY"
    NOT_CHECKED = "NOT_CHECKED"


class Reach(StrEnum):
    """How far a green report can be trusted, by what was given from outside the store."""

    INTERNAL = "INTERNAL"
    KEY = "KEY"
    CHECKPOINT = "CHECKPOINT"


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was sealed.

    `item` is "table/key", "entries/seq", "checkpoints/size", "log_nodes/level/index" or a path in
    the vault. `since` and `until` are the signing times of the checkpoints around the item, as the
    store tells them (for an object: when it was last seen whole). `first` and `last` are the log
    positions it concerns; `count` says how many in a row it stands for.
    """

    kind: str
    item: str
    expected: str = ""
    found: str = ""
    since: str | None = None
    until: str | None = None
    first: int | None = None
    last: int | None = None
    count: int = 1

    def json(self) -> dict[str, Json]:
        """The finding's form in the report."""
        return {
            "kind": self.kind,
            "item": self.item,
            "expected": self.expected,
            "found": self.found,
            "since": self.since,
            "until": self.until,
            "first": self.first,
            "last": self.last,
            "count": self.count,
        }


class Findings:
    """Collects findings and notes, at most `LISTED_PER_KIND` of each kind."""

    def __init__(self) -> None:
        self.listed: list[Finding] = []
        self.notes: list[Finding] = []
        self.counts: Counter[str] = Counter()
        self.note_counts: Counter[str] = Counter()

    def add(self, kind: str, item: str, *, expected: object = "", found: object = "") -> None:
        """Records a finding."""
        self.put(Finding(kind, item, shown(expected), shown(found)))

    def put(self, finding: Finding) -> None:
        """Records a finding that is made already."""
        self.counts[finding.kind] += 1
        if self.counts[finding.kind] <= LISTED_PER_KIND:
            self.listed.append(finding)

    def note(self, kind: str, item: str, *, expected: object = "", found: object = "") -> None:
        """Records something worth knowing that is no alteration."""
        self.note_counts[kind] += 1
        if self.note_counts[kind] <= LISTED_PER_KIND:
            self.notes.append(Finding(kind, item, shown(expected), shown(found)))


def shown(value: object) -> str:
    """Any stored value as bounded text that is safe to print and to write as JSON."""
    if isinstance(value, str) and len(value) <= LONGEST_TEXT and value.isprintable():
        return value
    text = (
        str(value) if isinstance(value, str | Exception) else "" if value is None else repr(value)
    )
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in _cut(text))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "…"


@dataclass
class Objects:
    """Originals: `named` by rows for this vault, `read` whole, `sized` only, `elsewhere` alone.

    `disposed` are absent under a tombstone and not counted as named; `certificates` of disposal.
    """

    named: int = 0
    read: int = 0
    sized: int = 0
    elsewhere: int = 0
    disposed: int = 0
    certificates: int = 0
    read_bytes: int = 0
    past_cache: int = 0
    orphans: int = 0
    never_scrubbed: int = 0
    oldest_never_scrubbed: str | None = None
    oldest_scrub: str | None = None


@dataclass
class Coverage:
    """What was looked at."""

    entries: int = 0
    checkpoints: int = 0
    signed_entries: int = 0
    signed_at: str | None = None
    last_entry_at: str | None = None
    rows: dict[str, int] = field(default_factory=dict)
    inventories: int = 0
    receipts: int = 0
    personal_opened: int = 0
    personal_erased: int = 0
    objects: Objects = field(default_factory=Objects)

    @property
    def unsigned_entries(self) -> int:
        """Entries after the last good checkpoint: no signature covers them yet."""
        return max(0, self.entries - self.signed_entries)

    def json(self) -> dict[str, Json]:
        """The coverage's form in the report."""
        return {
            "entries": self.entries,
            "signed_entries": self.signed_entries,
            "unsigned_entries": self.unsigned_entries,
            "checkpoints": self.checkpoints,
            "last_checkpoint_at": self.signed_at,
            "last_entry_at": self.last_entry_at,
            "rows": sum(self.rows.values()),
            "tables": dict(self.rows),
            "inventories": self.inventories,
            "receipts": self.receipts,
            "personal_opened": self.personal_opened,
            "personal_erased": self.personal_erased,
            "objects": dict(vars(self.objects)),
        }


@dataclass(frozen=True)
class Roots:
    """What the verification was anchored in.

    `log_key` is the key used; `checkpoint_size` is the largest size that a checkpoint from outside
    vouches for, or None.
    """

    reach: Reach
    log_key: str | None
    outside_key: bool
    checkpoint_size: int | None

    def json(self) -> dict[str, Json]:
        """The anchor's form in the report."""
        return {
            "reach": self.reach.value,
            "log_key": self.log_key,
            "outside_key": self.outside_key,
            "checkpoint_size": self.checkpoint_size,
        }


@dataclass(frozen=True)
class Report:
    """The outcome of one verification; `started_at` and `ended_at` are UTC texts."""

    state: State
    site: str | None
    started_at: str
    ended_at: str
    roots: Roots
    coverage: Coverage
    findings: tuple[Finding, ...]
    notes: tuple[Finding, ...]
    counts: Mapping[str, int]
    note_counts: Mapping[str, int]

    @property
    def ok(self) -> bool:
        """Whether nothing was found; says nothing about how much was checked (see `state`)."""
        return not self.counts

    def json(self) -> dict[str, Json]:
        """The report as JSON; `docs/formats/report.md` describes it."""
        return {
            "format": FORMAT,
            "state": self.state.value,
            "site": self.site,
            "started_at": self.started_at,
            "ended_at": self.ended_at,
            "trust": self.roots.json(),
            "coverage": self.coverage.json(),
            "counts": dict(self.counts),
            "findings": _listed(self.findings),
            "note_counts": dict(self.note_counts),
            "notes": _listed(self.notes),
        }


def _listed(findings: Iterable[Finding]) -> list[Json]:
    return [finding.json() for finding in findings]


def bracketed(finding: Finding, *, since: str | None, until: str | None) -> Finding:
    """The finding with the times around it."""
    return replace(finding, since=since, until=until)
