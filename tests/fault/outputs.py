"""What is done beside the copying, through a power cut: what leaves the vault, and what is let go.

`python -m tests.fault.outputs MOUNT FOLDER PART...` makes a site in FOLDER and does on MOUNT what
the parts name: exports an original, writes a report, clears a card, publishes derivatives (twice),
lets go of an original and of what was made of it, makes a backup, follows the log in a journal
(twice). When it ends, all were called done. `redness` runs it on the disk that forgets, cuts the
power, and looks whether they are.
"""

import contextlib
import hashlib
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from devices.recorders import add_recorder
from evidence.derivative import DerivativeKind
from evidence.errors import LiuhenError
from evidence.report import ReportKind
from evidence.vocabulary import ClearResult
from ingest.card import Card
from ingest.clear import clear_card
from storage import derivatives
from storage.backup import Wanted, make_backup
from storage.backup_folder import SITE_FILES, BackupFolder
from storage.exporting import export_original
from storage.journal import Journal, length
from storage.removing import FolderShelf, drop_made
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
SECOND = bytes(range(255, -1, -1)) * 40
OTHER = hashlib.sha256(SECOND).hexdigest()
PARTS: Mapping[str, str] = {
    "ingest/card.py": "clear",
    "storage/backup_folder.py": "backup",
    "storage/derivatives.py": "derive",
    "storage/exporting.py": "export",
    "storage/journal.py": "journal",
    "storage/removing.py": "remove",
    "storage/reporting.py": "report",
}
"""Which part of the work tries the durable steps of a file."""


def redness(tree: Path, parts: Collection[str] = tuple(PARTS.values())) -> str:
    """What is not whole after the cut, with the product's source in `tree`; empty if all is."""
    with new_ground() as ground:
        source, mount, target = (ground.folder / name for name in ("source", "mount", "target"))
        for folder in (source / "export", source / "reports", source / "derivatives", mount):
            folder.mkdir(parents=True)
        put(source / "card", {CLEARED: CONTENT})
        with forgetting(Scene(mount, target, ground, ground), Blackout("cut", "vault")):
            command = [sys.executable, "-P", "-m", "tests.fault.outputs"]
            command += [str(mount), str(ground.folder / "made"), *parts]
            subprocess.run(command, cwd=tree, env=environment(tree), check=True)
        return _not_whole(target, ground.folder / "made" / "site", parts=parts)


def _not_whole(target: Path, site: Path, *, parts: Collection[str]) -> str:
    looks: Mapping[str, Callable[[], str]] = {
        "export": lambda: _given(target / "export" / NAME),
        "report": lambda: _given(target / "reports" / REPORT),
        "clear": lambda: "there again" if (target / "card" / CLEARED).exists() else "",
        "derive": lambda: _published(target),
        "remove": lambda: _gone(target),
        "backup": lambda: _backed_up(target, site),
        "journal": lambda: _followed(target, site),
    }
    found = ((part, looks[part]()) for part in parts)
    return next((f"{part}: {wrong}" for part, wrong in found if wrong), "")


def _given(file: Path) -> str:
    return "" if file.is_file() and file.read_bytes() == CONTENT else "not whole"


def _published(target: Path) -> str:
    found = [path for path in (target / "derivatives").glob("??/*/*") if path.is_dir()]
    for folder in found:
        if {path.name: path.read_bytes() for path in folder.iterdir()} != FILES:
            return "not whole"
    return "" if len(found) == 1 else "no name"


def _gone(target: Path) -> str:
    """Only the first recording is left in the vault, and nothing made of the other."""
    kept = [path.read_bytes() for path in (target / "vault" / "originals").glob("??/*")]
    made = [path for path in (target / "derivatives").glob("??/*") if path.name == OTHER]
    return "" if kept == [CONTENT] and not made else "there again"


def _backed_up(target: Path, site: Path) -> str:
    folder = BackupFolder(target / "backup")
    try:
        manifest = folder.manifest()
        folder.check_file(manifest)
    except LiuhenError as error:
        return str(error)
    for name in SITE_FILES:
        copy = folder.state_path(manifest.state) / name
        if not copy.is_file() or copy.read_bytes() != (site / name).read_bytes():
            return f"{name} is not whole"
    return ""


def _followed(target: Path, site: Path) -> str:
    with contextlib.closing(sqlite3.connect(site / "liuhen.db")) as database:
        (entries,) = database.execute("SELECT count(*) FROM entries").fetchone()
    lines = length(target / "journal")
    return "" if lines == entries else f"{lines} of {entries} entries"


def _make(mount: Path, folder: Path, parts: Collection[str]) -> None:
    vault = mount / "vault" if "remove" in parts else None
    with open_house(SitePlan(folder / "site", vault=vault)) as house:
        house.take(put(folder / "card", {NAME: CONTENT}))
        [recording] = house.rows("recordings")
        (house.site.plan.data / "derivatives").symlink_to(mount / "derivatives")
        works: Mapping[str, Callable[[], object]] = {
            "export": lambda: export_original(
                house.site, recording["id"], target=mount / "export" / NAME
            ),
            "report": lambda: give_report(
                house.site,
                ReportKind.RATIO,
                data=CONTENT,
                facts={},
                target=mount / "reports" / REPORT,
            ),
            "clear": lambda: _clear(house, mount / "card"),
            "derive": lambda: _publish_twice(house.site, recording["id"]),
            "remove": lambda: _remove(house, folder, recording["id"]),
            "backup": lambda: _back_up(house.site, mount / "backup"),
            "journal": lambda: _follow(house, mount / "journal"),
        }
        for part, work in works.items():  # the journal last: nothing is entered after it
            if part in parts:
                work()


def _remove(house: House, folder: Path, kept: str) -> None:
    """Lets go of another recording and of what was made of it."""
    house.take(put(folder / "other", {NAME: SECOND}))
    [other] = [one["id"] for one in house.rows("recordings") if one["id"] != kept]
    _publish(house.site, other)
    FolderShelf.of(house.site).remove(other)
    drop_made(house.site, other)


def _back_up(site: Site, folder: Path) -> None:
    make_backup(site, folder, wanted=Wanted(originals=False), progress=lambda *_: None)


def _follow(house: House, folder: Path) -> None:
    journal = Journal(folder)
    journal.follow(house.site.database)
    add_recorder(house.site.ledger, house.station().makes, number="3333333", make="zfy")
    journal.follow(house.site.database)


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


def _publish_twice(site: Site, sha256: str) -> None:
    """The second takes the place of one whose row was never written."""
    _publish(site, sha256)
    _publish(site, sha256)


def _publish(site: Site, sha256: str) -> None:
    with derivatives.drafting(site) as area:
        draft = area / "draft"
        put(draft, FILES)
        derivatives.publish(site, draft, sha256=sha256, kind=DerivativeKind.HLS)


if __name__ == "__main__":
    _make(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
