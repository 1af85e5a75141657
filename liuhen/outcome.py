"""What became of every card that a service saw: the last picture of each, and the exit code.

Holds always: whatever ever stood on the board counts, so a card that was pulled early, or that was
still being copied when the service ended, can not be forgotten. A card that was taken away after
it might leave stays as it was then.
"""

import threading
from dataclasses import dataclass, field

from evidence.vocabulary import DockState
from ingest.board import DockView
from liuhen.output import ExitCode

WHOLE = frozenset({DockState.SAFE, DockState.NEW_SAFE, DockState.EMPTY_CARD})


@dataclass
class Outcome:
    """A board listener; `ended` is set once `enough` cards were taken, or on a signal."""

    enough: int = 0
    ended: threading.Event = field(default_factory=threading.Event)
    _last: dict[str, DockView] = field(default_factory=dict)
    _left: list[DockView] = field(default_factory=list)
    _taken: set[tuple[str, str]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, before: DockView, after: DockView) -> None:
        """Told of each change; see `ingest.board.Listener`."""
        with self._lock:
            if after is before:
                self._begin_anew(after.key)
            self._remember(after)
            if after.may_leave:
                self._taken.add((after.key, after.session_id))
            if self.enough and len(self._taken) >= self.enough:
                self.ended.set()

    def _begin_anew(self, key: str) -> None:
        """Another card may stand where one was: it must not cover up what became of that one.

        A session that ended in trouble is begun anew with the same card, and is no second one.
        """
        last = self._last.pop(key, None)
        ended = last is not None and (last.may_leave or last.state == DockState.CARD_GONE)
        if last is not None and ended and last.session_id:
            self._left.append(last)

    def _remember(self, view: DockView) -> None:
        last = self._last.get(view.key)
        if view.state == DockState.LOOSE_FILES and not view.files:
            self._last.pop(view.key, None)  # somebody put them where they belong
        elif view.state != DockState.CARD_GONE or last is None or not _left_in_order(last, view):
            self._last[view.key] = view

    @property
    def taken(self) -> int:
        """How many cards could be taken away at some time."""
        with self._lock:
            return len(self._taken)

    def views(self) -> list[DockView]:
        """Every card that was seen, as it was last; those that were pulled early first."""
        with self._lock:
            return [*self._left, *self._last.values()]

    def exit_code(self) -> ExitCode:
        """Fine if every card that was seen is whole, and as many were taken as were asked for."""
        whole = all(view.state in WHOLE for view in self.views())
        return ExitCode.FINE if whole and self.taken >= self.enough else ExitCode.PARTIAL


def _left_in_order(last: DockView, gone: DockView) -> bool:
    """Whether a card went after people were told they may leave, and nothing had come since."""
    return last.may_leave and gone.safe + gone.recognised + gone.failed >= gone.files
