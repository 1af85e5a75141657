"""Policy at the terminal, and a bureau's own list as acts on a site."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from evidence.errors import BadInput
from people.catalogue_import import preview
from people.catalogues import Catalogue, import_catalogue, in_force
from people.policies import load_policies, shipped_texts
from storage.site import SitePlan
from tests.cli import call
from tests.docking import House, open_house

HEADING = "事项,环节,起点,内容,终点,类别,保管期限"
JANUARY, MARCH = date(2024, 1, 1), date(2024, 3, 1)
ABOVE = load_policies().in_force("XX", JANUARY)
OWN = """format = 1
id = "own"
jurisdiction = "本局"
version = 1
valid_from = 2024-01-01
inherits = "ZW"
remark = { zh = "Ours.", en = "Ours." }
"""
SET = """
[parameters."complaint.days"]
value = "10 wd"
basis = "bureau"
remark = { zh = "局办公会", en = "局办公会" }
"""


def table(folder: Path, *rows: str) -> Path:
    path = folder / "list.csv"
    path.write_text("\n".join((HEADING, *rows)), encoding="utf-8")
    return path


def listed(house: House, folder: Path, *, item: str, since: date) -> str:
    """Imports a list of one item."""
    seen = preview(table(folder, f"{item},,到达,全程,离开,全程,永久"), ABOVE)
    return import_catalogue(house.site.ledger, seen, valid_from=since)


def holding(house: House, day: date) -> Catalogue | None:
    with house.site.database.read() as connection:
        return in_force(connection, day)


def test_the_newest_list_is_in_force_and_older_ones_stay(tmp_path: Path) -> None:
    with open_house(SitePlan(tmp_path / "data")) as house:
        first = listed(house, tmp_path, item="查封", since=JANUARY)
        later = listed(house, tmp_path, item="扣押", since=MARCH)
        again = listed(house, tmp_path, item="强制拆除", since=JANUARY)
        assert holding(house, JANUARY - timedelta(days=1)) is None
        [before, after] = [holding(house, day) for day in (JANUARY, MARCH)]
        assert before is not None
        assert after is not None
        assert (before.id, before.items[0].item) == (again, "强制拆除")
        assert (after.id, after.profile) == (later, "XX@1")
        assert {row["id"] for row in house.rows("tier_catalogues")} == {first, later, again}
        assert house.verify().findings == ()


def test_a_list_with_a_fault_is_taken_in_no_part(tmp_path: Path) -> None:
    good, bad = "查封,,到达,全程,离开,全程,永久", "扣押,,到达,全程,离开,视情,永久"
    with open_house(SitePlan(tmp_path / "data")) as house:
        seen = preview(table(tmp_path, good, bad), ABOVE)
        assert (len(seen.items), len(seen.faults)) == (1, 1)
        with pytest.raises(BadInput):
            import_catalogue(house.site.ledger, seen, valid_from=JANUARY)
        assert house.count("tier_catalogues") == 0
        assert house.count("tier_rows") == 0
        assert house.verify().findings == ()


def test_what_is_imported_is_what_was_read(tmp_path: Path) -> None:
    rows = ["查封,,到达,全程,离开,全程,永久", "行政检查,现场执法,进入,核查,退出,视情,30年"]
    with open_house(SitePlan(tmp_path / "data")) as house:
        seen = preview(table(tmp_path, *rows), ABOVE)
        import_catalogue(house.site.ledger, seen, valid_from=JANUARY)
        found = holding(house, JANUARY)
        assert found is not None
        assert found.items == seen.items
        assert found.sha256 == seen.sha256


@pytest.mark.parametrize(
    ("profile", "says"), [("XX", "XX@1"), ("LP", "default@1"), ("XX区", "XX@1")]
)
def test_explain_prints_the_sentences_of_the_ratio(profile: str, says: str) -> None:
    words = ("policy", "explain", "ratio", "--profile", profile, "--on", "2024-06-01")
    said = call(*words)
    assert said.code == 0
    for sentence in (
        "原则上按每4名执法人员…配备1套音像记录设备的标准确定",
        "不足4人的,至少配备1套音像记录设备",
    ):
        assert f"「{sentence}」" in said.out
    assert says in said.out
    assert "sets of recording devices" in said.out
    assert "音像记录设备配备比例" in said.out
    [answer] = json.loads(call("--json", *words).out)["answers"]
    assert answer["statement"]["stated_by"] == says
    assert [c["article"] for c in answer["statement"]["citations"]] == ["二(二)2"] * 3


def test_check_names_file_line_and_key(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(OWN + SET, encoding="utf-8")
    assert call("policy", "check", path).code == 0
    path.write_text(OWN + SET.replace("10 wd", "10 days"), encoding="utf-8")
    said = call("policy", "check", path)
    assert said.code == 1
    assert f"{path}:9 parameters.complaint.days.value" in said.out
    path.write_text(OWN, encoding="utf-8")
    [problem] = json.loads(call("--json", "policy", "check", path).out)["problems"]
    assert (problem["code"], problem["place"]) == ("POLICY_TO_BE_SET", str(path))


def test_a_changed_copy_of_a_shipped_profile_is_checked_in_its_place(tmp_path: Path) -> None:
    text = shipped_texts()["people/policies/XX.toml"]
    (tmp_path / "XX.toml").write_text(text, encoding="utf-8")
    assert call("policy", "check", tmp_path / "XX.toml").code == 0
    (tmp_path / "XX.toml").write_text(text.replace("每4名", "每3名"), encoding="utf-8")
    said = call("policy", "check", tmp_path / "XX.toml")
    assert said.code == 1
    assert "引文与摘要不符" in said.out
