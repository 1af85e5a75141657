"""A backup, its drill, a restore of nothing, and a database made of the journal: one step each."""

import shutil
from pathlib import Path
from typing import Any, Protocol


class Site(Protocol):
    """What tells the story: a site that runs commands and remembers what they said."""

    @property
    def folder(self) -> Path:
        """Where everything lies."""
        ...

    def step(self, name: str, *arguments: str, data: str = "site") -> dict[str, Any]:
        """Runs a command."""
        ...


def keep_twice(site: Site) -> None:
    """Backs the site up, tries the backup, and asks for what is not missing."""
    site.step("backup", "backup", "backup")
    site.step("drill", "drill", "backup", "--in", ".")
    site.step("restore", "restore", "backup")
    shutil.copytree(site.folder / "site", site.folder / "other")
    for path in (site.folder / "other").glob("liuhen.db*"):
        path.unlink()
    vault = site.folder / "other" / "vault"
    journal = site.folder / "backup" / "vault" / "journal"
    shutil.copytree(journal, vault / "journal", dirs_exist_ok=True)
    site.step("rebuild", "rebuild", data="other")
