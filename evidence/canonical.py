"""Canonical JSON (RFC 8785), narrowed to what evidence needs.

Holds always: two equal values give the same bytes; bytes that `loads` accepts are exactly what
`dumps` would write, so a digest over them is a digest over the value. Floats are refused (their
text form is where implementations differ), and so is any integer beyond 2^53 - 1, which a
JavaScript reader would round: larger numbers and all times travel as strings.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias, cast

from evidence.errors import Malformed

Json: TypeAlias = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 32


def dumps(value: Json) -> bytes:
    """The one UTF-8 encoding of `value`; raises `Malformed` for a value outside the subset."""
    if _is_plain(value, MAX_DEPTH):
        return _utf8(_SORTING.encode(value))
    return _utf8(_KEEPING.encode(_ordered(value, MAX_DEPTH)))


def loads(data: bytes) -> Json:
    """The value of canonical bytes; raises `Malformed` if they are not exactly canonical."""
    try:
        text = data.decode("utf-8")
        value: Json = _DECODER.decode(text)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise Malformed("Not canonical JSON") from error
    shallow = text.count("{") + text.count("[") < MAX_DEPTH
    again = _utf8(_SORTING.encode(value)) if shallow and text.isascii() else dumps(value)
    if again != data:  # also catches duplicate keys, spaces, escapes and key order
        raise Malformed("JSON is not in canonical form")
    return value


def loads_object(data: bytes) -> dict[str, Json]:
    """Like `loads`, and the value is an object."""
    value = loads(data)
    if not isinstance(value, dict):
        raise Malformed("Canonical JSON is not an object")
    return value


def _refuse(text: str) -> Json:
    raise Malformed(f"Number {text} is not an integer")


def _bounded(text: str) -> int:
    return _integer(int(text))


_DECODER = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse, parse_int=_bounded)
_SORTING = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
_KEEPING = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def _is_plain(value: Json, depth: int) -> bool:
    """Whether the library's own order of keys is right, because all of them are ASCII.

    This is nearly every value there is; what is not plain is ordered by UTF-16, or refused with
    a reason, by `_ordered`.
    """
    kind = type(value)
    if kind is dict and depth > 1:
        items = cast("dict[str, Json]", value)
        return all(map(_is_ascii, items)) and _are_plain(items.values(), depth - 1)
    if kind is list and depth > 1:
        return _are_plain(cast("list[Json]", value), depth - 1)
    if kind is int:
        return abs(cast("int", value)) <= MAX_INTEGER
    return kind is str or kind is bool or value is None


def _are_plain(values: Iterable[Json], depth: int) -> bool:
    return all(type(value) is str or _is_plain(value, depth) for value in values)


def _is_ascii(key: str) -> bool:
    return type(key) is str and key.isascii()


def _utf8(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Malformed("Text holds half of a surrogate pair") from error


def _ordered(value: Json, depth: int) -> Json:
    if depth == 0:
        raise Malformed(f"JSON is nested deeper than {MAX_DEPTH}")
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, Mapping):
        return {key: _ordered(value[key], depth - 1) for key in sorted(value, key=_utf16)}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [_ordered(item, depth - 1) for item in value]
    raise Malformed(f"{type(value).__name__} has no canonical form")


def _integer(value: int) -> int:
    if abs(value) > MAX_INTEGER:
        raise Malformed(f"Integer {value} is beyond 2^53 - 1 and must be a string")
    return value


def _utf16(key: str) -> bytes:
    if not isinstance(key, str):
        raise Malformed("Object key is not a string")
    return key.encode("utf-16-be", "surrogatepass")
