"""A process that takes one file into a folder vault, to be killed, starved and lied to by tests.

`python -m tests.vault_worker ROOT SEED SIZE MODE`; MODE is `take`, `wait` (stage, say so, confirm
when a line comes in) or `limit` (no file may grow beyond 1 MiB). Prints one line of JSON.
"""

import json
import resource
import sys
from pathlib import Path

from evidence.errors import LiuhenError
from storage.folder_vault import FolderVault
from tests.vaults import SITE, bytes_of, card, ignore


def main(root: str, seed: str, size: str, mode: str) -> None:
    """Takes the file in and prints what came of it."""
    if mode == "limit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
    try:
        vault = FolderVault.open_at(Path(root), site_id=SITE)
        staged = vault.stage(card(bytes_of(int(size), seed=int(seed))), ignore)
        if mode == "wait":
            say("staged")
            sys.stdin.readline()
        stored = vault.confirm(staged, ignore)
    except LiuhenError as error:
        say(json.dumps({"code": error.code, **error.facts}))
        return
    say(json.dumps({"code": "STORED", "there": stored.was_there, "repaired": stored.repaired}))


def say(line: str) -> None:
    """One line to whoever started us, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
