"""Media files made to hurt whoever opens them: hand-made ones, and mutations of real footage.

Every file comes with the canary it would like to have read, fetched or written. What is looked at
afterwards does not depend on what the file's reader says of itself.
"""

import struct
import subprocess
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random

CANARY = b"CANARY-OF-ANOTHER-UNIT"


def box(kind: bytes, body: bytes) -> bytes:
    """One MP4 box."""
    return struct.pack(">I4s", 8 + len(body), kind) + body


def playlist(target: str) -> bytes:
    """An HLS playlist posing as a recording: ffmpeg follows it by default to any local file."""
    lines = ("#EXTM3U", "#EXT-X-TARGETDURATION:5", "#EXTINF:5,", target, "#EXT-X-ENDLIST", "")
    return "\n".join(lines).encode()


def concat(target: str) -> bytes:
    """An ffconcat list posing as a recording."""
    return f"ffconcat version 1.0\nfile '{target}'\n".encode()


def dash(target: str) -> bytes:
    """A DASH manifest with an outside segment."""
    return (
        '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period>'
        '<AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1">'
        f"<BaseURL>{target}</BaseURL></Representation></AdaptationSet></Period></MPD>"
    ).encode()


def session_description(port: int) -> bytes:
    """An SDP file that asks for a stream from the network."""
    return (
        f"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video {port} RTP/AVP 96\n".encode()
    )


def deep_boxes(depth: int) -> bytes:
    """Boxes in boxes, the stack's bomb."""
    heads = (struct.pack(">I4s", 8 * left, b"moov") for left in range(depth, 0, -1))
    return box(b"ftyp", b"isom\0\0\0\0isom") + b"".join(heads)


def pixel_bomb_png(side: int) -> bytes:
    """A small PNG that claims `side` x `side` pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(1 << 20), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def pixel_bomb(folder: Path) -> bytes:
    """A small movie of one picture of 16000 x 16000 that really decodes."""
    made = folder / "bomb.mov"
    source = "color=black:s=16000x16000:r=1:d=1"
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source, "-frames:v", "1"]
    subprocess.run([*command, "-pix_fmt", "monob", "-c:v", "png", made], check=True)
    return made.read_bytes()


def pixel_bomb_mp4(real: bytes) -> bytes:
    """Real footage whose sample description claims the most pixels there can be."""
    at = real.find(b"avc1", real.find(b"stsd"))
    return real[: at + 28] + struct.pack(">HH", 16000, 16000) + real[at + 32 :]


def jpeg_bomb(real: bytes) -> bytes:
    """A real JPEG whose frame header, not that of a preview in it, claims 65500 x 65500 pixels."""
    at = 2
    while real[at + 1] not in (0xC0, 0xC2):  # an IndexError where there is none
        at += 2 + int.from_bytes(real[at + 2 : at + 4], "big")
    return real[: at + 5] + struct.pack(">HH", 65500, 65500) + real[at + 9 :]


def duration_bomb(real: bytes) -> bytes:
    """Real footage whose movie header, and each sample's length, claim very long times."""
    data = bytearray(real)
    at = real.find(b"mvhd")
    struct.pack_into(">II", data, at + 16, 1, 0xFFFFFFF0)
    if (table := real.find(b"stts")) > 0:
        struct.pack_into(">I", data, table + 16, 0x7FFFFFFF)
    return bytes(data)


def frame_bomb(count: int) -> bytes:
    """A movie of one-byte samples of sound, each a frame of its own, all at one place."""

    def full(kind: bytes, *numbers: int) -> bytes:
        return box(kind, struct.pack(f">{1 + len(numbers)}I", 0, *numbers))

    head = box(b"ftyp", b"isom\0\0\2\0isomiso2mp41")
    sound = struct.pack(">6xH8xHHHHI", 1, 1, 8, 0, 0, 8000 << 16)
    stsd = box(b"stsd", struct.pack(">II", 0, 1) + box(b"raw ", sound))
    places = full(b"stco", count, *[len(head) + 8] * count)
    table = stsd + full(b"stts", 1, count, 1) + full(b"stsc", 1, 1, 1, 1) + full(b"stsz", 1, count)
    stbl = box(b"stbl", table + places)
    dinf = box(b"dinf", box(b"dref", struct.pack(">II", 0, 1) + full(b"url ")))
    minf = box(b"minf", full(b"smhd", 0) + dinf + stbl)
    handler = box(b"hdlr", struct.pack(">II4s13x", 0, 0, b"soun"))
    mdia = box(b"mdia", full(b"mdhd", 0, 0, 8000, count, 0x55C40000) + handler + minf)
    unit = (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    tkhd = full(b"tkhd", 0, 0, 1, 0, count // 8, 0, 0, 0, 0x01000000, *unit, 0, 0)
    mvhd = full(b"mvhd", 0, 0, 1000, count // 8, 0x10000, 0x1000000, 0, 0, *unit, *[0] * 6, 2)
    moov = box(b"moov", mvhd + box(b"trak", tkhd + mdia))
    return head + box(b"mdat", b"\x80" * 64) + moov


def outside_reference(path: str) -> bytes:
    """A QuickTime movie whose data is said to lie in another file (`dref`)."""
    alias = box(b"alis", b"\0\0\0\0" + path.encode() + b"\0")
    dref = box(b"dref", struct.pack(">II", 0, 1) + alias)
    trak = box(b"trak", box(b"mdia", box(b"minf", box(b"dinf", dref))))
    return box(b"ftyp", b"qt  \0\0\0\0qt  ") + box(b"moov", trak)


def hand_made(real: bytes, photo: bytes, *, canary: Path, port: int) -> Mapping[str, bytes]:
    """Every hand-made file, by what it tries."""
    local, web = str(canary), f"http://127.0.0.1:{port}/x.mp4"
    return {
        "playlist, absolute": playlist(local),
        "playlist, relative": playlist(f"../../../../../../..{local}"),
        "playlist, file url": playlist(f"file://{local}"),
        "playlist, web": playlist(web),
        "playlist, nested": playlist(f"concat:{local}|{web}"),
        "playlist, crypto": playlist(f"crypto:{local}"),
        "concat, absolute": concat(local),
        "concat, web": concat(web),
        "dash": dash(web),
        "sdp": session_description(port),
        "deep boxes": deep_boxes(100_000),
        "pixels, png": pixel_bomb_png(30_000),
        "pixels, mp4": pixel_bomb_mp4(real),
        "pixels, jpeg": jpeg_bomb(photo),
        "duration": duration_bomb(real),
        "frames": frame_bomb(100_000),
        "outside reference": outside_reference(local),
        "svg": f'<svg xmlns="http://www.w3.org/2000/svg"><image href="{web}"/></svg>'.encode(),
        "shell": b"#!/bin/sh\ntouch /tmp/liuhen-hostile\n",
        "empty": b"",
        "one byte": b"\0",
        "riff of 4 GiB": b"RIFF\xff\xff\xff\xffAVI LIST\xff\xff\xff\xffhdrl",
    }


def mutated(chance: Random, seeds: Mapping[str, bytes]) -> tuple[str, bytes]:
    """A real file with some of its bytes changed, cut, doubled, moved or zeroed."""
    name = chance.choice(sorted(seeds))
    data = bytearray(seeds[name])
    for _ in range(chance.choice((1, 2, 5, 20, 100))):
        chance.choice(_MUTATIONS)(chance, data)
        if not data:
            break
    return name, bytes(data)


def _spot(chance: Random, data: bytearray) -> int:
    """Anywhere, but half of the time among the first or last 4 KiB, where the structure is."""
    kind = chance.random()
    if kind < 0.25:
        return chance.randrange(min(len(data), 4096) or 1)
    if kind < 0.5:
        return max(0, len(data) - 1 - chance.randrange(min(len(data), 4096) or 1))
    return chance.randrange(len(data) or 1)


def _flip(chance: Random, data: bytearray) -> None:
    if data:
        data[_spot(chance, data)] ^= 1 << chance.randrange(8)


def _number(chance: Random, data: bytearray) -> None:
    at = _spot(chance, data)
    value = chance.choice((0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, chance.getrandbits(32)))
    data[at : at + 4] = struct.pack(">I", value)


def _cut(chance: Random, data: bytearray) -> None:
    del data[_spot(chance, data) :]


def _drop(chance: Random, data: bytearray) -> None:
    at = _spot(chance, data)
    del data[at : at + chance.randrange(1, 4096)]


def _double(chance: Random, data: bytearray) -> None:
    at = _spot(chance, data)
    data[at:at] = data[at : at + chance.randrange(1, 4096)]


def _zero(chance: Random, data: bytearray) -> None:
    at, length = _spot(chance, data), chance.randrange(1, 4096)
    data[at : at + length] = bytes(len(data[at : at + length]))


_MUTATIONS: tuple[Callable[[Random, bytearray], None], ...] = (
    *(_flip, _flip, _number, _number, _cut, _drop, _double, _zero),
)
