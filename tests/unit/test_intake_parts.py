"""The small parts of intake: turns, places, waking, claims; and a sentence for every code."""

import ast
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from evidence import errors, messages
from evidence.vocabulary import DockState, FileState, SourceKind
from ingest import leases
from ingest.places import DockRoot, loose_items, places
from ingest.station import Process
from ingest.turns import Turns
from ingest.waking import POLLED, WATCHED, Waker
from storage.database import Database
from storage.site import SitePlan
from tests.docking import House, open_house
from tests.failing_database import failing, nth
from tests.footage import REPOSITORY

NOW = datetime(2026, 9, 2, 10, 0, tzinfo=UTC)
PRODUCT = ("evidence", "storage", "devices", "ingest", "cases", "proof", "liuhen")
SAYS = {"tell", "_report", "observe", "Notice"}


# --- turns --------------------------------------------------------------------------------------


def takers(turns: Turns, wishes: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """The order in which docks get their turn, all having waited behind one that is busy."""
    order: list[tuple[str, int]] = []
    threads: list[threading.Thread] = []

    def take(dock: str, priority: int) -> None:
        with turns.turn(dock, priority=priority):
            order.append((dock, priority))

    with turns.turn("busy"):
        for dock, priority in wishes:
            threads.append(threading.Thread(target=take, args=(dock, priority)))
            threads[-1].start()
            threads[-1].join(0.05)  # time enough to come and wait
    for thread in threads:
        thread.join()
    return order


def test_important_goes_first_then_who_had_least_then_who_came_first() -> None:
    turns = Turns(1)
    turns.took("full", 1000)
    turns.took("some", 10)
    wishes = [("full", 0), ("some", 0), ("none", 0), ("full2", 1), ("later", 0)]
    assert takers(turns, wishes) == [
        ("full2", 1), ("none", 0), ("later", 0), ("some", 0), ("full", 0),
    ]  # fmt: skip


def test_an_account_ends_with_its_card() -> None:
    turns = Turns(1)
    turns.took("old", 1000)
    turns.forget("old")
    turns.forget("never there")
    turns.took("other", 1)
    assert takers(turns, [("other", 0), ("old", 0)]) == [("old", 0), ("other", 0)]


def test_one_dock_has_one_turn_and_all_have_no_more_than_there_are() -> None:
    turns, lock = Turns(3), threading.Lock()
    at_work: list[str] = []
    most: list[int] = []

    def work(dock: str) -> None:
        for _ in range(30):
            with turns.turn(dock):
                with lock:
                    assert dock not in at_work
                    at_work.append(dock)
                    most.append(len(at_work))
                with lock:
                    at_work.remove(dock)

    threads = [threading.Thread(target=work, args=(f"d{n % 5}",)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 300
    assert max(most) <= 3


def test_a_turn_is_given_back_when_the_work_fails() -> None:
    turns = Turns(1)
    with pytest.raises(ZeroDivisionError), turns.turn("a"):
        raise ZeroDivisionError
    with turns.turn("b"):
        pass


# --- places -------------------------------------------------------------------------------------


def test_every_folder_of_a_dock_is_a_card_and_nothing_else(tmp_path: Path) -> None:
    for name in ("A", "B", ".HIDDEN", ".Trash-1000", ".Spotlight-V100", "lost+found"):
        (tmp_path / name).mkdir()
    for name in ("file", ".file.mp4", ".DS_Store"):
        (tmp_path / name).write_bytes(b"loose")
    (tmp_path / "link").symlink_to(tmp_path / "A")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    root = DockRoot("dock", tmp_path, SourceKind.MOUNT)
    assert [place.path.name for place in places(root)] == [".HIDDEN", "A", "B"]
    loose = {item.name: item.is_link for item in loose_items(root)}
    assert loose == {"file": False, ".file.mp4": False, "link": True, "dangling": True}
    single = DockRoot("dock", tmp_path / "A", SourceKind.MOUNT, single=True)
    assert [place.path.name for place in places(single)] == ["A"]
    assert loose_items(single) == []


def test_another_folder_in_the_same_place_is_another_place(tmp_path: Path) -> None:
    root = DockRoot("dock", tmp_path, SourceKind.MOUNT)
    (tmp_path / "A").mkdir()
    [first] = places(root)
    assert [place.key for place in places(root)] == [first.key]
    (tmp_path / "A").rename(tmp_path / ".away")
    (tmp_path / "A").mkdir()
    [second] = [place for place in places(root) if place.path.name == "A"]
    assert second.key != first.key


@pytest.mark.parametrize("kind", [SourceKind.MOUNT, SourceKind.DROP_FOLDER])
def test_a_root_that_is_not_there_has_no_cards(tmp_path: Path, kind: SourceKind) -> None:
    assert list(places(DockRoot("dock", tmp_path / "none", kind))) == []
    assert list(places(DockRoot("dock", tmp_path, SourceKind.DEVICE, ("/dev/none*",)))) == []


# --- waking -------------------------------------------------------------------------------------


def test_a_change_wakes_and_a_root_that_cannot_be_watched_is_polled(tmp_path: Path) -> None:
    (tmp_path / "cards").mkdir()
    (tmp_path / "in" / "deep").mkdir(parents=True)
    roots = [
        DockRoot("cards", tmp_path / "cards", SourceKind.MOUNT),
        DockRoot("in", tmp_path / "in", SourceKind.DROP_FOLDER),
        DockRoot("none", tmp_path / "none", SourceKind.MOUNT),
        DockRoot("device", tmp_path, SourceKind.DEVICE),
    ]
    woken = threading.Event()
    waker = Waker(roots, woken.set)
    try:
        assert waker.modes == {"cards": WATCHED, "in": WATCHED, "none": POLLED, "device": POLLED}
        for path in (tmp_path / "cards" / "A", tmp_path / "in" / "deep" / "B"):
            woken.clear()
            path.mkdir()
            assert woken.wait(10)
    finally:
        waker.stop()


def test_reading_does_not_wake(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    woken = threading.Event()
    waker = Waker([DockRoot("in", tmp_path, SourceKind.DROP_FOLDER)], woken.set)
    try:
        assert (tmp_path / "a").read_bytes() == b"a"
        assert not woken.wait(0.3)
    finally:
        waker.stop()


# --- claims -------------------------------------------------------------------------------------


@pytest.fixture
def time() -> list[datetime]:
    return [NOW]


@pytest.fixture
def house(tmp_path: Path, time: list[datetime], database_url: str) -> Iterator[House]:
    plan = SitePlan(tmp_path / "site", database_url)
    with open_house(plan, ticks=lambda: time[0]) as opened:
        yield opened


def process(house: House, name: str, *dead: str) -> House:
    return House(house.site, house.settings, Process(name, lambda other: other not in dead))


def test_a_claim_lasts_until_it_is_given_back_or_runs_out(
    house: House, time: list[datetime]
) -> None:
    one, two = (process(house, name).station() for name in ("one", "two"))
    assert leases.hold_card(one, "c", session_key="dock/A")
    assert leases.hold_card(one, "c", session_key="dock/A")  # its own
    assert not leases.hold_card(two, "c", session_key="dock/A")
    leases.release(two, "card/c", detail="dock/A")  # not its to give
    assert not leases.hold_card(two, "c", session_key="dock/A")
    leases.release(one, "card/c", detail="dock/A")
    assert leases.hold_card(two, "c", session_key="dock/A")
    time[0] += timedelta(seconds=house.settings.lease_seconds + 1)
    assert leases.hold_card(one, "c", session_key="dock/A")


def test_a_renewed_claim_does_not_run_out(house: House, time: list[datetime]) -> None:
    one, two = (process(house, name).station() for name in ("one", "one more"))
    leases.hold_card(one, "c", session_key="A")
    for _ in range(3):
        time[0] += timedelta(seconds=house.settings.lease_seconds - 1)
        leases.renew(one)
        leases.renew(two)
        assert not leases.hold_card(two, "c", session_key="A")
    time[0] += timedelta(seconds=house.settings.lease_seconds + 1)
    assert leases.hold_card(two, "c", session_key="A")


def test_the_claim_of_a_dead_process_ends_at_once(house: House) -> None:
    assert leases.hold_card(process(house, "dead").station(), "c", session_key="A")
    assert not leases.hold_card(process(house, "two").station(), "c", session_key="A")
    assert leases.hold_card(process(house, "two", "dead").station(), "c", session_key="A")


def test_a_claim_that_could_not_be_given_back_is_given_back_later(house: House) -> None:
    two = process(house, "two").station()
    with failing(process(house, "one"), nth(2)) as (frail, database):
        one = frail.station()
        assert leases.hold_card(one, "c", session_key="A")
        leases.release(one, "card/c", detail="A")
        assert database.failed == 1
        assert not leases.hold_card(two, "c", session_key="B")
        leases.renew(one)
        assert leases.hold_card(two, "c", session_key="B")
        leases.renew(one)  # it is told once: the claim is another's now
    assert not leases.hold_card(process(house, "three").station(), "c", session_key="C")


def test_what_was_claimed_anew_is_not_given_back(house: House) -> None:
    two = process(house, "two").station()
    with failing(process(house, "one"), nth(2)) as (frail, _):
        one = frail.station()
        assert leases.hold_card(one, "c", session_key="A")
        leases.release(one, "card/c", detail="A")
        assert leases.hold_card(one, "c", session_key="A")
        leases.renew(one)
    assert not leases.hold_card(two, "c", session_key="B")


def test_a_claim_that_could_not_be_given_back_runs_out(house: House, time: list[datetime]) -> None:
    two = process(house, "two").station()
    with failing(process(house, "one"), nth(2)) as (frail, _):
        one = frail.station()
        assert leases.hold_card(one, "c", session_key="A")
        leases.release(one, "card/c", detail="A")
    time[0] += timedelta(seconds=house.settings.lease_seconds - 1)
    assert not leases.hold_card(two, "c", session_key="B")
    time[0] += timedelta(seconds=2)
    assert leases.hold_card(two, "c", session_key="B")


def test_two_sessions_of_one_number_are_told_of_each_other(house: House) -> None:
    station = process(house, "one").station()
    assert leases.hold_recorder(station, "3100001", session_id="session 1") is None
    assert leases.hold_recorder(station, "3100001", session_id="session 1") is None
    assert leases.hold_recorder(station, "3100001", session_id="session 2") == "session 1"
    assert leases.hold_recorder(station, "3100002", session_id="session 2") is None


def test_of_many_claims_at_once_one_succeeds(house: House) -> None:
    stations = [process(house, f"p{n}").station() for n in range(8)]
    ready = threading.Barrier(len(stations))
    held: list[bool] = []

    def claim(number: int) -> None:
        ready.wait()
        held.append(leases.hold_card(stations[number], "c", session_key="A"))

    threads = [threading.Thread(target=claim, args=(n,)) for n in range(len(stations))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(held) == [False] * 7 + [True]


# --- sentences ----------------------------------------------------------------------------------


def codes_in(tree: ast.AST) -> Iterator[str]:
    """Codes that a file gives to errors, observations and notices."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "code":
            yield from texts(node.value)
        if isinstance(node, ast.Call) and called(node) in SAYS:
            for argument in node.args:
                yield from texts(argument)


def called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def texts(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isupper():
        yield node.value


def test_codes_are_found_where_they_are_given() -> None:
    source = 'raise X("a b", code="ONE")\nself.tell("TWO", t)\nobserve(l, "THREE", {})\nf("NOT")'
    assert sorted(codes_in(ast.parse(source))) == ["ONE", "THREE", "TWO"]


def test_every_code_of_the_product_has_a_sentence_in_both_languages() -> None:
    used: set[str] = {*DockState, *FileState, "STORED_COPY_BAD"}
    for package in PRODUCT:
        for path in (REPOSITORY / package).rglob("*.py"):
            used.update(codes_in(ast.parse(path.read_text(encoding="utf-8"))))
    used |= {e.code for e in vars(errors).values() if isinstance(e, type) and hasattr(e, "code")}
    assert len(used) > 40
    missing = sorted(code for code in used if messages.sentence(code) == (code, code))
    assert missing == []
    for code in used:
        chinese, english = messages.sentence(code)
        assert any("\u4e00" <= c <= "\u9fff" for c in chinese), code
        assert english.isascii() or "…" in english, code


def fill(database: Database) -> None:
    with database.write() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
        connection.exec_driver_sql("CREATE TABLE much AS SELECT zeroblob(1000000)")


def test_no_room_is_said_without_an_unknown_number(tmp_path: Path) -> None:
    """A database that is full does not know the room on its disk; nor does the verifier."""
    with (
        open_house(SitePlan(tmp_path / "site")) as opened,
        pytest.raises(errors.OutOfSpace) as full,
    ):
        fill(opened.site.database)
    temporary = errors.OutOfSpace("No room for temporary files", code="NO_TEMPORARY_ROOM")
    for error in (full.value, temporary):
        for text in messages.sentence(error.code, error.facts):
            assert "?" not in text
    assert full.value.code == "DATABASE_FULL"


def test_a_sentence_never_fails_on_its_facts() -> None:
    facts = {"name": "{evil} %s {0.__class__}", "reason": "\x1b"}
    for table in (messages.STATES, messages.NOTICES, messages.ERRORS):
        for code in table:
            messages.sentence(code, facts)
            assert messages.sentence(code, {})
    assert messages.sentence("NO_SUCH") == ("NO_SUCH", "NO_SUCH")
