"""Writes what the page is made from: `python -P -m script.openapi`.

`web/openapi.json` gives its types, `web/vocabulary.json` the words of the choices it offers: those
of the vocabulary itself, so that no page calls a thing otherwise than answers and reports do.
"""

import json
import sys
import tempfile
from pathlib import Path

from api.app import create_app
from api.looking import Looking
from api.world import World, ledger_for
from evidence.access import GranteeKind, GrantKind
from evidence.assessment import Exclusion
from evidence.case_vocabulary import (
    ActionType,
    Awareness,
    Bearing,
    CaseStage,
    CaseState,
    Category,
    IdentityMode,
    MetadataGroup,
    NoticeItem,
    Opinion,
    RecordChoice,
    Signed,
    Signer,
    TeamRole,
)
from evidence.finding_rules import Cause, Triage
from evidence.register_words import word
from evidence.retention_holds import HoldKind
from evidence.vocabulary import Tier
from liuhen import bootstrap, clock
from liuhen.settings import Settings
from people.views import View
from script.studio import ROOT
from storage.ledger import Ledger

TARGET = ROOT / "web" / "openapi.json"
WORDS = ROOT / "web" / "vocabulary.json"
_OFFERED = (
    *(GrantKind, GranteeKind),
    *(ActionType, Awareness, Bearing, CaseStage, CaseState, Category, Cause, Exclusion),
    *(HoldKind, IdentityMode),
    *(MetadataGroup, NoticeItem, Opinion, RecordChoice, Signed, Signer, TeamRole, Tier, Triage),
)


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


def vocabulary() -> str:
    """Every choice that the page offers, with its words in Chinese and English, as text."""
    words = {kind.__name__: {one.value: word(one) for one in kind} for kind in _OFFERED}
    return json.dumps(words, ensure_ascii=False, indent=1) + "\n"


def main() -> int:
    """Writes both files."""
    WORDS.write_text(vocabulary(), encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        TARGET.write_text(described(Path(folder) / "site"), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
