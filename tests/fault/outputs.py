"""What is done outside the vault, through a power cut: files given out, and a card cleared.

`python -m tests.fault.outputs MOUNT FOLDER` makes a site in FOLDER, exports an original and writes
a report to MOUNT, clears a card there, and publishes derivatives there, twice. When it ends, all
were called done. `redness` runs it on the disk that forgets, cuts the power, and looks whether
they are.
"""

import subprocess
import sys
import threading
from pathlib import Path

from devices.recorders import add_recorder
from evidence.derivative import DerivativeKind
from evidence.report import ReportKind
from evidence.vocabulary import ClearResult
from ingest.card import Card
from ingest.clear import clear_card
from storage import derivatives
from storage.exporting import export_original
from storage.reporting import give_report
from storage.site import Site, SitePlan
from tests.docking import House, open_house, put
from tests.fault.powercut import Blackout, Scene, forgetting
from tests.fault.rig import environment, new_ground

CONTENT = bytes(range(256)) * 40
NAME, REPORT = "a.mp4", "report.xlsx"
FILES = {"index.m3u8": b"#EXTM3U\n" * 9, "0.ts": CONTENT[:5000]}
NUMBER = "2222222"
CLEARED = f"A11_{NUMBER}_222222_20260902083000_0001.mp4"
PATHS = frozenset(
    {
        "ingest/card.py",
        "storage/exporting.py",
        "storage/reporting.py",
        "storage/derivatives.py",
    }
)
"""The files whose durable steps this tries."""


def redness(tree: Path) -> str:
    """What is not whole after the cut, with the product's source in `tree`; empty if all is."""
    with new_ground() as ground:
        source, mount, target = (ground.folder / name for name in ("source", "mount", "target"))
        for folder in (source / "export", source / "reports", source / "derivatives", mount):
            folder.mkdir(parents=True)
        put(source / "card", {CLEARED: CONTENT})
        with forgetting(Scene(mount, target, ground, ground), Blackout("cut", "vault")):
            command = [sys.executable, "-P", "-m", "tests.fault.outputs"]
            command += [str(mount), str(ground.folder / "made")]
            subprocess.run(command, cwd=tree, env=environment(tree), check=True)
        return _not_whole(target)


def _not_whole(target: Path) -> str:
    given = {"exported original": f"export/{NAME}", "report": f"reports/{REPORT}"}
    for what, name in given.items():
        if not (target / name).is_file() or (target / name).read_bytes() != CONTENT:
            return f"the {what} is not whole"
    if (target / "card" / CLEARED).exists():
        return "the card's file that was cleared is there again"
    found = [path for path in (target / "derivatives").glob("??/*/*") if path.is_dir()]
    for folder in found:
        if {path.name: path.read_bytes() for path in folder.iterdir()} != FILES:
            return "the published derivative is not whole"
    return "" if len(found) == 1 else "the published derivative has no name"


def _make(mount: Path, folder: Path) -> None:
    with open_house(SitePlan(folder / "site")) as house:
        house.take(put(folder / "card", {NAME: CONTENT}))
        [recording] = house.rows("recordings")
        export_original(house.site, recording["id"], target=mount / "export" / NAME)
        report = mount / "reports" / REPORT
        give_report(house.site, ReportKind.RATIO, data=CONTENT, facts={}, target=report)
        (house.site.plan.data / "derivatives").symlink_to(mount / "derivatives")
        _clear(house, mount / "card")
        for _ in range(2):  # the second takes the place of one whose row was never written
            _publish(house.site, recording["id"])


def _clear(house: House, folder: Path) -> None:
    add_recorder(house.site.ledger, house.station().makes, number=NUMBER, make="zfy")
    [taken] = house.take(folder)
    card = Card(folder)
    try:
        receipt = taken.intake.receipt_id if taken.intake else ""
        cleared = clear_card(house.site, card, receipt_id=receipt, stop=threading.Event())
    finally:
        card.close()
    if cleared.count(ClearResult.CLEARED) != 1:
        raise RuntimeError(f"The card could not be cleared: {cleared.files}")


def _publish(site: Site, sha256: str) -> None:
    with derivatives.drafting(site) as area:
        draft = area / "draft"
        put(draft, FILES)
        derivatives.publish(site, draft, sha256=sha256, kind=DerivativeKind.HLS)


if __name__ == "__main__":
    _make(Path(sys.argv[1]), Path(sys.argv[2]))
