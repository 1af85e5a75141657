"""The register through its acts, on both databases: people, devices, holders, and the ratio."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from devices import board, holding, upkeep, waivers
from devices.holding import CheckOut
from devices.makes import load_makes
from devices.past import days_of, read_past
from devices.recorders import add_recorder, assign_recorder
from devices.upkeep import DeviceDetails
from evidence.device_sets import Condition, CountRule
from evidence.enforcing import AnnualCheck, Bar, PersonKind, PostStatus, may_enforce
from evidence.errors import BadInput, NotFound, Refused
from evidence.messages import error_sentence
from evidence.quota import Quota, QuotaStatus
from evidence.ratio import RatioRule, Window, day_of
from evidence.vocabulary import DeviceKind
from people import bodies, register, units
from people.bodies import UnitKind, UnitStanding
from people.policies import shipped
from people.register import CertificateEvent, NewCertificate, Newcomer, NewPosting
from people.staff import members
from storage import schema
from storage.site import SitePlan
from tests.docking import House, open_house

RULE = RatioRule(Quota(1, 4, minimum=1, minimum_below=4), CountRule(frozenset(DeviceKind)))
FLAG = AnnualCheck.FLAG
LONG_AGO = date(2020, 1, 1)


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[House]:
    """A new site with a bureau and two sections."""
    with open_house(SitePlan(tmp_path / "site", database_url)) as opened:
        ledger = opened.site.ledger
        with ledger.act() as act:
            bureau = units.insert_unit(act, name="局", parent=None)
            act.enter("unit.added", {"unit": bureau.id})
        for name in ("一队", "二队"):
            units.add_unit(ledger, name=name, parent=bureau.id)
        yield opened


def now(house: House) -> datetime:
    return house.site.clock()


def hire(
    house: House,
    number: str,
    *,
    unit: str = "一队",
    kind: PersonKind = PersonKind.OFFICER,
    until: date = date(2099, 12, 31),
) -> str:
    """Somebody of a unit, with a certificate if an officer."""
    established = kind is PersonKind.OFFICER
    posting = NewPosting(LONG_AGO, unit, kind, on_establishment=established)
    certificate = NewCertificate(f"证{number}", "司法局", LONG_AGO, until)
    newcomer = Newcomer(f"甲{number}", number, posting, certificate if established else None)
    return register.add_person(house.site.ledger, newcomer)


def equip(house: House, number: str, *, unit: str = "一队", tested: bool = True) -> str:
    """A body camera of a unit, tested if asked for."""
    ledger = house.site.ledger
    add_recorder(ledger, load_makes(), number=number, make="zfy")
    assign_recorder(ledger, number, unit=unit)
    if tested:
        upkeep.note_test(ledger, number, passed=True, tested_at=now(house))
    return number


def bars(house: House, person: str, day: date) -> set[Bar]:
    with house.site.database.read() as connection:
        return set(may_enforce(members(connection)[person].facts, day).bars)


def ratio(house: House) -> dict[str, tuple[int, int, QuotaStatus]]:
    """People, sets and status of each body by its name, now."""
    at = now(house)
    with house.site.database.read() as connection:
        loaded = board.load(connection, day_of(at))
    lines = board.board(loaded, at, rule_for=lambda _: RULE)
    return {
        line.body.unit.name: (verdict.people, verdict.present, verdict.status)
        for line in lines
        for verdict in [line.ratio.verdict]
    }


def take(house: House, recorder: str, holder: str, supervisor: str | None = None) -> str:
    at = now(house)
    new = CheckOut(recorder, holder, at, at + timedelta(hours=10), supervisor)
    return holding.check_out(house.site.ledger, new)


def refused(house: House, recorder: str, holder: str, supervisor: str | None = None) -> set[str]:
    with pytest.raises(Refused) as caught:
        take(house, recorder, holder, supervisor)
    assert (
        "不能领用"
        in error_sentence(caught.value.code, str(caught.value), facts=caught.value.facts)[0]
    )
    return set(str(caught.value.facts["reasons"]).split())


# --- people ---------------------------------------------------------------------------------------


def test_a_posting_holds_from_its_day_and_what_was_before_stays(house: House) -> None:
    person = hire(house, "200001")
    suspended = NewPosting(date(2024, 8, 1), "一队", status=PostStatus.SUSPENDED, reason="调查")
    register.state_posting(house.site.ledger, person, new=suspended)
    assert bars(house, person, date(2024, 7, 31)) == set()
    assert bars(house, person, date(2024, 8, 1)) == {Bar.SUSPENDED}
    assert bars(house, person, date(2019, 12, 31)) == {Bar.NO_POSTING, Bar.CERT_NOT_YET}


def test_certificates_end_by_events(house: House) -> None:
    ledger, person = house.site.ledger, hire(house, "200001", until=date(2024, 6, 30))
    new = NewCertificate("新", "司法局", date(2024, 7, 1), date(2028, 6, 30))
    certificate = register.add_certificate(ledger, person, new=new)
    assert bars(house, person, date(2024, 7, 1)) == set()
    event = CertificateEvent.REVOKED
    register.note_event(ledger, certificate, event=event, day=date(2025, 1, 1))
    assert bars(house, person, date(2024, 12, 31)) == set()
    assert bars(house, person, date(2025, 1, 1)) == {Bar.CERT_EXPIRED}
    with pytest.raises(BadInput):
        register.note_event(ledger, certificate, event=event, day=date(2025, 2, 1))
    check = CertificateEvent.ANNUAL_CHECK
    for year in (2025, 2026):
        register.note_event(ledger, certificate, event=check, day=date(year, 3, 1))
    with pytest.raises(BadInput):
        register.note_event(ledger, certificate, event=check, day=date(2026, 4, 1))
    with pytest.raises(NotFound):
        register.note_event(ledger, "none", event=check, day=date(2026, 4, 1))


def test_r_052_a_contract_employee_is_no_officer(house: House) -> None:
    posting = NewPosting(LONG_AGO, "一队", on_establishment=False)
    with pytest.raises(BadInput) as caught:
        register.add_person(house.site.ledger, Newcomer("乙", "200009", posting))
    assert caught.value.facts["why"] == "NOT_ESTABLISHED"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"full_name": "  "}, "PERSON_NAME"),
        ({"full_name": "甲\u202e"}, "PERSON_NAME"),
        ({"officer_number": "200001"}, "OFFICER_NUMBER_TAKEN"),
        ({"posting": NewPosting(LONG_AGO, "三队")}, "NO_UNIT"),
    ],
)
def test_what_cannot_be_entered_leaves_nothing(
    house: House, change: dict[str, str], why: str
) -> None:
    hire(house, "200001")
    before = house.count("entries"), house.count("persons"), house.count("personal_data")
    newcomer = Newcomer("乙", "200002", NewPosting(LONG_AGO, "一队"))
    with pytest.raises((BadInput, NotFound)) as caught:
        register.add_person(house.site.ledger, replace(newcomer, **change))  # type: ignore[arg-type]
    assert caught.value.facts["why"] == why
    assert (house.count("entries"), house.count("persons"), house.count("personal_data")) == before


# --- bodies ---------------------------------------------------------------------------------------


def test_r_051_an_entrusted_body_owes_its_own_ratio(house: House) -> None:
    ledger = house.site.ledger
    for number in range(5):
        hire(house, f"20000{number}", unit="二队")
    equip(house, "D-1", unit="二队")
    assert ratio(house) == {"局": (5, 1, QuotaStatus.MET_FLOOR_ONLY)}
    entrusted = UnitStanding(
        *(LONG_AGO, UnitKind.ENTRUSTED, "委托书"),
        principal="局",
        powers=("0301", "0302"),
        filing_number="备1",
    )
    bodies.state_unit(ledger, "二队", new=entrusted)
    assert ratio(house) == {
        "局": (0, 0, QuotaStatus.NOT_APPLICABLE),
        "二队": (5, 1, QuotaStatus.MET_FLOOR_ONLY),
    }
    with pytest.raises(BadInput) as caught:
        bodies.state_unit(ledger, "一队", new=replace(entrusted, principal=None))
    assert caught.value.facts["why"] == "ENTRUSTMENT"


def test_r_048_capacity_has_its_days(house: House) -> None:
    standing = UnitStanding(date(2024, 6, 1), UnitKind.AGENCY, "法", date(2026, 5, 31))
    bodies.state_unit(house.site.ledger, "局", new=standing)
    with house.site.database.read() as connection:
        [before] = bodies.bodies(connection, date(2024, 5, 31))
        [after] = bodies.bodies(connection, date(2024, 6, 1))
    assert before.standing is None
    assert after.standing == standing
    assert standing.has_capacity(date(2026, 5, 31))
    assert not standing.has_capacity(date(2026, 6, 1))
    assert not replace(standing, capacity_basis=None).has_capacity(date(2024, 6, 1))


# --- devices --------------------------------------------------------------------------------------


def test_what_becomes_of_a_device_changes_the_ratio_from_that_moment(house: House) -> None:
    ledger = house.site.ledger
    for number in range(9):
        hire(house, f"20000{number}")
    for recorder in ("D-1", "D-2", "D-3"):
        equip(house, recorder)
    equip(house, "D-4", tested=False)
    assert ratio(house) == {"局": (9, 3, QuotaStatus.MET)}
    upkeep.state_condition(ledger, "D-3", condition=Condition.REPAIR, since=now(house))
    assert ratio(house) == {"局": (9, 2, QuotaStatus.MET_FLOOR_ONLY)}
    upkeep.state_condition(ledger, "D-2", condition=Condition.LOST, since=now(house))
    assert ratio(house) == {"局": (9, 1, QuotaStatus.SHORT)}
    upkeep.note_test(ledger, "D-4", passed=True, tested_at=now(house))
    assert ratio(house) == {"局": (9, 2, QuotaStatus.MET_FLOOR_ONLY)}
    upkeep.note_test(ledger, "D-4", passed=False, tested_at=now(house))
    assert ratio(house) == {"局": (9, 1, QuotaStatus.SHORT)}
    details = DeviceDetails(DeviceKind.VOICE_RECORDER, "SN-1")
    upkeep.state_kind(ledger, "D-1", details=details)
    assert ratio(house) == {"局": (9, 0, QuotaStatus.SHORT)}


def test_a_loan_counts_for_the_borrower_alone(house: House) -> None:
    ledger = house.site.ledger
    other = UnitStanding(LONG_AGO, UnitKind.AUTHORISED, "法")
    bodies.state_unit(ledger, "二队", new=other)
    hire(house, "200001")
    hire(house, "200002", unit="二队")
    equip(house, "D-1")
    upkeep.lend(ledger, "D-1", unit="二队", out_at=now(house))
    lent = {"局": (1, 0, QuotaStatus.SHORT), "二队": (1, 1, QuotaStatus.MET)}
    assert ratio(house) == lent
    with pytest.raises(BadInput):
        upkeep.lend(ledger, "D-1", unit="一队", out_at=now(house))
    upkeep.take_back(ledger, "D-1", back_at=now(house))
    assert ratio(house) == {"局": (1, 1, QuotaStatus.MET), "二队": (1, 0, QuotaStatus.SHORT)}
    with pytest.raises(BadInput):
        upkeep.take_back(ledger, "D-1", back_at=now(house))


def test_loans_of_one_device_never_lie_over_each_other(house: House) -> None:
    ledger, at = house.site.ledger, now(house)
    equip(house, "D-1")
    hours = [at - timedelta(hours=count) for count in range(5)]
    upkeep.lend(ledger, "D-1", unit="二队", out_at=hours[3])
    upkeep.take_back(ledger, "D-1", back_at=hours[1])
    for out_at in (hours[4], hours[2]):
        with pytest.raises(BadInput, match="lent already"):
            upkeep.lend(ledger, "D-1", unit="局", out_at=out_at)
    upkeep.lend(ledger, "D-1", unit="局", out_at=hours[1])


def test_what_somebody_has_is_not_retired(house: House) -> None:
    """It may bear files that no dock has seen (part 3.2)."""
    ledger, at = house.site.ledger, now(house)
    take(house, equip(house, "D-1"), hire(house, "1"))
    with pytest.raises(BadInput, match="still out"):
        upkeep.state_condition(ledger, "D-1", condition=Condition.RETIRED, since=at)
    upkeep.state_condition(ledger, "D-1", condition=Condition.LOST, since=at)
    holding.check_in(ledger, "D-1", back_at=now(house))
    upkeep.state_condition(ledger, "D-1", condition=Condition.RETIRED, since=now(house))


def test_a_device_may_be_said_to_have_been_a_units_before(house: House) -> None:
    """G-02 on its own day, though the register was begun later."""
    ledger, then = house.site.ledger, datetime(2024, 6, 3, tzinfo=UTC)
    for number in ("D-1", "D-2"):
        add_recorder(ledger, load_makes(), number=number, make="zfy")
        assign_recorder(ledger, number, unit="一队", since=then)
        upkeep.note_test(ledger, number, passed=True, tested_at=then)
    broken = datetime(2024, 6, 3, 6, 20, tzinfo=UTC)
    upkeep.state_condition(ledger, "D-2", condition=Condition.REPAIR, since=broken)
    with house.site.database.read() as connection:
        loaded = board.load(connection, date(2024, 6, 3))
    for at, sets in ((broken - timedelta(microseconds=1), 2), (broken, 1)):
        [line] = board.board(loaded, at, rule_for=lambda _: RULE)
        assert line.ratio.verdict.present == sets
    with pytest.raises(BadInput, match="to come"):
        assign_recorder(ledger, "D-1", unit="一队", since=now(house) + timedelta(days=1))


def test_each_past_day_is_judged_by_its_own_bodies_and_policy(house: House) -> None:
    """二队 is a section, then an agency under XX, then an oversight body that owes nothing."""
    ledger = house.site.ledger
    hire(house, "1", unit="二队")
    law = UnitStanding(date(2024, 3, 1), UnitKind.AGENCY, "三定", profile="XX")
    bodies.state_unit(ledger, "二队", new=law)
    over = UnitStanding(date(2024, 5, 1), UnitKind.OVERSIGHT)
    bodies.state_unit(ledger, "二队", new=over)
    with house.site.database.read() as connection:
        past = read_past(connection, first=date(2024, 2, 28), last=date(2024, 5, 2))
        ids = {unit.name: unit.id for unit in units.all_units(connection)}
    assert [str(one.first) for one in past] == ["2024-02-28", "2024-03-01", "2024-05-01"]
    people = {
        name: [(str(day.day), day.last.verdict.people) for day in days_of(past, ids[name])]
        for name in ("局", "二队")
    }
    assert people["局"][:3] == [("2024-02-28", 1), ("2024-02-29", 1), ("2024-03-01", 0)]
    assert len(people["局"]) == 65
    assert [day for day, _ in people["二队"]][-1] == "2024-04-30"
    assert {count for _, count in people["二队"]} == {1}


def test_ahead_only_what_holds_now_is_taken_to_be_kept_up(house: House) -> None:
    hire(house, "1")
    ledger, long_ago = house.site.ledger, now(house) - timedelta(days=31)
    equip(house, "kept")
    equip(house, "never", tested=False)
    for number, passed, at in (("old", True, long_ago), ("failed", False, now(house))):
        equip(house, number, tested=False)
        upkeep.note_test(ledger, number, passed=passed, tested_at=at)
    since = now(house)
    with house.site.database.read() as connection:
        loaded = board.load(connection, day_of(since))
    window = Window(since, since + timedelta(days=900))
    spans = board.forecast(loaded, loaded.bodies[0], window=window, rule=RULE)
    assert [span.ratio.verdict.present for span in spans] == [1]


def test_a_waiver_is_of_a_body(house: House) -> None:
    ledger, person, day = house.site.ledger, hire(house, "1"), date(2026, 1, 1)
    with pytest.raises(BadInput, match="owes no"):
        waivers.waive(ledger, "一队", days=(day, day), reason="采购中", approver=person)
    waivers.waive(ledger, "局", days=(day, day), reason="采购中", approver=person)


def test_nothing_is_stated_of_the_future(house: House) -> None:
    equip(house, "D-1")
    later = now(house) + timedelta(minutes=1)
    for attempt in (
        lambda: upkeep.note_test(house.site.ledger, "D-1", passed=True, tested_at=later),
        lambda: upkeep.lend(house.site.ledger, "D-1", unit="二队", out_at=later),
        lambda: upkeep.state_condition(
            house.site.ledger, "D-1", condition=Condition.LOST, since=later
        ),
    ):
        with pytest.raises(BadInput) as caught:
            attempt()
        assert caught.value.facts["why"] == "FUTURE"


# --- holders --------------------------------------------------------------------------------------


def test_out_and_in(house: House) -> None:
    person, recorder = hire(house, "200001"), equip(house, "D-1")
    assignment = take(house, recorder, person)
    out = now(house)
    assert refused(house, recorder, hire(house, "200002")) == {"HELD"}
    assert holding.check_in(house.site.ledger, recorder, back_at=now(house)) == assignment
    with house.site.database.read() as connection:
        held = holding.holder_at(connection, recorder, at=out)
        assert held is not None
        assert held.holder == person
        assert holding.holder_at(connection, recorder, at=now(house)) is None
    with pytest.raises(BadInput):
        holding.check_in(house.site.ledger, recorder, back_at=now(house))
    assert take(house, recorder, person) != assignment


def test_who_may_not_take_a_recorder_out(house: House) -> None:
    ledger, recorder = house.site.ledger, equip(house, "D-1")
    lapsed = hire(house, "200001", until=date(2021, 1, 1))
    assert refused(house, recorder, lapsed) == {"CERT_EXPIRED"}
    helper = hire(house, "200002", kind=PersonKind.AUXILIARY)
    assert refused(house, recorder, helper) == {"NO_UNDERTAKING", "NO_SUPERVISOR"}
    register.sign_undertaking(ledger, helper, signed_on=LONG_AGO)
    assert refused(house, recorder, helper, lapsed) == {"SUPERVISOR_BARRED"}
    take(house, recorder, helper, hire(house, "200003"))


def test_a_clock_too_far_off_is_set_before_the_device_goes_out(house: House) -> None:
    """clock.max_correctable_s binds at check-out too; what a dock finds later is a fact."""
    person, device = hire(house, "1"), equip(house, "D-1")
    at = now(house)
    rule = holding.check_out_rule(shipped("XX"), day_of(at))
    for offset_ms in (300_001, -300_001):
        new = CheckOut(device, person, at, at + timedelta(hours=1), offset_ms=offset_ms)
        with pytest.raises(Refused) as caught:
            holding.check_out(house.site.ledger, new, rule=rule)
        assert caught.value.facts["reasons"] == "CLOCK_FAR_OFF"
    new = CheckOut("D-1", person, at, at + timedelta(hours=1), offset_ms=-300_000)
    holding.check_out(house.site.ledger, new)
    holding.check_in(house.site.ledger, "D-1", back_at=now(house), offset_ms=900_000)


def test_what_may_not_be_taken_out(house: House) -> None:
    person, recorder = hire(house, "200001"), equip(house, "D-1", tested=False)
    assert refused(house, recorder, person) == {"NEVER_TESTED"}
    upkeep.state_condition(house.site.ledger, recorder, condition=Condition.LOST, since=now(house))
    assert refused(house, recorder, person) == {"NEVER_TESTED", "LOST"}
    with pytest.raises(NotFound):
        take(house, "D-9", person)


def test_the_database_itself_refuses_a_second_holder(house: House) -> None:
    person, recorder = hire(house, "200001"), equip(house, "D-1")
    take(house, recorder, person)
    [row] = house.rows("assignments")
    again = {**row, "id": "D-1/9", "number": 9}
    with pytest.raises(DBAPIError, match="somebody else holds"), house.site.database.write() as c:
        c.execute(schema.assignments.insert().values(**again))
    before = {**again, "out_at": "2020-01-01T00:00:00.000000Z"}
    closed = {**before, "back_at": "2020-01-02T00:00:00.000000Z"}
    with pytest.raises(DBAPIError, match="somebody else holds"), house.site.database.write() as c:
        c.execute(schema.assignments.insert().values(**before))
    with house.site.database.write() as connection:
        connection.execute(schema.assignments.insert().values(**closed))
