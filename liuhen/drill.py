"""The drill: a backup is worth what was restored from it, so it is restored aside and verified.

Holds always: the site itself is not touched, nor the backup; what is made goes into a folder of its
own, which is removed at the end.
"""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from evidence.errors import BadInput, LiuhenError, OutOfSpace
from evidence.messages import error_sentence
from liuhen import clock
from proof.findings import State
from proof.keys import Trust
from proof.options import Options
from proof.verify import open_store
from proof.verify import verify as verify_store
from storage import journal
from storage.backup import find_tool, run_tool
from storage.backup_folder import BackupFolder, Manifest
from storage.restoring import Source, last_signed, rebuild_site, restore
from storage.site import SitePlan

OK, FAILED = "OK", "FAILED"
RESTORED, REBUILT, SEEN = "RESTORED", "REBUILT", "SEEN"
_NAMED = 5
_RESTORED = (
    "数据库与原件全部丢失：已从备份恢复到别处，逐字节核验通过",
    "Database and originals lost: restored aside from the backup, and every byte verifies",
)
_DUMPED = (
    "原件已恢复到别处；PostgreSQL 转储完整可读（未另建数据库试装）",
    "Originals restored aside; the dump of PostgreSQL reads to its end (no server was asked)",
)
_REBUILT = (
    "只剩存储库与日志文本：数据库已由其重建，核验通过，日志头一致",
    "Only vault and journal left: the database was made of them, verifies, and has the same head",
)
_SEEN = (
    "此备份之后站点又签署了 {} 条；恢复到此状态会被识别为回退，不会悄悄发生",
    "The site signed {} entries since; going back to this state would be seen, never silent",
)
_NOTHING_SIGNED = (
    "本机没有“最后签署”的记录可比",
    "Nothing is remembered here of what was signed last",
)


@dataclass(frozen=True)
class Step:
    """One thing tried: `state` OK or FAILED, with sentences."""

    name: str
    state: str
    chinese: str
    english: str


@dataclass(frozen=True)
class Drilled:
    """What the drill found; `behind` counts entries signed since this state was made."""

    state: str
    steps: tuple[Step, ...]
    size: int
    originals: int
    behind: int | None

    @property
    def passed(self) -> bool:
        """Whether each step did."""
        return all(step.state == OK for step in self.steps)


def drill(plan: SitePlan, source: Source, *, scratch: Path | None) -> Drilled:
    """Restores a state aside, verifies it, then makes its database anew from the journal.

    Raises `BadInput`, `EvidenceAltered` or `OutOfSpace` where it cannot begin.
    """
    manifest = source.folder.manifest(source.state)
    _check_room(source.folder, scratch)
    with _scratch(scratch) as folder:
        aside = SitePlan(folder / "site")
        restored, originals = _restored(aside, source, manifest=manifest)
        rebuilt = _rebuilt(aside, source.folder, manifest=manifest)
    seen, behind = _told_of(plan, manifest)
    return Drilled(manifest.state, (restored, rebuilt, seen), manifest.size, originals, behind)


@contextlib.contextmanager
def _scratch(where: Path | None) -> Iterator[Path]:
    try:
        folder = Path(tempfile.mkdtemp(prefix="liuhen-drill-", dir=where))
    except OSError as error:
        raise BadInput(f"{where} is not a folder", why="NOT_A_FOLDER", path=str(where)) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _check_room(folder: BackupFolder, scratch: Path | None) -> None:
    """Raises `OutOfSpace` where what is to be restored does not fit."""
    there = (path.stat().st_size for path in (folder.vault / "originals").glob("*/*"))
    needed, where = sum(there), Path(tempfile.gettempdir()) if scratch is None else scratch
    free = shutil.disk_usage(where).free if where.is_dir() else 0
    if where.is_dir() and free < needed:
        message = f"The drill needs {needed} bytes in {where}, and {free} are left"
        raise OutOfSpace(message, free_bytes=free)


def _restored(aside: SitePlan, source: Source, *, manifest: Manifest) -> tuple[Step, int]:
    """Everything lost: database and originals come from the backup, and verify is green.

    A dump of PostgreSQL is read to its end; no server is asked for a database to put it into.
    """
    is_file = manifest.kind == "SQLITE"
    try:
        done = restore(aside, replace(source, database=is_file), progress=_ignore)
        if not is_file:
            file = source.folder.check_file(manifest)
            tool = find_tool("pg_restore", source.tools)
            run_tool([tool, "--file=/dev/null", str(file)], doing="pg_restore")
        bad = sorted(done.bad) or (_faults(aside, manifest) if is_file else [])
    except LiuhenError as error:
        return _failed(RESTORED, error), 0
    return _step(RESTORED, bad, well=_RESTORED if is_file else _DUMPED), done.originals


def _rebuilt(aside: SitePlan, folder: BackupFolder, *, manifest: Manifest) -> Step:
    """The database lost for good: it is made of the journal alone, and verify is green again."""
    try:
        _lose_database(aside)
        target = aside.vault_root / journal.FOLDER
        shutil.copytree(folder.vault / journal.FOLDER, target, dirs_exist_ok=True)
        rebuild_site(aside)
        bad = _faults(aside, manifest)
    except LiuhenError as error:
        return _failed(REBUILT, error)
    except OSError as error:
        return _step(REBUILT, [error.strerror or str(error)], well=_REBUILT)
    return _step(REBUILT, bad, well=_REBUILT)


def _told_of(plan: SitePlan, manifest: Manifest) -> tuple[Step, int | None]:
    """Whether the site would see this state as a step back, where it has signed more since."""
    remembered = last_signed(plan)
    behind = None if remembered is None else remembered.size - manifest.size
    if behind is None:
        return _step(SEEN, [], well=_NOTHING_SIGNED), None
    if behind < 0:
        return _step(SEEN, [f"{-behind}"], well=_SEEN), behind
    chinese, english = _SEEN
    return _step(SEEN, [], well=(chinese.format(behind), english.format(behind))), behind


def _step(name: str, bad: list[str], *, well: tuple[str, str]) -> Step:
    if not bad:
        return Step(name, OK, *well)
    said = "、".join(bad[:_NAMED])
    return Step(name, FAILED, f"未通过：{said}", f"Failed: {said}")


def _failed(name: str, error: LiuhenError) -> Step:
    return Step(name, FAILED, *error_sentence(error.code, str(error), facts=error.facts))


def _lose_database(aside: SitePlan) -> None:
    for end in ("", "-wal", "-shm"):
        (aside.data / f"liuhen.db{end}").unlink(missing_ok=True)


def _faults(aside: SitePlan, manifest: Manifest) -> list[str]:
    """Kinds of what verify finds in the restored site; every byte is read, the head is known."""
    store = open_store(aside.data, None)
    try:
        trust = Trust(None, (manifest.note,))
        report = verify_store(
            store, aside.vault_root, trust=trust, options=Options(), now=clock.now
        )
    finally:
        store.close()
    is_empty = not report.coverage.objects.named
    is_whole = report.state == State.VERIFIED or (is_empty and not report.counts)
    return [] if is_whole else sorted(report.counts) or [report.state.value]


def _ignore(_count: int) -> None:
    """Nobody watches."""
