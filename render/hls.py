"""The rendition a browser plays: H.264 and AAC as fMP4 HLS, one file and its byte ranges."""

from pathlib import Path

from evidence.canonical import Json
from evidence.errors import DerivativeFailed
from render import ffmpeg
from render.check import check_rendition, check_tool
from render.ffmpeg import Media, Progress
from render.plan import Plan, plain_plan, plan
from render.probe import ProbeFacts

_LIMITS = frozenset({"TIME_LIMIT", "MEMORY_LIMIT", "OUTPUT_LIMIT"})


def make_rendition(
    media: Media, facts: ProbeFacts, *, folder: Path, progress: Progress
) -> dict[str, Json]:
    """Writes the rendition into `folder`; the facts say what was copied and what transcoded.

    Where a copy does not pass the check, everything is transcoded instead, and the reason is said.
    Raises `DerivativeFailed`.
    """
    chosen = plan(facts)
    try:
        _attempt(media, facts, chosen=chosen, folder=folder, progress=progress)
    except DerivativeFailed as error:
        if not chosen.copies or error.code in _LIMITS:
            raise
        chosen = plain_plan(facts, str(error))
        _attempt(media, facts, chosen=chosen, folder=folder, progress=progress)
    return {**chosen.json(), "length_us": facts.length}


def _attempt(
    media: Media, facts: ProbeFacts, *, chosen: Plan, folder: Path, progress: Progress
) -> None:
    for left in folder.iterdir():
        left.unlink()
    ended = ffmpeg.rendition(
        media, chosen.maps, options=chosen.options, output=folder, progress=progress
    )
    check_tool(ended, is_damaged=False)
    check_rendition(media, facts, folder=folder)
