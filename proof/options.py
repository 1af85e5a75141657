"""How a verification is to be made."""

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[str, int, int], None]
"""Told (stage, done, total); the stages are "entries" and "bytes" (in bytes)."""


def _silent(_stage: str, _done: int, _total: int) -> None:
    """Tells nobody."""


@dataclass(frozen=True)
class Options:
    """`quick` looks at sizes instead of reading originals; the state is never VERIFIED then.

    `threads` is how many originals are read at once.
    """

    quick: bool = False
    threads: int = 2
    progress: Progress = _silent
