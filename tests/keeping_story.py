"""Steps of the story in `tests/flow/test_cli_schemas.py`: backups, and what is made of them."""

import shutil

from tests.disposal_story import Site


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
