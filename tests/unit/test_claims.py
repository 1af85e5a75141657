"""What a card's sources amount to: agreement, one voice, conflict or nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.cardlog import read_log
from devices.claims import MAX_SOURCES, Claim, Judgement, claims_of_card, judge
from devices.makes import load_makes
from devices.names import read_name
from devices.words import ClaimSource
from evidence.vocabulary import ClaimVerdict

MAKES = load_makes()
NAME, LOG, LABEL, USB = ClaimSource


def _recorder(
    names: list[str], log: str = "", *, label: str | None = None, usb_serial: str | None = None
) -> Judgement:
    facts = [read_name(name.encode(), MAKES) for name in names]
    logs = [read_log(log.encode(), MAKES)] if log else []
    return claims_of_card(facts, logs, makes=MAKES, label=label, usb_serial=usb_serial).recorder


def _name(recorder: str, officer: str = "222222") -> str:
    return f"DCIM/A11_{recorder}_{officer}_20260902180118_0001.mp4"


def _line(recorder: str) -> str:
    return f"2026/08/29-14:05:44 #ID:{recorder} #USB Connect\n"


@pytest.mark.parametrize(
    ("claims", "verdict", "value"),
    [
        ([], ClaimVerdict.NOT_SET, None),
        ([Claim(NAME, "0000000"), Claim(LOG, "000")], ClaimVerdict.NOT_SET, None),
        ([Claim(NAME, "")], ClaimVerdict.NOT_SET, None),
        ([Claim(NAME, "1"), Claim(NAME, "1")], ClaimVerdict.SINGLE_SOURCE, "1"),
        ([Claim(NAME, "1"), Claim(LOG, "0")], ClaimVerdict.SINGLE_SOURCE, "1"),
        ([Claim(NAME, "1"), Claim(LOG, "1")], ClaimVerdict.AGREED, "1"),
        ([Claim(NAME, "1"), Claim(LOG, "2")], ClaimVerdict.CONFLICT, None),
        ([Claim(NAME, "1"), Claim(NAME, "2")], ClaimVerdict.CONFLICT, None),
        ([Claim(NAME, "1"), Claim(USB, "2", evident=False)], ClaimVerdict.SINGLE_SOURCE, "1"),
        ([Claim(USB, "2", evident=False)], ClaimVerdict.NOT_SET, None),
    ],
)
def test_verdicts(claims: list[Claim], verdict: ClaimVerdict, value: str | None) -> None:
    judgement = judge(claims)
    assert (judgement.verdict, judgement.value) == (verdict, value)
    assert sum(source.count for source in judgement.sources) == len(claims)


def test_names_and_log_agree() -> None:
    judgement = _recorder([_name("1234567")] * 3, _line("1234567") * 2)
    assert (judgement.verdict, judgement.value) == (ClaimVerdict.AGREED, "1234567")
    assert [(s.source, s.count) for s in judgement.sources] == [(NAME, 3), (LOG, 2)]


def test_a_renumbered_recorder_is_a_conflict_and_nobody_wins() -> None:
    judgement = _recorder([_name("1111111")] * 9 + [_name("2222222")], _line("2222222"))
    assert (judgement.verdict, judgement.value) == (ClaimVerdict.CONFLICT, None)
    assert {(s.source, s.value, s.count) for s in judgement.sources} == {
        (NAME, "1111111", 9),
        (NAME, "2222222", 1),
        (LOG, "2222222", 1),
    }


def test_factory_zeros_are_listed_and_claim_nothing() -> None:
    judgement = _recorder([_name("0000000")], _line("0000000-000000"))
    assert judgement.verdict is ClaimVerdict.NOT_SET
    assert len(judgement.sources) == 2


@pytest.mark.parametrize(
    ("label", "names", "verdict", "value"),
    [
        ("CAM01", [], ClaimVerdict.SINGLE_SOURCE, "CAM01"),
        (" cam01 ", [], ClaimVerdict.SINGLE_SOURCE, "CAM01"),
        ("CAM01", [_name("0000000")], ClaimVerdict.SINGLE_SOURCE, "CAM01"),
        ("CAM01", [_name("1234567")], ClaimVerdict.SINGLE_SOURCE, "1234567"),
        ("1234567", [_name("1234567")], ClaimVerdict.AGREED, "1234567"),
        ("7654321", [_name("1234567")], ClaimVerdict.CONFLICT, None),
        ("NO NAME", [_name("1234567")], ClaimVerdict.SINGLE_SOURCE, "1234567"),
        ("NO NAME", [], ClaimVerdict.NOT_SET, None),
        ("", [], ClaimVerdict.NOT_SET, None),
    ],
)
def test_volume_labels(
    label: str, names: list[str], verdict: ClaimVerdict, value: str | None
) -> None:
    judgement = _recorder(names, label=label)
    assert (judgement.verdict, judgement.value) == (verdict, value)


@pytest.mark.parametrize(
    ("serial", "verdict"),
    [
        ("123456789ABC", ClaimVerdict.SINGLE_SOURCE),
        ("9F1C0000AB", ClaimVerdict.SINGLE_SOURCE),
        ("1234567", ClaimVerdict.AGREED),
    ],
)
def test_a_usb_serial_can_only_confirm(serial: str, verdict: ClaimVerdict) -> None:
    judgement = _recorder([_name("1234567")], usb_serial=serial)
    assert (judgement.verdict, judgement.value) == (verdict, "1234567")
    assert serial in {source.value for source in judgement.sources}


def test_a_serial_equal_on_all_units_confirms_nothing() -> None:
    judgement = _recorder([], usb_serial="123456789ABC")
    assert (judgement.verdict, judgement.value) == (ClaimVerdict.NOT_SET, None)


def test_damaged_log_lines_claim_nothing() -> None:
    logs = [read_log(b"2026/08/29-14:05:44 #ID:1111111 #USB \xff\x01", MAKES)]
    claims = claims_of_card([], logs, makes=MAKES)
    assert claims.recorder.verdict is ClaimVerdict.NOT_SET


def test_officers_are_judged_apart() -> None:
    names = [read_name(_name("1234567", o).encode(), MAKES) for o in ("222222", "333333")]
    claims = claims_of_card(names, [], makes=MAKES)
    assert claims.recorder.verdict is ClaimVerdict.SINGLE_SOURCE
    assert claims.officer.verdict is ClaimVerdict.CONFLICT


def test_many_values_are_bounded_and_counted() -> None:
    judgement = judge(Claim(NAME, f"{n:07d}") for n in range(1, MAX_SOURCES + 11))
    assert judgement.verdict is ClaimVerdict.CONFLICT
    assert (len(judgement.sources), judgement.left_out) == (MAX_SOURCES, 10)


CLAIMS = st.builds(
    Claim, st.sampled_from(ClaimSource), st.sampled_from(["", "0", "1", "2"]), st.booleans()
)


@given(st.lists(CLAIMS))
def test_the_verdict_follows_its_definition(claims: list[Claim]) -> None:
    judgement = judge(claims)
    said = {(c.source, c.value) for c in claims if c.evident and c.value not in ("", "0")}
    values, sources = {value for _, value in said}, {source for source, _ in said}
    assert (judgement.verdict is ClaimVerdict.NOT_SET) == (not values)
    assert (judgement.verdict is ClaimVerdict.CONFLICT) == (len(values) > 1)
    assert (judgement.verdict is ClaimVerdict.AGREED) == (len(values) == 1 and len(sources) > 1)
    assert (judgement.value is not None) == (len(values) == 1)
    assert judge(reversed(claims)) == judgement
