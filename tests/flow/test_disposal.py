"""Recordings let go by law: two persons, two transactions, a certificate; and what stops it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from cases import disposal, disposal_clock, disposal_rows, holds
from cases.disposal import DisposalRefused, Proposal, Said
from cases.disposal_clock import Explanation, Machine
from cases.disposal_judging import DuePage, Judge, due
from cases.holds import NewHold
from evidence.disposal import Answer, BatchState
from evidence.disposal_clock import JumpKind
from evidence.errors import Disposed, Refused
from evidence.retention_holds import HoldKind, scope_of
from proof.findings import Report
from storage import graves, removing, schema
from storage.site import SitePlan
from tests.casework import Bureau, bureau
from tests.disposing import Disposing
from tests.docking import put
from tests.filming import between, camera, dock


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    with bureau(SitePlan(tmp_path_factory.mktemp("gone") / "site"), profile="ZJ") as made:
        yield made


@pytest.fixture(scope="module")
def letting_go(office: Bureau) -> Disposing:
    return Disposing.of(office)


def refused(step: Callable[[], object]) -> list[str]:
    """The codes of a step that is refused."""
    with pytest.raises(DisposalRefused) as said:
        step()
    assert said.value.facts["reason_zh"]
    return said.value.bars.codes


def due_now(letting_go: Disposing) -> DuePage:
    site = letting_go.office.house.site
    with site.database.read() as connection:
        log = disposal_clock.LogTimes.read(connection)
        stores = removing.shelves(site)
        return due(Judge.of(connection, now=site.clock(), log=log, stores=stores))


def green(letting_go: Disposing) -> Report:
    report = letting_go.office.house.verify()
    assert report.findings == ()
    return report


def test_two_persons_let_go_what_is_due_and_its_certificate_stays(
    letting_go: Disposing, tmp_path: Path
) -> None:
    office = letting_go.office
    one, two = letting_go.footage(tmp_path, camera(office, "2000001"), day="2024-02-01", clips=2)
    assert refused(lambda: letting_go.proposed(one)) == ["LINES", "NOT_DUE"]
    letting_go.later(95)
    assert refused(lambda: letting_go.proposed(one)) == ["LINES", "IN_GRACE"]
    letting_go.later(10)
    assert {line.recording for line in due_now(letting_go).lines} == {one, two}
    batch = letting_go.proposed(one, two)
    assert refused(lambda: letting_go.proposed(two)) == ["LINES", "ELSEWHERE"]
    assert refused(lambda: letting_go.carry_out(batch)) == ["NOT_APPROVED"]
    letting_go.approve(batch, letting_go.first)
    again = Said(Answer.APPROVED, letting_go.first, batch.list_sha256)
    assert refused(lambda: disposal.answer(letting_go.house, batch.id, said=again)) == [
        "SAME_PERSON"
    ]
    other = Said(Answer.APPROVED, letting_go.second, "0" * 64)
    assert refused(lambda: disposal.answer(letting_go.house, batch.id, said=other)) == [
        "OTHER_LIST"
    ]
    letting_go.approve(batch, letting_go.second)
    assert refused(lambda: letting_go.carry_out(batch)) == ["TOO_EARLY"]
    office.clock.now += timedelta(days=7)
    assert not disposal.rehearse(letting_go.house, batch.id)
    assert green(letting_go).coverage.objects.disposed == 0
    number = letting_go.carry_out(batch)
    assert not letting_go.has(one)
    assert not letting_go.has(two)
    report = green(letting_go)
    assert (report.coverage.objects.disposed, report.coverage.objects.certificates) == (2, 1)
    site = office.house.site
    with site.database.read() as connection:
        paper = disposal_rows.certificate(connection, number)
        assert disposal_rows.batch(connection, batch.id).state is BatchState.CERTIFIED
        with pytest.raises(Disposed) as gone:
            graves.check_not_buried(connection, one)
    assert gone.value.facts["certificate"] == number
    assert paper.body["approvers"] == [letting_go.first, letting_go.second]
    assert "NOT_OPEN" in refused(lambda: letting_go.carry_out(batch))
    denied = [one.facts["codes"] for one in office.house.entries("disposal.denied")]
    assert ["SAME_PERSON"] in denied


def test_a_hold_keeps_the_bytes_until_the_tombstone_and_is_refused_after_it(
    letting_go: Disposing, tmp_path: Path
) -> None:
    office = letting_go.office
    one, two = letting_go.footage(tmp_path, camera(office, "2000002"), day="2024-06-01", clips=2)
    letting_go.later(120)
    batch = letting_go.approved(one)
    hold = NewHold(
        *(HoldKind.COMPLAINT, "投诉〔2024〕1号", scope_of(recordings=[one])),
        review_on=(office.clock.now + timedelta(days=30)).date(),
        owner=letting_go.first,
        person=letting_go.first,
    )
    placed = holds.place_hold(office.ledger, hold)
    assert refused(lambda: letting_go.carry_out(batch)) == ["LINES", "HELD"]
    (line,) = [line for line, _ in due_now(letting_go).kept if line.recording == one]
    assert line.due_on == "2024-09-02"
    assert letting_go.has(one)
    said = holds.Release(letting_go.second, "投诉已办结")
    holds.release_hold(office.ledger, placed, said=said)
    disposal.bury(letting_go.house, batch.id, person=letting_go.first)
    with pytest.raises(Refused) as late:
        holds.place_hold(office.ledger, hold)
    assert late.value.code == "HOLD_TOO_LATE"
    green(letting_go)
    assert disposal.resume(letting_go.house) != []
    assert disposal.resume(letting_go.house) == []
    wider = replace(hold, scope=scope_of(recordings=[one, two]))
    with pytest.raises(Refused):
        holds.place_hold(office.ledger, wider)
    assert letting_go.has(two)
    assert not letting_go.has(one)


class _Stop(Exception):
    """Where a kill would be."""


def test_killed_between_bytes_and_certificate_it_goes_on_and_is_green_at_every_step(
    letting_go: Disposing, tmp_path: Path
) -> None:
    office = letting_go.office
    (one,) = letting_go.footage(tmp_path, camera(office, "2000003"), day="2024-11-01")
    letting_go.later(120)
    batch = letting_go.approved(one)
    disposal.bury(letting_go.house, batch.id, person=letting_go.first)
    assert [note.kind for note in green(letting_go).notes].count("DISPOSAL_UNFINISHED") == 1
    assert letting_go.has(one)

    def stop() -> None:
        raise _Stop

    with pytest.raises(_Stop):
        disposal.finish(letting_go.house, batch.id, halt=stop)
    assert not letting_go.has(one)
    green(letting_go)
    (number,) = disposal.resume(letting_go.house)
    assert number.startswith("DC-2025-")
    assert [note.kind for note in green(letting_go).notes].count("DISPOSAL_UNFINISHED") == 0


def test_bytes_docked_again_are_kept_and_bytes_put_back_are_found(
    letting_go: Disposing, tmp_path: Path
) -> None:
    office, site = letting_go.office, letting_go.office.house.site
    number = camera(office, "2000004")
    one, two = letting_go.footage(tmp_path, number, day="2025-04-01", clips=2)
    (card,) = [path for path in tmp_path.iterdir() if path.name.startswith("card-")]
    bodies = {path.name: path.read_bytes() for path in sorted(card.iterdir())}
    letting_go.later(120)
    letting_go.carry_out(letting_go.approved(one, two))
    first, second = bodies.items()
    office.house.take(put(tmp_path / "again", dict([first])))
    back = next(sha256 for sha256 in (one, two) if letting_go.has(sha256))
    gone = one if back == two else two
    with site.database.read() as connection:
        table = schema.observations
        flags = connection.execute(select(table.c.recording_id, table.c.code)).all()
    assert (back, "DOCKED_AFTER_DISPOSAL") in [tuple(flag) for flag in flags]
    with site.database.read() as connection:
        assert graves.grave(connection, back) is None
    assert removing.returned(site) == []
    path = site.plan.vault_root / "originals" / gone[:2] / gone
    path.write_bytes(second[1])
    assert removing.returned(site) == [gone]
    assert [note.item for note in green(letting_go).notes if note.kind == "SHOULD_BE_DISPOSED"] == [
        f"recordings/{gone}"
    ]
    letting_go.carry_out(letting_go.approved(gone))
    assert removing.returned(site) == []
    green(letting_go)


class _Locked(removing.FolderShelf):
    """A store that keeps a lock, as an object store does."""

    def locked_until(self, sha256: str) -> str | None:
        """Locked whatever it is."""
        return f"2099-01-01 {sha256[:0]}".strip()


def test_a_lock_that_has_not_run_out_stops_the_whole_batch(
    letting_go: Disposing, tmp_path: Path
) -> None:
    office, site = letting_go.office, letting_go.office.house.site
    (one,) = letting_go.footage(tmp_path, camera(office, "2000005"), day="2025-09-01")
    letting_go.later(120)
    batch = letting_go.approved(one)
    own = removing.FolderShelf.of(site)
    store = _Locked(site.plan.vault_root, site_id=site.site_id, vault_id=own.vault_id)
    locked = replace(letting_go.house, stores=(own, store))
    bars = disposal.rehearse(locked, batch.id)
    assert bars.codes == ["LINES", "LOCKED"]
    assert "存储锁未到期" in bars.sentences()[0]
    with pytest.raises(DisposalRefused):
        disposal.carry_out(locked, batch.id, person=letting_go.first)
    assert letting_go.has(one)


def _jump(letting_go: Disposing, to: datetime) -> list[list[str]]:
    """What is refused while the clock is elsewhere, which it leaves again."""
    office, before = letting_go.office, letting_go.office.clock.now
    office.clock.now = to
    site = office.house.site
    (batch,) = [one for one in _batches(letting_go) if one.state is BatchState.APPROVED_2]
    found = [disposal.rehearse(letting_go.house, batch.id).codes]
    found.append(refused(lambda: letting_go.carry_out(batch)))
    new = Proposal((batch.lines[0].recording,), letting_go.first, "x")
    found.append(refused(lambda: disposal.propose(letting_go.house, new)))
    assert site.vault.size(batch.lines[0].recording) is not None
    office.clock.now = before
    return found


def _batches(letting_go: Disposing) -> list[disposal_rows.Batch]:
    with letting_go.office.house.site.database.read() as connection:
        return disposal_rows.batches(connection)


@pytest.fixture
def ticking(tmp_path: Path) -> Iterator[tuple[Disposing, str]]:
    """A batch that may be carried out at once, on a machine that counts the seconds since boot."""
    passed = timedelta(days=400)
    with bureau(SitePlan(tmp_path / "site"), profile="ZJ") as office:
        plain = Disposing.of(office)
        (one,) = plain.footage(tmp_path, camera(office, "2000006"), day="2024-02-01")
        plain.later(120)
        machine = Machine(boot=lambda: ("boot", passed.total_seconds()))
        disposal_clock.mark_boot(office.house.site.database, machine, now=office.clock.now)
        made = replace(plain, machine=machine)
        batch = made.proposed(one)
        for person in (made.first, made.second):
            made.approve(batch, person)
        passed += timedelta(days=8)
        office.clock.now += timedelta(days=8)
        yield made, one


AWAY: list[datetime | timedelta] = [
    *(datetime(year, 1, 1, tzinfo=UTC) for year in (1970, 2019, 2099)),
    *(timedelta(days=days) for days in (-3, 3, 365 * 20)),
]


def test_a_clock_that_jumped_lets_nothing_go(ticking: tuple[Disposing, str]) -> None:
    letting_go, one = ticking
    assert not disposal.rehearse(letting_go.house, "DB-2024-1")
    for to in AWAY:
        there = to if isinstance(to, datetime) else letting_go.office.clock.now + to
        for codes in _jump(letting_go, there):
            assert codes[0] == "CLOCK", to
        assert letting_go.has(one)
        bars = disposal.rehearse(letting_go.house, "DB-2024-1")
        assert bars.codes == ["CLOCK"], "what was tried at a wrong time stands in the log"
        assert "时钟异常，暂停处置" in bars.sentences()[0]
    house, ledger = letting_go.house, letting_go.office.ledger
    stood = Explanation(JumpKind.STOOD_STILL, "x", letting_go.first, letting_go.second)
    for said in (stood, replace(stood, second=stood.person)):
        with pytest.raises(Refused):
            disposal_clock.explain_jumps(ledger, house.machine, said=said)
    wrong = replace(stood, kind=JumpKind.CLOCK_WAS_WRONG)
    disposal_clock.explain_jumps(ledger, house.machine, said=wrong)
    letting_go.carry_out(letting_go.batch("DB-2024-1"))
    assert not letting_go.has(one)
    green(letting_go)


def test_what_was_sealed_by_a_clock_that_was_behind_is_not_old(
    ticking: tuple[Disposing, str], tmp_path: Path
) -> None:
    letting_go, _ = ticking
    office, before = letting_go.office, letting_go.office.clock.now
    office.clock.now = datetime(2018, 1, 1, tzinfo=UTC)
    made = dock(
        office, tmp_path, camera(office, "2000007"), clips=[between("08:00:00", "08:01:00")]
    )
    office.clock.now = before
    wrong = Explanation(JumpKind.CLOCK_WAS_WRONG, "电池耗尽", letting_go.first, letting_go.second)
    disposal_clock.explain_jumps(office.ledger, letting_go.machine, said=wrong)
    assert refused(lambda: letting_go.proposed(*made)) == ["LINES", "SEALED_IN_DOUBT"]
