"""Points on the map as texts name them: a container's ISO 6709, or two numbers that people write.

Holds always: what is no point is None, never a guess; degrees with decimals only.
"""

import re
from decimal import Decimal

from evidence.linking import Point

_ISO_6709 = re.compile(r"([+-]\d{1,2}(?:\.\d+)?)([+-]\d{1,3}(?:\.\d+)?)(?:[+-]\d+(?:\.\d+)?)?/?\Z")
_WRITTEN = re.compile(r"(?<![\d.])([+-]?\d{1,2}\.\d{3,})\s*[,，]\s*([+-]?\d{1,3}\.\d{3,})(?![\d.])")
_E7 = 10_000_000


def point_of(text: str) -> Point | None:
    """The point of ISO 6709 text in degrees, such as `+30.6700+107.8000/`."""
    found = _ISO_6709.match(text.strip())
    return None if found is None else _point(found.group(1), found.group(2))


def point_in(text: str) -> Point | None:
    """The point that a place's text names as `30.6700, 107.8000`, latitude first."""
    found = _WRITTEN.search(text)
    return None if found is None else _point(found.group(1), found.group(2))


def _point(latitude: str, longitude: str) -> Point | None:
    north, east = Decimal(latitude), Decimal(longitude)
    if abs(north) > 90 or abs(east) > 180:
        return None
    return Point(int(north * _E7), int(east * _E7))
