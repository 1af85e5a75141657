"""Which code a campaign runs, as one digest, so that trials of other code are never counted.

A commit would say too much: one of documentation alone would throw away hours of trials.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from tests.house import built_packages, project

BESIDE = ("tests/fault", "requirements")
"""Folders that decide what a trial does, beside the product's packages."""
HELPERS = "tests/*.py"
"""What tests share."""
_MADE = frozenset({"__pycache__", "fonts", "pages"})
"""Folders of what is made from the sources, and of the page, which no campaign asks for."""


def folders(root: Path) -> list[str]:
    """The folders, relative to `root`, whose files a campaign runs."""
    return [*sorted(built_packages(project(root))), *BESIDE]


def code_digest(root: Path) -> str:
    """SHA-256 in hex over path and content of each of these files, as they lie there now.

    Raises `OSError` where one cannot be read.
    """
    found = hashlib.sha256()
    for path in sorted(_files(root)):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        found.update(f"{path.relative_to(root).as_posix()}\0{content}\n".encode())
    return found.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    yield from root.glob(HELPERS)
    for folder in folders(root):
        for path in (root / folder).rglob("*"):
            if path.is_file() and not _MADE & set(path.relative_to(root).parts):
                yield path
