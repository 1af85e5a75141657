"""Rates: what is counted of what, and what is not counted at all."""

from datetime import UTC, datetime, timedelta

import pytest

from evidence.rates import Rate, Timely, coverage_text, recording_rate, timely, timely_rate

DUE = datetime(2024, 5, 14, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_r_100_47_of_50_mandatory_actions_are_94_per_cent() -> None:
    results: list[tuple[str | None, str | None]] = [("MANDATORY", "FULL")] * 40
    results += [("MANDATORY", "SEAMED")] * 7
    results += [("MANDATORY", "GAP")] * 2 + [("MANDATORY", "NONE")]
    beside: list[tuple[str | None, str | None]] = [
        *[("MANDATORY", "PROVISIONAL")] * 3,
        *[(None, None)] * 2,
        ("DISCRETIONARY", "GAP"),
        ("DISCRETIONARY", "NO_DECISION"),
        ("DISCRETIONARY", "PROVISIONAL"),
        ("ORDINARY", "NOT_REQUIRED"),
        ("DISCRETIONARY", "TEXT_EXEMPT"),
    ]
    rate = recording_rate(results + beside)
    assert rate == Rate(47, 50, pending=3, unknown=2)
    assert rate.text() == "94.0 %"


@pytest.mark.parametrize(
    ("good", "judged", "text"),
    [(0, 0, "—"), (0, 3, "0.0 %"), (1, 3, "33.3 %"), (1999, 2000, "99.9 %"), (2, 2, "100.0 %")],
)
def test_a_rate_is_cut_off_and_only_all_is_100(good: int, judged: int, text: str) -> None:
    assert Rate(good, judged).text() == text


def test_g_07_covers_98_75_per_cent() -> None:
    assert coverage_text(7110, 7200) == "98.75 %"
    assert coverage_text(2250, 2400) == "93.75 %"
    assert coverage_text(7199, 7200) == "99.98 %"
    assert coverage_text(7200, 7200) == "100.00 %"
    assert coverage_text(0, 0) == "—"


def test_what_is_timely() -> None:
    tick = timedelta(microseconds=1)
    for came, now, found in (
        (DUE + 24 * HOUR, DUE + 90 * HOUR, Timely.ON_TIME),
        (DUE + 24 * HOUR + tick, DUE + 90 * HOUR, Timely.LATE),
        (None, DUE + 24 * HOUR, Timely.PENDING),
        (None, DUE + 24 * HOUR + tick, Timely.LATE),
    ):
        assert timely(DUE, came, within=24 * HOUR, now=now) is found
    assert timely(None, DUE, within=HOUR, now=DUE) is Timely.UNKNOWN
    rate = timely_rate([*[Timely.ON_TIME] * 3, Timely.LATE, Timely.PENDING, Timely.UNKNOWN])
    assert (rate, rate.text()) == (Rate(3, 4, 1, 1), "75.0 %")
