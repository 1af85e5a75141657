"""The demonstration's bureau: its units, and a roster and a list of recorders that are read in.

Holds always: only a site that the demonstration made for itself gets the invented people; what is
shown is what the product's own commands say.
"""

import contextlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from liuhen import bootstrap
from liuhen.main import main as liuhen
from liuhen.settings import load
from people import invitations, units
from people.accounts import NewPerson, is_any
from script.cards import ZONE
from script.rosters import UNITS, Made, make
from storage.site import Site

_PREVIEWED, _PARTIAL = 2, 4


class RegisterTrouble(Exception):
    """The people and recorders could not be read in; the message is for people."""


@dataclass(frozen=True)
class Bureau:
    """What the demonstration's bureau is called, and its administrator."""

    name: str
    administrator: str
    login: str


def found(data: Path, bureau: Bureau) -> str | None:
    """Makes the bureau with its units; the administrator's one-time code, None if there is one."""
    site = bootstrap.open_or_make(load(data, None), bootstrap.operator())
    try:
        return _found(site, bureau)
    finally:
        site.close()


def _found(site: Site, bureau: Bureau) -> str | None:
    with site.database.read() as connection:
        if is_any(connection):
            return None
    first = NewPerson(bureau.administrator, bureau.login)
    account = invitations.found_at_terminal(site.ledger, bureau=bureau.name, first=first)
    for unit in UNITS:
        units.add_unit(site.ledger, name=unit, parent=bureau.name)
    return invitations.invite(site.ledger, account)


def make_files(folder: Path) -> Made:
    """Writes roster and list of recorders as of today."""
    folder.mkdir(exist_ok=True)
    return make(folder, day=(datetime.now(UTC) + ZONE).date())


def read_in(data: Path, made: Made) -> None:
    """Previews the roster, reads both files in without the bad rows, and shows the ratio.

    Raises `RegisterTrouble` where a command does not end as it should.
    """
    _run(data, "roster", "import", str(made.people), "--dry-run", ends=_PREVIEWED)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):  # it would name the same faults once more
        _run(data, "roster", "import", str(made.people), "--skip-faulty", ends=_PARTIAL)
    print("\n".join(said.getvalue().splitlines()[-2:]), flush=True)
    _run(data, "recorder", "import", str(made.devices))
    _run(data, "ratio", "show")


def _run(data: Path, *words: str, ends: int = 0) -> None:
    code = _code_of(["--data", str(data), *words])
    if code != ends:
        raise RegisterTrouble(f"liuhen {' '.join(words)} ended with {code}")


def _code_of(line: Sequence[str]) -> int:
    try:
        liuhen(line)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 1
    return 0
