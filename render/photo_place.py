"""Where a photo was taken, as its metadata claim it: read in a confined process of its own."""

import sys
from pathlib import Path

from evidence.canonical import loads_object
from evidence.errors import Malformed
from evidence.points import place_of_photo
from render import confine
from render.confine import Call, Gathered
from render.ffmpeg import Media

PYTHON = tuple(Path(prefix) for prefix in (sys.prefix, sys.base_prefix))
"""What a confined Python must read to run."""

_CHILD = Path(__file__).with_name("photo_place_child.py")
_MOST_SAID = 4096


def place_named_by(media: Media) -> str | None:
    """ISO 6709 text; None where the photo names no place, or cannot be read.

    A damaged photo is a photo all the same: what is wrong with it is told where its picture is
    made. Raises `EnvironmentTrouble` where nothing can be confined.
    """
    out = Gathered(_MOST_SAID)

    def command(name: str) -> list[str]:
        return [sys.executable, "-I", str(_CHILD), name]

    libraries = tuple(dict.fromkeys((*PYTHON, _CHILD)))
    call = Call(command, media.original, limits=media.limits, libraries=libraries)
    ended = confine.run(media.way, call, sink=out)
    if ended.code != 0:
        return None
    try:
        return place_of_photo(loads_object(bytes(out.data)))
    except Malformed:
        return None
