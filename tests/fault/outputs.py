"""What leaves the vault: an exported original and a published derivative, through a power cut.

`python -m tests.fault.outputs MOUNT FOLDER` makes a site in FOLDER, exports an original to MOUNT
and publishes derivatives there, twice. When it ends, both were called done. `redness` runs it on
the disk that forgets, cuts the power, and looks whether they are.
"""

import subprocess
import sys
from pathlib import Path

from evidence.derivative import DerivativeKind
from storage import derivatives
from storage.exporting import export_original
from storage.site import Site, SitePlan
from tests.docking import open_house, put
from tests.fault.powercut import Blackout, Scene, forgetting
from tests.fault.rig import environment, new_ground

CONTENT = bytes(range(256)) * 40
NAME = "a.mp4"
FILES = {"index.m3u8": b"#EXTM3U\n" * 9, "0.ts": CONTENT[:5000]}
PATHS = frozenset({"storage/exporting.py", "storage/derivatives.py"})
"""The files whose durable steps this tries."""


def redness(tree: Path) -> str:
    """What is not whole after the cut, with the product's source in `tree`; empty if all is."""
    with new_ground() as ground:
        source, mount, target = (ground.folder / name for name in ("source", "mount", "target"))
        for folder in (source / "export", source / "derivatives", mount):
            folder.mkdir(parents=True)
        with forgetting(Scene(mount, target, ground, ground), Blackout("cut", "vault")):
            command = [sys.executable, "-P", "-m", "tests.fault.outputs"]
            command += [str(mount), str(ground.folder / "made")]
            subprocess.run(command, cwd=tree, env=environment(tree), check=True)
        return _not_whole(target)


def _not_whole(target: Path) -> str:
    exported = target / "export" / NAME
    if not exported.is_file() or exported.read_bytes() != CONTENT:
        return "the exported original is not whole"
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
        (house.site.plan.data / "derivatives").symlink_to(mount / "derivatives")
        for _ in range(2):  # the second takes the place of one whose row was never written
            _publish(house.site, recording["id"])


def _publish(site: Site, sha256: str) -> None:
    with derivatives.drafting(site) as area:
        draft = area / "draft"
        put(draft, FILES)
        derivatives.publish(site, draft, sha256=sha256, kind=DerivativeKind.HLS)


if __name__ == "__main__":
    _make(Path(sys.argv[1]), Path(sys.argv[2]))
