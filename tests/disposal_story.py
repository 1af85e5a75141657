"""The commands of disposal on a site whose footage became due before the story begins."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from storage.site import SitePlan
from tests.casework import bureau
from tests.disposing import Disposing
from tests.filming import camera

DATA = "old"


class Site(Protocol):
    """What this needs of the story's site."""

    folder: Path

    def step(self, name: str, *arguments: str, data: str = "site") -> Mapping[str, Any]:
        """Runs a command and remembers what it said."""
        ...


def let_go(site: Site) -> None:
    """Every command: one batch waited its time, another is proposed and refused."""
    with bureau(SitePlan(site.folder / DATA), profile="ZJ") as office:
        morning = datetime.now(UTC).replace(hour=1, minute=0)
        office.clock.now = morning - timedelta(days=200)
        letting_go = Disposing.of(office)
        day = f"{office.clock.now:%Y-%m-%d}"
        one, two = letting_go.footage(site.folder, camera(office, "2000009"), day=day, clips=2)
        office.clock.now = datetime.now(UTC) - timedelta(days=11)
        letting_go.later(0)
        ready = letting_go.approved(one, wait=0)
        first, second = letting_go.first, letting_go.second
    by = ("--by", first)

    def step(name: str, *arguments: str) -> Mapping[str, Any]:
        words = (*name.split(",")[0].split(), *arguments)
        return site.step(name, *words, data=DATA)

    step("disposal clock")
    step("disposal explain", "stood_still", *by, "--second", second, "--text", "停用")
    step("disposal due")
    batch = step("disposal propose", two, *by, "--appraisal", "期限已满")
    listed = ("--list", str(batch["list_sha256"]))
    step("disposal approve", str(batch["batch"]), *by, *listed)
    step("disposal check", str(batch["batch"]))
    step("disposal refuse", str(batch["batch"]), *by, "--note", "再留一年")
    step("disposal check, ready", ready.id)
    done = step("disposal execute", ready.id, *by)
    step("disposal certificate", str(done["certificate"]))
    step("disposal certificate, printed", str(done["certificate"]), "--pdf", "certificate.pdf")
    step("disposal show", ready.id)
    step("disposal list")
    step("recordings show, disposed", one)
    step("recordings list, disposed")
    step("verify, disposed")
