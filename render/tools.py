"""Which programs made a derivative, with their versions, as its row names them."""

from functools import cache
from importlib import metadata

from evidence.derivative import DerivativeKind
from evidence.errors import EnvironmentTrouble
from render import ffmpeg
from render.kinds import Look


def tools_of(kind: DerivativeKind, seen: Look | None = None) -> str:
    """What makes this kind; `seen` is what a probed file looked like.

    A photo is looked at and made into pictures without ffmpeg; a sheet is put together from what
    ffmpeg decoded.
    """
    if kind == DerivativeKind.PICTURE or seen == Look.PHOTO:
        return f"{_version('Pillow')}, {_version('pillow-heif')}"
    if kind == DerivativeKind.SHEET:
        return f"{_ffmpeg()}, {_version('Pillow')}"
    return _ffmpeg()


@cache
def _version(name: str) -> str:
    return f"{name} {metadata.version(name)}"


def _ffmpeg() -> str:
    try:
        return ffmpeg.version()
    except EnvironmentTrouble:
        return "ffmpeg missing"
