"""What the docks show right now: an in-memory picture that screens read and sessions write.

Holds always: a dock says SAFE, NEW_SAFE or INCOMPLETE, the states in which a recorder may be
taken away, only after its receipt is on record; EMPTY_CARD says so without one, because there was
no file to take; the picture is never evidence and may be lost.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from evidence.vocabulary import DockState

MAX_NOTICES = 200
MAY_LEAVE = frozenset(
    {DockState.SAFE, DockState.NEW_SAFE, DockState.INCOMPLETE, DockState.EMPTY_CARD}
)

PASSING = frozenset(
    {
        "STILL_WRITING",
        "STORAGE_FAILED",
        "OUT_OF_SPACE",
        "VAULT_UNAVAILABLE",
        "DATABASE_UNAVAILABLE",
        "DATABASE_FULL",
        "ENVIRONMENT",
        "TOOL_MISSING",
        "CARD_SILENT",
    }
)
"""Codes of what is so for a while: told with the newest facts, and taken off the board after."""


@dataclass(frozen=True)
class Notice:
    """Something to tell people about a dock: a machine code, a shown file name, facts."""

    code: str
    name: str = ""
    facts: Mapping[str, str | int] | None = None

    def takes_over(self, other: "Notice") -> bool:
        """Whether this says anew what another said, which is not so any more."""
        return self.code in PASSING and (self.code, self.name) == (other.code, other.name)


@dataclass(frozen=True)
class DockView:
    """One docked card as a screen shows it; counts are files, sizes are bytes."""

    key: str
    dock: str
    card: str
    state: DockState = DockState.READING
    session_id: str = ""
    recorder: str = ""
    files: int = 0
    safe: int = 0
    recognised: int = 0
    failed: int = 0
    waiting: int = 0
    bytes_total: int = 0
    bytes_done: int = 0
    current: str = ""
    receipt_id: str = ""
    mode: str = ""
    notices: tuple[Notice, ...] = ()
    more_notices: int = 0

    @property
    def may_leave(self) -> bool:
        """Whether the recorder may be taken away without waiting."""
        return self.state in MAY_LEAVE


Listener = Callable[[DockView, DockView], None]
"""Told of each change of a dock's picture: before and after."""


class Board:
    """All docks of this process; safe to share between threads."""

    def __init__(self, listener: Listener | None = None) -> None:
        self._lock = threading.Lock()
        self._views: dict[str, DockView] = {}
        self._listener = listener

    def views(self) -> list[DockView]:
        """The docks as they are now, in order of their names."""
        with self._lock:
            return sorted(self._views.values(), key=lambda view: (view.dock, view.card))

    def get(self, key: str) -> DockView:
        """One dock as it is now; raises `KeyError`."""
        with self._lock:
            return self._views[key]

    def has(self, key: str) -> bool:
        """Whether a dock is on the board."""
        with self._lock:
            return key in self._views

    def show(self, view: DockView) -> None:
        """Puts a dock on the board."""
        with self._lock:
            self._views[view.key] = view
        self._tell(view, view)

    def change(self, key: str, change: Callable[[DockView], DockView]) -> None:
        """Replaces a dock's picture by what `change` makes of it."""
        with self._lock:
            before = self._views[key]
            after = change(before)
            self._views[key] = after
        self._tell(before, after)

    def count(self, key: str, done: int) -> None:
        """Adds to the bytes that are done."""
        with self._lock:
            view = self._views[key]
            self._views[key] = replace(view, bytes_done=view.bytes_done + done)

    def notice(self, key: str, notice: Notice) -> None:
        """Adds something to tell, once; it may take the place of what was told before."""
        view = self.get(key)
        if notice in view.notices:
            return
        if any(map(notice.takes_over, view.notices)):
            self.change(key, lambda view: replace(view, notices=_renewed(view.notices, notice)))
        elif len(view.notices) < MAX_NOTICES:
            self.change(key, lambda view: replace(view, notices=(*view.notices, notice)))
        else:
            self.change(key, lambda view: replace(view, more_notices=view.more_notices + 1))

    def withdraw(self, key: str, holds: Callable[[Notice], bool]) -> None:
        """Takes off what was told of trouble that has passed; `holds` says which has not."""
        gone = [n for n in self.get(key).notices if n.code in PASSING and not holds(n)]
        if gone:
            self.change(
                key,
                lambda view: replace(view, notices=tuple(n for n in view.notices if n not in gone)),
            )

    def remove(self, key: str) -> None:
        """Takes a dock off the board: its card is gone and that was shown."""
        with self._lock:
            self._views.pop(key, None)

    def _tell(self, before: DockView, after: DockView) -> None:
        if self._listener is not None:
            self._listener(before, after)


def _renewed(notices: Sequence[Notice], notice: Notice) -> tuple[Notice, ...]:
    return tuple(notice if notice.takes_over(other) else other for other in notices)
