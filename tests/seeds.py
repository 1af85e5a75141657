"""The five policy documents that the shipped profiles quote, for tests that read the originals.

The folder lies beside the footage (`../shared/seeds`) or where `LIUHEN_SEEDS` says. Without it a
test is skipped with the reason; in CI it fails instead. A document is found by its digest.
"""

import hashlib
import os
from pathlib import Path

from tests.footage import BESIDE_THE_CHECKOUT, give_up


def seeds_dir() -> Path:
    """Where the documents should be."""
    footage = Path(os.environ.get("LIUHEN_FOOTAGE") or BESIDE_THE_CHECKOUT)
    return Path(os.environ.get("LIUHEN_SEEDS") or footage.parent / "seeds")


def documents() -> dict[str, str]:
    """The text of each document by its SHA-256; skips the calling test without them, not in CI."""
    folder = seeds_dir()
    if not folder.is_dir():
        reason = f"No policy documents at {folder}: set LIUHEN_SEEDS to their folder"
        give_up(reason, ci=bool(os.environ.get("CI")))
    contents = [path.read_bytes() for path in sorted(folder.glob("*.txt"))]
    return {hashlib.sha256(data).hexdigest(): data.decode("utf-8") for data in contents}
