"""What a file on a card is, judged by its name and place alone.

Holds always: the bytes are not looked at, and nothing is ignored here. A file that no rule knows
is OPAQUE: taken, kept and hashed like any other (R-082).
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from devices.makes import Make, Makes
from evidence.vocabulary import FileKind

_EXTENSIONS = {
    FileKind.VIDEO: "mp4 m4v mov qt avi 3gp 3g2 mkv webm mts m2ts ts mpg mpeg wmv asf flv vob "
    "mxf dav h264 h265 264 265 360 insv",
    FileKind.AUDIO: "m4a wav mp3 aac amr 3ga wma ogg opus flac",
    FileKind.PHOTO: "jpg jpeg heic heif png bmp gif tif tiff dng webp",
    FileKind.THUMBNAIL: "thm",
    FileKind.LOW_RESOLUTION: "lrv lrf",
    FileKind.SIDECAR: "srt gps nmea gpx kml xml json csv 3gf sav idx md5 sha1 sha256 sm3 aae xmp",
}

KINDS: Mapping[str, FileKind] = MappingProxyType(
    {extension: kind for kind, line in _EXTENSIONS.items() for extension in line.split()}
)


def kind_of(folders: Sequence[str], extension: str, *, makes: Makes) -> FileKind:
    """The kind of a file in `folders` (outermost first) with `extension` (without its dot)."""
    if log_make(folders, extension, makes=makes):
        return FileKind.CARD_LOG
    return KINDS.get(extension.lower(), FileKind.OPAQUE)


def log_make(folders: Sequence[str], extension: str, *, makes: Makes) -> Make | None:
    """The make that keeps its card log in such a place, or None."""
    lower, places = extension.lower(), {folder.lower() for folder in folders}
    for make in makes:
        log = make.log
        if log and lower in log.extensions and not log.folders.isdisjoint(places):
            return make
    return None
