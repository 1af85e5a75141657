"""Canonical JSON against an encoder written here from RFC 8785, and against hostile bytes."""

import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.canonical import MAX_DEPTH, MAX_INTEGER, Json, dumps, loads, loads_object
from evidence.errors import Malformed

_SHORT = {8: "b", 9: "t", 10: "n", 12: "f", 13: "r", 34: '"', 92: "\\"}

texts = st.text(st.characters(exclude_categories=["Cs"]))
scalars = st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | texts
values: st.SearchStrategy[Json] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


def by_the_rfc(value: Json) -> str:
    """RFC 8785 section 3.2, written out."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return '"' + "".join(_escaped(c) for c in value) + '"'
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{by_the_rfc(k)}:{by_the_rfc(value[k])}" for k in keys) + "}"
    assert isinstance(value, list)
    return "[" + ",".join(by_the_rfc(item) for item in value) + "]"


def _escaped(character: str) -> str:
    code = ord(character)
    if code in _SHORT:
        return "\\" + _SHORT[code]
    return f"\\u{code:04x}" if code < 0x20 else character


@given(values)
def test_what_is_written_is_what_the_rfc_says(value: Json) -> None:
    assert dumps(value).decode() == by_the_rfc(value)


@given(values)
def test_what_is_written_reads_back_equal(value: Json) -> None:
    data = dumps(value)
    again = loads(data)
    assert again == value
    assert dumps(again) == data


@given(st.binary(max_size=40) | values.map(lambda v: json.dumps(v).encode()))
def test_what_is_read_is_canonical_or_refused(data: bytes) -> None:
    try:
        value = loads(data)
    except Malformed:
        return
    assert dumps(value) == data


@given(values, st.randoms(use_true_random=False))
def test_one_changed_byte_is_refused_or_another_value(value: Json, random: Random) -> None:
    data = bytearray(dumps(value))
    data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    try:
        again = loads(bytes(data))
    except Malformed:
        return
    assert dumps(again) == bytes(data) != dumps(value)


def test_keys_are_ordered_by_utf_16() -> None:
    """The example of RFC 8785 section 3.2.3."""
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    ordered = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert list(loads_object(dumps(dict.fromkeys(keys, 1)))) == ordered


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" 1",
        b"1 ",
        b"1\n",
        b"1.0",
        b"1e2",
        b"-0",
        b"01",
        b"NaN",
        b"Infinity",
        b"9007199254740992",
        b"-9007199254740992",
        b"1" * 5000,
        b'{"a":1,"a":1}',
        b'{"b":1,"a":2}',
        b'{"a": 1}',
        b'{"a":1,}',
        b"[1,]",
        b'"\\u0041"',
        b'"\\/"',
        b'"\\u000A"',
        b'"\\ud800"',
        b'{"\\udc00":1}',
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b"\xef\xbb\xbf1",
        b"'a'",
        b"[" * 100_000,
        b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b" ",
        b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1),
    ],
)
def test_what_is_not_canonical_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        loads(data)


@pytest.mark.parametrize("value", [1.0, float("nan"), 2**53, -(2**53), b"x", {1: 2}, {"a": {1}}])
def test_what_has_no_canonical_form_is_refused(value: Json) -> None:
    with pytest.raises(Malformed):
        dumps(value)


@pytest.mark.parametrize("text", ["\ud800", "a\udfff"])
def test_half_surrogates_are_refused(text: str) -> None:
    for value in (text, {text: 1}, {"a": [text]}):
        with pytest.raises(Malformed):
            dumps(value)


def test_the_deepest_value_is_the_same_both_ways() -> None:
    value: Json = "x"
    for _ in range(MAX_DEPTH - 1):
        value = [value]
    assert loads(dumps(value)) == value
    with pytest.raises(Malformed):
        dumps([value])


def test_the_largest_integers_are_the_same_both_ways() -> None:
    for value in (MAX_INTEGER, -MAX_INTEGER):
        assert loads(dumps(value)) == value


@pytest.mark.parametrize("data", [b"[]", b"1", b'"a"', b"null"])
def test_an_object_is_asked_for(data: bytes) -> None:
    with pytest.raises(Malformed):
        loads_object(data)
