"""Signed notes, keys, checkpoints and statements: one error type for anything malformed."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from evidence import note
from evidence.errors import BadSignature, EvidenceAltered, Malformed
from evidence.note import Checkpoint, VerifyingKey
from proof.keys import verify_ed25519

PRIVATE = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"a test").digest())
OTHER = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"another").digest())
KEY = VerifyingKey("liuhen.example/log", PRIVATE.public_key().public_bytes_raw())
TEXT = Checkpoint("liuhen.example/log", 7, bytes(range(32))).text()
SIGNED = note.write(TEXT, KEY, sign=PRIVATE.sign)

anything = st.text() | st.text(alphabet="— \n+=azAZ09/") | st.just(SIGNED)


def _read(text: str) -> str:
    return note.read(text, KEY, verify=verify_ed25519)


def test_a_note_reads_back() -> None:
    assert _read(SIGNED) == TEXT
    assert Checkpoint.parse(_read(SIGNED)) == Checkpoint(KEY.name, 7, bytes(range(32)))


def test_a_note_is_what_c2sp_says() -> None:
    """Key hash and signature line, computed here from the specification's words."""
    raw = b"\x01" + KEY.public
    key_hash = hashlib.sha256(KEY.name.encode() + b"\n" + raw).digest()[:4]
    line = base64.b64encode(key_hash + PRIVATE.sign(TEXT.encode())).decode()
    assert f"{TEXT}\n\u2014 {KEY.name} {line}\n" == SIGNED
    assert KEY.text() == f"{KEY.name}+{key_hash.hex()}+{base64.b64encode(raw).decode()}"


def test_a_further_signature_is_passed_over() -> None:
    cosigned = SIGNED + "\u2014 witness.example " + base64.b64encode(bytes(72)).decode() + "\n"
    assert _read(cosigned) == TEXT


@given(anything)
def test_any_text_is_a_note_or_malformed(text: str) -> None:
    try:
        body, signatures = note.split(text)
    except Malformed:
        return
    assert body.endswith("\n")
    assert signatures


@given(st.data())
def test_a_changed_note_is_refused(draw: st.DataObject) -> None:
    at = draw.draw(st.integers(0, len(SIGNED) - 1))
    put = draw.draw(st.sampled_from(["", "\n", " ", "A", "\u2014", "\ud800", "=", SIGNED]))
    changed = SIGNED[:at] + put + SIGNED[at + 1 :]
    if changed == SIGNED:
        return
    with pytest.raises(EvidenceAltered):
        _read(changed)


@pytest.mark.parametrize("end", range(0, len(SIGNED), 7))
def test_a_cut_note_is_refused(end: int) -> None:
    with pytest.raises(EvidenceAltered):
        _read(SIGNED[:end])


@pytest.mark.parametrize(
    "text",
    [
        SIGNED + SIGNED,
        SIGNED + "\n",
        SIGNED.replace("\n", "\r\n"),
        SIGNED.replace("\u2014", "-"),
        SIGNED.replace("\u2014 ", "\u2014"),
        TEXT,
        TEXT + "\n",
        "\n" + SIGNED.partition("\n\n")[2],
        "a\x00b\n\n" + SIGNED.partition("\n\n")[2],
        SIGNED + "\u2014 x AAAA\n",
        SIGNED + "\u2014 x y " + "A" * 96 + "\n",
        SIGNED + "\u2014 x " + "A" * 95 + "\n",
        SIGNED + ("\u2014 x " + "A" * 96 + "\n") * note.MAX_SIGNATURES,
    ],
)
def test_what_is_no_note_of_ours_is_refused(text: str) -> None:
    with pytest.raises(EvidenceAltered):
        _read(text)


def test_the_key_must_be_ours_by_name_and_by_bytes() -> None:
    same_name = VerifyingKey(KEY.name, OTHER.public_key().public_bytes_raw())
    other_name = VerifyingKey("liuhen.example/other", KEY.public)
    for key in (same_name, other_name):
        with pytest.raises(BadSignature):
            note.read(SIGNED, key, verify=verify_ed25519)
    forged = note.write(TEXT, KEY, sign=OTHER.sign)
    with pytest.raises(BadSignature):
        _read(forged)


@pytest.mark.parametrize("text", ["", "no newline", "\x07\n", "\ud800\n"])
def test_what_could_not_be_read_is_not_signed(text: str) -> None:
    with pytest.raises(Malformed):
        note.write(text, KEY, sign=PRIVATE.sign)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])), st.integers(0, 3))
def test_every_text_that_is_signed_reads_back(text: str, lines: int) -> None:
    whole = text + "\n" * (lines + 1)
    assert _read(note.write(f"x{whole}", KEY, sign=PRIVATE.sign)) == f"x{whole}"


# --- keys -----------------------------------------------------------------------------------------


def test_a_key_reads_back() -> None:
    assert VerifyingKey.parse(KEY.text()) == KEY
    assert VerifyingKey.parse(KEY.text() + "\n") == KEY


@given(anything | st.text(alphabet="+=abc019/ \n"))
def test_any_text_is_a_key_or_malformed(text: str) -> None:
    try:
        key = VerifyingKey.parse(text)
    except Malformed:
        return
    assert key.text() == text.removesuffix("\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+",
        "++",
        KEY.text() + "\n\n",
        " " + KEY.text(),
        KEY.text().upper(),
        KEY.text().replace("liuhen", "luihen"),
        KEY.text().replace("+", "++", 1),
        KEY.text()[:-1],
        KEY.text() + "=",
        "\ud800" + KEY.text(),
        VerifyingKey("a b", KEY.public).text(),
        VerifyingKey("a\u2003b", KEY.public).text(),
        VerifyingKey("", KEY.public).text(),
        VerifyingKey("a", KEY.public + b"x").text(),
    ],
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        VerifyingKey.parse(text)


def test_a_key_of_another_kind_is_refused() -> None:
    raw = b"\x02" + KEY.public
    key_hash = hashlib.sha256(b"a\n" + raw).hexdigest()[:8]
    with pytest.raises(Malformed):
        VerifyingKey.parse(f"a+{key_hash}+{base64.b64encode(raw).decode()}")


# --- checkpoints ----------------------------------------------------------------------------------


@given(st.integers(0, 2**62), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_reads_back(size: int, root: bytes) -> None:
    checkpoint = Checkpoint("origin", size, root)
    assert Checkpoint.parse(checkpoint.text()) == checkpoint


def test_a_checkpoint_may_carry_more_lines() -> None:
    assert Checkpoint.parse(TEXT + "more\n") == Checkpoint.parse(TEXT)


@given(anything)
def test_any_text_is_a_checkpoint_or_malformed(text: str) -> None:
    try:
        checkpoint = Checkpoint.parse(text)
    except Malformed:
        return
    assert text.startswith(checkpoint.text())


ROOT = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"o\n1\n{ROOT}",
        f"o\n1\n{ROOT}\n\n",
        f"\n1\n{ROOT}\n",
        f"o\n01\n{ROOT}\n",
        f"o\n+1\n{ROOT}\n",
        f"o\n-1\n{ROOT}\n",
        f"o\n1.0\n{ROOT}\n",
        f"o\n\u0661\n{ROOT}\n",
        f"o\n\u00b2\n{ROOT}\n",
        f"o\n{'9' * 5000}\n{ROOT}\n",
        f"o\n1\n{ROOT[:-1]}\n",
        f"o\n1\n{ROOT} \n",
        f"o\n1\n{ROOT[:-2]}B=\n",
        f"o\n1\n{base64.b64encode(bytes(31)).decode()}\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        Checkpoint.parse(text)


# --- statements -----------------------------------------------------------------------------------


def test_a_statement_reads_back() -> None:
    text = note.statement("a kind v1", {"b": 1, "a": "汉"})
    assert text == 'a kind v1\n{"a":"汉","b":1}\n'
    assert note.parse_statement("a kind v1", text) == {"a": "汉", "b": 1}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a kind v1",
        "a kind v1\n",
        "a kind v1\n{}",
        "a kind v1\n{}\n\n",
        "a kind v1\n\n{}\n",
        "a kind v2\n{}\n",
        "a kind v1 \n{}\n",
        "a kind v1\n[]\n",
        'a kind v1\n{"a":1,"a":2}\n',
        'a kind v1\n{"a":"\ud800"}\n',
    ],
)
def test_what_is_no_statement_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        note.parse_statement("a kind v1", text)


@given(anything)
def test_any_text_is_a_statement_or_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        note.parse_statement("a kind v1", text)
