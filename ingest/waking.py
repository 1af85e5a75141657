"""Events that wake the watch loop early; without them it looks on its timer.

Holds always: an event carries no information here, it only wakes; a root whose file system does
not tell of changes made elsewhere (network, FUSE) is polled, and the mode is shown per root.
"""

from collections.abc import Callable, Sequence

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from evidence.vocabulary import SourceKind
from ingest.identity import file_system_kind, must_poll
from ingest.places import DockRoot

POLLED = "POLLED"
WATCHED = "WATCHED"
_CHANGES = frozenset({"created", "modified", "moved", "deleted", "closed"})


class Waker:
    """Runs one observer for all roots that can be watched; `modes` says which could."""

    def __init__(self, roots: Sequence[DockRoot], woken: Callable[[], None]) -> None:
        self._observer = Observer()
        self._handler = _Wake(woken)
        self.modes = {root.name: self._watch(root) for root in roots}
        self._observer.start()

    def stop(self) -> None:
        """Ends the observer's thread."""
        self._observer.stop()
        self._observer.join()

    def _watch(self, root: DockRoot) -> str:
        if root.source == SourceKind.DEVICE:
            return POLLED
        try:
            if must_poll(file_system_kind(root.path)):
                return POLLED
            deep = root.source == SourceKind.DROP_FOLDER
            self._observer.schedule(self._handler, str(root.path), recursive=deep)
        except OSError:  # no such folder yet, or no watches left: the timer still looks
            return POLLED
        return WATCHED


class _Wake(FileSystemEventHandler):
    def __init__(self, woken: Callable[[], None]) -> None:
        self._woken = woken

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Wakes for changes only: our own reading must not wake us."""
        if event.event_type in _CHANGES:
            self._woken()
