"""Cases and actions as a step of the story that `tests/flow/test_cli_schemas.py` tells.

An inspection that is decided not to be recorded is carried through to its settling; its case goes
from a matter to a decision. The clock is the machine's own, so moments are left to it.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from evidence.ratio import SHANGHAI
from liuhen import clock

PAPER = "ab" * 32
ROWS = "外部编号,案号,单位,执法类别\nP-1,16号,一中队,行政处罚\n"
ACTIONS = "外部编号,案件,单位,执法类别,行为类型\nP-1-1,P-1,一中队,行政检查,执法检查\n"


class Steps(Protocol):
    """What takes a step: the command line under test, on the site in `folder`."""

    folder: Path

    def step(self, name: str, *arguments: str) -> dict[str, Any]:
        """Runs a command and remembers what it said under `name`."""
        ...


def work(site: Steps) -> None:
    """A case with an inspection, entered by hand and from files."""
    paper = ("--issuer", "司法局", "--valid-from", "2021-03-01", "--valid-to", "2099-12-31")
    serves = ("--unit", "一中队", "--from", "2021-03-01", "--certificate")
    for number in ("3301", "3302"):
        named = ("--name", f"某{number}", *serves, f"证{number}", *paper)
        site.step(f"person add, {number}", "person", "add", number, *named)
    file_case(site)
    action = plan(site)
    carry_out(site, action)
    decide(site)


def file_case(site: Steps) -> None:
    (site.folder / "cases.csv").write_text(ROWS, encoding="utf-8")
    (site.folder / "actions.csv").write_text(ACTIONS, encoding="utf-8")
    of = ("--unit", "一中队", "--category", "inspection", "--item", "0217")
    site.step("case add", "case", "add", "15号", *of, "--title", "某店", "--party", "乙")
    site.step("case step", "case", "step", "15号", "filed", "--by", "3301", "--document", PAPER)
    site.step("case import, preview", "case", "import", "cases.csv", "--dry-run")
    site.step("case import", "case", "import", "cases.csv")
    site.step("action import", "action", "import", "actions.csv")
    site.step("case list", "case", "list", "--state", "filed")
    site.step("action list", "action", "list", "--case", "16号")


def plan(site: Steps) -> str:
    """Two actions, of which one is cancelled; returns the other."""
    of = ("inspection", "--unit", "一中队", "--category", "inspection", "--case", "15号")
    kept = str(site.step("action add", "action", "add", *of, "--place", "某街一号")["action"])
    other = site.step("action add, cancelled", "action", "add", *of)["action"]
    site.step("action cancel", "action", "cancel", other, "--by", "3301", "--reason", "改期")
    named = ("--lead", "3301", "--assist", "3302", "--keeper", "3302")
    site.step("action team", "action", "team", kept, *named)
    site.step("action ready", "action", "ready", kept)
    return kept


def carry_out(site: Steps, action: str) -> None:
    """From the decision not to record to the settling; once a text stands for it as well."""
    by = ("--by", "3301")

    def record(kind: str, *given: str, value: str = "") -> None:
        name = f"action record, {kind} {value or given[-1]}"
        words = ("action", "record", action, kind, "--value", value, *given)
        site.step(name, *words, *by)

    record("decision", "--text", "例行检查", value="not_record")
    site.step("action start", "action", "start", action, *by)
    now = clock.now().astimezone(SHANGHAI)
    times = ("--from", f"{now - timedelta(minutes=9):%Y-%m-%d %H:%M:%S}", "--to")
    until = f"{now:%Y-%m-%d %H:%M:%S}"
    site.step("action end", "action", "end", action, *by, *times, until)
    right = ("--reason", "笔录写错", "--second", "3302")
    site.step("action interval", "action", "interval", action, *by, *times, until, *right)
    for group in ("time", "place", "people", "cause", "course", "result"):
        record("metadata", "--text", "如实", value=group)
    record("identity", "--offset", "5", value="worn")
    record("notice", "--document", PAPER, value="remedy")
    record("document", "--document", PAPER, value="检查笔录")
    record("awareness", value="visible_device")
    record("party", "--text", "乙")
    record("witness", "--text", "邻居")
    for signer in ("3301", "3302", "COUNTERPART", "WITNESS"):
        record("signature", "--document", PAPER, "--signer", signer)
    texts = ("--document", PAPER, "--signer", "3301", "--signer", "3302")
    approved = ("--reason", "笔录完整", "--approver", "3201")
    site.step("action exempt", "action", "exempt", action, *by, *texts, *approved)
    site.step("action settle", "action", "settle", action, *by)
    site.step("action show", "action", "show", action)


def decide(site: Steps) -> None:
    by = ("--by", "3301")
    site.step("case record", "case", "record", "15号", "stage", *by, "--document", PAPER)
    site.step("case step, investigating", "case", "step", "15号", "investigating", *by)
    outcome = ("decided", *by, "--outcome", "不予处罚", "--document", PAPER)
    site.step("case step, decided", "case", "step", "15号", *outcome)
    site.step("case show", "case", "show", "15号")
