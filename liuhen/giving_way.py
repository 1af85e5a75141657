"""When work on the side rests for the docks: while bytes move there, but never for ever."""

from collections.abc import Iterable

from evidence.vocabulary import DockState
from ingest.board import DockView

EVERY_SECONDS = 60.0
RESTS_SECONDS = 45.0
"""Of each minute in which docks are busy; in the rest of it something may be begun."""

_MOVING = frozenset({DockState.READING, DockState.COPYING})


def is_moving(views: Iterable[DockView]) -> bool:
    """Whether bytes move at any dock.

    A file that is still being written is only watched; a recorder may write for days.
    """
    return any(view.state in _MOVING for view in views)


class GivingWay:
    """Says whether to rest now; of one work, asked by one thread."""

    def __init__(self) -> None:
        self._since: float | None = None

    def must_rest(self, monotonic: float, *, moving: bool) -> bool:
        """Whether to rest at this time, in seconds, while docks are busy or not."""
        if not moving:
            self._since = None
            return False
        if self._since is None:
            self._since = monotonic
        return (monotonic - self._since) % EVERY_SECONDS < RESTS_SECONDS
