"""Following the log: real footage becomes a verdict, and nothing that is lost or done twice counts.

The road is that of a served site: cards with real files are docked, the worker's step measures
them, and the follower links and assesses.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import chain, cycle
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, event, update

from cases import arrived, assess, clocks, follow, footage, inbox, links
from cases.arrived import NewInterval
from cases.assess import Assessed
from cases.footage import TimeBasis
from devices import holding
from evidence.case_vocabulary import ActionType
from evidence.coverage import Verdict
from evidence.derivative import DerivativeKind
from evidence.linking import LinkReason
from render import confine
from render.derive import Workshop, derive
from storage import derivatives, schema
from storage.site import SitePlan
from tests.casework import Bureau, bureau, moment
from tests.docking import put
from tests.filming import Clip, Outing, between, bring_back, camera, dock, hand_out
from tests.footage import footage_dir, give_up_without


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Bureau]:
    with bureau(SitePlan(tmp_path / "site")) as made:
        yield made


def last(office: Bureau, action: str) -> Assessed:
    with office.house.site.database.read() as connection:
        found = assess.latest(connection, action)
    assert found is not None
    return found


def filmed(path: Path, seconds: int, cut: tuple[int, int] | None = None) -> None:
    """A small real recording with sound; what lies between `cut` has neither."""
    picture = ["-f", "lavfi", "-i", f"testsrc=s=64x64:r=5:d={seconds}"]
    sound = ["-f", "lavfi", "-i", f"sine=d={seconds}:sample_rate=8000"]
    hole = [] if cut is None else [f"not(between(t,{cut[0]},{cut[1]}))"]
    filters = [f"-vf=select='{one}'" for one in hole] + [f"-af=aselect='{one}'" for one in hole]
    split = [part for one in filters for part in one.split("=", 1)]
    made = ["-fps_mode", "passthrough", "-t", str(seconds), str(path)]
    subprocess.run(["ffmpeg", "-v", "error", *picture, *sound, *split, *made], check=True)


@contextmanager
def measuring(office: Bureau) -> Iterator[Workshop]:
    """The means of the worker; the test is left out where media cannot be confined."""
    give_up_without("ffmpeg")
    give_up_without("bwrap")
    with derivatives.drafting(office.house.site) as drafts:
        yield Workshop(office.house.site, confine.find(), drafts)


def test_real_footage_becomes_a_verdict_to_the_second(office: Bureau, tmp_path: Path) -> None:
    """Two minutes: one camera has nothing from 50 s to 75 s, the other saw 40 s to 60 s."""
    one, other = camera(office, "1111111"), camera(office, "2222222")
    lead, second = office.officer(), office.officer()
    for recorder, holder in ((one, lead), (other, second)):
        hand_out(office, recorder, Outing(holder, "2024-05-16 08:00", "2024-05-16 18:00"))
    action = office.action(ActionType.FORCED_DEMOLITION, lead, second)
    office.clock.set("2024-05-16 12:00")
    office.lasted(action, "2024-05-16 09:00:00", "2024-05-16 09:02:00", by=lead)
    names = {
        "A11_1111111_000000_20240516090000_0001.mp4": (120, (50, 75)),
        "A11_2222222_000000_20240516090040_0001.mp4": (20, None),
    }
    with measuring(office) as workshop:
        for name, (seconds, cut) in names.items():
            filmed(tmp_path / name, seconds, cut)
            card = put(tmp_path / name[:11], {name: (tmp_path / name).read_bytes()})
            office.house.take(card)
        for row in office.house.rows("recordings"):
            derive(workshop, row["id"], kind=DerivativeKind.PROBE)
    follow.catch_up(office.ledger)
    found = last(office, action)
    assert found.verdict is Verdict.GAP
    video = found.body["video"]
    assert isinstance(video, dict)
    gap = {"from": "2024-05-16T01:01:00Z", "to": "2024-05-16T01:01:15Z", "seconds": 15}
    assert video["gaps"] == [gap]
    assert office.house.count("links") == 2, "each recorder's footage is linked by itself"
    assert office.house.verify().findings == ()


def a_seizure(office: Bureau, folder: Path) -> tuple[str, str]:
    """An action with its recording, assessed FULL; returns both."""
    recorder = camera(office)
    lead, second = office.officer(), office.officer()
    hand_out(office, recorder, Outing(lead, "2024-04-10 08:00", "2024-04-10 18:00"))
    action = office.action(ActionType.SEIZURE, lead, second)
    office.clock.set("2024-04-10 16:00")
    office.lasted(action, "2024-04-10 14:00", "2024-04-10 15:00", by=lead)
    (recording,) = dock(office, folder, recorder, clips=[between("14:00:00", "15:00:00")])
    assert last(office, action).verdict is Verdict.FULL
    return action, recording


def test_what_is_lost_is_found_again_and_nothing_is_done_twice(
    office: Bureau, tmp_path: Path
) -> None:
    """A kill after the acts and before the position; then all that is operational is lost."""
    action, recording = a_seizure(office, tmp_path)
    acts = [entry.act for entry in office.house.entries()]
    spans = office.house.rows("spans")
    with office.house.site.database.write() as connection:
        connection.execute(update(schema.case_follow).values(position=0))
        for table in (schema.spans, schema.link_waiting, schema.assessments_due):
            connection.execute(delete(table))
    assert follow.catch_up(office.ledger) == len(acts)
    assert [entry.act for entry in office.house.entries()] == acts
    assert office.house.rows("spans") == spans
    with office.house.site.database.read() as connection:
        assert links.recordings_of(connection, action) == [recording]


def test_a_clock_read_at_the_return_has_only_its_recordings_assessed_anew(
    office: Bureau, tmp_path: Path
) -> None:
    """The offset that is told at the return moves the footage by 40 s, and with it the gap."""
    recorder = camera(office)
    lead, second = office.officer(), office.officer()
    hand_out(office, recorder, Outing(lead, "2024-04-10 08:00", "2024-04-10 18:00"))
    action = office.action(ActionType.SEIZURE, lead, second)
    later = office.action(ActionType.SEAL_UP, second, office.officer())
    office.clock.set("2024-04-10 16:00")
    office.lasted(action, "2024-04-10 14:00", "2024-04-10 15:00", by=lead)
    office.lasted(later, "2024-04-10 14:00", "2024-04-10 15:00", by=lead)
    dock(office, tmp_path, recorder, clips=[between("14:00:40", "15:00:40")])
    assert (last(office, action).verdict, last(office, action).body["flags"]) == (
        Verdict.GAP,
        ["CLOCK_ASSUMED"],
    )
    before = last(office, later).number
    bring_back(office, recorder, "2024-04-10 17:00", ahead_ms=40_000)
    follow.catch_up(office.ledger)
    assert last(office, action).verdict is Verdict.FULL
    assert last(office, later).number == before


def test_an_action_that_is_told_later_finds_its_footage(office: Bureau, tmp_path: Path) -> None:
    """The docking came first, as where a case is read in at the end of a week."""
    recorder = camera(office)
    lead, second = office.officer(), office.officer()
    hand_out(office, recorder, Outing(lead, "2024-04-10 08:00", "2024-04-10 18:00"))
    office.clock.set("2024-04-10 16:00")
    (recording,) = dock(office, tmp_path, recorder, clips=[between("14:00:00", "15:00:00")])
    assert office.house.count("link_waiting") == 1
    planned = (moment("2024-04-10 14:10"), moment("2024-04-10 14:50"))
    action = office.action(
        ActionType.SEIZURE, lead, second, change=lambda one: replace(one, planned=planned)
    )
    follow.catch_up(office.ledger)
    with office.house.site.database.read() as connection:
        assert links.recordings_of(connection, action) == [recording]
    assert office.house.count("link_waiting") == 0
    assert office.house.count("assessments") == 0, "without a declared time nothing is judged"


def test_a_follower_that_is_stopped_goes_on_where_it_was(office: Bureau, tmp_path: Path) -> None:
    """Stopped at each of its pauses in turn, it does what it would have done at once."""
    action, recording = a_seizure(office, tmp_path)
    end = moment("2024-04-10 15:10")
    told = NewInterval(moment("2024-04-10 14:50"), end, office.officer())
    told = replace(told, reason="笔误", second_person=office.officer())
    arrived.declare_interval(office.ledger, action, new=told)
    for pauses in range(12):
        answers = chain([False] * pauses, cycle([True]))
        follow.catch_up(office.ledger, is_over=partial(next, answers))
    assert last(office, action).verdict is Verdict.GAP
    assert office.house.count("assessments") == 2
    (span,) = {
        (row["start_s"], row["end_s"])
        for row in office.house.rows("spans")
        if row["side"] == "ACTION"
    }
    assert span[1] == end.timestamp()
    assert recording in {row["owner"] for row in office.house.rows("spans")}


def test_footage_of_nobody_waits_with_its_place_as_the_reason(
    office: Bureau, tmp_path: Path
) -> None:
    """Nobody took the recorder out; the container says where it was, 22 m from the action."""
    recorder = camera(office)
    place = "某街一号（30.6700，107.8000）"
    team = (office.officer(), office.officer())
    action = office.action(ActionType.SEIZURE, *team, change=lambda one: replace(one, place=place))
    office.clock.set("2024-04-10 16:00")
    office.lasted(action, "2024-04-10 14:00", "2024-04-10 15:00", by=team[0])
    clips = [Clip("2024-04-10 14:00:00", 1800, place="+30.6702+107.8000/")]
    clips.append(Clip("2024-04-10 14:30:00", 1800, place="+30.7000+107.8000/"))
    near, far = dock(office, tmp_path, recorder, clips=clips)
    with office.house.site.database.read() as connection:
        waits = {one.recording: one.candidates for one in inbox.waiting(connection)}
    (found,) = waits[near]
    assert found.action == action
    assert found.reasons == (LinkReason.OVERLAP, LinkReason.PLACE)
    assert waits[far] == ()
    assert "30.67" not in str(office.house.rows("media_facts"))


def test_a_photo_of_nobody_waits_with_what_it_claims_of_place_and_time(
    office: Bureau, tmp_path: Path
) -> None:
    """The name says no time; EXIF says 2008-10-22 16:29:49 by the camera's clock, and where."""
    place = "（43.4670，11.8850）"
    team = (office.officer(), office.officer())
    action = office.action(ActionType.SEIZURE, *team, change=lambda one: replace(one, place=place))
    office.clock.set("2024-04-10 16:00")
    taken = moment("2008-10-22 16:29:49")
    lasted = NewInterval(taken - timedelta(minutes=5), taken + timedelta(minutes=5), team[0])
    arrived.declare_interval(office.ledger, action, new=lasted)
    photo = (footage_dir() / "photo_nikon_gps_DSCN0012.jpg").read_bytes()
    with measuring(office) as workshop:
        office.house.take(put(tmp_path / "card", {"DSCN0012.JPG": photo}))
        (row,) = office.house.rows("recordings")
        derive(workshop, row["id"], kind=DerivativeKind.PROBE)
    follow.catch_up(office.ledger)
    with office.house.site.database.read() as connection:
        ((found,),) = (one.candidates for one in inbox.waiting(connection))
        placed = footage.placed(connection, row["id"])
    assert (found.action, found.overlap_s) == (action, 0)
    assert found.reasons == (LinkReason.OVERLAP, LinkReason.PLACE)
    assert placed is not None
    assert (placed.basis, clocks.moment(placed.raw_us)) == (TimeBasis.CONTAINER, taken)
    assert office.house.count("links") == 0, "a claim links nothing by itself"


def test_a_clock_that_was_never_set_keeps_nothing_from_being_followed(
    office: Bureau, tmp_path: Path
) -> None:
    recorder = camera(office)
    absurd = put(
        tmp_path / "absurd",
        {
            f"A11_{recorder}_000000_99991231235959_0001.mp4": b"far away",
            f"A11_{recorder}_000000_00010101000000_0002.mp4": b"long ago",
        },
    )
    office.house.take(absurd)
    dock(office, tmp_path, recorder, clips=[between("14:00:00", "15:00:00")])
    assert office.house.count("link_waiting") == 3


def test_an_outing_that_lasts_has_no_end(office: Bureau) -> None:
    recorder = camera(office)
    lead, second = office.officer(), office.officer()
    hand_out(office, recorder, Outing(lead, "2024-04-10 08:00", "2024-04-10 18:00"))
    action = office.action(ActionType.SEIZURE, lead, second)
    office.clock.set("2024-04-10 16:00")
    office.lasted(action, "2024-04-10 14:00", "2024-04-10 15:00", by=lead)
    follow.catch_up(office.ledger)
    inputs = last(office, action).body["inputs"]
    assert isinstance(inputs, dict)
    limit = datetime.fromisoformat("2024-04-11T10:00:00+00:00")
    (waits,) = inputs["waits_for"]
    assert waits["limit"] == limit.strftime("%Y-%m-%dT%H:%M:%SZ")
    with office.house.site.database.read() as connection:
        assert assess.due(connection, now=limit) == []
        assert assess.due(connection, now=limit + timedelta(seconds=1)) == [action]
        (held,) = holding.lasting(connection)
    assert held.back_at is None


BIG = (
    *("recordings", "sightings", "claims", "media_facts", "spans", "links", "personal_data"),
    *("entries", "observations", "actions", "action_statements", "action_states", "action_team"),
    *("action_intervals", "action_records", "assessments", "assignments", "quarantines"),
    *("receipts", "clock_anchors", "dock_sessions", "link_answers", "link_waiting"),
)
"""Tables that grow with the work done; none of them may be read from end to end."""


def test_nothing_that_grows_is_read_from_end_to_end(office: Bureau, tmp_path: Path) -> None:
    """Whatever following asks of SQLite, for a docking, a clock and an action told anew."""
    asked: dict[str, tuple[object, ...]] = {}

    def note(*call: object) -> None:
        statement, parameters = str(call[2]), call[3]
        if statement.lstrip().startswith(("SELECT", "UPDATE", "DELETE")):
            asked[statement] = parameters if isinstance(parameters, tuple) else ()

    engine = office.house.site.database.engine
    event.listen(engine, "before_cursor_execute", note)
    action, recording = a_seizure(office, tmp_path)
    person = office.officer()
    office.team(action, person, office.officer())
    links.answer(office.ledger, recording, said=links.LinkAnswer.LATER, person=person)
    follow.catch_up(office.ledger)
    event.remove(engine, "before_cursor_execute", note)
    scanned = [
        f"{step}: {one}" for one, given in asked.items() for step in plan(engine, one, given)
    ]
    assert len(asked) > 40
    assert scanned == []


def plan(engine: Engine, statement: str, given: tuple[object, ...]) -> list[str]:
    """The steps that read one of the big tables from end to end; a join to nothing is none."""
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all()
    steps = [str(row[3]) for row in rows]
    scans = [step for step in steps if step.startswith("SCAN ") and "USING" not in step]
    return [step for step in scans if step.split()[1] in BIG]
