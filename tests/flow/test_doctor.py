"""`doctor` names what makes a machine unfit, and one trouble hides no other."""

import contextlib
import shutil
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
