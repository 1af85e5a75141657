"""Is this machine fit to keep evidence: one check for each thing that can be looked at.

Holds always: a check never raises; what keeps one thing from being looked at is said, and hides no
other; the room on the disks is told even where the site cannot be opened, because a full disk may
be why.
"""

import hashlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from evidence.entry import parse_time
from evidence.errors import LiuhenError
from evidence.messages import error_sentence
from evidence.sizes import human_size
from evidence.vocabulary import SourceKind
from ingest.identity import file_system_kind, must_poll
from ingest.places import DockRoot
from ingest.room import reserve
from liuhen import bootstrap
from liuhen.arguments import check_apart
from liuhen.settings import Settings
from render import confine
from storage import schema
from storage import site as sites
from storage.database import Database
from storage.ledger import remember_head
from storage.probe import direct_io
from storage.site import Site

OK, WARN, BAD = "OK", "WARN", "BAD"
_LOW = 0.05
_OLDEST_FFMPEG = (5, 1)
_MOUNT_TOOLS = ("mount", "umount", "blockdev")
_DURABLE = ("fsync", "full_page_writes", "data_checksums")


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: str
    state: str
    chinese: str
    english: str


def look_at(settings: Settings) -> list[Check]:
    """Every check, in the order in which people want to know."""
    machine = [_python(), _sm3(), _ffmpeg(), _confinement()]
    docks = [_dock(settings, dock.root()) for dock in settings.docks]
    return [*machine, *_rooms(settings), *_site_checks(settings), *docks]


def _said(name: str, error: LiuhenError) -> Check:
    chinese, english = error_sentence(error.code, str(error), facts=error.facts)
    return Check(name, BAD, chinese, english)


# --- the machine --------------------------------------------------------------------------------


def _python() -> Check:
    version = ".".join(str(part) for part in sys.version_info[:3])
    sqlite = sqlite3.sqlite_version
    return Check("python", OK, f"Python {version}，SQLite {sqlite}", "Versions in use")


def _sm3() -> Check:
    if "sm3" in hashlib.algorithms_available:
        return Check("sm3", OK, "可计算 SM3", "SM3 is offered")
    return Check("sm3", WARN, "本机 OpenSSL 不提供 SM3", "This machine's OpenSSL offers no SM3")


def _ffmpeg() -> Check:
    if not shutil.which("ffmpeg") or not shutil.which("ffprobe"):
        return Check(
            "ffmpeg",
            WARN,
            "未安装 ffmpeg：采集不受影响，但不生成预览",
            "No ffmpeg: intake does not need it, but no previews are made",
        )
    said = subprocess.run(["ffmpeg", "-version"], capture_output=True, text=True, check=False)
    found = re.match(r"ffmpeg version \D*((\d+)\.(\d+)\S*)", said.stdout)
    version = found.group(1) if found else "?"
    if found is None or (int(found.group(2)), int(found.group(3))) < _OLDEST_FFMPEG:
        return Check(
            "ffmpeg", WARN, f"ffmpeg {version} 过旧：需要 5.1", "Previews need ffmpeg 5.1 or newer"
        )
    return Check("ffmpeg", OK, f"ffmpeg {version}", "ffmpeg and ffprobe are there")


def _confinement() -> Check:
    if not shutil.which("ffprobe"):
        return Check(
            "confinement",
            WARN,
            "未安装 ffmpeg，隔离环境未检查",
            "How media programs are confined is not tried without ffmpeg",
        )
    way = confine.find()
    if way == confine.Way.NONE:
        return Check(
            "confinement",
            WARN,
            "无法隔离解码程序：采集不受影响，但不生成预览；请安装 bubblewrap",
            "Media programs cannot be confined, so no previews are made; install bubblewrap",
        )
    return Check(
        "confinement", OK, f"解码程序在隔离环境中运行：{way.value}", "Media programs run confined"
    )


# --- the disks ----------------------------------------------------------------------------------


def _rooms(settings: Settings) -> Iterator[Check]:
    """The disk of the vault, and that of database and keys where it is another."""
    plan = settings.plan
    folders = {"存储库": plan.vault_root, "站点": plan.data}
    seen: set[int] = set()
    for chinese, folder in folders.items():
        try:
            device, room = folder.stat().st_dev, os.statvfs(folder)
        except OSError:
            continue  # not made yet, or not there: the site's own check says so
        if device not in seen:
            seen.add(device)
            yield _room(chinese, folder, room=room)


def _room(chinese: str, folder: Path, *, room: os.statvfs_result) -> Check:
    free, total = room.f_bavail * room.f_frsize, room.f_blocks * room.f_frsize
    left = f"{human_size(free)} / {human_size(total)}"
    if free < reserve(total) or (room.f_files and not room.f_favail):
        return Check(
            "space",
            BAD,
            f"{chinese}所在磁盘已无空间（剩余 {left}）：不再采集新文件；请扩容",
            f"No room is left on the disk of {folder}: nothing more is taken; make room",
        )
    state = WARN if free < total * _LOW else OK
    return Check("space", state, f"{chinese}剩余 {left}", f"Room left for {folder}")


# --- the site -----------------------------------------------------------------------------------


def _site_checks(settings: Settings) -> Iterator[Check]:
    plan = settings.plan
    if not sites.exists(plan):
        name = str(plan.data)
        yield Check("site", WARN, f"{name} 中尚无站点", f"There is no site in {name} yet")
        return
    try:
        site = bootstrap.open_existing(settings, bootstrap.operator())
    except LiuhenError as error:
        yield _said("site", error)
        return
    try:
        yield Check("site", OK, f"站点 {site.site_id}", "The site, its database and keys open")
        yield from (_log(site), _database(site.database), _clock(site), _medium(plan.vault_root))
    finally:
        site.close()


def _log(site: Site) -> Check:
    """Whether the log goes on from what this site signed last; `verify` looks at all of it."""
    try:
        head, _ = remember_head(site.database, signer=site.log_signer)
    except LiuhenError as error:
        return _said("log", error)
    return Check(
        "log", OK, f"日志 {head.size} 条，与上次签署衔接", "The log goes on from what was signed"
    )


def _database(database: Database) -> Check:
    """Whether what the database acknowledges outlives a power cut."""
    if database.is_sqlite:
        return Check("database", OK, "数据库 SQLite，每次提交均落盘", "SQLite, each commit durable")
    try:
        with database.read() as connection:
            told = {n: connection.exec_driver_sql(f"SHOW {n}").scalar() for n in _DURABLE}
    except LiuhenError as error:
        return _said("database", error)
    off = [name for name, value in told.items() if value != "on"]
    if not off:
        return Check("database", OK, "数据库 PostgreSQL", "PostgreSQL, set up to last")
    state = WARN if off == ["data_checksums"] else BAD
    names = "、".join(off)
    return Check(
        "database",
        state,
        f"PostgreSQL 关闭了 {names}：断电或坏盘可能丢失已确认的记录；请开启",
        f"PostgreSQL has {', '.join(off)} off: what it acknowledged may be lost; switch it on",
    )


def _clock(site: Site) -> Check:
    try:
        with site.database.read() as connection:
            last = connection.execute(select(schema.log_head.c.last_at)).scalar_one()
    except LiuhenError as error:
        return _said("clock", error)
    now = site.clock()
    if last is not None and now < parse_time(last):
        return Check(
            "clock",
            BAD,
            f"本机时钟早于日志最后一条（{last}）：新记录会标记为时钟倒退；请校时",
            f"The clock is behind the newest entry ({last}): entries will be marked; set it right",
        )
    return Check("clock", OK, f"本机时钟 {now:%Y-%m-%d %H:%M:%S} UTC", "The clock of this machine")


def _medium(root: Path) -> Check:
    kind = file_system_kind(root)
    try:
        direct = direct_io(root)
    except OSError as error:
        reason = error.strerror or str(error)
        return Check(
            "vault", BAD, f"存储库无法写入：{reason}", f"The vault refuses files: {reason}"
        )
    if direct:
        return Check("vault", OK, f"存储库 {kind}，重读绕过缓存", "Read-back goes past the cache")
    return Check(
        "vault",
        WARN,
        f"存储库 {kind} 不支持直接读写：重读前仅能请求系统丢弃缓存",
        "No direct I/O here: read-back can only ask the system to drop its cache",
    )


# --- the docks ----------------------------------------------------------------------------------


def _dock(settings: Settings, root: DockRoot) -> Check:
    try:
        check_apart(settings, root.path)
    except LiuhenError as error:
        return _said("dock", error)
    if root.source == SourceKind.DEVICE:
        return _devices(root)
    if not root.path.is_dir():
        return Check("dock", BAD, f"{root.name} 不存在", f"{root.path} is not a folder")
    kind = file_system_kind(root.path)
    mode = "轮询 polled" if must_poll(kind) else "监视 watched"
    return Check("dock", OK, f"{root.name}：{kind}，{mode}", str(root.path))


def _devices(root: DockRoot) -> Check:
    """Cards that the service mounts itself: it must be allowed to, and able to."""
    missing = [tool for tool in _MOUNT_TOOLS if not shutil.which(tool)]
    if missing:
        tools = " ".join(missing)
        return Check(
            "dock", BAD, f"{root.name}：缺少程序 {tools}", f"Programs are missing: {tools}"
        )
    if os.geteuid() != 0:
        return Check(
            "dock",
            BAD,
            f"{root.name}：挂载设备需要 root 权限",
            "The service must be root to mount devices",
        )
    return Check("dock", OK, f"{root.name}：设备，轮询 polled", "Devices are polled")
