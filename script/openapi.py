"""Writes `web/openapi.json`, from which the page's types come: `python -P -m script.openapi`."""

import json
import sys
import tempfile
from pathlib import Path

from api.app import create_app
from api.looking import Looking
from api.world import World, ledger_for
from liuhen import bootstrap, clock
from liuhen.settings import Settings
from people.views import View
from script.studio import ROOT
from storage.ledger import Ledger

TARGET = ROOT / "web" / "openapi.json"


def described(folder: Path) -> str:
    """The description as text; an empty site is made in `folder`, since routes need one to be."""
    site = bootstrap.open_or_make(Settings(data=folder), bootstrap.service())

    def ledger(view: View) -> Ledger:
        return ledger_for(site, account_id=view.account, person_id=view.person)

    try:
        looking = Looking(ledger, clock.monotonic)
        world = World(site=site, docks=list, ending=lambda: False, looking=looking)
        described = create_app(world).openapi()
    finally:
        site.close()
    return json.dumps(described, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> int:
    """Writes the file."""
    with tempfile.TemporaryDirectory() as folder:
        TARGET.write_text(described(Path(folder) / "site"), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
