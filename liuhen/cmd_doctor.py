"""`doctor`: is this machine fit to keep evidence, in sentences."""

import hashlib
import re
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass

import typer

from evidence.canonical import Json
from evidence.errors import LiuhenError
from evidence.sizes import human_size
from evidence.vocabulary import SourceKind
from ingest.identity import file_system_kind, must_poll
from liuhen import bootstrap, invocation
from liuhen.invocation import Invocation
from liuhen.output import ExitCode
from render import confine
from storage import site as sites
from storage.probe import direct_io

OK, WARN, BAD = "OK", "WARN", "BAD"
_LOW = 0.05
_OLDEST_FFMPEG = (5, 1)


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: str
    state: str
    chinese: str
    english: str


def doctor(context: typer.Context) -> None:
    """检查本机是否适合保存证据  Check whether this machine is fit to keep evidence."""
    run = invocation.of(context)
    with run.reporting("doctor"):
        checks = [_python(), _sm3(), _ffmpeg(), _confinement(), *_site_checks(run), *_docks(run)]
    signs = {OK: "✓", WARN: "!", BAD: "✗"}
    for check in checks:
        run.output.say(f"{signs[check.state]} {check.chinese}", check.english)
    lines: list[Json] = [
        {"name": c.name, "state": c.state, "zh": c.chinese, "en": c.english} for c in checks
    ]
    bad = any(check.state == BAD for check in checks)
    code = ExitCode.ENVIRONMENT if bad else ExitCode.FINE
    run.output.finish({"command": "doctor", "checks": lines}, code)


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


def _site_checks(run: Invocation) -> list[Check]:
    plan = run.settings.plan
    if not sites.exists(plan):
        name = str(plan.data)
        return [Check("site", WARN, f"{name} 中尚无站点", f"There is no site in {name} yet")]
    try:
        site = bootstrap.open_existing(run.settings, bootstrap.operator())
    except LiuhenError as error:
        return [Check("site", BAD, f"站点打不开：{error}", f"The site cannot be opened: {error}")]
    try:
        space = site.vault.space()
        free, total = human_size(space.free_bytes), human_size(space.total_bytes)
        state = WARN if space.free_bytes < space.total_bytes * _LOW else OK
        kind = file_system_kind(plan.vault_root)
        direct = direct_io(plan.vault_root)
        return [
            Check("site", OK, f"站点 {site.site_id}", "The site, its database and keys open"),
            Check("space", state, f"存储库剩余 {free} / {total}", "Room left in the vault"),
            _medium(kind, direct=direct),
        ]
    finally:
        site.close()


def _medium(kind: str, *, direct: bool) -> Check:
    if direct:
        return Check("vault", OK, f"存储库 {kind}，重读绕过缓存", "Read-back goes past the cache")
    return Check(
        "vault",
        WARN,
        f"存储库 {kind} 不支持直接读写：重读前仅能请求系统丢弃缓存",
        "No direct I/O here: read-back can only ask the system to drop its cache",
    )


def _docks(run: Invocation) -> list[Check]:
    checks: list[Check] = []
    for dock in run.settings.docks:
        root = dock.root()
        if root.source == SourceKind.DEVICE:
            checks.append(Check("dock", OK, f"{root.name}：设备", "Devices are polled"))
        elif not root.path.is_dir():
            checks.append(Check("dock", BAD, f"{root.name} 不存在", f"{root.path} is not a folder"))
        else:
            kind = file_system_kind(root.path)
            mode = "轮询 polled" if must_poll(kind) else "监视 watched"
            checks.append(Check("dock", OK, f"{root.name}：{kind}，{mode}", str(root.path)))
    return checks
