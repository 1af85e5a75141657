"""10,000 mutated media files and every hand-made hostile one, each derived in all its kinds.

Looked at from outside: a canary file whose access would be told by inotify, a listening socket
that nobody may connect to, the most memory any child took, the seconds, the original's bytes, and
that the process that derives is still there, with a row for every kind. Trials take turns between
the two ways of confining: the kernel counts a child's memory for us only under landlock, because
bubblewrap does not wait for the child of its process space; the limits are the same for both.
"""

import atexit
import contextlib
import ctypes
import hashlib
import os
import resource
import shutil
import socket
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from evidence.derivative import DerivativeKind, DerivativeState
from render.confine import Way
from tests.deriving import Studio, open_studio
from tests.fault.campaigns import Campaign, Tally, Trial
from tests.fault.hostile_media import CANARY, hand_made, mutated, pixel_bomb
from tests.footage import footage_dir

MOST_MEMORY_KIB = 1 << 20
MOST_SECONDS = 60.0
_LIBC = ctypes.CDLL(None, use_errno=True)
_IN_ACCESS_OR_OPEN = 0x00000001 | 0x00000020
_SMALL = (
    *("phone_pixel_hevc10_hlg_gps.mp4", "phone2004_MOV00006.3gp", "audio_iphone_memo_gps.m4a"),
    *("kodak_100_0306_mjpeg.AVI", "sony_a7m3_avchd.mts", "webcam_book_noaudio.mkv"),
    *("audio_amr_nb.amr", "audio_speech.wav", "damaged_corrupted_h264.mp4"),
    *("photo_nikon_gps_DSCN0012.jpg", "photo_iphone_IMG_2927.HEIC", "phone_iphone_rot90_gps.mov"),
)


@dataclass
class Trap:
    """A site, and everything around it that must stay untouched."""

    studio: Studio
    canary: Path
    watch: int
    server: socket.socket
    seeds: Mapping[str, bytes]
    hostile: Mapping[str, bytes]
    """Hand-made files, made once: some of them take longer to make than to derive."""

    def canary_touched(self) -> bool:
        """Whether anybody opened or read the canary since it was last asked."""
        with contextlib.suppress(BlockingIOError):
            return bool(os.read(self.watch, 4096))
        return False

    def connected(self) -> bool:
        """Whether anybody connected."""
        with contextlib.suppress(BlockingIOError):
            self.server.accept()
            return True
        return False

    def derive(self, data: bytes, way: Way) -> Tally:
        """Seals the bytes, makes every kind, and says what happened."""
        studio, tally = self.studio, Counter({f"in {way.value.lower()}": 1})
        sha256 = studio.seal(data)
        began, memory = time.monotonic(), _most_memory()
        made = studio.derive_all(sha256, way)
        tally["slow"] += time.monotonic() - began > MOST_SECONDS * len(DerivativeKind)
        for row in made.values():
            tally[row.state.value.lower()] += 1
            tally[f"failed: {row.code}"] += row.state == DerivativeState.FAILED
        tally["without a row"] += len(DerivativeKind) - len(made)
        with studio.site.vault.open(sha256) as original:
            tally["original changed"] += hashlib.sha256(original.read()).hexdigest() != sha256
        tally["canary opened"] += self.canary_touched()
        tally["connections"] += self.connected()
        # The kernel remembers the most that any child ever took: only who exceeds it is to blame.
        tally["over 1 GiB"] += _most_memory() > max(memory, MOST_MEMORY_KIB)
        tally["canary in a derivative"] += _holds_canary(studio, sha256)
        shutil.rmtree(studio.path(sha256, DerivativeKind.PROBE).parent, ignore_errors=True)
        return tally


def _most_memory() -> int:
    """KiB that the largest child of this process took so far, among those that were waited for."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


def _holds_canary(studio: Studio, sha256: str) -> bool:
    folder = studio.path(sha256, DerivativeKind.PROBE).parent
    return any(CANARY in path.read_bytes() for path in folder.rglob("*") if path.is_file())


@contextlib.contextmanager
def new_trap(folder: Path) -> Iterator[Trap]:
    """A trap in `folder`, with seeds of the shared footage."""
    canary = folder / "canary.mp4"
    canary.write_bytes(CANARY * 100)
    watch = _LIBC.inotify_init1(os.O_NONBLOCK)
    _LIBC.inotify_add_watch(watch, os.fsencode(canary), _IN_ACCESS_OR_OPEN)
    seeds = {name: (footage_dir() / name).read_bytes() for name in _SMALL}
    with socket.create_server(("127.0.0.1", 0)) as server, open_studio(folder / "site") as studio:
        server.settimeout(0)
        real, photo = seeds["phone_iphone_rot90_gps.mov"], seeds["photo_nikon_gps_DSCN0012.jpg"]
        port = int(server.getsockname()[1])
        hostile = {**hand_made(real, photo, canary=canary, port=port)}
        hostile["pixels, decoded"] = pixel_bomb(folder)
        yield Trap(studio, canary, watch, server, seeds, hostile)
    os.close(watch)


def campaign(trial: Trial) -> Campaign:
    """The claim, with what it takes to try it."""
    return Campaign(
        name="media",
        claim="no media file, hand-made or mutated, makes anything outside be opened or connected "
        "to, takes over 1 GiB or a minute a kind, or changes an original; each kind gets a row",
        trial=trial,
        forbidden=(
            *("without a row", "original changed", "canary opened", "connections", "over 1 GiB"),
            *("slow", "canary in a derivative"),
        ),
        needed=("hand-made", "mutated", "ready", "in landlock", "in bubblewrap"),
        default_count=10_000,
        save_every=20,
        workers=(os.cpu_count() or 1) + 1,  # a call waits as long for its namespaces as it works
    )


def proof_campaign() -> Campaign:
    """The same for `script/prove media`; the trap is set by whoever runs the first trial."""
    return campaign(lambda seed, number: tried(_own_trap(), seed, number))


@cache
def _own_trap() -> Trap:
    closing = contextlib.ExitStack()
    atexit.register(closing.close)
    folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="liuhen-media-")))
    return closing.enter_context(new_trap(folder))


def tried(trap: Trap, seed: int, number: int) -> Tally:
    """One trial: the hand-made files come first, in both ways; then one mutation a trial."""
    way = (Way.BUBBLEWRAP, Way.LANDLOCK)[number % 2]
    if number < 2 * len(trap.hostile):
        data = list(trap.hostile.values())[number // 2]
        return trap.derive(data, way) + Counter({"hand-made": 1})
    _, data = mutated(Random(f"{seed}/media/{number}"), trap.seeds)
    return trap.derive(data, way) + Counter({"mutated": 1})
