"""Open looks of this process: what is being shown to whom, and which bytes went out.

Holds always: a look is on record before it is open here; bytes that went out are written down at
most every ten seconds and when the look ends, rests too long, or the service stops; a look is
checked against the database again at least every two seconds, so a log-in that was revoked or a
role that ended stops it.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from api.files import OpenFile
from evidence.errors import LiuhenError, NotFound
from evidence.spans import Span, merged
from people.views import Shown, View, write_ranges
from storage.ledger import Ledger

WRITE_SECONDS = 10.0
REST_SECONDS = 1800.0
TRUST_SECONDS = 2.0
_MOST_SPANS = 1000
_MOST_ENDED = 1000

Report = Callable[[LiuhenError], None]


class Trust(Enum):
    """How fresh the check of a right is; one that is AGING is to be renewed beside the bytes."""

    FRESH = auto()
    AGING = auto()
    GONE = auto()


@dataclass
class Look:
    """One open look; guarded by `Looking`'s lock."""

    view: View
    session: str
    used_at: float
    checked_at: float
    written_at: float
    spans: dict[tuple[str, int], list[Span]] = field(default_factory=dict)
    files: dict[str, OpenFile] = field(default_factory=dict)

    def close_files(self) -> None:
        """Lets go of what was open; an answer under way has a descriptor of its own."""
        for file in self.files.values():
            file.close()
        self.files.clear()


class Looking:
    """The open looks; safe to share between threads."""

    def __init__(self, ledger_of: Callable[[View], Ledger], monotonic: Callable[[], float]) -> None:
        self._ledger_of = ledger_of
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._looks: dict[str, Look] = {}
        self._ended: deque[str] = deque(maxlen=_MOST_ENDED)

    def now(self) -> float:
        """The time that looks go by, in seconds."""
        return self._monotonic()

    def open(self, view: View, *, session: str) -> None:
        """Lets bytes go out under a view that is on record, to the session that asked for it."""
        now = self._monotonic()
        with self._lock:
            self._looks[view.id] = Look(view, session, now, now, now)

    def view(self, view_id: str, *, session: str) -> View:
        """The open view of this session; raises `NotFound` for any other."""
        now = self._monotonic()
        with self._lock:
            look = self._looks.get(view_id)
            if look is None or look.session != session:
                raise NotFound("There is no such open view", why="NO_VIEW", view=view_id)
            look.used_at = now
            return look.view

    def trusted(self, view_id: str, *, session: str) -> Trust:
        """Whether this session's right to this view was checked only just now."""
        now = self._monotonic()
        with self._lock:
            look = self._looks.get(view_id)
            if look is None or look.session != session:
                return Trust.GONE
            age = now - look.checked_at
            if age >= TRUST_SECONDS:
                return Trust.GONE
            return Trust.FRESH if age < TRUST_SECONDS / 2 else Trust.AGING

    def refuse(self, view_id: str, *, session: str) -> None:
        """Has this session's right to a view checked before another byte goes out."""
        with self._lock:
            look = self._looks.get(view_id)
            if look is not None and look.session == session:
                look.checked_at = -TRUST_SECONDS

    def trust(self, view: View, *, session: str, since: float) -> None:
        """Remembers that this session's right to a view held then; opens it if need be.

        `since` is when the check began: what it read may be as old. Raises `NotFound` where the
        view was ended here while the check was under way.
        """
        with self._lock:
            look = self._looks.get(view.id)
            if look is None:
                if view.id in self._ended:
                    raise NotFound("The view has ended", why="NO_VIEW", view=view.id)
                now = self._monotonic()
                look = self._looks[view.id] = Look(view, session, now, since, now)
            if look.session == session:
                look.checked_at = since

    def file(self, view_id: str, what: str) -> OpenFile | None:
        """A file of this view that is open already, for the caller to close."""
        with self._lock:
            look = self._looks.get(view_id)
            file = look.files.get(what) if look else None
            return file.again() if file else None  # under the lock: an ended view closes its own

    def keep_file(self, view_id: str, file: OpenFile) -> OpenFile:
        """Keeps a file open while the view lasts; the answer is the caller's, to close.

        Raises `NotFound` where the view has ended.
        """
        with self._lock:
            look = self._looks.get(view_id)
            if look is not None:
                kept = look.files.setdefault(file.what, file)
                if kept is not file:
                    file.close()
                return kept.again()
        file.close()
        raise NotFound("The view has ended", why="NO_VIEW", view=view_id)

    def went_out(self, view_id: str, *, what: str, size: int, span: Span) -> bool:
        """Notes bytes that are about to be handed to the network; False where the view has ended.

        What was not noted must not go out.
        """
        with self._lock:
            look = self._looks.get(view_id)
            if look is None:
                return False
            spans = look.spans.setdefault((what, size), [])
            if spans and spans[-1].end == span.start:
                spans[-1] = Span(spans[-1].start, span.end)
            else:
                spans.append(span)
            if len(spans) > _MOST_SPANS:
                spans[:] = merged(spans)
            return True

    def end(self, view_id: str, *, session: str) -> None:
        """Ends a view and writes what is left to write; raises `NotFound`."""
        self.view(view_id, session=session)
        with self._lock:
            look = self._looks.pop(view_id, None)
            self._ended.append(view_id)
        if look is not None:
            self._write(look, final=True)

    def write_due(self, report: Report) -> None:
        """Writes what has waited long enough, and ends what has rested too long."""
        now = self._monotonic()
        with self._lock:
            resting = [one for one in self._looks.values() if now - one.used_at >= REST_SECONDS]
            for look in resting:
                self._looks.pop(look.view.id)
                self._ended.append(look.view.id)
            due = [
                one
                for one in self._looks.values()
                if one.spans and now - one.written_at >= WRITE_SECONDS - 1
            ]
        for look in (*resting, *due):
            self._write_or_keep(look, report, final=look in resting)

    def close(self, report: Report) -> None:
        """Ends every view: the service stops."""
        with self._lock:
            looks = list(self._looks.values())
            self._looks.clear()
        for look in looks:
            self._write_or_keep(look, report, final=True)

    def _write_or_keep(self, look: Look, report: Report, *, final: bool) -> None:
        try:
            self._write(look, final=final)
        except LiuhenError as error:
            report(error)

    def _write(self, look: Look, *, final: bool) -> None:
        with self._lock:
            taken, look.spans = look.spans, {}
        shown = [Shown(*key, tuple(merged(spans))) for key, spans in sorted(taken.items())]
        if not shown and not final:
            return
        try:
            write_ranges(self._ledger_of(look.view), look.view, shown=shown, final=final)
        except LiuhenError:
            with self._lock:  # nothing that was seen is forgotten: it is written the next time
                for key, spans in taken.items():
                    look.spans.setdefault(key, []).extend(spans)
                if final:
                    self._looks.setdefault(look.view.id, look)
            raise
        look.written_at = self._monotonic()
        if final:
            with self._lock:
                look.close_files()
