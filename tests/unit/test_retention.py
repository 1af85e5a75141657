"""The rules of retention and holds, without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from evidence.errors import BadInput
from evidence.retention import (
    CaseFile,
    Ground,
    Made,
    PeriodRule,
    RetentionReason,
    counted,
    is_shorter,
    last_day,
    of_case,
    stand,
)
from evidence.retention_holds import (
    Attended,
    Carried,
    Holdable,
    HoldState,
    Scope,
    reaches,
    read_scope,
    scope_of,
    state_of,
)

R = RetentionReason
NOON = datetime(2024, 3, 5, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)
YEARS = frozenset(range(2004, 2027))


def ground(period: str | None, start: date | None = date(2024, 1, 12)) -> Ground:
    return Ground("WORKING_MATERIAL", R.NOT_FILED, "case/m", period, start, None)


def test_g_18_six_months_from_not_filed_end_at_midnight_and_never_roll() -> None:
    kept = stand("r", [counted(ground("6 mo"), not_started=R.NOT_FILED)], known_years=YEARS)
    assert (kept.ends_on, kept.due_on) == (date(2024, 7, 12), date(2024, 7, 13))
    assert not kept.is_due(date(2024, 7, 12))
    assert kept.is_due(date(2024, 7, 13))
    sunday = counted(ground("1 mo", date(2024, 2, 3)), not_started=R.NOT_FILED)
    assert sunday.ends_on == date(2024, 3, 3)


@pytest.mark.parametrize(
    ("period", "start", "why"),
    [
        (None, date(2024, 1, 12), R.NO_PERIOD),
        ("permanent", date(1992, 1, 1), R.PERMANENT),
        ("case-archive", date(2024, 1, 12), R.CASE_TERM_UNKNOWN),
        ("6 mo", None, R.ACTION_OPEN),
        ("100 y", date(2950, 1, 1), R.BEYOND_COUNTING),
        ("6 mo", date(1970, 1, 1), R.BEYOND_COUNTING),
    ],
)
def test_what_is_never_due_says_why(period: str | None, start: date | None, why: R) -> None:
    kept = stand(
        "r", [counted(ground(period, start), not_started=R.ACTION_OPEN)], known_years=YEARS
    )
    assert kept.due_on is None
    assert why in kept.reasons
    assert not kept.is_due(date(2999, 12, 31))


def test_the_longest_of_several_keeps_and_what_is_permanent_or_unknown_is_longer_still() -> None:
    short, long = (counted(ground(one), not_started=R.NOT_FILED) for one in ("6 mo", "30 y"))
    unknown, ever = (counted(ground(one), not_started=R.NOT_FILED) for one in (None, "permanent"))
    assert stand("r", [long, short], known_years=YEARS).ends_on == date(2054, 1, 12)
    assert stand("r", [long, unknown], known_years=YEARS).due_on is None
    kept = stand("r", [unknown, ever, short], known_years=YEARS)
    assert kept.longest is ever
    assert R.LONGEST_OF_SEVERAL in kept.reasons


def test_a_case_file_keeps_until_it_has_ended_and_its_own_end_has_passed() -> None:
    rule = PeriodRule("CASE_FILE", "case-archive", "ZJ@1")
    archived = CaseFile("c", has_ended=True, ended_on=date(2024, 12, 20))
    told = replace(archived, term_class="LONG", ends_on=date(2034, 12, 31))
    assert of_case(told, rule, why=R.OF_CASE).ends_on == date(2034, 12, 31)
    assert of_case(told, rule, why=R.OF_CASE).class_code == "LONG"
    is_open = replace(told, has_ended=False, ended_on=None)
    assert of_case(is_open, rule, why=R.RELIED_ON).reasons == (R.CASE_OPEN,)
    assert of_case(archived, rule, why=R.OF_CASE).reasons == (R.CASE_TERM_UNKNOWN,)
    by_class = replace(rule, period="30 y")
    assert of_case(archived, by_class, why=R.OF_CASE).ends_on == date(2054, 12, 20)
    assert of_case(told, by_class, why=R.OF_CASE).ends_on == date(2054, 12, 20)
    ever = replace(archived, term_period="permanent")
    assert of_case(ever, by_class, why=R.OF_CASE).reasons == (R.PERMANENT,)


def test_a_rule_below_the_litigation_floor_is_warned_of_with_its_article() -> None:
    act = replace(ground("3 y"), act_day=date(2024, 1, 12))
    kept = stand("r", [counted(act, not_started=R.ACTION_OPEN)], known_years=YEARS)
    assert (kept.floor, kept.due_on) == (date(2029, 1, 12), date(2027, 1, 13))
    assert set(kept.warnings) == {R.BELOW_LITIGATION_FLOOR, R.CALENDAR_YEAR_UNKNOWN}
    house = replace(act, is_real_estate=True, period="5 y")
    kept = stand("r", [counted(house, not_started=R.ACTION_OPEN)], known_years=YEARS)
    assert kept.floor == date(2044, 1, 12)
    enough = counted(replace(act, period="5 y"), not_started=R.ACTION_OPEN)
    assert R.BELOW_LITIGATION_FLOOR not in stand("r", [enough], known_years=YEARS).warnings


def test_a_shorter_period_is_told_and_nothing_set_is_the_longest_of_all() -> None:
    order = ["6 mo", "1 y", "30 y", "case-archive", "permanent", None]
    for place, period in enumerate(order):
        assert [is_shorter(one, period) for one in order] == [n < place for n in range(len(order))]
    assert not is_shorter("12 mo", "1 y")
    assert last_day(date(2024, 2, 29), "1 y") == date(2025, 2, 28)


@pytest.mark.parametrize(
    ("recorded", "trusted", "anchored", "starts"),
    [
        (date(2024, 4, 1), True, False, date(2024, 4, 1)),
        (date(2024, 3, 10), True, False, date(2024, 3, 10)),
        (date(2024, 3, 9), True, False, date(2024, 4, 10)),
        (date(1970, 1, 1), True, False, date(2024, 4, 10)),
        (date(2099, 1, 1), True, True, date(2024, 4, 10)),
        (date(2023, 1, 1), True, True, date(2023, 1, 1)),
        (date(2024, 4, 1), False, False, date(2024, 4, 10)),
        (None, True, False, date(2024, 4, 10)),
    ],
)
def test_an_absurd_time_counts_from_the_docking(
    recorded: date | None, *, trusted: bool, anchored: bool, starts: date
) -> None:
    made = Made(recorded, date(2024, 4, 10), trusted, anchored)
    assert made.start[0] == starts
    assert (made.start[1] is R.FROM_DOCKING) == (starts == made.docked)


# --- holds ----------------------------------------------------------------------------------------


def test_r_001_a_person_in_an_interval_reaches_attended_actions_and_carried_recorders() -> None:
    scope = scope_of(persons=["a07"], interval=(NOON, NOON + HOUR))
    lasted = ((NOON - HOUR / 2, NOON + HOUR / 2),)
    attended = Attended("x", None, frozenset({"o11", "a07"}), lasted)
    elsewhere = replace(attended, times=((NOON + HOUR, NOON + 2 * HOUR),))
    carried = Carried("a07", NOON - HOUR, NOON)
    held = {
        "attended": Holdable("r", (attended,)),
        "no time known": Holdable("r", (replace(attended, times=()),)),
        "carried": Holdable("r", carried=(carried,)),
        "carried, still out": Holdable("r", carried=(Carried("a07", NOON - HOUR, None),)),
    }
    free = {
        "at another time": Holdable("r", (elsewhere,)),
        "by somebody else": Holdable("r", carried=(replace(carried, person="o11"),)),
        "earlier": Holdable("r", carried=(replace(carried, end=NOON - HOUR / 2),)),
    }
    assert [name for name, one in held.items() if not reaches(scope, one, placed=NOON)] == []
    assert [name for name, one in free.items() if reaches(scope, one, placed=NOON)] == []


def test_a_link_that_ended_since_still_holds_and_one_before_does_not() -> None:
    scope = scope_of(cases=["c"])
    attended = Attended("x", "c", frozenset(), unlinked=NOON)
    assert reaches(scope, Holdable("r", (attended,)), placed=NOON - HOUR)
    assert not reaches(scope, Holdable("r", (attended,)), placed=NOON + HOUR)
    assert reaches(scope, Holdable("r", relied_on=frozenset({"c"})), placed=NOON)
    assert reaches(scope_of(recordings=["r"]), Holdable("r"), placed=NOON)


def test_a_scope_that_says_nothing_is_refused_and_one_is_read_as_it_was_written() -> None:
    for bad in (Scope(), Scope(persons=("a",)), Scope(cases=tuple(map(str, range(201))))):
        with pytest.raises(BadInput):
            bad.check()
    with pytest.raises(BadInput):
        scope_of(persons=["a"], interval=(NOON, NOON))
    scope = scope_of(persons=["b", "a", "b"], interval=(NOON, None), cases=["c"])
    assert scope.persons == ("a", "b")
    assert read_scope(scope.text()) == scope


def test_a_hold_that_ends_by_itself_holds_on_its_last_day() -> None:
    last = date(2024, 11, 6)
    told = [state_of(is_released=False, until=last, today=last + timedelta(days=n)) for n in (0, 1)]
    assert told == [HoldState.ACTIVE, HoldState.ENDED]
    assert state_of(is_released=True, until=None, today=last) is HoldState.RELEASED
