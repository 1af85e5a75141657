"""One docked card while it is being taken: which files it has and where each of them stands.

Holds always: a file is tracked by version (path, size, times): a changed file is a new line of a
numbered inventory supplement, never a silent replacement; every tracked file ends as SAFE or
FAILED, or the session goes on. Nothing is tracked, passed over or told before the act that says so
is committed, and an observation stays owed until it is: an act that fails is tried again whole.
"""

import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from devices.litter import looks_like_recording
from devices.names import NameFacts, read_name
from evidence.canonical import Json
from evidence.errors import (
    CommitUnknown,
    DatabaseUnavailable,
    EnvironmentTrouble,
    OutOfSpace,
    SourceUnreadable,
)
from evidence.personal import Personal, shown_name
from evidence.statements import ListedFile, PassedOver, SafeFile, UnsafeFile
from evidence.vocabulary import DockState, FileKind, FileState, SafeBasis, SourceKind
from ingest import acts
from ingest.acts import About, Opened
from ingest.board import DockView, Notice
from ingest.card import SPECIAL_REASONS, Card, FoundFile, Listing, PassedOverFile
from ingest.recognising import recognise
from ingest.settle import Settler
from ingest.station import Station

_LONGEST_PATIENCE = 10
"""A file that goes on changing is given up too, after so many times the patience."""


@dataclass
class Tracked:
    """One version of one file. `seen` is an earlier sighting of the very same version, if any.

    `listed_at` and `changed_at` (monotonic seconds) are when the file was first seen, and when it
    was last seen to be another. `repaired` says that it made a damaged original whole. It was
    `postponed` so many times because of trouble of the site, from `waits_since` on; `unanswered`
    counts the read errors of which nobody could tell whether they are this file's or the card's.
    `is_unread`: it failed, and not one byte of it could be read.
    """

    found: FoundFile
    line: ListedFile
    path: Personal
    name: NameFacts
    state: FileState = FileState.LISTED
    safe: SafeFile | None = None
    code: str = ""
    facts: Mapping[str, str | int] = field(default_factory=dict)
    not_before: float = 0.0
    seen: SafeFile | None = None
    has_grown: bool = False
    listed_at: float = 0.0
    changed_at: float = 0.0
    repaired: bool = False
    postponed: int = 0
    unanswered: int = 0
    is_judged: bool = False
    is_unread: bool = False
    waits_since: float | None = None

    @property
    def shown(self) -> str:
        """The name as people may see it."""
        return shown_name(self.found.path)

    @property
    def is_done(self) -> bool:
        """Whether nothing more will be tried in this session."""
        return self.state in (FileState.SAFE, FileState.FAILED)

    @property
    def order(self) -> tuple[bool, int, bool, bytes]:
        """Card logs first (they say whose card it is), then important, then never seen files."""
        is_log = self.name.kind == FileKind.CARD_LOG
        return (not is_log, -self.priority, self.seen is not None, self.found.path)

    @property
    def priority(self) -> int:
        """1 for what the recorder marked important, else 0."""
        return int(self.name.important)


@dataclass
class Intake:
    """The state of one docking session; its lock guards what workers change."""

    station: Station
    card: Card
    opened: Opened
    key: str
    settler: Settler
    once: bool
    tracked: dict[bytes, Tracked] = field(default_factory=dict)
    replaced: list[Tracked] = field(default_factory=list)
    passed_over: set[tuple[bytes, str]] = field(default_factory=set)
    unread: list[tuple[UnsafeFile, str]] = field(default_factory=list)
    listing: Listing | None = None
    reported: set[str] = field(default_factory=set)
    owed: list[tuple[str, About, Mapping[str, Json]]] = field(default_factory=list)
    last_entry: tuple[int, str] | None = None
    recorder: str | None = None
    receipt_id: str = ""
    inventories: int = 0
    receipts: int = 0
    numbers: int = 0
    changed: bool = True
    rechecked: bool = False
    unsure: list[tuple[Tracked, SourceUnreadable]] = field(default_factory=list)
    silent_since: float | None = None
    trouble: EnvironmentTrouble | None = None
    waits_since: float | None = None
    last_change: float = 0.0
    last_progress: float = 0.0
    wake: threading.Event = field(default_factory=threading.Event)
    gone: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def session_id(self) -> str:
        """Identity of the session."""
        return self.opened.session_id

    def all(self) -> list[Tracked]:
        """Every version that was ever listed, in order of its number."""
        return sorted((*self.tracked.values(), *self.replaced), key=lambda t: t.line.number)

    def enlist(self, listing: Listing) -> None:
        """Notes new and changed files and signs the inventory (or its supplement) of them."""
        self.listing = listing
        changed = [file for file in listing.files if self._is_new(file)]
        fresh = self._wanted([file for file in changed if not self._grows(file)])
        passed = [item for item in listing.passed_over if _mark(item) not in self.passed_over]
        if not fresh and not passed and self.inventories:
            return
        noted = [(self.station.path_of(item.path), item) for item in passed]
        self._write_inventory(self._drafts(fresh), noted)

    def restate(self, ready: Sequence[Tracked]) -> list[Tracked]:
        """The files to take, those that grew since they were enlisted enlisted as they are now."""
        restated = self._drafts([(t.found, None) for t in ready if t.has_grown])
        if restated:
            self._write_inventory(restated, [])
        return [self.tracked[tracked.found.path] for tracked in ready]

    def observe(self, code: str, *, about: About, facts: Mapping[str, Json]) -> None:
        """Puts something on record; where the database fails, it stays owed until `pay`."""
        with self.lock:
            self.owed.append((code, about, facts))
        with suppress(EnvironmentTrouble):
            self.pay()

    def pay(self) -> None:
        """Makes the observations that are still owed; raises `EnvironmentTrouble`.

        No receipt is issued before: it would call done what is not on record.
        """
        while (owed := self._take_owed()) is not None:
            code, about, facts = owed
            try:
                acts.observe(self.station.site.ledger, code, about=about, facts=facts)
            except EnvironmentTrouble as error:
                with self.lock:
                    self.owed.insert(0, owed)
                if isinstance(error, CommitUnknown):  # made twice harms less than never
                    raise DatabaseUnavailable(str(error), reason=error.facts["reason"]) from error
                raise

    def _take_owed(self) -> tuple[str, About, Mapping[str, Json]] | None:
        with self.lock:
            return self.owed.pop(0) if self.owed else None

    def _write_inventory(
        self, added: Sequence[Tracked], skipped: Sequence[tuple[Personal, PassedOverFile]]
    ) -> None:
        """The act, and only after its commit what follows from it."""
        acts.write_inventory(
            self.station,
            self.opened,
            number=self.inventories,
            files=[(tracked.line, tracked.path) for tracked in added],
            passed_over=[(PassedOver(p.commitment, item.reason), p) for p, item in skipped],
        )
        self.inventories += 1
        self.numbers += len(added)
        for tracked in added:
            self._track(tracked)
        self._pass_over(skipped)
        self.changed = True
        self.last_change = self.station.monotonic()
        self.refresh()

    def _grows(self, file: FoundFile) -> bool:
        """Notes a file that changed before it was taken: each look is not worth an inventory."""
        tracked = self.tracked.get(file.path)
        if tracked is None or tracked.is_done or tracked.safe is not None:
            return False
        tracked.found, tracked.has_grown = file, True
        tracked.changed_at = self.last_change = self.station.monotonic()
        return True

    def _pass_over(self, noted: Sequence[tuple[Personal, PassedOverFile]]) -> None:
        """Notes what is not taken; folders that cannot be read make the receipt incomplete."""
        items = [item for _, item in noted]
        self.passed_over.update(map(_mark, items))
        for personal, item in noted:
            name = shown_name(item.path)
            if item.is_unread:
                self.unread.append((UnsafeFile(personal.commitment, item.reason), name))
                self.station.board.notice(self.key, Notice(item.reason, name))
            elif item.reason in SPECIAL_REASONS:
                self.station.board.notice(self.key, Notice("NOT_A_FILE", name))
        hidden = sum(looks_like_recording(item.path, item.reason, size=item.size) for item in items)
        if hidden:
            about = About(self.session_id)
            self.observe("RECORDING_IN_LITTER", about=about, facts={"count": hidden})
            self.tell("RECORDING_IN_LITTER", None, count=hidden)

    def _wanted(self, files: Sequence[FoundFile]) -> list[tuple[FoundFile, SafeFile | None]]:
        """New files with their earlier sighting; a drop folder lists only what it never gave."""
        seen = recognise(self.station, self.opened.place.identity.card, files=files)
        drop = self.opened.place.source == SourceKind.DROP_FOLDER
        return [(f, seen.get(f.path)) for f in files if not (drop and f.path in seen)]

    def ready(self, now: float) -> list[Tracked]:
        """Files that have settled and may be tried now, in the order to take them."""
        open_ones = [t for t in self.tracked.values() if not t.is_done]
        files, waiting = self.settler.split([t.found for t in open_ones], now)
        still = {file.path for file in waiting}
        for tracked in open_ones:
            unsettled = tracked.found.path in still
            tracked.state = FileState.STILL_WRITING if unsettled else FileState.LISTED
        ready = [self.tracked[file.path] for file in files]
        return sorted((t for t in ready if t.not_before <= now), key=lambda t: t.order)

    def give_up_waiting(self) -> None:
        """In one shot, what has not settled for long is reported: somebody waits for the answer.

        Patience counts for each file from its last change, and only while nothing else gets done:
        a file that came or grew while another was copied has had no chance yet.
        """
        for tracked in self.tracked.values():
            if tracked.state == FileState.STILL_WRITING and self._is_out_of_patience(tracked):
                tracked.state, tracked.code = FileState.FAILED, FileState.STILL_WRITING.value
                tracked.facts = {}
                self.tell(tracked.code, tracked)
                self.changed = True

    def _is_out_of_patience(self, tracked: Tracked) -> bool:
        now, patience = self.station.monotonic(), self.station.settings.patience_seconds
        rested = now - max(tracked.changed_at, self.last_progress)
        waited = now - max(tracked.listed_at, self.last_progress)
        return rested >= patience or waited >= _LONGEST_PATIENCE * patience

    def card_answers(self, *more: FoundFile) -> bool | None:
        """Whether the card gives bytes now; `more` are files that gave some just before."""
        sealed = [t.found for t in self.all() if t.safe and t.safe.basis == SafeBasis.SEALED]
        return self.card.answers([*more, *sealed[::-1]])

    def falls_silent(self) -> None:
        """Nothing more is tried, and nothing said of any file, until the card answers again."""
        self.silent_since = self.silent_since or self.station.monotonic()
        self.tell("CARD_SILENT", None, safe=len(self.safe_files()), files=len(self.tracked))
        self.refresh(DockState.NO_ANSWER)

    def is_out_of_patience_with_silence(self) -> bool:
        """Whether one shot has waited long enough for a card that does not answer."""
        now, patience = self.station.monotonic(), self.station.settings.patience_seconds
        return self.once and now - (self.silent_since or now) >= patience

    def may_wait(self, error: EnvironmentTrouble, *, since: float) -> bool:
        """Whether one shot waits on: somebody may make room, or another card give some back."""
        waited = self.station.monotonic() - max(since, self.last_progress)
        return isinstance(error, OutOfSpace) and waited < self.station.settings.patience_seconds

    def recheckable(self) -> list[Tracked]:
        """Files called safe only because the same version was sealed before."""
        known = [t for t in self.tracked.values() if t.state == FileState.SAFE and t.safe]
        return [t for t in known if t.safe and t.safe.basis == SafeBasis.RECOGNISED]

    @property
    def is_done(self) -> bool:
        """Whether every file ended as safe or failed."""
        return all(t.is_done for t in self.tracked.values())

    def safe_files(self) -> list[SafeFile]:
        """Lines of the receipt for what is safe."""
        return [t.safe for t in self.all() if t.safe is not None]

    def unsafe_files(self) -> list[UnsafeFile]:
        """Lines of the receipt for what is not (wholly) in the vault."""
        files = [UnsafeFile(t.line.path, t.code or t.state.value) for t in self.not_safe()]
        return [*files, *(line for line, _ in self.unread)]

    def not_safe(self) -> list[Tracked]:
        """Versions that are not safe, but for those that failed and changed into one that is."""
        return [t for t in self.all() if t.safe is None and not self._is_made_good(t)]

    def _is_made_good(self, tracked: Tracked) -> bool:
        now = self.tracked.get(tracked.found.path)
        has_changed = now is not None and now is not tracked and now.safe is not None
        return has_changed and tracked.state == FileState.FAILED

    def refresh(self, state: DockState | None = None) -> None:
        """Puts the counts on the board."""
        everything = list(self.tracked.values())
        self.station.board.withdraw(self.key, self._still_so)
        recognised = len(self.recheckable())
        counts = {s: sum(t.state == s for t in everything) for s in FileState}
        total = sum(t.found.size for t in everything if t.seen is None or self.once)

        def apply(view: DockView) -> DockView:
            return replace(
                view,
                state=state or view.state,
                files=len(everything),
                safe=counts[FileState.SAFE] - recognised,
                failed=counts[FileState.FAILED],
                waiting=counts[FileState.STILL_WRITING],
                recognised=recognised,
                bytes_total=total,
            )

        self.station.board.change(self.key, apply)

    def _still_so(self, notice: Notice) -> bool:
        """Whether a trouble that was told is still there; else its word would belie the state."""
        if notice.code == "CARD_SILENT":
            return self.silent_since is not None
        if not notice.name and self.waits_since is not None:
            return True
        return any(_is_troubled(t, notice) for t in list(self.tracked.values()))

    def has_progressed(self) -> None:
        """One more file is done with: whoever waits for the others sees that work goes on."""
        self.changed = True
        self.last_progress = self.station.monotonic()

    def count_safe(self, tracked: Tracked) -> None:
        """Shows one more file as safe."""
        if tracked.state == FileState.SAFE and tracked.seen is None:
            self.station.board.change(self.key, lambda view: replace(view, safe=view.safe + 1))

    def tell(self, code: str, tracked: Tracked | None = None, **facts: str | int) -> None:
        """Shows people something about this dock."""
        name = "" if tracked is None else tracked.shown
        self.station.board.notice(self.key, Notice(code, name, facts))

    def _is_new(self, file: FoundFile) -> bool:
        known = self.tracked.get(file.path)
        return known is None or known.found != file

    def _drafts(self, files: Sequence[tuple[FoundFile, SafeFile | None]]) -> list[Tracked]:
        """The next lines of the inventory, not tracked yet."""
        numbered = enumerate(files, self.numbers + 1)
        return [self._draft(number, file, seen=seen) for number, (file, seen) in numbered]

    def _draft(self, number: int, file: FoundFile, *, seen: SafeFile | None) -> Tracked:
        path = self.station.path_of(file.path)
        line = ListedFile(number, path.commitment, file.size, file.mtime_ns)
        tracked = Tracked(file, line, path, read_name(file.path, self.station.makes))
        tracked.listed_at = tracked.changed_at = self.station.monotonic()
        if seen is not None:
            tracked.seen = replace(seen, path=path.commitment)
            if not self._reads_again():
                tracked.safe, tracked.state = tracked.seen, FileState.SAFE
        return tracked

    def _track(self, tracked: Tracked) -> None:
        """Only a line of a file that grew before it was taken gives way to the new one.

        Every other line keeps an outcome of its own, so that none is missing from the receipt.
        """
        before = self.tracked.pop(tracked.found.path, None)
        if before is not None and before.has_grown and not before.is_done:
            tracked.listed_at = before.listed_at
        elif before is not None:
            self.replaced.append(before)
        self.tracked[tracked.found.path] = tracked

    def _reads_again(self) -> bool:
        return self.opened.place.source == SourceKind.ONE_SHOT


def _mark(item: PassedOverFile) -> tuple[bytes, str]:
    """What is passed over once: a name may be, and another entry of that name as well."""
    return item.path, item.reason


def _is_troubled(tracked: Tracked, notice: Notice) -> bool:
    """Whether a file is not safe because of what a notice says, of it or of the site."""
    code, state = notice.code, tracked.state
    is_waited_for = code == FileState.STILL_WRITING and state != FileState.FAILED
    if state == FileState.SAFE or not (is_waited_for or tracked.code == code):
        return False
    return notice.name in ("", tracked.shown)
