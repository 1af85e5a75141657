"""What every command promises: one object under --json, a documented exit code, never a traceback.

Small calls run inside this process; those that must be a process of their own are few.
"""

import contextlib
import itertools
import json
import os
import shlex
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from liuhen.main import to_front
from storage.site import SitePlan, exists
from tests.cli import Said, call, command, run, running
from tests.docking import House, open_house, put, wait_for
from tests.flow.test_cli_schemas import faults, schema_of
from tests.footage import REPOSITORY

CODES = {0, 1, 2, 3, 4}
COMMANDS = (
    ("serve",),
    ("ingest",),
    ("verify",),
    ("checkpoint",),
    *(("scrub",), ("doctor",), ("backup",), ("restore",), ("rebuild",), ("drill",)),
    ("recordings", "list"),
    ("recordings", "show"),
    ("recordings", "export"),
    ("receipt", "list"),
    ("receipt", "show"),
    ("receipt", "check"),
    ("card", "clear"),
    *(("recorder", "add"), ("recorder", "list")),
    *(("policy", "check"), ("policy", "explain"), ("catalogue", "import")),
    *(("calendar", "show"), ("calendar", "import"), ("calendar", "due"), ("ratio", "history")),
    *(("person", "show"), ("roster", "import"), ("recorder", "import"), ("recorder", "out")),
    *(("report", "ratio"), ("report", "holders"), ("finding", "list"), ("finding", "triage")),
    ("no-such-command",),
)
ABSURD = (
    " ",
    "-1",
    "0",
    "99999999999999999999999",
    "/dev/null",
    "/proc/self/mem",
    "a" * 5000,
    "\udcff\udcfe",
    "\x1b[31m",
    "line\nline",
    "%00",
    "'; DROP TABLE entries; --",
    "{message}",
    "[red]",
    "文件",
    "--",
    "--no-such-option",
    "--limit",
    "--session=",
)
AT_ONCE = {"LIUHEN_INTAKE__QUIET_SECONDS": "0", "LIUHEN_INTAKE__SETTLE_SECONDS": "0.1"}
SMALL = {"DCIM/A11_3100001_310001_20260902180118_0001.mp4": b"one", "clip.mp4": b"two"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a site that has taken one card."""
    folder = tmp_path_factory.mktemp("site")
    with open_house(SitePlan(folder / "data")) as house:
        house.take(put(folder / "card", SMALL))
    return folder / "data"


def check(said: Said) -> None:
    assert said.code in CODES, said
    assert "Traceback" not in said.err + said.out
    assert said.body["exit"] == said.code
    if "error" in said.body:
        error = said.body["error"]
        assert error["message"]["zh"]
        assert error["message"]["en"]
        assert error["message"]["zh"] != error["code"]


def is_help(said: Said) -> bool:
    return said.code == 0 and said.out.lstrip().startswith("Usage")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_absurd_words_get_a_sentence(command: tuple[str, ...], site: Path, tmp_path: Path) -> None:
    """Where a word may name a folder to make, it is made beside nothing of ours."""
    seed = sum(map(ord, "".join(command)))
    chance = Random(seed)
    lines: list[list[str]] = [[], *([word] for word in ABSURD)]
    lines += [chance.sample(ABSURD, 2) for _ in range(12)]
    for words in lines:
        with contextlib.chdir(tmp_path):
            said = call(*command, "--json", "--data", site, *words)
        try:
            check(said)
        except (AssertionError, ValueError) as error:
            raise AssertionError(f"{command} {words!r} (seed {seed}): {said}") from error


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_absurd_places_for_a_site_get_a_sentence(command: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"not a folder")
    for place in (file, file / "inner", tmp_path / "none", "a" * 5000, "/proc/self/fdinfo", ""):
        check(call(*command, "--json", "--data", place))
        check(call(*command, "--json", "--config", place, "--data", tmp_path / "none"))


@pytest.mark.parametrize(
    "text",
    [
        "no toml",
        "unknown = 1",
        "database = 3",
        'database = "mysql://x/y"',
        'database = "nonsense"',
        "[intake]\nslots = 0",
        "[intake]\npoll_seconds = nan",
        "[intake]\nsettle_seconds = -1",
        '[[docks]]\nname = "a/b"\npath = "x"',
        '[[docks]]\nname = "a"\npath = "x"\nkind = "floppy"',
    ],
)
def test_a_broken_settings_file_gets_a_sentence(text: str, tmp_path: Path) -> None:
    config = tmp_path / "liuhen.toml"
    config.write_text(text, encoding="utf-8")
    card = put(tmp_path / "card", SMALL)
    said = call("ingest", card, "--json", "--config", config, "--data", tmp_path / "data")
    check(said)
    assert said.code == 2, said.out
    assert not (tmp_path / "data" / "liuhen.db").exists()


def test_a_database_that_does_not_answer_is_the_machines_trouble(tmp_path: Path) -> None:
    config = tmp_path / "liuhen.toml"
    config.write_text(f'database = "postgresql://@/x?host={tmp_path}/none"', encoding="utf-8")
    card = put(tmp_path / "card", SMALL)
    said = call("ingest", card, "--json", "--config", config, "--data", tmp_path / "data")
    check(said)
    assert (said.code, said.body["error"]["code"]) == (3, "DATABASE_UNAVAILABLE")


def test_a_broken_environment_gets_a_sentence(site: Path) -> None:
    said = run("doctor", "--json", "--data", site, LIUHEN_DOCKS="not json")
    assert (said.code, said.body["error"]["code"]) == (2, "BAD_INPUT")
    assert said.err == ""


def test_a_card_that_holds_the_site_is_refused(site: Path, tmp_path: Path) -> None:
    """It would be taken into itself for ever."""
    for card in (site, site.parent, site / "vault" / "originals"):
        check(said := call("ingest", card, "--json", "--data", site))
        assert (said.code, said.body["error"]["code"]) == (2, "BAD_INPUT")
        check(said := call("serve", "--dock", card, "--json", "--data", site))
        assert said.code == 2
    vault = tmp_path / "card" / "vault"
    config = tmp_path / "liuhen.toml"
    config.write_text(f'vault = "{vault}"', encoding="utf-8")
    put(tmp_path / "card", SMALL)
    said = call("ingest", tmp_path / "card", "--json", "--config", config, "--data", site)
    assert said.code == 2
    assert not vault.exists()


def test_a_link_that_is_named_is_followed(tmp_path: Path) -> None:
    card = put(tmp_path / "card", {"new.mp4": b"named by a link"})
    (tmp_path / "link").symlink_to(card)
    data = ("--json", "--data", tmp_path / "data")
    check(said := call("ingest", tmp_path / "link", card, *data))
    [report] = said.body["cards"]  # both names are one card
    assert (said.code, report["state"]) == (0, "SAFE")
    assert report["card"] == str(tmp_path / "link")
    for option in ("--card", "--drop"):
        said = run("serve", option, tmp_path / "link", "--once", "1", *data, **AT_ONCE)
        [report] = said.body["cards"]
        assert report["state"] in ("SAFE", "NEW_SAFE"), option
        put(card, {"newer.mp4": b"a drop folder wants news"})
    check(
        call("card", "clear", said.body["cards"][0]["receipt"], tmp_path / "link", *data, "--yes")
    )
    (tmp_path / "round").symlink_to(tmp_path / "round")
    for words in (("ingest",), ("serve", "--card"), ("serve", "--dock")):
        check(said := call(*words, tmp_path / "round", *data))
        assert said.code == 2


# --- where the shared options may stand ---------------------------------------------------------


def test_shared_options_may_stand_anywhere(site: Path) -> None:
    words = ["recordings", "list", "--limit", "1"]
    shared = [["--data", str(site)], ["--json"]]
    bodies = []
    for places in itertools.product(range(3), repeat=2):
        line = list(words)
        for place, option in sorted(zip(places, shared, strict=True), reverse=True):
            line[place:place] = option
        bodies.append(call(*line).body)
    assert all(body == bodies[0] for body in bodies)
    assert call(f"--data={site}", *words, "--json").body == bodies[0]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (["ingest", "a", "--json"], ["--json", "ingest", "a"]),
        (["x", "--data", "d", "y", "--config=c"], ["--data", "d", "--config=c", "x", "y"]),
        (["x", "--data"], ["--data", "x"]),
        (["x", "--", "--json", "--data"], ["x", "--", "--json", "--data"]),
        ([], []),
    ],
)
def test_what_is_brought_to_the_front(line: list[str], expected: list[str]) -> None:
    assert to_front(line) == expected


# --- exit codes ---------------------------------------------------------------------------------


def test_exit_codes_say_who_must_act(site: Path, tmp_path: Path) -> None:
    data = ("--json", "--data", site)
    assert call("verify", *data).code == 0
    assert call("verify", "--quick", *data).code == 0
    assert call("checkpoint", *data).code == 0
    assert call("recordings", "show", "nothing", *data).code == 2
    assert call("verify", "--json", "--data", tmp_path / "none").code == 2
    empty = put(tmp_path / "empty", {})
    assert call("ingest", empty, "--json", "--data", tmp_path / "fresh").code == 4  # no card there
    assert call("scrub", "--json", "--data", tmp_path / "fresh").code == 1  # nothing was checked
    (tmp_path / "fresh" / "vault" / "liuhen-vault.json").unlink()
    said = call("ingest", empty, "--json", "--data", tmp_path / "fresh")
    assert (said.code, said.body["error"]["code"]) == (3, "VAULT_UNAVAILABLE")


def test_less_than_the_beginning_of_a_digest_names_no_recording(tmp_path: Path) -> None:
    """With one recording, even nothing would name it; it must be asked for."""
    data = ("--json", "--data", tmp_path / "site")
    assert call("ingest", put(tmp_path / "card", {"a.mp4": b"a"}), *data).code == 0
    sha256 = call("recordings", "list", *data).body["recordings"][0]["recording"]
    to = tmp_path / "out.mp4"
    for given in ("", "%", "beef", "nothing", "f" * 65, sha256[:5]):
        for words in (("recordings", "export", given, "--to", to), ("recordings", "show", given)):
            said = call(*words, *data)
            assert (said.code, said.body["error"]["code"]) == (2, "BAD_INPUT")
        assert call("jobs", "retry", given, *data).code == 2
        assert not to.exists()
    assert call("recordings", "show", sha256[:6].upper(), *data).code == 0


def test_an_export_is_on_record_and_overwrites_nothing(site: Path, tmp_path: Path) -> None:
    data = ("--json", "--data", site)
    sha256 = call("recordings", "list", *data).body["recordings"][0]["recording"]
    to = tmp_path / "out.mp4"
    assert call("recordings", "export", sha256[:12], "--to", to, *data).code == 0
    assert to.read_bytes() in SMALL.values()
    assert call("recordings", "export", sha256, "--to", to, *data).code == 2
    dangling = tmp_path / "dangling"
    dangling.symlink_to(tmp_path / "nowhere")
    assert call("recordings", "export", sha256, "--to", dangling, *data).code != 0
    assert dangling.is_symlink()  # it was there before us
    said = call("recordings", "export", sha256, "--to", tmp_path / "no" / "folder", *data)
    assert (said.code, said.body["error"]["facts"]["why"]) == (2, "NOT_A_FOLDER")


def test_pages_of_a_list_join_without_a_seam(site: Path) -> None:
    data = ("--json", "--data", site)
    whole = [r["id"] for r in call("recordings", "list", *data).body["recordings"]]
    paged: list[str] = []
    cursor: list[str] = []
    for _ in range(len(whole) + 1):
        body = call("recordings", "list", "--limit", "1", *cursor, *data).body
        paged += [r["id"] for r in body["recordings"]]
        cursor = ["--before", body["next"]] if body["next"] else []
        if not cursor:
            break
    assert paged == whole


# --- nobody hears -------------------------------------------------------------------------------


def deaf(site: Path, *words: str, to: str) -> tuple[int, str]:
    """Exit code and standard error of a command whose standard output leads to `to`."""
    line = shlex.join(command([*words, "--data", site]))
    script = f"({line}; echo $? >&3) 3>&2 {to}"
    done = subprocess.run(
        ["bash", "-c", script], cwd=REPOSITORY, capture_output=True, timeout=60, check=False
    )
    *said, code = done.stderr.decode().splitlines()
    return int(code), "\n".join(said)


@pytest.mark.parametrize("to", ["> /dev/full", "| true", "| head -c1"])
@pytest.mark.parametrize(
    "words", [("verify",), ("verify", "--json"), ("card", "--help")], ids=" ".join
)
def test_an_answer_that_nobody_hears_is_the_machines_trouble(
    site: Path, words: tuple[str, ...], to: str
) -> None:
    """1 would mean a finding, 0 that somebody knows."""
    code, said = deaf(site, *words, to=to)
    if to == "| head -c1" and code == 0:
        assert "Traceback" not in said  # all of it fitted into the pipe before the reader went
        return
    assert code == 3, said
    assert "Traceback" not in said
    assert "Exception ignored" not in said
    assert "结果无法输出" in said or "运行环境异常" in said


def test_deaf_on_both_streams_is_still_no_trace(site: Path) -> None:
    for words in (
        ("verify",),
        ("recordings", "show", "none"),
        ("no-such-command",),
        ("verify", "-x"),
    ):
        assert deaf(site, *words, to="> /dev/full 2> /dev/full") == (3, "")


# --- beside each other --------------------------------------------------------------------------


def big_card(folder: Path, count: int = 6, size: int = 6 << 20) -> Path:
    """A card that takes a moment."""
    chance = Random(count)
    return put(folder, {f"DCIM/{n}.mp4": chance.randbytes(size) for n in range(count)})


def say_end(process: "subprocess.Popen[str]", number: int) -> tuple[Said, float]:
    """Sends a signal and waits for the end; what was said, and after how many seconds."""
    began = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    return Said(process.returncode, out, err), time.monotonic() - began


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_serve_ends_in_order_in_the_middle_of_a_copy(tmp_path: Path, number: int) -> None:
    card = tmp_path / "slots" / "A"
    card.mkdir(parents=True)
    with (card / "huge.mp4").open("wb") as file:
        file.truncate(20 << 30)  # nothing but a hole, yet it is read to its end
    data = tmp_path / "data"
    with running("serve", "--dock", card.parent, "--data", data, "--json") as process:
        staging = data / "vault" / "staging"
        wait_for(lambda: staging.is_dir() and grown(staging) > 1 << 20, "a copy has begun")
        said, seconds = say_end(process, number)
    assert seconds < 5
    assert said.code == 4  # the file is on the card and nowhere else
    [seen] = said.body["cards"]
    assert (seen["state"], seen["may_leave"], seen["safe"]) == ("INTERRUPTED", False, 0)
    assert "Traceback" not in said.err
    assert list(staging.iterdir()) == []
    check(call("verify", "--json", "--data", data))
    with open_house(SitePlan(data)) as house:
        assert house.verify().findings == ()
        assert house.count("recordings") == 0


def test_serve_tells_of_a_card_that_was_pulled_with_a_file_not_taken(tmp_path: Path) -> None:
    card = put(tmp_path / "slots" / "A", {"a.mp4": b"a"})
    data = tmp_path / "data"
    site = SitePlan(data)
    with running("serve", "--dock", card.parent, "--data", data) as process:
        wait_for(lambda: exists(site) and safe_cards(data) == 1, "the first file is safe")
        held = os.open(card / "b.mp4", os.O_WRONLY | os.O_CREAT)
        os.write(held, b"still being written")
        wait_for(lambda: listed(data) == 2, "the second file is listed")
        os.close(held)
        held = os.open(card / "b.mp4", os.O_WRONLY | os.O_APPEND)
        card.rename(tmp_path / "pulled")
        wait_for(lambda: safe_cards(data) == 2, "the card's going is told")
        os.close(held)
        said, _ = say_end(process, signal.SIGINT)
    assert said.code == 4
    assert "已采集 1/2" in said.out
    assert "未全部入库" in said.out


@pytest.mark.parametrize("as_json", [["--json"], []], ids=["json", "text"])
def test_serve_tells_what_became_of_the_cards_though_its_end_fails(
    tmp_path: Path, as_json: list[str]
) -> None:
    """What was signed last cannot be remembered any more when it ends."""
    card = put(tmp_path / "slots" / "A", {"a.mp4": b"a"})
    data = tmp_path / "data"
    with running("serve", "--dock", card.parent, "--data", data, *as_json) as process:
        wait_for((data / "keys" / "last-checkpoint").exists, "the site is there")
        wait_for(lambda: safe_cards(data) == 1, "the receipt")
        wait_for(lambda: is_remembered(data), "the receipt's entry is remembered")
        (data / "keys" / "last-checkpoint").write_text("not what was signed")
        said, _ = say_end(process, signal.SIGINT)
    assert said.code == 1
    assert "Traceback" not in said.err
    if as_json:
        assert [seen["state"] for seen in said.body["cards"]] == ["SAFE"]
        assert said.body["error"]["code"] == "LAST_CHECKPOINT_REFUSED"
        assert faults(schema_of("serve"), said.body) == []
    else:
        assert "采集 1 张卡" in said.out
        assert "last-checkpoint" in said.err


def is_remembered(data: Path) -> bool:
    """Whether the newest entry is remembered beside the key."""
    _, size, *_ = (data / "keys" / "last-checkpoint").read_text().splitlines()
    with open_house(SitePlan(data)) as house:
        return int(size) == house.count("entries")


def listed(data: Path) -> int:
    with open_house(SitePlan(data)) as house:
        return sum(row["files"] for row in house.rows("inventories"))


def grown(staging: Path) -> int:
    """Bytes that were really written to unfinished copies."""
    return sum(path.stat().st_blocks * 512 for path in staging.iterdir())


def test_commands_work_beside_a_running_service(tmp_path: Path) -> None:
    slots, other = tmp_path / "slots", put(tmp_path / "other", SMALL)
    big_card(slots / "A")
    data = tmp_path / "data"
    with running("serve", "--dock", slots, "--data", data, "--json") as process:
        wait_for((data / "liuhen.db").exists, "the site is there")
        beside = [
            call("ingest", other, "--data", data, "--json"),
            call("verify", "--data", data, "--json"),
            call("scrub", "--data", data, "--json"),
            call("recordings", "list", "--data", data, "--json"),
        ]
        wait_for(lambda: safe_cards(data) >= 2, "both cards have their receipts")
        said, _ = say_end(process, signal.SIGINT)
    assert [one.code for one in beside] == [0] * len(beside), beside
    assert said.code == 0
    with open_house(SitePlan(data)) as house:
        assert house.count("recordings") == 6 + len(SMALL)
        house.assert_green()


def safe_cards(data: Path) -> int:
    return len(call("receipt", "list", "--data", data, "--json").body["receipts"])


def test_several_one_shot_runs_at_once_make_one_site(tmp_path: Path) -> None:
    cards = [big_card(tmp_path / f"card{n}", count=2 + n, size=200_000) for n in range(3)]
    data = tmp_path / "data"
    with (
        running("ingest", cards[0], "--data", data, "--json") as first,
        running("ingest", cards[1], cards[2], "--data", data, "--json") as second,
    ):
        ended = [process.communicate(timeout=60)[0] for process in (first, second)]
    assert [json.loads(out)["exit"] for out in ended] == [0, 0]
    with open_house(SitePlan(data)) as house:
        assert house.count("sites") == 1
        assert house.count("receipts") == 3
        house.assert_green()


def test_a_card_that_another_process_is_taking_is_left_to_it(house: House, tmp_path: Path) -> None:
    card = put(tmp_path / "card", SMALL)
    held = os.open(card / "clip.mp4", os.O_WRONLY)  # the first cannot end while this is open
    data = house.site.plan.data
    try:
        with running("ingest", card, "--data", data, "--json") as first:
            wait_for(lambda: house.count("leases"), "the first has claimed the card")
            said = run("ingest", card, "--data", data, "--json")
            os.close(held)
            held = -1
            out, _ = first.communicate(timeout=60)
    finally:
        if held >= 0:
            os.close(held)
    [report] = said.body["cards"]
    assert (said.code, report["state"]) == (4, "BUSY_ELSEWHERE")
    assert report["trouble"]["zh"]
    assert json.loads(out)["cards"][0]["state"] == "SAFE"
    assert house.count("leases") == 0


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(SitePlan(tmp_path / "data")) as opened:
        yield opened
