"""What a file begins like: enough to choose who looks at it, never taken as proof of anything."""

from enum import StrEnum

HEAD = 512
"""Bytes that are looked at."""

_PHOTOS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"BM", b"II*\0", b"MM\0*")
_PHOTO_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"avif"})
_MP4_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"moof"})
_TIMED = (b"\x1aE\xdf\xa3", b"#!AMR", b"OggS", b"fLaC", b"ID3", b"FLV", b"\x30\x26\xb2\x75")


class Look(StrEnum):
    """What the first bytes look like."""

    EMPTY = "EMPTY"
    PHOTO = "PHOTO"
    TIMED = "TIMED"
    OTHER = "OTHER"


def look(head: bytes) -> Look:
    """Judges the first `HEAD` bytes of a file."""
    if not head:
        return Look.EMPTY
    if head[4:8] == b"ftyp" and head[8:12] in _PHOTO_BRANDS:
        return Look.PHOTO
    if head.startswith(_PHOTOS) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return Look.PHOTO
    if head[4:8] in _MP4_BOXES or head.startswith(_TIMED) or head[:4] == b"RIFF":
        return Look.TIMED
    return Look.TIMED if _is_transport_stream(head) else Look.OTHER


def _is_transport_stream(head: bytes) -> bool:
    """Packets of 188 bytes, or of 192 with a time in front, each begin with the letter G."""
    return head[:1] == head[188:189] == b"G" or head[4:5] == head[196:197] == b"G"
