"""Recordings under test with what is made of them: sealed without a dock, derived step by step."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from evidence.derivative import DerivativeKind
from liuhen import clock
from render import confine
from render.confine import Way
from render.derive import Workshop, derive
from storage import derivatives
from storage.derivatives import Derivative
from storage.items import add_item
from storage.site import Actor, Site, SitePlan, open_site
from tests.footage import give_up_without
from tests.vaults import card, ignore


@dataclass(frozen=True)
class Studio:
    """A site and the means to derive on it."""

    site: Site
    workshop: Workshop

    def seal(self, data: bytes) -> str:
        """Puts bytes into the vault and on record; returns their digest."""
        vault = self.site.vault
        stored = vault.confirm(vault.stage(card(data), ignore), ignore)
        with self.site.ledger.act() as act:
            add_item(act, stored, vault_id=vault.vault_id)
            act.enter("recording.adopted", {"recording": stored.sha256, "size": str(stored.size)})
        return stored.sha256

    def derive_all(self, sha256: str, way: Way | None = None) -> dict[DerivativeKind, Derivative]:
        """Makes every kind, in order, confined in this way."""
        workshop = replace(self.workshop, way=way) if way else self.workshop
        return {kind: derive(workshop, sha256, kind=kind) for kind in DerivativeKind}

    def path(self, sha256: str, kind: DerivativeKind) -> Path:
        """Where the files of a derivative lie."""
        return derivatives.folder(self.site, sha256, kind=kind)


@contextmanager
def open_studio(folder: Path, database: str | None = None) -> Iterator[Studio]:
    """A new or existing site with a workshop; skips the test where media cannot be confined."""
    give_up_without("ffmpeg")
    give_up_without("bwrap")
    mask = os.umask(0o022)
    site = open_site(SitePlan(folder, database), clock.now, actor=Actor("service"))
    os.umask(mask)  # opening a site makes new files private; another test's server needs others
    try:
        with derivatives.drafting(site) as drafts:
            yield Studio(site, Workshop(site, confine.find(), drafts))
    finally:
        site.close()


def lose(studio: Studio, sha256: str) -> None:
    """What a lost disk of derivatives would leave: nothing."""
    shutil.rmtree(studio.path(sha256, DerivativeKind.PROBE).parent, ignore_errors=True)
