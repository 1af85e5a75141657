"""Commitments: what they bind, what they hide, and names made safe to look at."""

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import Malformed
from evidence.personal import OFFICER_NUMBER, Personal, file_name, is_commitment, shown_name

SALT = bytes(range(32))
texts = st.text(st.characters(exclude_categories=["Cs"]))
people = st.builds(Personal, texts, texts, st.binary(min_size=32, max_size=32))


def test_a_commitment_is_these_bytes() -> None:
    """The format is fixed: computed here from its description."""
    salt = base64.b64encode(SALT).decode()
    opened = f'{{"kind":"officer-number","salt":"{salt}","value":"001234"}}'
    expected = "c1:" + hashlib.sha256(opened.encode()).hexdigest()
    assert Personal(OFFICER_NUMBER, "001234", SALT).commitment == expected


@given(people, people)
def test_two_values_have_one_commitment_only_if_they_are_equal(a: Personal, b: Personal) -> None:
    assert is_commitment(a.commitment)
    assert (a.commitment == b.commitment) == (a == b)


@pytest.mark.parametrize("salt", [b"", bytes(31), bytes(33)])
def test_a_salt_of_another_length_is_refused(salt: bytes) -> None:
    with pytest.raises(Malformed):
        _ = Personal(OFFICER_NUMBER, "1", salt).commitment


@pytest.mark.parametrize("value", ["\ud800", "a\udfff"])
def test_a_value_that_is_not_text_is_refused(value: str) -> None:
    with pytest.raises(Malformed):
        _ = Personal(OFFICER_NUMBER, value, SALT).commitment


@pytest.mark.parametrize(
    "text", ["", "c1:", "c1:" + "A" * 64, "c1:" + "a" * 63, "c2:" + "a" * 64, f"c1:{'a' * 64}\n"]
)
def test_what_is_no_commitment(text: str) -> None:
    assert not is_commitment(text)


@given(st.binary())
def test_the_raw_bytes_of_a_path_are_kept(path: bytes) -> None:
    assert base64.b64decode(file_name(path, SALT).value) == path


@given(st.binary())
def test_a_shown_name_is_safe_to_print(path: bytes) -> None:
    assert shown_name(path).isprintable()


@given(st.binary(max_size=12), st.binary(max_size=12))
def test_two_names_are_never_shown_alike(first: bytes, second: bytes) -> None:
    assert (shown_name(first) == shown_name(second)) == (first == second)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (b"DCIM/\xe5\xbd\x95.MP4", "DCIM/录.MP4"),
        (b"a\nb", "a\\u000ab"),
        (b"\xff", "\\xff"),
        (b"\\xff", "\\\\xff"),
        ("\u202egnp.exe".encode(), "\\u202egnp.exe"),
        ("\U000e0001".encode(), "\\U000e0001"),
    ],
)
def test_names_as_people_see_them(path: bytes, shown: str) -> None:
    assert shown_name(path) == shown
