"""Hostile media against the real confinement; the campaign with 10,000 is `script/prove media`."""

import resource
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from evidence.derivative import DerivativeKind, DerivativeState
from render.confine import Call, Way, run
from render.derive import Workshop, derive
from tests.fault.campaigns import Campaign
from tests.fault.hostile_media import hand_made
from tests.fault.media import Trap, campaign, new_trap, tried

MUTATIONS = 12
SEED = 20261122

_SHAPE = b"....stsd....avc1" + bytes(64) + b"mvhd" + bytes(64)
_FILES = hand_made(_SHAPE, b"\xff\xd8\xff\xc0" + bytes(20), canary=Path("/canary"), port=1)
NAMES = [*_FILES, "pixels, decoded"]


@pytest.fixture(scope="module")
def trap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trap]:
    with new_trap(tmp_path_factory.mktemp("media")) as opened:
        yield opened


@pytest.mark.parametrize("number", range(2 * len(NAMES)), ids=[n for n in NAMES for _ in "12"])
def test_a_hand_made_file_gains_nothing(trap: Trap, number: int) -> None:
    judge(campaign(partial(tried, trap)), number)


@pytest.mark.parametrize("number", range(2 * len(NAMES), 2 * len(NAMES) + MUTATIONS))
def test_a_mutated_file_gains_nothing(trap: Trap, number: int) -> None:
    judge(campaign(partial(tried, trap)), number)


def judge(media: Campaign, number: int) -> None:
    tally = media.trial(SEED, number)
    assert {name: tally[name] for name in media.forbidden if tally[name]} == {}, tally


def test_the_trap_notices_an_opened_canary(trap: Trap) -> None:
    assert not trap.canary_touched()
    trap.canary.read_bytes()
    assert trap.canary_touched()
    assert not trap.canary_touched()


def test_the_memory_of_a_child_is_counted(trap: Trap) -> None:
    """Else the campaign's limit would be one that nothing can exceed."""
    hungry = ["/usr/bin/python3", "-I", "-c", "bytearray(700 << 20)"]
    run(Way.LANDLOCK, Call(lambda _: hungry, trap.canary.with_name("site") / "site.json"))
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss > 600 * 1024


def test_without_confinement_there_is_no_derivative_and_it_says_so(trap: Trap) -> None:
    studio = trap.studio
    sha256 = studio.seal(trap.seeds["audio_speech.wav"] + b"\0")
    bare = Workshop(studio.site, Way.NONE, studio.workshop.drafts)
    for kind in (DerivativeKind.PROBE, DerivativeKind.HLS):
        row = derive(bare, sha256, kind=kind)
        assert (row.state, row.code) == (DerivativeState.FAILED, "CONFINEMENT_UNAVAILABLE")
    with studio.site.vault.open(sha256) as original:
        assert original.read()
