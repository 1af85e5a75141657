"""A file that cannot be given out: the sentence is about it, and never about a card."""

from pathlib import Path

import pytest

from evidence.errors import StorageFailed
from evidence.messages import error_sentence
from storage.durable import make_dirs_durably
from storage.site import SitePlan
from tests.cli import call
from tests.docking import open_house, put
from tests.vaults import mounted

CARD = {"a.mp4": bytes(1 << 20)}
NOWHERE = Path("/proc/a-file")
"""A folder that takes no file, root's neither."""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    with open_house(SitePlan(tmp_path / "site")) as house:
        house.take(put(tmp_path / "card", CARD))
    return tmp_path / "site"


def given_out(site: Path, to: Path) -> dict[str, str]:
    """The sentences of an export that failed; nothing half written is left."""
    listed = call("--data", site, "--json", "recordings", "list").body
    recording = listed["recordings"][0]["recording"]
    said = call("--data", site, "--json", "recordings", "export", recording, "--to", to)
    assert said.code == 3
    assert not to.exists()
    error = said.body["error"]
    assert "卡" not in error["message"]["zh"]
    assert "?" not in error["message"]["en"]
    return {"code": error["code"], **error["message"]}


def test_a_place_that_takes_no_file(site: Path) -> None:
    said = given_out(site, NOWHERE)
    assert said["code"] == "NOT_GIVEN_OUT"
    assert str(NOWHERE) in said["zh"]


def test_a_disk_without_room(site: Path, tmp_path: Path) -> None:
    with mounted(tmp_path / "disk", "tmpfs", "size=256k") as disk:
        said = given_out(site, disk / "a.mp4")
    assert said["code"] == "NO_ROOM_TO_GIVE_OUT"
    assert "剩余 0 B" in said["zh"]


def test_trouble_of_the_site_names_no_file() -> None:
    with pytest.raises(StorageFailed) as caught:
        make_dirs_durably(Path("/proc/a-site"))
    error = caught.value
    for text in error_sentence(error.code, str(error), facts=error.facts):
        assert "?" not in text
    named = {"name": "a.mp4", "reason": "no"}
    assert error_sentence("STORAGE_FAILED", "no", facts=named)[0].startswith("a.mp4 ")
