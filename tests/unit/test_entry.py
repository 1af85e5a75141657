"""Entries: one form for each, and nothing else is read."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence import entry
from evidence.canonical import Json, dumps, loads_object
from evidence.entry import CLOCK_BACKWARDS, CLOCK_OK, Entry, RowRef
from evidence.errors import Malformed
from evidence.tables import ALL, COMMITTED, EVIDENTIAL, LOG, OPERATIONAL, PERSONAL, newest_format

AT = datetime(2026, 1, 31, 8, 0, tzinfo=UTC)
ROW = RowRef("recordings", "a" * 64, 1, "b" * 64)
ENTRY = Entry(3, AT, CLOCK_OK, "recording.sealed", {"kind": "service"}, (ROW,), {"size": "12"})
GOOD = loads_object(ENTRY.canonical())

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
facts = st.dictionaries(words, words | st.integers(-(2**53) + 1, 2**53 - 1), max_size=3)
rows = st.builds(
    RowRef, words, words, st.integers(0, 9), st.binary(min_size=32, max_size=32).map(bytes.hex)
)
entries = st.builds(
    Entry,
    seq=st.integers(0, 2**53 - 1),
    at=st.datetimes(timezones=st.just(UTC)),
    clock=st.sampled_from([CLOCK_OK, CLOCK_BACKWARDS]),
    act=st.from_regex(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*", fullmatch=True),
    actor=facts,
    rows=st.lists(rows, max_size=3).map(tuple),
    facts=facts,
)


@given(entries)
def test_an_entry_reads_back(value: Entry) -> None:
    assert entry.parse(value.canonical()) == value


def test_an_entry_is_these_bytes() -> None:
    """The format is fixed: this line may never change."""
    digest, key = "b" * 64, "a" * 64
    row = f'{{"format":1,"key":"{key}","sha256":"{digest}","table":"recordings"}}'
    expected = (
        '{"act":"recording.sealed","actor":{"kind":"service"},"at":"2026-01-31T08:00:00.000000Z",'
        f'"clock":"OK","facts":{{"size":"12"}},"rows":[{row}],"seq":3,"v":1}}'
    )
    assert ENTRY.canonical().decode() == expected


junk: st.SearchStrategy[Json] = (
    st.none() | st.booleans() | st.integers(-9, 9) | words | st.just([]) | st.just({"a": 1})
)


@given(st.sampled_from(sorted(GOOD)), junk)
def test_a_field_of_another_kind_is_refused_or_right(field: str, value: Json) -> None:
    data = dumps({**GOOD, field: value})
    try:
        again = entry.parse(data)
    except Malformed:
        return
    assert again.canonical() == data


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": True},
        {"v": "1"},
        {"seq": -1},
        {"seq": True},
        {"seq": "3"},
        {"at": "2026-01-31T08:00:00Z"},
        {"at": "2026-01-31T08:00:00.000000"},
        {"at": "2026-01-31T08:00:00.000000+00:00"},
        {"at": "2026-01-31 08:00:00.000000Z"},
        {"at": "2026-01-31T08:00:60.000000Z"},
        {"at": "2026-02-30T08:00:00.000000Z"},
        {"at": "20260131T080000.000000Z"},
        {"at": "２026-01-31T08:00:00.000000Z"},
        {"at": "2026-01-31T08:00:00.000000ZZ"},
        {"clock": "ok"},
        {"act": "Recording.sealed"},
        {"act": "recording"},
        {"act": "recording.sealed\n"},
        {"act": "a.b.c"},
        {"actor": "service"},
        {"facts": []},
        {"rows": {}},
        {"rows": [1]},
        {"rows": [{}]},
        {"rows": [{**ROW.json(), "more": 1}]},
        {"rows": [{**ROW.json(), "sha256": "B" * 64}]},
        {"rows": [{**ROW.json(), "sha256": "b" * 63}]},
        {"rows": [{**ROW.json(), "sha256": "b" * 64 + "\n"}]},
        {"rows": [{**ROW.json(), "format": True}]},
        {"rows": [{**ROW.json(), "format": "1"}]},
        {"rows": [{**ROW.json(), "key": 1}]},
        {"more": 1},
    ],
)
def test_what_is_no_entry_is_refused(change: dict[str, Json]) -> None:
    with pytest.raises(Malformed):
        entry.parse(dumps({**GOOD, **change}))


@pytest.mark.parametrize("field", sorted(GOOD))
def test_no_field_may_be_left_out(field: str) -> None:
    with pytest.raises(Malformed):
        entry.parse(dumps({name: value for name, value in GOOD.items() if name != field}))


@given(st.binary(max_size=60) | st.just(ENTRY.canonical() + b" "))
def test_any_bytes_are_an_entry_or_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        entry.parse(data)


# --- times ----------------------------------------------------------------------------------------


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_time_reads_back(at: datetime) -> None:
    assert entry.parse_time(entry.time_text(at)) == at


def test_a_time_is_written_in_utc() -> None:
    beijing = timezone(timedelta(hours=8))
    assert entry.time_text(datetime(2026, 1, 31, 16, tzinfo=beijing)) == entry.time_text(AT)
    assert entry.time_text(datetime(33, 1, 2, tzinfo=UTC)) == "0033-01-02T00:00:00.000000Z"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(Malformed):
        entry.time_text(AT.replace(tzinfo=None))


@given(st.text(max_size=30) | st.text(alphabet="0123456789-:.TZ", max_size=30))
def test_any_text_is_a_time_or_malformed(text: str) -> None:
    try:
        at = entry.parse_time(text)
    except Malformed:
        return
    assert entry.time_text(at) == text


# --- rows and tables ------------------------------------------------------------------------------


def test_a_row_digest_is_this_digest() -> None:
    """The format is fixed: computed here from its description."""
    row = {"id": "DSJ-0007", "make": "zfy", "added_at": None}
    content = (
        '{"format":1,"row":{"added_at":null,"id":"DSJ-0007","make":"zfy"},"table":"recorders"}'
    )
    assert entry.row_digest("recorders", 1, row=row) == hashlib.sha256(content.encode()).hexdigest()


def test_a_row_digest_tells_table_format_and_cells_apart() -> None:
    row: dict[str, Json] = {"id": "1", "size": 5}
    digests = {
        entry.row_digest("a", 1, row=row),
        entry.row_digest("b", 1, row=row),
        entry.row_digest("a", 2, row=row),
        entry.row_digest("a", 1, row={**row, "size": "5"}),
        entry.row_digest("a", 1, row={**row, "size": None}),
        entry.row_digest("a", 1, row={"id": "1"}),
    }
    assert len(digests) == 6


def test_every_table_is_of_one_kind() -> None:
    kinds = (frozenset(EVIDENTIAL), OPERATIONAL, PERSONAL, LOG)
    assert sum(map(len, kinds)) == len(ALL)


def test_every_evidential_table_has_its_key_and_its_columns_once() -> None:
    for table, formats in EVIDENTIAL.items():
        assert sorted(formats) == list(range(1, newest_format(table) + 1))
        for columns in formats.values():
            assert columns[0] == "id"
            assert len(set(columns)) == len(columns)


def test_committed_columns_are_there() -> None:
    columns = {
        name for formats in EVIDENTIAL.values() for names in formats.values() for name in names
    }
    assert columns >= COMMITTED
