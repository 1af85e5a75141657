"""Makes `docs/formats/vectors/*.json`: what a reader must accept, and what it must refuse.

Run as `python -m tests.assets.make_vectors`. Holds always: nothing of the product is imported
here, so each expected value comes from the words of `docs/formats/` and not from the code that
`tests/unit/test_vectors.py` then tries against it. The keys are made from public sentences: they
sign vectors and nothing else.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.assets.assessment_vectors import assessments
from tests.naive_tree import mth, path, subproof

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "formats" / "vectors"
Vectors = dict[str, Any]

ORIGIN = "liuhen.site/vectors"
LOG_SENTENCE = "liuhen vectors: the log's key"
STATION_SENTENCE = "liuhen vectors: the station's key"
OTHER_SENTENCE = "liuhen vectors: somebody else's key"
DASH = "\u2014"


def build() -> dict[str, Vectors]:
    """Every file's content by its name."""
    return {
        "canonical.json": canonical(),
        "row.json": row(),
        "entry.json": entry(),
        "commitment.json": commitment(),
        "tree.json": tree(),
        "key.json": key(),
        "checkpoint.json": checkpoint(),
        "inventory.json": inventory(),
        "receipt.json": receipt(),
        "vault.json": vault(),
        "assessment.json": assessments(),
    }


def main() -> None:
    """Writes the files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, content in build().items():
        (FOLDER / name).write_text(text_of(content), encoding="utf-8")


def text_of(content: Vectors) -> str:
    """A file's text: ASCII only, so that no editor changes what stands in it."""
    return json.dumps(content, indent=1, ensure_ascii=True) + "\n"


# --- canonical JSON -------------------------------------------------------------------------------


def canonical() -> Vectors:
    """`json` is any JSON text; `canonical` its one form; refused texts are given as base64."""
    pairs = [
        (' { "b" : 1 , "a" : [ true , false , null ] } ', '{"a":[true,false,null],"b":1}'),
        ('{"\\u20ac":1,"\\r":2,"1":3}', '{"\\r":2,"1":3,"\u20ac":1}'),
        ('{"\\ufb33":1,"\\ud83d\\ude00":2}', '{"\U0001f600":2,"\ufb33":1}'),
        ('"\\u0041\\/\\u000A\\u001f\\u007f"', '"A/\\n\\u001f\x7f"'),
        ('"\\b\\f\\n\\r\\t\\"\\\\"', '"\\b\\f\\n\\r\\t\\"\\\\"'),
        ("9007199254740991", "9007199254740991"),
        ("-9007199254740991", "-9007199254740991"),
        ("-0", "0"),
        ("[]", "[]"),
        ("{}", "{}"),
        ('""', '""'),
        ("[" * 32 + "]" * 32, "[" * 32 + "]" * 32),
    ]
    refused = {
        "a space": b'{"a": 1}',
        "a line break at the end": b"1\n",
        "keys out of order": b'{"b":1,"a":2}',
        "keys in order of code points, not of UTF-16": '{"\ufb33":1,"\U0001f600":2}'.encode(),
        "a key twice": b'{"a":1,"a":1}',
        "a float": b"1.0",
        "an exponent": b"1e2",
        "minus zero": b"-0",
        "a leading zero": b"01",
        "not a number": b"NaN",
        "2^53": b"9007199254740992",
        "an escape that is not needed": b'"\\u0041"',
        "an escaped slash": b'"\\/"',
        "upper case in an escape": b'"\\u001F"',
        "a control character": b'"\x01"',
        "half a surrogate pair": b'"\\ud800"',
        "not UTF-8": b'"\xff"',
        "a byte order mark": b"\xef\xbb\xbf1",
        "33 levels": b"[" * 33 + b"]" * 33,
        "a string 32 arrays deep": b"[" * 32 + b'"x"' + b"]" * 32,
        "nothing": b"",
    }
    return {
        "accepted": [{"json": given, "canonical": form} for given, form in pairs],
        "refused": [{"why": why, "base64": _base64(data)} for why, data in refused.items()],
    }


# --- rows, entries, commitments -------------------------------------------------------------------


def row() -> Vectors:
    """`canonical` is what is hashed; `sha256` is the digest that an entry names."""
    recorder = '{"added_at":"2026-01-31T08:00:00.000000Z","id":"DSJ-0007","make":"zfy"}'
    recording = f'{{"id":"{"ab" * 32}","sealed_at":"2026-01-31T08:00:01.000000Z","size":73400320}}'
    observation = (
        '{"code":"CLOCK_DIFFERS","facts":"{\\"seconds\\":\\"12\\"}","id":"0b5e",'
        '"observed_at":"2026-01-31T08:00:02.000000Z","path":null,"recording_id":null,'
        '"session_id":null}'
    )
    rows = {"recorders": recorder, "recordings": recording, "observations": observation}
    return {"accepted": [_row_vector(table, 1, cells) for table, cells in rows.items()]}


def _row_vector(table: str, row_format: int, cells: str) -> Vectors:
    text = f'{{"format":{row_format},"row":{cells},"table":"{table}"}}'
    return {
        "table": table,
        "format": row_format,
        "row": json.loads(cells),
        "canonical": text,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }


def entry() -> Vectors:
    """`text` is the entry, `leaf` its hash in the tree."""
    good = entry_text()
    backwards = good.replace('"clock":"OK"', '"clock":"BACKWARDS"')
    changes = {
        "another version": ('"v":1', '"v":2'),
        "a version that is true": ('"v":1', '"v":true'),
        "a version that is text": ('"v":1', '"v":"1"'),
        "a negative number": ('"seq":0', '"seq":-1'),
        "a time without fractions": (".000000Z", "Z"),
        "a time with an offset": (".000000Z", ".000000+00:00"),
        "a day that is not": ("2026-01-31", "2026-02-31"),
        "a clock word that is none": ('"clock":"OK"', '"clock":"FINE"'),
        "an act without a verb": ('"act":"site.created"', '"act":"site"'),
        "an act in upper case": ('"act":"site.created"', '"act":"Site.created"'),
        "an actor that is text": ('"actor":{"kind":"service"}', '"actor":"service"'),
        "a field more": ('"v":1', '"v":1,"w":1'),
        "a field less": (',"v":1', ""),
        "a space": ('"v":1', '"v": 1'),
        "a row digest in upper case": ("cd" * 32, "CD" * 32),
        "a row digest too short": ("cd" * 32, "cd" * 31),
        "a row field more": ('"format":1', '"extra":1,"format":1'),
        "a row format that is true": ('"format":1', '"format":true'),
    }
    refused = [{"why": why, "text": _changed(good, *change)} for why, change in changes.items()]
    return {"accepted": [_entry_vector(text) for text in (good, backwards)], "refused": refused}


def entry_text() -> str:
    """One entry."""
    named = f'{{"format":1,"key":"{"ab" * 32}","sha256":"{"cd" * 32}","table":"recordings"}}'
    return (
        '{"act":"site.created","actor":{"kind":"service"},"at":"2026-01-31T08:00:00.000000Z",'
        f'"clock":"OK","facts":{{"origin":"{ORIGIN}"}},"rows":[{named}],"seq":0,"v":1}}'
    )


def _entry_vector(text: str) -> Vectors:
    return {"text": text, "leaf": hashlib.sha256(b"\x00" + text.encode()).hexdigest()}


def commitment() -> Vectors:
    """`opened` is what is hashed."""
    salt = bytes(range(32))
    values = [
        ("officer-number", "001234"),
        ("os-user", "\u738b"),
        ("card-label", 'a "label"'),
        ("file-name", _base64(b"DCIM/100MEDIA/\xff.MP4")),
    ]
    refused = {"a salt of 31 bytes": salt[:31], "a salt of 33 bytes": salt + b"!", "no salt": b""}
    return {
        "accepted": [_commitment_vector(kind, value, salt) for kind, value in values],
        "refused": [
            {"why": why, "kind": "os-user", "salt": _base64(bad), "value": "x"}
            for why, bad in refused.items()
        ],
    }


def _commitment_vector(kind: str, value: str, salt: bytes) -> Vectors:
    quoted = json.dumps(value, ensure_ascii=False)
    opened = f'{{"kind":"{kind}","salt":"{_base64(salt)}","value":{quoted}}}'
    found = "c1:" + hashlib.sha256(opened.encode()).hexdigest()
    fields = {"kind": kind, "salt": _base64(salt), "value": value}
    return {**fields, "opened": opened, "commitment": found}


# --- the tree -------------------------------------------------------------------------------------


def tree() -> Vectors:
    """Leaf data, roots of the first n leaves, and proofs in the tree of all; hashes are hex."""
    leaves = [f"leaf {number}".encode() for number in range(11)]
    size = len(leaves)
    return {
        "leaves": [leaf.decode() for leaf in leaves],
        "roots": [mth(leaves[:n]).hex() for n in range(size + 1)],
        "inclusion": [
            {"index": index, "size": size, "proof": _hexed(path(index, leaves))}
            for index in range(size)
        ],
        "consistency": [
            {"old": old, "new": size, "proof": _hexed(subproof(old, leaves, whole=True))}
            for old in range(1, size)
        ],
    }


def _hexed(hashes: Sequence[bytes]) -> list[str]:
    return [value.hex() for value in hashes]


# --- keys and notes -------------------------------------------------------------------------------


def key() -> Vectors:
    """Each private key is the SHA-256 of its sentence in ASCII."""
    good = key_text(LOG_SENTENCE, ORIGIN)
    name, shown, encoded = good.split("+", 2)
    rsa = _base64(b"\x02" + base64.b64decode(encoded)[1:])
    refused = {
        "no name": f"+{shown}+{encoded}",
        "a space in the name": f"a b+{shown}+{encoded}",
        "the hash of another name": f"{name}x+{shown}+{encoded}",
        "the hash in upper case": f"{name}+{shown.upper()}+{encoded}",
        "no hash": f"{name}+{encoded}",
        "another kind of key": f"{name}+{shown}+{rsa}",
        "base64 cut": good[:-1],
        "base64 padded": good + "=",
        "two keys": good + "\n" + good,
        "nothing": "",
    }
    sentences = {ORIGIN: LOG_SENTENCE, f"{ORIGIN}/station": STATION_SENTENCE}
    return {
        "accepted": [
            {"sentence": sentence, "name": owner, "text": key_text(sentence, owner)}
            for owner, sentence in sentences.items()
        ],
        "refused": [{"why": why, "text": text} for why, text in refused.items()],
    }


def checkpoint() -> Vectors:
    """Notes to be read with the log's key; `root` is hex."""
    root = mth([entry_text().encode()])
    text = f"{ORIGIN}\n1\n{_base64(root)}\n"
    good = signed(text, LOG_SENTENCE, ORIGIN)
    larger = signed(f"{ORIGIN}\n2\n{_base64(root)}\n", LOG_SENTENCE, ORIGIN)
    texts = {
        "a size with a leading zero": f"{ORIGIN}\n01\n{_base64(root)}\n",
        "a size that is no number": f"{ORIGIN}\none\n{_base64(root)}\n",
        "a root of 31 bytes": f"{ORIGIN}\n1\n{_base64(root[:31])}\n",
        "a root that is not base64": f"{ORIGIN}\n1\n{root.hex()}\n",
        "base64 with stray bits": f"{ORIGIN}\n1\n{_base64(root)[:-2]}{_stray(root)}=\n",
        "two lines": f"{ORIGIN}\n1\n",
        "an empty line": f"{ORIGIN}\n1\n\n{_base64(root)}\n",
        "an inventory": f"liuhen inventory v1\n{inventory_text()}\n",
    }
    refused = [
        {"why": why, "note": signed(bad, LOG_SENTENCE, ORIGIN)} for why, bad in texts.items()
    ]
    cosigned = good + signature_line(text, OTHER_SENTENCE, "witness.example")
    return {
        "key": key_text(LOG_SENTENCE, ORIGIN),
        "accepted": [_checkpoint_vector(good, 1, root), _checkpoint_vector(cosigned, 1, root)],
        "refused": [*refused, *_refused_notes(good, larger, text)],
    }


def _checkpoint_vector(note: str, size: int, root: bytes) -> Vectors:
    return {"note": note, "origin": ORIGIN, "size": size, "root": root.hex()}


def _refused_notes(good: str, another: str, text: str) -> list[Vectors]:
    """Ways to spoil any signed note."""
    spoilt = {
        "two notes": good + another,
        "one more line break": good + "\n",
        "no line break at the end": good[:-1],
        "line breaks of another system": good.replace("\n", "\r\n"),
        "a hyphen for the dash": good.replace(DASH, "-"),
        "the text of another note": text + "\n" + another.partition("\n\n")[2],
        "no signature": text + "\n",
        "the text alone": text,
        "signed by another key of this name": signed(text, OTHER_SENTENCE, ORIGIN),
        "this key under another name": signed(text, LOG_SENTENCE, "elsewhere"),
        "a signature line that is none": good + "\u2014 x\n",
        "a control character": signed(text[:-1] + "\x07\n", LOG_SENTENCE, ORIGIN),
        "nothing": "",
    }
    return [{"why": why, "note": note} for why, note in spoilt.items()]


def key_text(sentence: str, name: str) -> str:
    """A public key as one line."""
    raw = b"\x01" + _private(sentence).public_key().public_bytes_raw()
    return f"{name}+{_key_hash(sentence, name).hex()}+{_base64(raw)}"


def signed(text: str, sentence: str, name: str) -> str:
    """A note."""
    return f"{text}\n{signature_line(text, sentence, name)}"


def signature_line(text: str, sentence: str, name: str) -> str:
    """One signature line under a text."""
    raw = _key_hash(sentence, name) + _private(sentence).sign(text.encode())
    return f"{DASH} {name} {_base64(raw)}\n"


def _private(sentence: str) -> Ed25519PrivateKey:
    secret = hashlib.sha256(sentence.encode("ascii")).digest()
    return Ed25519PrivateKey.from_private_bytes(secret)


def _key_hash(sentence: str, name: str) -> bytes:
    raw = b"\x01" + _private(sentence).public_key().public_bytes_raw()
    return hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]


# --- statements -----------------------------------------------------------------------------------

_PATH = "c1:" + "1f" * 32


def inventory_text() -> str:
    """Body of an inventory."""
    listed = f'{{"mtime_ns":"1769846400000000000","number":0,"path":"{_PATH}","size":"73400320"}}'
    litter = f'{{"path":"{_PATH}","reason":"LITTER"}}'
    return (
        f'{{"files":[{listed}],"number":1,"passed_over":[{litter}],"session":"s-1","site":"5a",'
        '"v":1,"written_at":"2026-01-31T08:00:00.000000Z"}'
    )


def inventory() -> Vectors:
    """Notes to be read with the station's key; `body` is the statement."""
    return _statements("liuhen inventory v1", inventory_text(), wrong="liuhen receipt v1")


def receipt_text(*, complete: bool = True) -> str:
    """Body of a receipt."""
    safe = (
        f'{{"basis":"SEALED","path":"{_PATH}","sha256":"{"ab" * 32}","sighting":"s-1/0",'
        '"size":"73400320"}'
    )
    unsafe = "" if complete else f'{{"code":"READ_FAILED","path":"{_PATH}"}}'
    return (
        f'{{"complete":{str(complete).lower()},"files":[{safe}],'
        f'"issued_at":"2026-01-31T08:05:00.000000Z",'
        f'"log":{{"origin":"{ORIGIN}","root":"{"cd" * 32}","size":7}},"not_safe":[{unsafe}],'
        '"number":1,"opened_at":"2026-01-31T08:00:00.000000Z",'
        '"recorder":{"number":"DSJ-0007","verdict":"AGREED"},"session":"s-1","site":"5a","v":1}'
    )


def receipt() -> Vectors:
    """The same, with the safe files that a reader gets out of it."""
    vectors = _statements("liuhen receipt v1", receipt_text(), wrong="liuhen inventory v1")
    incomplete = _statement_vector("liuhen receipt v1", receipt_text(complete=False))
    good = receipt_text()
    changes = {
        "another version": ('"v":1', '"v":2'),
        "a size that is a number": ('"size":"73400320"', '"size":73400320'),
        "a size with a leading zero": ('"size":"73400320"', '"size":"073400320"'),
        "a size in other digits": ('"size":"73400320"', '"size":"\u0661"'),
        "a file without its sighting": ('"sighting":"s-1/0",', ""),
        "files that are no list": (
            f'"files":[{{{good.split("[{")[1].split("}]")[0]}}}]',
            '"files":1',
        ),
    }
    vectors["accepted"].append(incomplete)
    vectors["refused_files"] = [
        {"why": why, "note": _station("liuhen receipt v1", _changed(good, *change))}
        for why, change in changes.items()
    ]
    return vectors


def _statements(kind: str, body: str, *, wrong: str) -> Vectors:
    other = _changed(body, '"number":1', '"number":2')
    twice = _changed(body, '"number":1', '"number":1,"number":1')
    texts = {
        "another kind of statement": f"{wrong}\n{body}\n",
        "another version of the kind": f"{kind.replace('v1', 'v2')}\n{body}\n",
        "no kind": f"{body}\n",
        "two bodies": f"{kind}\n{body}\n{other}\n",
        "a line break more": f"{kind}\n{body}\n\n",
        "a body that is not canonical": f"{kind}\n{body.replace(',', ', ', 1)}\n",
        "a key twice": f"{kind}\n{twice}\n",
        "a body that is no object": f"{kind}\n[]\n",
    }
    name = f"{ORIGIN}/station"
    return {
        "kind": kind,
        "key": key_text(STATION_SENTENCE, name),
        "accepted": [_statement_vector(kind, body)],
        "refused": [
            {"why": why, "note": signed(text, STATION_SENTENCE, name)}
            for why, text in texts.items()
        ]
        + [
            {
                "why": "signed by the log's key",
                "note": signed(f"{kind}\n{body}\n", LOG_SENTENCE, ORIGIN),
            }
        ],
    }


def _statement_vector(kind: str, body: str) -> Vectors:
    return {"note": _station(kind, body), "body": json.loads(body)}


def _station(kind: str, body: str) -> str:
    return signed(f"{kind}\n{body}\n", STATION_SENTENCE, f"{ORIGIN}/station")


# --- the vault ------------------------------------------------------------------------------------


def vault() -> Vectors:
    """Markers, and where an original lies."""
    site, name = "5a" * 16, "7b" * 16
    good = f'{{"format":1,"site":"{site}","vault":"{name}"}}'
    refused = {
        "another format": good.replace("1", "2", 1),
        "a space": good.replace(",", ", ", 1),
        "a line break at the end": good + "\n",
        "no vault": f'{{"format":1,"site":"{site}"}}',
        "a site that is a number": good.replace(f'"{site}"', "5"),
        "a field more": good[:-1] + ',"w":1}',
        "nothing": "",
    }
    body = b"the bytes of a recording"
    digest = hashlib.sha256(body).hexdigest()
    path = f"originals/{digest[:2]}/{digest}"
    return {
        "accepted": [{"marker": good, "site": site, "vault": name}],
        "refused": [{"why": why, "marker": marker} for why, marker in refused.items()],
        "originals": [{"base64": _base64(body), "sha256": digest, "path": path}],
    }


# --- small things ---------------------------------------------------------------------------------


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _stray(root: bytes) -> str:
    """The last letter of the root's base64 with a bit set that encodes nothing."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return letters[letters.index(_base64(root)[-2]) + 1]


def _changed(text: str, old: str, new: str) -> str:
    if old not in text:
        reason = f"{old} does not stand in {text}"
        raise ValueError(reason)
    return text.replace(old, new, 1)


if __name__ == "__main__":
    main()
