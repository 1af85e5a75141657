"""Whose copy runs next when several docks are busy.

Holds always: at most `slots` copies run at once, at most one per dock (a card is read from one
place at a time); an important file goes before any other; among equals the dock that has had the
fewest bytes goes first, so a full card cannot starve a nearly empty one.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class _Wish:
    dock: str
    priority: int
    arrival: int
    granted: threading.Event = field(default_factory=threading.Event)


class Turns:
    """Hands out turns to copy; safe to share between threads."""

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._lock = threading.Lock()
        self._waiting: list[_Wish] = []
        self._busy: set[str] = set()
        self._taken: dict[str, int] = {}
        self._arrivals = 0

    @contextmanager
    def turn(self, dock: str, *, priority: int = 0) -> Iterator[None]:
        """Waits for this dock's turn and holds it while the block runs."""
        wish = self._wish(dock, priority)
        wish.granted.wait()
        try:
            yield
        finally:
            self._give_back(dock)

    @property
    def waiting(self) -> int:
        """How many copies wait for their turn."""
        with self._lock:
            return len(self._waiting)

    def took(self, dock: str, count: int) -> None:
        """Counts bytes against a dock's share."""
        with self._lock:
            self._taken[dock] = self._taken.get(dock, 0) + count

    def forget(self, dock: str) -> None:
        """Drops the account of a dock whose card is gone."""
        with self._lock:
            self._taken.pop(dock, None)

    def _wish(self, dock: str, priority: int) -> _Wish:
        with self._lock:
            self._arrivals += 1
            wish = _Wish(dock, priority, self._arrivals)
            self._waiting.append(wish)
            self._grant()
        return wish

    def _give_back(self, dock: str) -> None:
        with self._lock:
            self._busy.discard(dock)
            self._grant()

    def _grant(self) -> None:
        while len(self._busy) < self._slots:
            free = [wish for wish in self._waiting if wish.dock not in self._busy]
            if not free:
                return
            wish = min(free, key=self._rank)
            self._waiting.remove(wish)
            self._busy.add(wish.dock)
            wish.granted.set()

    def _rank(self, wish: _Wish) -> tuple[int, int, int]:
        return (-wish.priority, self._taken.get(wish.dock, 0), wish.arrival)
