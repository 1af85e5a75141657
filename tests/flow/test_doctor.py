"""`doctor` names what makes a machine unfit, and one trouble hides no other."""

import contextlib
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from liuhen import clock
from liuhen.fitness import look_at
from liuhen.settings import DockSettings, Settings
from storage.ledger import remember_head
from storage.site import SitePlan
from tests.cli import Said, call
from tests.docking import House, open_house, put
from tests.vaults import mounted

FILES = {"A11_2222222_222222_20260902083000_0001.mp4": b"a" * 5000}


def checks(said: Said) -> dict[str, dict[str, str]]:
    """The checks by name; where a name stands twice, the worst of them."""
    lines = sorted(said.body["checks"], key=lambda line: line["state"] == "BAD")
    return {line["name"]: line for line in lines}


def doctor(data: Path) -> dict[str, dict[str, str]]:
    said = call("--data", data, "--json", "doctor")
    found = checks(said)
    assert said.code == (3 if any(line["state"] == "BAD" for line in found.values()) else 0)
    return found


def used(data: Path, card: Path) -> Path:
    """A site that took a card."""
    with open_house(SitePlan(data)) as house:
        house.take(put(card, FILES))
        remember_head(house.site.database, signer=house.site.log_signer)
    return data


def test_a_fit_machine_is_fit(tmp_path: Path) -> None:
    found = doctor(used(tmp_path / "site", tmp_path / "card"))
    wanted = ("space", "site", "log", "database", "clock", "vault")
    assert {name: found[name]["state"] for name in wanted} == dict.fromkeys(wanted, "OK")


def test_a_full_disk_is_said_by_each_command(tmp_path: Path) -> None:
    """SQLite needs room to read: what it says of a full disk is an error of input and output."""
    with mounted(tmp_path / "disk", "tmpfs", "size=16M") as disk:
        site = used(disk / "site", tmp_path / "card")
        with (disk / "others").open("wb", buffering=0) as others, contextlib.suppress(OSError):
            while others.write(bytes(1 << 16)):
                pass
        found = doctor(site)
        assert (found["space"]["state"], found["site"]["state"]) == ("BAD", "BAD")
        assert "剩余 0 B / 16.0 MiB" in found["space"]["zh"]
        assert "数据库所在磁盘已满" in found["site"]["zh"]
        listed = call("--data", site, "--json", "recordings", "list")
        assert (listed.code, listed.body["error"]["code"]) == (3, "DATABASE_FULL")
        assert call("--data", site, "--json", "verify").body["state"] == "VERIFIED"


def test_a_vault_that_is_away_is_said(tmp_path: Path) -> None:
    site = used(tmp_path / "site", tmp_path / "card")
    (site / "vault").rename(tmp_path / "away")
    found = doctor(site)
    assert found["site"]["state"] == "BAD"
    assert "请管理员检查存储库是否已挂载" in found["site"]["zh"]
    assert found["space"]["state"] == "OK"


def test_a_database_put_back_and_a_clock_set_back_are_said(tmp_path: Path) -> None:
    plan = SitePlan(used(tmp_path / "site", tmp_path / "card"))
    backup = shutil.copy(plan.data / "liuhen.db", tmp_path / "backup.db")
    with open_house(plan, ticks=lambda: clock.now() + timedelta(days=1)) as house:
        add_something(house, tmp_path)
    found = doctor(plan.data)
    assert (found["clock"]["state"], found["log"]["state"]) == ("BAD", "OK")
    shutil.copy(backup, plan.data / "liuhen.db")
    found = doctor(plan.data)
    assert (found["clock"]["state"], found["log"]["state"]) == ("OK", "BAD")
    assert "旧备份" in found["log"]["zh"]


def add_something(house: House, folder: Path) -> None:
    house.take(put(folder / "another", {"b.mp4": b"b"}))
    remember_head(house.site.database, signer=house.site.log_signer)


@pytest.mark.postgres
def test_a_server_that_may_forget_is_said(tmp_path: Path, postgres_url: str) -> None:
    """The server of the tests writes nothing through to its disk."""
    with open_house(SitePlan(tmp_path / "site", postgres_url)):
        pass
    settings = Settings(data=tmp_path / "site", database=postgres_url)
    found = {check.name: check for check in look_at(settings)}
    assert found["site"].state == "OK"
    assert found["database"].state == "BAD"
    assert "fsync、full_page_writes" in found["database"].chinese


def test_docks_that_cannot_serve_are_said(tmp_path: Path) -> None:
    settings = Settings(
        data=tmp_path / "site",
        docks=(
            DockSettings(name="gone", path=tmp_path / "gone"),
            DockSettings(name="over the site", path=tmp_path),
            DockSettings(name="good", path=put(tmp_path / "good", {})),
        ),
    )
    docks = [check for check in look_at(settings) if check.name == "dock"]
    assert [check.state for check in docks] == ["BAD", "BAD", "OK"]


def without_the_key(data: Path) -> None:
    (data / "keys" / "log.key").unlink()


def with_an_open_key(data: Path) -> None:
    (data / "keys" / "station.key").chmod(0o644)


def with_a_broken_key(data: Path) -> None:
    (data / "keys" / "log.key").write_bytes(b"no key")


def with_another_key(data: Path) -> None:
    for name in ("log.key", "station.key"):
        (data / "keys" / name).rename(data / name)
    (data / "log.key").rename(data / "keys" / "station.key")
    (data / "station.key").rename(data / "keys" / "log.key")


def with_a_broken_site_file(data: Path) -> None:
    (data / "site.json").write_bytes(b"{}")


def with_an_empty_database(data: Path) -> None:
    for name in ("liuhen.db", "liuhen.db-wal", "liuhen.db-shm"):
        (data / name).unlink(missing_ok=True)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (without_the_key, "请从备份恢复，不会另造新密钥"),
        (with_an_open_key, "可被他人读取"),
        (with_a_broken_key, "不是可用的密钥"),
        (with_another_key, "密钥与站点登记的不符"),
        (with_a_broken_site_file, "无法识别：请从备份恢复"),
        (with_an_empty_database, "不会重新开始：请恢复数据库"),
    ],
)
def test_a_site_that_does_not_open_says_why_and_what_to_do(
    tmp_path: Path, harm: Callable[[Path], None], words: str
) -> None:
    """In whole sentences of either language: none is half in the other one."""
    site = used(tmp_path / "site", tmp_path / "card")
    harm(site)
    found = doctor(site)["site"]
    assert found["state"] == "BAD"
    assert words in found["zh"]
    assert "?" not in found["en"] + found["zh"]
    assert found["en"].isascii()
