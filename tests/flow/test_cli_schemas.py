"""Every command's `--json` object keeps its schema in `docs/cli`, errors included.

One story on a small real site, each step a process of its own, forked from one that has imported
the product. A step's object is checked as it comes: exactly one on standard output, valid under its
schema, with the exit code it states.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
import typer.main
from jsonschema import Draft202012Validator

from cases import links
from evidence import (
    access,
    assessment,
    case_vocabulary,
    certificate_tasks,
    container,
    coverage,
    derivative,
    device_sets,
    disposal,
    disposal_certificate,
    disposal_clock,
    enforcing,
    finding_rules,
    linking,
    places,
    quota,
    ratio,
    retention,
    retention_holds,
    reviewing,
    supervising,
    training,
    vocabulary,
)
from liuhen import clock
from liuhen.main import app
from liuhen.output import ExitCode
from people import bodies, register, views
from people.invitations import accept
from people.logins import Origin, log_in, recognise
from proof import findings
from storage.site import Actor, SitePlan, open_site
from tests import (
    access_story,
    backup_story,
    case_story,
    disposal_story,
    finding_story,
    link_story,
    policy_story,
    register_story,
    retention_story,
)
from tests.cli_refusals import FAILURES
from tests.fault.rig import Ground, Preloaded
from tests.footage import REPOSITORY

SCHEMAS = REPOSITORY / "docs" / "cli"
PAGE = REPOSITORY / "docs" / "CLI.md"
RECORDER = "2222222"
VIDEO = f"A11_{RECORDER}_222222_20260902083000_0001.mp4"
PHOTO = f"A11_{RECORDER}_222222_20260902084000_0002.jpg"
REGISTER = (
    *(disposal, disposal_certificate, disposal_clock),
    *(certificate_tasks, device_sets, enforcing, finding_rules, places, quota, ratio),
    *(reviewing, training),
    *(assessment, coverage, linking, links),
    *(case_vocabulary, retention, retention_holds),
    *(access, supervising, views),
)
TOO_DEEP = 60  # folders in one another; more than a listing follows


@dataclass(frozen=True)
class Said:
    """What a process left behind."""

    command: str
    exit: int
    out: str
    err: str

    @property
    def object(self) -> dict[str, Any]:
        """The object on standard output; there may be nothing else."""
        value = json.loads(self.out)
        assert isinstance(value, dict)
        return value


@dataclass
class Site:
    """A site and the steps taken on it."""

    folder: Path
    product: Preloaded
    steps: dict[str, Said] = field(default_factory=dict)

    def run(self, *arguments: str, data: str = "site", **environment: str) -> Said:
        """Runs a command with `--json` and these environment variables."""
        ground = Ground(self.folder, self.folder / data, self.folder / data / "vault")
        line = ["--data", str(ground.data), *arguments, "--json"]
        done = self.product.run(ground, line, settings=environment)
        return Said(" ".join(arguments), done.code, done.out, done.err)

    def step(self, name: str, *arguments: str, data: str = "site") -> dict[str, Any]:
        """Runs a command and remembers what it said under `name`."""
        said = self.steps[name] = self.run(*arguments, data=data)
        assert said.out, said.err
        return said.object


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that has gone through every command, and was damaged in the end."""
    with Preloaded() as product:
        site = Site(tmp_path_factory.mktemp("cli"), product)
        make_cards(site.folder)
        take(site)
        keep_accounts(site)
        policy_story.follow_policy(site)
        policy_story.keep_calendar(site)
        keep_people(site)
        keep_recorders(site)
        register_story.count_recorders(site)
        register_story.count_reviewers(site)
        register_story.keep_places(site)
        finding_story.answer(site, RECORDER)
        case_story.work(site)
        link_story.link(site)
        access_story.grant(site)
        retention_story.keep(site, hashlib.sha256(VIDEO.encode()).hexdigest())
        policy_story.own_profile(site)
        register_story.report(site)
        finding_story.report(site)
        look(site)
        prove(site)
        backup_story.keep_twice(site)
        disposal_story.let_go(site)
        clear(site)
        damage(site)
        yield site


def make_cards(folder: Path) -> None:
    for card, name in (("card", VIDEO), ("docks/second", PHOTO), ("deep", "x.bin")):
        (folder / card / "DCIM").mkdir(parents=True)
        (folder / card / "DCIM" / name).write_bytes(name.encode())
    (folder / "card" / "notes.txt").write_bytes(b"kept")
    (folder / "deep" / "/".join(["d"] * TOO_DEEP)).mkdir(parents=True)


def take(site: Site) -> None:
    site.step("recorder add", "recorder", "add", RECORDER)
    site.step("recorder list", "recorder", "list")
    site.step("ingest", "ingest", "card", "deep")
    site.step("serve", "serve", "--dock", "docks", "--once", "1")


def keep_accounts(site: Site) -> None:
    first = ("--bureau", "城管局", "--name", "甲", "--login", "admin")
    site.step("user setup", "user", "setup", *first)
    site.step("unit add", "unit", "add", "一中队")
    site.step("unit list", "unit", "list")
    site.step("recorder assign", "recorder", "assign", RECORDER, "一中队")
    person = ("--name", "乙", "--officer", "222222", "--role", "officer", "--unit", "一中队")
    site.step("user add", "user", "add", "yi", *person)
    held = site.step("user grant", "user", "grant", "yi", "reviewer")["held"]
    site.step("user revoke", "user", "revoke", held)
    site.step("user disable", "user", "disable", "yi")
    site.step("user enable", "user", "enable", "yi")
    site.step("user invite", "user", "invite", "yi")
    site.step("user list", "user", "list")
    site.step("session list", "session", "list")
    site.step("session revoke", "session", "revoke", logged_in(site))


def keep_people(site: Site) -> None:
    paper = ("--issuer", "司法局", "--valid-from", "2021-03-01", "--valid-to", "2099-12-31")
    serves = ("--unit", "一中队", "--from", "2021-03-01")
    site.step("person add", "person", "add", "3201", "--name", "王甲", *serves)
    site.step("person certificate", "person", "certificate", "3201", "证1", *paper)
    again = ("--certificate", "证2", *paper, "--undertaking", "2021-03-01")
    site.step("person add, whole", "person", "add", "3202", "--name", "李乙", *serves, *again)
    for event in ("check", "revoke", "collect", "destroy"):
        site.step(f"person {event}", "person", event, "3202")
    site.step("person undertake", "person", "undertake", "3201")
    site.step("person post", "person", "post", "3202", "--status", "suspended")
    register_story.see_to_people(site)
    site.step("person list", "person", "list")
    site.step("person show", "person", "show", "3202")
    law = ("--basis", "三定方案", "--profile", "XX")
    site.step("unit state", "unit", "state", "一中队", "agency", *law, "--from", "2023-01-01")
    site.step("unit show", "unit", "show")
    rows = [
        "姓名,工号,单位,人员类别,在编,在岗,任职日期",
        "赵丙,3203,一中队,执法人员,是,是,2022-01-01",
    ]
    (site.folder / "people.csv").write_text("\n".join(rows), encoding="utf-8")
    rows.append("钱丁,3204,九中队,执法人员,是,是,2022-01-01")
    (site.folder / "faulty.csv").write_text("\n".join(rows), encoding="gb18030")
    site.step("roster import, preview", "roster", "import", "people.csv", "--dry-run")
    site.step("roster import, refused", "roster", "import", "faulty.csv")
    taken = site.step("roster import", "roster", "import", "faulty.csv", "--skip-faulty")["import"]
    site.step("roster undo", "roster", "undo", taken, "--reason", "文件有误")
    site.step("roster list", "roster", "list")


def keep_recorders(site: Site) -> None:
    rows = [
        "编号,品牌,类别,单位",
        "7100001,zfy,执法记录仪,一中队",
        "7100002,none,执法记录仪,一中队",
    ]
    (site.folder / "devices.csv").write_text("\n".join(rows), encoding="utf-8")
    site.step("recorder import", "recorder", "import", "devices.csv", "--skip-faulty")
    number = "7100001"
    details = ("body_camera", "--serial", "SN1", "--retires", "2099-01-01")
    site.step("recorder describe", "recorder", "describe", number, *details)
    site.step("recorder repair", "recorder", "repair", number, "--reason", "换电池")
    site.step("recorder serve-again", "recorder", "serve-again", number)
    site.step("recorder test", "recorder", "test", number)
    site.step("recorder out", "recorder", "out", number, "3201", "--until", "2099-01-01 18:00")
    site.step("recorder holders, one", "recorder", "holders", number)
    site.step("recorder in", "recorder", "in", number, "--offset-ms", "-40")
    site.step("recorder holders", "recorder", "holders")
    site.step("recorder lend", "recorder", "lend", number, "城管局")
    site.step("recorder take-back", "recorder", "take-back", number)
    site.step("recorder lost", "recorder", "lost", number)
    site.step("recorder retire", "recorder", "retire", RECORDER)
    site.step("recorder list, described", "recorder", "list")


def logged_in(site: Site) -> str:
    """A log-in as a browser makes it; the command line has none of its own."""
    plan, mask = SitePlan(site.folder / "site"), os.umask(0o022)
    opened = open_site(plan, clock.now, actor=Actor("service"))
    os.umask(mask)  # opening a site makes new files private; the test process goes on as it was
    try:
        code = site.step("user invite, again", "user", "invite", "yi")["code"]
        accept(opened.ledger, code, password="a long password")
        secret = log_in(opened.ledger, "yi", password="a long password", origin=Origin("127.0.0.1"))
        return recognise(opened.database, clock.now, secret=secret).session
    finally:
        opened.close()


def look(site: Site) -> None:
    newest = site.step("recordings list", "recordings", "list", "--limit", "1")["recordings"][0]
    site.step("scrub", "scrub", "--sm3")
    site.step("copies", "copies", "--place")
    site.step("recordings show", "recordings", "show", newest["recording"])
    site.step("recordings export", "recordings", "export", newest["recording"], "--to", "out.jpg")
    receipt = site.step("receipt list", "receipt", "list")["receipts"][0]["receipt"]
    site.step("receipt show", "receipt", "show", receipt, "--to", "receipt.txt")
    site.step("receipt check", "receipt", "check", "receipt.txt", "--key", "site/keys/station.pub")


def prove(site: Site) -> None:
    note = site.step("checkpoint", "checkpoint")["note"]
    (site.folder / "checkpoint.txt").write_text(note, encoding="utf-8")
    site.step("verify", "verify", "--checkpoint", "checkpoint.txt", "--key", "site/keys/log.pub")
    site.step("doctor", "doctor")
    site.step("jobs list", "jobs", "list")
    site.step("jobs retry", "jobs", "retry")


def clear(site: Site) -> None:
    """Clears a card of which one file is no longer what the receipt says."""
    (site.folder / "card" / "notes.txt").write_bytes(b"new!")
    receipt = site.steps["ingest"].object["cards"][0]["receipt"]
    site.step("card clear", "card", "clear", receipt, "card", "--yes")


def damage(site: Site) -> None:
    sha256 = site.steps["recordings show"].object["recording"]
    original = site.folder / "site" / "vault" / "originals" / sha256[:2] / sha256
    original.chmod(0o644)
    original.write_bytes(b"falsified".ljust(original.stat().st_size))
    site.step("verify, damaged", "verify")
    site.step("scrub, damaged", "scrub")


EXITS = {
    "ingest": ExitCode.PARTIAL,
    "card clear": ExitCode.PARTIAL,
    "action ready": ExitCode.USAGE,
    "disposal clock": ExitCode.FINDING,
    "disposal check": ExitCode.FINDING,
    "policy check, bad": ExitCode.FINDING,
    "policy propose, wrong": ExitCode.USAGE,
    "catalogue import, bad": ExitCode.USAGE,
    "calendar import, faulty": ExitCode.USAGE,
    "roster import, refused": ExitCode.USAGE,
    "roster import": ExitCode.PARTIAL,
    "recorder import": ExitCode.PARTIAL,
    "rebuild": ExitCode.FINDING,  # the journal of the backup ends before what was signed since
    "verify, damaged": ExitCode.FINDING,
    "scrub, damaged": ExitCode.FINDING,
}


def commands() -> list[str]:
    """Every command of the product, groups spelled out."""
    return sorted(_commands(typer.main.get_command(app), ""))


def _commands(command: object, prefix: str) -> Iterator[str]:
    for name, inner in getattr(command, "commands", {}).items():
        if hasattr(inner, "commands"):
            yield from _commands(inner, f"{prefix}{name} ")
        else:
            yield prefix + name


def schema_of(command: str) -> dict[str, Any]:
    path = SCHEMAS / f"{command.replace(' ', '-')}.schema.json"
    value = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(value, dict)
    return value


def faults(schema: Mapping[str, Any], value: object) -> list[str]:
    errors = Draft202012Validator(schema).iter_errors(value)
    return [f"{'/'.join(str(part) for part in e.absolute_path)}: {e.message}" for e in errors]


# --- what commands say ------------------------------------------------------------------------


@pytest.mark.parametrize("command", commands())
def test_a_command_keeps_its_schema(story: Site, command: str) -> None:
    steps = {name: said for name, said in story.steps.items() if name.split(",")[0] == command}
    assert steps, f"the story does not run {command}"
    for name, said in steps.items():
        assert faults(schema_of(command), said.object) == []
        assert said.object["command"] == command
        assert said.exit == said.object["exit"] == EXITS.get(name, ExitCode.FINE)


def test_what_is_said_is_what_was_done(story: Site) -> None:
    said = {name: step.object for name, step in story.steps.items()}
    assert [card["state"] for card in said["ingest"]["cards"]] == ["SAFE", "INCOMPLETE"]
    assert said["ingest"]["cards"][1]["notices"][0]["code"] == "TOO_DEEP"
    assert said["serve"]["cards"][0]["may_leave"] is True
    assert said["scrub"]["sm3_added"] == said["scrub"]["objects"] == 4
    assert said["verify"]["state"] == "VERIFIED"
    assert said["verify"]["trust"]["reach"] == "CHECKPOINT"
    assert said["verify, damaged"]["counts"] == {"OBJECT_ALTERED": 1}
    assert said["policy check"]["problems"] == []
    assert len(said["policy explain, of all"]["answers"]) == len(said["policy list"]["profiles"])
    assert said["catalogue import, preview"]["catalogue"] is None
    assert said["catalogue show"]["id"] == said["catalogue import"]["catalogue"]
    results = {file["name"]: file["result"] for file in said["card clear"]["files"]}
    assert results == {f"DCIM/{VIDEO}": "CLEARED", "notes.txt": "DIFFERS"}
    assert (story.folder / "card" / "notes.txt").read_bytes() == b"new!"


def test_errors_keep_their_schema(story: Site) -> None:
    schema = schema_of("error")
    said = [story.run(*words.split(), **given) for words, _, _, given in FAILURES]
    for failure, one in zip(FAILURES, said, strict=True):
        assert one.out, one.err
        assert faults(schema, one.object) == [], failure
        assert (one.object["error"]["code"], one.exit) == (failure[1], failure[2]), failure
        assert one.exit == one.object["exit"]
        assert "Traceback" not in one.err


# --- the schemas themselves -------------------------------------------------------------------


def test_each_command_has_one_schema_and_a_place_on_the_page() -> None:
    names = {path.name.removesuffix(".schema.json") for path in SCHEMAS.iterdir()}
    assert names == {command.replace(" ", "-") for command in commands()} | {"error"}
    page = PAGE.read_text(encoding="utf-8")
    for command in commands():
        assert f"## {command}\n" in page
        assert f"(cli/{command.replace(' ', '-')}.schema.json)" in page
    for code in ExitCode:
        assert f"| {int(code)} |" in page


def test_schemas_allow_nothing_that_they_do_not_name() -> None:
    for path in SCHEMAS.iterdir():
        schema = json.loads(path.read_text(encoding="utf-8"))
        Draft202012Validator.check_schema(schema)
        assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
        assert list(open_objects(schema)) == [], path.name


def open_objects(node: object) -> Iterator[object]:
    """Object schemas that would accept members of any kind."""
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        yield from open_objects(child)
    if isinstance(node, dict) and node.get("type") == "object":
        named = node.get("additionalProperties", True)
        if named is True or ("properties" in node and named is not False):
            yield node


def test_words_in_schemas_are_those_of_the_product() -> None:
    known = {frozenset(m.value for m in words) for words in vocabularies()}
    small = {frozenset(("FULL", "LIMITED")), frozenset(("OK", "WARN", "BAD"))}
    small |= {frozenset(("FOLDER", "S3")), frozenset(("FIRST", "SECOND"))}
    small |= {frozenset(("OK", "FAILED")), frozenset(("RESTORED", "REBUILT", "SEEN"))}
    seen: set[frozenset[str]] = set()
    for path in SCHEMAS.iterdir():
        seen |= set(word_lists(json.loads(path.read_text(encoding="utf-8"))))
    assert seen - small <= known


def vocabularies() -> list[type[StrEnum]]:
    """Every list of words that the pure rules and the verifier declare."""
    modules = (vocabulary, container, derivative, findings, bodies, register, *REGISTER)
    values = [value for module in modules for value in vars(module).values()]
    return [
        v for v in values if isinstance(v, type) and issubclass(v, StrEnum) and v is not StrEnum
    ]


def word_lists(node: object) -> Iterator[frozenset[str]]:
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        yield from word_lists(child)
    listed = node.get("enum", []) if isinstance(node, dict) else []
    words = [word for word in listed if isinstance(word, str) and re.fullmatch("[A-Z_0-9]+", word)]
    if words:
        yield frozenset(words)


def test_the_checks_can_fail(story: Site) -> None:
    schema = schema_of("checkpoint")
    said = story.steps["checkpoint"].object
    assert faults(schema, said) == []
    assert faults(schema, {**said, "more": 1}) != []
    assert faults(schema, {**said, "size": "7"}) != []
    assert list(open_objects({"x": {"type": "object"}})) != []
    assert list(word_lists({"enum": ["A", "B", None]})) == [frozenset("AB")]
