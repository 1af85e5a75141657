"""A site that lost a key says so; it never goes on under another one."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from evidence.errors import EnvironmentTrouble
from storage import keys
from storage.site import Actor, SitePlan, open_site


def now() -> datetime:
    return datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture
def plan(tmp_path: Path) -> SitePlan:
    """A site that was made and closed."""
    made = SitePlan(tmp_path / "site")
    open_site(made, now, actor=Actor("service")).close()
    return made


@pytest.mark.parametrize("kind", [keys.LOG, keys.STATION])
def test_a_lost_key_is_missed_and_not_replaced(plan: SitePlan, kind: str) -> None:
    lost = plan.data / "keys" / f"{kind}.key"
    kept = lost.rename(lost.with_name("kept"))
    with pytest.raises(EnvironmentTrouble, match=f"{kind}.key is missing"):
        open_site(plan, now, actor=Actor("service"))
    assert not lost.exists()
    kept.rename(lost)
    open_site(plan, now, actor=Actor("service")).close()


@pytest.mark.parametrize("kind", [keys.LOG, keys.STATION])
def test_another_key_is_refused(plan: SitePlan, tmp_path: Path, kind: str) -> None:
    keys.load_or_make(tmp_path, kind, name="liuhen.site/other")
    (tmp_path / f"{kind}.key").replace(plan.data / "keys" / f"{kind}.key")
    with pytest.raises(EnvironmentTrouble, match="not the one on record"):
        open_site(plan, now, actor=Actor("service"))
