"""What every route is given: the site, the docks' picture, and who asks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from starlette.requests import Request

from api.checking import Checks
from api.files import Checked
from api.looking import Looking
from cases.disposal_clock import NOTHING, Machine
from evidence.canonical import Json
from ingest.board import DockView
from people.accounts import Account
from storage.ledger import Ledger
from storage.site import Site


@dataclass(frozen=True)
class World:
    """One running service as the routes see it.

    `docks` gives the picture of the docks now; `pages` is the folder of the built browser
    application, None where none was built; `secure` says that browsers reach us by TLS only;
    `machine` tells the time beside the clock, for disposals;
    `checked` remembers which previews were compared with their rows, `checks` are those of rights
    that are under way.
    """

    site: Site
    docks: Callable[[], list[DockView]]
    ending: Callable[[], bool]
    looking: Looking
    secure: bool = False
    machine: Machine = NOTHING
    pages: Path | None = None
    checked: Checked = field(default_factory=Checked)
    checks: Checks = field(default_factory=Checks)

    def ledger_of(self, account: Account) -> Ledger:
        """The log, written to in this person's name."""
        return ledger_for(self.site, account_id=account.id, person_id=account.person)


def ledger_for(site: Site, *, account_id: str, person_id: str) -> Ledger:
    """The log, written to in a person's name."""
    actor: dict[str, Json] = {"kind": "person", "account": account_id, "person": person_id}
    return Ledger(site.database, site.clock, actor=actor, signer=site.log_signer)


def world_of(request: Request) -> World:
    """The world of a request."""
    world = request.app.state.world
    if not isinstance(world, World):
        raise TypeError("Application was made without its world")
    return world
