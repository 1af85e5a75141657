"""Points on the map as files and texts name them: ISO 6709, EXIF, or two numbers that people write.

Holds always: what is no point is None, never a guess; texts are in degrees with decimals only.

Source: EXIF 2.3, 4.6.6: degrees, minutes and seconds as fractions beside N, S, E or W; status V is
no valid measurement; a datum other than WGS 84 would be another place.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from evidence.canonical import Json
from evidence.linking import Point

_ISO_6709 = re.compile(r"([+-]\d{1,2}(?:\.\d+)?)([+-]\d{1,3}(?:\.\d+)?)(?:[+-]\d+(?:\.\d+)?)?/?\Z")
_WRITTEN = re.compile(r"(?<![\d.])([+-]?\d{1,2}\.\d{3,})\s*[,，]\s*([+-]?\d{1,3}\.\d{3,})(?![\d.])")
_E7 = 10_000_000
_WGS = ("WGS84", "")
_DMS = 3
_SIXTY = 60


def point_of(text: str) -> Point | None:
    """The point of ISO 6709 text in degrees, such as `+30.6700+107.8000/`."""
    found = _ISO_6709.match(text.strip())
    return None if found is None else _point(found.group(1), found.group(2))


def point_in(text: str) -> Point | None:
    """The point that a place's text names as `30.6700, 107.8000`, latitude first."""
    found = _WRITTEN.search(text)
    return None if found is None else _point(found.group(1), found.group(2))


def place_of_photo(tags: Mapping[str, Json]) -> str | None:
    """ISO 6709 text of a photo's GPS tags by number, fractions as pairs; None where it is none.

    A recorder without a fix writes zeros: the point where both are zero is nobody's place.
    """
    datum = str(tags.get("18", "WGS-84")).strip("\0 ").upper().replace("-", "").replace(" ", "")
    if tags.get("9") == "V" or datum not in _WGS:
        return None
    north = _degrees(tags.get("1"), tags.get("2"), signs="NS", most=90)
    east = _degrees(tags.get("3"), tags.get("4"), signs="EW", most=180)
    if north is None or east is None or (north, east) == (0, 0):
        return None
    return f"{_signed(north, digits=2)}{_signed(east, digits=3)}/"


def _degrees(named: Json, parts: Json, *, signs: str, most: int) -> int | None:
    """Ten-millionths of a degree, from a letter and degrees, minutes and seconds."""
    if not isinstance(named, str) or not isinstance(parts, list) or len(parts) != _DMS:
        return None
    sign = named.strip("\0 ").upper()
    found = [_fraction(part) for part in parts]
    if sign not in tuple(signs) or None in found:
        return None
    degrees, minutes, seconds = (one or Fraction(0) for one in found)
    whole = degrees + minutes / _SIXTY + seconds / _SIXTY**2
    if minutes >= _SIXTY or seconds >= _SIXTY or whole > most:
        return None
    return round(whole * _E7) * (1 if sign == signs[0] else -1)


def _fraction(pair: Json) -> Fraction | None:
    match pair:
        case [int(over), int(under)] if over >= 0 and under > 0:
            return Fraction(over, under)
    return None


def _signed(at_e7: int, *, digits: int) -> str:
    whole, part = divmod(abs(at_e7), _E7)
    return f"{'-' if at_e7 < 0 else '+'}{whole:0{digits}}.{part:07}"


def _point(latitude: str, longitude: str) -> Point | None:
    north, east = Decimal(latitude), Decimal(longitude)
    if abs(north) > 90 or abs(east) > 180:
        return None
    return Point(int(north * _E7), int(east * _E7))
