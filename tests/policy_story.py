"""Steps of the story in `tests/flow/test_cli_schemas.py`: policy, own lists, the calendar."""

from pathlib import Path
from typing import Any, Protocol

from tests.own_policy import own_text


class Site(Protocol):
    """What takes a step: the command line under test, on the site in `folder`."""

    folder: Path

    def step(self, name: str, *arguments: str) -> dict[str, Any]:
        """Runs a command and remembers what it said under `name`."""
        ...


def follow_policy(site: Site) -> None:
    site.step("policy check", "policy", "check")
    site.step("policy list", "policy", "list")
    site.step("policy explain", "policy", "explain", "ratio", "--profile", "XX")
    site.step("policy explain, of all", "policy", "explain", "annual_report.due")
    (site.folder / "bad.toml").write_text("format = 2", encoding="utf-8")
    text = own_text({"ratio.rounding": '"floor"'}, valid_from="2099-01-01")
    (site.folder / "own.toml").write_text(text, encoding="utf-8")
    site.step("policy check, bad", "policy", "check", "bad.toml")
    rows = ["事项,环节,起点,内容,终点,类别,保管期限", "查封,实施,到达,全程,离开,全程,永久"]
    (site.folder / "list.csv").write_text("\n".join(rows), encoding="utf-8")
    (site.folder / "bad.csv").write_text(rows[0] + "\n查封,,,,,视情,长期", encoding="utf-8")
    site.step("catalogue import, preview", "catalogue", "import", "list.csv", "--dry-run")
    site.step("catalogue import, bad", "catalogue", "import", "bad.csv")
    site.step("catalogue import", "catalogue", "import", "list.csv", "--from", "2024-01-01")
    site.step("catalogue show", "catalogue", "show", "--on", "2024-06-01")


def own_profile(site: Site) -> None:
    """A bureau's own profile, approved; another is refused, a wrong one is not even proposed."""
    by, second = ("--by", "3301"), ("--by", "3302")
    propose = ("policy", "propose", "own.toml", *by)
    site.step("policy propose, preview", *propose, "--dry-run")
    made = site.step("policy propose", *propose, "--note", "局办公会")
    site.step("policy propose, wrong", "policy", "propose", "bad.toml", *by)
    site.step("policy show", "policy", "show", made["policy"])
    seen = ("--seen", made["sha256"])
    site.step("policy approve", "policy", "approve", made["policy"], *second, *seen)
    text = own_text({}, name="other", valid_from="2099-01-01")
    (site.folder / "own.toml").write_text(text, encoding="utf-8")
    other = site.step("policy propose, again", *propose)["policy"]
    site.step("policy refuse", "policy", "refuse", other, *second, "--note", "不必")
    site.step("policy proposals", "policy", "proposals")
    site.step("policy list, own", "policy", "list")


def keep_calendar(site: Site) -> None:
    """A notice with a problem, its preview, and its import; an end before it and one after."""
    table = site.folder / "2027.csv"
    table.write_text("2027-01-01,休\n2027-03-06,休\n2027-10-01,休\n", encoding="utf-8")
    site.step("calendar import, faulty", "calendar", "import", "2027.csv")
    table.write_text("2027-01-01,休\n2027-10-01,休\n2027-10-09,班\n", encoding="utf-8")
    named = ("2027.csv", "--source", "国务院办公厅关于2027年部分节假日安排的通知")
    late = ("--from", "2026-12-30", "--days", "3")
    site.step("calendar import, preview", "calendar", "import", *named, "--dry-run")
    site.step("calendar due, provisional", "calendar", "due", *late)
    site.step("calendar import", "calendar", "import", *named)
    site.step("calendar due", "calendar", "due", *late, "--unit", "cd")
    site.step("calendar show", "calendar", "show")
